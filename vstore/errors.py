"""Everything that vstore raises on purpose, drawn as a tree.

    VstoreError                 exit code
    ├── BadWire                 2   what came in cannot be kept as it is
    │   └── Buried              4   ... since it was erased
    ├── BadReference            2   a name of a version or a date that cannot be read
    ├── NotFound                3
    │   ├── NoStore
    │   ├── UnknownStory
    │   ├── UnknownVersion
    │   ├── UnknownParagraph
    │   ├── Redacted                its text was erased: the facts say by whom, when and why
    │   └── AmbiguousName
    ├── Conflict                4   another writer came first, or a file is in the way
    │   └── Overtaken               ... and to try again may well succeed
    ├── StorageRefused          5   disk full, locked, no permission, not readable
    │   ├── ConnectionLost          the server cannot be reached, or the connection broke off
    │   ├── Unscrubbed              it is erased, but unused room is not clean yet
    │   └── WrongFormat             a store of a format this program does not know
    └── Corrupt                 6   what is stored is not what was kept

Each error carries its facts (`error.facts`, JSON values) and its exit code, so that the command
line and a program that uses the library tell the same story.
"""

from __future__ import annotations

from typing import Any, ClassVar


class VstoreError(Exception):
    """The root: `message` for people, `facts` for programs."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, **facts: Any) -> None:
        super().__init__(message)
        self.message = message
        self.facts = facts

    def to_dict(self) -> dict[str, Any]:
        """The JSON form that the command line prints on stderr."""
        return {"error": type(self).__name__, "message": self.message, **self.facts}


class BadWire(VstoreError):
    """A wire that cannot be kept as it is; nothing was kept of it."""

    exit_code = 2


class Buried(BadWire):
    """A wire whose text or facts were erased: they do not come back, unless that is asked for."""

    exit_code = 4


class BadReference(VstoreError):
    """A version's name, a date or a setting that cannot be read."""

    exit_code = 2


class NotFound(VstoreError):
    """What was asked for is not there."""

    exit_code = 3


class NoStore(NotFound):
    """There is no store at this place."""


class UnknownStory(NotFound):
    """The store holds no story of this name."""


class UnknownVersion(NotFound):
    """The story, or the store, holds no such version."""


class UnknownParagraph(NotFound):
    """The version has no paragraph of this number."""


class Redacted(NotFound):
    """The text was erased; `facts` say what, when, by whom and why."""


class AmbiguousName(NotFound):
    """An id prefix that more than one version answers to; `facts["candidates"]` lists them."""


class Conflict(VstoreError):
    """Another writer came first, or a file is in the way."""

    exit_code = 4


class Overtaken(Conflict):
    """Another writer came first, between reading and writing: nothing was kept, and it may be tried again."""


class StorageRefused(VstoreError):
    """The storage said no: disk full, locked, no permission, not readable."""

    exit_code = 5


class ConnectionLost(StorageRefused):
    """The server cannot be reached, or the connection broke off: what was under way is not kept."""


class Unscrubbed(StorageRefused):
    """Something is erased, but may be left in unused room until the next gc.

    `done` is the `Erasure` where somebody asked for one.
    """

    done: Any = None


class WrongFormat(StorageRefused):
    """The store is of a format that this program does not know; it is left untouched."""


class Corrupt(VstoreError):
    """What is stored is not what was kept; names the story and the version."""

    exit_code = 6


def quoted(name: str) -> str:
    """A name for a message: in quotation marks, control characters escaped, cut where it is long."""
    return repr(name if len(name) <= 80 else f"{name[:79]}…")
