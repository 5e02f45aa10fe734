"""By what else stories are known: asked for, and found by it. A part of `Questions`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from vstore import aliases
from vstore.asking import Asking
from vstore.errors import AmbiguousName, quoted
from vstore.history import facts_of
from vstore.model import Facts, Wire
from vstore.rows import GIVEN, TAKEN_AWAY, Alias

if TYPE_CHECKING:
    from vstore.accounts import KnownAs


class Knowing(Asking):
    """Questions about aliases: guids and URLs that facts say, and whatever was given or taken away."""

    def aliases(self, story: str) -> Iterator[KnownAs]:
        """By what else a story is known: what its facts say, in order of arrival, then what was given to it.

        At the end what was taken away from it. Raises UnknownStory.
        """
        from vstore.accounts import KnownAs

        kept = self._history(story)
        given = sorted(self._storage.given(story), key=lambda alias: (alias.kind, alias.name))
        said: dict[bytes, str] = {}
        for row in kept.rows:
            said |= _said(facts_of(row.facts))
        told = {alias.digest for alias in given}
        yield from (KnownAs(story, name, "facts") for digest, name in said.items() if digest not in told)
        for alias in given:
            yield KnownAs(story, alias.name, "given" if alias.kind == GIVEN else "taken away")

    def story_of(self, *, guid: str | None = None, url: str | None = None) -> str | None:
        """The story that is known by a guid, a URL, or both; None where there is none.

        Raises AmbiguousName where several are, and no one is known by both.
        """
        by_guid, by_url = ([] if name is None else self._known_as(name) for name in (guid, url))
        both = [story for story in by_guid if story in by_url]
        found = both or by_guid or by_url
        return self._only(found, guid if by_guid else url) if found else None

    def home_of(self, wire: Wire) -> str | None:
        """The story that a wire goes to: the one that it names, else the one that its guid or URL leads to.

        None where there is none, whatever its text is like. Raises BadWire.
        """
        from vstore import homes
        from vstore.arriving import arrive

        return homes.found(self._shelf, arrive(wire))

    def story_named(self, name: str) -> str:
        """The story of this story-id, else the one that is known by this guid, URL or other alias.

        Raises UnknownStory, and AmbiguousName where several are known by it.
        """
        found = [] if self._is_story(name) else self._known_as(name)
        if not found:
            return self._history(name).story
        return self._only(found, name)

    def _is_meant(self, name: str) -> bool:
        """True for a story-id or an alias; of `URL?tracking@1` that is what stands before the operator."""
        if self._is_story(name):
            return True
        from vstore import names

        found, shorter = self._known_as(name), names.without_step(name)
        return bool(found) and (shorter is None or self._known_as(shorter) != found)

    def _only(self, found: list[str], name: str | None) -> str:
        if len(found) == 1:
            return found[0]
        several = ", ".join(map(quoted, found))
        raise AmbiguousName(
            f"{quoted(name or '')} is known of {len(found)} stories: {several}",
            candidates=[{"story": story} for story in found],
        )

    def _known_as(self, name: str) -> list[str]:
        """The stories that are known by what a name may mean, of its first meaning that says any."""
        for meant in aliases.said(name):
            known = self._storage.known_as(aliases.digest(meant))
            if found := [story for story in _of_these(known) if self._is_story(story)]:
                return found
        return []


def _of_these(known: Iterable[tuple[str, Alias]]) -> list[str]:
    """Stories that have an alias; only those that it was given to, if there are any."""
    standing = [(story, alias.kind) for story, alias in known if alias.kind != TAKEN_AWAY]
    return [story for story, kind in standing if kind == GIVEN] or [story for story, _ in standing]


def _said(facts: Facts) -> dict[bytes, str]:
    """What facts say that a story is known by: URLs as they were given, guids without their versions."""
    given = (facts.guid or "").strip()
    guid, url = aliases.guid_name(facts), aliases.url_name(facts)
    said = {guid: guid if guid and guid in given else given, url: facts.url}
    return {aliases.digest(name): shown for name, shown in said.items() if name and shown}
