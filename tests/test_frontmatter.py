"""Front matter tells story, date and facts, word for word; what is hostile in it is refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from readings import read

from vstore import readers
from vstore.errors import BadWire
from vstore.readers import frontmatter

FRONT = """---
story: us-talks
date: 2019-01-15T10:00
title: Talks
source: Kestrel Wire
keywords: [peace, 2019]
urgency: 3
desk: politics
extra:
  page: 4
---
The text.
"""


def test_front_matter_tells_story_date_and_facts() -> None:
    reading = read(FRONT)
    assert (reading.reader, reading.story, reading.date) == ("frontmatter", "us-talks", "2019-01-15T10:00")
    assert reading.text == "The text.\n"
    assert reading.facts == {
        "headline": "Talks",
        "source": "Kestrel Wire",
        "keywords": ["peace", "2019"],
        "urgency": 3,
        "extra": {"desk": "politics", "page": 4},
    }


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", " \t\r\n"])
def test_front_matter_may_end_its_lines_in_any_way(end: str) -> None:
    reading = read(f"---{end}story: a\n---{end}{end}Text{end}")
    assert (reading.story, reading.text) == ("a", f"{end}Text{end}")


def test_front_matter_may_end_with_the_file() -> None:
    assert read("---\nstory: a\n---").text == ""


@pytest.mark.parametrize(
    "text",
    [
        *["---\nstory: a\n", "---\nstory: a\n--- x\n", "---\nstory: a\n ---\n", "--- \n- a\n- b\n---\nText"],
        *[
            "---\nJust prose.\n---\nMore",
            "---\n---\nText",
            "---\n# a comment\n---\nText",
            "----\na: b\n---\n",
        ],
        *[" ---\na: b\n---\n", "---\n!!python/object/apply:os.system ['true']\n---\n"],
    ],
)
def test_what_is_no_mapping_between_two_lines_is_plain_text(text: str) -> None:
    reading = read(text)
    assert (reading.reader, reading.text) == ("plain", text)
    with pytest.raises(BadWire, match="no front matter"):
        read(text, reader="frontmatter")


def test_front_matter_ends_within_64_kilobytes_of_the_file() -> None:
    room = frontmatter.LIMIT - len("---\nnote: \n---\n")
    fits, over = (f"---\nnote: {'x' * size}\n---\nText" for size in (room, room + 1))
    assert read(fits).text == "Text"
    assert read(over).reader == "plain"
    assert read(over.replace("\nText", "")).reader == "frontmatter"
    assert read(f"---\nnote: {'é' * (room // 2 + 1)}\n---\nText").reader == "plain"


def test_words_and_times_in_front_matter_stay_as_they_are_written() -> None:
    reading = read(
        "---\ncountry: no\nopen: yes\nlit: on\nat: 14:30\nday: 2019-01-15\nagent: 007\nedition: 1.50\n"
        "long: 12345678901234567890\nhex: 0x1F\nbig: 1e999\nnan: .nan\nmerge: <<\n---\n"
    )
    assert reading.facts["extra"] == {
        "country": "no",
        "open": "yes",
        "lit": "on",
        "at": "14:30",
        "day": "2019-01-15",
        "agent": "007",
        "edition": "1.50",
        "long": "12345678901234567890",
        "hex": "0x1F",
        "big": "1e999",
        "nan": ".nan",
        "merge": "<<",
    }


def test_numbers_truth_and_nothing_in_front_matter_are_what_they_look_like() -> None:
    reading = read(
        "---\nlist: [0, -7, 1.5, true, False, null, ~, '5', \"true\"]\ngone: null\n2019: year\n---\n"
    )
    assert reading.facts["extra"] == {
        "list": [0, -7, 1.5, True, False, None, None, "5", "true"],
        "2019": "year",
    }


def test_named_facts_keep_every_digit() -> None:
    reading = read(
        "---\nstory: 1984\ndate: 2019\nguid: 007\nheadline: true\nprovider_version: 1.10\nurgency: 05\n---\n"
    )
    assert (reading.story, reading.date) == ("1984", "2019")
    assert reading.facts == {
        "guid": "007",
        "headline": "true",
        "provider_version": "1.10",
        "urgency": "05",
    }


def test_a_second_name_that_says_something_else_is_kept_as_an_extra() -> None:
    reading = read("---\ndated: 2019-01-15\ndate: January\nheadline: A\ntitle: B\n---\n")
    assert (reading.date, reading.facts) == (
        "2019-01-15",
        {"headline": "A", "extra": {"date": "January", "title": "B"}},
    )
    assert read("---\nheadline: A\ntitle: A\n---\n").facts == {"headline": "A"}
    assert read("---\nheadline:\ntitle: B\n---\n").facts == {"headline": "B"}


BOMB = "a: &a [x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        (BOMB, r"line 2: .* anchor or alias"),
        ("story: a\nother: *b", r"line 3: .* anchor or alias"),
        ("&a story: b", r"anchor or alias"),
        ("run: !!python/object/apply:os.system ['touch /tmp/x']", r"line 2: .* a tag"),
        ("!!python/object:vstore.model.Wire {story: a}", r"a tag"),
        ("story: ! a", r"a tag"),
        ("when: !!timestamp 2019-01-15", r"a tag"),
        ("story: a\nstory: b", r"line 3: .* the key 'story' twice"),
        ("extra: {a: 1, 'a': 2}", r"the key 'a' twice"),
        ("a: " + "[" * 20 + "]" * 20, r"more than 20 mappings and lists"),
        ("a: " + "{a: " * 5000, r"more than 20 mappings and lists"),
        ("? [a, b]\n: c", r"a key that is a list or a mapping"),
        ("? {a: b}\n: c", r"a key that is a list or a mapping"),
        ("story: a\n...\nb: c", r"not YAML"),
        ("story: a\n--- b", r"line 3: .* more than one YAML document"),
        ("story: [a", r"not YAML"),
        ("story: a\n\tb: c", r"line 3: .* not YAML"),
        ("story: a: b", r"line 2: .* not YAML"),
        ("story: 'a", r"not YAML"),
        ("story: a\x01b", r"not YAML"),
        ("%YAML 9.9\nstory: a", r"not YAML"),
        ('story: "\\UFFFFFFFF"', r"not YAML"),
        ('story: "\\U00110000"', r"not YAML"),
        ('note: "\\uD800"', r"lone surrogate"),
        ("text: a", r"cannot have the key 'text'"),
        ("story: [a]", r"'story' must be a string, not a list"),
        ("date: {a: b}", r"'date' must be a string, not a dict"),
        ("date: 2019-02-30", r"2019-02-30"),
        ("date: ''", r"is not a date"),
        ("headline: [a]", r"headline"),
        ("keywords: {a: b}", r"keywords"),
        ("extra: a", r"extra"),
        ("desk: a\nextra: {desk: b}", r"twice"),
    ],
)
def test_malformed_and_hostile_front_matter_is_refused(header: str, sentence: str) -> None:
    with pytest.raises(BadWire, match=f"(?s){sentence}"):
        read(f"---\n{header}\n---\nText")


def test_refused_front_matter_can_be_read_as_plain_text() -> None:
    text = f"---\n{BOMB}---\nText"
    with pytest.raises(BadWire, match="--reader plain"):
        read(text)
    assert read(text, reader="plain").text == text


@given(st.text(alphabet="ab:-?[]{},&*!|>'\"%@`#\\ \n\tU0\x85\u2028\ufeff0123456789~<=."))
@settings(derandomize=True, deadline=None, max_examples=500)
def test_whatever_stands_between_the_lines_is_read_or_refused(header: str) -> None:
    text = f"---\n{header}\n---\nText"
    try:
        reading = read(text)
    except BadWire:
        return
    assert text.endswith(reading.text)


def test_options_win_over_what_the_file_says() -> None:
    options = {"date": "2019-01-16", "source": "Heron", "headline": None, "desk": "world", "shift": "late"}
    wire = readers.to_wire(read(FRONT), "other", options)
    assert (wire.story, wire.date) == ("other", "2019-01-16")
    assert (wire.facts.source, wire.facts.headline) == ("Heron", "Talks")
    assert wire.facts.extra == {"desk": "world", "page": 4, "shift": "late"}


def test_options_go_by_their_other_names_too() -> None:
    wire = readers.to_wire(read(FRONT), "a", {"title": "New", "dated": "2020", "extra": {"page": 5}})
    assert (wire.facts.headline, wire.date) == ("New", "2020")
    assert wire.facts.extra == {"desk": "politics", "page": 5}
