"""A peer: SQLite's full-text index of the same stories, asked for the rarest words of a wire."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from time import perf_counter

import apsw

from bench.matching_judged import ENOUGH, plain_words
from bench.processes import MEGABYTE

RAREST = 40
"""Words that it is asked for."""


class Words:
    """Stories by their words, in memory."""

    def __init__(self, stories: Mapping[str, str]) -> None:
        self._names = list(stories)
        self._connection = apsw.Connection(":memory:")
        self._connection.execute("CREATE VIRTUAL TABLE story USING fts5 (text, content='')")
        self._frequency: Counter[str] = Counter()
        for number, text in enumerate(stories.values(), 1):
            words = plain_words(text)
            self._frequency.update(set(words))
            self._connection.execute(
                "INSERT INTO story (rowid, text) VALUES (?, ?)", (number, " ".join(words))
            )

    def first(self, text: str) -> str | None:
        """The story that has most of the wire's rarest words."""
        words = sorted(
            set(plain_words(text)) & self._frequency.keys(), key=lambda word: self._frequency[word]
        )
        if not words:
            return None
        asked = " OR ".join(f'"{word}"' for word in words[:RAREST])
        sql = "SELECT rowid FROM story WHERE story MATCH ? ORDER BY rank LIMIT 1"
        found = self._numbers(sql, asked)
        return self._names[found[0] - 1] if found else None

    def measured(self, wires: Iterable[tuple[str, str | None, float]]) -> dict[str, float]:
        """How often it is right, and how long it takes."""
        right = enough = asked = 0
        start = perf_counter()
        for text, story, share in wires:
            asked += 1
            found = self.first(text)
            if story and share >= ENOUGH:
                enough += 1
                right += found == story
        spent = perf_counter() - start
        return {
            "first is right, of copies sharing 40 %": right / max(enough, 1),
            "ms a wire": spent / max(asked, 1) * 1000,
            "index MB": self.bytes() / MEGABYTE,
        }

    def bytes(self) -> int:
        """What the index takes."""
        return self._numbers("PRAGMA page_count")[0] * self._numbers("PRAGMA page_size")[0]

    def _numbers(self, sql: str, *bindings: str) -> list[int]:
        return [row[0] for row in self._connection.execute(sql, bindings) if isinstance(row[0], int)]
