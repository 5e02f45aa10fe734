"""Shingles: texts as sets of runs of words, and samples of them (vstore/shingles.py)."""

from __future__ import annotations

import random
import statistics

import pytest
from edited import prose
from hypothesis import given
from hypothesis import strategies as st

from vstore import text as prose_units
from vstore.shingles import DENSE_WIDTH, SOUGHT_MOST, WIDTH, Sketch, runs, words

SENTENCE = "The ferry sails on Monday, the ferry office said in Sant Orlo."
GOLDEN = [36589832, 2006004661, 2137490566, 2320300161, 3984307159]
HAN = "兰屿地铁今日开通，首日客流平稳。"
GOLDEN_HAN = [2623319, 142366611, 927283878, 1088858891, 1179529467, 1195926077, 3971931412]


def long_text(seed: int, paragraphs: int = 40) -> str:
    dice = random.Random(seed)
    return "\n\n".join(prose(dice) for _ in range(paragraphs))


# Words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The FERRY sails.", "the ferry — sails"),
        ("the minister’s ferry", "the minister's ferry"),
        ("a co\xadop\xaderative", "a cooperative"),
        ("une e\u0301te\u0301", "UNE ÉTÉ"),
        ("Straße", "STRASSE"),
        ("ＦＥＲＲＹ　２０３１", "ferry 2031"),
        ("line\nends do\r\n not matter", "line ends “do” not matter"),
    ],
)
def test_words_are_compared_without_case_form_and_punctuation(one: str, other: str) -> None:
    assert words(one) == words(other)


def test_a_text_without_words_has_none() -> None:
    assert words("") == words(" … — \n!") == []
    assert list(runs([])) == []
    assert Sketch([]).kept() == set()
    assert Sketch([]).sought() == {}


@given(st.text())
def test_there_are_as_many_words_as_the_text_has(text: str) -> None:
    assert len(words(text)) == len(prose_units.words(text)) == len(prose_units.word_spans(text))
    assert [text[start:end] for start, end in prose_units.word_spans(text)] == prose_units.words(text)


# Runs


def test_a_run_is_four_words_that_follow_each_other() -> None:
    found = list(runs(words("One two three, four. Five")))
    assert found == [(0, ("one", "two", "three", "four")), (1, ("two", "three", "four", "five"))]
    assert list(runs(["one", "two", "three"])) == []


def test_in_scripts_without_spaces_a_run_is_longer() -> None:
    found = dict(runs(words("兰屿地铁今日开通 on Monday 2031 in Lanyu")))
    assert found[0] == tuple("兰屿地铁今日开")
    assert found[5] == (*"日开通", "on", "monday", "2031", "in")
    assert [len(run) for run in found.values()] == [DENSE_WIDTH] * 7 + [WIDTH] * 2


def test_arabic_and_hangul_have_words() -> None:
    assert len(next(iter(runs(words("ارتفع منسوب المياه في وادي سرحان"))))[1]) == WIDTH
    assert len(next(iter(runs(words("서울의 지하철이 오늘 다시 열렸다고 밝혔다"))))[1]) == WIDTH


# Samples


def test_the_keys_of_a_text_never_change() -> None:
    # They are kept in stores: whoever changes them changes postings.ALGORITHM too.
    assert sorted(Sketch(words(SENTENCE)).kept()) == GOLDEN
    assert sorted(Sketch(words(HAN)).kept()) == GOLDEN_HAN


def test_a_sample_is_found_by_what_is_sought_of_the_same_text() -> None:
    for seed in range(20):
        sketch = Sketch(words(long_text(seed, 1 + seed)))
        assert sketch.kept() <= set(sketch.sought())
        assert sketch.certain() <= sketch.kept()


@pytest.mark.slow
def test_a_sample_is_about_a_32nd_and_some_more() -> None:
    for paragraphs in (5, 40):
        counts = [
            (len(Sketch(found).kept()), len(dict.fromkeys(run for _, run in runs(found))))
            for found in (words(long_text(seed, paragraphs)) for seed in range(40))
        ]
        expected = [count / 32 + 6 + 40 / 4 for _, count in counts]
        assert statistics.mean(kept for kept, _ in counts) == pytest.approx(
            statistics.mean(expected), rel=0.2
        )


def test_no_more_is_sought_than_so_much() -> None:
    sketch = Sketch([f"word{number}" for number in range(40_000)])
    assert len(sketch.sought()) == SOUGHT_MOST
    assert len(sketch.kept()) > 1_000


@pytest.mark.slow
def test_the_share_of_a_sample_estimates_the_share_of_the_text() -> None:
    estimates = []
    for seed in range(60):
        story = words(long_text(seed))
        copy = story[: len(story) * 2 // 5] + words(long_text(1000 + seed, 30))
        sample = Sketch(story).kept()
        estimates.append(len(sample & set(Sketch(copy).sought())) / len(sample))
    assert statistics.mean(estimates) == pytest.approx(0.4, abs=0.2)
    assert min(estimates) > 0.1


@pytest.mark.slow
def test_the_beginning_of_a_long_text_finds_it() -> None:
    found = []
    for seed in range(60):
        story = words(long_text(seed, 60))
        found.append(len(Sketch(story).kept() & set(Sketch(story[:25]).sought())))
    assert min(found) >= 1
    assert statistics.mean(found) > 4


def test_the_places_of_what_is_sought_are_those_of_its_runs() -> None:
    story = words(long_text(3))
    for key, place in Sketch(story).sought().items():
        assert key in Sketch(story[place : place + WIDTH]).sought()


def test_hashes_are_spread_evenly() -> None:
    keys = Sketch([f"w{number}" for number in range(60_000)]).kept()
    for shift in (0, 8, 16, 24):
        counts = [0] * 16
        for key in keys:
            counts[key >> shift & 15] += 1
        assert max(counts) < 1.4 * len(keys) / 16
