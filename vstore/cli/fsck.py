"""`vstore fsck`: what is stored, verified."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

import click

from vstore.cli import frame
from vstore.cli.frame import Out, Settings
from vstore.cli.progress import ProgressLine
from vstore.errors import Corrupt

if TYPE_CHECKING:
    from vstore.answers import Check, Problem, Repaired
    from vstore.checking.scope import Level


class Listener:
    """Shows how far it is, and tells each problem at once."""

    def __init__(self, settings: Settings, out: Out, line: ProgressLine) -> None:
        self._settings = settings
        self._out = out
        self._line = line
        self._stories = 0
        self._problems = 0

    def progress(self, stories: int) -> None:
        """So many stories are done."""
        self._stories = stories
        self._line.show(lambda: f"{self.so_far()} verified")

    def found(self, problem: Problem) -> None:
        """One more problem."""
        self._problems += 1
        if not self._settings.json:
            self._line.clear()
            self._out.line(self._out.clean(_line(problem)))
            self._out.flush()

    def so_far(self) -> str:
        """Stories, and problems where there are any."""
        problems = f", {_count(self._problems, 'problem', 'problems')}" if self._problems else ""
        return f"{_count(self._stories, 'story', 'stories')}{problems}"


def _subset(_ctx: click.Context, _param: click.Parameter, given: str | None) -> tuple[int, int] | None:
    if given is None:
        return None
    part, _, parts = given.partition("/")
    if not all(each.isascii() and each.isdigit() and len(each) < 10 for each in (part, parts)):
        raise click.BadParameter(f"{given!r} is not K/N, as in 1/7")
    return int(part), int(parts)


@frame.command(
    "fsck",
    examples="""
    vstore fsck
    vstore fsck --quick
    vstore fsck --deep --subset 1/7
    vstore fsck --deep --story us-nk-talks --story floods
    vstore --store /srv/news fsck --json
    vstore fsck -q || echo damaged
    vstore fsck --repair
    vstore fsck --repair --from /backup/news
    """,
)
@click.option("--quick", is_flag=True, help="Only rows, ids, heads and indexes: no text is restored.")
@click.option("--deep", is_flag=True, help="Also make again, and compare, what is derived or kept apart.")
@click.option(
    "--story",
    "stories",
    metavar="ID",
    multiple=True,
    shell_complete=frame.story_ids,
    help="Only this story; may be given again.",
)
@click.option(
    "--subset",
    metavar="K/N",
    callback=_subset,
    help="Only the K-th of N parts of all stories, as in 1/7; all parts make a whole.",
)
@click.option("--repair", is_flag=True, help="Rebuild what is damaged; a copy of the file is kept first.")
@click.option(
    "--from",
    "other",
    metavar="OTHER",
    type=click.Path(),
    help="With --repair: another store, whose versions replace damaged ones if the ids prove them.",
)
@click.pass_obj
def fsck(
    settings: Settings,
    *,
    quick: bool,
    deep: bool,
    stories: tuple[str, ...],
    subset: tuple[int, int] | None,
    repair: bool,
    other: str | None,
) -> int:
    """Verify what is stored.

    Restores every text, computes every id again and checks every row, index and head. Prints one problem a
    line, as it is found; the exit code is 6 if there is any. --quick restores no text. --deep also unpacks
    what no version needs, counts words again, puts the story in order again, and follows origins anew. Which
    part of --subset a story is in depends on its story-id alone; what belongs to no story is verified with
    the first.

    --repair makes a new file of all that is intact and of what follows from it, takes the rest --from another
    store, and puts it in place in one step; the damaged one stays beside it as store.damaged-1.db. What
    could not be repaired is told after "left:", with exit code 6. Nothing is changed where nothing is wrong.
    """
    if quick and deep:
        raise click.UsageError("--quick or --deep, not both")
    if other is not None and not repair:
        raise click.UsageError("--from is for --repair")
    level: Level = "quick" if quick else "deep" if deep else "default"
    if repair:
        if quick or stories or subset:
            raise click.UsageError("--repair is of the whole store: not with --quick, --story or --subset")
        return _repair(settings, level, other)
    with (
        frame.open_to_write(settings) as store,
        frame.output(settings) as out,
        ProgressLine(settings) as line,
    ):
        heard = Listener(settings, out, line)
        try:
            check = store.fsck(
                level=level,
                stories=stories or None,
                subset=subset,
                progress=heard.progress,
                found=heard.found,
            )
        except KeyboardInterrupt:
            out.flush()
            raise KeyboardInterrupt(f"interrupted; {heard.so_far()} so far") from None
        if settings.json:
            out.json(check.to_dict())
    if not settings.json:
        frame.say(settings, _summary(check))
    return 0 if check.ok else Corrupt.exit_code


def _repair(settings: Settings, level: Level, other: str | None) -> int:
    from vstore import opening

    source = frame.open_store(settings._replace(store=other)) if other is not None else nullcontext(None)
    with source as there, frame.output(settings) as out, ProgressLine(settings) as line:
        heard = Listener(settings, out, line)
        repaired = opening.repair(
            settings.store,
            other=there,
            level=level,
            wait=settings.wait,
            progress=heard.progress,
            found=heard.found,
        )
        line.clear()
        if settings.json:
            out.json(repaired.to_dict())
        else:
            for problem in repaired.after.problems:
                out.line(out.clean(f"left: {_line(problem)}"))
    if not settings.json:
        frame.say(settings, _result(repaired))
    return 0 if repaired.ok else Corrupt.exit_code


def _result(repaired: Repaired) -> str:
    if repaired.before.ok:
        return f"{_summary(repaired.before)}; nothing was changed"
    told = [f"{_count(len(repaired.before.problems), 'problem', 'problems')} found"]
    if repaired.fetched:
        told.append(f"{_count(repaired.fetched, 'version or text', 'versions and texts')} fetched")
    left = len(repaired.after.problems)
    told.append(f"{_count(left, 'problem', 'problems')} left" if left else "none is left")
    if repaired.after is repaired.before:
        told.append("nothing was changed")
    elif repaired.copy:
        told.append(f"as it was: {repaired.copy}")
    return "; ".join(told)


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
