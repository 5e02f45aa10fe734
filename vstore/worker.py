"""A process that compares texts for an import: chunks of pairs come in, comparisons go out.

A message is its length in eight bytes, then a value as `marshal` writes it: both ends are this program.
A chunk is ([text in UTF-8, …], [(place of the older text, place of the newer), …]), its answer a list of
(delta, added, removed). The worker owns nothing: when its input ends, which it does with the process
that started it, so does the worker.
"""

from __future__ import annotations

import marshal
import os
import signal
from io import FileIO
from queue import SimpleQueue
from threading import Thread
from typing import Any

from vstore.comparing import compare

_LENGTH = 8


def send(stream: FileIO, value: Any) -> None:
    """Write a message; OSError where nobody reads any more."""
    body = marshal.dumps(value)
    rest = memoryview(len(body).to_bytes(_LENGTH, "big") + body)
    while rest:
        rest = rest[stream.write(rest) :]


def receive(stream: FileIO) -> Any:
    """The next message; None where the other end is gone, be it in the middle of one."""
    head = _exactly(stream, _LENGTH)
    body = _exactly(stream, int.from_bytes(head, "big")) if head else None
    return marshal.loads(body) if body else None  # noqa: S302  from ourselves


def _exactly(stream: FileIO, length: int) -> bytearray | None:
    """So many bytes and no more: what is left in the pipe can be waited for."""
    found = bytearray(length)
    rest = memoryview(found)
    while rest:
        read = stream.readinto(rest)
        if not read:
            return None
        rest = rest[read:]
    return found


def work() -> None:
    """Answer until there is nobody to answer to."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches every process of a terminal
    chunks: SimpleQueue[Any] = SimpleQueue()
    Thread(target=_take, args=(FileIO(0), chunks), daemon=True).start()
    answers = FileIO(1, "w")
    while True:
        raw, pairs = chunks.get()
        texts = [text.decode() for text in raw]
        send(answers, [tuple(compare(texts[old], texts[new])) for old, new in pairs])


def _take(stream: FileIO, chunks: SimpleQueue[Any]) -> None:
    """Read at all times: whoever sends need not wait, and the end is seen in the midst of a comparison."""
    while (chunk := receive(stream)) is not None:
        chunks.put(chunk)
    os._exit(0)
