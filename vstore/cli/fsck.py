"""`vstore fsck`: everything that is stored, verified."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from vstore.cli import frame
from vstore.cli.frame import Settings
from vstore.errors import Corrupt

if TYPE_CHECKING:
    from vstore.answers import Check, Problem


@frame.command(
    "fsck",
    examples="""
    vstore fsck
    vstore --store /srv/news fsck --json
    vstore fsck -q || echo damaged
    """,
)
@click.pass_obj
def fsck(settings: Settings) -> int:
    """Verify everything that is stored.

    Restores every text, computes every id again and checks every row. Prints one problem a line; the exit
    code is 6 if there is any.
    """
    with frame.open_to_write(settings) as store:
        check = store.fsck()
    with frame.output(settings) as out:
        if settings.json:
            out.json(check.to_dict())
        else:
            for problem in check.problems:
                out.line(out.clean(_line(problem)))
    if not settings.json:
        frame.say(settings, _summary(check))
    return 0 if check.ok else Corrupt.exit_code


def _line(problem: Problem) -> str:
    number = "" if problem.number is None else f"@{problem.number}"
    where = "store" if problem.story is None else f"{problem.story}{number}"
    return f"{where}: {problem.problem}: {problem.detail}"


def _summary(check: Check) -> str:
    verdict = "no problems" if check.ok else _count(len(check.problems), "problem", "problems")
    stories, versions = (
        _count(check.stories, "story", "stories"),
        _count(check.versions, "version", "versions"),
    )
    return f"{stories}, {versions}: {verdict}"


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
