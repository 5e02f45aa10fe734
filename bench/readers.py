"""What becomes of the sample files of the standards' keepers, and how many wires a second are read."""

from __future__ import annotations

import json
import random
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

from bench import corpora
from bench.newsroom_words import ADJECTIVES, NOUNS, VERBS
from bench.options import Options
from bench.report import Row, Table, Target
from vstore import readers
from vstore.errors import BadWire
from vstore.readers import Held, How

SAMPLES = "wire"
MOST = 1_000.0
"""Promised microseconds a file: a thousand a second."""
WIRES = 500
ROUNDS = 7

PARTS: dict[str, Callable[[Options], Table]] = {}


def measure(options: Options, _scratch: Path) -> list[Table]:
    """One table a part."""
    return [table(options) for name, table in PARTS.items() if not options.parts or name in options.parts]


def samples(_options: Options) -> Table:
    """Every sample file by what became of it."""
    folder = corpora.folder() / SAMPLES
    table = Table("sample files of ninjs, NewsML and WARC, by outcome")
    if reason := corpora.absent(SAMPLES):
        table.notes.append(reason)
        return table
    table.rows = [_outcome(path, folder) for path in sorted(folder.rglob("*")) if path.is_file()]
    counts = Counter(str(row["outcome"]) for row in table.rows)
    table.notes.append("; ".join(f"{number} files {outcome}" for outcome, number in counts.most_common()))
    table.notes.append(
        "A file is refused if none of its items could be read; the reason is that of the first."
    )
    return table


def _outcome(path: Path, folder: Path) -> Row:
    found = list(readers.items(readers.named(str(path))))
    read = [item for item in found if not isinstance(item, BadWire) and item.text]
    bad = [item for item in found if isinstance(item, BadWire)]
    bad = bad or ([] if read else [BadWire("there is no text in it")])
    outcome = "read" if not bad else "read in part" if read else "refused"
    return {
        "what": str(path.relative_to(folder)),
        "outcome": outcome,
        "reader": read[0].reader if read else "",
        "items": len(read),
        "refused": len(bad),
        "reason": bad[0].message.replace(f"{path}", path.name) if bad else "",
    }


def speed(options: Options) -> Table:
    """Wires in memory, made up: each reader beside the bare parser of its syntax."""
    wires = 50 if options.quick else WIRES
    made = {name: [make(number).encode() for number in range(wires)] for name, make in MADE.items()}
    table = Table(f"wires read: {wires} made-up ones of each format, in memory, {ROUNDS} times in turns")
    spent: dict[str, list[float]] = {}
    for _ in range(1 if options.quick else ROUNDS):
        for name, files in made.items():
            for what, read in ((name, _read), (f"{name}, bare", BARE.get(name))):
                if read is not None:
                    spent.setdefault(what, []).append(_spent(read, files))
    for name, times in spent.items():
        each = statistics.median(times) / wires
        size = statistics.mean(map(len, made[name.removesuffix(", bare")]))
        rates = {"µs each": each, "a second": 1e6 / each, "MB/s": size / each}
        table.rows.append({"what": name, "bytes": size, **rates})
        if name.startswith(("ninjs", "NITF")) and not name.endswith("bare"):
            table.targets.append(Target(f"{name}, a file", each, MOST, "µs"))
    table.notes.append("Time is the processor's, which other load disturbs less than the clock on the wall.")
    table.notes.append("bare: json.loads and ElementTree.fromstring, which find no text and no facts.")
    return table


def _spent(read: Callable[[bytes], object], files: list[bytes]) -> float:
    """Microseconds of the processor that all of them take."""
    start = time.process_time_ns()
    for data in files:
        read(data)
    return (time.process_time_ns() - start) / 1_000


def _read(data: bytes) -> readers.Reading:
    (found,) = readers.items(Held(data), How())
    if isinstance(found, BadWire):
        raise found
    return found


def _paragraphs(number: int) -> Iterator[str]:
    chance = random.Random(number)
    for _ in range(12):
        words = [chance.choice(_WORDS) for _ in range(40)]
        yield f"{' '.join(words).capitalize()} & so on."


def _ninjs(number: int) -> str:
    return json.dumps({**_about(number), "body_text": "\n\n".join(_paragraphs(number))})


def _ninjs_html(number: int) -> str:
    body = "".join(f"<p>{text.replace('&', '&amp;')} <b>Bold</b></p>" for text in _paragraphs(number))
    return json.dumps({**_about(number), "body_xhtml": body})


def _about(number: int) -> dict[str, object]:
    return {
        "uri": f"urn:newsml:example.com:20220308:{number}",
        "type": "text",
        "version": "2",
        "versioncreated": "2022-03-08T10:37:00Z",
        "pubstatus": "usable",
        "urgency": 4,
        "language": "en",
        "headline": f"Headline of wire {number}",
        "byline": "Ada Holm",
        "slugline": f"wire-{number}",
        "copyrightholder": "Kestrel Wire",
        "subject": [{"name": f"subject {each}", "code": f"0{each}000000"} for each in range(5)],
    }


def _nitf(number: int) -> str:
    body = "".join(f"<p>{text.replace('&', '&amp;')} <em>Inline</em></p>\n" for text in _paragraphs(number))
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE nitf SYSTEM "nitf-3-4.dtd">
<nitf><head><title>Wire {number}</title><docdata><doc-id regsrc="KW" id-string="kw-{number}"/>
<urgency ed-urg="4"/><date.issue norm="20220308T103700Z"/><du-key key="wire-{number}" version="2"/>
<key-list><keyword key="ferry"/><keyword key="storm"/></key-list></docdata></head>
<body><body.head><hedline><hl1>Headline of wire {number}</hl1></hedline><byline>By Ada Holm</byline>
<dateline><location>Halvorsund</location></dateline></body.head>
<body.content>{body}</body.content></body></nitf>
"""


def _newsml_g2(number: int) -> str:
    body = "".join(f"<p>{text.replace('&', '&amp;')}</p>" for text in _paragraphs(number))
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="tag:example.com,2022:{number}" version="2">
<itemMeta><itemClass qcode="ninat:text"/><provider qcode="nprov:KW"/>
<versionCreated>2022-03-08T10:37:00Z</versionCreated><pubStatus qcode="stat:usable"/></itemMeta>
<contentMeta><headline>Headline of wire {number}</headline><language tag="en"/>
<subject qcode="medtop:04000000"><name>economy</name></subject></contentMeta>
<contentSet><inlineXML contenttype="application/xhtml+xml"><html><body>{body}</body></html></inlineXML>
</contentSet></newsItem>
"""


def _iptc7901(number: int) -> str:
    lines = [line for text in _paragraphs(number) for line in _wrapped(text)]
    text = "\r\n".join(lines)
    head = f"\x16\x16\x01knw{number % 1000:03} 4 pl 480 KW\r\nWire/{number}\r\n"
    return f"{head}\x02{text}\r\n\x03\r\n081037 GMT Mar 22\r\n\x04"


def _wrapped(text: str) -> list[str]:
    return [("   " if at == 0 else "") + text[at : at + 69] for at in range(0, len(text), 69)]


_WORDS = " ".join((NOUNS, VERBS, ADJECTIVES)).split()
MADE: dict[str, Callable[[int], str]] = {
    "ninjs, plain body": _ninjs,
    "ninjs, XHTML body": _ninjs_html,
    "NITF": _nitf,
    "NewsML-G2": _newsml_g2,
    "IPTC 7901": _iptc7901,
}
BARE: dict[str, Callable[[bytes], object]] = {
    "ninjs, plain body": json.loads,
    "ninjs, XHTML body": json.loads,
    "NITF": ElementTree.fromstring,
    "NewsML-G2": ElementTree.fromstring,
}
PARTS.update(samples=samples, speed=speed)
