"""What a server sent, as it was before it was cut into chunks and packed, at most so many bytes of it."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable

from vstore.errors import BadWire
from vstore.readers.packed import unpacked


def body(data: bytes, transfer: str, coding: str, limit: int) -> bytes:
    """The body of a response with these `Transfer-Encoding` and `Content-Encoding`; BadWire beyond `limit`.

    Crawlers that keep a body unpacked often keep the headers: what is not packed as they say stays as it is.
    """
    if "chunked" in transfer.lower():
        data = _joined(data)
    for name in reversed([name.strip().lower() for name in coding.split(",")]):
        if name not in {"", "identity", "none"}:
            data = _unpacked(data, name, limit)
    if len(data) > limit:
        raise _too_big(limit)
    return data


def _joined(data: bytes) -> bytes:
    """The chunks of RFC 9112, 7.1, in one."""
    parts, at = [], 0
    while (end := data.find(b"\n", at, at + 100)) >= 0:
        try:
            size = int(data[at:end].partition(b";")[0], 16)
        except ValueError:
            break
        parts.append(data[end + 1 : end + 1 + max(size, 0)])
        at = end + 1 + size + 2
        if size <= 0:
            return b"".join(parts)
    if not parts:
        return data
    raise BadWire("the body is not cut into chunks as it says")


def _unpacked(data: bytes, name: str, limit: int) -> bytes:
    try:
        return _CODINGS[name](data, limit)
    except KeyError as error:
        raise BadWire(f"the body is packed as {name[:40]!a}, which is not read") from error


def _by_first_bytes(data: bytes, limit: int) -> bytes:
    with unpacked(io.BytesIO(data)) as stream:
        return stream.read(limit + 1)


def _inflated(data: bytes, limit: int) -> bytes:
    """`deflate`, with zlib's header or, as some servers send it, without; some mean gzip."""
    for window in (15, -15):
        member = zlib.decompressobj(window)
        try:
            found = member.decompress(data, limit + 1)
        except zlib.error:
            continue
        if member.eof or len(found) > limit:
            return found
    return _by_first_bytes(data, limit)


def _from_brotli(data: bytes, limit: int) -> bytes:
    try:
        import brotli
    except ImportError as error:
        raise BadWire("the body is packed with brotli: pip install 'vstore[warc]'", extra="warc") from error
    member = brotli.Decompressor()
    try:
        found: bytes = member.process(data, output_buffer_limit=limit + 1)
    except brotli.error:
        return data
    if len(found) <= limit and not member.is_finished():
        raise BadWire("the packed body is cut off")
    return found


_CODINGS: dict[str, Callable[[bytes, int], bytes]] = {
    **dict.fromkeys(("gzip", "x-gzip", "zstd"), _by_first_bytes),
    "deflate": _inflated,
    "br": _from_brotli,
}


def _too_big(limit: int) -> BadWire:
    return BadWire(f"the page is too big: at most {limit:,} bytes are read", limit=limit)
