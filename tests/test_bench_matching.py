"""The wires that are made up to be matched are what the bench says they are."""

from __future__ import annotations

import itertools
from functools import cache
from random import Random

import pytest

from bench import matching_made as made
from bench.matching_judged import Judged, curve, kinds, plain_words, share_of
from vstore.alike import SURE, UNSURE


@cache
def known() -> dict[str, str]:
    return dict(made.stories(7, 150))


@cache
def tried() -> list[made.Tried]:
    return list(made.tried(known(), 8, 6))


def test_the_same_seed_makes_the_same_stories_and_wires() -> None:
    assert dict(made.stories(7, 20)) == dict(itertools.islice(known().items(), 20))
    assert list(made.tried(known(), 8, 6)) == tried()
    assert dict(made.stories(6, 20)) != dict(itertools.islice(known().items(), 20))


def test_there_are_as_many_of_each_kind_as_wanted() -> None:
    for kind in (*made.COPIES, *made.STRANGERS):
        some = [each for each in tried() if each.kind == kind]
        assert len(some) == 6
        assert all((each.story is not None) == (kind in made.COPIES) for each in some)


def test_what_is_carried_over_is_really_the_stories() -> None:
    for each in tried():
        if each.story is not None:
            counted = share_of(each.text, [plain_words(known()[each.story])])
            assert counted == pytest.approx(each.share, abs=0.15), each.kind
            assert counted >= each.share - 0.05


def test_words_that_stand_alone_or_elsewhere_are_not_carried_over() -> None:
    story = made.parted("One two three four five six. Seven eight nine ten eleven.")
    assert made.carried(story) == 1
    assert made.carried(story[:1]) == 1
    assert made.carried(story[::-1]) == 1
    assert made.carried([story[0][:4]]) == 0
    assert made.carried([[*story[0][:3], ("new", -1), *story[0][3:]]]) == 0
    assert made.carried([[*story[0], ("new", -1), ("newer", -1)]]) == 6 / 8


def test_a_story_is_parted_into_its_own_words() -> None:
    for text in itertools.islice(known().values(), 20):
        words = [word for sentence in made.parted(text) for word, _ in sentence]
        assert words == text.split()
        assert [place for sentence in made.parted(text) for _, place in sentence] == list(range(len(words)))


def test_bulletins_of_a_series_are_alike_and_others_are_not() -> None:
    one, sister, other = (
        plain_words(made.bulletin(form, Random(seed))) for form, seed in ((1, 1), (1, 2), (2, 3))
    )
    assert share_of(" ".join(one), [sister]) > 0.4
    assert share_of(" ".join(one), [other]) < 0.2


def test_a_curve_counts_what_is_right_and_what_is_found() -> None:
    judged = [
        Judged("a", "s", 0.9, "s", 0.9),
        Judged("a", "s", 0.5, "s", UNSURE),
        Judged("a", "s", 0.1, "t", 0.9),
        Judged("b", None, 0.0, "t", UNSURE),
        Judged("b", None, 0.0, None, 0.0),
    ]
    rows = {row["what"]: row for row in curve("x", judged).rows}
    sure, unsure = rows[f"from {SURE} = sure"], rows[f"from {UNSURE} = unsure"]
    assert (sure["precision"], sure["recall, 40 % or more"]) == (0.5, 0.5)
    assert (unsure["precision"], unsure["recall, 40 % or more"]) == (0.5, 1.0)
    assert (sure["from 80% (1)"], sure["from 20% (0)"]) == (1.0, "–")
    first, second = kinds("x", judged).rows
    assert (first["sure and right"], first["sure and wrong"], first["unsure, the right story"]) == (1, 1, 1)
    assert (second["unsure, another"], second["new"]) == (1, 1)


def test_a_share_is_counted_in_stretches_of_five() -> None:
    other = plain_words("one two three four five six seven")
    assert share_of("One two, three four five!", [other]) == 1
    assert share_of("one two three four", [other]) == 0
    assert share_of("x one two three four five", [[], other]) == 5 / 6
    assert share_of("", [other]) == 0
