"""Names for stories that have none (vstore/slugs.py)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vstore.errors import BadWire
from vstore.objects import check_story, text_id
from vstore.slugs import LONGEST, slug

TEXT = "The ferry sails on Monday."
ID = text_id(TEXT).hex()[:8]


@pytest.mark.parametrize(
    ("headline", "name"),
    [
        ("Ferry sails again", "ferry-sails-again"),
        (None, "the-ferry-sails-on-monday"),
        ("   ", "the-ferry-sails-on-monday"),
        ("— … !", "the-ferry-sails-on-monday"),
        ("Prime Minister's “no” to U.S. talks", "prime-ministers-no-to-u-s-talks"),
        ("Straße: 3,000 Fälle", "straße-3-000-fälle"),
        ("e\u0301te\u0301", "été"),
        ("兰屿地铁 今日开通", "兰屿地铁-今日开通"),
        ("فيضانات في وادي سرحان", "فيضانات-في-وادي-سرحان"),
        ("می\u200cخواهد", "میخواهد"),
        ("हिन्दी समाचार", "हिन्दी-समाचार"),
        ("../../etc/passwd\0\n-rf", "etc-passwd-rf"),
        ("👩‍👩‍👧 🌊", "the-ferry-sails-on-monday"),
    ],
)
def test_a_name_has_the_words_of_the_headline_else_of_the_text(headline: str | None, name: str) -> None:
    assert slug(TEXT, headline) == f"{name}-{ID}"


def test_a_text_without_words_is_a_story_all_the_same() -> None:
    assert slug("***") == f"story-{text_id('***').hex()[:8]}"
    assert slug("") == f"story-{text_id('').hex()[:8]}"


def test_a_long_headline_is_cut_between_words() -> None:
    assert slug(TEXT, "one two " * 20) == f"{'-'.join(['one-two'] * 4)}-{ID}"
    assert slug(TEXT, "tenletters " * 20) == f"{'-'.join(['tenletters'] * 6)}-{ID}"


def test_a_word_that_is_too_long_is_cut_and_keeps_its_marks() -> None:
    assert slug(TEXT, "船" * 200) == f"{'船' * 35}-{ID}"
    assert slug(TEXT, "x" * 70 + "b\u0308" * 60) == f"{'x' * 70}-{ID}"


def test_another_text_has_another_name() -> None:
    assert slug("One text.", "Ferry") != slug("Another text.", "Ferry")


def test_half_a_character_is_refused() -> None:
    with pytest.raises(BadWire):
        slug("\ud800")


@given(st.text(), st.none() | st.text())
def test_every_name_is_a_short_story_id(text: str, headline: str | None) -> None:
    name = slug(text.encode(errors="replace").decode(), headline)
    check_story(name)
    assert len(name) <= LONGEST
    assert not set(name) & set("/\\@~: \t\n")
    assert not name.startswith("-")
    assert name == slug(text.encode(errors="replace").decode(), headline)
