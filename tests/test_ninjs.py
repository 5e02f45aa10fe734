"""ninjs of all versions: facts by their names, the best of several bodies, states, and what is none."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from readings import items, one, outcomes, refused

from vstore.errors import BadWire
from vstore.readers import Reading

VERSION_1 = {
    "uri": "urn:newsml:kestrel.example:20220308:ferry",
    "type": "text",
    "version": "3",
    "versioncreated": "2022-03-08T10:37:00Z",
    "firstcreated": "2022-03-08T09:00:00+01:00",
    "pubstatus": "usable",
    "urgency": 4,
    "language": "en",
    "headline": "Ferry back on Friday",
    "byline": "Ada Holm",
    "located": "Halvorsund",
    "slugline": "ferry-halvorsund",
    "ednote": "Adds quote.",
    "copyrightholder": "Kestrel Wire",
    "copyrightnotice": "© Kestrel Wire",
    "usageterms": "Not for Norway",
    "keywords": ["ferry", "storm"],
    "subject": [{"name": "Transport", "code": "04015000"}],
    "body_text": "The ferry sails.\nOn Friday.",
    "body_xhtml": "<p>Other.</p>",
    "renditions": {"x": {"href": "http://kestrel.example/x.jpg"}},
    "associations": {"main": {"uri": "urn:picture:1", "type": "picture"}},
    "x_desk": {"name": "north"},
}
FACTS = {
    "source": "Kestrel Wire",
    "headline": "Ferry back on Friday",
    "byline": "Ada Holm",
    "guid": "urn:newsml:kestrel.example:20220308:ferry",
    "provider_version": "3",
    "lang": "en",
    "slug": "ferry-halvorsund",
    "urgency": 4,
    "keywords": ["ferry", "storm"],
    "place": "Halvorsund",
    "note": "Adds quote.",
    "rights": "© Kestrel Wire",
    "first_created": "2022-03-08T09:00:00+01:00",
}


def read(**fields: Any) -> Reading:
    return one(json.dumps({"uri": "urn:1", **fields}))


def test_version_1_tells_its_facts() -> None:
    reading = one(json.dumps(VERSION_1))
    assert (reading.reader, reading.charset, reading.date) == ("ninjs", "utf-8", "2022-03-08T10:37:00+00:00")
    assert reading.text == "The ferry sails.\nOn Friday."
    extra = {
        "pubstatus": "usable",
        "usageterms": "Not for Norway",
        "subject": [{"name": "Transport", "code": "04015000"}],
        "associations": ["urn:picture:1"],
        "x_desk": {"name": "north"},
    }
    assert reading.facts == {**FACTS, "extra": extra}


@pytest.mark.parametrize("is_3", [False, True])
def test_versions_2_and_3_tell_the_same_facts_with_their_own_names(is_3: bool) -> None:
    item = {
        **{
            name: value
            for name, value in VERSION_1.items()
            if name not in ("headline", "byline", "body_text")
        },
        "by": "Ada Holm",
        "headlines": [{"role": "short", "value": "Ferry"}, {"role": "main", "value": "Ferry back on Friday"}],
        "bodies": [
            {"role": "html", "contenttype": "text/html", "value": "<p>Other.</p>"},
            {"role": "text", "contenttype": "text/plain", "value": "The ferry sails.\nOn Friday."},
        ],
    }
    del item["body_xhtml"]
    camel = {"versioncreated": "versionCreated", "pubstatus": "pubStatus", "ednote": "edNote"}
    reading = one(json.dumps({camel.get(name, name) if is_3 else name: each for name, each in item.items()}))
    assert reading.text == "The ferry sails.\nOn Friday."
    assert {name: value for name, value in reading.facts.items() if name != "extra"} == FACTS
    assert reading.facts["extra"]["headlines"] == [{"role": "short", "value": "Ferry"}]


NITF = "<nitf><body><body.head><note>B</note></body.head><body.content><p>N.</p></body.content></body></nitf>"


@pytest.mark.parametrize(
    ("bodies", "text"),
    [
        ({"body_text": "  ", "body_xhtml": "<p>A.</p><p>B.</p>"}, "A.\n\nB."),
        ({"body_text": "", "body_html": "A &amp; B"}, "A & B"),
        ({"body_nitf": NITF}, "N."),
        ({"bodies": [{"role": "nitf", "contentType": "text/vnd.IPTC.NITF", "value": NITF}]}, "N."),
        ({"bodies": [{"role": "main", "value": "<p>A</p>B"}]}, "A\n\nB"),
        ({"bodies": [{"role": "main", "value": "A < B"}]}, "A < B"),
        ({"bodies": [{"contenttype": "text/html; charset=utf-8", "value": "<p>A</p>"}]}, "A"),
        ({"bodies": [{"contenttype": "application/pdf", "value": "x"}, {"role": "text", "value": "T"}]}, "T"),
        ({"bodies": {"role": "text", "value": "T"}}, "T"),
        ({"bodies": [{"role": "text", "value": None}, None, 5, {"value": "T"}]}, "T"),
    ],
)
def test_the_best_body_is_the_text(bodies: dict[str, Any], text: str) -> None:
    assert read(**bodies).text == text


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"pubstatus": "canceled"}, "kill"),
        ({"pubStatus": "http://cv.iptc.org/newscodes/pubstatusg2/canceled"}, "kill"),
        ({"pubstatus": "withheld"}, "withhold"),
        ({"pubstatus": "usable", "genre": [{"name": "Correction", "code": "x"}]}, "correction"),
        ({"genres": [{"uri": "http://cv.iptc.org/newscodes/genre/Update"}]}, "update"),
        ({"signals": [{"literal": "sig:correction"}]}, "correction"),
        ({"genre": [{"name": "Advisory"}], "pubstatus": "canceled"}, "kill"),
        ({"genre": [{"name": "Obituary"}]}, "Obituary"),
        ({"genre": "Obituary"}, "Obituary"),
        ({"type": "composite"}, "composite"),
        ({"type": "text"}, None),
        ({}, None),
    ],
)
def test_the_state_of_an_item_is_its_kind(fields: dict[str, Any], kind: str | None) -> None:
    assert read(body_text="Text.", **fields).facts.get("kind") == kind


def test_a_kill_or_withhold_needs_no_text_and_anything_else_does() -> None:
    for status, kind in (("canceled", "kill"), ("withheld", "withhold")):
        reading = read(pubstatus=status, body_text=" ")
        assert (reading.text, reading.facts["kind"], reading.facts["extra"]["pubstatus"]) == (
            "",
            kind,
            status,
        )
    assert refused('{"uri": "urn:1", "pubstatus": "usable"}') == "there is no text in it"
    assert refused('{"uri": "urn:1", "type": "picture", "description_text": "A ferry."}') == (
        "there is no text in it (it is: picture)"
    )


def test_an_embargo_is_kept_with_its_moment() -> None:
    assert (
        read(body_text="T", embargoed="20220308T120000Z").facts["extra"]["embargoed"]
        == "2022-03-08T12:00:00+00:00"
    )
    assert read(body_text="T", embargoed="at noon").facts["extra"]["embargoed"] == "at noon"


def test_who_sent_it_is_the_first_that_tells() -> None:
    holder = {"copyrightholder": "Holder", "body_text": "T"}
    assert read(**holder).facts["source"] == "Holder"
    assert read(infosources=[{"name": "Kestrel"}], **holder).facts["source"] == "Kestrel"
    assert read(source="Desk", infosources=[{"name": "Kestrel"}], **holder).facts["source"] == "Desk"


def test_a_date_that_is_none_is_told() -> None:
    assert "its date 'yesterday' is not a date" in refused(
        '{"uri":"u","body_text":"T","versioncreated":"yesterday"}'
    )
    assert "is a number, not a string" in refused('{"uri":"u","body_text":"T","versioncreated":5}')
    assert read(body_text="T", firstcreated="2022-03-08").date == "2022-03-08"
    assert read(body_text="T").date is None


def test_a_list_and_item_after_item_are_read_one_by_one() -> None:
    first, second = ('{"uri": "1", "body_text": "A"}', '{"uri": "2", "body_text": "Ä"}')
    for data in (f"[{first},\n {second}]", f"{first}\n{second}\n", f"{first}{second}"):
        found = items(data)
        assert [each.text for each in found if isinstance(each, Reading)] == ["A", "Ä"]
        digests = [each.digest for each in found if isinstance(each, Reading)]
        assert digests == [hashlib.sha256(each.encode()).hexdigest() for each in (first, second)]
    (only,) = items(f" [{first}] ")
    assert isinstance(only, Reading)
    assert only.digest == hashlib.sha256(f" [{first}] ".encode()).hexdigest()


def test_a_bad_item_does_not_end_the_rest() -> None:
    bad = [
        '{"uri": "1", "uri": "2", "body_text": "A"}',
        '{"uri": "1"}',
        "5",
        '{"uri": "\\ud800", "body_text": "A"}',
    ]
    good = '{"uri": "3", "body_text": "Good."}'
    assert outcomes(f"[{good}, {', '.join(bad)}, {good}]") == [
        "Good.",
        "item 2: the key 'uri' is given twice",
        "item 3: there is no text in it",
        "item 4: it is a number, not an object",
        "item 5: 'uri' holds a lone surrogate: half a character",
        "Good.",
    ]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ('{"uri": "1", "body_text": "A', "the JSON is broken at line 1, column 27: Unterminated string"),
        ('{"uri": "1", "body_text": ' + "[" * 5_000, "nested too deep"),
        ('{"uri": "1", "Uri": "2", "body_text": "A"}', "in upper and lower case"),
        ('{"uri": "1", "body_text": "A", "n": NaN}', "NaN is not a number"),
        ('{"uri": "1", "body_text": "A", "n": 1e999}', "is too great"),
        ('{"uri": "1", "body_text": "A", "n": ' + "9" * 5_000 + "}", "too many digits"),
        ('{"uri": "1", "body_text": "A", "headline": {"a": 1}}', "the fact headline must be text"),
        ('{"uri": "1", "body_text": "A", "keywords": [[]]}', "the fact keywords"),
        ('{"$schema": "x", "properties": {"uri": {}}}', "it is a JSON schema"),
        ('{"name": "vstore", "version": 5}', "no ninjs.*--format plain"),
        (b'{"uri": "caf\xe9", "body_text": "A"}', "not utf-8.*--encoding"),
        ('{"uri": "1", "body_nitf": "<nitf><body>"}', "the XML is cut off"),
        (
            '{"uri": "1", "body_nitf": "<!DOCTYPE n [<!ENTITY a \'b\'>]><nitf>&a;</nitf>"}',
            "declares entities",
        ),
    ],
)
def test_what_cannot_be_read_is_told(data: bytes | str, reason: str) -> None:
    with pytest.raises(BadWire, match=reason):
        raise BadWire(refused(data))


def test_items_after_broken_json_cannot_be_found() -> None:
    assert outcomes('[{"uri": "1", "body_text": "A"}, {"uri": , {"uri": "2"}]') == [
        "A",
        "item 2: the JSON is broken at line 1, column 42: Expecting value",
    ]
    assert outcomes("[]", "ninjs") == ["there is no item in it"]


def test_character_sets_are_read_by_their_bom_or_as_they_are_named() -> None:
    data = '{"uri": "1", "body_text": "Fähre"}'
    assert one(data.encode("utf-16")).charset == "utf-16"
    assert one(b"\xef\xbb\xbf" + data.encode()).text == "Fähre"
    assert one(data.encode("cp1252"), encoding="cp1252").text == "Fähre"


def test_fifty_megabytes_are_an_item() -> None:
    assert len(read(body_text="word " * 10_000_000).text) == 50_000_000


def test_json_lines_of_vstore_are_no_ninjs_and_prose_in_braces_is_plain() -> None:
    assert one('{"story": "a", "text": "Text."}').reader == "jsonlines"
    assert one('{"text": "Text."}').reader == "jsonlines"
    assert one("{Kestrel} The ferry sails.").reader == "plain"
    assert one("[1] The ferry sails.").reader == "plain"
