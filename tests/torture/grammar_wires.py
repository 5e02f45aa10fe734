"""What wires come in: the seeds' header, front matter, files in any encoding, lines of JSON, packed too."""

from __future__ import annotations

import gzip
import io
import json
import random
from functools import partial
from pathlib import Path
from typing import Any

import click

from torture.grammars import Grammar, of
from vstore import readers
from vstore.arriving import Arrival, arrive
from vstore.cli.overrides import mapped
from vstore.errors import BadReference, BadWire
from vstore.facts import canonical_facts, read_facts
from vstore.interop.packing import packed
from vstore.model import Wire
from vstore.readers import jsonlines
from vstore.readers.jsonwire import check_fields, read_wire
from vstore.readers.reading import to_wire

LINE_LIMIT = 8_000
"""Bytes of a line, in place of what it is."""

FRONT_MATTER = (
    "---\nstory: a\ndate: 2019-01-15\n---\nThe ferry sank.\n",
    "---\ntitle: Ferry\nkeywords: [ferry, 'sea']\nurgency: 5\nextra: {n: 1.5, in: [a, {b: ~}]}\n---\nText\n",
    '\ufeff--- \r\nheadline: "É\\u2028 \\x41"\r\nbyline: |\r\n  One\r\n  Two\r\n---\t\r\nText\0\r\n',
    "---\nfirst_created: 2019-01-01\nlang: en\nnote: >-\n  folded\n  lines\nodd key: 007\nyes: no\n---\n",
)
YAML_WORDS = (
    *(
        "---\n",
        "...\n",
        "&a ",
        "*a",
        "!!str ",
        "!!python/object:os.system ",
        "<<: *a",
        "? ",
        ": ",
        "- ",
        "|\n",
        ">+\n",
    ),
    *(
        "[",
        "]",
        "{",
        "}",
        ",",
        "#",
        '"\\U99999999"',
        '"\\x4',
        "%YAML 1.1\n",
        "%TAG ! tag:x,2000:\n",
        "'",
        '"',
        "\t",
    ),
    *(
        "story: ",
        "date: ",
        "dated: ",
        "title: x\n",
        "text: x\n",
        "extra: ",
        "keywords: ",
        "urgency: ",
        "null",
        "~",
    ),
    *(
        ".inf",
        "0o17",
        "1_000",
        "2019-01-15",
        "[" * 30,
        "{a: " * 30,
        "capture: x\n",
        "@",
        "`",
        "\u2029",
        "a:\n b:\n  ",
    ),
)
SEED = (
    " date 2019-01-15 The ferry sank off the cape.\n\nNine are missing.",
    "\ufeff date 1955-12-31 ",
    " date 2020-02-29  Two spaces\r\n",
)
SEED_WORDS = (" date ", "2019-01-15 ", "2019-02-30 ", "\ufeff", " date 2019-01-15 ", "\n", "---\n")

LINES = (
    {"story": "a", "text": "The ferry sank.", "date": "2019-01-15"},
    {"story": "é", "text": "", "dated": "2019-01-15T14:30:07+02:00", "title": "T", "keywords": ["a", "b"]},
    {
        "story": "x",
        "text": "nul \0 \U0001f600",
        "urgency": "5",
        "extra": {"n": 1e20, "": [None, {"b": True}]},
        "hits": 3,
    },
    {
        "story": "x",
        "text": "t",
        "number": 7,
        "id": "00",
        "recorded": "x",
        "capture": {"reader": "plain"},
        "late": False,
    },
    {"guid": "g", "body": "b", "published": "2019", "story": "own", "text": "t"},
)
JSON_WORDS = (
    *(
        b'"story":',
        b'"text":',
        b'"date":',
        b'"dated":',
        b'"extra":',
        b'"capture":',
        b'"keywords":',
        b'"urgency":',
    ),
    *(
        b"{",
        b"}",
        b"[",
        b"]",
        b'"',
        b",",
        b":",
        b"null",
        b"true",
        b"NaN",
        b"Infinity",
        b"1e999",
        b"-0.0",
        b"1E+2",
    ),
    *(
        b'"\\ud800"',
        b'"\\ud83d\\ude00"',
        b'"\\u0000"',
        b"\\",
        b"[" * 200,
        b'{"a":' * 200,
        b'{"a":1,"a":2}',
        b"\n",
    ),
    *(
        b"\xef\xbb\xbf",
        b'"x":' + b"9" * 400,
        b'"headline":"a","title":"b"',
        b'"story":"a","story":"b"',
        b"//",
        b"\r",
    ),
)
MAPS = (
    b"story=guid,text=body,date=published",
    b"title = headline",
    b"extra=capture",
    b"capture=extra,text=text",
)
MAP_WORDS = (
    b"=",
    b",",
    b"story=",
    b"text=",
    b"date=",
    b"dated=",
    b"title=",
    b"extra=",
    b"capture=",
    b"=guid",
)
ENCODINGS = ("utf-8", "latin-1", "cp1252", "gb18030", "utf-8-sig", "shift_jis", "ascii")
CODEC_WORDS = (
    *(
        "utf-16",
        "utf_32_be",
        "rot13",
        "zlib",
        "hex",
        "base64",
        "idna",
        "punycode",
        "unicode_escape",
        "undefined",
        "mbcs",
        "oem",
        "utf-7",
    ),
    *(
        "..",
        "/",
        ".",
        "__init__",
        "aliases",
        "\0",
        "-",
        "_",
        "utf",
        "iso2022_jp",
        "raw_unicode_escape",
        "uu",
        "bz2",
    ),
)
PACKING_WORDS = (
    *(b"\x1f\x8b", b"\x1f\x8b\x08\x1f", b"\x28\xb5\x2f\xfd", b"\x50\x2a\x4d\x18\xff\xff\xff\xff", b"\0\0\0"),
    gzip.compress(b"\0" * 1_000_000) * 50,
    gzip.compress(b"\n" * 1_000_000),
)


def _encoded(dice: random.Random, *texts: str) -> bytes:
    return dice.choice(texts).encode()


def _kept(wire: Wire) -> Arrival:
    """As it would be kept; its facts are read again as they were."""
    arrival = arrive(wire)
    assert arrival.text == wire.text
    facts = read_facts(arrival.canonical)
    assert canonical_facts(facts) == arrival.canonical
    return arrival


def _read_file(name: str | None, data: bytes) -> None:
    reading = readers.read(data, reader=name)
    assert data.endswith(reading.text.encode())
    wire = to_wire(reading, "s" if reading.story is None else reading.story, {})
    assert _kept(wire).text == reading.text


def _read_encoded(data: str) -> None:
    """The encoding's name, then a file."""
    name, _, text = data.partition("\x1e")
    body = text.encode(errors="surrogatepass")
    reading = readers.read(body, encoding=name, reader="plain")
    assert reading.text.encode().decode() == reading.text


def _lines(dice: random.Random) -> bytes:
    chosen = dice.choices(LINES[:4], k=dice.randrange(1, 4))
    return b"".join(json.dumps(each, ensure_ascii=dice.random() < 0.5).encode() + b"\n" for each in chosen)


def _read_lines(data: bytes, fields: dict[str, str]) -> None:
    found = list(jsonlines.wires(io.BytesIO(data), fields=fields, size_limit=LINE_LIMIT))
    lines = [line for line in data.removeprefix(b"\xef\xbb\xbf").split(b"\n") if line and not line.isspace()]
    assert len(found) == len(lines)
    refused = [item for item in found if isinstance(item, BadWire)]
    assert all(1 <= item.facts["line"] <= 1 + data.count(b"\n") for item in refused)
    for wire in found:
        if isinstance(wire, Wire):
            _round_trip(wire)
    if refused:
        raise refused[0]


def _round_trip(wire: Wire) -> None:
    """Written as an export has it, it is the same wire."""
    kept = _kept(wire)
    form = {"story": wire.story, "text": wire.text, "dated": kept.dated, **wire.facts.to_dict()}
    again = arrive(read_wire(json.dumps(form).encode(), {}))
    assert (again.text_id, again.facts_id, again.dated) == (kept.text_id, kept.facts_id, kept.dated)


def _mapped(dice: random.Random) -> bytes:
    return dice.choice(MAPS[:1]) + b"\n" + json.dumps(LINES[4]).encode() + b"\n"


def _read_mapped(data: bytes) -> None:
    """The map's line, then the lines."""
    given, _, lines = data.partition(b"\n")
    fields = check_fields(mapped(None, None, given.decode(errors="replace")))  # type: ignore[arg-type]
    _read_lines(lines, fields)


def _packings(scratch: Path) -> list[bytes]:
    """The same lines in each packing, and in two frames of each."""
    found: list[bytes] = []
    plain = b"".join(json.dumps(line).encode() + b"\n" for line in LINES[:4])
    for name in ("a.gz", "a.zst", "a"):
        out = io.BytesIO()
        with packed(out, name) as write:
            write(plain)
        found += [out.getvalue(), out.getvalue() * 2]
    return found


def _read_packed(file: Path, data: bytes) -> None:
    file.write_bytes(data)
    with jsonlines.open_lines(file) as stream:
        found: list[Any] = list(jsonlines.wires(stream, size_limit=LINE_LIMIT))
    for each in found:
        if isinstance(each, BadWire):
            raise each


def grammars(scratch: Path) -> dict[str, Grammar]:
    """By name."""
    yaml = tuple(word.encode() for word in YAML_WORDS)
    seed = tuple(word.encode() for word in SEED_WORDS)
    bad = (BadWire,)
    return {
        "front matter": Grammar(
            lambda dice: _encoded(dice, *FRONT_MATTER), partial(_read_file, "frontmatter"), bad, yaml
        ),
        "the seeds' header": Grammar(
            lambda dice: _encoded(dice, *SEED), partial(_read_file, "seed"), bad, seed
        ),
        "files": Grammar(
            lambda dice: _encoded(dice, *SEED, *FRONT_MATTER, "Text."),
            partial(_read_file, None),
            bad,
            yaml + seed,
        ),
        "encodings": Grammar(
            lambda dice: f"{dice.choice(ENCODINGS)}\x1etext",
            _read_encoded,
            (BadWire, BadReference),
            CODEC_WORDS,
        ),
        "lines of JSON": Grammar(_lines, partial(_read_lines, fields={}), bad, JSON_WORDS),
        "lines of JSON with --map": Grammar(
            _mapped, _read_mapped, (BadWire, BadReference, click.BadParameter), (*MAP_WORDS, *JSON_WORDS)
        ),
        "packed lines": Grammar(
            of(*_packings(scratch)), partial(_read_packed, scratch / "packed"), bad, PACKING_WORDS
        ),
    }
