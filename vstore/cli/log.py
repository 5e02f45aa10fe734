"""`vstore log`: the versions of a story, or of the whole store, newest first."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from itertools import dropwhile, islice
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from vstore.cli import frame
from vstore.cli.entry import Telling
from vstore.cli.frame import Settings
from vstore.cli.layout import FORMS, Part, layout
from vstore.cli.look import look_of
from vstore.cli.selection import Selection, selection
from vstore.errors import UnknownStory
from vstore.model import Version
from vstore.prefixes import shorten

if TYPE_CHECKING:
    from vstore.questions import Questions

EXAMPLES = """
vstore log us-nk-talks
vstore log us-nk-talks@3 -p
vstore log --since 2019-01-01 --source Reuters --oneline
vstore log us-nk-talks --format '%N %h %ad %an %(words)'
vstore log us-nk-talks -S 'as soon as this week' --oneline
vstore log --story 'https://example.org/a?b@2' --json
"""


Counts = tuple[int, int]
"""How often a phrase occurs in the previous version, and in this one."""


class Shape(NamedTuple):
    """What is told of each version."""

    oneline: bool = False
    stat: bool = False
    patch: bool = False
    template: str | None = None


def shape_options(callback: Callable[..., Any]) -> Callable[..., Any]:
    """The options of a `Shape`, folded into one argument called `shape`."""

    @click.option("--oneline", is_flag=True, help="One line a version.")
    @click.option("--stat", is_flag=True, help="Count the paragraphs that came and went, too.")
    @click.option(
        "-p", "--patch", is_flag=True, help="Show what each changed against its previous, in words."
    )
    @click.option("--format", "template", metavar="TEXT", help=f"One line a version, as TEXT says: {FORMS}.")
    @functools.wraps(callback)
    def folded(*args: Any, **options: Any) -> Any:
        given = {name: options.pop(name) for name in Shape._fields}
        return callback(*args, shape=Shape(**given), **options)

    return folded


class Sought(NamedTuple):
    """A phrase that came or went."""

    phrase: str
    exact: bool


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
    @functools.wraps(callback)
    def folded(*args: Any, phrase: str | None, exact: bool, **options: Any) -> Any:
        if exact and phrase is None:
            raise click.UsageError("--exact says how -S compares: give -S TEXT")
        return callback(*args, sought=None if phrase is None else Sought(phrase, exact), **options)

    return folded


@frame.command("log", examples=EXAMPLES)
@click.argument("ref", metavar="[STORY]", required=False, shell_complete=frame.story_ids)
@frame.story_option
@selection
@click.option("--arrival", is_flag=True, help="In the order of arrival (by number), not of dates.")
@sought_options
@shape_options
@frame.as_of
@click.pass_obj
def log(
    settings: Settings,
    *,
    ref: str | None,
    story: str | None,
    selection: Selection,
    arrival: bool,
    sought: Sought | None,
    shape: Shape,
    as_of: str | None,
) -> int | None:
    """List the versions of a story, or of all.

    A story's versions come newest first in the order of their dates; without STORY, all of the store's,
    newest recorded first. STORY may name a version too (STORY@3): the log then goes back from there. -S tells
    when words came and went; it compares as grep does.
    In --format, %H and %h are the id and its beginning, %an the source, %ad the date, %aI the moment
    that orders it, %s the headline, %N the number and %(field) any field of the JSON form.
    """
    with (
        frame.open_store(settings, as_of) as store,
        frame.output(settings, paged=store.settings.pager) as out,
    ):
        written = None if shape.template is None else layout(shape.template, store.tz)
        versions, shorts = _asked(store, ref, story, arrival)
        telling = Telling(look_of(out), shorts or {}, store.tz, shorts is None, settings.verbose)
        teller = Teller(store, telling, shape, written)
        found = False
        for version, counts in _chosen(store, versions, selection, sought):
            if settings.json:
                out.json(teller.form(version, counts))
            else:
                out.write("".join(f"{line}\n" for line in teller.lines(version, counts, not found)))
            found = True
    return 1 if (selection.is_filter or sought) and not found else None


def _asked(
    store: Questions, ref: str | None, story: str | None, arrival: bool
) -> tuple[Iterable[Version], dict[str, str] | None]:
    """The versions in their order; with them, for one story, the short forms of all its ids."""
    if ref is None:
        return _story(store, story, arrival) if story is not None else (store.log(arrival=arrival), None)
    try:
        return _story(store, ref, arrival)
    except UnknownStory:
        start = store.resolve(ref, story=story)
    versions, shorts = _story(store, start.story, arrival)
    return dropwhile(lambda version: version.number != start.number, versions), shorts


def _story(store: Questions, story: str, arrival: bool) -> tuple[list[Version], dict[str, str]]:
    versions = list(store.log(story, arrival=arrival))
    return versions, shorten([version.id for version in versions])


def _chosen(
    store: Questions, versions: Iterable[Version], selection: Selection, sought: Sought | None
) -> Iterable[tuple[Version, Counts | None]]:
    """Those wanted, and of a phrase that was asked for how often it stood there before and after."""
    if sought is None:
        return ((version, None) for version in selection.of(versions, store.tz))
    among = selection._replace(limit=None, reverse=False).of(versions, store.tz)
    found = islice(store.occurrences(sought.phrase, exact=sought.exact, among=among), selection.limit)
    told = ((each.version, (each.before, each.after)) for each in found)
    return reversed(list(told)) if selection.reverse else told


class Teller:
    """Tells a version with what its `shape` asks for; only `--stat` and `--patch` read texts."""

    def __init__(self, store: Questions, telling: Telling, shape: Shape, written: Part | None) -> None:
        self._store = store
        self._telling = telling
        self._shape = shape
        self._written = written

    def form(self, version: Version, counts: Counts | None = None) -> dict[str, Any]:
        """The JSON form, with the counts of a phrase, and with the `diff` form where the patch is wanted."""
        found = version.to_dict()
        if counts is not None:
            found["occurrences"] = list(counts)
        if self._shape.patch:
            found["diff"] = self._store.diff(version.story, version.number).to_dict()
        return found

    def lines(self, version: Version, counts: Counts | None, is_first: bool) -> Iterator[str]:
        """All that is said of it."""
        if not is_first and (self._shape.patch or not (self._shape.oneline or self._shape.template)):
            yield ""
        yield from self._heading(version)
        if counts is not None and self._written is None:
            yield f"  occurrences: {counts[0]:,} -> {counts[1]:,}"
        if self._shape.stat:
            yield self._stat(version)
        if self._shape.patch:
            yield from self._patch(version)

    def _heading(self, version: Version) -> Iterator[str]:
        if self._written is not None:
            yield self._telling.look.clean(self._written(version, self._telling.short(version)))
        elif self._shape.oneline:
            yield self._telling.line(version)
        else:
            yield from self._telling.long(version)

    def _stat(self, version: Version) -> str:
        from vstore.cli.reading import paragraph_counts
        from vstore.cli.words import counted

        before = "" if version.previous is None else self._store.text(version.story, version.previous)
        kept, removed, added = paragraph_counts(before, self._store.text_of(version))
        paragraphs = f"{counted(kept + added, 'paragraph')} (+{added:,} -{removed:,})"
        return f"  {paragraphs}, {counted(version.words, 'word')}"

    def _patch(self, version: Version) -> Iterator[str]:
        from vstore.cli.words import words

        yield ""
        yield from words(self._store.diff(version.story, version.number), self._telling.look)
