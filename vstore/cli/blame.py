"""`vstore blame`: who wrote which words."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final, NamedTuple, get_args

import click

from vstore.answers import Blame, Diff
from vstore.cli import frame
from vstore.cli.frame import Out, Settings, Wanted
from vstore.cli.look import look_of
from vstore.cli.margin import ColorBy, Manner
from vstore.cli.ranges import both_ends
from vstore.model import Version

if TYPE_CHECKING:
    from vstore.cli.blame_html import Step
    from vstore.questions import Questions

EXAMPLES = """
vstore blame us-nk-talks
vstore blame us-nk-talks@2 -p 3
vstore blame us-nk-talks -p 3,5 --json
vstore blame us-nk-talks --match 'as soon as this week'
vstore blame us-nk-talks --by last-touched
vstore blame us-nk-talks@1 --reverse
vstore blame us-nk-talks --html > page.html
"""
CLASHES: Final = (
    ("--html", "--json", "are two forms of one answer: choose one"),
    ("--html", "--porcelain", "are two forms of one answer: choose one"),
    ("--porcelain", "--json", "are two forms of one answer: choose one"),
    ("--by", "--html", "do not go together: the page tells of words, not of paragraphs"),
    ("--by", "--porcelain", "do not go together: its `paragraph` lines tell both versions"),
    ("--by", "--reverse", "do not go together: one asks for the past, the other for what came after"),
    ("--color-by", "--json", "do not go together: that form has no colours"),
    ("--color-by", "--porcelain", "do not go together: that form has no colours"),
)


class Asked(NamedTuple):
    """What is asked of a version, and in which form."""

    paragraph: tuple[int, int] | None
    match: str | None
    exact: bool
    by: str | None
    reverse: bool
    color_by: ColorBy | None
    porcelain: bool
    html: bool


def asked(callback: Callable[..., Any]) -> Callable[..., Any]:
    """The options of an `Asked`, folded into one argument called `asked`."""

    @click.option(
        *("-p", "-L", "--paragraph"), callback=both_ends, metavar="N[,M]", help="Only these paragraphs."
    )
    @click.option(
        "--match", metavar="TEXT", help="Only paragraphs that hold these words, found as grep finds them."
    )
    @click.option("--exact", is_flag=True, help="With --match: compare characters, not words.")
    @click.option(
        "--by",
        type=click.Choice(["introduced", "last-touched"]),
        help="One line a paragraph: the version that wrote most of it, or that changed it last.",
    )
    @click.option("--reverse", is_flag=True, help="Show until which version words last, not since which.")
    @click.option(
        "--color-by",
        type=click.Choice(get_args(ColorBy)),
        help="Colours from old to new [default], or by source.",
    )
    @click.option("--porcelain", is_flag=True, help="Lines for scripts, in a form that stays.")
    @click.option("--html", is_flag=True, help="A page that stands alone: point at words, choose them.")
    @functools.wraps(callback)
    def folded(*args: Any, **options: Any) -> Any:
        given = {name: options.pop(name) for name in Asked._fields}
        return callback(*args, asked=Asked(**given), **options)

    return folded


@frame.command("blame", examples=EXAMPLES)
@frame.reference
@asked
@frame.as_of
@click.pass_obj
def blame(settings: Settings, *, wanted: Wanted, asked: Asked, as_of: str | None) -> int | None:
    """Show who wrote which words.

    Beside each stretch of the text stand the number, date and source of the version that wrote it; with
    --reverse, of the last version that still has it.
    """
    _check(asked, settings)
    with (
        frame.open_store(settings, as_of) as store,
        frame.output(settings, paged=store.settings.pager) as out,
    ):
        version = frame.version_of(store, wanted)
        answer = store.blame_version(version, paragraph=asked.paragraph, reverse=asked.reverse)
        if asked.match is not None:
            answer = _matching(answer, asked.match, asked.exact)
            if not answer.paragraphs:
                words = "these characters" if asked.exact else "these words"
                frame.say(settings, f"vstore: no paragraph of {version.story}@{version.number} holds {words}")
                return 1
        if settings.json:
            out.json(answer.to_dict())
        else:
            for line in _lines(store, answer, version, asked, out):
                out.line(line)
    return None


def _check(asked: Asked, settings: Settings) -> None:
    """UsageError where two options contradict each other."""
    options = {f"--{name.replace('_', '-')}" for name, value in asked._asdict().items() if value}
    options |= {"--json"} if settings.json else set()
    for one, other, reason in CLASHES:
        if one in options and other in options:
            raise click.UsageError(f"{one} and {other} {reason}")
    if asked.exact and asked.match is None:
        raise click.UsageError("--exact says how --match compares: give --match TEXT too")
    if asked.match is not None and not asked.match.strip():
        raise click.UsageError("--match needs a word to look for")


def _matching(answer: Blame, match: str, exact: bool) -> Blame:
    from vstore.cli.matches import holding, only

    return only(answer, holding(answer, match, exact=exact))


def _lines(store: Questions, answer: Blame, version: Version, asked: Asked, out: Out) -> Iterator[str]:
    """The answer in one of its forms; what only that form needs is loaded here."""
    from vstore.cli.margin import beside, by_paragraph

    if asked.porcelain:
        from vstore.cli.porcelain import porcelain

        return porcelain(answer)
    current = store.version(answer.story).number if asked.reverse else None
    manner = Manner(store.tz, look_of(out), asked.color_by or "age", current)
    if asked.html:
        from vstore.cli.blame_html import Sheet, page

        # Whole or not at all: a damaged version may come to light at its diff.
        return iter(list(page(Sheet(answer, version, list(_steps(store, answer)), manner))))
    if asked.by is None:
        return beside(answer, manner)
    versions = {each.number: each for each in store.log(answer.story)}
    return by_paragraph(answer, asked.by, versions, manner)


def _steps(store: Questions, answer: Blame) -> Iterator[Step]:
    """The versions that words name, the newest first, with the diff that brought (reverse: took) them."""
    from vstore.cli.blame_html import Step

    newest_first = list(store.log(answer.story))
    versions = {version.number: version for version in newest_first}
    named = {hunk.number for hunk in answer.hunks}
    following: Version | None = None
    for version in newest_first:
        if version.number in named:
            before = versions[version.previous] if version.previous else None
            pair = (version, following) if answer.reverse else (before, version)
            yield Step(version, *_told(store, *pair))
        following = version


def _told(
    store: Questions, before: Version | None, after: Version | None
) -> tuple[Callable[[], Diff] | None, str | None]:
    """How to ask for a diff, in Python and in the shell."""
    if after is None:
        return None, None
    from shlex import quote

    numbers = [after.number] if before is None else [before.number, after.number]
    command = " ".join(["vstore diff", f"--story={quote(after.story)}", *map(str, numbers)])
    return functools.partial(store.compare, before, after), command
