"""What a log may look for: versions in which words came or went, or that changed some paragraphs."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from vstore.cli.ranges import both_ends
from vstore.cli.selection import Selection
from vstore.model import Version

if TYPE_CHECKING:
    from vstore.answers import ParagraphChange
    from vstore.questions import Questions

Counts = tuple[int, int]
"""How often a phrase occurs in the previous version, and in this one."""


class Found(NamedTuple):
    """A version, and what was sought in it."""

    version: Version
    counts: Counts | None = None
    change: ParagraphChange | None = None


class Sought(NamedTuple):
    """A phrase, or the first and last of some paragraphs; every version is found where both are None."""

    phrase: str | None
    exact: bool
    paragraphs: tuple[int, int] | None

    def check(self, has_story: bool, arrival: bool) -> None:
        """UsageError where options contradict each other."""
        if self.exact and self.phrase is None:
            raise click.UsageError("--exact says how -S compares: give -S TEXT")
        if self.paragraphs is None:
            return
        if self.phrase is not None:
            raise click.UsageError("-L and -S do not go together: one follows paragraphs, the other words")
        if arrival:
            raise click.UsageError("-L and --arrival do not go together: paragraphs are followed by date")
        if not has_story:
            raise click.UsageError("-L follows the paragraphs of a version: name STORY")

    def found(self, store: Questions, versions: Iterable[Version], selection: Selection) -> Iterable[Found]:
        """Of these versions those wanted; paragraphs are those of the first one."""
        if self.paragraphs is None and self.phrase is None:
            return map(Found, selection.of(versions, store.tz))
        if self.paragraphs is not None:
            first = next(iter(versions))
            changes = store.trace_paragraphs(first.story, first.number, paragraph=self.paragraphs)
            passes = selection.test(store.tz)
            return selection.cut(Found(each.version, change=each) for each in changes if passes(each.version))
        return selection.cut(self._counted(store, filter(selection.test(store.tz), versions)))

    def _counted(self, store: Questions, among: Iterable[Version]) -> Iterator[Found]:
        for each in store.occurrences(self.phrase or "", exact=self.exact, among=among):
            yield Found(each.version, counts=(each.before, each.after))


def sought_options(callback: Callable[..., Any]) -> Callable[..., Any]:
    """The options of a `Sought`, folded into one argument called `sought`."""

    @click.option(
        "-S",
        "phrase",
        metavar="TEXT",
        help="Only versions in which TEXT occurs more or less often than in their previous one.",
    )
    @click.option(
        "--exact", is_flag=True, help="-S compares characters: white space and quotation marks too."
    )
    @click.option(
        "-L",
        "paragraphs",
        callback=both_ends,
        metavar="N[,M]",
        help="Only versions that changed these paragraphs, and what they changed in them.",
    )
    @functools.wraps(callback)
    def folded(*args: Any, **options: Any) -> Any:
        given = {name: options.pop(name) for name in Sought._fields}
        return callback(*args, sought=Sought(**given), **options)

    return folded
