"""A git-style version store for news: every version of a story, who wrote which word, and when.

    import vstore

    with vstore.open("archive", create=True) as store:
        store.add("us-nk-talks", text, date="2019-01-15", source="Agency")
        for version in store.log("us-nk-talks"):
            print(version.number, version.dated, version.headline)

Names are loaded when they are first used, so that a program pays only for what it asks.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from vstore.accounts import Entry as Entry
    from vstore.accounts import Erasure as Erasure
    from vstore.accounts import KnownAs as KnownAs
    from vstore.accounts import Moved as Moved
    from vstore.accounts import Passage as Passage
    from vstore.accounts import Place as Place
    from vstore.accounts import Undone as Undone
    from vstore.alike import Common as Common
    from vstore.alike import Matched as Matched
    from vstore.alike import Similar as Similar
    from vstore.answers import Added as Added
    from vstore.answers import BackedUp as BackedUp
    from vstore.answers import Blame as Blame
    from vstore.answers import Check as Check
    from vstore.answers import Collected as Collected
    from vstore.answers import Copied as Copied
    from vstore.answers import Diff as Diff
    from vstore.answers import Edit as Edit
    from vstore.answers import Hunk as Hunk
    from vstore.answers import Imported as Imported
    from vstore.answers import Match as Match
    from vstore.answers import Occurrence as Occurrence
    from vstore.answers import Paragraph as Paragraph
    from vstore.answers import ParagraphChange as ParagraphChange
    from vstore.answers import Problem as Problem
    from vstore.answers import Repaired as Repaired
    from vstore.answers import Stats as Stats
    from vstore.answers import Story as Story
    from vstore.answers import Upgraded as Upgraded
    from vstore.attested import Attestation as Attestation
    from vstore.attested import Proof as Proof
    from vstore.changes import diff as diff
    from vstore.derivation import Derivation as Derivation
    from vstore.derivation import DerivedParagraph as DerivedParagraph
    from vstore.derivation import Taken as Taken
    from vstore.errors import AmbiguousName as AmbiguousName
    from vstore.errors import BadReference as BadReference
    from vstore.errors import BadWire as BadWire
    from vstore.errors import Buried as Buried
    from vstore.errors import Conflict as Conflict
    from vstore.errors import ConnectionLost as ConnectionLost
    from vstore.errors import Corrupt as Corrupt
    from vstore.errors import NoStore as NoStore
    from vstore.errors import NotFound as NotFound
    from vstore.errors import Overtaken as Overtaken
    from vstore.errors import Redacted as Redacted
    from vstore.errors import StorageRefused as StorageRefused
    from vstore.errors import UnknownParagraph as UnknownParagraph
    from vstore.errors import UnknownStory as UnknownStory
    from vstore.errors import UnknownVersion as UnknownVersion
    from vstore.errors import VstoreError as VstoreError
    from vstore.errors import WrongFormat as WrongFormat
    from vstore.importing import Progress as Progress
    from vstore.model import Facts as Facts
    from vstore.model import Redaction as Redaction
    from vstore.model import Version as Version
    from vstore.model import Wire as Wire
    from vstore.notices import Caution as Caution
    from vstore.notices import Correction as Correction
    from vstore.notices import HeadlineChange as HeadlineChange
    from vstore.opening import open_store
    from vstore.opening import repair as repair
    from vstore.opening import upgrade as upgrade
    from vstore.places import init as init
    from vstore.questions import Questions as Questions
    from vstore.store import Store as Store

    open = open_store  # noqa: A001

_ERRORS = (
    "AmbiguousName BadReference BadWire Buried Conflict ConnectionLost Corrupt NoStore NotFound Overtaken "
    "Redacted StorageRefused UnknownParagraph "
    "UnknownStory UnknownVersion VstoreError WrongFormat"
)
_ANSWERS = (
    "Added BackedUp Blame Check Collected Copied Diff Edit Hunk Imported Match Occurrence Paragraph "
    "ParagraphChange Problem Repaired Stats Story Upgraded"
)
_ACCOUNTS = "Entry Erasure KnownAs Moved Passage Place Undone"
_MODEL = "Facts Redaction Version Wire"
_NOTICES = "Caution Correction HeadlineChange"
_HOMES = {
    **{name: ("vstore.errors", name) for name in _ERRORS.split()},
    **{name: ("vstore.accounts", name) for name in _ACCOUNTS.split()},
    **{name: ("vstore.answers", name) for name in _ANSWERS.split()},
    **{name: ("vstore.model", name) for name in _MODEL.split()},
    **{name: ("vstore.alike", name) for name in ("Common", "Matched", "Similar")},
    **{name: ("vstore.derivation", name) for name in ("Derivation", "DerivedParagraph", "Taken")},
    **{name: ("vstore.notices", name) for name in _NOTICES.split()},
    "Attestation": ("vstore.attested", "Attestation"),
    "Progress": ("vstore.importing", "Progress"),
    "Proof": ("vstore.attested", "Proof"),
    "Questions": ("vstore.questions", "Questions"),
    "Store": ("vstore.store", "Store"),
    "diff": ("vstore.changes", "diff"),
    "init": ("vstore.places", "init"),
    "open": ("vstore.opening", "open_store"),
    "repair": ("vstore.opening", "repair"),
    "upgrade": ("vstore.opening", "upgrade"),
}
__all__ = sorted(_HOMES)


if not TYPE_CHECKING:  # a type checker then sees a misspelt name

    def __getattr__(name: str) -> Any:
        if name not in _HOMES:
            raise AttributeError(f"module 'vstore' has no attribute {name!r}")
        module, attribute = _HOMES[name]
        found = getattr(import_module(module), attribute)
        globals()[name] = found
        return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
