"""NewsML-G2: an item's metadata are facts, its inline content is the text, a message is many items."""

from __future__ import annotations

import pytest
from readings import items, one, outcomes, refused

from vstore.readers import Reading

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="tag:kestrel.example,2022:ferry" version="11"
    standard="NewsML-G2" standardversion="2.35" xml:lang="en-GB">
  <catalogRef href="http://www.iptc.org/std/catalog/catalog.IPTC-G2-Standards_32.xml"/>
"""
RIGHTS = """  <rightsInfo>
    <copyrightHolder uri="http://kestrel.example"><name>Kestrel Wire</name></copyrightHolder>
    <copyrightNotice>
        © 2022 Kestrel Wire
    </copyrightNotice>
    <usageTerms>Not for Norway</usageTerms>
  </rightsInfo>
"""
META = """  <itemMeta>
    <itemClass qcode="ninat:text"/>
    <provider qcode="nprov:KESTREL"/>
    <versionCreated>2022-03-08T10:37:00-05:00</versionCreated>
    <firstCreated>2022-03-07T09:00:00Z</firstCreated>
    <embargoed>2022-03-09T12:00:00Z</embargoed>
    <pubStatus qcode="stat:usable"/>
    <edNote>Adds
      quote.</edNote>
    <edNote>And a photo.</edNote>
    <signal qcode="sig:update"/>
    <service qcode="svc:nordic"><name>Nordic</name></service>
  </itemMeta>
"""
CONTENT = """  <contentMeta>
    <urgency>3</urgency>
    <contentCreated>2022-03-07T08:00:00Z</contentCreated>
    <located qcode="geo:1"><name>Halvorsund</name><broader><name>Norway</name></broader></located>
    <creator uri="http://kestrel.example/holm"><name>Ada Holm</name></creator>
    <creator literal="x"><name>Bo Lind</name></creator>
    <language tag="en"/>
    <keyword>ferry</keyword>
    <keyword>storm</keyword>
    <genre qcode="genre:interview"><name>Interview</name></genre>
    <subject qcode="medtop:1"><name xml:lang="en">transport</name><name xml:lang="de">Verkehr</name></subject>
    <subject qcode="medtop:2"/>
    <slugline>Ferry-Halvorsund</slugline>
    <headline> Ferry back
       on Friday</headline>
    <headline role="h:short">Ferry back</headline>
    <dateline>HALVORSUND, March 8</dateline>
    <icon href="http://kestrel.example/x.jpg"/>
  </contentMeta>
"""


def item(content: str, meta: str = META, content_meta: str = CONTENT) -> str:
    return f"{HEAD}{RIGHTS}{meta}{content_meta}  <contentSet>{content}</contentSet>\n</newsItem>\n"


def inline(xml: str, kind: str = "application/nitf+xml") -> str:
    return f'<inlineXML contenttype="{kind}">{xml}</inlineXML>'


NITF = """<nitf xmlns="http://iptc.org/std/NITF/2006-10-18/"><body>
  <body.head><hedline><hl1>Not text</hl1></hedline></body.head>
  <body.content><p>The <em>ferr</em>y
     sails.</p><p>On Friday.</p></body.content></body></nitf>"""


def test_the_metadata_are_facts_and_the_rest_is_extra() -> None:
    reading = one(item(inline(NITF)))
    assert (reading.reader, reading.date) == ("newsml-g2", "2022-03-08T10:37:00-05:00")
    assert reading.text == "The ferry sails.\n\nOn Friday."
    assert reading.facts == {
        "source": "KESTREL",
        "headline": "Ferry back on Friday",
        "byline": "Ada Holm, Bo Lind",
        "guid": "tag:kestrel.example,2022:ferry",
        "provider_version": "11",
        "kind": "update",
        "lang": "en",
        "slug": "Ferry-Halvorsund",
        "urgency": 3,
        "keywords": ["ferry", "storm"],
        "place": "Halvorsund",
        "note": "Adds quote.\nAnd a photo.",
        "rights": "© 2022 Kestrel Wire",
        "first_created": "2022-03-07T09:00:00+00:00",
        "extra": {
            "embargoed": "2022-03-09T12:00:00+00:00",
            "signal": "sig:update",
            "service": "Nordic",
            "contentCreated": "2022-03-07T08:00:00Z",
            "creator": ["Ada Holm", "Bo Lind"],
            "genre": "Interview",
            "subject": ["transport", "medtop:2"],
            "headline": "Ferry back",
            "dateline": "HALVORSUND, March 8",
            "copyrightHolder": "Kestrel Wire",
            "usageTerms": "Not for Norway",
            "pubstatus": "usable",
        },
    }


def data(kind: str, value: str) -> str:
    return f'<inlineData contenttype="{kind}">{value}</inlineData>'


XHTML = """<html xmlns="http://www.w3.org/1999/xhtml"><head><title>T</title></head><body><h1>H</h1><p>A<br/>B</p>
<table><tr><td>1</td><td>2</td></tr></table></body></html>"""


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (inline(XHTML, "application/xhtml+xml"), "H\n\nA\nB\n\n1\t2"),
        ("<inlineXML><p>A.</p><p>B.</p></inlineXML>", "A.\n\nB."),
        (data("text/plain", "\n  A\n B\n"), "  A\n B"),
        (data("text/html", "&lt;p&gt;A &amp;amp; B&lt;/p&gt;"), "A & B"),
        (data("text/html", "<![CDATA[<p>A</p><p>B</p>]]>"), "A\n\nB"),
        (inline(XHTML, "application/xhtml+xml") + data("text/plain", "Plain."), "Plain."),
        (data("text/html", "H") + inline(NITF), "The ferry sails.\n\nOn Friday."),
        (data("text/plain", " ") + inline(NITF), "The ferry sails.\n\nOn Friday."),
        (
            '<remoteContent href="x.jpg" contenttype="image/jpeg"/>' + inline(NITF),
            "The ferry sails.\n\nOn Friday.",
        ),
        (
            inline("<sports-content><x>1</x></sports-content>", "application/sportsml+xml")
            + inline("<p>T</p>"),
            "T",
        ),
    ],
)
def test_the_best_rendition_that_is_inline_is_the_text(content: str, text: str) -> None:
    assert one(item(content)).text == text


@pytest.mark.parametrize(
    ("meta", "kind"),
    [
        ('<pubStatus qcode="stat:canceled"/><signal qcode="sig:correction"/>', "kill"),
        ('<pubStatus uri="http://cv.iptc.org/newscodes/pubstatusg2/withheld"/>', "withhold"),
        ('<signal qcode="sig:correction"/><signal qcode="sig:update"/>', "correction"),
        ('<signal qcode="sig:cutdown"/>', "interview"),
        ("", "interview"),
    ],
)
def test_publication_status_and_signals_tell_the_state(meta: str, kind: str) -> None:
    genre = '<contentMeta><genre qcode="genre:interview"/></contentMeta>'
    assert one(item(inline(NITF), f"<itemMeta>{meta}</itemMeta>", genre)).facts["kind"] == kind


def test_without_a_genre_the_kind_is_the_class_unless_it_is_text() -> None:
    for name, kind in (("text", None), ("composite", "composite")):
        meta = f'<itemMeta><itemClass qcode="ninat:{name}"/></itemMeta>'
        assert one(item(inline(NITF), meta, "")).facts.get("kind") == kind


def test_a_killed_item_needs_no_text() -> None:
    reading = one(item("", '<itemMeta><pubStatus qcode="stat:canceled"/></itemMeta>'))
    assert (reading.text, reading.facts["kind"], reading.facts["extra"]["pubstatus"]) == (
        "",
        "kill",
        "canceled",
    )


def test_what_has_no_text_is_told_with_what_it_is() -> None:
    picture = '<itemMeta><itemClass qcode="ninat:picture"/></itemMeta>'
    assert (
        refused(item('<remoteContent href="x.jpg"/>', picture)) == "there is no text in it (it is: picture)"
    )
    sports = inline("<sports-content><x>1</x></sports-content>", "application/sportsml+xml")
    assert refused(item(sports)) == "there is no text in it (it is: application/sportsml+xml)"
    assert refused(item(inline(""))) == "there is no text in it (it is: application/nitf+xml)"


@pytest.mark.parametrize(
    "root", ["packageItem", "conceptItem", "knowledgeItem", "planningItem", "catalogItem"]
)
def test_items_of_other_kinds_are_told(root: str) -> None:
    data = f'<{root} xmlns="http://iptc.org/std/nar/2006-10-01/" guid="x"><itemMeta/></{root}>'
    assert refused(data) == f"there is no newsItem in it, only a {root}"


def test_a_message_gives_its_items_and_passes_over_the_others() -> None:
    body = item(inline("<p>Text of item.</p>")).partition("?>")[2]
    message = f"""<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><header><sent>2022</sent></header>
      <itemSet><packageItem guid="p"><itemRef residref="N1"/></packageItem>{body}<newsItem guid="N2"/>
      {body.replace("ferry", "tram")}</itemSet></newsMessage>"""
    first, second, third = items(message)
    assert isinstance(first, Reading)
    assert isinstance(third, Reading)
    assert (first.text, third.facts["guid"]) == ("Text of item.", "tag:kestrel.example,2022:tram")
    assert len({first.digest, third.digest}) == 2
    assert outcomes(message)[1] == "item 2: there is no text in it"
    assert second.facts["item"] == 2


def test_an_item_says_the_same_wherever_the_file_is_cut_into_pieces() -> None:
    body = item(inline(NITF)).partition("?>")[2]
    padded = (f"{body}<!--{'x' * (number % 97)}-->" for number in range(400))
    message = f"<newsMessage><itemSet>{''.join(padded)}</itemSet></newsMessage>"
    found = [(each.date, each.facts, each.text) for each in items(message) if isinstance(each, Reading)]
    assert len(found) == 400
    assert all(each == found[0] for each in found)


def test_a_date_that_is_none_is_told() -> None:
    assert "'soon' is not a date" in refused(
        item(inline(NITF), "<itemMeta><versionCreated>soon</versionCreated></itemMeta>")
    )


def test_an_item_in_another_character_set_is_read() -> None:
    raw = item(inline("<p>Fähre</p>")).replace('"UTF-8"', '"ISO-8859-1"').encode("latin-1")
    assert (one(raw).text, one(raw).charset) == ("Fähre", "iso8859-1")
    assert "not utf-8" in refused(raw.replace(b"ISO-8859-1", b"UTF-8"))
