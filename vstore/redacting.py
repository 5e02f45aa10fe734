"""Erasing: a text, a phrase or a fact is taken out of a store for good, and a tombstone says so.

Ids, order and dates stay, so that the story still verifies: what is gone is known by its id alone. Whatever
was told from it is told anew, in the same transaction; then nothing of it is left in unused room either.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from vstore import passages, rewriting
from vstore.accounts import Erasure, Place
from vstore.again import until_kept
from vstore.arriving import MAX_REASON
from vstore.blobs import blob_id
from vstore.errors import BadReference, NotFound, quoted
from vstore.facts import canonical_facts, make_facts
from vstore.history import History, facts_of
from vstore.journalling import Journal, who
from vstore.model import Facts
from vstore.phrases import Phrase
from vstore.rows import FACTS, TEXT, Row, Tombstone
from vstore.shelf import Shelf
from vstore.storage.contract import Storage, Writer

BLACK = "█"
"""Takes the place of each character of an erased phrase, white space apart."""

IN_THE_COMMIT = ("source",)
"""Facts that stand in the version's commit as well, without which its id could not be verified."""


EXTRA = "extra."
"""Before the key of a fact that vstore has no name for."""


class Wanted(NamedTuple):
    """What is to be erased, and why: of the version `number`, its text, or a phrase or a fact.

    `only` of this version, though others may have the same text. `elsewhere`: look for passages of it in
    other stories too.
    """

    story: str
    number: int
    reason: str
    only: bool = False
    phrase: str | None = None
    fact: str | None = None
    elsewhere: bool = True
    dry_run: bool = False


class Cut(NamedTuple):
    """What is left of a version's text or facts once something was erased; None for nothing."""

    story: str
    number: int
    part: int
    erased: bytes
    left: str | None

    @property
    def stands(self) -> bytes | None:
        """The id of what is left."""
        return None if self.left is None else blob_id(self.left.encode())


def redact(
    storage: Storage,
    journal: Journal,
    moment: int,
    wanted: Wanted,
    progress: Callable[[int], None] | None = None,
) -> Erasure:
    """Erase; `progress` is told how many stories were looked through for passages that stand elsewhere too.

    Raises BadReference for what cannot be erased, NotFound where it is not there, StorageRefused where others
    keep unused room from being cleaned: it is erased then, and the next gc finishes.
    """
    check_reason(wanted.reason)
    cuts = _cuts(Shelf(storage), wanted)
    gone = list(_gone(Shelf(storage), wanted, cuts))
    scope = None if wanted.elsewhere else wanted.story
    left = {(each.story, each.number, each.part): each.left or "" for each in cuts}
    found = passages.elsewhere(Shelf(storage), gone, left, scope, progress)
    repacked = 0
    if not wanted.dry_run:
        cuts = until_kept(lambda: _erased(storage, journal, moment, wanted, gone))
        repacked = rewriting.finish_erasing(storage)
    places = tuple(Place(each.story, each.number) for each in cuts)
    return Erasure(places, tuple(found), repacked, (), wanted.dry_run)


def check_reason(reason: str) -> None:
    """BadReference for one that says nothing, or cannot be kept."""
    if not reason.strip() or len(reason) > MAX_REASON or not reason.isprintable():
        raise BadReference("a reason is 1 to 1,000 characters in one line", reason=reason[:100])


def _erased(storage: Storage, journal: Journal, moment: int, wanted: Wanted, gone: list[str]) -> list[Cut]:
    """One transaction: what is found now is what is erased."""
    with storage.transaction() as writer:
        writer.exclude()
        shelf = Shelf(storage)
        cuts = _cuts(shelf, wanted)
        grave = Tombstone(0, 0, b"", None, int(wanted.only), moment, who(), wanted.reason)
        bury(writer, shelf, cuts, grave)
        _leave_nothing(storage, writer, moment, gone)
        places = [[each.story, each.number, each.part] for each in cuts]
        detail = {
            "erased": sorted({each.erased.hex() for each in cuts}),
            "of": places,
            "reason": wanted.reason,
        }
        writer.record(journal.deed("redact", moment, detail=detail))
    return cuts


class Grave(NamedTuple):
    """What was erased in another store, and what is left there: None for nothing."""

    story: str
    tombstone: Tombstone
    left: str | None


def follow(storage: Storage, journal: Journal, moment: int, graves: Iterable[Grave]) -> int:
    """Erase what was erased in a store that versions come from; of how many versions."""
    shelf = Shelf(storage)
    lacking = [grave for grave in graves if not _is_known(shelf, grave)]
    if not lacking:
        return 0

    def attempt() -> int:
        done = 0
        with storage.transaction() as writer:
            writer.exclude()
            gone = []
            for grave in lacking:
                shelf = Shelf(storage)
                cuts = [] if _is_known(shelf, grave) else list(_followed(shelf, grave))
                gone += [shelf.stored(cut.story, shelf.history(cut.story).row(cut.number)) for cut in cuts]
                bury(writer, shelf, cuts, grave.tombstone)
                done += len(cuts)
            _leave_nothing(storage, writer, moment, gone)
            ids = sorted({grave.tombstone.erased.hex() for grave in lacking})
            writer.record(journal.deed("redact", moment, detail={"erased": ids, "reason": FOLLOWED}))
        return done

    done = until_kept(attempt)
    rewriting.finish_erasing(storage)
    return done


NOTHING = b""
"""What is left of nothing erased: no id."""

FOLLOWED = "it was erased where it comes from"


def _is_known(shelf: Shelf, grave: Grave) -> bool:
    """Whether it is erased here as well, with what else was, or is not here."""
    head, number = shelf.storage.head(grave.story), grave.tombstone.number
    if head is None or number > head.versions:
        return True
    known = _known(shelf, grave.story)
    if known.get((number, grave.tombstone.part), NOTHING) in {None, grave.tombstone.stands}:
        return True
    cut = next(_followed(shelf, grave), None)
    return cut is None or _known(shelf, cut.story).get((cut.number, cut.part), NOTHING) == cut.stands


def _known(shelf: Shelf, story: str) -> dict[tuple[int, int], bytes | None]:
    """What is left of each part of a version of which something was erased."""
    return {(each.number, each.part): each.stands for each in shelf.storage.tombstones(story)}


def _followed(shelf: Shelf, grave: Grave) -> Iterator[Cut]:
    story, (number, part, erased, _, alone, *_) = grave.story, grave.tombstone
    here = [(story, number)]
    if part == TEXT and grave.left is None and not alone:
        here += [place for place in shelf.storage.having(erased) if place != (story, number)]
    for name, version in here:
        row = shelf.history(name).row(version)
        if erased == (row.facts_id if part == FACTS else row.text_id):
            own = row.facts.decode() if part == FACTS else shelf.stored(name, row)
            yield Cut(name, version, part, erased, _both(part, own, grave.left))


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


def _leave_nothing(storage: Storage, writer: Writer, moment: int, gone: list[str]) -> None:
    """See to it that what goes is in no dictionary, and unused room is cleaned afterwards."""
    shelf = Shelf(storage)
    if any(passages.shares(shelf.dictionary_content(each), gone) for each in storage.dictionaries()):
        rewriting.retire(writer)
    writer.note(rewriting.ERASING, str(moment))


def bury(writer: Writer, shelf: Shelf, cuts: Iterable[Cut], grave: Tombstone) -> None:
    """Put what is left in the place of what was there, and tombstones like `grave`."""
    by_story: dict[str, list[Cut]] = {}
    for cut in cuts:
        by_story.setdefault(cut.story, []).append(cut)
    for story, several in by_story.items():
        tombstones = [
            grave._replace(number=cut.number, part=cut.part, erased=cut.erased, stands=cut.stands)
            for cut in several
        ]
        texts = {cut.number: cut.left or "" for cut in several if cut.part == TEXT}
        facts = {cut.number: (cut.left or "").encode() for cut in several if cut.part == FACTS}
        writer.erase(rewriting.rewritten(shelf, story, texts, facts), tombstones)


def _cuts(shelf: Shelf, wanted: Wanted) -> list[Cut]:
    kept = shelf.history(wanted.story)
    row = kept.row(wanted.number)
    if wanted.fact is not None:
        return _facts_cut(shelf, row, wanted.fact)
    if wanted.phrase is not None:
        return _phrase_cut(shelf, kept, Phrase(wanted.phrase))
    places = [(wanted.story, row.number)] if wanted.only else shelf.storage.having(row.text_id)
    standing = [place for place in places if not _is_gone(shelf.history(place[0]), place[1])]
    if not row.length or not standing:
        why = "was erased already" if row.length else "is empty"
        raise NotFound(
            f"the text of {wanted.story}@{row.number} {why}", story=wanted.story, number=row.number
        )
    return [Cut(story, number, TEXT, row.text_id, None) for story, number in standing]


def _is_gone(kept: History, number: int) -> bool:
    return any(each.part == TEXT and each.stands is None for each in kept.tombstones.get(number, ()))


def _phrase_cut(shelf: Shelf, kept: History, phrase: Phrase) -> list[Cut]:
    cuts = []
    for row in kept.rows:
        text = shelf.stored(kept.story, row)
        if left := _blackened(text, phrase):
            cuts.append(Cut(kept.story, row.number, TEXT, row.text_id, left))
    if not cuts:
        raise NotFound(f"no version of {quoted(kept.story)} has this phrase", story=kept.story)
    return cuts


def _blackened(text: str, phrase: Phrase) -> str | None:
    """The text without the phrase; None where it does not stand in it."""
    left, at = list[str](), 0
    for start, end in phrase.spans(text):
        begin = max(start, at)  # they may overlap
        left += [text[at:begin], re.sub(r"\S", BLACK, text[begin:end])]
        at = max(end, at)
    return "".join([*left, text[at:]]) if left else None


def _facts_cut(shelf: Shelf, row: Row, fact: str) -> list[Cut]:
    """Facts are kept once for many versions: wherever the same ones stand, the fact goes."""
    left = _without(facts_of(row.facts), fact)
    if left is None:
        raise NotFound(f"version {row.number} has no fact {quoted(fact)}", fact=fact)
    same = (
        (story, each.number)
        for story in list(shelf.storage.names())
        for each in shelf.history(story).rows
        if each.facts_id == row.facts_id and each.facts == row.facts
    )
    written = canonical_facts(left).decode()
    return [Cut(story, number, FACTS, row.facts_id, written) for story, number in same]


def _without(facts: Facts, fact: str) -> Facts | None:
    """Facts without one of them, or a key of `extra`; None where it is not there."""
    if fact in IN_THE_COMMIT:
        raise BadReference(
            f"{fact} stands in the version itself, not in its facts alone: it cannot be erased"
        )
    known = facts.known()
    if not fact.startswith(EXTRA):
        return make_facts(known) if known.pop(fact, None) is not None else None
    extra = dict(known.get("extra", {}))
    if extra.pop(fact.removeprefix(EXTRA), None) is None:
        return None
    return make_facts({**known, "extra": extra})


def _gone(shelf: Shelf, wanted: Wanted, cuts: list[Cut]) -> Iterator[str]:
    """What will be there no more, as texts."""
    if wanted.phrase is not None:
        yield from _written(shelf, cuts, Phrase(wanted.phrase))
        return
    first = cuts[0]
    row = shelf.history(first.story).row(first.number)
    if wanted.fact is None:
        yield shelf.stored(first.story, row)
        return
    known = facts_of(row.facts).known()
    is_extra = wanted.fact.startswith(EXTRA)
    yield str(known["extra"][wanted.fact.removeprefix(EXTRA)] if is_extra else known[wanted.fact])


def _written(shelf: Shelf, cuts: list[Cut], phrase: Phrase) -> set[str]:
    """The ways in which a phrase is written: lines may break in it elsewhere."""
    rows = ((cut.story, shelf.history(cut.story).row(cut.number)) for cut in cuts)
    texts = (shelf.stored(story, row) for story, row in rows)
    return {text[start:end] for text in texts for start, end in phrase.spans(text)}
