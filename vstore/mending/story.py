"""A story put back, in one transaction: what is proved of it, what that says of its head, and its texts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import groupby, islice
from typing import TYPE_CHECKING, NamedTuple

from vstore import repacking
from vstore.answers import Problem
from vstore.errors import Corrupt
from vstore.history import History, facts_of
from vstore.mending import chain, derived, names, turned
from vstore.mending.other import Other
from vstore.mending.texts import Texts
from vstore.repacking import Told
from vstore.rows import Payload, Recount, Row
from vstore.shelf import Shelf
from vstore.storage import layout
from vstore.storage.checksum import Column
from vstore.storage.sql_mending import Mended, Mending
from vstore.storage.sql_remains import Remains, SqlRemains

if TYPE_CHECKING:
    from vstore.storage.sql import SqlStorage

TEXTS = frozenset({"text", "payload", "depth"})
"""Kinds of problems for which a story's texts are packed anew, ..."""

DERIVED = frozenset({"at", "previous", "words", "length", "recorded", "capture"})
"""... and for which what follows from a version is worked out anew."""


class Damaged(NamedTuple):
    """A story that has problems: the key that it has in its tables, and what is known to be wrong."""

    key: Column
    problems: Sequence[Problem] = ()
    misled: Container[str | None] = ()
    """Names that it cannot have: they have a head that they do not find."""

    def told(self, kinds: Collection[str]) -> set[int | None]:
        """The versions that have a problem of one of these kinds."""
        return {each.number for each in self.problems if each.problem in kinds}


class Outcome(NamedTuple):
    """What became of a story: its name, if that could be found, and the versions that could not."""

    story: str | None
    lost: Sequence[int]
    is_kept: bool
    """False where nothing is left of it in the store."""
    ids: Sequence[bytes] = ()
    """Of the versions of a story without a name."""


class Workshop(NamedTuple):
    """Where stories are mended: their storage, what is left of them there, who else has them."""

    storage: SqlStorage
    remains: SqlRemains
    other: Other
    tries: turned.Tries
    is_copied: bool
    """Whether a copy is kept of what is damaged; else nothing may be lost by mending it."""


class _WouldBeLostError(Exception):
    """Rolls a transaction back: what it would drop is nowhere else."""


def mend(at: Workshop, damaged: Damaged, loose: Sequence[str]) -> Outcome:
    """Put a story back; `loose` are names of heads that have no versions. What cannot be had is dropped."""
    try:
        with at.storage.mending() as writer:
            outcome = _mended(at, writer, damaged, loose)
            if outcome.lost and not at.is_copied:
                raise _WouldBeLostError
            return outcome
    except _WouldBeLostError:
        return Outcome(None, (), True)


def _mended(at: Workshop, writer: Mending, damaged: Damaged, loose: Sequence[str]) -> Outcome:
    key = damaged.key
    remains = at.remains.of(key)
    story = names.established(remains, loose, at.other)
    if story is None or story in damaged.misled or not writer.can_be(key, story):
        writer.forget(key)
        numbers = {each[0] for each in remains.versions if type(each[0]) is int}
        return Outcome(None, sorted(numbers), False, names.ids(remains))
    writer.name(key, story)
    for number, payload in at.remains.spare_payloads(story, key):
        writer.put_payloads(key, story, {number: payload}, alone=False)
    for number, payload in _turned_back(at, key, story):
        writer.put_payloads(key, story, {number: payload}, alone=False)
    found = chain.proved(story, remains, chain.Help(at.other, _restored(at.storage, story), at.tries))
    lost = range(len(found.versions) + 1, found.expected + 1)
    if found.versions:
        _Mending(at, writer, damaged, story).put(found, remains)
    else:
        writer.forget(key)
    return Outcome(story, lost, bool(found.versions))


def _turned_back(at: Workshop, key: Column, story: str) -> Iterator[tuple[int, Payload]]:
    """Damaged payloads in which a single byte turned, by their checksum; texts are proved later."""
    for number in at.storage.payloads(story):
        try:
            at.storage.payload(story, number)
        except Corrupt:
            if lying := at.remains.lying_payload(key, number):
                found = turned.payloads(story, number, *lying, at.storage.dictionaries())
                yield from ((number, payload) for payload in islice(found, 1))


def _restored(storage: SqlStorage, story: str) -> Callable[[Row], str | None]:
    def restored(row: Row) -> str | None:
        with suppress(Corrupt):
            return Shelf(storage).restored(story, row)
        return None

    return restored


class _Mending:
    """One story, of which the versions are known."""

    def __init__(self, at: Workshop, writer: Mending, damaged: Damaged, story: str) -> None:
        self._at = at
        self._writer = writer
        self._damaged = damaged
        self._key = damaged.key
        self._story = story

    def put(self, found: chain.Chain, remains: Remains) -> None:
        """Put rows first, so that they lead to their texts, and then what became of them with these."""
        changed = {each.row.number for each in found.versions if not each.is_as_kept}
        doubted = changed | self._damaged.told(DERIVED)
        heads = list(chain.heads(self._story, remains))
        rows = list(derived.ordered(self._story, found.versions, doubted, heads))
        mended = self._without_texts(rows, found, remains)
        self._writer.put(self._key, mended)
        texts = Texts(Shelf(self._at.storage), self._story, rows, self._at.other)
        rows = list(self._counted(rows, texts, doubted))
        if texts.gone and not self._at.is_copied:
            raise _WouldBeLostError
        is_shorter = len(rows) < found.expected
        if doubted or texts.strayed or is_shorter or self._damaged.told(TEXTS):
            payloads: dict[int, Payload] = {}
            rows = list(self._packed(rows, texts, payloads))
            self._writer.put_payloads(self._key, self._story, payloads, alone=True)
            counts = mended.head.repacked + 1, mended.head.rewritten
            head = derived.head_of(self._story, rows, counts)
            self._writer.put(self._key, mended._replace(rows=rows, head=head))
        readable = [row for row in rows if row.facts_id]
        self._writer.put_names(self._story, History(self._story, readable).names())

    def _without_texts(self, rows: Sequence[Row], found: chain.Chain, remains: Remains) -> Mended:
        heads = list(chain.heads(self._story, remains))
        erased = bool(remains.graves)
        repacked = max((head.repacked for head in heads), default=0)
        rewritten = max((head.rewritten for head in heads), default=int(erased))
        first: dict[bytes, int] = {}
        facts_at = {
            row.number: first.setdefault(row.facts_id, row.number) if row.facts_id else version.facts_at
            for row, version in zip(rows, found.versions, strict=True)
        }
        recounts = [] if self._damaged.told({"recount"}) else list(_recounts(self._story, rows, remains))
        head = derived.head_of(self._story, rows, (repacked, rewritten))
        return Mended(head, rows, facts_at, dict(_sightings(self._story, rows, remains)), recounts)

    def _counted(self, rows: Sequence[Row], texts: Texts, doubted: Collection[int | None]) -> Iterator[Row]:
        """The rows; the length and the words of those in doubt are counted again, where there is a text."""
        known: dict[int | None, Row] = {}
        for row in rows:
            text = texts.text(row)
            if row.number in doubted and text is not None:
                previous = known.get(row.previous)
                before = texts.text(previous) if previous else None
                told = row._replace(length=len(text.encode()))
                if previous is None:
                    told = derived.with_words(told, text, None)
                elif before is not None:
                    told = derived.with_words(told, text, (previous, before))
            else:
                told = row
            known[row.number] = told
            yield told

    def _packed(self, rows: Sequence[Row], texts: Texts, payloads: dict[int, Payload]) -> Iterator[Row]:
        """The rows as their texts are packed anew."""
        dictionary = Shelf(self._at.storage).newest_dictionary()
        depths: dict[int | None, int] = {}
        for is_gone, run in groupby(rows, key=lambda row: row.number in texts.gone):
            if is_gone:
                found: Iterable[Row] = (_unread(row, texts, payloads, depths) for row in run)
            else:
                told = (Told(row, texts.known(row), _source(row)) for row in run)
                packs = repacking.packed(told, dictionary)
                found = (row for pack in packs for row in _of_pack(pack, payloads))
            for row in found:
                depths[row.number] = row.depth
                yield row


def _of_pack(pack: repacking.Packed, payloads: dict[int, Payload]) -> list[Row]:
    payloads[pack.rows[0].number] = pack.payload
    return pack.rows


def _unread(row: Row, texts: Texts, payloads: dict[int, Payload], depths: dict[int | None, int]) -> Row:
    """A version whose text cannot be had: with its patch, if only what that is against is gone."""
    patched = texts.patch(row)
    if patched is None or row.base not in depths:
        return row._replace(base=None, depth=0, stored=0, pack=None)
    payloads[row.number] = patched
    return row._replace(depth=depths[row.base] + 1, stored=len(patched.body), pack=None)


def _source(row: Row) -> str | None:
    return facts_of(row.facts).source if row.facts_id else None


def _sightings(story: str, rows: Sequence[Row], remains: Remains) -> Iterator[tuple[int, int]]:
    """Those that are what was kept, and can be true."""
    recorded = {row.number: row.recorded for row in rows}
    for number, moment, check in remains.sightings:
        with suppress(Corrupt):
            layout.verify(check, story, number, (number, moment))
            if number in recorded and moment >= recorded[number]:
                yield number, moment


def _recounts(story: str, rows: Sequence[Row], remains: Remains) -> Iterator[Recount]:
    numbers = {row.number for row in rows}
    for *counts, check in remains.recounts:
        with suppress(Corrupt):
            recount = Recount(*counts)
            layout.verify(check, story, recount.number, recount)
            if {recount.number, recount.previous} <= numbers:
                yield recount
