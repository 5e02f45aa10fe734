"""Stories as branches of a bare git repository in the SHA-256 object format; written by the installed git.

`git fast-import` writes the objects and moves no ref; one `git update-ref` then moves them all, the notes
and the branches, and takes only commits that are there: under the very ids that vstore gave the versions.
An export that was cut off has moved nothing, and the next one finishes it. What was erased comes last: when
refs no longer lead to it, the repository is packed anew without it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from vstore.errors import UnknownStory, quoted
from vstore.interop import noted, promised
from vstore.interop.branches import Branch, planned, standing
from vstore.interop.commits import Lost
from vstore.interop.gone import Losses, found
from vstore.interop.repository import NOTES, Refs, Repository
from vstore.interop.writing import Notes, Objects
from vstore.shelf import Shelf

_ABSENT = "0" * 64

Progress = Callable[[int], None]


def export(shelf: Shelf, folder: Path, stories: Sequence[str], progress: Progress | None) -> dict[str, str]:
    """Write stories (all, if none is named) into a repository, made where there is none; story → branch.

    Where the shelf stands at an earlier moment, a branch ends with the version that was the tip then; one
    that goes further already stays. What was erased from these stories is not in it afterwards. `progress` is
    told how many versions are written. Raises UnknownStory; Conflict where the folder or a branch holds
    something else, or somebody else exports into it; StorageRefused where git is missing, too old, or cannot
    write.
    """
    ends = {story: standing(shelf, story) for story in stories or shelf.storage.names()}
    for story in stories:
        if ends[story] is None:
            raise UnknownStory(f"there is no story {quoted(story)}", story=story)
    repository = Repository(folder)
    repository.prepare()
    with repository.alone():
        refs = repository.refs()
        branches = planned(shelf, {story: end for story, end in ends.items() if end}, refs)
        losses = found(shelf, repository, branches, refs)
        growing = [branch for branch in branches if branch.is_growing]
        if growing or losses.untold or losses.is_left:
            with promised.unfinished(repository, purged=losses.is_left):
                _Export(shelf, repository, refs, progress).write(growing, losses)
        if branches:
            repository.point_head(branches[0].ref, {*refs, *(branch.ref for branch in branches)})
    return {branch.story: branch.ref.removeprefix("refs/heads/") for branch in branches}


class _Export:
    """Writes into one repository, whose refs are known."""

    def __init__(self, shelf: Shelf, repository: Repository, refs: Refs, progress: Progress | None) -> None:
        self._shelf = shelf
        self._repository = repository
        self._refs = refs
        self._progress = progress

    def write(self, growing: Sequence[Branch], losses: Losses) -> None:
        """Objects, then refs, then what refs no longer lead to goes."""
        promised.write_trees(self._repository, (each.tree for each in losses.new))
        with self._repository.importing() as stream:
            objects = Objects(stream, self._shelf, self._progress)
            notes = objects.write(growing, losses.untold, self._start(losses))
        promised.promise(self._repository, [each.tree_name for each in losses.new])
        self._repository.move(self._moves(growing, [*losses.new, *losses.untold], notes))
        if losses.is_left:
            told = noted.listed(self._repository, notes or self._refs.get(NOTES))
            promised.rebuild(self._repository, losses.gone.difference(blob for _, blob in told))

    def _start(self, losses: Losses) -> Notes:
        """What the notes go on from; older ones may tell what was erased."""
        old = self._refs.get(NOTES)
        if old is None or not losses.is_left:
            return Notes(commit=old)
        return Notes(tree=self._repository.git("rev-parse", f"{old}^{{tree}}").decode().strip())

    def _moves(self, growing: Sequence[Branch], lost: Sequence[Lost], notes: str | None) -> Iterator[str]:
        """Commands for `git update-ref`, notes first: no branch ever stands there without its notes."""
        if notes:
            yield self._update(NOTES, notes)
        for each in lost:
            yield self._update(each.ref, each.stand_in)
        for branch in growing:
            yield self._update(branch.ref, branch.end.tip)

    def _update(self, ref: str, to: str) -> str:
        return f"update {ref} {to} {self._refs.get(ref, _ABSENT)}\n"
