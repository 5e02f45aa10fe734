"""What editors put right: corrections beside the words that changed, and words that changed unannounced."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final, Literal, NamedTuple

from vstore import history
from vstore.changes import between
from vstore.model import Facts, Version
from vstore.notices import Correction, HeadlineChange
from vstore.states import NOTICES, are_one
from vstore.substance import is_substance, note_in

NO_TEXT: Final = (*NOTICES, "advisory")
"""Words to editors: there is nothing in them to correct, and nothing to compare with."""
_TOLD: Final[tuple[Literal["headline", "byline"], ...]] = ("headline", "byline")


class Shelves(NamedTuple):
    """How the versions of a story, and their texts, are had by number."""

    version: Callable[[str, int], Version]
    text: Callable[[str, int], str]

    def previous(self, version: Version) -> Version | None:
        """What a diff compares it with."""
        return self.version(version.story, version.previous) if version.previous else None


def corrections(versions: Iterable[Version], shelves: Shelves) -> Iterator[Correction]:
    """Those among versions, in their order."""
    texts = filter(_has_text, versions)
    return filter(None, (_correction(version, shelves) for version in texts))


def _has_text(version: Version) -> bool:
    """Whether there is something to compare: it is no notice, and was not erased as a whole."""
    gone = any(each.part == "text" and each.stands is None for each in version.redacted)
    return version.state not in NO_TEXT and not gone


def _correction(version: Version, shelves: Shelves) -> Correction | None:
    before = shelves.previous(version)
    while before is not None and not _has_text(before):
        before = shelves.previous(before)
    if version.state != "correction" and not _may_be_unannounced(version, before):
        return None
    old = shelves.text(before.story, before.number) if before else ""
    new = shelves.text(version.story, version.number)
    known = before.facts if before else Facts()
    says_it = is_substance(old, new) or is_substance(known.headline or "", version.headline or "")
    if version.state != "correction" and not says_it:
        return None
    numbers = version.story, before.number if before else None, version.number
    diff = between(old, new, numbers, history.changed_facts(known, version.facts) if before else {})
    return Correction(version, *_announced(version, known, note_in(old, new) if before else None), diff)


def _may_be_unannounced(version: Version, before: Version | None) -> bool:
    """Whether its source had said something else before."""
    if before is None or not are_one(version.source, before.source):
        return False
    return version.text_id != before.text_id or version.headline != before.headline


def _announced(
    version: Version, known: Facts, in_text: str | None
) -> tuple[Literal["state", "note", "text"] | None, str | None]:
    """By what it is, and the note; one that stood there before says nothing new."""
    note = version.facts.note
    if version.state == "correction":
        return "state", note or in_text
    if note and note != known.note:
        return "note", note
    return "text" if in_text else None, in_text


def headlines(versions: Iterable[Version], shelves: Shelves) -> Iterator[HeadlineChange]:
    """The headlines and bylines that versions brought or took away, in their order.

    A source that has none takes none away from another.
    """
    for version in versions:
        before = shelves.previous(version)
        known = before.facts if before else Facts()
        is_one = before is not None and are_one(version.source, before.source)
        for fact in _TOLD:
            old, new = getattr(known, fact), getattr(version.facts, fact)
            if old != new and (new is not None or is_one):
                yield HeadlineChange(version, fact, old, new)
