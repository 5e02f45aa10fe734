"""Two texts → edits: exact, whole words, close to minimal, bounded. ARCHITECTURE, "align.py"."""

from __future__ import annotations

import os
import random
import subprocess
import sys

import pytest
from backends import ROOT
from edited import check, cost, letters, pairs, prose, revised, texts, tokens_of
from hypothesis import example, given, settings
from rapidfuzz.distance import Indel

from vstore import subsequence
from vstore.align import edits
from vstore.answers import Edit
from vstore.changes import counted
from vstore.text import count_words, sentences


def shown(a: str, b: str) -> list[str]:
    return [op + text for op, text in edits(a, b)]


@given(pair=pairs)
@example(pair=("a a", "a a a"))
@example(pair=("x.\u0301 y", "x. y"))
@settings(max_examples=600)
def test_edits_rebuild_both_texts_in_whole_words(pair: tuple[str, str]) -> None:
    check(*pair, edits(*pair))


@given(pair=pairs)
@settings(max_examples=300)
def test_edits_hold_where_only_rare_words_are_aligned(pair: tuple[str, str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subsequence, "CELLS", 0)
        check(*pair, edits(*pair))


@given(text=texts)
def test_a_sentence_never_ends_within_a_token(text: str) -> None:
    for start, end in sentences(text):
        before, inside, after = (tokens_of(part) for part in (text[:start], text[start:end], text[end:]))
        assert [*before, *inside, *after] == tokens_of(text)


@given(pair=pairs)
@settings(max_examples=300)
def test_swapped_texts_give_the_mirrored_edits(pair: tuple[str, str]) -> None:
    a, b = pair
    mirrored = {"+": "-", "-": "+", "=": "="}
    back = [Edit(mirrored[op], text) for op, text in edits(b, a)]  # type: ignore[arg-type]
    assert _pairs_turned(back) == edits(a, b)


def _pairs_turned(script: list[Edit]) -> list[Edit]:
    """`-` before `+` again."""
    turned = list(script)
    for k in range(len(turned) - 1):
        if (turned[k].op, turned[k + 1].op) == ("+", "-"):
            turned[k : k + 2] = turned[k + 1], turned[k]
    return turned


@given(pair=pairs)
def test_words_of_the_new_text_are_the_old_ones_and_added_less_removed(pair: tuple[str, str]) -> None:
    added, removed = counted(edits(*pair))
    assert count_words(pair[1]) == count_words(pair[0]) + added - removed


@given(text=texts)
def test_equal_texts_have_nothing_changed(text: str) -> None:
    assert edits(text, text) == ([Edit("=", text)] if text else [])


@pytest.mark.slow
def test_edits_are_the_same_whatever_the_hash_seed() -> None:
    program = (
        "import random, sys\nsys.path.insert(0, 'tests')\n"
        "from hashlib import sha256\nfrom edited import prose, revised\nfrom vstore.align import edits\n"
        "dice = random.Random(7)\nfound = sha256()\n"
        "for n in range(40):\n"
        "    a = prose(dice)\n"
        "    found.update(repr(edits(a, revised(dice, a, 25))).encode())\n"
        "print(found.hexdigest())"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "4711")
    }
    assert len(answers) == 1


# Made for readers


def test_a_changed_word_is_one_pair() -> None:
    assert shown("Nine are missing.", "Four are missing.") == ["-Nine", "+Four", "= are missing."]


def test_a_changed_number_is_changed_whole() -> None:
    assert shown("It cost 1,000.5 crowns.", "It cost 1,000.7 crowns.") == [
        "=It cost ",
        "-1,000.5",
        "+1,000.7",
        "= crowns.",
    ]


def test_characters_of_unspaced_scripts_change_one_by_one() -> None:
    assert shown("東京で会う", "大阪で会う") == ["-東京", "+大阪", "=で会う"]


def test_a_new_sentence_stands_as_a_sentence() -> None:
    old = "The ferry sank. The crew was saved."
    new = "The ferry sank. The captain was lost. The crew was saved."
    assert shown(old, new) == ["=The ferry sank. ", "+The captain was lost. ", "=The crew was saved."]


def test_a_new_paragraph_stands_as_a_paragraph() -> None:
    old = "The ferry sank.\n\nThe crew was saved."
    assert shown(old, "The ferry sank.\n\nThe end.\n\nThe crew was saved.")[1] == "+The end.\n\n"


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("changes", [1, 4, 12])
def test_realistic_edits_cost_little_more_than_the_fewest_tokens(seed: int, changes: int) -> None:
    """Dropped islands of chance count twice, so heavy edits are left to the tests of confetti."""
    dice = random.Random(seed)
    old = prose(dice)
    new = revised(dice, old, changes)
    fewest = Indel.distance(tokens_of(old), tokens_of(new))
    assert cost(edits(old, new)) <= 1.25 * fewest + 4


FERRY = """\
HALVORSUND (Made-up Agency) - The night ferry to the outer islands turned back on Tuesday after its bow door
failed to close, and the 214 passengers spent the night in the terminal. A spokesman for the line said that
the fault had been known since the spring, but that the yard could not take the ship in before the autumn."""
GRAIN = """\
The price of hard wheat fell for a fourth week, traders in Brannock said, as the rains that had been feared
in the south did not come. Millers were still buying, though, and one broker thought the floor of the market
was near: stocks in the elevators along the river are at their lowest for a decade, he said."""


def test_unrelated_prose_keeps_no_confetti() -> None:
    kept = letters(edits(FERRY, GRAIN))["="]
    assert kept <= 0.05 * min(sum(map(str.isalnum, text)) for text in (FERRY, GRAIN))


@pytest.mark.parametrize("seed", range(6))
def test_no_chance_match_stands_between_two_rewritten_stretches(seed: int) -> None:
    dice = random.Random(seed)
    words = GRAIN.split() + FERRY.split()
    a, b = (" ".join(dice.choices(words, k=60)) for _ in range(2))
    script = edits(a, b)
    for k in range(2, len(script) - 2):
        around = [len(each.text) for each in (*script[k - 2 : k], *script[k + 1 : k + 3]) if each.op != "="]
        if script[k].op == "=" and around:
            assert len(script[k].text.strip()) >= min(24, *around)


# Bounded

HOSTILE_PAIRS = {
    "share nothing": (
        "' '.join(f'a{n}' for n in range(150_000))",
        "' '.join(f'b{n}' for n in range(150_000))",
    ),
    "share each word, reversed": (
        "' '.join(f'a{n}' for n in range(150_000))",
        "' '.join(f'a{n}' for n in reversed(range(150_000)))",
    ),
    "one character": ("'a' * 1_000_000", "'a' * 900_000 + 'b'"),
    "one punctuation mark": ("'.' * 1_000_000", "'.' * 900_000 + '!' + '.' * 99_999"),
    "one word": ("'a ' * 500_000", "'b ' + 'a ' * 450_000"),
    "two words in turn": ("'a b ' * 250_000", "'b a ' * 240_000"),
    "one line": ("'x y\\n' * 250_000", "'y x\\n' * 250_000"),
    "Han": ("'東京' * 170_000", "'京東' * 160_000 + '都'"),
    "spaces": ("' ' * 1_000_000", "'\\n' * 900_000"),
    "combining marks": ("'\\u0301' * 500_000", "'a' + '\\u0301' * 500_000"),
    "every second word": (
        "' '.join(f'a{n}' for n in range(150_000))",
        "' '.join(f'a{n}' for n in range(0, 150_000, 2))",
    ),
    "every second line": (
        "'\\n'.join(f'a{n}' for n in range(150_000))",
        "'\\n'.join(f'a{n}' for n in range(0, 150_000, 2))",
    ),
    "sentences": (
        "' '.join(f'He said {n}.' for n in range(70_000))",
        "' '.join(f'He said {n}.' for n in range(70_000, 0, -1))",
    ),
}


SLOW = {"share each word, reversed", "two words in turn", "every second line", "sentences"}


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] * (name in SLOW)) for name in HOSTILE_PAIRS]
)
def test_a_hostile_megabyte_is_compared_in_bounded_memory(name: str) -> None:
    a, b = HOSTILE_PAIRS[name]
    program = (
        "import resource; resource.setrlimit(resource.RLIMIT_AS, (3 << 29, 3 << 29))\n"
        f"from vstore.align import edits\na, b = {a}, {b}\nscript = edits(a, b)\n"
        "assert ''.join(t for op, t in script if op != '+') == a\n"
        "assert ''.join(t for op, t in script if op != '-') == b\n"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, timeout=300)
