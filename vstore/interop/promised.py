"""Objects that a repository lacks on purpose: git takes them for promised by another one, and is content.

A tree that names such an object lies in a pack with a file `.promisor` beside it. All else that it names lies
there too, since `git gc` drops what promised objects name and no such pack holds.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from shutil import rmtree

from vstore.interop.repository import NOTES, REPLACE, Repository

_UNFINISHED = "vstore-unfinished"
"""Is there while something is written: where it was there before, something may be left that no ref names."""

_SETTINGS = {
    "remote.vstore.url": "/dev/null/erased-by-vstore",
    "remote.vstore.skipFetchAll": "true",
    "repack.writeBitmaps": "false",  # without it, `git gc` gives up where a bare repository lacks objects
    "uploadpack.allowFilter": "true",  # lets others clone all but the blobs
    "remote.vstore.promisor": "true",
}
_DERIVED = ("info/commit-graph", "info/commit-graphs/*")
_TREE = 2
_HEX = 64


@contextmanager
def unfinished(repository: Repository, *, purged: bool) -> Iterator[None]:
    """A mark is set meanwhile; it stays where this is cut off, or was there before and nothing is purged."""
    mark = repository.folder / _UNFINISHED
    was_there = mark.exists()
    try:
        mark.touch()
    except OSError as error:
        raise repository.refused(f"cannot write {mark}: {error.strerror}") from error
    yield
    if purged or not was_there:
        mark.unlink(missing_ok=True)


def is_unfinished(repository: Repository) -> bool:
    """Whether an export was cut off, so that objects may be there that no ref names."""
    return (repository.folder / _UNFINISHED).exists()


def held(repository: Repository, ids: Collection[str]) -> set[str]:
    """Those of these objects that are there; git is not asked for one, it would try to fetch it."""
    if not ids:
        return set()
    listing = ("cat-file", "--batch-all-objects", "--batch-check=%(objectname)", "--unordered", "--buffer")
    return {name for line in repository.lines(*listing) if (name := line.decode().strip()) in ids}


def write_trees(repository: Repository, trees: Iterable[bytes]) -> None:
    """Trees, written whether what they name is there or not."""
    distinct = list(dict.fromkeys(trees))
    if not distinct:
        return
    head = b"PACK" + struct.pack(">II", 2, len(distinct))
    pack = head + b"".join(_size(_TREE, len(tree)) + zlib.compress(tree) for tree in distinct)
    repository.git("unpack-objects", "-q", given=pack + sha256(pack).digest())


def _size(kind: int, size: int) -> bytes:
    """Kind and size of an object in a pack: four bits of the size, then seven at a time, the lowest first."""
    written, size = [kind << 4 | size & 15], size >> 4
    while size:
        written[-1] |= 128
        written.append(size & 127)
        size >>= 7
    return bytes(written)


def promise(repository: Repository, trees: Iterable[str]) -> None:
    """What these trees name and is not there is lacking on purpose."""
    given = "".join(f"{tree}\n" for tree in dict.fromkeys(trees)).encode()
    if given:
        _declare(repository, repository.packed(_reached(repository, "--stdin", given=given)))
        repository.git("prune-packed", "--quiet")


def rebuild(repository: Repository, gone: Collection[str]) -> None:
    """Pack what refs reach anew, without these objects, and let go of everything else.

    All is declared lacking on purpose that is not there then; what is lacking otherwise is told before.
    """
    _forget_moves(repository.folder)
    old = _files(repository.folder / "objects")
    everything = ("--all", "--reflog", "--indexed-objects")
    names = repository.packed(
        line for line in _reached(repository, *everything) if line[:_HEX].decode() not in gone
    )
    _declare(repository, names)
    try:
        for path in old:
            if path.stem not in names:
                path.unlink(missing_ok=True)
    except OSError as error:
        raise repository.refused(f"cannot delete in {repository.folder}: {error.strerror}") from error
    if held(repository, gone):
        why = "a pack with a file .keep has it, or another repository that it borrows from"
        raise repository.refused(f"{repository.folder} holds what was erased: {why}")


def _reached(repository: Repository, *start: str, given: bytes = b"") -> Iterator[bytes]:
    missing = "allow-any" if given else "allow-promisor"
    return repository.lines("rev-list", "--objects", f"--missing={missing}", *start, given=given)


def _declare(repository: Repository, packs: Iterable[str]) -> None:
    """What objects in these packs name and is not there is lacking on purpose."""
    if repository.run("config", "--get", "remote.vstore.promisor").returncode:
        for name, value in _SETTINGS.items():
            repository.git("config", name, value)
    for pack in packs:
        (repository.folder / "objects" / "pack" / f"{pack}.promisor").touch()


def _forget_moves(folder: Path) -> None:
    """Where refs stood before that had notes, or what was left, as it was."""
    (folder / "logs" / NOTES).unlink(missing_ok=True)
    rmtree(folder / "logs" / REPLACE, ignore_errors=True)


def _files(objects: Path) -> list[Path]:
    """All files with objects, what was cut off too, and what speaks of them: an index before its pack."""
    kept = {path.stem for path in (objects / "pack").glob("*.keep")}
    packs = [path for path in (objects / "pack").iterdir() if path.stem not in kept]
    others = [path for pattern in ("[0-9a-f][0-9a-f]/*", *_DERIVED) for path in objects.glob(pattern)]
    return sorted(packs + others, key=lambda path: path.suffix not in {"", ".idx"})
