"""A version in git's canonical bytes, and the ids that are made of them.

Everything here is git's SHA-256 object format: a text and its facts are blobs, a version is a commit of
a tree of those two. `docs/format.md` states the bytes; they never change for a format number.
What cannot be written in them is refused here, before anything is kept: BadWire.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from vstore.blobs import blob_id as blob_id
from vstore.blobs import object_id
from vstore.errors import BadWire

MAX_STORY_BYTES = 4096

# Cc, Zl and Zp have had these members, and no other, since Unicode 1.1; so has Cs.
_UNPRINTABLE = "\x00-\x1f\x7f-\x9f\u2028\u2029"
_ESCAPED = re.compile(rf"[{_UNPRINTABLE}\\]")
_ESCAPED_IN_NAME = re.compile(rf"[{_UNPRINTABLE}\\<>]|^ +|(?<! ) +\Z")
_REFUSED_IN_STORY = re.compile(f"[{_UNPRINTABLE}\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """What a version id covers; ids are 32 raw bytes, `dated` is a canonical date."""

    story: str
    text_id: bytes
    facts_id: bytes
    parent: bytes | None
    source: str | None
    clock: int
    dated: str | None


def text_id(text: str) -> bytes:
    """The blob id of the text in UTF-8; BadWire if a lone surrogate keeps it from being Unicode."""
    try:
        return blob_id(text.encode())
    except UnicodeEncodeError as error:
        raise BadWire(
            f"the text is not Unicode: a lone surrogate stands at character {error.start + 1}",
            character=error.start + 1,
        ) from error


def facts_id(canonical: bytes) -> bytes:
    """The blob id of facts as `canonical_facts` writes them."""
    return blob_id(canonical)


def tree_bytes(facts_id: bytes, text_id: bytes) -> bytes:
    """A git tree of the two files `facts` and `text`, without git's header."""
    return b"100644 facts\0" + facts_id + b"100644 text\0" + text_id


def commit_bytes(commit: Commit) -> bytes:
    """A version as a git commit, without git's header."""
    ident = f"{ident_name(commit.source)} <> {commit.clock} +0000"
    tree = object_id("tree", tree_bytes(commit.facts_id, commit.text_id))
    lines = [f"tree {tree.hex()}"]
    if commit.parent is not None:
        lines.append(f"parent {commit.parent.hex()}")
    lines += [f"author {ident}", f"committer {ident}", "", escape(commit.story)]
    if commit.dated is not None:
        lines += ["", f"Dated: {commit.dated}"]
    return "".join(f"{line}\n" for line in lines).encode()


def version_id(commit: Commit) -> bytes:
    """The id of the version: of its commit."""
    return object_id("commit", commit_bytes(commit))


def escape(text: str) -> str:
    r"""One line that tells the whole text: controls, line and paragraph separators and `\` as `\u{hex}`."""
    return _ESCAPED.sub(_escaped, text)


def ident_name(source: str | None) -> str:
    r"""A source as the name in a git ident: `<`, `>` and the spaces at both ends are escaped as well."""
    return _ESCAPED_IN_NAME.sub(_escaped, source or "")


def _escaped(found: re.Match[str]) -> str:
    return "".join(f"\\u{{{ord(character):x}}}" for character in found[0])


def check_story(story: str) -> None:
    """BadWire unless `story` can name a story: 1 to 4,096 bytes, one line, no white space at its ends."""
    if not story:
        raise BadWire("the story-id is empty")
    if refused := _REFUSED_IN_STORY.search(story):
        raise _bad_story(
            story, f"holds U+{ord(refused[0]):04X}: no control characters, line separators or surrogates"
        )
    if story != story.strip():
        raise _bad_story(story, "begins or ends with white space")
    if (size := len(story.encode())) > MAX_STORY_BYTES:
        raise _bad_story(story, f"is {size:,} bytes long: at most {MAX_STORY_BYTES:,} are possible")


def _bad_story(story: str, reason: str) -> BadWire:
    shown = repr(story if len(story) <= 60 else story[:60] + "…")
    return BadWire(f"the story-id {shown} {reason}", story=shown[1:-1])
