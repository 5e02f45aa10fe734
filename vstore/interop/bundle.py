"""Versions as a bundle: one file that proves itself, to be carried by hand and kept elsewhere.

JSON lines: a header, the versions as `export --jsonl` writes them, and a last line with the SHA-256 of all
that stands before it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from itertools import groupby
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vstore.model import Version

HEADER = {"vstore_bundle": 1}


def lines(
    versions: Iterable[Version],
    text_of: Callable[[Version], str],
    aliases_of: Callable[[str], list[dict[str, object]]],
) -> Iterator[bytes]:
    """The lines of a bundle; each story's versions come together, in order of number.

    The first of each tells which aliases were given to the story, or taken away.
    """
    digest = sha256()
    stories = count = 0

    def line(form: dict[str, Any]) -> bytes:
        written = f"{json.dumps(form)}\n".encode()
        digest.update(written)
        return written

    yield line(HEADER)
    for story, several in groupby(versions, key=lambda version: version.story):
        stories += 1
        aliases = aliases_of(story)
        for version in several:
            count += 1
            told = {"aliases": aliases} if aliases else {}
            yield line({**version.to_dict(), "text": text_of(version), **told})
            aliases = []
    yield f"{json.dumps({'stories': stories, 'versions': count, 'sha256': digest.hexdigest()})}\n".encode()
