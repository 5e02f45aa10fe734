"""What is answered: differences, authorship, counts. Frozen values, no I/O; `to_dict()` is the JSON form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from vstore.model import Version

Op = Literal["=", "-", "+"]
Outcome = Literal["new", "changed", "same"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A story at a glance; `current` and `tip` are version numbers, `at` the current one's moment."""

    story: str
    versions: int
    current: int
    tip: int
    at: str
    headline: str | None
    source: str | None

    def to_dict(self) -> dict[str, Any]:
        """The `stories` form."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Added:
    """The answer to a wire: the version it became, or the one it equals."""

    version: Version
    outcome: Outcome

    def to_dict(self) -> dict[str, Any]:
        """The `add` form, without `input`, which only the command line knows."""
        version = self.version
        return {
            "story": version.story,
            "number": version.number,
            "id": version.id,
            "text_id": version.text_id,
            "outcome": self.outcome,
        }


@dataclass(frozen=True, slots=True)
class Imported:
    """Counts of a run: new stories, further versions, wires already known, wires refused."""

    new: int = 0
    changed: int = 0
    same: int = 0
    bad: int = 0

    @property
    def total(self) -> int:
        """Of all."""
        return self.new + self.changed + self.same + self.bad

    def to_dict(self) -> dict[str, int]:
        """The line that ends an import."""
        return {"new": self.new, "changed": self.changed, "same": self.same, "bad": self.bad}


class Edit(NamedTuple):
    """A stretch of text that stays, goes or comes; `-` stands before the `+` that replaces it."""

    op: Op
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Diff:
    """What changed from one text to another, in words.

    `before` and `after` are version numbers, None for a text outside the store. Joining the texts of
    `=` and `-` edits gives the first text, of `=` and `+` edits the second.
    """

    story: str | None
    before: int | None
    after: int | None
    edits: tuple[Edit, ...]
    added_words: int
    removed_words: int
    facts: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The `diff` form."""
        return {
            "story": self.story,
            "from": self.before,
            "to": self.after,
            "edits": [list(edit) for edit in self.edits],
            "added_words": self.added_words,
            "removed_words": self.removed_words,
            "facts": {name: list(pair) for name, pair in self.facts.items()},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Hunk:
    """A stretch of a blamed text whose tokens have one origin; `start` and `length` in code points."""

    start: int
    length: int
    text: str
    number: int
    id: str
    dated: str | None
    at: str
    source: str | None

    def to_dict(self) -> dict[str, Any]:
        """One of `hunks` in the `blame` form."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph of a blamed text, counted from 1; `introduced` and `last_touched` are version numbers."""

    number: int
    start: int
    length: int
    introduced: int
    last_touched: int

    def to_dict(self) -> dict[str, int]:
        """One of `paragraphs` in the `blame` form."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True, kw_only=True)
class Blame:
    """Who wrote what: hunks that join to the text (or to the paragraphs asked for).

    Where it is `reverse`, a hunk names the last version in the story's order that still has its words.
    """

    story: str
    number: int
    id: str
    text_id: str
    hunks: tuple[Hunk, ...]
    paragraphs: tuple[Paragraph, ...]
    reverse: bool = False

    def to_dict(self) -> dict[str, Any]:
        """The `blame` form."""
        return {
            "story": self.story,
            "number": self.number,
            "id": self.id,
            "text_id": self.text_id,
            "hunks": [hunk.to_dict() for hunk in self.hunks],
            "paragraphs": [paragraph.to_dict() for paragraph in self.paragraphs],
            "reverse": self.reverse,
        }


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that `fsck` found; `story` and `number` are None where none is concerned."""

    story: str | None
    number: int | None
    problem: str
    detail: str

    def to_dict(self) -> dict[str, Any]:
        """One of `problems` in the `fsck` form."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Check:
    """The answer of `fsck`."""

    stories: int
    versions: int
    problems: tuple[Problem, ...]

    @property
    def ok(self) -> bool:
        """True when nothing is wrong."""
        return not self.problems

    def to_dict(self) -> dict[str, Any]:
        """The `fsck` form."""
        return {
            "ok": self.ok,
            "stories": self.stories,
            "versions": self.versions,
            "problems": [problem.to_dict() for problem in self.problems],
        }


@dataclass(frozen=True, slots=True)
class Repaired:
    """What a repair found, what is left (`after`), and the file that has the store as it was, if any.

    `fetched` counts versions and texts that came from another store. Of what is left, "lost" is what the
    store has no more: the copy has what there is of it.
    """

    before: Check
    after: Check
    copy: str | None
    fetched: int

    @property
    def ok(self) -> bool:
        """True when nothing is wrong any more, and nothing was lost."""
        return self.after.ok

    def to_dict(self) -> dict[str, Any]:
        """The form of `fsck --repair`: as that of `fsck`, of the store as it is now."""
        found = [problem.to_dict() for problem in self.before.problems]
        return {**self.after.to_dict(), "found": found, "fetched": self.fetched, "copy": self.copy}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """A store in figures: `stored_bytes` counts patches and whole texts as stored, `file_bytes` the disk.

    `origin_bytes` counts the origins that are kept to answer blame at once, `shingle_bytes` the index that
    finds the stories of wires: both can be rebuilt.
    """

    stories: int
    versions: int
    text_bytes: int
    stored_bytes: int
    origin_bytes: int
    shingle_bytes: int
    keyframes: int
    patches: int
    format: int
    file_bytes: int
    last_recorded: str | None
    last_gc: str | None
    last_fsck: str | None

    def to_dict(self) -> dict[str, Any]:
        """The `stats` form."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A paragraph that holds a phrase: its number, and where it stands in the text of a version.

    `occurrences` are (start, length) within `text`. One may run on into the next paragraph: `text` then
    has that too. All in code points.
    """

    story: str
    number: int
    id: str
    dated: str | None
    at: str
    source: str | None
    paragraph: int
    start: int
    length: int
    text: str
    occurrences: tuple[tuple[int, int], ...]

    def to_dict(self) -> dict[str, Any]:
        """The `grep` form."""
        found = {name: getattr(self, name) for name in self.__slots__}
        return {**found, "occurrences": [list(each) for each in self.occurrences]}


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A version that changed how often a phrase occurs: `before` in its previous one, `after` in itself."""

    version: Version
    before: int
    after: int

    def to_dict(self) -> dict[str, Any]:
        """The `version` form, and the two numbers."""
        return {**self.version.to_dict(), "occurrences": [self.before, self.after]}


@dataclass(frozen=True, slots=True)
class ParagraphChange:
    """A version that changed paragraphs: their texts in its previous version and in itself.

    `paragraphs` are their numbers in the version: none, and no `after`, where it deleted them. There is no
    `before` where they were not in the previous one; if they had been written earlier, they are `taken_from`
    the version of that number, the last that had them.
    """

    version: Version
    paragraphs: tuple[int, ...]
    before: str | None
    after: str | None
    edits: tuple[Edit, ...]
    taken_from: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """The `version` form, and all of this."""
        return {
            **self.version.to_dict(),
            "paragraphs": list(self.paragraphs),
            "before": self.before,
            "after": self.after,
            "edits": [list(edit) for edit in self.edits],
            "taken_from": self.taken_from,
        }


@dataclass(frozen=True, slots=True)
class Collected:
    """What a gc did, or would do: stories looked at and packed anew, bytes of texts spared, bytes on disk."""

    stories: int
    repacked: int
    spared_bytes: int
    file_bytes_before: int
    file_bytes: int
    dry_run: bool

    def to_dict(self) -> dict[str, Any]:
        """The `gc` form."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Upgraded:
    """What an upgrade did, or would do; `backup` is the file that has the store as it was."""

    from_format: int
    to_format: int
    backup: str | None
    dry_run: bool

    def to_dict(self) -> dict[str, Any]:
        """The `upgrade` form."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class BackedUp:
    """What a backup holds, and where it is; all of it was verified."""

    store: str
    stories: int
    versions: int
    file_bytes: int

    def to_dict(self) -> dict[str, Any]:
        """The `backup` form."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """What a copy found in the store that it was made of, and what became of it.

    Of `versions` so many were `copied`, and so many `unchanged`: there already; the rest was left, in stories
    that `diverged` or are `damaged`. Of `verified` stories, number and id of the last version that was copied
    or there already were found to be equal in both stores. Of `redacted` versions that were there, something
    was erased, as it is in the other store.
    """

    stories: int = 0
    versions: int = 0
    copied: int = 0
    unchanged: int = 0
    diverged: int = 0
    damaged: int = 0
    verified: int = 0
    redacted: int = 0
    dry_run: bool = False

    def to_dict(self) -> dict[str, Any]:
        """The `copy` form."""
        return {name: getattr(self, name) for name in self.__slots__}
