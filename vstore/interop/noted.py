"""The notes that git shows with a version: what is known of it, and what was erased."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from io import SEEK_CUR, BytesIO
from typing import Any

from vstore.dates import iso_micros
from vstore.interop.repository import Repository
from vstore.model import Facts
from vstore.objects import escape
from vstore.rows import FACTS, Tombstone
from vstore.states import state

AT_ONCE = 100
"""Notes that are read at once."""

_UNPRINTABLE_IN_JSON = re.compile("[\x7f-\x9f\u2028\u2029]")


def note(facts: Facts, tombstones: Iterable[Tombstone] = ()) -> bytes:
    """What is known of a version, one fact a line, for `git log` to show; empty where nothing is.

    Each line is a trailer that `git interpret-trailers` reads. The state is told too: see `vstore.states`.
    """
    known = facts.known()
    if told := state(facts):
        known["state"] = told
    order = sorted(known, key=lambda fact: fact not in {"headline", "byline", "state"})
    lines = [f"{fact.replace('_', '-').capitalize()}: {_told(known[fact])}\n" for fact in order]
    return "".join([*lines, *map(_erased, tombstones)]).encode()


def _told(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(escape, value))
    if isinstance(value, dict):
        written = json.dumps(value, sort_keys=True, ensure_ascii=False)
        return _UNPRINTABLE_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", written)
    return escape(str(value))


def _erased(grave: Tombstone) -> str:
    part = "facts" if grave.part == FACTS else "part of the text" if grave.stands else "text"
    return f"Redacted: {part}, {iso_micros(grave.at)}, by {escape(grave.who)}: {escape(grave.reason)}\n"


def listed(repository: Repository, notes: str | None) -> Iterator[tuple[str, str]]:
    """The commits that have a note in this commit of notes, and its blob: their ids in hex."""
    for line in repository.lines("ls-tree", "-r", notes) if notes else ():
        entry, _, path = line.decode(errors="replace").rstrip("\n").partition("\t")
        yield path.replace("/", ""), entry.rpartition(" ")[2]


def read(repository: Repository, blobs: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """The contents of blobs that are there."""
    waiting = list(dict.fromkeys(blobs))
    for start in range(0, len(waiting), AT_ONCE):
        some = waiting[start : start + AT_ONCE]
        said = repository.git("cat-file", "--batch", given="".join(f"{each}\n" for each in some).encode())
        stream = BytesIO(said)
        for name in some:
            size = int(stream.readline().rpartition(b" ")[2])
            yield name, stream.read(size)
            stream.seek(1, SEEK_CUR)
