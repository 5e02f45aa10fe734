"""`vstore log`: the versions of a story, or of the whole store, newest first."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import dropwhile, groupby
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from vstore.cli import frame
from vstore.cli.editing import announcement, changes, headline
from vstore.cli.entry import Telling
from vstore.cli.frame import Settings
from vstore.cli.layout import FORMS, Part, layout
from vstore.cli.look import Look, look_of
from vstore.cli.selection import Selection, selection
from vstore.cli.sought import Found, Sought, sought_options
from vstore.errors import Redacted, UnknownStory
from vstore.model import Facts, Version
from vstore.prefixes import shorten

if TYPE_CHECKING:
    from vstore.answers import ParagraphChange
    from vstore.notices import Correction
    from vstore.questions import Questions

EXAMPLES = """
vstore log us-nk-talks
vstore log us-nk-talks@3 -p
vstore log --since 2019-01-01 --source Reuters --oneline
vstore log us-nk-talks --format '%N %h %ad %an %(words)'
vstore log us-nk-talks -S 'as soon as this week' --oneline
vstore log us-nk-talks -L 3
vstore log --story 'https://example.org/a?b@2' --json
"""


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
    sought: Sought,
    shape: Shape,
    as_of: str | None,
) -> int | None:
    """List the versions of a story, or of all.

    A story's versions come newest first in the order of their dates; without STORY, all of the store's,
    newest recorded first. STORY may name a version too (STORY@3): the log then goes back from there. -S tells
    when words came and went; it compares as grep does. -L gives the history of paragraphs: what each version
    changed in them, newest first, back to where they were written. --headlines and --corrections tell what
    editors did.
    In --format, %H and %h are the id and its beginning, %an the source, %ad the date, %aI the moment
    that orders it, %s the headline, %N the number and %(field) any field of the JSON form.
    """
    sought.check(ref is not None or story is not None, arrival)
    if sought.headlines and any(shape):
        raise click.UsageError("--headlines has a form of its own, a line a change: only --json goes with it")
    with (
        frame.open_store(settings, as_of) as store,
        frame.output(settings, paged=store.settings.pager) as out,
    ):
        written = None if shape.template is None else layout(shape.template, store.tz)
        versions, shorts = _asked(store, ref, story, arrival)
        telling = Telling(look_of(out), shorts or {}, store.tz, shorts is None, settings.verbose)
        teller = Teller(store, telling, shape, written)
        is_first = True
        for found in sought.found(store, versions, selection):
            if settings.json:
                for form in teller.forms(found):
                    out.json(form)
            else:
                out.write("".join(f"{line}\n" for line in teller.lines(found, is_first)))
            is_first = False
    return 1 if (selection.is_filter or sought.is_filter) and is_first else None


def _asked(
    store: Questions, ref: str | None, story: str | None, arrival: bool
) -> tuple[Iterable[Version], dict[str, str] | None]:
    """The versions in their order; with them, for one story, the short forms of all its ids."""
    if ref is None:
        if story is None:
            return store.log(arrival=arrival), None
        return _story(store, store.story_named(story), arrival)
    try:
        return _story(store, store.story_named(ref), arrival)
    except UnknownStory:
        start = store.resolve(ref, story=story)
    versions, shorts = _story(store, start.story, arrival)
    return dropwhile(lambda version: version.number != start.number, versions), shorts


def _story(store: Questions, story: str, arrival: bool) -> tuple[list[Version], dict[str, str]]:
    versions = list(store.log(story, arrival=arrival))
    return versions, shorten([version.id for version in versions])


class Teller:
    """Tells a version with what its `shape` asks for; only `--stat` and `--patch` read texts."""

    def __init__(self, store: Questions, telling: Telling, shape: Shape, written: Part | None) -> None:
        self._store = store
        self._telling = telling
        self._shape = shape
        self._written = written

    def forms(self, found: Found) -> Iterator[dict[str, Any]]:
        """The JSON form, with what was sought; of headlines, one a change."""
        if found.headlines:
            yield from (change.to_dict() for change in found.headlines)
        else:
            yield self._form(found)

    def _form(self, found: Found) -> dict[str, Any]:
        """With the `diff` form where the patch is wanted."""
        version, told = found.version, found.change or found.correction
        form = version.to_dict() if told is None else told.to_dict()
        if found.counts is not None:
            form["occurrences"] = list(found.counts)
        if self._shape.patch:
            form["diff"] = self._store.diff(version.story, version.number).to_dict()
        return form

    def lines(self, found: Found, is_first: bool) -> Iterator[str]:
        """All that is said of it."""
        version, shape = found.version, self._shape
        if found.headlines:
            yield from (headline(change, self._telling) for change in found.headlines)
            return
        if found.correction is not None and not shape.template:
            yield from self._corrected(found.correction, is_first)
            return
        if not is_first and (shape.patch or not (shape.oneline or shape.template)):
            yield ""
        yield from self._heading(version)
        if found.counts is not None and shape.template is None:
            yield f"  occurrences: {found.counts[0]:,} -> {found.counts[1]:,}"
        if shape.stat:
            yield from _unless_erased(lambda: [self._stat(version)])
        if found.change is not None and not (shape.oneline or shape.template or shape.patch):
            yield from changed(found.change, self._telling.look)
        if shape.patch:
            yield ""
            yield from _unless_erased(lambda: self._patch(version))

    def _corrected(self, correction: Correction, is_first: bool) -> Iterator[str]:
        if not is_first and not self._shape.oneline:
            yield ""
        yield self._telling.line(correction.version)
        yield from announcement(correction, self._telling)
        if self._shape.stat:
            yield self._stat(correction.version)
        if not self._shape.oneline:
            yield from changes(correction, self._telling)

    def _heading(self, version: Version) -> Iterator[str]:
        if self._written is not None:
            yield self._telling.look.clean(self._written(version, self._telling.short(version)))
        elif self._shape.oneline:
            yield self._telling.line(version)
        else:
            yield from self._telling.long(version, self._before(version))

    def _before(self, version: Version) -> Facts | None:
        """What was known of its previous version, where its headline or byline is another."""
        if version.previous is None or not {"headline", "byline"}.intersection(version.changed):
            return None
        return self._store.version(version.story, version.previous).facts

    def _stat(self, version: Version) -> str:
        from vstore.cli.reading import paragraph_counts
        from vstore.cli.words import counted

        before = "" if version.previous is None else self._store.text(version.story, version.previous)
        kept, removed, added = paragraph_counts(before, self._store.text_of(version))
        paragraphs = f"{counted(kept + added, 'paragraph')} (+{added:,} -{removed:,})"
        return f"  {paragraphs}, {counted(version.words, 'word')}"

    def _patch(self, version: Version) -> Iterator[str]:
        from vstore.cli.words import words

        yield from words(self._store.diff(version.story, version.number), self._telling.look)


def _unless_erased(lines: Callable[[], Iterable[str]]) -> Iterator[str]:
    """Lines about texts; where one was erased, that it was."""
    try:
        yield from lines()
    except Redacted as gone:
        yield f"  {gone.message}"


def changed(change: ParagraphChange, look: Look) -> Iterator[str]:
    """The paragraphs, where they were taken from, and in words what became of them."""
    from vstore.cli.reading import passages
    from vstore.cli.words import reading

    origin = "" if change.taken_from is None else f"  (taken from version {change.taken_from})"
    yield f"  {numbered(change.paragraphs)}{origin}"
    yield ""
    yield from reading(passages(change.edits), look)


def numbered(paragraphs: Sequence[int]) -> str:
    """`paragraph 3`, `paragraphs 3-5, 9`; without any, that they are no more."""
    if not paragraphs:
        return "deleted"
    runs = [
        [number for _, number in run]
        for _, run in groupby(enumerate(paragraphs), key=lambda each: each[1] - each[0])
    ]
    told = (f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
    return f"paragraph{'s' if len(paragraphs) > 1 else ''} {', '.join(told)}"
