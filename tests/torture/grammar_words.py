"""What people and programs name: dates, zones, versions, stores, settings."""

from __future__ import annotations

import random
from contextlib import suppress
from functools import partial
from pathlib import Path

from backends import Clock
from psycopg import Error, conninfo

from torture.grammars import Grammar, of
from vstore import config, dates, names, places
from vstore.cli.frame import which
from vstore.errors import AmbiguousName, BadReference, NoStore, UnknownStory, UnknownVersion
from vstore.names import Place
from vstore.questions import Questions
from vstore.storage import postgres_place
from vstore.storage.memory import MemoryStorage
from vstore.storage.schema import FORMAT
from vstore.store import Store

NOT_FOUND = (BadReference, UnknownStory, UnknownVersion, AmbiguousName)

DATES = (
    *("1955", "2019-01", "2019-01-15", "2019-01-15T14:30", "2019-01-15T14:30:07.25", "2020-02-29"),
    *("2019-01-15T14:30:07+02:00", "2019-01-15 14:30:07,123456789012345678901234567890Z", "0001", "9999"),
    *("9999-12-31T23:59:59-23:59", "0001-01-01T00:00+23:59", "2019-01-15t14:30z", "2019-01-15T14:30+0530"),
)
DATE_WORDS = (
    "-",
    ":",
    "T",
    "Z",
    "z",
    "+",
    "+00:00",
    "-12:30",
    "24:00",
    ":60",
    "02-30",
    "0000",
    ",5",
    " ",
    ".",
)
ZONES = (None, "UTC", "+02:00", "Europe/Berlin", "local", "America/St_Johns")

STORIES = (
    "a",
    "a@1",
    "a~",
    "a@2019-01-15",
    "https://example.org/?a=b",
    "@{2019}",
    "deadbeef",
    "é x",
    "~1",
    "..",
)
ASKED = "deadbeef"
ORDER = tuple(Place(number, f"{number:x}" * 64, 1_547_510_400 + 86_400 * number) for number in (2, 1, 3, 10))
OPERATORS = (
    *(
        "@1",
        "@10",
        "@abcd",
        "@2019-01-15",
        "@2019-01-15T14:30Z",
        "@{2019}",
        "@{1}",
        "@first",
        "@tip",
        "~",
        "~2",
    ),
    *("@{", "}", "..", "@1..3", "@", "~~", "1234567", "a" * 64, "@{@{1}}", "@2019", "@{2019-01}"),
)

URLS = (
    "postgresql://user:sesame@db.example.org:5432/news?schema=press",
    "postgresql:///news?host=/run/postgresql&password=sesame",
    "postgres://user:s%40same%2Fopen@[::1]:5432,other:6432/news?sslmode=disable&schema=%C3%A9",
    "postgresql://u:p%25@/?application_name=x",
    "postgresql://user@h/d?schema=a&schema=b",
)
URL_WORDS = (
    *(
        "postgresql://",
        "postgres://",
        ":sesame@",
        "password=sesame",
        "&",
        "?",
        "@",
        "%40",
        "%",
        "%zz",
        "/",
        "//",
    ),
    *(
        "schema=",
        "schema=%00",
        "schema=" + "x" * 64,
        "host=",
        "#",
        "[",
        "]",
        ",",
        "=",
        "sslpassword=sesame",
        "%FF",
    ),
)

SETTINGS = (
    b"wait: 10\ntz: Europe/Berlin\n",
    b"---\ndurability: normal\npager: false\n",
    config.TEMPLATE.encode(),
    config.TEMPLATE.replace("#wait", "wait").replace("#gc_after: 0", "gc_after: 700").encode(),
    b"\xef\xbb\xbf# nothing\n",
    b"{wait: 1.5, 'tz': \"+02:00\"}\n",
)
SETTING_WORDS = (
    *(
        b"wait: ",
        b"tz: ",
        b"durability: full\n",
        b"pager: true\n",
        b"gc_after: ",
        b"---\n",
        b"...\n",
        b"&a",
        b"*a",
    ),
    *(
        b"!!python/object",
        b"- ",
        b"? ",
        b": ",
        b"{",
        b"}",
        b"[",
        b"]",
        b"|\n",
        b">-\n",
        b"%YAML 1.2\n",
        b'"\\U',
    ),
    *(
        b"<<: ",
        b"null",
        b"nan",
        b"inf",
        b"-1",
        b"\t",
        b"#",
        b"'",
        b'"',
        b"wiat: 1\n",
        b'"\\x',
        b"!<tag:",
        b"%TAG ! ",
    ),
)


def _read_date(text: str) -> None:
    name = ZONES[len(text) % len(ZONES)]
    date = dates.parse(text, None if name is None else dates.zone(name))
    assert dates.parse(date.text) == date
    first, last = dates.span(date)
    assert first <= last == dates.end(date)
    assert dates.clock(date) == max(0, first)
    assert dates.is_exact(date) == (first == last)
    moment = dates.effective(date, 1_547_510_400)
    assert dates.LOWEST <= moment <= dates.HIGHEST
    assert dates.iso_seconds(moment)[4] == "-"
    start, end = (dates.parse_time(text, None, at_end) for at_end in (False, True))
    assert start <= end


def _read_zone(name: str) -> None:
    zone = dates.zone(name)
    for text in ("2019-01-15T14:30", "0001-01-01T00:00:00", "9999-12-31T23:59"):
        with suppress(BadReference):  # in UTC it may fall outside the calendar
            dates.parse(dates.parse(text, zone).text)


def _read_name(ref: str) -> None:
    with suppress(UnknownStory):  # then it is read as far as it can be
        names.pair(ref, STORIES.__contains__)
    found = names.parse(ref, STORIES.__contains__, ("a", None)[len(ref) % 2])
    if isinstance(found, names.Name):
        assert found.story in STORIES
        number = names.select(found.steps, ORDER, 3, story=found.story)
        assert number in {place.number for place in ORDER}


def _named(dice: random.Random) -> str:
    """A story, and mostly what follows it: all of it can be read."""
    return dice.choice(STORIES[:5]) + dice.choice(
        ["", "@1", "@10", "@first", "@tip", "@tip~1", "@{2020}", "@2020-01-01"]
    )


def _asked() -> Store:
    """A store with these stories."""
    clock = Clock()
    store = Store(MemoryStorage({"format": str(FORMAT)}), "here", clock=clock)
    for story in STORIES:
        for number in range(1, 12):
            clock.pass_by(86_400)
            date = f"2019-01-{number:02}" if number % 3 else None
            store.add(story, f"Text {number} of {story}.", date=date)
    return store


def _resolve(store: Questions, ref: str) -> None:
    story = ("a", None)[len(ref) % 2]
    with suppress(*NOT_FOUND):
        store.resolve_pair(ref)
    found = store.resolve(ref, story=story)
    assert store.version(found.story, found.number) == found


def _version(store: Questions, text: str) -> None:
    found = store.version(ASKED, which(text))
    assert store.resolve(f"{ASKED}@{found.number}") == found


def _read_place(url: str) -> None:
    if not postgres_place.is_url(url):
        raise BadReference("asked for only where it is one")
    found = postgres_place.place(url)
    assert postgres_place.place(found.shown).schema == found.schema
    assert postgres_place.place(postgres_place.with_schema(url, "other")).schema == "other"
    with suppress(Error, UnicodeDecodeError):
        told = conninfo.conninfo_to_dict(found.url)
        secret = str(told.get("password", ""))
        assert len(secret) < 4 or url.count(secret) != 1 or secret not in found.shown


def _open_place(where: str) -> None:
    if places.is_url(where) or where == places.MEMORY:
        raise NoStore(where)
    assert places.within(where).endswith(places.FOLDER)


def _read_settings(file: Path, data: bytes) -> None:
    file.write_bytes(data)
    found = config.read(file)
    assert 0 <= found.wait <= config.MAX_WAIT
    assert found.tz is None or dates.zone(found.tz)
    assert found.durability in {"full", "normal"}
    assert type(found.pager) is bool
    assert 0 <= found.gc_after < 10**9


def grammars(scratch: Path) -> dict[str, Grammar]:
    """By name."""
    store = _asked()
    versions = of("1", "11", "2019-01-08", store.version(ASKED, 2).id)
    return {
        "dates": Grammar(of(*DATES), _read_date, (BadReference,), DATE_WORDS),
        "zones": Grammar(
            of(*ZONES[1:]), _read_zone, (BadReference,), ("/", "..", "posix", "Etc/GMT+5", "localtime")
        ),
        "references": Grammar(_named, _read_name, NOT_FOUND, OPERATORS),
        "references in a store": Grammar(_named, partial(_resolve, store), NOT_FOUND, OPERATORS),
        "versions by --version": Grammar(versions, partial(_version, store), NOT_FOUND, (*DATES, *OPERATORS)),
        "URLs of stores": Grammar(of(*URLS), _read_place, (BadReference,), URL_WORDS),
        "places of stores": Grammar(
            of(".", "a/b/.vstore", "/x"), _open_place, (NoStore,), (*URL_WORDS, ".vstore")
        ),
        "settings": Grammar(
            of(*SETTINGS), partial(_read_settings, scratch / "config.yaml"), (BadReference,), SETTING_WORDS
        ),
    }
