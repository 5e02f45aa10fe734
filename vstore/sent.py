"""What providers sent of their items: which version of an item came when, and where it stands there."""

from __future__ import annotations

from bisect import bisect_right

from vstore.aliases import Item


class Sent:
    """The versions of a story whose wires tell which version of which item they are, in order of number."""

    def __init__(self) -> None:
        self._lines: dict[tuple[str | None, str], _Line] = {}

    def add(self, item: Item, number: int, at: int) -> None:
        """One more, and its effective moment."""
        line = self._lines.setdefault((item.source, item.guid), _Line())
        line.by_version.setdefault(item.version, []).append(number)
        if item.number is not None:
            line.count(item.number, number, at)

    def last(self, item: Item, tip: int) -> int | None:
        """The last that came as this version of the item, of those until `tip`."""
        line = self._lines.get((item.source, item.guid))
        numbers = line.by_version.get(item.version, []) if line else []
        until = bisect_right(numbers, tip)
        return numbers[until - 1] if until else None

    def between(self, item: Item, tip: int) -> tuple[int | None, int | None]:
        """The last moment of the item's lower versions, and the first of its higher ones, until `tip`."""
        line = self._lines.get((item.source, item.guid))
        return line.around(item.number, tip) if line and item.number is not None else (None, None)


class _Line:
    """An item's versions."""

    def __init__(self) -> None:
        self.by_version: dict[str, list[int]] = {}
        self._numbers: list[int] = []
        self._counts: list[int] = []
        self._moments: list[int] = []
        self._highest: list[tuple[int, int]] = []
        """The highest version, and the last moment, of those so far: mostly there is none above a new one."""

    def count(self, version: int, number: int, at: int) -> None:
        highest, last = self._highest[-1] if self._highest else (version, at)
        self._numbers.append(number)
        self._counts.append(version)
        self._moments.append(at)
        self._highest.append((max(highest, version), max(last, at)))

    def around(self, version: int, tip: int) -> tuple[int | None, int | None]:
        until = bisect_right(self._numbers, tip)
        if not until:
            return None, None
        highest, last = self._highest[until - 1]
        if version > highest:
            return last, None
        known = list(zip(self._counts[:until], self._moments, strict=False))
        lower = (at for count, at in known if count < version)
        higher = (at for count, at in known if count > version)
        return max(lower, default=None), min(higher, default=None)
