"""The journal: who did what to a store, and when. Ids and numbers, never a text."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import lru_cache, partial
from typing import Any

from vstore.accounts import Entry
from vstore.blobs import story_digest
from vstore.captures import BLACK
from vstore.dates import iso_micros
from vstore.errors import Corrupt, StorageRefused
from vstore.notes import number_of
from vstore.oneline import one_line
from vstore.rows import Deed
from vstore.storage.contract import Storage

MOST_NAME = 100
"""Characters of a name."""


class Journal:
    """What one open store writes in its journal: a run of the program, unless one says otherwise."""

    def __init__(self) -> None:
        self._run = os.urandom(8)
        self._last = 0

    def deed(
        self, what: str, at: int, *, story: str | None = None, detail: dict[str, Any] | None = None
    ) -> Deed:
        """A deed of this run; no two have the same moment."""
        self._last = max(at, self._last + 1)
        about = story_digest(story) if story is not None else b""
        told = json.dumps(detail, sort_keys=True) if detail else ""
        return Deed(self._last, about, self._run, what, who(), None, 0, told)


STORIES = 1_024
"""Names of stories that are kept at hand."""

Named = Callable[[bytes], str | None]
"""The name of a story, by its digest."""

DIGITS = 32
"""Of what stands for a story or an alias."""

SENT = "sent"
"""The note that says through which moment all was sent elsewhere: what was done by then is not taken back."""


def note_sent(storage: Storage, moment: int) -> None:
    """What is here now goes elsewhere; where the storage cannot be written, nothing is taken back there."""
    with suppress(StorageRefused):
        if moment > (number_of(storage.notes().get(SENT)) or 0):
            with storage.transaction() as writer:
                writer.note(SENT, str(moment))


def who() -> str:
    """$VSTORE_WHO, or the name of the user that runs the program."""
    name = one_line(os.environ.get("VSTORE_WHO", "")).strip() or _login()
    return name[:MOST_NAME]


def _login() -> str:
    import pwd

    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:  # a container may know no name for it
        return f"uid {os.geteuid()}"


def entries(storage: Storage) -> Iterator[Entry]:
    """The journal as it is shown, the newest deed first.

    A story that is gone has no name any more, unless it is known by its old one.
    """
    named = lru_cache(STORIES)(partial(_name, storage))
    for deed in storage.deeds():
        yield Entry(
            at=iso_micros(deed.at),
            what=one_line(deed.what),
            who=one_line(deed.who),
            story=named(deed.story) if deed.story else None,
            versions=deed.versions,
            run=deed.run.hex(),
            detail={name: _with_names(told, deed, named, storage) for name, told in detail_of(deed).items()},
        )


def _name(storage: Storage, digest: bytes) -> str | None:
    old = (alias.name for _, alias in storage.known_as(digest) if alias.name != BLACK)
    return storage.named(digest) or next(filter(None, old), None)


def mention(story: str) -> str:
    """How a story is named in the journal, which is never rewritten: its name may have to be erased."""
    return story_digest(story).hex()


def _with_names(told: Any, deed: Deed, named: Named, storage: Storage) -> Any:
    """What is told, with names in the place of what stands for them; where nobody has them, as it is."""
    if not isinstance(told, list):
        return told
    if deed.what == "alias" and (story := named(deed.story)) is not None:
        return [_alias_name(storage, story, each) for each in told]
    return [_with_stories(each, named) for each in told]


def _with_stories(told: Any, named: Named) -> Any:
    if isinstance(told, list):
        return [((digest := _digest(each)) and named(digest)) or each for each in told]
    return told


def _alias_name(storage: Storage, story: str, told: Any) -> Any:
    digest = _digest(told)
    alias = storage.alias(story, digest) if digest else None
    return alias.name if alias and alias.name else told


def _digest(told: object) -> bytes | None:
    """What a story or an alias is found by."""
    with suppress(ValueError):
        if isinstance(told, str) and len(told) == DIGITS:
            return bytes.fromhex(told)
    return None


def detail_of(deed: Deed) -> dict[str, Any]:
    """What is told more of a deed; Corrupt where it is not JSON, which only a forged one can be."""
    try:
        found = json.loads(deed.detail or "{}")
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Corrupt("a line of the journal is damaged")
    return found
