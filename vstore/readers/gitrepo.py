"""A git repository: a story a path, every commit that changed it a version, dated by its author.

Two keepers of versions that use git are known by their commit messages. NewsDiffs keeps an article under its
address, and begins it with the lines date, title and byline; Open Terms Archive keeps `Service/Document.md`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from vstore.errors import BadWire
from vstore.readers import gitobjects
from vstore.readers.charsets import decode
from vstore.readers.declared import decode_declared
from vstore.readers.gitobjects import Blobs, Change
from vstore.readers.maildates import real_date
from vstore.readers.reading import How, Reading
from vstore.readers.source import Source

NAME = "git"
ABOUT = "a git repository, also of NewsDiffs and Open Terms Archive: a story a path, a version a commit"

BINARY_PATHS = 100_000
"""Of so many paths that hold no text it is remembered that this was told."""

_BINARY_WITHIN = 8000
"""A NUL among so many first bytes makes a file binary, as it does for git."""
_ADDRESS = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}/.+", re.IGNORECASE)
_NEWSDIFFS = re.compile(r"Adding file |Change to |Reformat")
_TERMS = re.compile(
    "(?:First record of|Record new changes of|Apply technical or declaration upgrade on"
    "|Start tracking|Update|Refilter) "
)


class Told(NamedTuple):
    """What the layout of a repository says of a file: its story, its text, and facts."""

    story: str
    text: str
    facts: dict[str, Any]
    extra: dict[str, Any]


def sniff(_beginning: bytes, source: Source, /) -> bool:
    """True for a folder that is a repository, or a working tree of one."""
    return source.path is not None and source.is_folder and gitobjects.folder_of(source.path) is not None


def items(source: Source, how: How) -> Iterator[Reading | BadWire]:
    """Every version of every path that is a file, older ones first; what was deleted stays as it was."""
    if source.path is None:
        raise BadWire("a repository is a folder")
    binary: set[bytes] = set()
    with gitobjects.opened(source.path) as repository, repository.blobs() as blobs:
        for change in repository.changes():
            if change.is_file and change.path not in binary:
                try:
                    yield _reading(change, blobs, how)
                except BadWire as error:
                    yield _at(change, error)
                    if "binary" in error.facts and len(binary) < BINARY_PATHS:
                        binary.add(change.path)


def _reading(change: Change, blobs: Blobs, how: How) -> Reading:
    data = blobs.read(change.blob)
    if b"\0" in data[:_BINARY_WITHIN] and how.encoding is None:
        raise BadWire("it is no text; its later versions are passed over without a word", binary=True)
    text, charset = _decoded(data, how.encoding)
    commit = change.commit
    path = _path(change)
    told = _told(path, commit.message, text)
    facts = {"source": commit.author, **told.facts, "extra": {**told.extra, "message": commit.message}}
    return Reading(
        text=told.text,
        reader=NAME,
        story=told.story,
        date=real_date(commit.date),
        facts={name: value for name, value in facts.items() if value},
        charset=charset,
        digest=hashlib.sha256(data).hexdigest(),
        capture={"commit": commit.id, "path": path},
    )


def _decoded(data: bytes, encoding: str | None) -> tuple[str, str]:
    """The text exactly, with its byte order mark, in UTF-8 or what else it is detected to be."""
    try:
        return decode(data, encoding)
    except BadWire:
        if encoding is not None:
            raise
        return decode_declared(data, None, None)


def _path(change: Change) -> str:
    try:
        return change.path.decode()
    except UnicodeDecodeError as error:
        raise BadWire("its path is not UTF-8") from error


def _told(path: str, message: str, text: str) -> Told:
    subject = message.partition("\n")[0]
    folder, _, name = path.partition("/")
    if _NEWSDIFFS.match(subject) and _ADDRESS.fullmatch(path):
        return _article(f"http://{path}", text)
    document = name.removesuffix(".md")
    if document != name and "/" not in name and _is_of_terms(subject, folder):
        facts = {"source": folder, "headline": document.partition(" #")[0]}
        return Told(f"{folder}/{document}", text, facts, {})
    return Told(path, text, {}, {})


def _is_of_terms(subject: str, service: str) -> bool:
    found = _TERMS.match(subject)
    return found is not None and subject.startswith(f"{service} ", found.end())


def _article(url: str, text: str) -> Told:
    """NewsDiffs' three lines before the text; its date is as the page said it, in whatever words."""
    lines = text.split("\n", 3)
    if len(lines) < 4:
        return Told(url, text, {"url": url}, {})
    date, headline, byline, body = lines
    facts = {"url": url, "headline": headline.strip(), "byline": byline.strip()}
    return Told(url, body, facts, {"date": date.strip()} if date.strip() else {})


def _at(change: Change, error: BadWire) -> BadWire:
    """The error as one of this path in this commit, without the traceback, which would keep its text."""
    path = change.path.decode("utf-8", "backslashreplace")
    facts = {**error.facts, "commit": change.commit.id, "path": path}
    return BadWire(f"{path[:200]} at {change.commit.id[:10]}: {error.message}", **facts)
