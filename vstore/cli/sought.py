"""What a log may look for: versions in which words came or went, or paragraphs changed; corrections."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from vstore.cli.ranges import both_ends
from vstore.cli.selection import Selection
from vstore.model import Version

if TYPE_CHECKING:
    from vstore.answers import ParagraphChange
    from vstore.notices import Correction, HeadlineChange
    from vstore.questions import Questions

Counts = tuple[int, int]
"""How often a phrase occurs in the previous version, and in this one."""


class Found(NamedTuple):
    """A version, and what was sought in it."""

    version: Version
    counts: Counts | None = None
    change: ParagraphChange | None = None
    headlines: Sequence[HeadlineChange] = ()
    correction: Correction | None = None


class Sought(NamedTuple):
    """A phrase, the first and last of some paragraphs, or what editors did; else every version."""

    phrase: str | None
    exact: bool
    paragraphs: tuple[int, int] | None
    headlines: bool
    corrections: bool

    @property
    def is_filter(self) -> bool:
        """Whether it may be that nothing is found."""
        return self.phrase is not None or self.headlines or self.corrections

    def check(self, has_story: bool, arrival: bool) -> None:
        """UsageError where options contradict each other."""
        if self.exact and self.phrase is None:
            raise click.UsageError("--exact says how -S compares: give -S TEXT")
        ways = {"-S": self.phrase is not None, "-L": self.paragraphs is not None}
        ways |= {"--headlines": self.headlines, "--corrections": self.corrections}
        if len(both := [way for way, is_given in ways.items() if is_given]) > 1:
            raise click.UsageError(
                f"{both[0]} and {both[1]} do not go together: each looks for something else"
            )
        if self.paragraphs is None:
            return
        if arrival:
            raise click.UsageError("-L and --arrival do not go together: paragraphs are followed by date")
        if not has_story:
            raise click.UsageError("-L follows the paragraphs of a version: name STORY")

    def found(self, store: Questions, versions: Iterable[Version], selection: Selection) -> Iterable[Found]:
        """Of these versions those wanted; paragraphs are those of the first one."""
        if self.headlines or self.corrections:
            find = self._headlines if self.headlines else self._corrections
            return selection.cut(find(store, filter(selection.test(store.tz), versions)))
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

    def _headlines(self, store: Questions, among: Iterable[Version]) -> Iterator[Found]:
        for version, changes in groupby(store.headlines(among=among), key=lambda change: change.version):
            yield Found(version, headlines=list(changes))

    def _corrections(self, store: Questions, among: Iterable[Version]) -> Iterator[Found]:
        return (Found(each.version, correction=each) for each in store.corrections(among=among))


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
    @click.option("--headlines", is_flag=True, help="What the headline and byline were, and since when.")
    @click.option(
        "--corrections",
        is_flag=True,
        help="Only corrections, with their notes, and words that changed unannounced; and which words.",
    )
    @functools.wraps(callback)
    def folded(*args: Any, **options: Any) -> Any:
        given = {name: options.pop(name) for name in Sought._fields}
        return callback(*args, sought=Sought(**given), **options)

    return folded
