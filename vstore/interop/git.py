"""Stories as branches of a bare git repository in the SHA-256 object format; written by the installed git.

`git fast-import` writes the objects and moves no ref; one `git update-ref` then moves them all, the notes
and the branches, and takes only commits that are there: under the very ids that vstore gave the versions.
An export that was cut off has moved nothing, and the next one finishes it.
"""

from __future__ import annotations

import json
import re
import tempfile
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, NamedTuple

from vstore import dates
from vstore.errors import Conflict, Corrupt, UnknownStory, quoted
from vstore.history import History, facts_of
from vstore.interop.repository import NOTES, Refs, Repository, Stream
from vstore.model import Facts
from vstore.objects import Commit, blob_id, commit_bytes, escape, facts_id, version_id
from vstore.rows import Row
from vstore.shelf import Shelf
from vstore.states import state

SLUG_LENGTH = 80

_SCRATCH, _SCRATCH_NOTES = "refs/vstore/export", "refs/vstore/notes"
"""Where fast-import makes its commits; both are reset at the end of the stream, so that neither is kept."""

_NOTES_IDENT = "vstore <> 0 +0000"
_ABSENT = "0" * 64
_OF_A_STORY = re.compile(r"refs/heads/(.*-([0-9a-f]{32}))")
_UNPRINTABLE_IN_JSON = re.compile("[\x7f-\x9f\u2028\u2029]")


class End(NamedTuple):
    """Where a story ends: the number of its last version to arrive, and its id in hex."""

    versions: int
    tip: str


class Branch(NamedTuple):
    """A story's branch: where it stands, and where it will."""

    story: str
    ref: str
    exported: int
    """How many of the story's versions it holds already."""
    old: str | None
    versions: int
    tip: str


def export(
    shelf: Shelf, folder: Path, stories: Sequence[str], progress: Callable[[int], None] | None
) -> dict[str, str]:
    """Write stories (all, if none is named) into a repository, made where there is none; story → branch.

    Where the shelf stands at an earlier moment, a branch ends with the version that was the tip then; one
    that goes further already stays. `progress` is told how many versions are written. Raises UnknownStory;
    Conflict where the folder or a branch holds something else; StorageRefused where git is missing, too old,
    or cannot write.
    """
    standing = {story: _standing(shelf, story) for story in stories or shelf.storage.names()}
    for story in stories:
        if standing[story] is None:
            raise UnknownStory(f"there is no story {quoted(story)}", story=story)
    repository = Repository(folder)
    repository.prepare()
    refs = repository.refs()
    branches = _planned(shelf, {story: end for story, end in standing.items() if end}, refs)
    growing = [branch for branch in branches if branch.exported < branch.versions]
    if growing:
        with repository.importing() as stream:
            notes = Objects(stream, shelf, progress).write(growing, refs.get(NOTES))
        repository.move(_moves(growing, refs.get(NOTES), notes))
    if branches:
        repository.point_head(branches[0].ref, {*refs, *(branch.ref for branch in branches)})
    return {branch.story: branch.ref.removeprefix("refs/heads/") for branch in branches}


def _standing(shelf: Shelf, story: str) -> End | None:
    if shelf.as_of is None:
        head = shelf.storage.head(story)
        return End(head.versions, head.tip.hex()) if head else None
    kept = shelf.history(story)
    return End(len(kept), kept.rows[-1].id.hex()) if kept else None


def branch_name(story: str) -> str:
    """`<slug>-<32 hex>`: the slug is for people, the hex digits of SHA-256 are the story's."""
    plain = unicodedata.normalize("NFKD", story.lower())
    letters = "".join(each for each in plain if not unicodedata.combining(each))
    slug = re.sub("[^a-z0-9]+", "-", letters).strip("-")[:SLUG_LENGTH].strip("-")
    return f"{slug or 'story'}-{_digits(story)}"


def _digits(story: str) -> str:
    return sha256(story.encode()).hexdigest()[:32]


def note(facts: Facts) -> bytes:
    """What is known of a version, one fact a line, for `git log` to show; empty where nothing is.

    Each line is a trailer that `git interpret-trailers` reads. The state is told too: see `vstore.states`.
    """
    known = facts.known()
    if told := state(facts):
        known["state"] = told
    order = sorted(known, key=lambda fact: fact not in {"headline", "byline", "state"})
    lines = (f"{fact.replace('_', '-').capitalize()}: {_told(known[fact])}\n" for fact in order)
    return "".join(lines).encode()


def _told(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(escape, value))
    if isinstance(value, dict):
        written = json.dumps(value, sort_keys=True, ensure_ascii=False)
        return _UNPRINTABLE_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", written)
    return escape(str(value))


def _planned(shelf: Shelf, standing: Mapping[str, End], refs: Refs) -> list[Branch]:
    """The branches; Conflict if one holds something other than its story."""
    found = {match[2]: ref for ref in sorted(refs, reverse=True) if (match := _OF_A_STORY.fullmatch(ref))}
    planned = []
    for story, (versions, tip) in standing.items():
        ref = f"refs/heads/{branch_name(story)}"
        ref = ref if ref in refs else found.get(_digits(story), ref)
        old = refs.get(ref)
        exported = 0 if old is None else versions if old == tip else _number(shelf, story, ref, old)
        planned.append(Branch(story, ref, exported, old, versions, tip))
    return planned


def _number(shelf: Shelf, story: str, ref: str, tip: str) -> int:
    """The number of the version that a branch ends with."""
    kept, _ = shelf.standing(story)
    found = next((row.number for row in kept.rows if row.id.hex() == tip), None)
    if found is None:
        raise Conflict(
            f"{ref} ends with {tip}, which is no version of {story}", story=story, ref=ref, tip=tip
        )
    return found


def _moves(branches: Sequence[Branch], old_notes: str | None, notes: str | None) -> Iterator[str]:
    """Commands for `git update-ref`, notes first: no branch ever stands there without its notes."""
    if notes:
        yield f"update {NOTES} {notes} {old_notes or _ABSENT}\n"
    for branch in branches:
        yield f"update {branch.ref} {branch.tip} {branch.old or _ABSENT}\n"


class Objects:
    """Speaks to `git fast-import`: blobs, commits, and at the end one commit of notes."""

    def __init__(self, stream: Stream, shelf: Shelf, progress: Callable[[int], None] | None) -> None:
        self._stream = stream
        self._shelf = shelf
        self._progress = progress
        self._done = 0

    def write(self, branches: Sequence[Branch], old_notes: str | None) -> str | None:
        """What the branches lack; the id of the commit of notes, None if there is nothing to note."""
        with tempfile.TemporaryFile() as noted:
            for branch in branches:
                self._story(branch, noted)
            notes = self._notes(noted, old_notes) if noted.tell() else None
        self._stream.write(f"reset {_SCRATCH}\n\nreset {_SCRATCH_NOTES}\n\ndone\n".encode())
        return notes

    def _story(self, branch: Branch, noted: IO[bytes]) -> None:
        """Texts, then facts, then commits: fast-import packs a blob as a delta against the one before it."""
        kept, _ = self._shelf.standing(branch.story)
        rows = kept.rows[branch.exported : branch.versions]
        for row in rows:
            if kept.texts[row.text_id] == row.number:
                self._blob(self._shelf.text(branch.story, row).encode())
        for row in rows:
            if kept.facts[row.facts_id] == row.number:
                self._blob(row.facts)
        noted_facts = {row.facts_id: self._note(row) for row in rows}
        start = f"from {branch.old}\n" if branch.old else ""
        self._stream.write(f"reset {_SCRATCH}\n{start}\n".encode())
        for row, commit in _commits(kept, rows):
            self._commit(row, commit)
            if note_id := noted_facts[row.facts_id]:
                noted.write(b"N %b :%d\n" % (note_id, self._done))

    def _note(self, row: Row) -> bytes | None:
        """The id, in hex, of the note on a version, written."""
        told = note(facts_of(row.facts))
        if not told:
            return None
        self._blob(told)
        return blob_id(told).hex().encode()

    def _commit(self, row: Row, commit: bytes) -> None:
        head, message = commit.split(b"\n\n", 1)
        author, committer = head.split(b"\n")[-2:]
        ids = (row.facts_id.hex().encode(), row.text_id.hex().encode())
        self._done += 1
        self._stream.write(
            b"commit %b\nmark :%d\n%b\n%b\ndata %d\n%b\nM 100644 %b facts\nM 100644 %b text\n\n"
            % (_SCRATCH.encode(), self._done, author, committer, len(message), message, *ids)
        )
        if self._progress:
            self._progress(self._done)

    def _blob(self, data: bytes) -> None:
        self._stream.write(b"blob\ndata %d\n" % len(data))
        self._stream.write(data)
        self._stream.write(b"\n")

    def _notes(self, noted: IO[bytes], old: str | None) -> str:
        """One commit of all notes; with its fixed identity and clock the same store gives it the same id."""
        start = f"from {old}\n" if old else ""
        self._stream.write(
            f"reset {_SCRATCH_NOTES}\n{start}\ncommit {_SCRATCH_NOTES}\nmark :{self._done + 1}\n"
            f"author {_NOTES_IDENT}\ncommitter {_NOTES_IDENT}\ndata 6\nFacts\n\n".encode()
        )
        noted.seek(0)
        while lines := noted.read(1 << 16):
            self._stream.write(lines)
        self._stream.write(f"\nget-mark :{self._done + 1}\n".encode())
        return self._stream.answer()


def _commits(kept: History, rows: Sequence[Row]) -> Iterator[tuple[Row, bytes]]:
    """Rows, and the bytes of their commits; Corrupt where these do not have the version's id."""
    first = rows[0].number
    dated = next((row.dated for row in reversed(kept.rows[: first - 1]) if row.dated), None)
    clock = dates.clock(dates.parse(dated)) if dated else 0
    for row in rows:
        clock = dates.clock(dates.parse(row.dated)) if row.dated else clock
        commit = Commit(
            story=kept.story,
            text_id=row.text_id,
            facts_id=facts_id(row.facts),
            parent=kept.row(row.number - 1).id if row.number > 1 else None,
            source=facts_of(row.facts).source,
            clock=clock,
            dated=row.dated,
        )
        if version_id(commit) != row.id:
            message = f"the id of {kept.story}@{row.number} does not follow from what is stored"
            raise Corrupt(message, story=kept.story, number=row.number)
        yield row, commit_bytes(commit)
