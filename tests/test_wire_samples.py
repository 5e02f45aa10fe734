"""Sample files of the standards: read with the right text and facts, or refused with the reason."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from vstore import readers
from vstore.errors import BadWire
from vstore.readers import Reading

WIRE = Path(__file__).parent.parent.parent / "shared" / "data" / "wire"
NINJS, G2 = WIRE / "iptc__newsinjson", WIRE / "iptc__newsml-g2" / "examples"
pytestmark = pytest.mark.skipif(not WIRE.is_dir(), reason="../shared/data/wire is not here")

REASONS = re.compile(
    r"(item \d+: )?there is no text in it( \(it is: [\w/+-]+\))?|there is no newsItem in it, only a \w+"
    r"|it is a JSON schema, and no item|the key 'broadband' is given twice"
    r"|no reader knows what it is: markup that begins with <schema>.*"
)


def found(path: Path) -> list[Reading | BadWire]:
    return list(readers.items(readers.named(str(path))))


def only(path: Path) -> Reading:
    (item,) = found(path)
    assert isinstance(item, Reading), item
    return item


def test_every_sample_is_read_by_its_own_reader_or_refused_with_a_reason() -> None:
    expected = {".json": {"ninjs"}, ".xml": {"newsml-g2", "newsml1"}, ".xsd": {"plain"}}
    counts = {"read": 0, "refused": 0}
    for path in sorted([*NINJS.rglob("*"), *G2.rglob("*")]):
        if path.suffix not in expected or path.stat().st_size == 0:
            continue
        for item in found(path):
            if isinstance(item, BadWire):
                assert REASONS.fullmatch(item.message), (path, item.message)
                counts["refused"] += 1
            else:
                assert item.reader in expected[path.suffix], path
                assert item.text.strip(), path
                counts["read"] += 1
    assert counts == {"read": 32, "refused": 105}


def test_ninjs_samples_have_their_own_guid_headline_and_date() -> None:
    read = 0
    for path in sorted(NINJS.rglob("*.json")):
        for item in found(path):
            if isinstance(item, BadWire):
                continue
            said = {name.lower(): value for name, value in json.loads(path.read_text()).items()}
            headlines = [each["value"] for each in said.get("headlines", [])]
            assert item.facts["guid"] == said["uri"]
            assert item.facts["headline"] in (said.get("headline"), said.get("title"), *headlines)
            assert (item.date is None) == ("versioncreated" not in said and "firstcreated" not in said)
            assert item.facts.get("lang") == said.get("language")
            read += 1
    assert read == 24


@pytest.mark.parametrize(
    ("path", "paragraphs", "begins", "ends"),
    [
        ("examples/2.1/dpa_text.json", 9, "Für Lucien Favre", ""),
        ("examples/1.4/ninjsExSimpleText1.json", 1, "GROSSETO, Italy (AP)", "has denied wrongdoing."),
        ("examples/NewsML/businesswire-newsml-20130605006126.xml", 7, "(美國商業資訊)", ""),
    ],
)
def test_texts_are_whole(path: str, paragraphs: int, begins: str, ends: str) -> None:
    text = only(NINJS / path).text
    assert len(text.split("\n\n")) >= paragraphs - 2
    assert text.startswith(begins)
    assert text.endswith(ends)
    assert not re.search(r"<[a-z]+[ >]|&[a-z]+;", text)


def test_facts_of_a_news_item_are_those_of_its_metadata() -> None:
    facts = only(G2 / "LISTING_2_NewsML-G2_Text_Document.xml").facts
    assert facts["guid"] == "urn:newsml:acmenews.com:20161121:US-FINANCE-FED"
    assert (facts["provider_version"], facts["slug"], facts["place"]) == (
        "11",
        "US-Finance-Fed",
        "New York, NY",
    )
    assert (facts["byline"], facts["extra"]["infoSource"]) == ("Meredith Jameson", "Associated Press")
    assert facts["headline"] == 'Fed to halt QE to avert "bubble"'


def test_a_photo_is_told_to_be_one() -> None:
    for path in (G2 / "LISTING_3_Photo_in_NewsML-G2.xml", NINJS / "examples/3.0/ap_image.json"):
        (bad,) = found(path)
        assert isinstance(bad, BadWire)
        assert bad.message == "there is no text in it (it is: picture)"
