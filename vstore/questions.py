"""Everything that only reads: log, stories, version, text, diff, blame, grep, resolve, stats, export."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from vstore import dates, history
from vstore.asking import Which
from vstore.errors import BadReference, UnknownStory, UnknownVersion
from vstore.history import History
from vstore.knowing import Knowing
from vstore.likenesses import Likenesses
from vstore.model import Version
from vstore.rows import Row
from vstore.versions import one, versions

if TYPE_CHECKING:
    import os

    from vstore.answers import Blame, Diff, Match, Occurrence, ParagraphChange, Stats, Story
    from vstore.attested import Attestation, Proof
    from vstore.derivation import Derivation
    from vstore.notices import Caution, Correction, HeadlineChange
    from vstore.paragraph_range import Paragraphs

_NEAREST, _NEAREST_SIFTED = 5, 50


class Questions(Knowing, Likenesses):
    """Questions to a store, as it stands or as it stood. May be shared by threads.

    Every method raises Corrupt, naming story and version, where what is stored is not what was kept,
    and StorageRefused where the storage does. `tz` is the zone of times given without one (None: UTC),
    `settings` what the store's `config.yaml` says; what was given on opening it wins.
    """

    def log(self, story: str | None = None, *, arrival: bool = False) -> Iterator[Version]:
        """Versions of a story, the last in its order first (`arrival`: the highest number first).

        Without a story: all versions of the store, newest recorded first. Raises UnknownStory.
        """
        if story is None:
            return self._whole_log()
        kept = self._history(story)
        rows = kept.rows if arrival else kept.in_order()
        return versions(self._shelf, kept, rows[::-1])

    def stories(self) -> Iterator[Story]:
        """All stories, by story-id in UTF-8 order."""
        if self._as_of is None:
            return (_glance(head.story, head.versions, row) for head, row in self._storage.heads())
        return (_glance(kept.story, len(kept), kept.current) for kept in self._histories())

    def version(self, story: str, which: Which = None) -> Version:
        """One version; UnknownStory, UnknownVersion, AmbiguousName, BadReference where `which` is no name."""
        kept = self._history(story)
        return one(self._shelf, kept, kept.row(self._number(kept, which)))

    def text(self, story: str, which: Which = None) -> str:
        """A version's exact text."""
        if isinstance(which, int) and self._as_of is None:
            row = self._storage.row(story, which)  # one row, however many the story has
            if row is not None:
                self._shelf.refresh(story)
                return self._shelf.text(story, row)
        kept = self._history(story)
        return self._shelf.text(story, kept.row(self._number(kept, which)))

    def text_of(self, version: Version) -> str:
        """The exact text of a version that was answered before."""
        return self._shelf.text(version.story, self._row(version))

    def diff(self, story: str, a: Which, b: Which = None) -> Diff:
        """What changed from version `a` to `b`; without `b`, what `a` changed against its previous one."""
        if b is None:
            after = self.version(story, a)
            before = self.version(story, after.previous) if after.previous else None
            return self.compare(before, after)
        return self.compare(self.version(story, a), self.version(story, b))

    def compare(self, a: Version | None, b: Version) -> Diff:
        """What changed from one version to another, of any story; from nothing where `a` is None."""
        changed = history.changed_facts(a.facts, b.facts) if a else {}
        return _diff(
            self.text_of(a) if a else "",
            self.text_of(b),
            (b.story, a.number if a else None, b.number),
            changed,
        )

    def compare_text(self, a: Version, text: str) -> Diff:
        """What changed from a version to a text outside the store."""
        return _diff(self.text_of(a), text, (a.story, a.number, None), {})

    def blame(
        self, story: str, which: Which = None, *, paragraph: Paragraphs = None, reverse: bool = False
    ) -> Blame:
        """Who wrote what in a version, or in some of its paragraphs (counted from 1).

        `reverse` asks instead until which version each word survives. Raises UnknownParagraph, which
        says how many there are.
        """
        kept = self._history(story)
        return self._blamed(kept, kept.row(self._number(kept, which)), paragraph, reverse=reverse)

    def blame_version(
        self, version: Version, *, paragraph: Paragraphs = None, reverse: bool = False
    ) -> Blame:
        """As `blame`, for a version that was answered before."""
        return self._blamed(self._history(version.story), self._row(version), paragraph, reverse=reverse)

    def derive(self, story: str, which: Which = None) -> Derivation:
        """How much of a version is verbatim, rewritten or new against earlier ones, and which it came from.

        Words are counted, of the whole and of each paragraph; `docs/blame.md` says what counts as which.
        """
        from vstore import deriving

        kept = self._history(story)
        return deriving.answer(self._tracing, kept, kept.row(self._number(kept, which)))

    def trace_paragraphs(
        self, story: str, which: Which = None, *, paragraph: Paragraphs
    ) -> Iterator[ParagraphChange]:
        """The versions that changed some paragraphs (counted from 1) of a version, back to where they began.

        Raises UnknownParagraph, which says how many there are.
        """
        from vstore import paragraph_log

        kept = self._history(story)
        row = kept.row(self._number(kept, which))
        return paragraph_log.answer(self._tracing, kept, row, paragraph, partial(versions, self._shelf, kept))

    def cautions(self, version: Version) -> list[Caution]:
        """Why a version is not to be used, or not yet, the gravest first; none for most.

        Kills and withholds of its story that stand, the kill that took its text back though the story lives
        again, and its embargo, until its hour by the store's `clock`. See `docs/stories.md`.
        """
        from vstore.cautions import Moment, cautions

        kept, row = self._history(version.story), self._row(version)
        now = Moment(self._clock(), self.tz)
        return list(cautions(kept, row, partial(one, self._shelf, kept), now))

    def corrections(
        self, story: str | None = None, *, among: Iterable[Version] | None = None
    ) -> Iterator[Correction]:
        """Corrections beside the very words that changed, and words that changed unannounced, as in `log`.

        `among`: only of these versions, in their order. Of no substance are white space, punctuation and
        typography. See `docs/stories.md`. Raises UnknownStory.
        """
        from vstore.corrections import Shelves, corrections

        versions = self.log(story) if among is None else among
        return corrections(versions, Shelves(self.version, self.text))

    def headlines(
        self, story: str | None = None, *, among: Iterable[Version] | None = None
    ) -> Iterator[HeadlineChange]:
        """Each headline and byline with the version that brought it, or took it away, as in `log`.

        `among`: only of these versions, in their order. Raises UnknownStory.
        """
        from vstore.corrections import Shelves, headlines

        versions = self.log(story) if among is None else among
        return headlines(versions, Shelves(self.version, self.text))

    def resolve(self, ref: str, *, story: str | None = None) -> Version:
        """The version that a reference of the command line names; `story` is what a bare `@5` belongs to.

        `STORY`, `STORY@3`, `STORY@a1b2c3d`, `STORY~2`, `STORY@2019-01-15`, `STORY@first`, `STORY@tip`,
        chains of these, or a bare id prefix of 7 or more digits. Where no story-id is named so, an alias
        stands for its story.
        """
        from vstore import names

        try:
            meant = names.parse(ref, self._is_story, story)
            if isinstance(meant, names.Prefix):
                return self._found(meant.hex)
        except (BadReference, UnknownStory, UnknownVersion):
            meant = names.parse(ref, self._is_meant, story)
            if isinstance(meant, names.Prefix):
                raise
        kept = self._history(self.story_named(meant.story))
        return one(self._shelf, kept, kept.row(self._chosen(kept, meant.steps)))

    def resolve_pair(self, ref: str) -> tuple[Version, Version] | None:
        """The two versions of a reference such as `STORY@1..3`; None where it is no pair."""
        from vstore import names

        found = names.pair(ref, self._is_story)
        return (self.resolve(found[0]), self.resolve(found[1])) if found else None

    def nearest(self, story: str) -> list[str]:
        """Story-ids most like this one, for "did you mean"; the first 100,000 are compared."""
        from vstore import names

        alike = names.nearest(story, self._storage.names(), _NEAREST_SIFTED)
        others = (
            other for other in alike if other != story and (self._as_of is None or self._is_story(other))
        )
        return list(islice(others, _NEAREST))

    def stats(self) -> Stats:
        """The store in figures; bytes on disk and the last fsck and gc are always today's."""
        from vstore import maintenance

        return maintenance.stats(self._storage, None if self._as_of is None else self._histories())

    def attest(self) -> Attestation:
        """One hash over every story and all its versions, by heads alone: see `docs/format.md`."""
        from vstore import attesting

        self._note_sent()
        return attesting.attest(self._shelf)

    def prove(self, story: str) -> Proof:
        """That a story, with all its versions, is under the hash of `attest`. Raises UnknownStory."""
        from vstore import attesting

        return attesting.prove(self._shelf, story)

    def export_git(
        self,
        folder: str | os.PathLike[str],
        stories: Sequence[str] = (),
        *,
        progress: Callable[[int], None] | None = None,
    ) -> dict[str, str]:
        """Write stories (all, if none is named) as branches of a SHA-256 git repository; story → branch.

        Into a folder exported to before, only what is new is added, and what was erased from these stories
        since is dropped. Raises Conflict, UnknownStory.
        """
        from pathlib import Path

        from vstore.interop.git import export

        self._note_sent()
        return export(self._shelf, Path(folder), stories, progress)

    def export_jsonl(self, stories: Sequence[str] = ()) -> Iterator[dict[str, Any]]:
        """Every version with its text, lowest number first; an empty store that imports it has equal ids."""
        self._note_sent()
        for kept in map(self._history, stories) if stories else self._histories():
            for each in versions(self._shelf, kept, kept.rows):
                yield {**each.to_dict(), "text": self._stored(each)}

    def bundle(self, stories: Sequence[str] = (), *, recorded_since: str | None = None) -> Iterator[bytes]:
        """The lines of a bundle of these stories, or of all: what `Store.unbundle` reads from a file.

        `recorded_since`: only versions that this store took in then or later.
        """
        from vstore.aliasing import told
        from vstore.interop.bundle import lines

        self._note_sent()
        first = 0 if recorded_since is None else dates.parse_time(recorded_since, self.tz, end=False)
        chosen = (
            version
            for kept in (map(self._history, stories) if stories else self._histories())
            for version in versions(self._shelf, kept, [row for row in kept.rows if row.recorded >= first])
        )
        return lines(chosen, self._stored, lambda story: told(self._storage.given(story)))

    def grep(  # noqa: PLR0913  the face that callers see, keyword by keyword
        self,
        text: str,
        stories: str | Iterable[str] | None = None,
        *,
        all_versions: bool = False,
        source: str | None = None,
        exact: bool = False,
        progress: Callable[[int], None] | None = None,
    ) -> Iterator[Match]:
        """The paragraphs that hold a phrase, by story-id in UTF-8 order, the newest version first.

        Of one story or some, without `stories` of all. Searched is each one's current version, or the newest
        of `source`; with `all_versions`, all. White space, and the kind of quotation marks and dashes, do
        not matter, unless it is to be `exact`. `progress` is told how many stories are done. Raises
        UnknownStory, and BadReference for a blank text.
        """
        from vstore import phrases, search

        wanted = [stories] if isinstance(stories, str) else stories
        named = None if wanted is None else {self._history(story).story for story in wanted}
        scope = search.Scope(None if named is None else sorted(named, key=str.encode), all_versions, source)
        return search.matches(self._shelf, phrases.Phrase(text, exact=exact), scope, progress)

    def occurrences(
        self,
        text: str,
        story: str | None = None,
        *,
        exact: bool = False,
        among: Iterable[Version] | None = None,
    ) -> Iterator[Occurrence]:
        """The versions in which a phrase occurs more or less often than in their previous one, as in `log`.

        `among`: only of these versions, in their order. Raises BadReference for a blank text, UnknownStory.
        """
        from vstore import phrases, search

        phrase = phrases.Phrase(text, exact=exact)
        versions = self.log(story) if among is None else among
        return search.occurrences(versions, lambda story, number: phrase.count(self.text(story, number)))

    def _stored(self, version: Version) -> str:
        """What is left of a version's text; empty where all was erased."""
        return self._shelf.stored(version.story, self._row(version))

    def _note_sent(self) -> None:
        from vstore import journalling

        journalling.note_sent(self._storage, self._clock())

    def _blamed(self, kept: History, row: Row, paragraph: Paragraphs, *, reverse: bool) -> Blame:
        from vstore import blame  # a log blames nobody

        return blame.answer(self._tracing, kept, row, paragraph, reverse=reverse)

    def _whole_log(self) -> Iterator[Version]:
        for story, row in self._storage.recent():
            if self._as_of is None or row.recorded <= self._as_of:
                yield one(self._shelf, self._shelf.history(story), row)


def _glance(story: str, versions: int, current: Row) -> Story:
    from vstore.answers import Story

    facts = history.facts_of(current.facts)
    return Story(
        story=story,
        versions=versions,
        current=current.number,
        tip=versions,
        at=dates.iso_seconds(current.at),
        headline=facts.headline,
        source=facts.source,
    )


def _diff(
    old: str, new: str, versions: tuple[str | None, int | None, int | None], facts: dict[str, tuple[Any, Any]]
) -> Diff:
    from vstore.changes import between  # a log needs no diff library

    return between(old, new, versions, facts)
