"""How much of a wire is verbatim, rewritten or new against earlier wires of its story, and whose it was."""

from __future__ import annotations

import gzip
import json
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import vstore
from vstore import Derivation, Store

SHARED = Path(__file__).parents[2] / "shared"
LOCK = "The lock at Harlow gave way on Tuesday, an hour after dawn."
MUD = "Eleven barges lie in the mud, and two of them carry grain."
ROOK = "Nobody was hurt, said Ines Rook, who runs the canal office."
TALKS = "The mayor resigned on Wednesday after a vote in the council."


class Part(NamedTuple):
    """Words of a paragraph, and the numbers of the versions that they came from."""

    words: int
    verbatim: int
    rewritten: int
    new: int
    taken: tuple[int, ...]


def derived(*versions: tuple[str, str]) -> Derivation:
    """Of the last of these (source, text)."""
    with vstore.open("memory:") as store:
        for day, (source, text) in enumerate(versions, 1):
            store.add("lock", text, date=f"2024-01-{day:02}", source=source)
        return store.derive("lock", len(versions))


def parts(found: Derivation) -> list[Part]:
    return [
        Part(each.words, each.verbatim, each.rewritten, each.new, tuple(one.number for one in each.taken))
        for each in found.paragraphs
    ]


def test_a_paragraph_that_was_taken_over_is_verbatim_and_another_one_is_new() -> None:
    found = derived(("Wire", f"{LOCK}\n\n{MUD}"), ("Gazette", f"A choir has won the cup in Oslo.\n\n{MUD}"))
    assert parts(found) == [Part(8, 0, 0, 8, ()), Part(12, 12, 0, 0, (1,))]
    assert (found.words, found.verbatim, found.rewritten, found.new, found.earlier) == (20, 12, 0, 8, 1)
    assert [(each.number, each.source, each.verbatim) for each in found.taken] == [(1, "Wire", 12)]
    assert found.sources == {"Wire": (12, 0)}


def test_words_put_into_a_sentence_that_is_kept_are_rewritten() -> None:
    edited = "Nine barges lie in the mud, and two of them carry barley."
    assert parts(derived(("Wire", MUD), ("Gazette", edited))) == [Part(12, 10, 2, 0, (1,))]


def test_a_new_sentence_in_an_old_paragraph_is_new() -> None:
    found = derived(("Wire", f"{LOCK} {MUD}"), ("Gazette", f"{LOCK} Engineers had warned of it. {MUD}"))
    assert parts(found) == [Part(29, 24, 0, 5, (1,))]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (TALKS, "After the council voted, the mayor stepped down on Wednesday."),
        (MUD, "Two of the eleven barges stuck in mud carry grain."),
        (ROOK, "Ines Rook of the canal office said there were no injuries."),
        (
            "The mayor resigned on Wednesday after a vote in the council.",
            "After the council voted, the mayor stepped down on Wednesday.",
        ),
        ("造成三名维修人员受伤，市交通局说。", "市交通局称，三名维修人员因此受伤。"),
    ],
)
def test_a_sentence_told_in_other_words_is_rewritten(old: str, new: str) -> None:
    found = derived(("Wire", f"{LOCK}\n\n{old}"), ("Gazette", new))
    assert (found.new, found.verbatim + found.rewritten) == (0, found.words)
    assert found.rewritten > 0
    assert found.sources == {"Wire": (found.verbatim, found.rewritten)}


@pytest.mark.parametrize(
    "new",
    [
        "A choir has won the contest, the jury said on Tuesday.",
        "The mayor was in the audience, and the council paid for the wine.",
        "He said.",
    ],
)
def test_a_sentence_that_shares_only_common_words_is_new(new: str) -> None:
    found = derived(("Wire", f"{LOCK} {MUD} {ROOK}"), ("Gazette", new))
    assert found.rewritten == 0


def test_words_go_to_the_version_and_the_source_that_wrote_them_whoever_passed_them_on() -> None:
    found = derived(
        ("Wire", LOCK),
        ("Gazette", f"{LOCK}\n\n{MUD}"),
        ("Echo", f"{MUD}\n\n{LOCK}\n\n{ROOK}"),
    )
    assert parts(found) == [Part(12, 12, 0, 0, (2,)), Part(12, 12, 0, 0, (1,)), Part(11, 0, 0, 11, ())]
    assert [(each.number, each.source, each.verbatim) for each in found.taken] == [
        (1, "Wire", 12),
        (2, "Gazette", 12),
    ]


def test_a_rewritten_sentence_comes_from_who_wrote_most_of_the_original() -> None:
    edited = MUD.replace("grain", "barley")
    again = edited.replace("Eleven", "Nine")
    found = derived(("Wire", MUD), ("Gazette", edited), ("Echo", again))
    told = [(each.number, each.verbatim, each.rewritten) for each in found.taken]
    assert told == [(1, 10, 1), (2, 1, 0)]


def test_an_outlets_own_earlier_versions_count_too() -> None:
    found = derived(("Wire", LOCK), ("Wire", f"{LOCK}\n\n{MUD}"))
    assert parts(found) == [Part(12, 12, 0, 0, (1,)), Part(12, 0, 0, 12, ())]
    assert found.sources == {"Wire": (12, 0)}


def test_what_was_cut_and_came_back_is_verbatim() -> None:
    found = derived(("Wire", f"{LOCK}\n\n{MUD}"), ("Wire", LOCK), ("Wire", f"{LOCK}\n\n{MUD}"))
    assert (found.verbatim, found.earlier) == (24, 2)
    assert [each.number for each in found.taken] == [1]


def test_without_an_earlier_wire_all_is_new() -> None:
    found = derived(("Wire", f"{LOCK}\n\n{MUD}"))
    assert (found.earlier, found.words, found.new, found.taken, found.sources) == (0, 24, 24, (), {})


@pytest.mark.parametrize("text", ["", " \n\n ", "…\n\n—"])
def test_a_text_without_words_has_none_of_any_kind(text: str) -> None:
    for versions in ([("Gazette", text)], [("Wire", LOCK), ("Gazette", text)]):
        found = derived(*versions)
        assert (found.words, found.verbatim, found.rewritten, found.new, found.taken) == (0, 0, 0, 0, ())
        assert len(found.paragraphs) == len(text.split())
    assert derived(("Wire", text), ("Gazette", LOCK)).new == 12


def test_paragraphs_are_counted_and_placed_as_blame_does() -> None:
    with vstore.open("memory:") as store:
        store.add("lock", f"\n\n\n{LOCK}\n\n \n***\n\n{MUD}\n", source="Wire")
        found, blame = store.derive("lock"), store.blame("lock")
    told = [(each.number, each.start, each.length) for each in found.paragraphs]
    assert told == [(each.number, each.start, each.length) for each in blame.paragraphs]
    assert [each.words for each in found.paragraphs] == [12, 0, 12]


def test_earlier_is_by_the_order_and_as_the_store_stood() -> None:
    moment = [10**15]
    with vstore.open("memory:", clock=lambda: moment[0]) as store:
        store.add("lock", LOCK, date="2024-01-02", source="Gazette")
        before = "2001-09-09T01:46:40Z"
        moment[0] += 10**9
        store.add("lock", LOCK, date="2024-01-01", source="Wire")
        assert store.derive("lock", 1).sources == {"Wire": (12, 0)}
        assert store.derive("lock", 2).earlier == 0
        assert store.as_of(before).derive("lock", 1).new == 12
        with pytest.raises(vstore.UnknownVersion):
            store.derive("lock", 3)
        with pytest.raises(vstore.UnknownStory):
            store.derive("loch")


def test_the_json_form_has_counts_in_words() -> None:
    form = derived(("Wire", f"{LOCK}\n\n{MUD}"), ("Gazette", MUD)).to_dict()
    json.dumps(form)
    names = "story number id text_id earlier erased words verbatim rewritten new taken paragraphs sources"
    assert list(form) == names.split()
    assert form["sources"] == [{"source": "Wire", "verbatim": 12, "rewritten": 0}]
    (paragraph,) = form["paragraphs"]
    assert list(paragraph) == ["number", "start", "length", "words", "verbatim", "rewritten", "new", "taken"]
    assert list(paragraph["taken"][0]) == ["number", "id", "dated", "at", "source", "verbatim", "rewritten"]


def test_many_versions_and_an_end_within_a_token_are_no_obstacle() -> None:
    texts = [f"{LOCK} It was day {n} of the drought. {MUD}。\u0301{ROOK}" for n in range(1, 28)]
    many = [(f"Source {n}", text) for n, text in enumerate(texts)]
    found = derived(*many)
    assert (found.words, found.new) == (42, 0)
    assert [(each.number, each.verbatim, each.rewritten) for each in found.taken] == [(1, 41, 1)]


PIECES = [LOCK, MUD, ROOK, "He said.", "。\u0301", "三名。五名", "\n", "\n\n", "A"]


@given(st.lists(st.lists(st.sampled_from(PIECES)).map(" ".join), min_size=1, max_size=5))
@settings(max_examples=60, deadline=None)
def test_the_counts_of_the_parts_are_those_of_the_whole(given_texts: list[str]) -> None:
    with vstore.open("memory:") as store:
        for place, text in enumerate(given_texts):
            store.add("lock", text, source=f"Source {place % 3}", again=True)
        check(store, len(given_texts))


def check(store: Store, number: int) -> None:
    found, version, blame = (
        store.derive("lock", number),
        store.version("lock", number),
        store.blame("lock", number),
    )
    assert found.words == version.words == found.verbatim + found.rewritten + found.new
    for name in ("words", "verbatim", "rewritten", "new"):
        assert sum(getattr(each, name) for each in found.paragraphs) == getattr(found, name)
    assert sum(each.verbatim for each in found.taken) == found.verbatim
    assert sum(each.rewritten for each in found.taken) == found.rewritten
    own = " ".join(hunk.text for hunk in blame.hunks if hunk.number == number)
    assert found.verbatim <= version.words
    assert bool(found.new + found.rewritten) == bool(own and vstore.diff("", own).added_words)


def seeds() -> list[str]:
    files = sorted((SHARED / "seeds").glob("*.txt"))
    return [file.read_text(encoding="utf-8").split(" ", 3)[3] for file in files]


@pytest.mark.skipif(not (SHARED / "seeds").is_dir(), reason="the seeds are not here")
def test_of_the_second_seed_one_sentence_is_new() -> None:
    found = derived(*zip(("First", "Second"), seeds(), strict=True))
    assert [each.number for each in found.paragraphs if each.new] == [7]
    assert (found.words, found.new) == (330, 12)
    assert found.verbatim > 2 * found.rewritten > 0


def topics() -> dict[str, dict[str, list[str]]]:
    """Of each topic its events, of each event some reports."""
    with gzip.open(SHARED / "data" / "ecbplus-en.jsonl.gz", "rt", encoding="utf-8") as lines:
        wires = [json.loads(line) for line in lines]
    found: dict[str, dict[str, list[str]]] = {}
    for story, reports in groupby(wires, key=lambda wire: wire["story"]):
        found.setdefault(story.partition("/")[2][:2], {})[story] = [each["text"] for each in reports]
    return found


@pytest.mark.slow
@pytest.mark.skipif(not (SHARED / "data").is_dir(), reason="the corpora are not here")
def test_reports_of_other_events_are_new() -> None:
    words = taken = 0
    for events in topics().values():
        for one, other in zip(*list(events.values())[:2], strict=False):
            found = derived(("One", one), ("Other", other))
            words, taken = words + found.words, taken + found.rewritten
    assert words > 50_000
    assert taken < words / 100
