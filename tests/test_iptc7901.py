"""IPTC 7901 and ANPA 1312: control bytes part header, text and trailer; lines become paragraphs."""

from __future__ import annotations

import hashlib

import pytest
from readings import items, one, outcomes, refused

from vstore.readers import Reading

HEAD = "knw014 4 pl 171 vvvvb KNW 080322-99-00065\r\nFerry/Halvorsund\r\n"
BODY = "   The ferry sails\r\nagain on Friday.\r\n   Tickets are sold.\r\n"
TRAILER = "\r\n081037 GMT Mar 22\r\n"


def message(body: str = BODY, head: str = HEAD, trailer: str = TRAILER) -> str:
    return f"\x16\x16\x01{head}\x02{body}\x03{trailer}\x04"


def test_the_header_tells_facts_and_the_trailer_the_date() -> None:
    reading = one(message())
    assert (reading.reader, reading.charset, reading.date) == ("iptc7901", "utf-8", "2022-03-08T10:37+00:00")
    assert reading.text == "The ferry sails again on Friday.\n\nTickets are sold."
    assert reading.facts == {
        "source": "knw",
        "slug": "Ferry/Halvorsund",
        "urgency": 4,
        "keywords": ["Ferry", "Halvorsund"],
        "extra": {"number": "014", "category": "pl", "words": "171", "info": "vvvvb KNW 080322-99-00065"},
    }


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("One\r\nline.\r\n\r\nTwo.\r\n", "One line.\n\nTwo."),
        ("One\nline.\n\tTwo.", "One line.\n\nTwo."),
        ("One\rline.\r  Two.", "One line.\n\nTwo."),
        ("One. \r\n one more space\r\n", "One. one more space"),
        ("Head=\r\nOne.=\r\nTwo.", "One.\n\nTwo."),
        ("A  = B\r\n", "A  = B"),
        ("  Oslo     3\r\nBergen   4\r\n", "Oslo     3\nBergen   4"),
        ("\tOslo\t3\r\nBergen\t4\r\n", "Oslo\t3\nBergen\t4"),
        ("\x0e\x0fOne\x10line\x7f\x08.\x00", "One line."),
        ("Flash!", "Flash!"),
    ],
)
def test_lines_become_paragraphs_and_tables_stay(body: str, text: str) -> None:
    assert one(message(body)).text == text


def test_headline_and_byline_are_what_ends_with_a_sign() -> None:
    reading = one(message(f"Ferry back\r\non Friday =\r\nVon Ada Holm, knw=\r\n{BODY}"))
    assert (reading.facts["headline"], reading.facts["byline"]) == (
        "Ferry back on Friday",
        "Von Ada Holm, knw",
    )
    assert reading.text == "The ferry sails again on Friday.\n\nTickets are sold."


def test_what_is_not_for_publication_is_a_note() -> None:
    note = "   The following information is not for publication:\r\n   Call Ada.\r\n"
    reading = one(message(BODY + note))
    assert reading.text == "The ferry sails again on Friday.\n\nTickets are sold."
    assert reading.facts["note"] == "The following information is not for publication:\n\nCall Ada."


@pytest.mark.parametrize(
    ("trailer", "date"),
    [
        ("081037 GMT Mar 22", "2022-03-08T10:37+00:00"),
        ("081037 Mär 22", "2022-03-08T10:37"),
        ("\r\n 081037 MEZ Mrz 2022", "2022-03-08T10:37+01:00"),
        ("081037 Dez 99", "1999-12-08T10:37"),
        ("081037 XYZ août 22", "2022-08-08"),
        ("AP-NY-03-08-22 1037EST<", "2022-03-08T10:37-05:00"),
        ("AP-NY-03-08-22 1037GMT", "2022-03-08T10:37+00:00"),
        ("10:37ET 08-03-22<", "2022-03-08"),
    ],
)
def test_trailers_tell_the_date_as_far_as_their_zone_is_known(trailer: str, date: str) -> None:
    assert one(message(trailer=trailer)).date == date


def test_a_trailer_that_tells_no_date_is_kept() -> None:
    for trailer in ("nnnn", "320000 Mar 22", "120000 und 20", "13-40-22 1037GMT"):
        reading = one(message(trailer=f" {trailer} \r\n"))
        assert (reading.date, reading.facts["extra"]["trailer"]) == (None, trailer)


def test_a_header_in_no_known_form_is_kept_as_it_is() -> None:
    reading = one(message(head="something else\r\nentirely\r\n"))
    assert reading.facts == {"extra": {"header": "something else entirely"}}


@pytest.mark.parametrize(
    ("keywords", "kind"),
    [
        ("KORR/Ferry", "correction"),
        ("Ferry/Correction", "correction"),
        ("KILL/Ferry", "kill"),
        ("Advisory", "advisory"),
        ("Kill-Bill/Film", None),
        ("Ferry", None),
    ],
)
def test_a_keyword_alone_tells_the_state(keywords: str, kind: str | None) -> None:
    assert one(message(head=f"knw014 4 pl 171\r\n{keywords}\r\n")).facts.get("kind") == kind


ANPA_HEAD = "b0815\x1fknwxx\r\nr i\x13\x11 bc-Ferry-Halvorsund, 7thLd-Writethru\x1fTB06 08-03 0588\r\n"
ANPA_BODY = """^BC-Ferry-Halvorsund, 7th Ld-Writethru,0588<\r
^Ferry back on Friday@<\r
^Eds: Adds quote.<\r
^By ADA HOLM@<\r
^Kestrel Wire=\r
\tHALVORSUND _ The ferry sails\r
again on Friday.<\r
\tTickets are sold.<\r
"""


def test_anpa_1312_tells_its_facts() -> None:
    reading = one(message(ANPA_BODY, ANPA_HEAD, "\r\nKW-OS-03-08-22 1037GMT<\r\n"))
    assert (reading.date, reading.text) == (
        "2022-03-08T10:37+00:00",
        "HALVORSUND _ The ferry sails again on Friday.\n\nTickets are sold.",
    )
    assert reading.facts == {
        "headline": "Ferry back on Friday",
        "byline": "By ADA HOLM",
        "kind": "update",
        "slug": "Ferry-Halvorsund",
        "urgency": "r",
        "note": "Adds quote.",
        "extra": {
            "service": "b",
            "number": "0815",
            "selector": "knwxx",
            "category": "i",
            "filed": "08-03",
            "words": "0588",
            "version": "7thLd-Writethru TB06",
            "lines": ["BC-Ferry-Halvorsund, 7th Ld-Writethru,0588", "Kestrel Wire"],
        },
    }


def test_an_anpa_advisory_of_header_lines_alone_is_its_text() -> None:
    body = "^BC-Advisory<\r\n^To our readers<\r\n^The wire is late.<\r\n"
    head = ANPA_HEAD.replace("7thLd-Writethru", "Advisory")
    reading = one(message(body, head))
    assert (reading.text, reading.facts["headline"]) == ("The wire is late.", "To our readers")
    assert reading.facts["kind"] == "advisory"


@pytest.mark.parametrize(
    ("designation", "charset", "word"),
    [
        ("-A", "iso8859-1", "Fähre"),
        ("-B", "iso8859-2", "prám łódź"),
        ("-L", "iso8859-5", "паром"),
        ("-F", "iso8859-7", "πλοίο"),
        (".b", "iso8859-15", "5 €"),
        ("%G", "utf-8", "渡轮"),
        ("%/I", "utf-8", "渡轮"),
        ("(B\x1b-M", "iso8859-9", "ağ"),
    ],
)
def test_character_sets_are_read_as_they_are_designated(designation: str, charset: str, word: str) -> None:
    head = f"knw014 4 pl 171 \x1b{designation}\r\nFerry\r\n"
    reading = one(message(f"   {word}\r\n", head).encode(charset))
    assert (reading.text, reading.charset) == (word, charset)
    assert reading.facts["slug"] == "Ferry"


def test_without_a_designation_the_bytes_tell() -> None:
    for charset in ("utf-8", "cp1252"):
        reading = one(message("   Fähre „x“\r\n").encode(charset))
        assert (reading.text, reading.charset) == ("Fähre „x“", charset)
    assert one(message("   x \x81").encode("latin-1")).charset == "iso8859-1"
    assert one(message("   паром").encode("koi8-r"), encoding="koi8-r").text == "паром"


def test_a_designated_set_that_is_not_known_is_told() -> None:
    assert "ESC (K) not known" not in refused(message("x\x1b(Ky"))
    assert "(ESC (K); --encoding names one" in refused(message("x\x1b(Ky"))
    assert one(message("x\x1b(Ky"), encoding="ascii").text == "xy"


def test_messages_are_read_one_by_one_and_a_bad_one_does_not_end_the_rest() -> None:
    first, cut, empty, last = (
        message(),
        "\x01knw015 4 pl 1\r\nx\r\n\x02Cut off",
        message(" "),
        message("Last."),
    )
    found = items(first + cut + empty + last)
    assert [each.text if isinstance(each, Reading) else each.message for each in found] == [
        "The ferry sails again on Friday.\n\nTickets are sold.",
        "item 2: it is cut off: its text does not end (ETX)",
        "item 3: there is no text in it",
        "Last.",
    ]
    assert isinstance(found[0], Reading)
    assert found[0].digest == hashlib.sha256(f"{first}".encode()).hexdigest()


def test_a_killed_message_needs_no_text() -> None:
    assert one(message("", "knw014 4 pl 171\r\nKILL/Ferry\r\n")).text == ""


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("\x01knw014 4 pl 171\r\nFerry", "no text begins in it (STX)"),
        ("no control bytes", "no text begins in it (STX)"),
        ("\x01knw014\x02Text \x04", None),
    ],
)
def test_a_single_message_that_is_broken_is_told(data: str, reason: str | None) -> None:
    assert outcomes(data, "iptc7901") == [reason or "Text"]


def test_hostile_streams_take_steps_in_proportion_to_their_size() -> None:
    assert len(items("\x01" * 20_000, "iptc7901")) == 20_000
    told = outcomes("\x01h\x02" + "x" * (40 << 20) + "\x01bkn014 4 pl 1\x02Rain.\x03", "iptc7901")
    assert "longer than 16,777,216 bytes" in told[0]
    assert told[1:] == ["Rain."]
    assert one(message(" " * 500_000 + "x" + "=" * 500_000)).text == "x"
    long = message(head="k1 4 pl " + " " * 500_000, trailer=" " * 500_000)
    assert one(long, "iptc7901").text.startswith("The ferry")


def test_prose_with_a_control_byte_is_plain() -> None:
    assert one("Text \x01 and \x02 more").reader == "plain"
