"""NITF: head and heading are facts, the content of the body is the text."""

from __future__ import annotations

from typing import Any

import pytest
from readings import one, outcomes, refused

HEAD = """<head>
  <title>Ferry</title>
  <meta name="desk" content="north"/><meta name="empty" content=""/>
  <tobject tobject.type="news">
    <tobject.property tobject.property.type="current"/>
    <tobject.subject tobject.subject.refnum="04015000" tobject.subject.type="Economy"
        tobject.subject.matter="Transport"/>
    <tobject.subject tobject.subject.refnum="17005000"/>
  </tobject>
  <docdata>
    <evloc city="Halvorsund" iso-cc="NOR"/>
    <doc-id regsrc="KW" id-string="kw-2022-0815"/>
    <urgency ed-urg="4"/>
    <date.issue norm="20220308T103700-0500"/>
    <date.expire norm="20220401"/>
    <doc-scope scope="Nordic"/>
    <series series.name="Storm" series.part="2" series.totalpart="0"/>
    <ed-msg msg-type="info" info="Adds quote."/>
    <du-key key="Ferry-Halvorsund" version="3" generation="2"/>
    <doc.copyright year="2022" holder="Kestrel Wire"/>
    <key-list><keyword key="ferry"/><keyword key="storm"/></key-list>
  </docdata>
  <pubdata type="web" name="Kestrel Daily" ex-ref="https://kestrel.example/ferry"/>
  <revision-history name="Bo Lind" function="editor" norm="20220308"/>
</head>"""
HEADING = """<body.head>
  <hedline><hl1>Ferry <em>back</em>
     on Friday</hl1><hl2>After the storm</hl2></hedline>
  <note noteclass="editorsnote"><body.content><p>Please check.</p></body.content></note>
  <byline>By <person>Ada Holm</person>, <byttl>Staff</byttl></byline>
  <distributor><org>Kestrel Wire</org></distributor>
  <dateline><location>HALVORSUND</location>, <story.date norm="20220307">March 7</story.date></dateline>
  <abstract><p>The ferry sails again.</p></abstract>
</body.head>"""
TEXT = "<p>The ferry sails.</p>"


def article(content: str = TEXT, head: str = "", heading: str = "", attributes: str = "") -> str:
    body = f"<body>{heading}<body.content>{content}</body.content></body>"
    return f'<!DOCTYPE nitf SYSTEM "nitf-3-4.dtd">\n<nitf {attributes}>{head}{body}</nitf>\n'


def test_head_and_heading_are_facts_and_the_rest_is_extra() -> None:
    reading = one(article(head=HEAD, heading=HEADING, attributes='xml:lang="en"'))
    assert (reading.reader, reading.date, reading.text) == (
        "nitf",
        "2022-03-08T10:37:00-05:00",
        "The ferry sails.",
    )
    assert reading.facts == {
        "source": "Kestrel Wire",
        "headline": "Ferry back on Friday",
        "byline": "By Ada Holm, Staff",
        "url": "https://kestrel.example/ferry",
        "guid": "kw-2022-0815",
        "provider_version": "3",
        "lang": "en",
        "slug": "Ferry-Halvorsund",
        "urgency": 4,
        "keywords": ["ferry", "storm"],
        "place": "HALVORSUND",
        "note": "Adds quote.\nPlease check.",
        "rights": "2022 Kestrel Wire",
        "extra": {
            "evloc": "city=Halvorsund iso-cc=NOR",
            "date.expire": "20220401",
            "doc-scope": "Nordic",
            "series": "series.name=Storm series.part=2 series.totalpart=0",
            "du-key": "key=Ferry-Halvorsund version=3 generation=2",
            "meta": {"desk": "north"},
            "tobject.subject": ["Transport", "17005000"],
            "revision-history": "name=Bo Lind function=editor norm=20220308",
            "pubdata": "type=web name=Kestrel Daily ex-ref=https://kestrel.example/ferry",
            "hl2": "After the storm",
            "abstract": "The ferry sails again.",
            "dateline": "HALVORSUND, March 7",
        },
    }


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("<p>One</p>\n<p>Two</p>", "One\n\nTwo"),
        (
            "<p>The <org>Ferr</org>y of\n <location><city>Oslo</city>, <state>Oslo</state></location>.</p>",
            "The Ferry of Oslo, Oslo.",
        ),
        ("<block><p>One</p><hl2>Head</hl2><p>Two</p></block>", "One\n\nHead\n\nTwo"),
        (
            "<ul><li>One</li><li>Two</li></ul><bq><block><p>Q</p></block><credit>C</credit></bq>",
            "One\n\nTwo\n\nQ\n\nC",
        ),
        ("<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>", "1\t2\n\n3"),
        ("<pre>a  b\n c</pre>", "a  b\n c"),
        (
            "<media><media-reference source='x.jpg'/><media-caption>Caption</media-caption></media><p>T</p>",
            "T",
        ),
        ("<p>A&nbsp;B &eacute; &#8211; &lt;</p>", "A\xa0B é – <"),
        ("<p>A<br/>B</p><p> </p><p/>", "A\nB"),
        ("Loose text", "Loose text"),
    ],
)
def test_the_content_is_paragraphs(content: str, text: str) -> None:
    assert one(article(content)).text == text


def test_what_closes_the_body_is_text_and_its_heading_is_not() -> None:
    end = "<body.end><tagline>Reporting by Bo Lind</tagline></body.end></body>"
    assert (
        one(article(heading=HEADING).replace("</body>", end)).text
        == "The ferry sails.\n\nReporting by Bo Lind"
    )
    assert one("<nitf><body><p>Old.</p></body></nitf>").text == "Old."


@pytest.mark.parametrize(
    ("docdata", "tobject", "kind"),
    [
        ('<docdata management-status="canceled"><correction/></docdata>', "", "kill"),
        ('<docdata management-status="withheld"/>', "", "withhold"),
        ('<docdata><correction info="Name corrected."/></docdata>', "", "correction"),
        ('<docdata><ed-msg msg-type="Advisory" info="x"/></docdata>', "", "advisory"),
        ('<docdata><ed-msg msg-type="KILL"/></docdata>', "", "kill"),
        (
            '<docdata management-status="usable"/>',
            '<tobject.property tobject.property.type="Obituary"/>',
            "Obituary",
        ),
        ("<docdata/>", '<tobject.property tobject.property.type="update"/>', "update"),
        ("<docdata/>", "", None),
    ],
)
def test_status_messages_and_properties_tell_the_state(docdata: str, tobject: str, kind: str | None) -> None:
    head = f'<head><tobject tobject.type="news">{tobject}</tobject>{docdata}</head>'
    assert one(article(head=head)).facts.get("kind") == kind


def test_a_correction_says_what_was_wrong() -> None:
    facts = one(article(head='<head><docdata><correction info="Name corrected."/></docdata></head>')).facts
    assert facts["note"] == "Name corrected."


def dated(docdata: str, status: str = "") -> dict[str, Any]:
    reading = one(article(head=f"<head><docdata {status}>{docdata}</docdata></head>"))
    return {"date": reading.date, **reading.facts.get("extra", {})}


def test_a_release_after_the_issue_is_an_embargo() -> None:
    issue, release = '<date.issue norm="20220308T100000Z"/>', '<date.release norm="20220308T120000Z"/>'
    assert dated(issue + release)["embargoed"] == "2022-03-08T12:00:00+00:00"
    assert dated(release, 'management-status="embargoed"')["embargoed"] == "2022-03-08T12:00:00+00:00"
    assert "embargoed" not in dated(issue + release.replace("12", "10", 1).replace("T120000", "T100000"))
    assert "embargoed" not in dated(release)


@pytest.mark.parametrize(
    ("norm", "date"),
    [
        ("20220308", "2022-03-08"),
        ("20220308+0100", "2022-03-08"),
        ("2022-03-08+01:00", "2022-03-08"),
        ("20220308T1037", "2022-03-08T10:37"),
        ("20220308T103700,5Z", "2022-03-08T10:37:00+00:00"),
        ("20220308T103700-0500", "2022-03-08T10:37:00-05:00"),
        ("20220308103700", "2022-03-08T10:37:00"),
        ("2022-03-08T10:37:00.150Z", "2022-03-08T10:37:00.150+00:00"),
        ("2022", "2022"),
        (" 2022-03 ", "2022-03"),
    ],
)
def test_dates_are_read_as_precisely_as_they_are_written(norm: str, date: str) -> None:
    assert dated(f'<date.issue norm="{norm}"/>')["date"] == date


@pytest.mark.parametrize("norm", ["20220230", "20220308T2500", "8 March", "20221301T000000Z"])
def test_a_date_that_is_none_is_told(norm: str) -> None:
    head = f'<head><docdata><date.issue norm="{norm}"/></docdata></head>'
    assert f"{norm!r} is not a date" in refused(article(head=head))


def test_a_killed_article_needs_no_text_and_any_other_does() -> None:
    head = '<head><docdata management-status="canceled"/></head>'
    reading = one(article("", head))
    assert (reading.text, reading.facts["extra"]["pubstatus"]) == ("", "canceled")
    assert refused(article("<p> </p>")) == "there is no text in it"


def test_the_date_line_or_the_publication_tells_the_date_if_nothing_else_does() -> None:
    assert one(article(heading=HEADING)).date == "2022-03-07"
    assert one(article(head='<head><pubdata date.publication="20220306"/></head>')).date == "2022-03-06"
    assert one(article()).date is None


def test_articles_in_another_element_are_read_one_by_one() -> None:
    inner = article().partition(">\n<nitf")[2]
    assert outcomes(f"<feed><nitf{inner}<nitf/><nitf{inner}</feed>", "nitf") == [
        "The ferry sails.",
        "item 2: there is no text in it",
        "The ferry sails.",
    ]


def test_an_article_of_very_many_properties_is_read_in_one_pass() -> None:
    others = "".join(f'<x{number} a="1"/>' for number in range(40_000))  # each with each would take minutes
    reading = one(article(head=f"<head><docdata>{others}</docdata></head>"))
    assert len(reading.facts["extra"]) == 40_000


def test_hostile_and_broken_articles_are_told() -> None:
    bomb = article().replace('SYSTEM "nitf-3-4.dtd"', "[<!ENTITY a 'x'>]")
    assert "declares entities" in refused(bomb)
    assert "nested more than 100 levels" in refused(article("<em>" * 200 + "x" + "</em>" * 200))
    assert "the XML is cut off" in refused(article()[:-20])
    assert "the XML is broken" in refused(article("<p>a</b>"))
