"""Erasing: a text, a phrase or a fact is taken out of a store for good, and a tombstone says so.

Ids, order and dates stay, so that the story still verifies: what is gone is known by its id alone. Whatever
was told from it is told anew, in the same transaction; then nothing of it is left in unused room either.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from vstore import burying, captures, passages, rewriting
from vstore.accounts import Erasure, Place
from vstore.again import until_kept
from vstore.arriving import MAX_REASON
from vstore.burying import Cut
from vstore.captures import BLACK
from vstore.errors import BadReference, NotFound, Unscrubbed, quoted
from vstore.facts import canonical_facts, make_facts
from vstore.history import History, facts_of
from vstore.journalling import Journal, mention, who
from vstore.model import Facts
from vstore.phrases import Phrase
from vstore.rows import FACTS, NOTES, TEXT, Alias, Head, Row, Tombstone
from vstore.shelf import Shelf
from vstore.storage.contract import Storage
from vstore.text import Span

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


class Found(NamedTuple):
    """What there is to erase: what stays of versions and aliases, the words that go, the head as it was."""

    cuts: list[Cut]
    gone: list[str]
    aliases: list[tuple[str, Alias]]
    head: Head | None

    @property
    def left(self) -> dict[tuple[str, int, int], str]:
        """What stays, by story, number and part."""
        return {(each.story, each.number, each.part): each.left or "" for each in self.cuts}

    def places(self, *parts: int) -> tuple[Place, ...]:
        """The versions that lose something of these parts."""
        found = {(each.story, each.number): None for each in self.cuts if each.part in parts}
        return tuple(Place(*place) for place in found)


def redact(
    storage: Storage,
    journal: Journal,
    moment: int,
    wanted: Wanted,
    progress: Callable[[int], None] | None = None,
) -> Erasure:
    """Erase; `progress` is told how many stories were looked through for passages that stand elsewhere too.

    Raises BadReference for what cannot be erased, NotFound where it is not there, Unscrubbed where others
    keep unused room from being cleaned: it is erased then, and the next gc finishes.
    """
    check_reason(wanted.reason)
    found = _found(Shelf(storage), wanted)
    scope = None if wanted.elsewhere else wanted.story
    listed = tuple(passages.elsewhere(Shelf(storage), found.gone, found.left, scope, progress))
    if not wanted.dry_run:
        found = until_kept(lambda: _erased(storage, journal, moment, wanted, found))
    erased, notes = found.places(TEXT, FACTS), found.places(NOTES)
    named = tuple(dict.fromkeys(story for story, _ in found.aliases))
    done = Erasure(erased, notes, named, listed, 0, (), wanted.dry_run)
    if wanted.dry_run:
        return done
    try:
        return replace(done, repacked=rewriting.finish_erasing(storage))
    except Unscrubbed as error:
        error.done = done
        raise


def check_reason(reason: str) -> None:
    """BadReference for one that says nothing, or cannot be kept."""
    if not reason.strip() or len(reason) > MAX_REASON or not reason.isprintable():
        raise BadReference("a reason is 1 to 1,000 characters in one line", reason=reason[:100])


def _erased(storage: Storage, journal: Journal, moment: int, wanted: Wanted, seen: Found) -> Found:
    """One transaction: what is found now is what is erased."""
    with storage.transaction() as writer:
        writer.exclude()
        shelf = Shelf(storage)
        if wanted.phrase is not None and storage.head(wanted.story) == seen.head:
            found = seen._replace(aliases=_aliases(shelf, wanted.story, wanted.phrase))
        else:
            found = _found(shelf, wanted)
        grave = Tombstone(0, 0, b"", None, int(wanted.only), moment, who(), wanted.reason)
        burying.bury(writer, shelf, ((each, grave) for each in found.cuts))
        for story, alias in found.aliases:
            writer.name(story, [alias])
        burying.leave_nothing(storage, writer, moment, found.gone)
        detail = {
            "erased": sorted({each.erased.hex() for each in found.cuts if each.part != NOTES}),
            "of": [[mention(each.story), each.number, each.part] for each in found.cuts],
            "reason": wanted.reason,
        }
        writer.record(journal.deed("redact", moment, detail=detail))
    return found


def _found(shelf: Shelf, wanted: Wanted) -> Found:
    kept, head = shelf.standing(wanted.story)
    if wanted.phrase is not None:
        return _phrase_found(shelf, kept, wanted.phrase)._replace(head=head)
    row = kept.row(wanted.number)
    if wanted.fact is not None:
        cuts, gone = _facts_cuts(shelf, row, wanted.fact), _told(row.facts, wanted.fact)
    else:
        cuts = _text_cuts(shelf, row, wanted)
        rows = ((each.story, shelf.history(each.story).row(each.number)) for each in cuts)
        gone = list(dict.fromkeys(shelf.stored(*each) for each in rows))  # of one something went before
    holds = captures.sharing(gone)
    notes = burying.of_notes(shelf, {(each.story, each.number): holds for each in cuts})
    aliases = burying.of_aliases(shelf.storage, {each.story: holds for each in cuts})
    return Found([*cuts, *notes], gone, list(aliases), head)


def _text_cuts(shelf: Shelf, row: Row, wanted: Wanted) -> list[Cut]:
    places = [(wanted.story, row.number)]
    if not wanted.only:
        places = [(story, number) for _, story, number in shelf.storage.having([row.text_id])]
    standing = [place for place in places if not _is_gone(shelf.history(place[0]), place[1])]
    if not row.length or not standing:
        why = "was erased already" if row.length else "is empty"
        raise NotFound(
            f"the text of {wanted.story}@{row.number} {why}", story=wanted.story, number=row.number
        )
    return [Cut(story, number, TEXT, row.text_id, None) for story, number in standing]


def _is_gone(kept: History, number: int) -> bool:
    return any(each.part == TEXT and each.stands is None for each in kept.tombstones.get(number, ()))


def _phrase_found(shelf: Shelf, kept: History, words: str) -> Found:
    """What is left of texts and notes, and the ways in which the phrase is written: lines may break in it."""
    phrase, cuts, gone = Phrase(words), list[Cut](), dict[str, None]()
    for row in kept.rows:
        text = shelf.stored(kept.story, row)
        if spans := phrase.spans(text, overlapping=True):
            gone.update((text[start:end], None) for start, end in spans)
            cuts.append(Cut(kept.story, row.number, TEXT, row.text_id, _blackened(text, spans)))
    holds = captures.saying([words])
    cuts += burying.of_notes(shelf, {(kept.story, row.number): holds for row in kept.rows})
    aliases = _aliases(shelf, kept.story, words)
    if not (cuts or aliases):
        message = f"no version of {quoted(kept.story)} has this phrase"
        if kept.tombstones:
            message += "; where a part of it is black already, name the rest"
        raise NotFound(message, story=kept.story)
    return Found(cuts, list(gone) or [words], aliases, None)


def _aliases(shelf: Shelf, story: str, phrase: str) -> list[tuple[str, Alias]]:
    return list(burying.of_aliases(shelf.storage, {story: captures.saying([phrase])}))


def _blackened(text: str, spans: Sequence[Span]) -> str:
    """The text without what is in these spans, which may overlap."""
    left, at = list[str](), 0
    for start, end in spans:
        begin = max(start, at)
        left += [text[at:begin], re.sub(r"\S", BLACK, text[begin:end])]
        at = max(end, at)
    return "".join([*left, text[at:]])


def _facts_cuts(shelf: Shelf, row: Row, fact: str) -> list[Cut]:
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


def _told(facts: bytes, fact: str) -> list[str]:
    """The words of a fact, or of a key of `extra`, that is there."""
    known = facts_of(facts).known()
    found = known["extra"][fact.removeprefix(EXTRA)] if fact.startswith(EXTRA) else known[fact]
    return captures.strings(captures.written(found))
