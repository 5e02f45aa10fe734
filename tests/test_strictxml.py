"""XML from strangers gives its items one by one, or a clear refusal, in bounded time and memory."""

from __future__ import annotations

import hashlib

import pytest

from vstore.errors import BadReference, BadWire
from vstore.readers import Held, How, strictxml
from vstore.readers.strictxml import Item, read_items
from vstore.readers.xmlroot import root_of, xml_charset

NAMES = frozenset({"item"})


def read(data: bytes | str, encoding: str | None = None) -> list[Item | BadWire]:
    raw = data.encode() if isinstance(data, str) else data
    return list(read_items(Held(raw), How(encoding), NAMES))


def words(found: list[Item | BadWire]) -> list[str]:
    return [each.message if isinstance(each, BadWire) else each.element.words for each in found]


def test_items_are_found_wherever_they_stand_and_only_the_outermost() -> None:
    found = read("<r><item>1</item><a><b><x:item>2<item>3</item></x:item></b></a><other>4</other></r>")
    assert words(found) == ["1", "23"]
    assert [each.number for each in found if isinstance(each, Item)] == [1, 2]


def test_prefixes_are_passed_over_and_attributes_kept() -> None:
    (item,) = read('<r xmlns:x="urn:x"><x:item xml:lang="en" x:a="1"/></r>')
    assert isinstance(item, Item)
    assert item.element.attributes == {"lang": "en", "a": "1"}


def test_the_digest_is_of_the_bytes_of_the_item() -> None:
    first, second, third = b"<item>1</item >", b"<item a='>'/>", b"<item><!-- > -->\xc3\xa9</item>"
    data = b"<?xml version='1.0'?>\n<r>" + first + b" \n" + second + third + b"</r>"
    digests = [each.digest for each in read(data) if isinstance(each, Item)]
    assert digests == [hashlib.sha256(each).hexdigest() for each in (first, second, third)]


def test_the_digest_of_items_is_right_however_the_file_is_cut_into_chunks() -> None:
    texts = [f"<item n='{n}'>{'x' * (n % 1_000)}</item>" for n in range(2_000)]
    found = read("<r>" + "".join(texts) + "</r>")
    digests = [each.digest for each in found if isinstance(each, Item)]
    assert digests == [hashlib.sha256(text.encode()).hexdigest() for text in texts]


def test_an_item_that_is_the_file_has_the_digest_of_the_file() -> None:
    data = b"\n<?xml version='1.0'?><item>x</item>\n"
    (item,) = read(data)
    assert isinstance(item, Item)
    assert (item.digest, item.number) == (hashlib.sha256(data).hexdigest(), 0)


@pytest.mark.parametrize(
    "charset", ["utf-8", "utf-8-sig", "iso8859-1", "cp1252", "gb18030", "shift_jis", "koi8-r", "utf-16"]
)
def test_any_character_set_that_python_knows_is_read_as_declared(charset: str) -> None:
    word = {"gb18030": "渡轮", "shift_jis": "フェリー", "koi8-r": "паром"}.get(charset, "Fähre")
    told = "utf-8" if charset == "utf-8-sig" else charset
    raw = f"<?xml version='1.0' encoding='{told}'?><r><item>{word}</item></r>".encode(charset)
    (item,) = read(raw)
    assert isinstance(item, Item)
    assert (item.element.words, item.charset) == (word, told)
    if charset not in ("utf-16", "utf-8-sig"):
        assert item.digest == hashlib.sha256(f"<item>{word}</item>".encode(charset)).hexdigest()


def test_what_declares_nothing_is_detected_by_what_decodes() -> None:
    for charset in ("utf-8", "cp1252", "utf-16-le", "utf-16-be"):
        (item,) = read("<r><item>Fähre</item></r>".encode(charset))
        assert isinstance(item, Item)
        assert (item.element.words, item.charset) == ("Fähre", charset)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (
            b"<?xml version='1.0' encoding='utf-8'?><r><item>F\xe4hre</item></r>",
            "not utf-8.* offset 48 is 0xE4",
        ),
        (b"<?xml version='1.0' encoding='utf-16'?><r><item>x</item></r>", "declares the encoding 'utf-16'"),
        (b"<?xml version='1.0' encoding='ebcdic-nine'?><r/>", "'ebcdic-nine', which nobody knows"),
        (b"<?xml version='1.0' encoding='rot13'?><r/>", "'rot13', which nobody knows"),
        (b"<?xml version='1.0' encoding='us-ascii'?><r><item>\xc3\xa4</item></r>", "not ascii"),
    ],
)
def test_a_wrong_declaration_is_told_and_an_encoding_that_is_named_wins(data: bytes, reason: str) -> None:
    with pytest.raises(BadWire, match=reason):
        raise next(each for each in _safely(data) if isinstance(each, BadWire))
    assert words(read(data, "cp1252"))[:1] != [reason]


def _safely(data: bytes) -> list[Item | BadWire]:
    try:
        return read(data)
    except BadWire as error:
        return [error]


def test_what_should_begin_with_a_mark_and_does_not_is_told() -> None:
    for charset in ("utf-16", "utf-32"):
        (bad,) = read("<r><item>x</item></r>".encode(f"{charset}-be"), charset)
        assert isinstance(bad, BadWire)
        assert f"it is not {charset}, as it should be" in bad.message


def test_an_encoding_that_there_is_not_is_told() -> None:
    with pytest.raises(BadReference, match="is no encoding"):
        read("<r/>", "nonsense")


BOMB = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True))


@pytest.mark.parametrize(
    "subset",
    [
        f'<!ENTITY a "lol">{BOMB}',
        '<!ENTITY x SYSTEM "file:///etc/passwd">',
        '<!ENTITY % p SYSTEM "http://localhost/x.dtd"> %p;',
        '<!ENTITY quadratic "' + "x" * 100_000 + '">',
        "<!ELEMENT r ANY>",
    ],
)
def test_a_document_type_with_declarations_is_refused_before_anything_grows(subset: str) -> None:
    found = read(f"<!DOCTYPE r [{subset}]><r><item>&j;&x;{'&quadratic;' * 1_000}</item></r>")
    assert len(found) == 1
    assert "declares entities or elements of its own" in words(found)[0]


def test_a_document_type_that_only_names_itself_is_fine_and_nothing_is_fetched() -> None:
    for doctype in ('SYSTEM "nitf-3-4.dtd"', 'PUBLIC "-//IPTC//DTD" "http://localhost:1/nitf.dtd"', ""):
        assert words(read(f"<!DOCTYPE r {doctype}><r><item>x</item></r>")) == ["x"]


def test_entities_of_html_are_known_in_text_and_in_attributes() -> None:
    (item,) = read(
        '<!DOCTYPE r SYSTEM "x.dtd"><r><item a="Caf&eacute; &amp; &lt;">&ndash;&nbsp;&gt;</item></r>'
    )
    assert isinstance(item, Item)
    assert (item.element.attributes["a"], item.element.written) == ("Café & <", "–\xa0>")


def test_an_entity_that_nobody_knows_is_told_and_not_dropped() -> None:
    found = words(read("<r><item>a &tstr; b</item><item>next</item></r>"))
    assert found == ["item 1: it uses the entity &tstr;, which is not declared", "next"]


def test_an_item_that_is_nested_too_deep_is_told_and_the_next_is_read() -> None:
    deep = "<b>" * 99 + "x" + "</b>" * 99
    found = words(read(f"<r><item>{deep[3:-4]}</item><item>{deep}</item><item>next</item></r>"))
    assert found == ["x", "item 2: it is nested more than 100 levels deep", "next"]
    assert words(read("<b>" * 50_000)) == ["it is nested more than 100 levels deep"]


def test_an_item_of_too_many_elements_or_bytes_is_told_and_the_next_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(strictxml, "MAX_ELEMENTS", 1_000)
    monkeypatch.setattr(strictxml, "MAX_ITEM", 200_000)
    many, long = "<b/>" * 1_000, "x" * 400_000
    found = words(read(f"<r><item>{many}</item><item>{long}</item><item>next</item></r>"))
    assert found == [
        "item 1: it has more than 1,000 elements",
        "item 2: it is longer than 200,000 bytes",
        "next",
    ]


def test_fifty_megabytes_are_an_item() -> None:
    (item,) = read(b"<r><item>" + b"word " * 10_000_000 + b"</item></r>")
    assert isinstance(item, Item)
    assert len(item.element.written) == 50_000_000


@pytest.mark.parametrize("start", ["<!--", "<r a='", "<?x "])
def test_a_tag_or_comment_that_does_not_end_is_given_up(start: str) -> None:
    assert words(read(start + "x" * 3_000_000)) == ["a tag or comment is longer than 1,048,576 bytes"]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ("<r><item>1</item><item>2", ["1", "item 2: the XML is cut off: it ends at line 1, column 25"]),
        ("<r><item>1</item>", ["1", "the XML is cut off: it ends at line 1, column 18"]),
        ("<r><item>1</item><ite", ["1", "the XML is cut off: it ends at line 1, column 18"]),
        ("<item>1", ["the XML is cut off: it ends at line 1, column 8"]),
        ("", ["the XML is cut off: it ends at line 1, column 1"]),
        (
            "<r><item>1</item>\n<item><b></item></r>",
            ["1", "item 2: the XML is broken at line 2, column 12: mismatched tag"],
        ),
        ("<item>1</item><item>", ["the XML is broken at line 1, column 15: junk after document element"]),
        ("<r><item a='1' a='2'/></r>", ["the XML is broken at line 1, column 16: duplicate attribute"]),
        ("plain text", ["the XML is broken at line 1, column 1: syntax error"]),
    ],
)
def test_broken_xml_gives_what_could_be_read_before_it(data: str, told: list[str]) -> None:
    assert words(read(data)) == told


@pytest.mark.parametrize(
    ("beginning", "root"),
    [
        ("<nitf>", "nitf"),
        ("\ufeff \n<?xml version='1.0'?><!-- <x> --><!DOCTYPE nitf SYSTEM 'x'><n:nitf xmlns:n='u'", "nitf"),
        ("<!DOCTYPE r [<!ENTITY a 'b'>] ><r/>", "r"),
        ("<?xml version='1.0' encoding='nonsense'?><r>", "r"),
        ("<r", None),
        ("<!-- never ends", None),
        ("<3 you", None),
        ("text <r>", None),
        ("", None),
    ],
)
def test_the_root_is_found_at_the_beginning(beginning: str, root: str | None) -> None:
    assert root_of(beginning.encode()) == root
    if not beginning.startswith(("\ufeff", "<?xml")):
        assert root_of(beginning.encode("utf-16")) == root


@pytest.mark.parametrize("unit", ["<!---->", "<!--", "<??>", "<?", "<!DOCTYPE [", "<", " "])
def test_a_hostile_beginning_is_looked_at_once(unit: str) -> None:
    assert root_of((unit * 65_536).encode()[:65_536]) is None


def test_the_declaration_is_believed_only_within_its_tag() -> None:
    assert xml_charset(b"<?xml version='1.0'?><r encoding='koi8-r'/>") == "utf-8"
