"""Mail: a message (.eml) or a mailbox (mbox), each message a wire.

The text is that of its plain parts, else of its HTML; `format=flowed` is joined, and line ends are LF.
Recipients and what servers added are left out; attachments are named and left out.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vstore.errors import BadWire
from vstore.readers import mailbox
from vstore.readers.charsets import glimpse
from vstore.readers.declared import decode_declared
from vstore.readers.maildates import mail_date
from vstore.readers.mailwords import Headers, headers, words
from vstore.readers.reading import How, Reading, at_item
from vstore.readers.source import Source

if TYPE_CHECKING:
    from email.message import Message

NAME = "mail"
ABOUT = "an e-mail (.eml) or a mailbox (mbox), each message a wire"

PART_LIMIT = 1_000
"""A message has at most so many parts."""

_BOUNDARIES = 100_000
"""So many of its lines may begin as one does that parts two parts."""
_LONG_HEADER = re.compile(rb"^content-(?:type|disposition):(?:[^\r\n]|\r?\n[ \t]){16384}", re.I | re.M)
"""What `email` reads the parameters of, in quadratic time."""
_HEADER = re.compile(r"[!-9;-~]{1,100}:(?:[ \t].*)?|[ \t].*")
_TELLING = {
    *("from", "to", "date", "subject", "message-id", "received", "mime-version", "return-path"),
    *("delivered-to", "content-type", "reply-to", "sender"),
}
"""Headers of which a mail has at least two."""
_KEPT = {
    *("organization", "reply-to", "in-reply-to", "references", "list-id", "supersedes"),
    *("importance", "x-priority"),
}
"""Headers that go into `extra` under their own names."""
_UNTOLD = {None, "us-ascii", "ascii", "unknown-8bit", "x-unknown"}


@dataclass(slots=True)
class Body:
    """The parts of a message, in order."""

    plain: list[str]
    html: list[str]
    attached: list[str]
    charset: str | None = None

    @property
    def text(self) -> str:
        """The plain parts, else what the HTML says."""
        told = [part for part in self.plain if part.strip()] or self.html
        return "\n\n".join(part.strip("\n") for part in told if part.strip())


def sniff(beginning: bytes, _source: Source, /) -> bool:
    """True for the first line of a mailbox, or for headers and nothing else before the first blank line."""
    if mailbox.is_mailbox(beginning):
        return True
    lines = glimpse(beginning).replace("\r\n", "\n").partition("\n\n")[0].split("\n")
    if not all(_HEADER.fullmatch(line) for line in lines[:200]):
        return False
    return len({line.partition(":")[0].lower() for line in lines} & _TELLING) >= 2


def items(source: Source, how: How) -> Iterator[Reading | BadWire]:
    """A message each, in the mailbox's order."""
    is_mailbox = mailbox.is_mailbox(source.beginning())
    with source.stream() as stream:
        for number, data in enumerate(mailbox.messages(stream), start=1):
            try:
                if isinstance(data, BadWire):
                    raise data
                yield _reading(data, mailbox.unquoted(data) if is_mailbox else data, how)
            except BadWire as error:
                yield at_item(number, error) if is_mailbox else error


def _reading(raw: bytes, data: bytes, how: How) -> Reading:
    import email  # here, as below: every plain text is shown to `sniff`

    _check(data)
    try:
        message = email.message_from_bytes(data)
        body = _body(message, how)
    except RecursionError as error:
        raise BadWire("its parts are nested too deep") from error
    said = headers(message)
    if not _TELLING & said.keys():
        raise BadWire("it is no mail: there is no header that tells who sent it, when, or what it is about")
    return Reading(
        text=body.text,
        reader=NAME,
        date=mail_date(said.get("date", "")),
        facts=_facts(said, body.attached),
        charset=body.charset or "utf-8",
        digest=hashlib.sha256(raw).hexdigest(),
    )


def _check(data: bytes) -> None:
    """Refuses what `email` would take minutes for, or gigabytes."""
    if _LONG_HEADER.search(data):
        raise BadWire("a header of it that tells what a part is has more than 16,384 characters")
    if data.count(b"\n--") > _BOUNDARIES:
        raise BadWire(f"it has more than {PART_LIMIT:,} parts", limit=PART_LIMIT)


def _body(message: Message, how: How) -> Body:
    body = Body([], [], [])
    waiting = [message]
    for _ in range(PART_LIMIT):
        if not waiting:
            return body
        part = waiting.pop()
        payload = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(payload, list):
            waiting.extend(inner for inner in reversed(payload) if not isinstance(inner, str))
        else:
            _take(part, body, how)
    raise BadWire(f"it has more than {PART_LIMIT:,} parts", limit=PART_LIMIT)


def _take(part: Message, body: Body, how: How) -> None:
    """A part without parts of its own."""
    kind, name = part.get_content_type(), part.get_filename()
    if kind not in {"text/plain", "text/html"} or name or part.get_content_disposition() == "attachment":
        body.attached.append(words(name) if name else kind)
        return
    data = part.get_payload(decode=True)
    declared = part.get_content_charset()
    text, charset = decode_declared(
        data if isinstance(data, bytes) else b"", how.encoding, None if declared in _UNTOLD else declared
    )
    text = text.replace("\r\n", "\n")
    body.charset = body.charset or charset
    if kind == "text/html":
        from vstore.readers.markup import html_text

        body.html.append(html_text(text))
    else:
        body.plain.append(_unflowed(text, part) if part.get_param("format") == "flowed" else text)


def _unflowed(text: str, part: Message) -> str:
    """Paragraphs that were cut into lines for old readers (RFC 3676), joined."""
    space = "" if str(part.get_param("delsp")).lower() == "yes" else " "
    out: list[str] = []
    is_open = True
    for line in text.split("\n"):
        is_quoted = line.startswith(">")
        told = line.removeprefix(" ")  # a line that began with a space, From or > was stuffed with one
        is_flowing = told.endswith(" ") and told != "-- " and not is_quoted
        if out and not (is_open and not is_quoted):
            out.append("\n")
        out.append(told[:-1] + space if is_flowing else told)
        is_open = is_flowing
    return "".join(out)


def _sender(written: str) -> tuple[str, str]:
    """Name and address; neither of what is no address at all."""
    from email.utils import parseaddr

    try:
        return parseaddr(written)
    except RecursionError:  # of comments in comments in comments
        return "", ""


def _facts(said: Headers, attached: list[str]) -> dict[str, Any]:
    name, address = _sender(said.get("from", "")[:1000])
    extra: dict[str, Any] = {header: said[header] for header in sorted(_KEPT & said.keys())}
    extra |= {"from": address, "attachments": attached}
    if "date" in said and mail_date(said["date"]) is None:
        extra["date"] = said["date"]
    keywords = [word.strip() for word in said.get("keywords", "").split(",")]
    facts = {
        "source": name or address,
        "headline": said.get("subject"),
        "url": said.get("archived-at", "").strip("<> "),
        "guid": said.get("message-id", "").strip("<> "),
        "lang": said.get("content-language"),
        "keywords": [word for word in keywords if word],
        "note": said.get("comments"),
        "extra": {header: value for header, value in extra.items() if value},
    }
    return {fact: value for fact, value in facts.items() if value}
