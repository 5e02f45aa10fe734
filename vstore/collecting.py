"""gc: texts packed anew, dictionaries trained, room given back.

Stories are packed one by one, and kept some at a time, each time in one transaction: what was done is done
whenever it stops, and the next gc goes on with the rest. A story that somebody adds to meanwhile is left as
it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import NamedTuple

from vstore import chain, dictionaries, rewriting
from vstore.again import until_kept
from vstore.answers import Collected
from vstore.dictionaries import Sample
from vstore.errors import Corrupt, Overtaken, StorageRefused
from vstore.history import History
from vstore.notes import number_of
from vstore.rows import Deed, Repack, Row
from vstore.shelf import Shelf
from vstore.storage.contract import Storage

AT_ONCE = 4_000_000
"""Bytes of packs that are kept in one transaction, ..."""

STORIES_AT_ONCE = 200
"""... or so many stories."""

PAYLOAD = 24
"""Bytes that a payload takes beside its body."""

SAMPLED = 1_600
"""So many stories are looked at to train a dictionary."""

GROWN = 4
"""A new dictionary is trained once there are so many times the stories of the last time."""


class Options(NamedTuple):
    """A dry run only tells; a light gc trains no dictionaries and does not write the file anew."""

    dry_run: bool = False
    is_light: bool = False


def collect(
    storage: Storage, deed: Deed, options: Options, progress: Callable[[int], None] | None = None
) -> Collected:
    """Pack every story that can be told in less; `progress` is told how many are done."""
    dry_run = options.dry_run
    if not dry_run and number_of(storage.notes().get(rewriting.ERASING)):
        rewriting.finish_erasing(storage)
    shelf = Shelf(storage)
    size = storage.size()
    names = _names(storage)
    dictionary = shelf.newest_dictionary() if options.is_light else _dictionary(shelf, names, dry_run=dry_run)
    stories = repacked = gain = 0
    for batch in _batches(_repacks(shelf, names, dictionary)):
        done = [each for each in batch if each is not None]
        if not dry_run:
            done = rewriting.kept(storage, done)
        stories += len(batch)
        repacked += len(done)
        gain += sum(each.before.stored_bytes - each.head.stored_bytes for each in done)
        if progress:
            progress(stories)
    if not dry_run:
        _finish(storage, deed, options)
    return Collected(stories, repacked, gain, size, storage.size(), dry_run)


def _batches(found: Iterator[Repack | None]) -> Iterator[list[Repack | None]]:
    batch: list[Repack | None] = []
    size = 0
    for each in found:
        batch.append(each)
        size += sum(len(payload.body) for payload in each.payloads.values()) if each else 0
        if size >= AT_ONCE or len(batch) >= STORIES_AT_ONCE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _finish(storage: Storage, deed: Deed, options: Options) -> None:
    if len(storage.dictionaries()) > 1:  # the newest always stays
        with suppress(StorageRefused, Overtaken), storage.transaction() as writer:
            writer.drop_dictionaries()  # unless others are at it: the next gc may

    def note() -> None:
        with storage.transaction() as writer:
            writer.note("last_gc", str(deed.at))
            writer.record(deed)

    until_kept(note)
    if not options.is_light:
        with suppress(StorageRefused):  # no room to write the file anew, or others write: the next gc may
            storage.compact()


def _repacks(shelf: Shelf, names: list[str], dictionary: chain.Dictionary | None) -> Iterator[Repack | None]:
    """Of each story what would become of it; None where it is packed as well as can be, or cannot be read."""
    for story in names:
        try:
            yield _repack(shelf, story, dictionary)
        except Corrupt:
            yield None  # fsck tells; what can be read stays as it is


def _names(storage: Storage) -> list[str]:
    """All at once: to read on meanwhile would keep the write-ahead log from being used again."""
    names: list[str] = []
    with suppress(Corrupt):  # comes after all that can be read; fsck tells
        names.extend(storage.names())
    return names


def _repack(shelf: Shelf, story: str, dictionary: chain.Dictionary | None) -> Repack | None:
    with shelf.storage.snapshot():
        kept, head = shelf.standing(story)
        start = _loose(shelf, kept, dictionary)
    if head is None or start >= len(kept):
        return None
    payloads, rows = rewriting.packs(rewriting.told(shelf, kept, start), dictionary)
    before = kept.rows[start:]
    if all(row.pack is None for row in before) and _room(rows) >= _room(before):
        return None  # short or beyond compression: it stays as it is
    return Repack(rewriting.counted(head, before, rows), head, payloads, rows)


def _loose(shelf: Shelf, kept: History, dictionary: chain.Dictionary | None) -> int:
    """How many of a story's versions stay as they are: those in packs that others follow, or all."""
    packs = [row.pack for row in kept.rows]
    if not packs or packs[0] is None or _needs(shelf, kept.story, packs[0]) != _number(dictionary):
        return 0
    last = packs[-1]
    if last is not None and _needs(shelf, kept.story, last) == _number(dictionary):
        return len(packs)
    newest = max(pack for pack in packs if pack is not None)
    return packs.index(newest)


def _needs(shelf: Shelf, story: str, number: int) -> int | None:
    link = shelf.storage.link(story, number)
    return link.payload.dictionary if link else None


def _number(dictionary: chain.Dictionary | None) -> int | None:
    return dictionary.number if dictionary else None


def _room(rows: list[Row]) -> int:
    """Bytes that the payloads of versions take."""
    return rewriting.stored(rows) + PAYLOAD * len({row.pack or row.number for row in rows})


def _dictionary(shelf: Shelf, names: list[str], *, dry_run: bool) -> chain.Dictionary | None:
    """The newest dictionary; a new one where the store has none, or has grown, and one pays."""
    storage = shelf.storage
    known = shelf.newest_dictionary()
    stories = len(names)
    if stories < GROWN * _trained(storage):
        return known
    samples = list(_samples(shelf, names[:: stories // SAMPLED + 1]))
    frame = dictionaries.best([sample.text for sample in samples], stories)
    if frame is None:
        return known
    if dry_run:
        return chain.Dictionary(0, frame)

    def train() -> int | None:
        with storage.transaction() as writer:
            if len(dictionaries.standing(samples, storage.head)) < len(samples):
                return None  # it would bring back what others erased meanwhile: the next gc trains
            writer.note(rewriting.TRAINED, str(stories))
            return writer.add_dictionary(frame)

    number = until_kept(train)
    return shelf.newest_dictionary() if number is None else chain.Dictionary(number, frame)


def _samples(shelf: Shelf, names: list[str]) -> Iterator[Sample]:
    for story in names:
        with suppress(Corrupt):
            if kept := shelf.history(story):
                yield Sample(story, kept.rewritten, shelf.stored(story, kept.current))


def _trained(storage: Storage) -> int:
    """How many stories there were when a dictionary was last trained; 0 where no number says it."""
    return number_of(storage.notes().get(rewriting.TRAINED)) or 0
