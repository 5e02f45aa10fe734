"""How every backend keeps payloads, packs and dictionaries."""

from __future__ import annotations

from contextlib import suppress

import pytest
from backends import entry, keep

from vstore.errors import Conflict, Corrupt
from vstore.rows import SHORT, Link, Payload
from vstore.storage.contract import Storage


def test_short_patches_are_read_at_once(storage: Storage) -> None:
    entries = [entry("s", 1)]
    for number, size in ((2, 1000), (3, SHORT), (4, SHORT + 1)):
        entries.append(entry("s", number, after=entries[-1].head, at=number, body=b"x" * size, base=1))
    keep(storage, *entries)
    wanted = {number: storage.link("s", number) for number in (2, 3)}
    assert storage.links("s", -5, 9) == wanted
    assert storage.links("s", 2, 2) == {2: wanted[2]}
    assert storage.links("s", 5, 9) == storage.links("nobody", 1, 9) == {}


def test_dictionaries_are_kept_once_and_dropped_where_nothing_needs_them(storage: Storage) -> None:
    assert storage.newest_dictionary() is None
    with storage.transaction() as writer:
        assert [writer.add_dictionary(body) for body in (b"a", b"b", b"a", b"c")] == [1, 2, 1, 3]
    first = entry("s", 1)
    with storage.transaction() as writer:
        writer.append(first._replace(payload=first.payload._replace(dictionary=1)), None)
        assert writer.drop_dictionaries() == 1
    assert storage.dictionaries() == [1, 3]
    assert (storage.dictionary(1), storage.dictionary(2)) == (b"a", None)
    assert storage.newest_dictionary() == 3


def test_payloads_are_put_in_the_place_of_others(storage: Storage) -> None:
    first = entry("s", 1, body=b"x" * 2000)
    second = entry("s", 2, after=first.head, at=1, base=1)
    head = keep(storage, first, second)
    rows = [each.row._replace(pack=1, stored=2) for each in (first, second)]
    pack = Payload(4, b"pack", None)
    new = head._replace(repacked=1, stored_bytes=4)
    with storage.transaction() as writer:
        writer.repack(new, head, {1: pack}, rows)
    assert storage.head("s") == new
    assert storage.rows("s") == rows == [storage.row("s", 1), storage.row("s", 2)]
    assert storage.link("s", 2) == Link(1, 1, pack)
    assert list(storage.problems()) == list(storage.problems(quick=True)) == []
    assert storage.payloads("s") == [1]
    assert storage.payload("s", 1) == pack
    with pytest.raises(Conflict), storage.transaction() as writer:
        writer.repack(new, head, {1: pack}, rows)


def test_no_payload_is_kept_whose_dictionary_is_gone(storage: Storage) -> None:
    first = entry("s", 1)
    head = keep(storage, first)
    pack = Payload(4, b"pack", 1)
    with pytest.raises(Conflict), storage.transaction() as writer:
        writer.repack(head._replace(repacked=1), head, {1: pack}, [first.row._replace(pack=1)])
    with storage.transaction() as writer, suppress(Conflict):
        writer.repack(head._replace(repacked=1), head, {1: pack}, [first.row._replace(pack=1)])
    assert storage.head("s") == head
    assert storage.link("s", 1) == Link(None, None, first.payload)


def test_payloads_are_listed_and_had_by_their_numbers(storage: Storage) -> None:
    entries = [entry("s", 1, body=b"x" * 3_000)]
    for number in (2, 3):
        entries.append(entry("s", number, after=entries[-1].head, at=number, body=b"y" * number, base=1))
    keep(storage, *entries)
    keep(storage, entry("t", 1))
    assert storage.payloads("s") == [1, 2, 3]
    assert [storage.payload("s", number) for number in (1, 2, 3)] == [each.payload for each in entries]
    assert storage.payloads("nobody's") == storage.payloads("\ud800") == []
    for story, number in (("s", 4), ("s", 0), ("nobody's", 1)):
        with pytest.raises(Corrupt) as caught:
            storage.payload(story, number)
        assert caught.value.facts == {"story": story, "number": number}
