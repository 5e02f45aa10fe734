"""Mail and mailboxes: a message is a wire; junk and wrong declarations end in a clear refusal."""

from __future__ import annotations

import base64
import hashlib
import random
import tracemalloc
from email.message import EmailMessage
from pathlib import Path

import pytest
from crawls import found
from mails import HEADERS, TEXT, mbox, message

from vstore import readers
from vstore.errors import BadWire
from vstore.readers import mail, mailbox
from vstore.readers.mailwords import words
from vstore.readers.reading import How
from vstore.readers.source import Held


def test_a_message_is_a_wire(tmp_path: Path) -> None:
    data = message()
    (reading,), bad = found(data, tmp_path, "mail")
    assert bad == []
    assert (reading.text, reading.date, reading.story) == (TEXT, "2031-05-02T08:15:10+02:00", None)
    assert (reading.reader, reading.charset, reading.digest) == (
        "mail",
        "utf-8",
        hashlib.sha256(data).hexdigest(),
    )
    assert reading.facts == {
        "source": "Kestrel Wire",
        "headline": "Brücke gesperrt (2)",
        "guid": "17@kestrel.example",
        "lang": "en",
        "keywords": ["bridges", "Norden"],
        "note": "corrects the length of the closure",
        "extra": {
            "in-reply-to": "<16@kestrel.example>",
            "organization": "Kestrel",
            "from": "desk@kestrel.example",
        },
    }


def test_a_mailbox_gives_its_messages_one_by_one(tmp_path: Path) -> None:
    second = message(
        "One\nFrom here on it rains.\n\n>From the river 10:00 in 2031\n\nEnd", HEADERS.replace("17@", "18@")
    )
    readings, bad = found(mbox(message(), second), tmp_path, "mail")
    assert [reading.facts["guid"] for reading in readings] == ["17@kestrel.example", "18@kestrel.example"]
    assert readings[1].text == "One\nFrom here on it rains.\n\nFrom the river 10:00 in 2031\n\nEnd"
    assert bad == []


def test_the_digest_of_a_message_in_a_mailbox_is_that_of_its_bytes(tmp_path: Path) -> None:
    (first, _), _ = found(mbox(message(), message()), tmp_path, "mail")
    assert first.digest == hashlib.sha256(message() + b"\n").hexdigest()


def test_line_ends_of_mail_are_no_part_of_the_text(tmp_path: Path) -> None:
    (reading,), _ = found(message().replace(b"\n", b"\r\n"), tmp_path, "mail")
    assert reading.text == TEXT
    boxes = mbox(message(), message()).replace(b"\n", b"\r\n")
    assert [reading.text for reading in found(boxes, tmp_path, "mail")[0]] == [TEXT, TEXT]


def test_the_plain_part_is_read_and_attachments_are_named(tmp_path: Path) -> None:
    mime = EmailMessage()
    mime["Subject"], mime["From"] = "x", "desk@kestrel.example"
    mime.set_content(TEXT)
    mime.add_alternative("<p>The <b>bridge</b></p>", subtype="html")
    mime.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="Brücke.png")
    mime.add_attachment("not the text", filename="note.txt")
    (reading,), _ = found(mime.as_bytes(), tmp_path, "mail")
    assert reading.text == TEXT
    assert reading.facts["extra"]["attachments"] == ["Brücke.png", "note.txt"]


def test_html_is_read_where_there_is_nothing_else(tmp_path: Path) -> None:
    mime = EmailMessage()
    mime["Subject"], mime["From"] = "x", "desk@kestrel.example"
    mime.set_content(
        "<style>p {}</style><p>The <b>bridge</b> is&nbsp;closed.</p><p>The ferry runs.</p>", subtype="html"
    )
    (reading,), _ = found(mime.as_bytes(), tmp_path, "mail")
    assert reading.text == "The bridge is\xa0closed.\n\nThe ferry runs."


def test_a_message_within_a_message_is_an_attachment(tmp_path: Path) -> None:
    inner, outer = EmailMessage(), EmailMessage()
    inner["Subject"] = "inner"
    inner.set_content("inner text")
    outer["Subject"], outer["From"] = "outer", "desk@kestrel.example"
    outer.set_content("outer text")
    outer.add_attachment(inner)
    (reading,), _ = found(outer.as_bytes(), tmp_path, "mail")
    assert (reading.text, reading.facts["extra"]["attachments"]) == ("outer text", ["message/rfc822"])


FLOWED = "The bridge \nis closed.\n\n From here \non.\n> quoted \n> text\n-- \nsent by hand"


@pytest.mark.parametrize(
    ("delsp", "text"),
    [
        ("no", "The bridge is closed.\n\nFrom here on.\n> quoted \n> text\n-- \nsent by hand"),
        ("yes", "The bridgeis closed.\n\nFrom hereon.\n> quoted \n> text\n-- \nsent by hand"),
    ],
)
def test_flowed_lines_are_joined(tmp_path: Path, delsp: str, text: str) -> None:
    kind = f"Content-Type: text/plain; charset=utf-8; format=flowed; delsp={delsp}\n"
    (reading,), _ = found(message(FLOWED, HEADERS + kind), tmp_path, "mail")
    assert reading.text == text


def test_a_very_long_flowed_paragraph_is_joined_in_one_pass(tmp_path: Path) -> None:
    words = "word \n" * 300_000  # to copy what was joined so far for each line would take minutes
    mail = message(f"{words}end", f"{HEADERS}Content-Type: text/plain; format=flowed\n")
    (reading,), _ = found(mail, tmp_path, "mail")
    assert reading.text == "word " * 300_000 + "end"


@pytest.mark.parametrize(
    ("declared", "encoding", "charset"),
    [
        ("iso-8859-1", "cp1252", "cp1252"),
        ("koi8-r", "koi8-r", "koi8-r"),
        ("us-ascii", "utf-8", "utf-8"),
        ("no-such-set", "utf-8", "utf-8"),
        ("utf-8", "utf-8", "utf-8"),
    ],
)
def test_the_character_set_of_a_part_is_the_declared_one(
    tmp_path: Path, declared: str, encoding: str, charset: str
) -> None:
    text = "Мост закрыт." if encoding == "koi8-r" else "Brücke – gesperrt."
    coded = base64.encodebytes(text.encode(encoding)).decode()
    kind = f"Content-Type: text/plain; charset={declared}\nContent-Transfer-Encoding: base64\n"
    (reading,), _ = found(message(coded, HEADERS + kind), tmp_path, "mail")
    assert (reading.text, reading.charset) == (text, charset)


def test_a_part_that_is_not_in_the_declared_character_set_is_refused(tmp_path: Path) -> None:
    kind = b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n"
    data = HEADERS.encode() + kind + b"\nBr\xfccke\n"
    readings, (bad,) = found(mbox(data, message()), tmp_path, "mail")
    assert len(readings) == 1
    assert bad.facts["item"] == 1
    assert "0xFC" in bad.message
    (reading,) = readers.items(Held(data), How(encoding="cp1252"), "mail")
    assert isinstance(reading, readers.Reading)
    assert reading.text == "Brücke"


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("=?utf-8?q?Br=C3?= =?utf-8?q?=BCcke?=", "Brücke"),
        ("=?UTF-8?B?QnLDvGNrZQ==?= =?iso-8859-1?q?_=FCber?=", "Brücke über"),
        ("=?utf-8?B?QnLDvGNrZQ?=", "Brücke"),
        ("folded\r\n  line", "folded line"),
        ("=?utf-8?q?=FF?=", "=?utf-8?q?=FF?="),
        ("=?x", "=?x"),
        ("plain =?utf-8?q?a?= b", "plain a b"),
        ("Br\udcc3\udcbccke", "Brücke"),
    ],
)
def test_headers_are_decoded_as_far_as_they_can_be(written: str, told: str) -> None:
    assert words(written) == told


@pytest.mark.parametrize("date", ["", "yesterday", "Fri, 31 Feb 2031 08:15 +0200"])
def test_a_message_whose_date_is_none_is_undated(tmp_path: Path, date: str) -> None:
    data = message(headers=HEADERS.replace("Fri, 2 May 2031 08:15:10 +0200", date))
    (reading,), _ = found(data, tmp_path, "mail")
    assert (reading.date, reading.facts["extra"].get("date", "")) == (None, date)


# Junk


@pytest.mark.parametrize("data", [b"", b"\n\n", b"junk", b"\x00\xff" * 1000, b"A: b\n\ntext", b": \n"])
def test_what_is_no_mail_is_refused(tmp_path: Path, data: bytes) -> None:
    readings, (bad,) = found(data, tmp_path, "mail")
    assert (readings, "no mail" in bad.message) == ([], True)


def test_junk_in_a_mailbox_costs_no_message(tmp_path: Path) -> None:
    readings, bad = found(mbox(message(), b"junk\n", b"", b"\xff\xfe\n\n\n", message()), tmp_path, "mail")
    assert (len(readings), [error.facts["item"] for error in bad]) == (2, [2, 3, 4])


def test_parameters_without_end_are_not_even_parsed(tmp_path: Path) -> None:
    for header in ("Content-Type: text/plain", "content-disposition:\n inline"):
        _, (bad,) = found(message("text", f"{HEADERS}{header}{'; a=b' * 300_000}\n"), tmp_path, "mail")
        assert "more than 16,384 characters" in bad.message


def test_boundaries_without_end_are_not_even_parsed(tmp_path: Path) -> None:
    kind = "Content-Type: multipart/mixed; boundary=b\n"
    _, (bad,) = found(message("--b\n\n" * 200_000, HEADERS + kind), tmp_path, "mail")
    assert "more than 1,000 parts" in bad.message


@pytest.mark.parametrize(
    "data",
    [
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (at, at) for at in range(2000)),
        b"Content-Type: message/rfc822\n\n" * 20_000,
        b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 5_000,
    ],
)
def test_too_many_parts_are_refused(tmp_path: Path, data: bytes) -> None:
    readings, (bad,) = found(b"Subject: x\n" + data, tmp_path, "mail")
    assert readings == []
    assert "nested too deep" in bad.message or "more than 1,000 parts" in bad.message


@pytest.mark.parametrize(
    "header",
    [
        "=?utf-8?q?a?= " * 50_000,
        "=?" * 100_000,
        "=?utf-8?b?" + "A" * 100_000 + "?=",
        "(" * 100_000,
        "x\n " * 50_000,
    ],
)
def test_hostile_headers_cost_no_text(tmp_path: Path, header: str) -> None:
    data = f"Subject: {header}\nFrom: {header}\nDate: {header}\n\n{TEXT}".encode()
    (reading,), _ = found(data, tmp_path, "mail")
    assert reading.text.endswith(TEXT)


@pytest.mark.slow
def test_a_message_that_is_too_long_is_passed_over_in_bounded_memory(tmp_path: Path) -> None:
    monster = HEADERS.encode() + b"\n" + b"x" * mailbox.MESSAGE_LIMIT + b"\n"
    data = mbox(message(), monster, message())
    del monster
    tracemalloc.start()
    readings, (bad,) = found(data, tmp_path, "mail")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (len(readings), bad.facts) == (2, {"limit": mailbox.MESSAGE_LIMIT, "item": 2})
    assert peak < 1.2 * mailbox.MESSAGE_LIMIT


def test_mail_with_bytes_turned_is_read_or_refused() -> None:
    mime = EmailMessage()
    mime["Subject"], mime["From"] = "Brücke", "Ida Brandt <ida@kestrel.example>"
    mime.set_content(TEXT, cte="quoted-printable")
    mime.add_alternative("<p>Brücke</p>", subtype="html")
    mime.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="Brücke.png")
    chance = random.Random(7)
    for _ in range(500):
        data = bytearray(mime.as_bytes())
        for _ in range(5):
            data[chance.randrange(len(data))] = chance.randrange(256)
        for item in readers.items(Held(bytes(data)), name="mail"):
            assert isinstance(item, BadWire) or readers.to_wire(item, "x", {})


@pytest.mark.parametrize(
    ("data", "known"),
    [
        (message(), True),
        (mbox(message()), True),
        (message().replace(b"\n", b"\r\n"), True),
        (b"From: me\nTo: you\n\ntext", True),
        (b"Note: this is text\nand more of it", False),
        (b"From here on it rains.", False),
        (b"Subject: only one\n\ntext", False),
        (b"", False),
    ],
)
def test_mail_is_known_by_its_headers(data: bytes, known: bool) -> None:
    assert mail.sniff(data, Held(data)) is known
