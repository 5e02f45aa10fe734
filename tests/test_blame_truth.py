"""Blame is right: graded on small histories of which every word's origin is known."""

from __future__ import annotations

import pytest

from bench import graded
from bench.histories import PURE, History, record
from bench.histories_prose import LANGUAGES

MOST = 12


def graded_share(histories: list[History]) -> tuple[int, int]:
    """How many characters of words have another origin than the true one; of how many."""
    grades = [graded.grade(history, graded.answers(history, graded.vstore)) for history in histories]
    return sum(bad for bad, _ in grades), sum(of for _, of in grades)


def test_of_what_editors_do_99_of_100_characters_have_their_true_origin() -> None:
    histories = [record(seed, language=language, most=MOST) for language in LANGUAGES for seed in (1, 2)]
    bad, of = graded_share(histories)
    assert bad / of <= 0.01


@pytest.mark.parametrize("kind", list(PURE))
def test_where_one_thing_happens_every_character_has_its_true_origin(kind: str) -> None:
    histories = [
        record(seed, kind, language=language, most=MOST) for language in LANGUAGES for seed in (3, 4)
    ]
    assert graded_share(histories)[0] == 0
