"""What a git repository holds, through the installed git, which sees its objects and nothing else.

git is given an empty repository of ours with the objects of the other one: so no setting, hook, attribute or
remote of a stranger's repository is ever read, and who owns it does not matter.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, NamedTuple

from vstore.errors import BadWire

BLOB_LIMIT = 64 << 20
"""A file has at most so many bytes."""

_CHUNK = 1 << 16
_SMALL = 4096
"""HEAD and refs are shorter than so many bytes."""
_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_LOG = (
    *("log", "--reverse", "--date-order", "-z", "--raw", "--no-abbrev", "--no-renames", "-c", "--root"),
    *(
        "--no-mailmap",
        "--no-show-signature",
        "--no-ext-diff",
        "--no-textconv",
        "--no-color",
        "--encoding=UTF-8",
    ),
    "--format=%x00%H%x00%an%x00%aI%x00%B",
)
"""Merges with `-c`: only files that are like those of no parent, for the others are told by their commits."""


class Commit(NamedTuple):
    """A commit's id, its author and their date as git writes it, and the message."""

    id: str
    author: str
    date: str
    message: str


class Change(NamedTuple):
    """A path to which a commit gave this blob."""

    commit: Commit
    path: bytes
    blob: str
    is_file: bool
    """False for a link or a submodule."""


def folder_of(path: Path) -> Path | None:
    """Where a repository keeps what it is made of, given that or its working tree; None if it is none."""
    inside = path / ".git"
    if inside.is_dir():
        path = inside
    elif found := re.match("gitdir: (.+)", _small(inside)):  # a linked working tree, or a submodule
        path /= found[1]
    is_repository = (path / "objects").is_dir() or (path / "commondir").is_file()
    return path if is_repository and (path / "HEAD").is_file() else None


class Repository:
    """Reads one repository; to be made by `opened`."""

    def __init__(self, tip: str, environment: dict[str, str]) -> None:
        self._tip = tip
        self._environment = environment

    def changes(self) -> Iterator[Change]:
        """What each commit that led to HEAD gave to each path, parents first; BadWire if git gives up."""
        with self._git(*_LOG, self._tip, "--") as git:
            assert git.stdout  # noqa: S101  it is a pipe
            yield from _changes(_fields(git.stdout))
            if git.wait() != 0:
                raise BadWire(f"git cannot read on: {_complaint(git)}")

    @contextmanager
    def blobs(self) -> Iterator[Blobs]:
        """Asks for blobs, as long as it is open."""
        with self._git("cat-file", "--batch") as git:
            yield Blobs(git)

    @contextmanager
    def _git(self, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
        with tempfile.TemporaryFile() as complaints:
            git = subprocess.Popen(
                ["git", *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=complaints,
                env=self._environment,
            )
            git.stderr = complaints
            try:
                yield git
            finally:
                _end(git)


@contextmanager
def opened(path: Path) -> Iterator[Repository]:
    """The repository in this folder; BadWire if there is none that can be read, or no git."""
    folder = folder_of(path)
    if folder is None:
        raise BadWire(f"there is no git repository in {path}")
    common = folder / _small(folder / "commondir").strip() if (folder / "commondir").is_file() else folder
    tip = _resolved(folder, common, "HEAD")
    with tempfile.TemporaryDirectory(prefix="vstore-git-") as empty:
        _make_empty(Path(empty), common, tip)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        environment |= {"GIT_DIR": empty, "GIT_OBJECT_DIRECTORY": str((common / "objects").absolute())}
        environment |= {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
        environment |= {"HOME": empty, "XDG_CONFIG_HOME": empty}
        environment |= {"GIT_NO_REPLACE_OBJECTS": "1", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}
        try:
            yield Repository(tip, environment)
        except FileNotFoundError as error:
            raise BadWire("to read a repository, git must be installed") from error


def _make_empty(empty: Path, common: Path, tip: str) -> None:
    (empty / "refs").mkdir()
    (empty / "objects").mkdir()
    (empty / "HEAD").write_text(f"{tip}\n")
    kind = "[extensions]\n\tobjectFormat = sha256\n" if len(tip) == 64 else ""
    settings = "\trepositoryFormatVersion = 1\n\tbare = true\n\tcommitGraph = false\n"
    (empty / "config").write_text(f"[core]\n{settings}{kind}")
    if (common / "shallow").is_file():
        (empty / "shallow").write_bytes((common / "shallow").read_bytes())


def _resolved(folder: Path, common: Path, name: str) -> str:
    """The id of the commit that a ref names."""
    for _ in range(5):
        where = folder if name == "HEAD" else common
        written = _small(where / name).strip() or _packed(common, name)
        if _ID.fullmatch(written):
            return written
        if not written.startswith("ref: refs/") or ".." in written:
            break
        name = written.removeprefix("ref: ")
    raise BadWire(f"the repository has no commit that HEAD could name ({name[:100]!a})")


def _packed(common: Path, name: str) -> str:
    try:
        with (common / "packed-refs").open(encoding="utf-8", errors="replace") as lines:
            return next((line.split(" ")[0] for line in lines if line.rstrip("\n").endswith(f" {name}")), "")
    except OSError:
        return ""


def _small(path: Path) -> str:
    """The text of a small regular file; none where there is none."""
    try:
        if not path.is_file():
            return ""
        with path.open("rb") as stream:
            return stream.read(_SMALL).decode("utf-8", "replace")
    except OSError:
        return ""


class Blobs:
    """A running `git cat-file --batch`."""

    def __init__(self, git: subprocess.Popen[bytes]) -> None:
        assert git.stdin and git.stdout  # noqa: S101, PT018  both are pipes
        self._git, self._input, self._output = git, git.stdin, git.stdout

    def read(self, blob: str) -> bytes:
        """Its bytes; BadWire if it is missing or too big."""
        try:
            self._input.write(f"{blob}\n".encode())
            self._input.flush()
        except BrokenPipeError as error:
            raise BadWire(f"git cannot read on: {_complaint(self._git)}") from error
        answer = self._output.readline().split()
        if len(answer) < 3:
            state = "is missing" if answer else f"cannot be read: {_complaint(self._git)}"
            raise BadWire(f"its blob {blob} {state}")
        size = int(answer[2])
        if size > BLOB_LIMIT:
            self._pass(size + 1)
            raise BadWire(f"it is too big: a file has at most {BLOB_LIMIT:,} bytes", limit=BLOB_LIMIT)
        return self._output.read(size + 1)[:-1]

    def _pass(self, size: int) -> None:
        while size > 0 and (data := self._output.read(min(size, _CHUNK))):
            size -= len(data)


def _end(git: subprocess.Popen[bytes]) -> None:
    for pipe in (git.stdin, git.stdout):
        if pipe:
            with suppress(BrokenPipeError):
                pipe.close()
    if git.poll() is None:
        git.terminate()
    git.wait()


def _complaint(git: subprocess.Popen[bytes]) -> str:
    git.wait()
    assert git.stderr  # noqa: S101  it is a file
    git.stderr.seek(0)
    return (
        git.stderr.read(500).decode("utf-8", "backslashreplace").strip() or f"it ended with {git.returncode}"
    )


def _fields(stream: IO[bytes]) -> Iterator[bytes]:
    """What stands between NULs."""
    rest = b""
    while data := stream.read(_CHUNK):
        *whole, rest = (rest + data).split(b"\0")
        yield from whole
    if rest:
        yield rest


def _changes(fields: Iterator[bytes]) -> Iterator[Change]:
    """What `git log -z --raw` says: of a path, mode and blob in every parent, then those that it has now."""
    commit: Commit | None = None
    for field in fields:
        entry = field.lstrip(b"\n")
        if entry.startswith(b":") and commit:
            told = entry.lstrip(b":").split(b" ")
            parents = len(entry) - len(entry.lstrip(b":"))
            mode, blob = told[parents], told[2 * parents + 1].decode()
            path = next(fields, b"")
            if mode != b"000000":
                yield Change(commit, path, blob, mode.startswith(b"100"))
        elif entry:
            author, date, message = (next(fields, b"").decode("utf-8", "replace") for _ in range(3))
            commit = Commit(entry.decode(), author, date, message.strip())
