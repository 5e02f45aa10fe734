"""What a wire says of itself, in the trade's words, and what follows for its story."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from vstore import dates
from vstore.facts import canonical_facts
from vstore.model import Facts
from vstore.states import NOTICES, SPELT, Course, Said, State, embargo, is_over, may_be_notice, state

SPELLINGS = {
    "kill": "kill, KILL, Killed, mandatory kill, MANDATORY_KILL, Withdrawn, story-withdrawn, withdrawal, "
    "retraction, canceled, Cancelled, stat:canceled, KILL KILL KILL, recalled",
    "withhold": "withhold, Withheld, stat:withheld, hold, HOLD HOLD HOLD",
    "correction": "correction, Corr., corrected, sig:correction, Rectify, REFILE, corrective",
    "embargo": "embargo, Embargoed",
    "advisory": "advisory, Memo, Editor's note, note to editors, ADVISORY ADVISORY",
    "update": "update, sig:update, https://cv.iptc.org/newscodes/signal/update, writethru",
}
EXAMPLES = [(word, meant) for meant, words in SPELLINGS.items() for word in words.split(", ")]


def test_the_documents_list_the_same_spellings() -> None:
    page = (Path(__file__).parents[1] / "docs" / "stories.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \|[^|]*\| (.*) \|$", page, re.MULTILINE)
    assert {meant: words.replace("'", "") for meant, words in rows} == SPELT


@pytest.mark.parametrize(("word", "meant"), EXAMPLES)
def test_a_kind_is_known_in_every_spelling_of_the_trade(word: str, meant: str) -> None:
    assert state(Facts(kind=word)) == meant
    assert state(Facts(kind=f" {word.upper()} ")) == meant


@pytest.mark.parametrize(
    "word", [None, "", ":", "report", "skill", "kill fee", "usable", "killé", "k" * 9999]
)
def test_any_other_kind_is_plain_news(word: str | None) -> None:
    assert state(Facts(kind=word)) is None


@pytest.mark.parametrize(
    ("status", "meant"),
    [
        *(("usable", None), ("canceled", "kill"), ("withheld", "withhold"), ("stat:canceled", "kill")),
        *((7, None), (["canceled"], None), ({"canceled": True}, None), (None, None)),
        ("Embargoed", "embargo"),
    ],
)
def test_a_publishing_status_counts_too(status: object, meant: State | None) -> None:
    assert state(Facts(extra={"pubstatus": status})) == meant


@pytest.mark.parametrize(
    ("kind", "status", "meant"),
    [
        ("correction", "canceled", "kill"),
        ("update", "withheld", "withhold"),
        ("kill", "withheld", "kill"),
        ("kill", "usable", "kill"),
        ("advisory", "usable", "advisory"),
        ("embargo", "withheld", "withhold"),
    ],
)
def test_the_stronger_word_counts(kind: str, status: str, meant: State) -> None:
    assert state(Facts(kind=kind, extra={"pubstatus": status})) == meant


@pytest.mark.parametrize(
    ("headline", "meant"),
    [
        ("KILL: Dockers vote to end strike", "kill"),
        ("STORY WITHDRAWN - Dockers vote to end strike", "kill"),
        ("CORRECTED-Dockers vote to end strike", "correction"),
        ("UPDATE 2-Dockers vote to end strike", "update"),
        ("REFILE-UPDATE 1-Dockers vote to end strike", "correction"),
        ("ADVISORY—Dockers story to follow", "advisory"),
        ("Kill: Dockers vote to end strike", None),
        ("KILLED BY A FALLING CRANE", None),
        ("KILL BILL: a new look at an old film", None),
        ("Update: dockers vote", None),
        ("", None),
    ],
)
def test_a_tag_in_capitals_before_a_headline_is_read(headline: str, meant: State | None) -> None:
    assert state(Facts(headline=headline)) == meant
    assert state(Facts(headline=headline, kind="report")) == meant


def test_a_kind_of_the_trade_is_believed_before_a_headline() -> None:
    assert state(Facts(headline="KILL: Dockers vote", kind="update")) == "update"
    assert state(Facts(headline="KILL: Dockers vote", extra={"pubstatus": "withheld"})) == "withhold"


def test_a_hostile_headline_is_read_in_no_time() -> None:
    assert state(Facts(headline="A " * 200_000)) is None


@pytest.mark.parametrize(
    ("facts", "until"),
    [
        (Facts(), None),
        (Facts(extra={"embargoed": None}), None),
        (Facts(extra={"embargoed": False}), None),
        (Facts(extra={"embargoed": "2030-01-01T06:00Z"}), "2030-01-01T06:00Z"),
        (Facts(extra={"embargoed": ""}), ""),
        (Facts(extra={"embargoed": True}), ""),
        (Facts(extra={"embargoed": {"until": 1}}), ""),
        (Facts(kind="embargo"), ""),
        (Facts(extra={"pubstatus": "embargoed"}), ""),
        (Facts(kind="embargo", extra={"embargoed": "2030"}), "2030"),
    ],
)
def test_an_embargo_has_an_hour_or_none(facts: Facts, until: str | None) -> None:
    assert embargo(facts) == until
    assert state(facts) == (None if until is None else "embargo")


def test_a_correction_under_embargo_is_a_correction() -> None:
    facts = Facts(kind="correction", extra={"embargoed": "2030-01-01"})
    assert (state(facts), embargo(facts)) == ("correction", "2030-01-01")


@pytest.mark.parametrize(
    ("hour", "still", "over"),
    [
        ("2030-01-01T06:00Z", "2030-01-01T05:59:59.999999Z", "2030-01-01T06:00:00Z"),
        ("2030-01-01T06:00:30+02:00", "2030-01-01T04:00:29.999999Z", "2030-01-01T04:00:30Z"),
        ("2030-01-01 06:00", "2030-01-01T04:59:59Z", "2030-01-01T05:00:00Z"),
        ("2030-01-01", "2030-01-01T23:59:59Z", "2030-01-02T00:00:00Z"),
        ("2030", "2030-12-31T23:59:59Z", "2031-01-01T00:00:00Z"),
    ],
)
def test_an_embargo_ends_at_its_hour(hour: str, still: str, over: str) -> None:
    berlin = dates.zone("Europe/Berlin")
    assert not is_over(hour, dates.parse_time(still, None, end=False), berlin)
    assert is_over(hour, dates.parse_time(over, None, end=False), berlin)


@pytest.mark.parametrize("hour", ["", "noon", "2030-02-30", "Mon, 7 Jan 2030 06:00 GMT"])
def test_an_hour_that_cannot_be_read_never_comes(hour: str) -> None:
    assert not is_over(hour, dates.parse_time("9999-12-31", None, end=True))


def test_no_notice_is_passed_over_unread() -> None:
    for word, meant in EXAMPLES:
        facts = Facts(kind=word)
        assert may_be_notice(canonical_facts(facts)) or meant not in NOTICES
    assert not may_be_notice(canonical_facts(Facts(kind="update", headline="Dockers vote")))


def course(*told: tuple[str | None, State | None]) -> Course:
    """Of versions 1, 2, 3 … with these sources and states."""
    found = Course()
    for number, (source, said) in enumerate(told, 1):
        found.take(Said(number, source, said))
    return found


def test_a_kill_stands_until_its_source_sends_news_again() -> None:
    assert course(("A", None), ("A", "kill")).standing == [2]
    lives = course(("A", None), ("A", "kill"), ("A", None))
    assert (lives.standing, lives.lifts, lives.lifted_by) == ([], {3: 2}, {2: 3})


def test_a_correction_of_a_killed_story_makes_it_live_again_and_a_kill_of_a_corrected_one_kills_it() -> None:
    found = course(("A", None), ("A", "correction"), ("A", "kill"), ("A", "correction"))
    assert (found.standing, found.lifts) == ([], {4: 3})
    assert course(("A", "correction"), ("A", "kill")).standing == [2]


def test_an_advisory_lifts_nothing_and_kills_nothing() -> None:
    assert course(("A", None), ("A", "kill"), ("A", "advisory")).standing == [2]
    assert course(("A", None), ("A", "advisory")).standing == []


def test_another_source_lifts_nothing() -> None:
    found = course(("A", None), ("B", None), ("A", "kill"), ("B", "update"))
    assert (found.standing, found.lifts) == ([3], {})


def test_a_wire_without_a_source_speaks_for_all_of_them() -> None:
    assert course(("A", "kill"), ("B", "withhold"), (None, None)).lifts == {3: 2}
    assert course(("A", "kill"), ("B", "withhold"), (None, None)).lifted_by == {1: 3, 2: 3}
    assert course((None, "kill"), ("B", None)).standing == []
    assert course(("A", "kill"), ("B", "withhold")).standing == [1, 2]


def test_the_last_notice_of_a_source_is_the_one_that_stands_and_news_lifts_both() -> None:
    found = course(("A", "kill"), ("A", "withhold"))
    assert found.standing == [2]
    found.take(Said(3, "A", "update"))
    assert (found.standing, found.lifts, found.lifted_by) == ([], {3: 2}, {1: 3, 2: 3})


def test_what_a_kill_took_back_stays_killed_though_the_story_lives_again() -> None:
    found = course(("A", None), ("B", None), ("A", "kill"), ("A", "correction"), ("A", "kill"))
    assert [found.killed_by(place, "A") for place in range(5)] == [3, 3, 3, 5, 5]
    assert [found.killed_by(place, "B") for place in range(5)] == [None] * 5
    assert found.killed_by(1, None) == 3
    assert course(("A", None), (None, "kill")).killed_by(0, "A") == 2
    assert course(("A", None), ("A", "withhold")).killed_by(0, "A") is None
