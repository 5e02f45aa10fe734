"""How texts are stored and found damaged: never a wrong text. ARCHITECTURE, "chain.py"."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import apsw
import pytest
from backends import Clock, open_store
from edited import prose, revised, texts
from hypothesis import given

from vstore import chain
from vstore.chain import Dictionary, content, packed, patched, shorter, unpacked, whole
from vstore.errors import Corrupt, VstoreError
from vstore.rows import PACK_ZSTD, PATCH, PATCH_ZSTD, WHOLE, WHOLE_ZSTD, Payload
from vstore.store import Store


@given(text=texts)
def test_a_payload_gives_back_what_it_was_made_of(text: str) -> None:
    for many in (1, 50):
        assert content(whole(text * many)) == text * many
        assert content(patched(text * many)) == text * many
    assert not whole(text).is_patch
    assert patched(text).is_patch


def test_a_body_is_compressed_where_that_makes_it_shorter() -> None:
    dice = random.Random(1)
    noise = "".join(chr(dice.randrange(0x4E00, 0x9FFF)) for _ in range(20))
    assert whole("short").codec == WHOLE
    assert whole(noise).codec == WHOLE
    assert whole(prose(dice)).codec == WHOLE_ZSTD
    assert patched("+" + prose(dice)).codec == PATCH_ZSTD
    assert patched("=5\t-2\t+x").codec == PATCH


@given(text=texts, delta=texts)
def test_the_shorter_form_wins_and_the_patch_where_both_are_equal(text: str, delta: str) -> None:
    found = shorter(text, delta)
    lengths = len(whole(text).body), len(patched(delta).body)
    assert len(found.body) == min(lengths)
    assert found.is_patch == (lengths[1] <= lengths[0])


def test_a_text_without_a_delta_is_whole() -> None:
    assert shorter("text", None) == whole("text")


@pytest.mark.parametrize(
    "payload",
    [
        Payload(4, b"text"),
        Payload(-1, b"text"),
        Payload(0, b"\xff"),
        Payload(2, b"\xed\xa0\x80"),
        Payload(1, b""),
        Payload(1, b"no frame"),
        Payload(3, whole("x" * 1000).body[:-1]),
        Payload(1, whole("x" * 1000).body[:-4] + b"\0\0\0\0"),
    ],
)
def test_what_holds_no_text_is_corrupt(payload: Payload) -> None:
    with pytest.raises(Corrupt):
        content(payload)


@pytest.mark.parametrize("codec", [WHOLE_ZSTD, PATCH_ZSTD, PACK_ZSTD])
def test_what_would_be_unpacked_to_more_than_any_text_is_corrupt(codec: int) -> None:
    bomb = Payload(codec, whole("\0" * 1_000_000).body)
    several = bomb._replace(body=whole("x" * 1_000).body * 2)
    with patch.object(chain, "MOST_BYTES", 100_000):
        for payload in (bomb, several):
            with pytest.raises(Corrupt):
                unpacked(payload)
    assert unpacked(bomb) == bytes(1_000_000)


BROKEN_TABLES = b"\x37\xa4\x30\xec" + b"x" * 500
"""It begins as a dictionary does."""


@pytest.mark.parametrize("body", [BROKEN_TABLES, bytes(20_000_000)])
def test_a_dictionary_that_cannot_be_used_is_corrupt(body: bytes) -> None:
    """The first was found by the torture, as zstd's own error when something was packed with it."""
    with pytest.raises(Corrupt, match="dictionary 7"):
        Dictionary(7, packed(body).body)


def test_a_store_with_a_damaged_dictionary_goes_on_without_it(store: Store) -> None:
    with store._storage.transaction() as writer:
        writer.add_dictionary(packed(BROKEN_TABLES).body)
    text = prose(random.Random(1))
    store.add("s", text)
    assert store.text("s") == text
    assert {problem.problem for problem in store.fsck().problems} == {"dictionary"}


# A store that was damaged


@pytest.fixture
def damaged(tmp_path: Path) -> Iterator[tuple[Store, apsw.Connection]]:
    """A store of twelve versions, opened anew so that nothing is at hand, and a way to damage it."""
    with open_store("sqlite", tmp_path, Clock()) as made:
        dice = random.Random(3)
        text = prose(dice)
        for number in range(12):
            made.add("s", text, date=f"2019-01-{number + 1:02}", source=f"Agency {number % 2}")
            text = revised(dice, text, 3)
        made.add("s", text, date="2019-01-03")
        made.add("other", "Another story.")
    with open_store("sqlite", tmp_path, Clock()) as store:
        connection = apsw.Connection(str(tmp_path / "store.db"))
        yield store, connection
        connection.close()


CELLS = {
    "payload": ["codec", "body", "checksum"],
    "version": [
        "id",
        "text_id",
        "facts_back",
        "dated",
        "at",
        "recorded",
        "words",
        "base_back",
        "length",
        "checksum",
    ],
    "fact": ["head", "body", "checksum"],
}


@pytest.mark.parametrize(("table", "column"), [(table, column) for table in CELLS for column in CELLS[table]])
def test_a_changed_cell_is_found_and_named(
    damaged: tuple[Store, apsw.Connection], table: str, column: str
) -> None:
    store, connection = damaged
    ((story,),) = connection.execute("SELECT story FROM head WHERE name = ?", (b"s",))
    which = "story = ? AND number = 1" + " AND part = 0" * (table == "payload")
    ((value,),) = connection.execute(f"SELECT {column} FROM {table} WHERE {which}", (story,))
    changed = (
        value + b"x"
        if isinstance(value, bytes)
        else value + "x"
        if isinstance(value, str)
        else (value or 0) + 1
    )
    connection.execute(f"UPDATE {table} SET {column} = ? WHERE {which}", (changed, story))
    with pytest.raises(Corrupt) as caught:
        store.text("s", 1)
    assert caught.value.facts["story"] == "s"
    assert caught.value.facts["number"] == 1
    check = store.fsck()
    assert not check.ok
    assert {problem.story for problem in check.problems} == {"s"}
    assert store.text("other") == "Another story."


@pytest.mark.parametrize(
    "column", ["versions", "tip", "clock", "current", "at", "late", "recorded", "text_bytes"]
)
def test_a_changed_head_is_found(damaged: tuple[Store, apsw.Connection], column: str) -> None:
    store, connection = damaged
    ((value,),) = connection.execute(f"SELECT {column} FROM head WHERE name = ?", (b"s",))
    changed = value + 1 if isinstance(value, int) else bytes(32)
    connection.execute(f"UPDATE head SET {column} = ? WHERE name = ?", (changed, b"s"))
    with pytest.raises(Corrupt, match="s"):
        store.text("s")
    assert not store.fsck().ok


@pytest.mark.parametrize("table", ["payload", "version", "fact"])
def test_a_row_that_is_gone_is_found(damaged: tuple[Store, apsw.Connection], table: str) -> None:
    store, connection = damaged
    connection.execute(
        f"DELETE FROM {table} WHERE number = 1 AND story = (SELECT story FROM head WHERE name = ?)", (b"s",)
    )
    with pytest.raises(Corrupt) as caught:
        store.text("s", 1)
    assert caught.value.facts["story"] == "s"
    check = store.fsck()
    assert not check.ok
    assert check.versions == 14


@pytest.mark.parametrize("table", ["payload", "version"])
def test_intact_rows_that_changed_places_are_found(
    damaged: tuple[Store, apsw.Connection], table: str
) -> None:
    store, connection = damaged
    connection.execute(f"UPDATE {table} SET number = -1 WHERE story = 1 AND number = 1")
    connection.execute(f"UPDATE {table} SET number = 1 WHERE story = 1 AND number = 2")
    connection.execute(f"UPDATE {table} SET number = 2 WHERE story = 1 AND number = -1")
    for number in (1, 2):
        with pytest.raises(Corrupt):
            store.text("s", number)


def test_a_text_that_rests_on_a_damaged_one_is_refused_by_its_own_name(
    damaged: tuple[Store, apsw.Connection],
) -> None:
    store, connection = damaged
    connection.execute("UPDATE payload SET body = x'00' WHERE story = 1 AND number = 1")
    assert store.version("s", 5).base is not None
    with pytest.raises(Corrupt) as caught:
        store.text("s", 5)
    assert (caught.value.facts["story"], caught.value.facts["number"]) == ("s", 5)


def test_fsck_tells_of_a_damaged_story_id_and_goes_on(damaged: tuple[Store, apsw.Connection]) -> None:
    store, connection = damaged
    connection.execute("UPDATE head SET name = x'ff' WHERE name = ?", (b"s",))
    check = store.fsck()
    assert not check.ok
    assert check.versions >= 1


def test_bytes_that_turn_in_the_file_never_give_a_wrong_text(tmp_path: Path) -> None:
    """A hundred single bytes, one after the other: each answer is right, or an error."""
    dice = random.Random(5)
    right: dict[int, str] = {}
    with open_store("sqlite", tmp_path, Clock()) as made:
        text = prose(dice)
        for number in range(1, 9):
            right[number] = text
            made.add("s", text)
            text = revised(dice, text, 3)
    place = tmp_path / "store.db"
    whole_file = place.read_bytes()
    assert not place.with_name("store.db-wal").exists()
    used = [at for at in range(200, len(whole_file)) if whole_file[at]]  # most of the file is empty pages
    caught = 0
    for _ in range(100):
        at = dice.choice(used)
        place.write_bytes(
            whole_file[:at] + bytes([whole_file[at] ^ 1 << dice.randrange(8)]) + whole_file[at + 1 :]
        )
        try:
            with open_store("sqlite", tmp_path, Clock()) as store:
                for number in range(1, 9):
                    assert store.text("s", number) == right[number]
                    assert store.version("s", number).number == number
        except VstoreError:
            caught += 1
    assert caught > 5


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE payload SET codec = 1 WHERE part = 1",
        "UPDATE payload SET dictionary = 1 WHERE part = 1",
        "UPDATE payload SET part = 99 WHERE part = 1",
        "DELETE FROM payload WHERE part = 1",
        "UPDATE version SET base_back = -9223372036854775808",
        "UPDATE version SET facts_back = -9223372036854775808",
        "UPDATE version SET facts_back = 9223372036854775807",
    ],
)
def test_parts_and_numbers_that_cannot_be_are_found_and_named(tmp_path: Path, sql: str) -> None:
    with open_store("sqlite", tmp_path, Clock()) as made:
        made.add("s", random.Random(1).randbytes(1_000).hex())
    connection = apsw.Connection(str(tmp_path / "store.db"))
    connection.execute(sql)
    connection.close()
    with open_store("sqlite", tmp_path, Clock()) as store:
        with pytest.raises(Corrupt, match="s@1"):
            store.text("s", 1)
        assert {problem.story for problem in store.fsck().problems} == {"s"}
