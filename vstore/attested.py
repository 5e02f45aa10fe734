"""What a store attests: one hash over all stories, and the proof that one of them is among them.

A proof is verified here with nothing but its own words and SHA-256: no store is asked. `docs/format.md`
states the bytes, `vstore.merkle` the words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from vstore import merkle
from vstore.errors import BadReference, BadWire, quoted
from vstore.objects import check_story

LARGEST = 1 << 63
"""No tree has so many leaves."""

LONGEST = 64
"""No audit path has more steps."""

_HASH = re.compile("[0-9a-f]{64}")


def leaf(story: str, tip: bytes) -> bytes:
    """What the tree holds of a story: its story-id in UTF-8, a NUL byte, the 32 bytes of its tip's id."""
    return story.encode() + b"\0" + tip


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """One hash over every story and all its versions: a line that can be published.

    `tree_size` is the number of stories. `last_recorded` is when the newest version was taken in, None in an
    empty store: as of that moment, the store always has this root.
    """

    root: str
    tree_size: int
    versions: int
    last_recorded: str | None

    def to_dict(self) -> dict[str, Any]:
        """The `attest` form."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """That a story, with this tip, is a leaf of the tree that has this root.

    What is proved is the story-id and the tip's `id`, and so all versions before it, which it commits to. The
    tip's `number` is told for people: the chain of parents proves it.
    """

    story: str
    number: int
    id: str
    leaf_index: int
    tree_size: int
    audit_path: tuple[str, ...]
    root: str

    def to_dict(self) -> dict[str, Any]:
        """The `prove` form."""
        form = {name: getattr(self, name) for name in self.__slots__}
        return {**form, "audit_path": list(self.audit_path)}

    @classmethod
    def from_dict(cls, form: Mapping[str, Any]) -> Self:
        """The proof that `to_dict` told; BadReference where it can be none. Other keys count for nothing."""
        try:
            story = form["story"]
            check_story(story)
            return cls(
                story=story,
                number=_number(form["number"]),
                id=_hash(form["id"]),
                leaf_index=_number(form["leaf_index"]),
                tree_size=_number(form["tree_size"]),
                audit_path=_path(form["audit_path"]),
                root=_hash(form["root"]),
            )
        except KeyError as error:
            raise BadReference(f"that is no proof: it has no {error.args[0]}") from error
        except (ValueError, TypeError) as error:
            raise BadReference(f"that is no proof: {error}") from error
        except BadWire as error:
            raise BadReference(f"that is no proof: {error.message}") from error

    def holds(self, root: str | None = None) -> bool:
        """Whether the audit path leads from the leaf to the proof's root, and that is `root` where given."""
        path = [bytes.fromhex(step) for step in self.audit_path]
        found = merkle.root_of(
            leaf(self.story, bytes.fromhex(self.id)), self.leaf_index, self.tree_size, path
        )
        wanted = self.root if root is None else read_root(root)
        return found is not None and found.hex() == self.root == wanted


def read_root(text: str) -> str:
    """A root as somebody typed it, in canonical words; BadReference if it is none."""
    found = text.strip().lower()
    if not _HASH.fullmatch(found):
        raise BadReference(f"{quoted(text)} is no root: a root has 64 hex digits")
    return found


def _number(value: object) -> int:
    if type(value) is not int or not 0 <= value < LARGEST:
        raise ValueError(f"{quoted(str(value))} is no count")
    return value


def _path(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > LONGEST:
        raise ValueError(f"an audit path is a list of {LONGEST} hashes at most")
    return tuple(map(_hash, value))


def _hash(value: object) -> str:
    if not isinstance(value, str) or not _HASH.fullmatch(value):
        raise ValueError(f"{quoted(str(value))} is no hash of 64 hex digits in lower case")
    return value
