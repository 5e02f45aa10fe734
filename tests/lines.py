"""Lines of JSON, and what became of them."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

from vstore.errors import BadWire
from vstore.model import Wire
from vstore.readers.jsonlines import wires

GOOD = b'{"story": "a", "text": "Text."}\n'


def all_of(data: bytes, **options: Any) -> list[Wire | BadWire]:
    return list(wires(io.BytesIO(data), **options))


def outcome(items: Iterable[Wire | BadWire]) -> list[str | int]:
    """A story-id for a wire, a line for what is none."""
    return [str(item.story) if isinstance(item, Wire) else item.facts["line"] for item in items]


def item(**values: Any) -> dict[str, Any]:
    return {"story": "a", "text": "Text.", **values}
