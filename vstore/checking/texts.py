"""What all but the quick level verify of a story: every text can be restored, and kept origins be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from vstore.answers import Problem
from vstore.errors import Corrupt
from vstore.objects import text_id
from vstore.rows import Row
from vstore.shelf import Shelf
from vstore.storage.contract import Storage


def problems(shelf: Shelf, story: str, rows: Iterable[Row]) -> Iterator[Problem]:
    """Each text is the one of its id, and as long as its row says."""
    for row in rows:
        try:
            text = shelf.stored(story, row)
        except Corrupt as error:
            yield Problem(story, row.number, "text", error.message)
        else:
            if len(text.encode()) != row.length and text_id(text) == row.text_id:
                yield Problem(story, row.number, "length", "the text is not as long as its row says")


def origin_problems(storage: Storage, story: str) -> Iterator[Problem]:
    """Kept origins are intact by their checksums; what they say, only the deep level makes again."""
    try:
        for number in storage.kept_damaged(story):
            yield Problem(story, number, "origins", "the kept ones are damaged; rebuilt when next asked")
    except Corrupt as error:
        yield Problem(story, None, "origins", f"{error.message}; rebuilt when next asked")
