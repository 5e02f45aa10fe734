"""What was erased from stories that are exported, and what a repository still has of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from vstore.history import facts_of
from vstore.interop import noted, promised
from vstore.interop.branches import Branch
from vstore.interop.commits import Lost, commits, lost
from vstore.interop.repository import NOTES, Refs, Repository
from vstore.objects import blob_id
from vstore.shelf import Shelf


class Losses(NamedTuple):
    """What was erased of the versions that branches have or will have, and what is to be done about it."""

    new: Sequence[Lost] = ()
    """Of versions that no branch has yet."""
    untold: Sequence[Lost] = ()
    """Of exported versions for which the repository does not say so, or says otherwise."""
    gone: frozenset[str] = frozenset()
    """Blobs, by their ids in hex, that are there and must not be."""
    is_left: bool = False
    """Whether something that was erased is there, or may be."""


def found(shelf: Shelf, repository: Repository, branches: Sequence[Branch], refs: Refs) -> Losses:
    """Compare what was erased with what is in the repository."""
    losses = [each for branch in branches if branch.end.rewritten for each in _losses(shelf, branch)]
    if not losses:
        return Losses()
    exported = {branch.story: branch.exported for branch in branches}
    erased = {blob for each in losses for blob in each.erased}
    names = {each.name for each in losses}
    notes, twins = _notes(noted.listed(repository, refs.get(NOTES)), names, erased)
    right = _right(repository, losses, notes)
    told = {each.name for each in losses if each.name in right and refs.get(each.ref) == each.stand_in}
    stale = {each.name for each in losses if each.name in notes or each.ref in refs} - told
    spoken = {blob for name, blob in twins if name not in stale}
    gone = promised.held(repository, erased) - spoken
    gone -= _living(shelf, gone)
    return Losses(
        new=[each for each in losses if each.row.number > exported[each.story]],
        untold=[each for each in losses if each.row.number <= exported[each.story] and each.name not in told],
        gone=frozenset(gone),
        is_left=bool(gone or stale or promised.is_unfinished(repository)),
    )


def _losses(shelf: Shelf, branch: Branch) -> Iterator[Lost]:
    kept, _ = shelf.standing(branch.story)
    rows = kept.rows[: max(branch.exported, branch.end.versions)]
    return (each for row, commit in commits(kept, rows) if (each := lost(kept, row, commit)))


def note_of(each: Lost) -> bytes:
    """What its note says."""
    return noted.note(facts_of(each.row.facts), each.tombstones)


def _notes(
    listed: Iterable[tuple[str, str]], names: set[str], erased: set[str]
) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """The notes of these commits; and notes of any that are, byte by byte, what was erased elsewhere."""
    notes, twins = {}, []
    for name, blob in listed:
        if name in names:
            notes[name] = blob
        if blob in erased:
            twins.append((name, blob))
    return notes, twins


def _right(repository: Repository, losses: Sequence[Lost], notes: Mapping[str, str]) -> set[str]:
    """The versions whose notes say what they should; somebody may have written more below."""
    wanted = {each.name: note_of(each) for each in losses if each.name in notes}
    others = {name for name, told in wanted.items() if notes[name] != blob_id(told).hex()}
    by_blob: dict[str, list[str]] = {}
    for name in others:
        by_blob.setdefault(notes[name], []).append(name)
    for blob, content in noted.read(repository, by_blob):
        others -= {name for name in by_blob[blob] if content.startswith(wanted[name])}
    return wanted.keys() - others


def _living(shelf: Shelf, ids: Iterable[str]) -> set[str]:
    """Those that a version of any story still has: one that came later, or alike, or what is left of one."""
    waiting = {bytes.fromhex(each) for each in ids}
    living: set[bytes] = set()
    for story in list(shelf.storage.names()) if waiting else ():
        kept, _ = shelf.standing(story)
        stands = {each.stands for graves in kept.tombstones.values() for each in graves}
        living |= waiting & (kept.texts.keys() | kept.facts.keys() | stands)
        if living == waiting:
            break
    return {each.hex() for each in living}
