"""Stories as branches of a bare git repository in the SHA-256 object format; written by the installed git.

`git fast-import` writes the objects and moves no ref; one `git update-ref` then moves them all, the notes
and the branches, and takes only commits that are there: under the very ids that vstore gave the versions.
An export that was cut off has moved nothing, and the next one finishes it.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, NamedTuple

from vstore import dates
from vstore.errors import Conflict, Corrupt, StorageRefused, UnknownStory
from vstore.history import History, facts_of
from vstore.model import Facts
from vstore.objects import Commit, blob_id, commit_bytes, escape, facts_id, version_id
from vstore.rows import Row
from vstore.shelf import Shelf

OLDEST_GIT = (2, 29)
"""The first git that writes the SHA-256 object format."""

NOTES = "refs/notes/commits"
SLUG_LENGTH = 80

_SCRATCH, _SCRATCH_NOTES = "refs/vstore/export", "refs/vstore/notes"
"""Where fast-import makes its commits; both are reset at the end of the stream, so that neither is kept."""

_NOTES_IDENT = "vstore <> 0 +0000"
_ABSENT = "0" * 64
_GIT = ("git", "-c", "core.hooksPath=/dev/null", "-c", "gc.auto=0")
_INIT = ("init", "--quiet", "--bare", "--template=", "--initial-branch=main", "--object-format=sha256")
_MADE_BY_INIT = {"HEAD", "config", "objects", "refs"}
_OF_A_STORY = re.compile(r"refs/heads/(.*-([0-9a-f]{32}))")
_UNPRINTABLE_IN_JSON = re.compile("[\x7f-\x9f\u2028\u2029]")

Refs = dict[str, str]
"""Names of refs, whole, and the ids of their commits in hex."""


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

    `progress` is told how many versions are written. Raises UnknownStory; Conflict where the folder or a
    branch holds something else; StorageRefused where git is missing, too old, or cannot write.
    """
    wanted = list(dict.fromkeys(stories)) or list(shelf.storage.names())
    for story in wanted:
        if shelf.storage.head(story) is None:
            raise UnknownStory(f"there is no story {story}", story=story)
    repository = Repository(folder)
    repository.prepare()
    refs = repository.refs()
    branches = _planned(shelf, wanted, refs)
    growing = [branch for branch in branches if branch.old != branch.tip]
    if growing:
        with repository.importing() as stream:
            notes = Objects(stream, shelf, progress).write(growing, refs.get(NOTES))
        repository.move(_moves(growing, refs.get(NOTES), notes))
    if branches:
        repository.point_head(branches[0].ref, {*refs, *(branch.ref for branch in branches)})
    return {branch.story: branch.ref.removeprefix("refs/heads/") for branch in branches}


def branch_name(story: str) -> str:
    """`<slug>-<32 hex>`: the slug is for people, the hex digits of SHA-256 are the story's."""
    plain = unicodedata.normalize("NFKD", story.lower())
    letters = "".join(each for each in plain if not unicodedata.combining(each))
    slug = re.sub("[^a-z0-9]+", "-", letters).strip("-")[:SLUG_LENGTH].strip("-")
    return f"{slug or 'story'}-{_digits(story)}"


def _digits(story: str) -> str:
    return sha256(story.encode()).hexdigest()[:32]


def note(facts: Facts) -> bytes:
    """What is known of a version, one fact a line, for `git log` to show; empty where nothing is."""
    known = facts.known()
    order = sorted(known, key=lambda fact: fact not in {"headline", "byline"})
    lines = (f"{fact.replace('_', '-').capitalize()}: {_told(known[fact])}\n" for fact in order)
    return "".join(lines).encode()


def _told(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(escape, value))
    if isinstance(value, dict):
        written = json.dumps(value, sort_keys=True, ensure_ascii=False)
        return _UNPRINTABLE_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", written)
    return escape(str(value))


def _planned(shelf: Shelf, stories: Sequence[str], refs: Refs) -> list[Branch]:
    """The branches; Conflict if one holds something other than its story."""
    found = {match[2]: ref for ref in sorted(refs, reverse=True) if (match := _OF_A_STORY.fullmatch(ref))}
    planned = []
    for story in stories:
        head = shelf.storage.head(story)
        assert head is not None  # noqa: S101  stories do not go away
        ref = f"refs/heads/{branch_name(story)}"
        ref = ref if ref in refs else found.get(_digits(story), ref)
        old, tip = refs.get(ref), head.tip.hex()
        exported = 0 if old is None else head.versions if old == tip else _number(shelf, story, ref, old)
        planned.append(Branch(story, ref, exported, old, head.versions, tip))
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


class Stream:
    """A running `git fast-import`."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin and process.stdout  # noqa: S101, PT018  both are pipes
        self._process = process
        self._input = process.stdin
        self._output = process.stdout
        self.write = process.stdin.write

    def answer(self) -> str:
        """The line that it answers with."""
        self._input.flush()
        line = self._output.readline().decode().strip()
        if not line:
            raise BrokenPipeError("git fast-import answers no more")
        return line

    def end(self) -> int:
        """Let it finish; its exit code. Without `done` before, it keeps nothing that can be seen."""
        with suppress(BrokenPipeError):
            self._input.close()
        self._output.close()
        return self._process.wait()


class Repository:
    """A bare repository in a folder, through the installed git; no setting of this machine or user counts."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._around: dict[str, Any] = {"cwd": folder, "env": _environment()}

    def prepare(self) -> None:
        """Make the repository where there is none; Conflict if the folder holds something else."""
        self._check_version()
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            there = {path.name for path in self._folder.iterdir()}
        except (FileExistsError, NotADirectoryError) as error:
            raise self._in_the_way("is no folder") from error
        except OSError as error:
            raise self._refused(f"cannot use {self._folder}: {error.strerror}") from error
        if ".git" in there:
            raise self._in_the_way("is a working tree: give a bare repository, or its folder .git")
        # An `init` that was cut off has made some of these and nothing else; it can simply be run again.
        if not {"HEAD", "config", "objects"} <= there:
            if there - _MADE_BY_INIT:
                raise self._in_the_way("holds other files")
            self._git(*_INIT)
        found = self._run("rev-parse", "--show-object-format")
        if found.returncode:
            raise self._in_the_way("is no git repository")
        if found.stdout.strip() != b"sha256":
            raise self._in_the_way("is a git repository in the SHA-1 object format, not in SHA-256")

    def refs(self) -> Refs:
        """Branches and notes."""
        listed = self._git("for-each-ref", "--format=%(refname) %(objectname)", "refs/heads", NOTES)
        return dict(line.split(" ") for line in os.fsdecode(listed).splitlines())

    @contextmanager
    def importing(self) -> Iterator[Stream]:
        """A `git fast-import` that has written all at the end of the block, or StorageRefused."""
        command, pipe = [*_GIT, "fast-import", "--quiet", "--done"], subprocess.PIPE
        with tempfile.TemporaryFile() as said:
            stream = Stream(subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=said, **self._around))
            reason = None
            try:
                yield stream
            except OSError as error:
                reason = error
            finally:
                code = stream.end()
                for report in self._folder.glob("fast_import_crash_*"):
                    report.unlink(missing_ok=True)
            if code or reason:
                said.seek(0)
                raise self._failed("fast-import", said.read(), code or reason) from reason

    def move(self, commands: Iterator[str]) -> None:
        """Move all refs, or none. Corrupt if git has a commit under another id than vstore."""
        done = self._run("update-ref", "--stdin", given=os.fsencode("".join(commands)))
        words = _last_words(done.stderr)
        if "nonexistent object" in words:
            raise Corrupt(f"git has a version under another id: {words}", folder=str(self._folder))
        if "but expected" in words or "already exists" in words:
            raise Conflict(f"another program changed {self._folder} first: {words}", folder=str(self._folder))
        if done.returncode:
            raise self._failed("update-ref", done.stderr, done.returncode)
        self._git("pack-refs", "--all")

    def point_head(self, ref: str, there: set[str]) -> None:
        """Let HEAD name this branch, if it names none that is there."""
        found = self._run("symbolic-ref", "--quiet", "HEAD")
        if found.returncode == 0 and os.fsdecode(found.stdout.strip()) not in there:
            self._git("symbolic-ref", "HEAD", ref)

    def _git(self, *arguments: str) -> bytes:
        done = self._run(*arguments)
        if done.returncode:
            raise self._failed(arguments[0], done.stderr, done.returncode)
        return done.stdout

    def _run(self, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        command = [*_GIT, *arguments]
        return subprocess.run(command, input=given, capture_output=True, check=False, **self._around)

    def _check_version(self) -> None:
        oldest = ".".join(map(str, OLDEST_GIT))
        run, environment = subprocess.run, self._around["env"]
        try:
            said = run(["git", "version"], capture_output=True, env=environment, check=False).stdout
        except OSError as error:
            raise self._refused(f"an export needs git {oldest} or newer, and there is none here") from error
        found = re.search(rb"(\d+)\.(\d+)", said)
        if not found or (int(found[1]), int(found[2])) < OLDEST_GIT:
            shown = escape(said.decode(errors="replace").strip()) or "another program"
            raise self._refused(f"an export needs git {oldest} or newer; here is {shown}")

    def _failed(self, command: str, said: bytes, code: object) -> StorageRefused:
        words = _last_words(said) or f"it ended with {code}"
        return self._refused(f"git {command} failed in {self._folder}: {words}")

    def _refused(self, message: str) -> StorageRefused:
        return StorageRefused(message, folder=str(self._folder))

    def _in_the_way(self, why: str) -> Conflict:
        return Conflict(f"{self._folder} {why}; nothing was changed", folder=str(self._folder))


def _environment() -> dict[str, str]:
    """This process's, without what steers git."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return {
        **kept,
        "GIT_DIR": ".",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_NO_REPLACE_OBJECTS": "1",
        "HOME": os.devnull,  # where a git older than 2.32 looks for the user's settings
        "XDG_CONFIG_HOME": os.devnull,
        "LC_ALL": "C",
        "LANGUAGE": "C",
    }


def _last_words(said: bytes) -> str:
    """What git died of: its last line that is an error, else its last line."""
    lines = said.decode(errors="replace").splitlines()
    errors = [line for line in lines if line.startswith(("fatal: ", "error: "))]
    return escape((errors or lines or [""])[-1].strip())
