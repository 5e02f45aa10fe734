"""Story-ids as file names: legible, safe, and never two stories' in one file."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vstore.cli.filenames import MOST_BYTES, file_name


@pytest.mark.parametrize("story", ["us-nk-talks", "a.b_c-1", "北京地铁", "قصة", "café", "कहानी"])
def test_a_plain_id_is_its_own_name(story: str) -> None:
    assert file_name(story) == story


@pytest.mark.parametrize(
    ("story", "start"),
    [
        ("US-talks", "US-talks-"),
        ("https://example.org/a?b=1", "https-example.org-a-b-1-"),
        ("tag:example.org,2019:talks", "tag-example.org-2019-talks-"),
        ("../../etc/passwd", "etc-passwd-"),
        (".hidden", "hidden-"),
        ("-rf", "rf-"),
        ("a b", "a-b-"),
        ("😀", "story-"),
        ("..", "story-"),
        ("con", "_con-"),
        ("com1.old", "_com1.old-"),
        ("a.", "a-"),
        ("cafe\u0301", "café-"),
        ("straße", "straße-"),
        ("a-1a2b3c4d", "a-1a2b3c4d-"),
        ("x" * 121, "x" * 111 + "-"),
    ],
)
def test_any_other_name_ends_in_a_hash(story: str, start: str) -> None:
    name = file_name(story)
    assert name.startswith(start)
    assert re.fullmatch(r"[0-9a-f]{8}", name.removeprefix(start))


def test_a_long_name_is_cut_at_a_character() -> None:
    name = file_name("é" * 2048)
    assert len(name.encode()) <= MOST_BYTES
    assert name.startswith("é" * 55 + "-")


def test_ids_that_differ_by_case_or_by_normalisation_have_files_of_their_own() -> None:
    ids = [
        "café",
        "Café",
        "CAFÉ",
        "cafe\u0301",
        "straße",
        "strasse",
        "STRASSE",
        "ſ",
        "s",
        "S",
        "K",
        "k",
        "\u212a",
    ]
    assert len({as_a_file_system_sees(file_name(story)) for story in ids}) == len(ids)


def test_an_id_that_looks_like_anothers_name_has_a_name_of_its_own() -> None:
    taken = file_name("US-talks").casefold()
    assert as_a_file_system_sees(file_name(taken)) != taken


def as_a_file_system_sees(name: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFD", name).casefold())


stories = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"]), min_size=1, max_size=200
)


@settings(derandomize=True, deadline=None)
@given(stories)
def test_every_name_is_safe(story: str) -> None:
    name = file_name(story)
    assert 0 < len(name.encode()) <= MOST_BYTES
    assert not name.startswith((".", "-"))
    assert not name.endswith(".")
    assert all(char in "._-" or unicodedata.category(char)[0] in "LMN" for char in name)


@settings(derandomize=True, deadline=None)
@given(stories, stories)
def test_two_ids_never_share_a_file(one: str, other: str) -> None:
    for variant in (other, one.upper(), one.lower(), one.casefold(), unicodedata.normalize("NFD", one)):
        if variant != one:
            assert as_a_file_system_sees(file_name(one)) != as_a_file_system_sees(file_name(variant))
