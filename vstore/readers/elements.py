"""A piece of XML as a tree, names without their prefixes; what is at hand of a file is one item of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


class Element:
    """An element: its name, its attributes, and in order what is in it, as text and elements."""

    __slots__ = ("attributes", "name", "parts")

    def __init__(self, name: str, attributes: dict[str, str]) -> None:
        self.name = name
        self.attributes = attributes
        self.parts: list[str | Element] = []

    def __iter__(self) -> Iterator[Element]:
        """The elements directly in it."""
        return (part for part in self.parts if isinstance(part, Element))

    def all(self, *path: str) -> list[Element]:
        """Every element at the end of a path of names."""
        found = [self]
        for name in path:
            found = [inner for outer in found for inner in outer if inner.name == name]
        return found

    def child(self, *path: str) -> Element | None:
        """The first element at the end of a path of names."""
        return next(iter(self.all(*path)), None)

    def walk(self) -> Iterator[Element]:
        """The element and all that are in it, in the order in which they begin."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting.extend(part for part in reversed(element.parts) if isinstance(part, Element))

    def catalogue(self) -> dict[str, list[Element]]:
        """The same by their names."""
        found: dict[str, list[Element]] = {}
        for element in self.walk():
            found.setdefault(element.name, []).append(element)
        return found

    @property
    def written(self) -> str:
        """All text in it, exactly."""
        waiting: list[str | Element] = [self]
        found: list[str] = []
        while waiting:
            part = waiting.pop()
            if isinstance(part, str):
                found.append(part)
            else:
                waiting.extend(reversed(part.parts))
        return "".join(found)

    @property
    def words(self) -> str:
        """All text in it on one line: white space is one space, as it is between words."""
        return " ".join(self.written.split())

    @property
    def own(self) -> str:
        """The text directly in it, on one line; it may lie there in pieces, as the file was read."""
        return " ".join("".join(part if isinstance(part, str) else " " for part in self.parts).split())

    def said(self, *names: str) -> str | None:
        """The first of these attributes that is there and says anything."""
        return next((value for name in names if (value := self.attributes.get(name, "").strip())), None)


def words_of(elements: Iterable[Element | None]) -> str | None:
    """The words of the first that has any."""
    return next((words for element in elements if element is not None and (words := element.words)), None)


def each_of(elements: Iterable[Element]) -> list[str]:
    """The words of all that have any."""
    return [words for element in elements if (words := element.words)]


def told(values: Iterable[str | None]) -> str | list[str] | None:
    """What several elements say: nothing, the one thing, or each once."""
    found = list(dict.fromkeys(value for value in values if value))
    return found if len(found) > 1 else found[0] if found else None
