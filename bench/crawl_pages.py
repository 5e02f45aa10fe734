"""A made-up crawl of a made-up newsroom as WARC: pictures, and pages with all that surrounds an article."""

from __future__ import annotations

import html
import io
import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from bench import newsroom

SITE = "https://kestrel.example"
SCRIPT = 20_000
"""Bytes of script in a page."""
PICTURE = 40_000
"""Bytes of a picture; one belongs to a page."""

HEADERS = 1_000
"""Bytes of the headers of a page and its picture, about."""

_SYMBOLS = "abcdefghijklmnopqrstuvwxyz(){};=.,0123456789 "
_SECTIONS = ("World", "Region", "Business", "Sport", "Culture", "Science", "Weather", "Letters", "Archive")


def pages() -> Iterator[tuple[str, bytes]]:
    """Address and bytes of one page after the other, always the same."""
    chance = Random(11)
    for number, record in enumerate(newsroom.records(itertools.count())):
        yield f"{SITE}/{record['story']}?page={number}", _page(record, chance).encode()


def _page(record: newsroom.Record, chance: Random) -> str:
    title, date = html.escape(record["title"]), record["date"].replace("2031", "2021")
    paragraphs = "\n".join(f"<p>{html.escape(each)}</p>" for each in record["text"].split("\n\n"))
    about = json.dumps({"@type": "NewsArticle", "headline": record["title"], "datePublished": date})
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title} | Kestrel</title>
<meta property="og:title" content="{title}"><meta property="og:site_name" content="Kestrel">
<meta name="author" content="{html.escape(record["byline"])}"><meta name="keywords" content="news, region">
<meta property="article:published_time" content="{date}">
<script type="application/ld+json">{about}</script>
<script>{_script(chance)}</script><style>{_script(chance, 4000)}</style></head>
<body><header><a href="/">Kestrel</a>{_list(_SECTIONS * 4)}</header>
<main><article><h1>{title}</h1><p class="byline">{html.escape(record["byline"])}</p>
<figure><img src="/picture.jpg" alt=""><figcaption>Photo: Kestrel</figcaption></figure>
{paragraphs}</article>
<aside><h2>More news</h2>{_list([f"{title} ({number})" for number in range(30)])}</aside></main>
<footer>{_list(_SECTIONS)}<p>&copy; Kestrel. All rights reserved.</p></footer>
<script>{_script(chance, 2000)}</script></body></html>
"""


def _script(chance: Random, size: int = SCRIPT) -> str:
    return "".join(chance.choices(_SYMBOLS, k=size))


def _list(names: tuple[str, ...] | list[str]) -> str:
    items = (f'<li class="item"><a href="/{at}">{name}</a></li>' for at, name in enumerate(names))
    return f'<ul class="list">{"".join(items)}</ul>'


def write(place: str, size: int, packed: bool) -> dict[str, Any]:
    """Work: a WARC file of at least so many bytes before it is packed; how many pages, and how many bytes."""
    from warcio.warcwriter import WARCWriter

    with Path(place).open("wb") as stream:
        writer = WARCWriter(stream, gzip=packed)
        count = unpacked = 0
        for url, data in pages():
            picture = Random(count).randbytes(PICTURE)
            _record(writer, url, data, "text/html; charset=utf-8")
            _record(writer, f"{url}.jpg", picture, "image/jpeg")
            count, unpacked = count + 1, unpacked + len(data) + len(picture) + HEADERS
            if unpacked >= size:
                break
    return {"pages": count, "unpacked": unpacked}


def _record(writer: Any, url: str, data: bytes, content_type: str) -> None:
    from warcio.statusandheaders import StatusAndHeaders

    headers = StatusAndHeaders("200 OK", [("Content-Type", content_type)], protocol="HTTP/1.1")
    record = writer.create_warc_record(
        url,
        "response",
        payload=io.BytesIO(data),
        http_headers=headers,
        warc_headers_dict={"WARC-Date": "2031-05-05T02:00:00Z"},
    )
    writer.write_record(record)
