"""Versions and stories as lists tell them."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from render_values import PLAIN, version

from vstore.answers import Story
from vstore.cli.entry import Telling
from vstore.cli.layout import layout
from vstore.cli.look import Look
from vstore.cli.moments import brief, shown
from vstore.cli.table import rows
from vstore.dates import zone
from vstore.errors import BadReference
from vstore.model import Facts, Version

TELLING = Telling(PLAIN, {version().id: "d1e4f0a"})


def test_the_long_form_reads_like_git_log() -> None:
    assert list(TELLING.long(version())) == [
        "version 2  d1e4f0a",
        "Date:     2019-01-15",
        "Source:   Northern Wire",
        "Headline: Dockers return to work",
        "Changed:  text, headline (since version 1)",
        "Words:    +12 -30 (1,351)",
        "Stored:   patch against 1 (812 bytes)",
    ]


def test_a_first_undated_whole_version_says_only_what_is_known() -> None:
    bare = version(
        number=1, previous=None, changed=(), base=None, dated=None, stored_bytes=1203, facts=Facts()
    )
    assert list(TELLING.long(bare))[1:] == [
        "Date:     undated (placed at 2019-01-15 00:00:00 UTC)",
        "Words:    +12 -30 (1,351)",
        "Stored:   whole (1,203 bytes)",
    ]


def test_a_late_wire_is_marked() -> None:
    assert next(TELLING.long(version(late=True))) == "version 2  d1e4f0a  (late)"
    assert TELLING.line(version(late=True)).endswith("  (late)")


@pytest.mark.parametrize(
    ("given", "marks"),
    [
        ({"state": "kill"}, "  (kill)"),
        ({"state": "correction", "lifts": 1}, "  (correction, lives again)"),
        ({"lifts": 1, "late": True}, "  (lives again, late)"),
        ({"state": "embargo", "facts": Facts(extra={"embargoed": "2030"})}, "  (embargo)"),
        ({"state": "update", "facts": Facts(extra={"embargoed": "2030"})}, "  (update, embargo)"),
    ],
)
def test_what_a_version_says_it_is_is_marked(given: dict[str, Any], marks: str) -> None:
    assert next(TELLING.long(version(**given))) == f"version 2  d1e4f0a{marks}"
    assert TELLING.line(version(**given)).endswith(marks)


def test_a_headline_and_a_byline_that_changed_are_told_with_what_they_were() -> None:
    before = Facts(headline="Dockers vote", byline="Ansel Roe")
    new = version(facts=Facts(headline="Dockers return"), changed=("headline", "byline"))
    assert list(TELLING.long(new, before))[2:6] == [
        "Headline: Dockers return",
        "  was:    Dockers vote",
        "Byline:   (none)",
        "  was:    Ansel Roe",
    ]
    signed = version(facts=Facts(headline="Dockers vote", byline="Iris Cale"), changed=("byline",))
    assert list(TELLING.long(signed, Facts(headline="Dockers vote")))[2:5] == [
        "Headline: Dockers vote",
        "Byline:   Iris Cale",
        "Changed:  byline (since version 1)",
    ]


def test_the_hour_of_an_embargo_and_the_editors_note_are_told() -> None:
    facts = Facts(note="Not before\nthe vote", extra={"embargoed": "2030-01-01T06:00Z"})
    berlin = TELLING._replace(zone=zone("Europe/Berlin"))
    assert list(berlin.long(version(facts=facts)))[2:4] == [
        "Embargo:  until 2030-01-01 07:00 +01:00",
        "Note:     Not before the vote",
    ]
    assert "Embargo:  until further notice" in list(TELLING.long(version(facts=Facts(kind="embargo"))))


def test_the_heading_is_yellow() -> None:
    telling = Telling(Look(color=True), {version().id: "d1e4f0a"})
    assert next(telling.long(version())) == "\x1b[33mversion 2  d1e4f0a\x1b[0m"


def test_versions_of_several_stories_are_told_by_story() -> None:
    telling = Telling(PLAIN, with_story=True)
    assert next(telling.long(version())) == "version harbour-strike@2  d1e4f0a00000"


def test_verbose_tells_the_other_clock_and_the_ids() -> None:
    lines = list(Telling(PLAIN, verbose=True).long(version(last_seen="2024-03-02T00:00:00.000000Z")))
    assert lines[7:] == [
        "Recorded: 2024-03-01 09:30:00.000000 UTC",
        "Seen:     2024-03-02 00:00:00.000000 UTC",
        f"Id:       {version().id}",
        f"Text id:  {'a' * 64}",
    ]


def test_one_line_holds_the_most() -> None:
    line = TELLING.line(version())
    assert line == "d1e4f0a 2  2019-01-15  +12 -30  Northern Wire: Dockers return to work"


def test_one_line_is_cut_on_a_terminal_only() -> None:
    telling = Telling(Look(columns=40), TELLING.shorts)
    assert telling.line(version(late=True)) == "d1e4f0a 2  2019-01-15  +12 -30…  (late)"


def test_a_headline_of_two_lines_stays_a_line() -> None:
    assert TELLING.line(version(facts=Facts(headline="One\r\nTwo"))).endswith("  One Two")


def formatted(template: str, given: Version) -> str:
    return layout(template, None)(given, "d1e4f0a")


def test_placeholders_are_those_of_git() -> None:
    given = version()
    assert formatted("%H", given) == given.id
    assert formatted("%h|%an|%ad|%aI|%s|%N", given) == (
        "d1e4f0a|Northern Wire|2019-01-15|2019-01-15T00:00:00Z|Dockers return to work|2"
    )
    assert formatted("100%%%n.", given) == "100%\n."


def test_absent_facts_are_empty() -> None:
    assert formatted("<%an><%s><%ad><%(byline)>", version(facts=Facts(), dated=None)) == "<><><><>"


def test_any_field_can_be_named() -> None:
    given = version(facts=Facts(keywords=("sea", "port"), extra={"desk": "north", "rank": 3}))
    assert (
        formatted("%(words) %(late) %(changed) %(keywords)", given) == "1351 false text, headline sea, port"
    )
    assert formatted("%(extra.desk) %(extra.rank) %(extra.none)|%(extra)", given) == (
        'north 3 |{"desk": "north", "rank": 3}'
    )


@pytest.mark.parametrize("template", ["%x", "%", "%a", "%(nonsense)", "%(words.x)", "%()"])
def test_an_unknown_placeholder_is_refused(template: str) -> None:
    with pytest.raises(BadReference, match="--format knows no"):
        layout(template, None)


def test_every_field_of_the_json_form_can_be_named() -> None:
    for name in version().to_dict():
        formatted(f"%({name})", version())


BERLIN = zone("Europe/Berlin")


@pytest.mark.parametrize(
    ("written", "here", "there"),
    [
        ("2019-01-15T23:30+00:00", "2019-01-15 23:30 UTC", "2019-01-16 00:30 +01:00"),
        ("2019-07-15T12:00:05+05:30", "2019-07-15 12:00:05 +05:30", "2019-07-15 08:30:05 +02:00"),
        (
            "2019-07-15T12:00:05.1234567890+00:00",
            "2019-07-15 12:00:05.1234567890 UTC",
            "2019-07-15 14:00:05.1234567890 +02:00",
        ),
        ("2019-01-15T00:00:00Z", "2019-01-15 00:00:00 UTC", "2019-01-15 01:00:00 +01:00"),
        ("1890-01-15T00:00:00Z", "1890-01-15 00:00:00 UTC", "1890-01-15 00:53:28 +00:53:28"),
        ("9999-12-31T23:59+00:00", "9999-12-31 23:59 UTC", "9999-12-31 23:59 UTC"),
    ],
)
def test_a_time_is_shown_with_its_zone_or_in_the_readers(written: str, here: str, there: str) -> None:
    assert shown(written, None) == here
    assert shown(written, BERLIN) == there


@pytest.mark.parametrize("written", ["2019", "2019-01", "2019-01-15"])
def test_a_day_is_one_in_every_zone(written: str) -> None:
    assert shown(written, None) == shown(written, BERLIN) == written


def test_a_time_that_came_without_a_zone_is_shown_without_one() -> None:
    assert shown("2019-01-15T10:00", BERLIN) == "2019-01-15 10:00"


def test_a_date_for_a_column_is_no_finer_than_a_minute() -> None:
    assert brief("2019-01-15T23:30:10.5+00:00", datetime.UTC) == "2019-01-15 23:30 UTC"
    assert brief("2019-01-15T23:30:10+00:00", BERLIN) == "2019-01-16 00:30 +01:00"


def story(name: str, **other: str | int | None) -> Story:
    plain = {
        "versions": 3,
        "current": 3,
        "tip": 3,
        "at": "2019-01-15T00:00:00Z",
        "headline": None,
        "source": None,
    }
    return Story(story=name, **{**plain, **other})  # type: ignore[arg-type]


def test_stories_stand_in_columns() -> None:
    given = [
        story("harbour-strike", headline="Dockers return", source="Northern Wire"),
        story("港口罢工", versions=12, at="2019-01-15T08:05:00Z"),
    ]
    assert list(rows(given, None, PLAIN)) == [
        "harbour-strike   3  2019-01-15            Northern Wire  Dockers return",
        "港口罢工        12  2019-01-15 08:05 UTC  -",
    ]


def test_rows_are_cut_to_the_terminal_and_not_in_a_pipe() -> None:
    given = [story("x" * 60, headline="A headline of some length that goes on and on")]
    assert len(next(rows(given, None, Look(columns=70)))) <= 70
    line = next(rows(given, None, PLAIN))
    assert "x" * 60 in line
    assert line.endswith("goes on and on")


def test_many_stories_stream() -> None:
    asked = 0

    def endless() -> object:
        nonlocal asked
        while True:
            asked += 1
            yield story(f"story-{asked}")

    next(rows(endless(), None, PLAIN))  # type: ignore[arg-type]
    assert asked <= 500
