"""Edits ↔ diff-match-patch's delta: the official library and ours give the same text. Issue 2, item 5."""

from __future__ import annotations

import pytest
from diff_match_patch import diff_match_patch
from edited import pairs, texts
from hypothesis import given
from hypothesis import strategies as st

from vstore.align import edits
from vstore.answers import Edit
from vstore.errors import Corrupt
from vstore.patch import apply, delta

official = diff_match_patch()


def officially_applied(base: str, written: str) -> str:
    return str(official.diff_text2(official.diff_fromDelta(base, written)))


@given(pair=pairs)
def test_the_official_library_reads_every_delta(pair: tuple[str, str]) -> None:
    base, text = pair
    written = delta(edits(base, text))
    assert officially_applied(base, written) == text
    assert apply(base, [written]) == text


@given(base=texts, cuts=st.lists(st.tuples(st.integers(0, 60), st.sampled_from("=-+"), texts), max_size=6))
def test_edits_of_any_kind_are_applied_as_the_official_library_does(
    base: str, cuts: list[tuple[int, str, str]]
) -> None:
    script, at = list[Edit](), 0
    for length, op, text in cuts:
        if op == "+":
            script += [Edit("+", text)] if text else []
        elif stretch := base[at : at + length]:
            script.append(Edit("-" if op == "-" else "=", stretch))
            at += len(stretch)
    script += [Edit("=", base[at:])] if base[at:] else []
    written = delta(script)
    assert apply(base, [written]) == officially_applied(base, written)


@given(states=st.lists(texts, min_size=1, max_size=5))
def test_deltas_are_applied_one_after_the_other(states: list[str]) -> None:
    first, *rest = states
    written = [delta(edits(old, new)) for old, new in zip(states, rest, strict=False)]
    assert apply(first, written) == states[-1]


def test_counts_are_utf_16_code_units() -> None:
    assert delta(edits("😀 a", "😀 b")) == "=3\t-1\t+b"


def test_texts_are_written_as_encode_uri_does() -> None:
    assert delta([Edit("+", "a b%\t\n;/?:@&=+$,#é😀")]) == "+a b%25%09%0A;/?:@&=+$,#%C3%A9%F0%9F%98%80"


def test_a_signal_that_looks_like_a_step_is_text() -> None:
    for text in ("\t-1", "=3\t+x", "%2B", "%", "+"):
        assert apply("", [delta([Edit("+", text)])]) == text


@pytest.mark.parametrize(
    "broken",
    [
        "=4",
        "=2",
        "-4",
        "",
        "x",
        "=",
        "=-1",
        "=a",
        "=٣",
        "=3\t",
        "=3\t\t",
        "=1\t-1",
        "+%FF\t=3",
        "=" + "9" * 5000,
    ],
)
def test_a_delta_that_does_not_fit_is_corrupt(broken: str) -> None:
    with pytest.raises(Corrupt):
        apply("abc", [broken])


def test_a_delta_that_cuts_a_character_in_two_is_corrupt() -> None:
    with pytest.raises(Corrupt, match="character"):
        apply("😀", ["=1\t-1"])
