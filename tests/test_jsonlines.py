"""Lines of JSON become wires; a bad one is told with its number, and the rest goes on."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lines import GOOD, all_of, item, outcome

from vstore import dates
from vstore.errors import BadReference, BadWire
from vstore.model import MAX_FACTS_BYTES, Facts, Wire
from vstore.readers.jsonlines import wires


def wire_of(values: object, **options: Any) -> Wire:
    (wire,) = all_of(json.dumps(values).encode(), **options)
    assert isinstance(wire, Wire), wire
    return wire


def bad_of(line: bytes | dict[str, Any], **options: Any) -> BadWire:
    (bad,) = all_of(line if isinstance(line, bytes) else json.dumps(line).encode(), **options)
    assert isinstance(bad, BadWire), bad
    return bad


# What a line may say


def test_story_and_text_are_enough_and_nothing_dates_the_wire() -> None:
    assert wire_of(item()) == Wire(story="a", text="Text.")
    assert wire_of(item(text="")).text == ""


@given(st.text())
@settings(derandomize=True, deadline=None)
def test_any_text_comes_out_as_it_went_in(text: str) -> None:
    assert wire_of(item(text=text)).text == text
    (wire,) = all_of(json.dumps(item(text=text), ensure_ascii=False).encode())
    assert isinstance(wire, Wire)
    assert wire.text == text


def test_facts_go_by_their_names_and_the_rest_is_extra() -> None:
    wire = wire_of(
        item(source="Kestrel", keywords=["x"], urgency="4", seq=7, desk={"n": [1]}, extra={"k": 1})
    )
    assert wire.facts == Facts(
        source="Kestrel", keywords=("x",), urgency=4, extra={"seq": 7, "desk": {"n": [1]}, "k": 1}
    )


def test_a_title_is_the_headline_where_there_is_no_other() -> None:
    assert wire_of(item(title="T")).facts == Facts(headline="T")
    assert wire_of(item(title="T", headline=None)).facts == Facts(headline="T")
    assert wire_of(item(title="T", headline="T")).facts == Facts(headline="T")
    assert wire_of(item(title="T", headline="H")).facts == Facts(headline="H", extra={"title": "T"})


def test_dated_wins_over_date() -> None:
    assert wire_of(item(date="2019")).date == "2019"
    assert wire_of(item(dated="2018", date="2019")).date == "2018"
    assert wire_of(item(dated=None, date="2019")).date == "2019"
    assert wire_of(item(dated=None)).date is None


def test_a_time_without_a_zone_takes_the_one_that_was_given() -> None:
    wire = item(date="2019-01-15 10:00")
    assert wire_of(wire).date == "2019-01-15T10:00"
    assert wire_of(wire, tz=dates.zone("+02:00")).date == "2019-01-15T10:00+02:00"


def test_what_an_export_adds_for_its_readers_is_ignored() -> None:
    names = "number id text_id facts_id parent at recorded last_seen first_recorded late previous changed"
    more = "added_words removed_words words base stored_bytes outcome input"
    exported = dict.fromkeys(f"{names} {more}".split(), 1)
    wire = wire_of(
        item(**exported, redacted=[], dated="2019", capture={"reader": "seed"}, extra={"id": "kept"})
    )
    assert wire.facts == Facts(extra={"id": "kept"})
    assert wire.capture == {"reader": "seed"}


def test_what_a_version_says_it_is_is_ignored_in_an_export_and_kept_in_other_peoples_lines() -> None:
    assert wire_of(item(facts_id="0" * 64, state="kill", lifts=None)).facts == Facts()
    assert wire_of(item(state="Ohio", lifts=3)).facts == Facts(extra={"state": "Ohio", "lifts": 3})


def test_other_peoples_keys_are_mapped() -> None:
    fields = {"story": "guid", "text": "body", "date": "published", "title": "head"}
    values = {"guid": "g1", "body": "B", "published": "2019", "head": "H", "id": 5, "section": "x"}
    wire = wire_of(values, fields=fields)
    assert wire == Wire(story="g1", text="B", date="2019", facts=Facts(headline="H", extra={"section": "x"}))


def test_one_key_may_be_mapped_to_two_names() -> None:
    wire = wire_of({"id": "g1", "text": "T"}, fields={"story": "id", "guid": "id"})
    assert (wire.story, wire.facts) == ("g1", Facts(guid="g1"))


def test_a_key_whose_name_was_mapped_elsewhere_is_an_extra() -> None:
    fields = {"story": "guid", "dated": "published", "headline": "hed"}
    wire = wire_of(
        item(guid="g1", date="then", hed="H", title="T", headline=None, extra={"k": 1}), fields=fields
    )
    assert (wire.story, wire.date) == ("g1", None)
    assert wire.facts == Facts(headline="H", extra={"story": "a", "date": "then", "title": "T", "k": 1})
    bad = bad_of(item(guid="g1", extra={"story": "b"}), fields=fields)
    assert "'story' is given twice" in bad.message


def test_a_mapped_key_that_a_line_does_not_have_is_missed_by_both_names() -> None:
    bad = bad_of(item(), fields={"text": "body"})
    assert bad.message == "line 1: 'body', which is the text, is missing"


def test_a_mapping_to_no_name_of_ours_is_refused_at_once() -> None:
    with pytest.raises(BadReference, match="'body' cannot be mapped: there are story, text, date, source"):
        wires(io.BytesIO(), fields={"body": "text"})
    with pytest.raises(BadReference, match="'date' is mapped twice"):
        wires(io.BytesIO(), fields={"date": "a", "dated": "b"})


# What makes a line bad


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (b'{"story": "a", "text": "caf\xe9"}', "not UTF-8: byte 28 is 0xE9"),
        (b'{"story": "a", "text": "\xed\xa0\x80"}', "not UTF-8"),
        (b"\xff\xfe{\x00}\x00", "not UTF-8"),
        (b'{"story": "a", "text": "b"', "not JSON"),
        (b'{"story": "a", "text": "b"} {}', "not JSON: Extra data (character 29)"),
        (b'{"story": "a", "text": "b\x00"}', "not JSON: Invalid control character"),
        (b"{'story': 'a'}", "not JSON"),
        (b'["story"]', "a list, not an object"),
        (b'"story"', "a string, not an object"),
        (b"null", "null, not an object"),
        (b"17", "a number, not an object"),
        (b'{"story": "a", "text": "b", "x": NaN}', "NaN"),
        (b'{"story": "a", "text": "b", "x": [-Infinity]}', "-Infinity"),
        (b'{"story": "a", "text": "b", "extra": {"x": 1e999}}', "1e999 is too great"),
        (b'{"story": "a", "text": "b", "x": %s}' % (b"9" * 5000), "too many digits"),
        (b'{"story": "a", "text": "b", "x": 9007199254740992}', "extra"),
        (b'{"story": "a", "text": "b", "urgency": 9007199254740992}', "urgency"),
        (b'{"story": "a", "text": "b", "text": "c"}', "'text' is given twice"),
        (b'{"story": "a", "text": "b", "extra": {"x": [{"y": 1, "y": 1}]}}', "'y' is given twice"),
        (b'{"story": "a", "text": "b", "desk": 1, "extra": {"desk": 2}}', "given twice"),
        (b'{"story": "a", "text": "\\ud800"}', "'text' holds a lone surrogate"),
        (b'{"story": "a", "text": "\\uDE00\\uD83D"}', "lone surrogate"),
        (b'{"story": "\\udfff", "text": "b"}', "lone surrogate"),
        (b'{"story": "a", "text": "b", "x": [{"\\ud800": 1}]}', "'x' holds a lone surrogate"),
        (b'{"story": "a", "text": "b", "\\ud800": 1}', "lone surrogate"),
        (b'{"story": "a", "text": "b", "capture": {"x": "\\ud800"}}', "lone surrogate"),
        (b'{"story": "a", "text": "b", "x": %s}' % (b"[" * 200_000), "nested too deep"),
        (b'{"story": "a", "text": "b", "x": %s1%s}' % (b"[" * 150, b"]" * 150), "nested"),
        (b'{"story": "a", "text": "b", "capture": {"x": %s1%s}}' % (b"[" * 150, b"]" * 150), "nested"),
        (b'{"text": "b"}', "'story' is missing"),
        (b'{"story": "a"}', "'text' is missing"),
        (b'{"story": null, "text": "b"}', "'story' is missing"),
        (b'{"story": 5, "text": "b"}', "'story' is a number, not a string"),
        (b'{"story": "a", "text": ["b"]}', "'text' is a list, not a string"),
        (b'{"story": "a", "text": "b", "date": 2019}', "the date is a number"),
        (b'{"story": "a", "text": "b", "date": true}', "the date is true or false"),
        (b'{"story": "a", "text": "b", "date": "2019-02-30"}', "2019-02-30"),
        (b'{"story": "a", "text": "b", "dated": ""}', "not a date"),
        (b'{"story": "a", "text": "b", "headline": {}}', "headline"),
        (b'{"story": "a", "text": "b", "extra": []}', "extra"),
        (b'{"story": "a", "text": "b", "capture": 5}', "'capture' is a number"),
        (b'{"story": "", "text": "b"}', "story-id is empty"),
        (b'{"story": "a\\u0000", "text": "b"}', "U+0000"),
        (b'{"story": " a", "text": "b"}', "white space"),
        (b'{"story": "%s", "text": "b"}' % (b"a" * 4097), "4,097 bytes"),
    ],
)
def test_a_bad_line_says_what_is_wrong_and_the_rest_goes_on(line: bytes, sentence: str) -> None:
    good, bad, after = all_of(GOOD + line + b"\n" + GOOD)
    assert isinstance(good, Wire)
    assert isinstance(bad, BadWire)
    assert isinstance(after, Wire)
    assert bad.message.startswith("line 2: ")
    assert sentence in bad.message
    assert bad.facts["line"] == 2
    json.dumps(bad.to_dict())


def test_facts_over_a_mebibyte_are_told_with_their_line() -> None:
    assert "facts" in bad_of(item(note="x" * MAX_FACTS_BYTES)).message
    assert "facts" in bad_of(item(extra={"x": "x" * MAX_FACTS_BYTES})).message
    assert wire_of(item(text="x" * 2 * MAX_FACTS_BYTES)).story == "a"


def test_a_bad_line_is_not_held_by_its_error() -> None:
    bad = bad_of(b"{")
    assert (bad.__traceback__, bad.__cause__, bad.__context__) == (None, None, None)


def test_half_characters_that_make_a_whole_are_one() -> None:
    assert all_of(rb'{"story": "a", "text": "\ud83d\ude00"}') == [Wire(story="a", text="😀")]


def test_good_and_bad_lines_are_told_apart_and_counted_as_an_editor_counts() -> None:
    lines = [b"", b"{", GOOD.strip(), b" \t\r", b"\xff", b"[]", GOOD.strip() + b"\r", b"\x00"]
    assert outcome(all_of(b"\n".join(lines))) == [2, "a", 5, 6, "a", 8]


def test_a_bom_before_the_first_line_is_skipped_and_no_other() -> None:
    bom = b"\xef\xbb\xbf"
    assert outcome(all_of(bom + GOOD + bom + GOOD)) == ["a", 2]
    assert outcome(all_of(bom + b"\n" + GOOD)) == ["a"]
    assert all_of(bom) == all_of(b"") == []


def test_texts_keep_their_boms_line_ends_and_nuls() -> None:
    text = "\ufeffA\r\nB\rC\x00\u2028"
    assert wire_of(item(text=text)).text == text


def test_a_line_that_is_too_long_is_skipped_and_the_rest_goes_on() -> None:
    limit = len(GOOD) - 1
    long = GOOD.replace(b"Text.", b"Text.." * 1_000_000)
    assert outcome(all_of(GOOD + long + GOOD + long.strip(), size_limit=limit)) == ["a", 2, "a", 4]
    (bad,) = all_of(long, size_limit=limit)
    assert isinstance(bad, BadWire)
    assert bad.message == f"line 1: the line is longer than {limit} bytes"


@given(st.lists(st.binary() | st.sampled_from([GOOD.strip(), b"{}", b""])))
@settings(derandomize=True, deadline=None)
def test_any_bytes_give_wires_or_bad_wires(lines: list[bytes]) -> None:
    data = b"\n".join(lines)
    assert len(all_of(data)) <= data.count(b"\n") + 1
