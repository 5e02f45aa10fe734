"""NewsML 1: of an item's components one is the text, the lines beside it are facts."""

from __future__ import annotations

import pytest
from readings import items, one, outcomes, refused

from vstore.readers import Reading

ENVELOPE = """<NewsEnvelope>
  <SentFrom><Party FormalName="Kestrel Wire"/></SentFrom>
  <DateAndTime>20220308T104000+0000</DateAndTime><Priority FormalName="4"/>
</NewsEnvelope>"""
IDENTITY = """<Identification><NewsIdentifier>
  <ProviderId>kestrel.example</ProviderId><DateId>20220307</DateId><NewsItemId>ferry</NewsItemId>
  <RevisionId PreviousRevision="2" Update="N">3</RevisionId>
  <PublicIdentifier>urn:newsml:kestrel.example:20220307:ferry:3</PublicIdentifier>
</NewsIdentifier><NameLabel>FERRY</NameLabel></Identification>"""
MANAGEMENT = """<NewsManagement>
  <NewsItemType FormalName="News"/>
  <FirstCreated>20220307T090000+0000</FirstCreated>
  <ThisRevisionCreated>20220308T103700+0000</ThisRevisionCreated>
  <Status FormalName="Usable"/><Urgency FormalName="3"/>
  <AssociatedWith NewsItem="urn:newsml:kestrel.example:20220307:storm"/>
</NewsManagement>"""
LINES = """<NewsLines>
  <HeadLine>Ferry <Origin>back</Origin>
    on Friday</HeadLine><SubHeadLine>After the storm</SubHeadLine>
  <ByLine>Ada Holm</ByLine><DateLine>HALVORSUND, March 8</DateLine>
  <CopyrightLine>© Kestrel Wire</CopyrightLine><SlugLine>Ferry-Halvorsund</SlugLine>
  <KeywordLine>ferry</KeywordLine><KeywordLine>storm</KeywordLine>
</NewsLines>
<AdministrativeMetadata><Source><Party FormalName="Halvorsund Port"/></Source></AdministrativeMetadata>
<DescriptiveMetadata>
  <Language FormalName="en"/><Genre FormalName="Interview"/>
  <SubjectCode><Subject FormalName="04000000"/></SubjectCode>
  <Location><Property FormalName="Country" Value="NO"/>
    <Property FormalName="City" Value="Halvorsund"/></Location>
</DescriptiveMetadata>
<Metadata><MetadataType FormalName="X"/><Property FormalName="Desk" Value="north"/>
  <Property FormalName="Desk" Value="sea"/></Metadata>"""


def content(data: str, mime: str = "text/xhtml") -> str:
    return f'<ContentItem><MimeType FormalName="{mime}"/><DataContent>{data}</DataContent></ContentItem>'


def component(role: str, inner: str) -> str:
    return f'<NewsComponent><Role FormalName="{role}"/>{inner}</NewsComponent>'


BODY = component(
    "Main",
    content("<html><head><title>T</title></head><body><p>The ferry sails.</p><p>Soon.</p></body></html>"),
)


def item(components: str = BODY, management: str = MANAGEMENT, lines: str = LINES) -> str:
    return f"<NewsItem>{IDENTITY}{management}<NewsComponent>{lines}{components}</NewsComponent></NewsItem>"


def file(*found: str) -> str:
    return f'<?xml version="1.0"?>\n<NewsML Version="1.2">{ENVELOPE}{"".join(found)}</NewsML>'


def test_lines_and_management_are_facts_and_the_rest_is_extra() -> None:
    reading = one(file(item()))
    assert (reading.reader, reading.date) == ("newsml1", "2022-03-08T10:37:00+00:00")
    assert reading.text == "The ferry sails.\n\nSoon."
    assert reading.facts == {
        "source": "Kestrel Wire",
        "headline": "Ferry back on Friday",
        "byline": "Ada Holm",
        "guid": "urn:newsml:kestrel.example:20220307:ferry",
        "provider_version": "3",
        "kind": "Interview",
        "lang": "en",
        "slug": "Ferry-Halvorsund",
        "urgency": 3,
        "keywords": ["ferry", "storm"],
        "place": "Halvorsund",
        "rights": "© Kestrel Wire",
        "first_created": "2022-03-07T09:00:00+00:00",
        "extra": {
            "SubHeadLine": "After the storm",
            "DateLine": "HALVORSUND, March 8",
            "Subject": "04000000",
            "Source": "Halvorsund Port",
            "PublicIdentifier": "urn:newsml:kestrel.example:20220307:ferry:3",
            "AssociatedWith": "urn:newsml:kestrel.example:20220307:storm",
            "Desk": ["north", "sea"],
            "pubstatus": "usable",
        },
    }


@pytest.mark.parametrize(
    ("components", "text"),
    [
        (component("Headline", content("<p>H</p>")) + BODY, "The ferry sails.\n\nSoon."),
        (component("Caption", content("<p>C</p>")) + content("<p>Bare.</p>"), "Bare."),
        (component("Sidebar", content("<p>S</p>")) + component("Body", content("<p>B</p>")), "B"),
        (component("Main", component("", content("<p>Inherited.</p>"))), "Inherited."),
        (component("Main", content("  ") + content("<p>Second.</p>")), "Second."),
        (component("Main", content("Plain\n text &lt;", "text/plain")), "Plain\n text <"),
        (component("Main", content("<![CDATA[<p>A</p><p>B</p>]]>", "text/html")), "A\n\nB"),
        (component("Main", content("<nitf><body><body.content><p>N</p></body.content></body></nitf>")), "N"),
        (component("Main", content("p {}", "text/css") + content("<p>T</p>")), "T"),
        (component("Photo", '<ContentItem Href="x.jpg"/>') + component("Main", content("<p>T</p>")), "T"),
        (
            component(
                "Main",
                "<ContentItem><Encoding Notation='Base64'><DataContent>eA==</DataContent></Encoding>"
                "</ContentItem>" + content("<p>T</p>"),
            ),
            "T",
        ),
    ],
)
def test_the_main_component_is_the_text(components: str, text: str) -> None:
    assert one(file(item(components))).text == text


@pytest.mark.parametrize(
    ("management", "kind"),
    [
        ('<Status FormalName="Canceled"/>', "kill"),
        ('<Status FormalName="Withheld"/>', "withhold"),
        ('<Status FormalName="Usable"/><Instruction FormalName="Update"/>', "update"),
        ('<Instruction FormalName="Rectify"/>', "correction"),
        ('<Status FormalName="Canceled"/><Instruction FormalName="Update"/>', "kill"),
        ('<NewsItemType FormalName="Advisory"/>', "advisory"),
        ('<NewsItemType FormalName="Alert"/>', "Alert"),
        ("", "Interview"),
    ],
)
def test_status_and_instructions_tell_the_state(management: str, kind: str) -> None:
    assert one(file(item(management=f"<NewsManagement>{management}</NewsManagement>"))).facts["kind"] == kind


def test_a_killed_item_needs_no_text_and_any_other_does() -> None:
    killed = '<NewsManagement><Status FormalName="Canceled"/></NewsManagement>'
    reading = one(file(item("", killed)))
    assert (reading.text, reading.facts["extra"]["pubstatus"]) == ("", "canceled")
    assert reading.date == "2022-03-08T10:40:00+00:00"
    assert refused(file(item(component("Photo", content("<p>C</p>"))))) == "item 1: there is no text in it"


def test_an_embargo_is_kept_with_its_moment() -> None:
    management = """<NewsManagement><Status FormalName="Embargoed"/><StatusWillChange>
      <FutureStatus FormalName="Usable"/><DateAndTime>20220309T120000+0000</DateAndTime>
    </StatusWillChange></NewsManagement>"""
    extra = one(file(item(management=management))).facts["extra"]
    assert (extra["pubstatus"], extra["embargoed"]) == ("embargoed", "2022-03-09T12:00:00+00:00")


@pytest.mark.parametrize(
    ("public", "update", "guid"),
    [
        ("urn:newsml:k:1:a:3", "N", "urn:newsml:k:1:a"),
        ("urn:newsml:k:1:a:3U", "U", "urn:newsml:k:1:a"),
        ("urn:newsml:k:1:a", "N", "urn:newsml:k:1:a"),
        ("urn:newsml:k:1:33", "N", "urn:newsml:k:1:33"),
        ("", "N", "urn:newsml:kestrel.example:20220307:ferry"),
    ],
)
def test_the_guid_is_the_public_identifier_without_the_revision(public: str, update: str, guid: str) -> None:
    data = file(item()).replace('Update="N"', f'Update="{update}"')
    data = data.replace("urn:newsml:kestrel.example:20220307:ferry:3", public)
    facts = one(data).facts
    assert (facts["guid"], facts["provider_version"]) == (guid, "3")


def test_each_item_is_read_and_a_bad_one_does_not_end_the_rest() -> None:
    other = item().replace("The ferry", "The tram")
    found = items(file(item(), item(""), other))
    assert [each.text if isinstance(each, Reading) else each.message for each in found] == [
        "The ferry sails.\n\nSoon.",
        "item 2: there is no text in it",
        "The tram sails.\n\nSoon.",
    ]
    (cut,) = outcomes(file(item())[:-20])
    assert cut.startswith("item 1: the XML is cut off: it ends at line ")


def test_of_an_item_that_is_made_of_items_these_are_read() -> None:
    both = item() + item().replace("ferry", "tram")
    package = f"<NewsItem>{IDENTITY}<NewsComponent>{both}</NewsComponent></NewsItem>"
    assert outcomes(file(package)) == ["The ferry sails.\n\nSoon.", "The tram sails.\n\nSoon."]


def test_a_file_without_items_gives_none() -> None:
    assert items(file()) == []
