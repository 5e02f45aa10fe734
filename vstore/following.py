"""What was erased where versions come from is erased here too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, partial
from typing import NamedTuple, TypeVar

from vstore import burying, captures, rewriting
from vstore.again import until_kept
from vstore.burying import Cut
from vstore.captures import BLACK
from vstore.facts import canonical_facts, make_facts
from vstore.history import facts_of
from vstore.journalling import Journal
from vstore.rows import FACTS, TEXT, Tombstone
from vstore.shelf import Shelf
from vstore.storage.contract import Storage

AT_ONCE = 500
"""So many tombstones are followed in one transaction, or all of a story, ..."""

CHARACTERS, MOST = 4_000_000, 64_000_000
"""... or those with so many characters left of texts; of one story too, no more than the second."""

FOLLOWED = "it was erased where it comes from"

NOTHING = b""
"""What is left of nothing erased: no id."""


Key = TypeVar("Key")


class Grave(NamedTuple):
    """What was erased in another store, and what is left there: None for nothing."""

    story: str
    tombstone: Tombstone
    left: str | None


def follow(storage: Storage, journal: Journal, moment: int, graves: Iterable[Grave]) -> int:
    """Erase what was erased in a store that versions come from, as it is told; of how many versions.

    Unscrubbed where others keep unused room from being cleaned.
    """
    done, is_erasing = 0, False
    for several in _batches(graves):
        if lacking := _Here(storage, several).lacking():
            done += until_kept(partial(_followed, storage, journal, moment, lacking))
            is_erasing = True
    if is_erasing:
        rewriting.finish_erasing(storage)
    return done


def _batches(graves: Iterable[Grave]) -> Iterator[list[Grave]]:
    """Those of a story come together, if that can be: its texts are told anew each time."""
    batch: list[Grave] = []
    size = 0
    for each in graves:
        is_full = size >= MOST or (batch and each.story != batch[-1].story and _is_enough(batch, size))
        if is_full:
            yield batch
            batch, size = [], 0
        batch.append(each)
        size += len(each.left or "")
    if batch:
        yield batch


def _is_enough(batch: list[Grave], size: int) -> bool:
    return len(batch) >= AT_ONCE or size >= CHARACTERS


def _followed(storage: Storage, journal: Journal, moment: int, graves: list[Grave]) -> int:
    """One transaction."""
    with storage.transaction() as writer:
        writer.exclude()
        here = _Here(storage, graves)
        found = here.followed()
        gone = [(cut, here.words(cut)) for cut, _ in found]
        holds = [(cut.story, cut.number, _holds(cut, words)) for cut, words in gone]
        notes = burying.of_notes(here.shelf, _each(((story, number), each) for story, number, each in holds))
        burying.bury(writer, here.shelf, [*found, *((each, graves[0].tombstone) for each in notes)])
        for story, alias in burying.of_aliases(storage, _each((story, each) for story, _, each in holds)):
            writer.name(story, [alias])
        burying.leave_nothing(storage, writer, moment, [each for _, words in gone for each in words])
        ids = sorted({each.tombstone.erased.hex() for each in graves})
        writer.record(journal.deed("redact", moment, detail={"erased": ids, "reason": FOLLOWED}))
    return len(found)


def _holds(cut: Cut, words: list[str]) -> captures.Holds:
    is_phrase = cut.part == TEXT and cut.left is not None
    return captures.saying(words) if is_phrase else captures.sharing(words)


def _each(found: Iterable[tuple[Key, captures.Holds]]) -> dict[Key, captures.Holds]:
    """What has to go of each version, or of each story."""
    several: dict[Key, list[captures.Holds]] = {}
    for key, holds in found:
        several.setdefault(key, []).append(holds)
    return {key: captures.any_of(each) for key, each in several.items()}


class _Here:
    """What a store has of that in which something was erased elsewhere."""

    def __init__(self, storage: Storage, graves: Sequence[Grave]) -> None:
        self.shelf = Shelf(storage)
        self._graves = graves
        self._known: dict[str, dict[tuple[int, int], bytes | None]] = {}

    def lacking(self) -> list[Grave]:
        """Those that are not erased here as well, with what else was."""
        return [grave for grave in self._graves if not self._has(grave)]

    def followed(self) -> list[tuple[Cut, Tombstone]]:
        """What is left here, each with the tombstone that it gets."""
        chosen: dict[tuple[str, int, int], tuple[tuple[bool, bool], Cut, Tombstone]] = {}
        for grave in self.lacking():
            for cut in self._cuts(grave):
                place = cut.story, cut.number, cut.part
                rank = cut.left is None, place[:2] == (grave.story, grave.tombstone.number)
                if place not in chosen or rank > chosen[place][0]:
                    chosen[place] = rank, cut, grave.tombstone
        return [(cut, tombstone) for _, cut, tombstone in chosen.values()]

    def words(self, cut: Cut) -> list[str]:
        """What is there no more."""
        row = self.shelf.history(cut.story).row(cut.number)
        if cut.part == FACTS:
            left = set(captures.strings((cut.left or "").encode()))
            return [each for each in captures.strings(row.facts) if each not in left]
        own = self.shelf.stored(cut.story, row)
        return [own] if cut.left is None else list(captures.blackened(own, cut.left))

    def _has(self, grave: Grave) -> bool:
        head, number = self.shelf.storage.head(grave.story), grave.tombstone.number
        if head is None or number > head.versions:
            return True
        known = self._left(grave.story).get((number, grave.tombstone.part), NOTHING)
        return known in {None, grave.tombstone.stands} or not any(self._cuts(grave))

    def _left(self, story: str) -> dict[tuple[int, int], bytes | None]:
        """What is left of each part of a version of which something was erased."""
        if story not in self._known:
            graves = self.shelf.storage.tombstones(story)
            self._known[story] = {(each.number, each.part): each.stands for each in graves}
        return self._known[story]

    def _cuts(self, grave: Grave) -> Iterator[Cut]:
        """What is left where a tombstone reaches, but for where that was erased before."""
        number, part, erased, _, alone, *_ = grave.tombstone
        places = [(grave.story, number)]
        if part == TEXT and grave.left is None and not alone:
            places += self._places.get(erased, [])
        for story, version in dict.fromkeys(places):
            row = self.shelf.history(story).row(version)
            if erased == (row.facts_id if part == FACTS else row.text_id):
                own = row.facts.decode() if part == FACTS else self.shelf.stored(story, row)
                cut = Cut(story, version, part, erased, _both(part, own, grave.left))
                if self._left(story).get((version, part), NOTHING) not in {None, cut.stands}:
                    yield cut

    @cached_property
    def _places(self) -> dict[bytes, list[tuple[str, int]]]:
        """The versions that came with texts of which all was erased."""
        whole = {each.tombstone.erased for each in self._graves if each.left is None}
        places: dict[bytes, list[tuple[str, int]]] = {}
        for text_id, story, number in self.shelf.storage.having(whole):
            places.setdefault(text_id, []).append((story, number))
        return places


def _both(part: int, own: str, left: str | None) -> str | None:
    """What is left where different things were erased from one text in two stores."""
    if left is None:
        return None
    if part == FACTS:
        ours, theirs = facts_of(own.encode()).known(), facts_of(left.encode()).known()
        same = {name: value for name, value in ours.items() if theirs.get(name) == value}
        return canonical_facts(make_facts(same)).decode()
    if len(own) != len(left):
        return None
    return "".join(BLACK if BLACK in pair else pair[0] for pair in zip(own, left, strict=True))
