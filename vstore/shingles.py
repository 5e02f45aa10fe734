"""Shingles: a text as the set of its runs of a few words, and a sample of them by which copies are found.

Each run is a hash, and is in the sample if that is low. What is low enough depends on nothing but the length
of the text and, at its beginning, the place: a run that two texts share is in both samples, or the one that
asks has it among those that it looks for (Broder 1997, "On the resemblance and containment of documents").
Local minima ("winnowing", Schleimer et al. 2003) would never miss a long passage, but rewritten copies have
short ones, of which they miss more: the minimum of a window depends on all that stands around.

Words are compared without case and in Unicode's form NFKC, whatever stands between them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from zlib import crc32

from vstore.postings import KEY_BITS
from vstore.text import has_unspaced, is_unspaced
from vstore.text import words as as_written

WIDTH = 4
"""Words in a run: fewer are shared by chance, and where a copy changes a word more are lost."""

DENSE_WIDTH = 7
"""Characters in one, where it begins with one of a script that puts no spaces between words."""

ONE_IN, AND = 32, 6
"""Of a text's n runs, n / 32 + 6 are in its sample, on average: short texts need evidence too."""

LEAD, LEAD_ONE_IN = 40, 4
"""Of the first 40, one in four at least: flashes and abridgements are made of the beginning."""

SOUGHT_AND, SOUGHT_MOST = 48, 512
"""More are looked for than are kept, as they may be in the sample of a shorter text; so many at most."""

LOOKED_AT = 2_000_000
"""Characters of a text, at most."""

_LOW_BITS = 32  # of a product, they depend on too little; the upper 32 say whether it is in a sample
_ALL = 1 << (32 + KEY_BITS + _LOW_BITS)
_FACTORS = (
    0x9E3779B97F4A7C15F39CC061,
    0xB7E151628AED2A6ABF715881,
    0xC6EF3720D1310BA698DFB5AD,
    0x93C467E37DB0C7A4D1BE3F81,
    0xA54FF53A5F1D36F1510E527F,
    0xD1B54A32D192ED03ABC98389,
    0x8CB92BA72F3D8DD7E7037ED1,
)
_OFFSET = 0x2545F4914F6CDD1D8A5CD789


def words(text: str) -> list[str]:
    """The words of a text as they are compared: as many as `vstore.text.words` finds in what is looked at."""
    found = "\n".join(as_written(text[:LOOKED_AT]))
    if not found.isascii():
        found = unicodedata.normalize("NFKC", found).replace("’", "'").replace("\xad", "")
    return found.casefold().split("\n") if found else []


def runs(words: Sequence[str]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Each run with the place of its first word, from left to right; a text of fewer words has none."""
    if _has_dense(words):
        return _mixed(words)
    return enumerate(zip(words, words[1:], words[2:], words[3:], strict=False))


def _mixed(words: Sequence[str]) -> Iterator[tuple[int, tuple[str, ...]]]:
    for place, word in enumerate(words):
        width = DENSE_WIDTH if is_unspaced(word) else WIDTH
        if place + width <= len(words):
            yield place, tuple(words[place : place + width])


def _has_dense(words: Sequence[str]) -> bool:
    return has_unspaced(" ".join(words))


class Sketch:
    """The hashes of a text's runs: which are kept of it, and which are looked for in others' samples."""

    def __init__(self, words: Sequence[str]) -> None:
        self._places: dict[int, int] = {}
        for place, hashed in _hashes(words):
            self._places.setdefault(hashed, place)

    def kept(self) -> set[int]:
        """The keys of the sample: numbers of 32 bits."""
        return {_key(each) for each in self._low(AND)}

    def certain(self) -> set[int]:
        """Those of them that are in the sample of any text that has them, or begins with them."""
        return {_key(each) for each in self._low(0)}

    def sought(self) -> dict[int, int]:
        """The keys to look for, each with the place of its run in the text."""
        low = sorted(self._low(SOUGHT_AND))[:SOUGHT_MOST]  # a lower one is in the samples of more texts
        return {_key(each): self._places[each] for each in low}

    def common(self) -> float:
        """How many these are, on average."""
        runs = len(self._places)
        return runs / ONE_IN + min(runs, LEAD) / LEAD_ONE_IN

    def _low(self, more: int) -> list[int]:
        limit = _ALL // ONE_IN + more * _ALL // max(len(self._places), 1)
        leading = max(limit, _ALL // LEAD_ONE_IN)
        return [each for each, place in self._places.items() if each < (leading if place < LEAD else limit)]


def _key(hashed: int) -> int:
    return (hashed >> _LOW_BITS) & ((1 << KEY_BITS) - 1)


def _hashes(words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The place of each run, and a number whose upper 64 bits of 96 are as good as chosen by chance.

    Multilinear hashing (Lemire and Kaser 2014, "Strongly universal string hashing is fast").
    """
    codes = [crc32(word.encode(errors="replace")) for word in words]
    if _has_dense(words):
        code = dict(zip(words, codes, strict=True))
        return ((place, _hash([code[word] for word in run])) for place, run in _mixed(words))
    a, b, c, d = _FACTORS[:WIDTH]
    four = zip(codes, codes[1:], codes[2:], codes[3:], strict=False)
    return enumerate([(i * a + j * b + k * c + m * d + _OFFSET) % _ALL for i, j, k, m in four])


def _hash(codes: Sequence[int]) -> int:
    return (sum(code * factor for code, factor in zip(codes, _FACTORS, strict=False)) + _OFFSET) % _ALL
