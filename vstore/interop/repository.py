"""A bare git repository in the SHA-256 object format, through the installed git."""

from __future__ import annotations

import fcntl
import os
import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from vstore.errors import Conflict, Corrupt, StorageRefused
from vstore.objects import escape

OLDEST_GIT = (2, 29)
"""The first git that writes the SHA-256 object format."""

NOTES = "refs/notes/commits"
REPLACE = "refs/replace/"
"""git shows the commit that such a ref names in place of the one that the rest of its name is."""

_GIT = ("git", "-c", "core.hooksPath=/dev/null", "-c", "gc.auto=0")
_INIT = ("init", "--quiet", "--bare", "--template=", "--initial-branch=main", "--object-format=sha256")
_PACKING = ("--quiet", "--delta-base-offset", "--non-empty")
_MADE_BY_INIT = {"HEAD", "config", "objects", "refs"}

Refs = dict[str, str]
"""Names of refs, whole, and the ids of their commits in hex."""


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
        self.folder = folder
        self._around: dict[str, Any] = {"cwd": folder, "env": _environment()}

    def prepare(self) -> None:
        """Make the repository where there is none; Conflict if the folder holds something else."""
        self._check_version()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            there = {path.name for path in self.folder.iterdir()}
        except (FileExistsError, NotADirectoryError) as error:
            raise self._in_the_way("is no folder") from error
        except OSError as error:
            raise self.refused(f"cannot use {self.folder}: {error.strerror}") from error
        if ".git" in there:
            raise self._in_the_way("is a working tree: give a bare repository, or its folder .git")
        # An `init` that was cut off has made some of these and nothing else; it can simply be run again.
        if not {"HEAD", "config", "objects"} <= there:
            if there - _MADE_BY_INIT:
                raise self._in_the_way("holds other files")
            self.git(*_INIT)
        found = self.run("rev-parse", "--show-object-format")
        if found.returncode:
            raise self._in_the_way("is no git repository")
        if found.stdout.strip() != b"sha256":
            raise self._in_the_way("is a git repository in the SHA-1 object format, not in SHA-256")

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else exports into it meanwhile; Conflict where somebody does."""
        handle = os.open(self.folder, os.O_RDONLY)
        try:
            self._lock(handle)
            yield
        finally:
            os.close(handle)

    def _lock(self, handle: int) -> None:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise self._in_the_way("is being exported to by another program") from error
        except OSError:
            return  # a file system without locks: git's own still guard the refs

    def refs(self) -> Refs:
        """Branches, notes, and what is shown in the place of commits."""
        wanted = ("refs/heads", NOTES, REPLACE)
        listed = self.git("for-each-ref", "--format=%(refname) %(objectname)", *wanted)
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
                for report in self.folder.glob("fast_import_crash_*"):
                    report.unlink(missing_ok=True)
            if code or reason:
                said.seek(0)
                raise self._failed("fast-import", said.read(), code or reason) from reason

    def move(self, commands: Iterator[str]) -> None:
        """Move all refs, or none. Corrupt if git has a commit under another id than vstore."""
        done = self.run("update-ref", "--stdin", given=os.fsencode("".join(commands)))
        words = _last_words(done.stderr)
        if "nonexistent object" in words:
            raise Corrupt(f"git has a version under another id: {words}", folder=str(self.folder))
        if "but expected" in words or "already exists" in words:
            raise Conflict(f"another program changed {self.folder} first: {words}", folder=str(self.folder))
        if done.returncode:
            raise self._failed("update-ref", done.stderr, done.returncode)
        self.git("pack-refs", "--all")

    def point_head(self, ref: str, there: set[str]) -> None:
        """Let HEAD name this branch, if it names none that is there."""
        found = self.run("symbolic-ref", "--quiet", "HEAD")
        if found.returncode == 0 and os.fsdecode(found.stdout.strip()) not in there:
            self.git("symbolic-ref", "HEAD", ref)

    def git(self, *arguments: str, given: bytes = b"") -> bytes:
        """What git answers; StorageRefused where it fails."""
        done = self.run(*arguments, given=given)
        if done.returncode:
            raise self._failed(arguments[0], done.stderr, done.returncode)
        return done.stdout

    def run(self, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """Let git do something, and see how it ended."""
        command = [*_GIT, *arguments]
        return subprocess.run(command, input=given, capture_output=True, check=False, **self._around)

    def lines(self, *arguments: str, given: bytes = b"") -> Iterator[bytes]:
        """What git says, line by line as it comes; StorageRefused where it fails in the end."""
        with tempfile.TemporaryFile() as asked, tempfile.TemporaryFile() as said:
            asked.write(given)
            asked.seek(0)
            pipes: dict[str, Any] = {"stdin": asked, "stdout": subprocess.PIPE, "stderr": said}
            with subprocess.Popen([*_GIT, *arguments], **pipes, **self._around) as process:
                yield from process.stdout or ()
            said.seek(0)
            if process.returncode:
                raise self._failed(arguments[0], said.read(), process.returncode)

    def packed(self, objects: Iterable[bytes]) -> list[str]:
        """Put objects, a line each as `git rev-list` tells them, into packs; the names of these."""
        command = [*_GIT, "pack-objects", *_PACKING, "objects/pack/pack"]
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        with tempfile.TemporaryFile() as said:
            with subprocess.Popen(command, stderr=said, **pipes, **self._around) as process:
                assert process.stdin  # noqa: S101  it is a pipe
                try:
                    with suppress(BrokenPipeError):
                        process.stdin.writelines(objects)
                    names, _ = process.communicate()
                except BaseException:
                    process.kill()  # at the end of its input it would make a pack of a part
                    with suppress(BrokenPipeError):
                        process.stdin.close()
                    raise
            said.seek(0)
            if process.returncode:
                raise self._failed("pack-objects", said.read(), process.returncode)
        return [f"pack-{name}" for name in names.decode().split()]

    def _check_version(self) -> None:
        oldest = ".".join(map(str, OLDEST_GIT))
        run, environment = subprocess.run, self._around["env"]
        try:
            said = run(["git", "version"], capture_output=True, env=environment, check=False).stdout
        except OSError as error:
            raise self.refused(f"an export needs git {oldest} or newer, and there is none here") from error
        found = re.search(rb"(\d+)\.(\d+)", said)
        if not found or (int(found[1]), int(found[2])) < OLDEST_GIT:
            shown = escape(said.decode(errors="replace").strip()) or "another program"
            raise self.refused(f"an export needs git {oldest} or newer; here is {shown}")

    def _failed(self, command: str, said: bytes, code: object) -> StorageRefused:
        words = _last_words(said) or f"it ended with {code}"
        return self.refused(f"git {command} failed in {self.folder}: {words}")

    def refused(self, message: str) -> StorageRefused:
        """The error that says so."""
        return StorageRefused(message, folder=str(self.folder))

    def _in_the_way(self, why: str) -> Conflict:
        return Conflict(f"{self.folder} {why}; nothing was changed", folder=str(self.folder))


def _environment() -> dict[str, str]:
    """This process's, without what steers git."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return {
        **kept,
        "GIT_DIR": ".",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_NO_LAZY_FETCH": "1",
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
