"""HTML beside bare trafilatura, a large WARC in bounded memory, and warcio's samples by outcome."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from bench import corpora
from bench.crawl_pages import pages
from bench.figures import ratio, timed
from bench.options import Options
from bench.processes import MEGABYTE, work
from bench.report import Row, Table, Target

PARTS = ("html", "warc", "samples")

SIZES = (100 * MEGABYTE, 1000 * MEGABYTE)
"""Bytes of a small and a large WARC file; quickly, a hundredth of each."""
MOST_MB = 300.0
"""Promised: no WARC takes more memory."""

SAMPLES = Path("wire") / "webrecorder__warcio" / "test" / "data"


def measure(options: Options, scratch: Path) -> list[Table]:
    """A table a part."""
    parts = options.parts or PARTS
    tables = []
    if "html" in parts:
        tables.append(_html(100 if options.quick else 1000))
    if "warc" in parts:
        tables.append(_warc(scratch, [size // 100 if options.quick else size for size in SIZES]))
    if "samples" in parts:
        tables.append(_samples())
    return tables


def _html(count: int) -> Table:
    answer = work("crawl:extract", count=count).answer
    table = Table(f"HTML: {count:,} made-up pages, {answer['mean kB']:.0f} kB each, in turns", answer["rows"])
    table.targets.append(
        Target("vstore's time in trafilatura's, with metadata", answer["ratio"], 1.15, "times")
    )
    table.notes.append("trafilatura gets the bytes and is asked for text and metadata, as vstore asks it.")
    return table


def extract(count: int) -> dict[str, Any]:
    """Work: every page in vstore and in bare trafilatura, page by page."""
    import trafilatura

    from vstore.readers.webpage import Page, read_page

    spent: dict[str, list[float]] = {"vstore": [], "trafilatura": [], "trafilatura, text alone": []}
    size = 0
    for _, data in itertools.islice(pages(), count):
        size += len(data)
        ways: dict[str, Callable[[], object]] = {
            "vstore": partial(read_page, Page(data), "html"),
            "trafilatura": partial(
                trafilatura.bare_extraction, data, with_metadata=True, include_comments=False
            ),
            "trafilatura, text alone": partial(trafilatura.extract, data, include_comments=False),
        }
        for name, function in ways.items():
            spent[name].append(timed(function)[0])
    rows: list[Row] = [
        {"what": name, "pages/s": count / sum(times) * 1e6, "MB/s": size / sum(times)}
        for name, times in spent.items()
    ]
    found = ratio(spent["vstore"], spent["trafilatura"])
    return {"rows": rows, "ratio": found, "mean kB": size / count / 1000}


def _warc(scratch: Path, sizes: list[int]) -> Table:
    table = Table("WARC: a made-up crawl, pages and pictures")
    peaks = []
    for size, packed in ((sizes[0], False), (sizes[1], False), (sizes[0], True)):
        place = scratch / f"crawl-{size}.warc{'.gz' if packed else ''}"
        made = work("crawl_pages:write", place=place, size=size, packed=packed).answer
        name = f"{made['unpacked'] / MEGABYTE:,.0f} MB{', packed' if packed else ''}"
        for what, function in WAYS.items():
            spent = work(f"crawl:{function}", place=place)
            assert spent.answer["pages"] == made["pages"], (what, spent.answer, made)
            table.rows.append(_row(f"{name}: {what}", made, spent.answer["s"], spent.peak_mb))
            if function == "read":
                peaks.append(spent.peak_mb)
        place.unlink()
    table.targets.append(Target("memory at the large file", peaks[1], MOST_MB, "MB"))
    table.targets.append(Target("its memory in that of a tenth of it", peaks[1] / peaks[0], 1.2, "times"))
    table.notes.append("MB are those of the file unpacked; a page in a crawl comes with a picture of 40 kB.")
    return table


def _row(what: str, made: dict[str, Any], seconds: float, peak: float) -> Row:
    return {
        "what": what,
        "MB/s": made["unpacked"] / MEGABYTE / seconds,
        "pages/s": made["pages"] / seconds,
        "peak MB": peak,
    }


WAYS = {"warcio's records": "iterate", "vstore's records": "split", "vstore, pages read": "read"}
"""Ways through a file, by the work that goes it."""


def iterate(place: str) -> dict[str, Any]:
    """Work: the bodies of all records, as warcio gives them."""
    from warcio.archiveiterator import ArchiveIterator

    begin, count = time.perf_counter(), 0
    with Path(place).open("rb") as stream:
        for record in ArchiveIterator(stream):
            body = record.content_stream().read()
            count += body.startswith(b"<!doctype")
    return {"s": time.perf_counter() - begin, "pages": count}


def split(place: str) -> dict[str, Any]:
    """Work: the blocks of all records, as the reader meets them."""
    from vstore.readers import warc

    begin, count = time.perf_counter(), 0
    with Path(place).open("rb") as stream:
        for record in warc.records(stream):
            count += isinstance(record, warc.Record) and b"\r\n\r\n<!doctype" in record.block[:1000]
    return {"s": time.perf_counter() - begin, "pages": count}


def read(place: str) -> dict[str, Any]:
    """Work: all that a crawl says, read by its reader."""
    from vstore import readers

    begin = time.perf_counter()
    items = readers.items(readers.named(place), name="warc")
    count = sum(isinstance(item, readers.Reading) for item in items)
    return {"s": time.perf_counter() - begin, "pages": count}


def _samples() -> Table:
    table = Table("WARC: the samples of warcio, by outcome")
    folder = corpora.folder() / SAMPLES
    if not folder.is_dir():
        table.notes.append(f"Skipped: there is no {SAMPLES} in {corpora.folder()}.")
        return table
    table.rows = work("crawl:outcomes", folder=folder).answer["rows"]
    return table


def outcomes(folder: str) -> dict[str, Any]:
    """Work: what becomes of each file in a folder."""
    from vstore import readers

    rows: list[Row] = []
    for path in sorted(Path(folder).iterdir()):
        items = list(readers.items(readers.named(str(path)), name="warc"))
        bad = [item.message for item in items if not isinstance(item, readers.Reading)]
        refused = f"{len(bad)}: {bad[0]}" if bad else ""
        rows.append({"what": path.name, "pages": len(items) - len(bad), "refused": refused})
    return {"rows": rows}
