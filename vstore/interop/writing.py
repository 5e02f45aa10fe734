"""What is told to `git fast-import`: blobs, commits, and at the end one commit of notes."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from typing import IO, NamedTuple

from vstore.errors import Overtaken
from vstore.history import History, facts_of
from vstore.interop.branches import Branch
from vstore.interop.commits import Lost, commits, lost
from vstore.interop.gone import note_of
from vstore.interop.noted import note
from vstore.interop.repository import Stream
from vstore.objects import Commit, blob_id, commit_bytes
from vstore.rows import FACTS, TEXT, Row
from vstore.shelf import Shelf

_SCRATCH, _LEFT, _NOTES = "refs/vstore/export", "refs/vstore/left", "refs/vstore/notes"
"""Where fast-import makes its commits; all are reset at the end of the stream, so that none is kept."""

_NOTES_IDENT = "vstore <> 0 +0000"


class Notes(NamedTuple):
    """What the commit of notes goes on from: a commit, or a tree alone, so that older notes are forgotten."""

    commit: str | None = None
    tree: str | None = None


class Objects:
    """Speaks to `git fast-import`."""

    def __init__(self, stream: Stream, shelf: Shelf, progress: Callable[[int], None] | None) -> None:
        self._stream = stream
        self._shelf = shelf
        self._progress = progress
        self._done = 0
        self._mark = 0

    def write(self, branches: Sequence[Branch], untold: Sequence[Lost], notes: Notes) -> str | None:
        """What the branches lack, and what is left of versions that they have.

        The id of the commit of notes; None if there is nothing to note.
        """
        with tempfile.TemporaryFile() as noted:
            for branch in branches:
                self._story(branch, noted)
            for each in untold:
                self._instead(each, each.parent)
                noted.write(b"N %b %b\n" % (self._blob(note_of(each)), each.name.encode()))
            made = self._notes(noted, notes) if noted.tell() or notes.tree else None
        resets = (f"reset {each}\n\n" for each in (_SCRATCH, _LEFT, _NOTES))
        self._stream.write("".join([*resets, "done\n"]).encode())
        return made

    def _story(self, branch: Branch, noted: IO[bytes]) -> None:
        """Texts, then facts, then commits: fast-import packs a blob as a delta against the one before it."""
        kept, _ = self._shelf.standing(branch.story)
        rows = kept.rows[branch.exported : branch.end.versions]
        for row in rows:
            if kept.texts.get(row.text_id) == row.number:
                self._blob(self._shelf.stored(branch.story, row).encode())
        for row in rows:
            if kept.facts.get(row.facts_id) == row.number:
                self._blob(row.facts)
        self._check_that_all_stands(branch)
        told = [self._note(kept, each) for each in rows]
        parent = branch.old
        self._stream.write(_reset(_SCRATCH, parent))
        for (row, commit), note_id in zip(commits(kept, rows), told, strict=True):
            each = lost(kept, row, commit)
            mark = self._commit(_SCRATCH, commit, each.tree_name if each else None)
            if each:
                self._instead(each, parent)
            parent = f":{mark}"
            if note_id:
                noted.write(b"N %b :%d\n" % (note_id, mark))
            self._done += 1
            if self._progress:
                self._progress(self._done)

    def _check_that_all_stands(self, branch: Branch) -> None:
        """Overtaken where something was erased since the export began: it may have been written."""
        head = self._shelf.storage.head(branch.story)
        if head is None or head.rewritten != branch.end.rewritten:
            raise _erased_meanwhile(branch.story)

    def _instead(self, each: Lost, parent: str | None) -> None:
        """The commit with what is left of a version."""
        if each.lacks(TEXT):
            text = self._shelf.stored(each.story, each.row).encode()
            if blob_id(text) != each.left.text_id:
                raise _erased_meanwhile(each.story)
            self._blob(text)
        if each.lacks(FACTS):
            self._blob(each.row.facts)
        self._stream.write(_reset(_LEFT, parent))
        self._commit(_LEFT, each.left)

    def _note(self, kept: History, row: Row) -> bytes | None:
        """The id, in hex, of the note on a version, written."""
        told = note(facts_of(row.facts), kept.tombstones.get(row.number, ()))
        return self._blob(told) if told else None

    def _commit(self, ref: str, commit: Commit, tree: str | None = None) -> int:
        """Its mark; a tree that is there already spares naming blobs that may not be."""
        head, message = commit_bytes(commit).split(b"\n\n", 1)
        author, committer = head.split(b"\n")[-2:]
        names = f"M 100644 {commit.facts_id.hex()} facts\nM 100644 {commit.text_id.hex()} text\n"
        content = f'M 040000 {tree} ""\n' if tree else names
        self._mark += 1
        self._stream.write(
            b"commit %b\nmark :%d\n%b\n%b\ndata %d\n%b\n%b\n"
            % (ref.encode(), self._mark, author, committer, len(message), message, content.encode())
        )
        return self._mark

    def _blob(self, data: bytes) -> bytes:
        """Its id in hex."""
        self._stream.write(b"blob\ndata %d\n" % len(data))
        self._stream.write(data)
        self._stream.write(b"\n")
        return blob_id(data).hex().encode()

    def _notes(self, noted: IO[bytes], start: Notes) -> str:
        """One commit of all notes; with its fixed identity and clock the same store gives it the same id."""
        self._mark += 1
        self._stream.write(_reset(_NOTES, start.commit))
        self._stream.write(
            f"commit {_NOTES}\nmark :{self._mark}\nauthor {_NOTES_IDENT}\ncommitter {_NOTES_IDENT}\n"
            "data 6\nFacts\n\n".encode()
        )
        if start.tree:
            self._stream.write(f'M 040000 {start.tree} ""\n'.encode())
        noted.seek(0)
        while lines := noted.read(1 << 16):
            self._stream.write(lines)
        self._stream.write(f"\nget-mark :{self._mark}\n".encode())
        return self._stream.answer()


def _reset(ref: str, start: str | None) -> bytes:
    return f"reset {ref}\nfrom {start}\n\n".encode() if start else f"reset {ref}\n\n".encode()


def _erased_meanwhile(story: str) -> Overtaken:
    return Overtaken(f"something was erased from {story} while it was exported", story=story)
