"""The history of paragraphs (vstore/paragraph_log.py): through moves, splits, merges, deletion, restoring."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

import pytest

import vstore
from vstore.answers import ParagraphChange
from vstore.errors import UnknownParagraph, UnknownVersion
from vstore.store import Store
from vstore.text import paragraphs

RIVER = "The river rose by a metre overnight in Northport."
STRIKE = "Dockers went on strike over pay on Monday morning."
STORM = "The mayor said that nobody was hurt in the storm."
SPAM = "Buy cheap pills here now, friends."
WORDS = ["river", "dockers", "strike", "mayor", "storm", "union", "talks", "ferry", "the", "of", "and", "in"]


def text(*units: str) -> str:
    return "\n\n".join(units)


def traced(
    *states: str, paragraph: int | tuple[int, int], sources: Sequence[str] = ()
) -> list[ParagraphChange]:
    with vstore.open("memory:") as store:
        for place, state in enumerate(states):
            store.add("s", state, source=sources[place] if sources else None)
        return list(store.trace_paragraphs("s", paragraph=paragraph))


def numbers(changes: Sequence[ParagraphChange]) -> list[int]:
    return [change.version.number for change in changes]


def told(changes: Sequence[ParagraphChange]) -> list[tuple[int, str | None, str | None]]:
    return [(change.version.number, change.before, change.after) for change in changes]


def test_a_paragraph_is_followed_back_to_where_it_was_written() -> None:
    friday = STRIKE.replace("Monday", "Friday")
    changes = traced(RIVER, text(RIVER, STRIKE), text(RIVER, friday), text(RIVER, friday, STORM), paragraph=2)
    assert told(changes) == [(3, STRIKE, friday), (2, None, STRIKE)]
    assert [change.paragraphs for change in changes] == [(2,), (2,)]
    assert [edit for edit in changes[0].edits if edit.op != "="] == [("-", "Monday"), ("+", "Friday")]
    assert changes[1].edits == (("+", STRIKE),)


def test_a_version_that_only_moves_or_re_wraps_it_is_not_listed() -> None:
    wrapped = STRIKE.replace(" on strike", "\non strike")
    changes = traced(text(RIVER, STRIKE), text(STRIKE, RIVER), text(wrapped, RIVER), paragraph=1)
    assert told(changes) == [(1, None, STRIKE)]
    assert changes[0].paragraphs == (2,)


def test_a_change_elsewhere_in_the_text_is_not_listed() -> None:
    states = [text(RIVER, STRIKE, STORM), text("New.", RIVER, STRIKE), text(SPAM, RIVER, STRIKE, "End.")]
    assert numbers(traced(*states, paragraph=3)) == [1]


def test_halves_of_a_paragraph_go_back_to_the_whole() -> None:
    changed = STORM.replace("nobody", "no one")
    states = [text(RIVER, f"{STRIKE} {STORM}"), text(RIVER, STRIKE, STORM), text(RIVER, STRIKE, changed)]
    assert told(traced(*states, paragraph=3)) == [(3, STORM, changed), (1, None, f"{STRIKE} {STORM}")]


def test_a_merged_paragraph_goes_back_to_its_parts() -> None:
    states = [text(STRIKE, RIVER, STORM), text(f"{STRIKE} {STORM}", RIVER)]
    (written,) = traced(*states, paragraph=1)
    assert written.paragraphs == (1, 3)
    assert written.after == text(STRIKE, STORM)


def test_a_part_that_was_merged_and_parted_again_goes_its_own_way() -> None:
    merged = f"{STRIKE.replace('Monday', 'Friday')} {STORM}"
    states = [text(STRIKE, STORM), f"{STRIKE} {STORM}", merged, merged.replace(". ", ".\n\n")]
    assert numbers(traced(*states, paragraph=1)) == [3, 1]
    assert told(traced(*states, paragraph=2)) == [(1, None, STORM)]


def test_deletion_and_restoring_are_told() -> None:
    states = [text(RIVER, STRIKE, STORM), text(RIVER, STORM), text(RIVER, "More."), text(STRIKE, "More.")]
    changes = traced(*states, paragraph=1)
    assert told(changes) == [(4, None, STRIKE), (2, STRIKE, None), (1, None, STRIKE)]
    assert [change.taken_from for change in changes] == [1, None, None]
    assert [change.paragraphs for change in changes] == [(1,), (), (2,)]


def test_what_stood_in_its_place_meanwhile_is_no_part_of_its_history() -> None:
    good = text(RIVER, STRIKE, STORM)
    changes = traced(good, text(RIVER, SPAM, STORM), good, paragraph=2)
    assert told(changes) == [(3, None, STRIKE), (2, STRIKE, None), (1, None, STRIKE)]


def test_a_paragraph_rewritten_in_other_words_is_followed_by_its_place() -> None:
    changes = traced(text(RIVER, STRIKE, STORM), text(RIVER, SPAM, STORM), paragraph=2)
    assert told(changes) == [(2, STRIKE, SPAM), (1, None, STRIKE)]


def test_a_paragraph_put_between_others_was_written_there() -> None:
    changes = traced(text(RIVER, STORM), text(RIVER, STRIKE, STORM), paragraph=2)
    assert told(changes) == [(2, None, STRIKE)]


def test_a_paragraph_restored_by_a_blanked_page_is_taken_from_before() -> None:
    good = text(RIVER, STRIKE, STORM)
    changes = traced(good, "lol", good, paragraph=3)
    assert told(changes) == [(3, None, STORM), (2, STORM, None), (1, None, STORM)]
    assert changes[0].taken_from == 1


def test_a_paragraph_of_another_source_is_taken_from_it() -> None:
    states = [RIVER, text(STORM, STRIKE), text(RIVER, STRIKE)]
    changes = traced(*states, paragraph=2, sources=["North", "South", "North"])
    assert told(changes) == [(3, None, STRIKE), (2, None, STRIKE)]
    assert [change.taken_from for change in changes] == [2, None]


def test_each_version_is_compared_with_its_previous_one_of_the_same_source() -> None:
    friday = STRIKE.replace("Monday", "Friday")
    changes = traced(STRIKE, STORM, friday, paragraph=1, sources=["North", "South", "North"])
    assert told(changes) == [(3, STRIKE, friday), (1, None, STRIKE)]


def test_a_late_wire_takes_its_place(store: Store) -> None:
    store.add("s", text(RIVER, STRIKE), date="2019-01-15")
    store.add("s", RIVER, date="2019-01-17")
    store.add("s", text(RIVER, STRIKE + " It rained."), date="2019-01-16")
    changes = list(store.trace_paragraphs("s", 3, paragraph=2))
    assert numbers(changes) == [3, 1]
    assert [change.version.late for change in changes] == [True, False]


def test_several_paragraphs_are_followed_together() -> None:
    states = [
        text(RIVER, STRIKE),
        text(STRIKE, RIVER, STORM),
        text(STRIKE + " It rained.", SPAM, RIVER, STORM),
    ]
    changes = traced(*states, paragraph=(1, 4))
    assert numbers(changes) == [3, 2, 1]
    assert [change.paragraphs for change in changes] == [(1, 2, 3, 4), (1, 2, 3), (1, 2)]


def test_paragraphs_that_do_not_follow_each_other_are_parted_by_a_blank_line() -> None:
    (change,) = traced(f"{STRIKE}\n{RIVER}\n{STORM}", f"{STRIKE}\n{STORM}\n{RIVER}", paragraph=(1, 2))
    assert (change.paragraphs, change.after) == ((1, 3), text(STRIKE, STORM))


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\u2028"])
def test_any_line_end_parts_paragraphs(end: str) -> None:
    old, new = end.join((RIVER, STRIKE, STORM)), end.join((RIVER, STRIKE + " Now.", STORM))
    assert told(traced(old, new, paragraph=2)) == [(2, STRIKE, STRIKE + " Now."), (1, None, STRIKE)]
    assert told(traced(old, new, paragraph=3)) == [(1, None, STORM)]


def test_a_range_beyond_the_text_is_refused_at_once(store: Store) -> None:
    store.add("s", text(RIVER, STRIKE))
    with pytest.raises(UnknownParagraph, match="has no paragraph 3; it has 2") as error:
        store.trace_paragraphs("s", paragraph=3)
    assert error.value.facts["paragraphs"] == 2
    with pytest.raises(UnknownParagraph, match="paragraphs 2 to 3"):
        store.trace_paragraphs("s", paragraph=(2, 3))
    with pytest.raises(UnknownVersion):
        store.trace_paragraphs("s", 2, paragraph=1)


def test_a_blank_text_has_no_paragraph_but_is_passed_through(store: Store) -> None:
    for state in (RIVER, "\n", RIVER):
        store.add("s", state)
    with pytest.raises(UnknownParagraph, match="it has 0"):
        store.trace_paragraphs("s", 2, paragraph=1)
    assert told(list(store.trace_paragraphs("s", paragraph=1))) == [
        (3, None, RIVER),
        (2, RIVER, None),
        (1, None, RIVER),
    ]


def test_an_answer_is_told_as_the_version_with_the_paragraphs() -> None:
    (change,) = traced(text(RIVER, STRIKE), paragraph=2)
    form = change.to_dict()
    assert form == {
        **change.version.to_dict(),
        "paragraphs": [2],
        "before": None,
        "after": STRIKE,
        "edits": [["+", STRIKE]],
        "taken_from": None,
    }


def test_versions_that_alternate_are_told_one_by_one() -> None:
    changes = traced(*[RIVER, STRIKE] * 40, paragraph=1)
    assert numbers(changes) == list(range(80, 0, -1))
    assert [change.taken_from for change in changes[::2]] == [*range(78, 0, -2), None]


# What holds of any story


def grown(seed: int) -> Iterator[str]:
    """Texts of paragraphs that are put in, cut, moved, edited, merged, parted, and restored."""
    chance = random.Random(seed)

    def passage() -> str:
        return f"{' '.join(chance.choices(WORDS, k=8))}. {' '.join(chance.choices(WORDS, k=6))}."

    units = [passage() for _ in range(4)]
    past = [units]
    for _ in range(14):
        yield text(*units)
        units = list(units)
        place = chance.randrange(len(units))
        match chance.randrange(7):
            case 0:
                units.insert(place, passage())
            case 1:
                units[place : place + 1] = [] if len(units) > 1 else [passage()]
            case 2:
                units.append(units.pop(place))
            case 3:
                units[place] = units[place].replace(chance.choice(WORDS), "gale", 1)
            case 4:
                units[place : place + 2] = [" ".join(units[place : place + 2])]
            case 5:
                units[place : place + 1] = units[place].split("  ")
            case _:
                units = chance.choice(past)
        past.append(units)


@pytest.mark.parametrize("seed", range(12))
def test_every_history_begins_where_the_paragraph_was_written(seed: int) -> None:
    with vstore.open("memory:") as store:
        for state in grown(seed):
            store.add("s", state, source="North" if seed % 2 else f"Desk {len(state) % 2}")
        order = [version.number for version in store.log("s")]
        for paragraph in store.blame("s").paragraphs:
            changes = list(store.trace_paragraphs("s", paragraph=paragraph.number))
            assert numbers(changes) == [number for number in order if number in numbers(changes)]
            assert changes[-1].after is not None
            assert changes[-1].before is None
            for change in changes:
                check(store, change)


def check(store: Store, change: ParagraphChange) -> None:
    assert "".join(edit.text for edit in change.edits if edit.op != "+") == (change.before or "")
    assert "".join(edit.text for edit in change.edits if edit.op != "-") == (change.after or "")
    assert (change.after is None) == (not change.paragraphs)
    state = store.text_of(change.version)
    spans = paragraphs(state)
    for number in change.paragraphs:
        assert state[slice(*spans[number - 1])] in (change.after or "")


def test_kept_origins_change_no_history(store: Store) -> None:
    for state in grown(5):
        store.add("s", state)
    first = list(store.trace_paragraphs("s", paragraph=1))
    store.blame("s")
    assert list(store.trace_paragraphs("s", paragraph=1)) == first
