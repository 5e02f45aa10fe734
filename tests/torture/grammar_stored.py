"""What a store holds: patches, packs, payloads, dictionaries, facts, notes; a hostile one, anything."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import Any

from edited import prose, revised

from torture.grammars import Grammar, of
from vstore import chain, maintenance, patch
from vstore.align import edits
from vstore.chain import Dictionary
from vstore.errors import BadWire, Corrupt
from vstore.facts import canonical_facts, make_facts, read_facts
from vstore.notes import number_of
from vstore.packs import Member, Pack, joined
from vstore.rows import PACK_ZSTD, Payload
from vstore.storage.memory import MemoryStorage

PARTED = "\x1e"
DELTA_WORDS = (
    *(
        "=1",
        "-1",
        "+",
        "\t",
        "=0",
        "-0",
        "+%F0%9F%98%80",
        "%",
        "%E",
        "%ED%A0%80",
        "%00",
        "%25",
        "=-1",
        "=+1",
        "= 1",
    ),
    *("+\t", "=99999999999999999999", "+" + "%20" * 50, PARTED, "\ud83d", "=１", "+%f0%9f%98%80", "=1\n"),
)
PACK_WORDS = (b"\n", b" ", b"0 ", b"-1", b" 1", b"1_0", b"+1", b"0\n", b"\xff", b"\n\n\n", b"99999999999 ")
ZSTD_WORDS = (
    b"\x28\xb5\x2f\xfd",
    b"\x50\x2a\x4d\x18\x04\0\0\0",
    b"\xff\xff\xff\xff",
    b"\0",
    b"\x37\xa4\x30\xec",
)
FACTS: tuple[dict[str, Any], ...] = (
    {"source": "North", "headline": "É"},
    {"urgency": 5, "keywords": ["a", "b"], "extra": {"n": 1e20, "x": [None, {"": True}]}},
    {},
)
FACT_WORDS = (
    *(
        b'"source":',
        b'"extra":{',
        b'"keywords":"ab"',
        b'"keywords":7',
        b'"urgency":[',
        b"[" * 500,
        b'{"a":' * 500,
    ),
    *(
        b"NaN",
        b"-Infinity",
        b"1e999",
        b'"\\ud800"',
        b"null",
        b'"unknown":1,',
        b'"source":1,',
        b"\xff",
        b"9" * 5_000,
    ),
)


def _texts(seed: int, count: int) -> list[str]:
    dice = random.Random(seed)
    found = [f"é 😀 {prose(dice)}"]
    while len(found) < count:
        found.append(revised(dice, found[-1], 2))
    return found


def _delta(dice: random.Random) -> str:
    """A base and one or two patches, one upon the other."""
    texts = _SHORT[dice.randrange(len(_SHORT) - 2) :][: dice.choice([2, 3])]
    pairs = pairwise(texts)
    return PARTED.join([texts[0], *(patch.delta(edits(old, new)) for old, new in pairs)])


_SHORT = [
    "",
    "a",
    "The ferry sank.",
    "The ferry 😀 sank\tat dawn.\n",
    "%é",
    "The 渡輪 sank at dawn.",
    "\0 \r\n%0A",
]


def _apply(value: str) -> None:
    """A payload is UTF-8, so neither holds a lone surrogate."""
    base, *deltas = value.encode(errors="replace").decode().split(PARTED)
    found = patch.apply(base, deltas)
    assert len(found.encode()) <= sum(len(each.encode()) for each in (base, *deltas))


def _packs() -> list[bytes]:
    texts = _texts(1, 6)
    told = [Member(None, texts[0])]
    told += [Member(3 + at, patch.delta(edits(*texts[at : at + 2]))) for at in range(5)]
    return [
        joined(3, told),
        joined(1, [Member(None, "")]),
        joined(9, [Member(None, "é"), Member(9, "=1\t+x")]),
    ]


def _read_pack(body: bytes) -> None:
    pack = Pack(body)
    members = [pack.member(number) for number in pack.numbers]
    assert all(member.base is None or pack.first <= member.base for member in members)
    again = Pack(joined(pack.first, members))
    assert [again.member(number) for number in again.numbers] == members


def _payloads(dictionary: Dictionary) -> list[bytes]:
    """The codec, whether there is a dictionary, the body."""
    texts = _texts(2, 3)
    made = [chain.whole("short"), chain.patched("=1"), chain.packed(_packs()[0])]
    for known in (None, dictionary):
        made += [chain.whole(texts[0] * 3, known), chain.patched(patch.delta(edits(*texts[:2])) * 3, known)]
    return [bytes([each.codec, each.dictionary or 0]) + each.body for each in made]


def _read_payload(dictionary: Dictionary, data: bytes) -> None:
    codec, number, body = data[:1], data[1:2], data[2:]
    known = dictionary if number == b"\1" else None
    payload = Payload(codec[0] if codec else 0, body, 1 if known else None)
    if payload.codec == PACK_ZSTD:
        assert isinstance(chain.unpacked(payload, known), bytes)
    else:
        assert isinstance(chain.content(payload, known), str)


def _frame() -> bytes:
    """That of a dictionary."""
    dice = random.Random(3)
    standing = prose(dice)
    found = chain.trained([f"{prose(dice)} {standing}".encode() for _ in range(100)], 8_192)
    assert found is not None
    return found


def _read_dictionary(frame: bytes) -> None:
    """What is packed with it comes back."""
    dictionary = Dictionary(1, frame)
    text = "The ferry sank off the cape. " * 4
    assert chain.content(chain.whole(text, dictionary), dictionary) == text


def _read_facts(canonical: bytes) -> None:
    found = read_facts(canonical)
    try:
        assert read_facts(canonical_facts(found)) == found
    except BadWire as error:
        raise Corrupt("none that were kept") from error


def _read_note(text: str) -> None:
    number = number_of(text)
    assert number is None or str(number) == (text.lstrip("0") or "0")
    told = maintenance.stats(MemoryStorage({"format": "3", "last_gc": text, "last_fsck": text}))
    assert (told.last_gc is None) == (number is None)
    assert maintenance.stats(MemoryStorage({"format": text})).format == number


def bombs() -> list[bytes]:
    """Short frames that would be unpacked to gigabytes."""
    body = chain.whole("\0" * (1 << 26)).body
    return [body, body * 40]


def grammars(_scratch: object) -> dict[str, Grammar]:
    """By name."""
    frame = _frame()
    dictionary = Dictionary(1, frame)
    payloads = _payloads(dictionary)
    facts = [canonical_facts(make_facts(each)) for each in FACTS]
    bad = (Corrupt,)
    return {
        "patches": Grammar(_delta, _apply, bad, DELTA_WORDS),
        "packs": Grammar(of(*_packs()), _read_pack, bad, PACK_WORDS),
        "payloads": Grammar(
            of(*payloads), lambda data: _read_payload(dictionary, data), bad, (*ZSTD_WORDS, *bombs())
        ),
        "dictionaries": Grammar(of(frame), _read_dictionary, bad, (*ZSTD_WORDS, *bombs())),
        "stored facts": Grammar(of(*facts), _read_facts, bad, FACT_WORDS),
        "notes": Grammar(
            of("3", "1767225600000000"), _read_note, bad, ("0", "-1", "１", " 3", "3\n", "9" * 20)
        ),
    }
