"""Made-up crawls: WARC records of made-up pages."""

from __future__ import annotations

import gzip
from pathlib import Path

from pages import page

from vstore import readers
from vstore.errors import BadWire

URL = "https://kestrel.example/bridge"
WHEN = "2031-05-02T12:00:00Z"


def record(kind: str, block: bytes, *, url: str = URL, when: str = WHEN, length: int | None = None) -> bytes:
    """A record of this WARC-Type, with the length that it says."""
    headers = {
        "WARC-Type": kind,
        "WARC-Target-URI": url,
        "WARC-Date": when,
        "WARC-Record-ID": f"<urn:made-up:{kind}>",
        "Content-Type": "text/html" if kind == "resource" else "application/http; msgtype=response",
        "Content-Length": str(len(block) if length is None else length),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"WARC/1.0\r\n{lines}\r\n".encode() + block + b"\r\n\r\n"


def answer(body: bytes, *, status: str = "200 OK", **headers: str) -> bytes:
    """A server's answer with these headers, `content_type` for Content-Type."""
    given = {"content_type": "text/html; charset=utf-8", **headers}
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in given.items())
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + body


def response(body: str = "", *, url: str = URL, when: str = WHEN) -> bytes:
    """A record of a page as a server gave it."""
    return record("response", answer((body or page()).encode()), url=url, when=when)


def packed(*members: bytes) -> bytes:
    """Each a member, as crawlers write them."""
    return b"".join(map(gzip.compress, members))


def found(data: bytes, folder: Path, name: str = "warc") -> tuple[list[readers.Reading], list[BadWire]]:
    """What a reader makes of these bytes in a file: what was read, and what was refused."""
    path = folder / "input"
    path.write_bytes(data)
    items = list(readers.items(readers.named(str(path)), name=name))
    read = [item for item in items if isinstance(item, readers.Reading)]
    return read, [item for item in items if isinstance(item, BadWire)]
