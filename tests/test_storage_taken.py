"""The storage contract of what was taken in from folders: what every backend answers alike."""

from __future__ import annotations

import pytest
from backends import entry

from vstore.aliases import digest
from vstore.errors import Corrupt, Overtaken
from vstore.rows import Taken
from vstore.storage.contract import Storage

FOLDER, FILE = digest("/drop"), digest("a.txt")
FIRST = Taken(FOLDER, FILE, digest("text"), 5_000_000_000, 1_547_560_800_123_456_789, 1, 0, 0)


def take(storage: Storage, taken: Taken, expected: Taken | None) -> None:
    with storage.transaction() as writer:
        writer.take(taken, expected)


def test_what_was_taken_is_noted_by_folder_and_file(storage: Storage) -> None:
    assert (storage.taken(FOLDER, FILE), storage.has_taken(FOLDER)) == (None, False)
    take(storage, FIRST, None)
    assert (storage.taken(FOLDER, FILE), storage.has_taken(FOLDER)) == (FIRST, True)
    assert storage.taken(FOLDER, digest("b.txt")) is None
    assert storage.taken(digest("/other"), FILE) is None
    assert not storage.has_taken(digest("/other"))
    after = FIRST._replace(digest=digest("other"), size=0, modified=-1, items=3, refused=2, done=1)
    take(storage, after, FIRST)
    assert storage.taken(FOLDER, FILE) == after


@pytest.mark.parametrize(
    "expected", [None, FIRST._replace(items=2), FIRST._replace(digest=digest("x")), FIRST._replace(done=1)]
)
def test_whoever_saw_something_else_was_overtaken(storage: Storage, expected: Taken | None) -> None:
    take(storage, FIRST, None)
    with pytest.raises(Overtaken):
        take(storage, FIRST._replace(items=9), expected)
    assert storage.taken(FOLDER, FILE) == FIRST


def test_whoever_saw_something_where_nothing_is_was_overtaken(storage: Storage) -> None:
    with pytest.raises(Overtaken):
        take(storage, FIRST, FIRST)
    assert storage.taken(FOLDER, FILE) is None


def test_a_note_goes_with_the_transaction_that_it_is_of(storage: Storage) -> None:
    take(storage, FIRST, None)
    second = FIRST._replace(file=digest("b.txt"))
    with pytest.raises(KeyboardInterrupt), storage.transaction() as writer:  # noqa: PT012
        writer.append(entry("s", 1), None)
        writer.take(FIRST._replace(items=2), FIRST)
        writer.take(FIRST._replace(items=3), FIRST._replace(items=2))
        writer.take(second, None)
        assert storage.taken(FOLDER, second.file) == second
        raise KeyboardInterrupt
    assert (storage.taken(FOLDER, FILE), storage.taken(FOLDER, second.file)) == (FIRST, None)
    assert storage.head("s") is None


def test_a_damaged_note_is_told(storage: Storage) -> None:
    database = getattr(storage, "_database", None)
    if database is None or "sqlite" not in type(database).__name__.lower():
        pytest.skip("the bytes of this backend are not ours to damage")
    take(storage, FIRST, None)
    assert list(storage.problems()) == []
    with database.writing() as connection:
        connection.execute("UPDATE taken SET items = 7")
    with pytest.raises(Corrupt):
        storage.taken(FOLDER, FILE)
    assert [finding.detail for finding in storage.problems()] == ["1 row(s) of taken are damaged"]
