"""How short zstd makes the same texts when nobody must ever read one alone: what no store can reach."""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Iterator
from typing import Any

from bench import corpora

LEVEL, WINDOW_LOG = 19, 27
"""As `zstd -19 --long`."""


def of_lines(source: str) -> dict[str, Any]:
    """Work: bytes of each story's texts in a frame of its own, and of all texts in one."""
    zstd = _zstd()
    name = zstd.CompressionParameter
    options = {
        name.compression_level: LEVEL,
        name.window_log: WINDOW_LOG,
        name.enable_long_distance_matching: 1,
    }
    whole = zstd.ZstdCompressor(options=options)
    each = together = 0
    for texts in _stories(source):
        each += len(zstd.compress(texts, options=options))
        together += len(whole.compress(texts))
    return {"each": each, "whole": together + len(whole.flush())}


def _stories(source: str) -> Iterator[bytes]:
    """The texts of each story, one after the other."""
    versions = map(json.loads, corpora.lines(source))
    for _, story in itertools.groupby(versions, lambda given: given["story"]):
        yield b"".join(given["text"].encode() for given in story)


def _zstd() -> Any:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return zstd
