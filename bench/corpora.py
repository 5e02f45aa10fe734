"""The corpora and the seeds: where they are, and their versions as `git fast-import` takes them."""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from bench.processes import ROOT

CURRENT_EVENTS = "current-events-en.jsonl.zst"
WIKI_VERSIONS = "wiki-versions-en.jsonl.gz"


class Entry(NamedTuple):
    """A version as git is given it: a branch and a path of its own for each story."""

    branch: str
    clock: int
    author: str
    message: bytes
    text: bytes

    @property
    def path(self) -> str:
        """The one file on the branch; a name of its own lets git's gc find the story's other blobs."""
        return f"{self.branch}.txt"


def folder() -> Path:
    """$VSTORE_DATA, else ../shared/data beside the project."""
    return Path(os.environ.get("VSTORE_DATA") or ROOT.parent / "shared" / "data")


def absent(name: str) -> str | None:
    """Why this corpus cannot be measured, as a sentence; None if it is there."""
    if (folder() / name).exists():
        return None
    return f"Skipped: there is no {name} in {folder()}; $VSTORE_DATA names another folder."


def lines(path: str | Path, limit: int | None = None) -> Iterator[bytes]:
    """The JSON lines of a corpus, unpacked; the first `limit` of them."""
    from vstore.readers import jsonlines

    with jsonlines.open_lines(path) as stream:
        yield from itertools.islice(stream, limit)


def entries(path: str | Path, limit: int | None = None) -> Iterator[Entry]:
    """The versions of a corpus as git is given them."""
    branches: dict[str, str] = {}
    for line in lines(path, limit):
        given = json.loads(line)
        branch = branches.setdefault(given["story"], f"s{len(branches):06}")
        yield _entry(given, branch)


def _entry(given: dict[str, Any], branch: str) -> Entry:
    from vstore import dates

    date = dates.from_value(given.get("date"))
    return Entry(
        branch=branch,
        clock=dates.clock(date) if date else 0,
        author=given.get("source") or "",
        message=(given.get("title") or "").encode(),
        text=given["text"].encode(),
    )


def prepare(source: str, scratch: str, limit: int | None) -> dict[str, Any]:
    """Write `stream` for fast-import, and `lines.jsonl` if only some are wanted; what is in them."""
    cut = Path(scratch) / "lines.jsonl"
    if limit:
        cut.write_bytes(b"".join(lines(source, limit)))
    branches: set[str] = set()
    versions = characters = 0
    with (Path(scratch) / "stream").open("wb") as stream:
        for entry in entries(source, limit):
            versions += 1
            branches.add(entry.branch)
            characters += len(entry.text)
            _write(stream, versions, entry)
    counts = {"stories": len(branches), "versions": versions, "text_bytes": characters}
    return {**counts, "lines": str(cut if limit else source)}


def _write(stream: BinaryIO, mark: int, entry: Entry) -> None:
    head = (
        f"commit refs/heads/{entry.branch}\nmark :{mark}\ncommitter {entry.author} <> {entry.clock} +0000\n"
    )
    stream.write(head.encode() + _data(entry.message))
    stream.write(f"M 100644 inline {entry.path}\n".encode() + _data(entry.text) + b"\n")


def _data(content: bytes) -> bytes:
    return b"data %d\n%b\n" % (len(content), content)
