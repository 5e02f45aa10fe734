"""What origin means, case by case, in small texts. Issue 3, point 1; docs/blame.md tells them too."""

from __future__ import annotations

import re
from itertools import permutations

import pytest
from lock_story import BARGES, CHOIR, GRAIN, KILL, LOCK, PARKS, TEXT, blamed, page, writers, wrote


def hunks(*states: str) -> list[tuple[int, str]]:
    return [(hunk.number, hunk.text) for hunk in blamed(*states).hunks]


def touched(*states: str) -> list[int]:
    return [paragraph.last_touched for paragraph in blamed(*states).paragraphs]


# Edits around


def test_words_stay_their_writer_s_through_edits_around_them() -> None:
    states = [
        "The ferry sank off the cape.",
        "The old ferry sank off the cape.",
        "The old ferry sank off the cape at dawn.",
        "The ferry sank at dawn.",
    ]
    assert hunks(*states) == [(1, "The ferry sank "), (3, "at dawn"), (1, ".")]


def test_a_figure_that_is_updated_is_new_and_the_words_around_it_are_not() -> None:
    states = [TEXT, TEXT.replace("Eleven", "Nine"), TEXT.replace("Eleven", "Fourteen")]
    blame = blamed(*states)
    assert wrote(blame, "Fourteen") == {3}
    assert {hunk.number for hunk in blame.hunks} == {1, 3}


def test_another_letter_or_another_case_makes_a_new_token() -> None:
    assert hunks("The lock is shut.", "The Lock is shut.") == [(1, "The "), (2, "Lock "), (1, "is shut.")]
    assert hunks("The lock is shut.", "The locks is shut.") == [(1, "The "), (2, "locks "), (1, "is shut.")]
    assert writers(LOCK[0], LOCK[0].upper()) == {2}


def test_a_typo_put_right_is_the_corrector_s_and_the_typo_come_back_the_first_one_s() -> None:
    wrong = LOCK[1].replace("Rook", "Roke")
    assert wrote(blamed(wrong, LOCK[1]), "Rook") == {2}
    assert writers(wrong, LOCK[1], wrong) == {1}


# Moves


@pytest.mark.parametrize("order", list(permutations(range(4)))[1:])
def test_paragraphs_in_another_order_are_wholly_who_wrote_them(order: tuple[int, ...]) -> None:
    assert writers(TEXT, page(*(LOCK[place] for place in order))) == {1}


def test_a_sentence_that_moves_to_another_paragraph_keeps_its_writer() -> None:
    moved = page(f"{LOCK[0]} {BARGES}", LOCK[1].replace(f" {BARGES}", ""))
    assert writers(page(*LOCK[:2]), moved) == {1}


def test_a_phrase_of_some_length_that_moves_within_its_sentence_keeps_its_writer() -> None:
    before = "Engineers had warned in spring that the lower gate was cracked, Ines Rook told the council."
    after = "That the lower gate was cracked, Ines Rook told the council, engineers had warned in spring."
    blame = blamed(before, after)
    assert wrote(blame, "the lower gate was cracked, Ines Rook told the council") == {1}
    assert wrote(blame, "had warned in spring") == {1}
    assert wrote(blame, "That") == wrote(blame, "engineers") == {2}


def test_a_phrase_that_moves_into_another_paragraph_keeps_its_writer() -> None:
    phrase = "the lower gate was cracked through from top to bottom"
    wrote_twice = "Engineers had written in spring that {}, and they wrote again in June."
    before = page(LOCK[0], wrote_twice.format(phrase), LOCK[3])
    after = page(
        LOCK[0],
        wrote_twice.replace(" that {}", ""),
        f"The canal is closed, since {phrase}, to all traffic until further notice.",
    )
    blame = blamed(before, after)
    assert wrote(blame, phrase) == {1}
    assert wrote(blame, "since") == {2}


def test_what_is_moved_and_edited_keeps_the_words_that_stay() -> None:
    after = page(*LOCK[1:], LOCK[0].replace("within an hour", "within forty minutes"))
    blame = blamed(TEXT, after)
    assert wrote(blame, "forty minutes") == {2}
    assert wrote(blame, "gave way on Tuesday and let the upper basin run dry within") == {1}


# Deletion and restoring


@pytest.mark.parametrize("between", [1, 2, 7, 40, 150])
def test_a_restored_paragraph_keeps_its_writer_however_many_versions_lie_between(between: int) -> None:
    without = page(LOCK[0], LOCK[1], LOCK[3])
    states = [f"{without}\n\nThe level fell to {level} inches by noon." for level in range(between)]
    blame = blamed(TEXT, *states, page(TEXT, CHOIR))
    assert wrote(blame, TEXT) == {1}
    assert wrote(blame, CHOIR) == {between + 2}


def test_a_restored_sentence_keeps_its_writer_in_another_place_too() -> None:
    without = TEXT.replace(f" {BARGES}", "")
    blame = blamed(TEXT, without, page(without, BARGES))
    assert {hunk.number for hunk in blame.hunks} == {1}


def test_a_restored_paragraph_may_be_edited_as_it_comes_back() -> None:
    back = LOCK[2].replace("in spring", "in late spring")
    blame = blamed(TEXT, page(LOCK[0], LOCK[1], LOCK[3]), page(LOCK[0], LOCK[1], back, LOCK[3]))
    assert wrote(blame, "late") == {3}
    assert {hunk.number for hunk in blame.hunks} == {1, 3}


def test_a_killed_story_that_returns_is_who_wrote_it() -> None:
    assert writers(TEXT, KILL, TEXT) == {1}
    assert writers(TEXT, KILL, page(PARKS, CHOIR), TEXT.replace("\n\n", "\n")) == {1}


def test_a_word_that_goes_and_comes_back_between_its_neighbours_is_the_first_one_s() -> None:
    first = LOCK[2]
    assert writers(first, first.replace("lower ", ""), first) == {1}
    assert writers(first, first.replace("lower ", ""), first + " So it was said.") == {1, 3}


# Reverts


def test_an_exact_revert_is_the_version_that_it_goes_back_to() -> None:
    edited = TEXT.replace("Eleven", "Nine").replace("Harlow", "Harland")
    assert hunks(TEXT, edited, TEXT) == [(1, TEXT)]
    assert hunks(TEXT, edited, TEXT, edited) == hunks(TEXT, edited)


def test_a_partial_revert_takes_back_one_paragraph_and_leaves_the_others() -> None:
    rest = page(LOCK[1] + " It was raining.", *LOCK[2:])
    hoax = page("Everybody knows that locks are a hoax of the dredgers.", rest)
    blame = blamed(TEXT, hoax, page(LOCK[0], rest))
    assert wrote(blame, LOCK[0]) == {1}
    assert wrote(blame, "It was raining.") == {2}
    assert {hunk.number for hunk in blame.hunks} == {1, 2}


def test_two_texts_that_take_turns_stay_whose_they_are() -> None:
    states = [page(LOCK[0], PARKS), page(CHOIR, KILL)] * 20
    assert writers(*states) == {2}
    assert writers(*states, states[0]) == {1}


# Splits, merges, white space


def test_paragraphs_that_are_split_and_merged_are_who_wrote_them() -> None:
    merged = page(LOCK[0] + " " + LOCK[1], LOCK[2] + " " + LOCK[3])
    split = page(LOCK[0], *LOCK[1].replace(". ", ".\n").splitlines(), *LOCK[2:])
    assert writers(TEXT, merged) == writers(TEXT, split) == writers(merged, split) == {1}
    assert writers(TEXT, merged, split, TEXT, split) == {1}


def test_a_paragraph_split_within_a_sentence_is_who_wrote_it() -> None:
    assert writers(TEXT, TEXT.replace("and let the", "\n\nand let the")) == {1}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\n", "\r\n"),
        (" ", "  "),
        (" ", "\n"),
        ("\n\n", "\n"),
        (" ", "\u00a0"),
        ("\n\n", "\n\n\n\t\n"),
        ("\n\n", " "),
    ],
)
def test_white_space_of_another_kind_changes_no_origin(old: str, new: str) -> None:
    assert writers(TEXT, TEXT.replace(old, new)) == {1}
    assert writers(TEXT.replace(old, new), TEXT) == {1}


@pytest.mark.parametrize("width", [17, 30, 42, 72])
def test_a_text_wrapped_at_another_width_is_who_wrote_it(width: int) -> None:
    wrapped = re.sub(rf"(.{{1,{width}}})(?: |$)", r"\1\n", TEXT, flags=re.MULTILINE)
    assert wrapped.count("\n") > 10
    assert writers(TEXT, wrapped) == writers(wrapped, TEXT) == {1}


def test_a_text_may_be_wrapped_anew_and_edited_at_once() -> None:
    blame = blamed(TEXT, "  " + TEXT.replace("Eleven", "Twelve").replace(" ", "\r\n"))
    assert wrote(blame, "Twelve") == {2}
    assert {hunk.number for hunk in blame.hunks} == {1, 2}


# Chance and boilerplate


def test_common_words_that_match_by_chance_are_no_kept_text() -> None:
    assert writers(LOCK[0], PARKS) == {2}
    assert writers(TEXT, page(PARKS, CHOIR)) == {2}
    assert writers("The lock is shut, the mayor said.", "A choir, the jury said, has won the contest.") == {2}


def test_common_words_of_versions_long_gone_are_not_dug_up() -> None:
    assert writers(TEXT, PARKS, "The money of the choir was in the mud, said the miners.") == {3}


def test_a_standing_line_credits_its_own_first_use() -> None:
    line = "Reporting by Ola Brand; editing by Tim Foss."
    blame = blamed(page(LOCK[0], line), page(LOCK[0], LOCK[1], line), page(LOCK[0], LOCK[1], LOCK[2], line))
    assert wrote(blame, line) == {1}


def test_the_same_line_typed_again_is_the_later_one_s_and_the_first_stays_the_first_one_s() -> None:
    line = "Passengers are asked to wait for the announcement."
    one, two, three = (page(*paragraphs) for paragraphs in (
        (LOCK[0], line), (LOCK[0], line, LOCK[1], line), (LOCK[0], line, LOCK[1], line, LOCK[2], line),
    ))  # fmt: skip
    blame = blamed(one, two, three)
    assert [wrote(blame, line, nth) for nth in range(3)] == [{1}, {2}, {3}]


def test_a_standing_line_that_comes_back_is_the_oldest_one_that_is_free() -> None:
    line = "HARLOW (Canal Press) - This is the second alert of the day."
    twice = page(line, LOCK[0], line)
    states = [page(line, LOCK[0]), twice, LOCK[0], page(LOCK[0], line)]
    assert wrote(blamed(*states), line) == {1}
    assert [wrote(blamed(*states, CHOIR, twice), line, nth) for nth in (0, 1)] == [{1}, {2}]


def test_repeated_words_stay_whose_they_are_in_order() -> None:
    assert hunks("no no no", "no no no no") == [(1, "no no no "), (2, "no")]
    assert writers("no no no no", "no no") == {1}


# Last touched


def test_moves_and_white_space_touch_nothing() -> None:
    assert touched(TEXT, page(*LOCK[::-1])) == [1, 1, 1, 1]
    assert touched(TEXT, TEXT.replace(" ", "  ").replace("\n\n", "\r\n\r\n")) == [1, 1, 1, 1]


def test_a_change_and_a_deletion_touch_their_paragraph_and_no_other() -> None:
    assert touched(TEXT, TEXT.replace("Two of them", "Three of them")) == [1, 2, 1, 1]
    assert touched(TEXT, TEXT.replace("lower gate", "gate")) == [1, 1, 2, 1]
    assert touched(TEXT, TEXT.replace(f" {GRAIN}", "")) == [1, 2, 1, 1]
    assert touched(TEXT, page(LOCK[0], *LOCK[2:])) == [1, 1, 1]


def test_a_restored_paragraph_is_touched_by_who_brought_it_back() -> None:
    assert touched(TEXT, page(LOCK[0], *LOCK[2:]), TEXT) == [1, 3, 1, 1]
    assert touched(TEXT, KILL, TEXT) == [3, 3, 3, 3]


def test_a_revert_touches_what_it_takes_back() -> None:
    assert touched(TEXT, TEXT.replace("Eleven", "Nine"), TEXT) == [1, 3, 1, 1]


def test_a_split_or_a_merge_touches_nothing() -> None:
    assert touched(TEXT, page(LOCK[0] + " " + LOCK[1], *LOCK[2:])) == [1, 1, 1]
    assert touched(TEXT, TEXT.replace(". Two", ".\n\nTwo")) == [1, 1, 1, 1, 1]


def test_a_sentence_that_moved_away_touches_no_paragraph() -> None:
    moved = page(f"{LOCK[0]} {GRAIN}", LOCK[1].removesuffix(f" {GRAIN}"), *LOCK[2:])
    assert touched(TEXT, moved) == [1, 1, 1, 1]


# Other scripts

CHINESE = (
    "运河水闸周二决口，上游水池一小时内流干。",
    "港务长林若安说，无人受伤，十一艘驳船陷在泥里。",
    "工程师春天就警告说，下闸门有裂缝，但钱用在了新码头上。",
)
ARABIC = (
    "انهار هويس القناة يوم الثلاثاء وجفّ الحوض الأعلى في ساعة واحدة.",
    "وقالت مديرة المرفأ إن أحداً لم يُصب، وإن إحدى عشرة بارجة عالقة في الوحل.",
    "وكان المهندسون قد حذّروا في الربيع من تصدّع البوابة السفلى.",
)


@pytest.mark.parametrize("lines", [CHINESE, ARABIC], ids=["Chinese", "Arabic"])
def test_moves_restores_and_merges_are_followed_in_every_script(lines: tuple[str, ...]) -> None:
    text = "\n".join(lines)
    assert writers(text, "\n".join(lines[::-1])) == {1}
    assert writers(text, lines[0], text) == {1}
    assert writers(text, " ".join(lines), page(*lines)) == {1}
    assert touched(text, lines[0], text) == [1, 3, 3]


def test_a_character_that_changes_in_chinese_is_a_token_of_its_own() -> None:
    blame = blamed(CHINESE[1], CHINESE[1].replace("十一", "十二"))
    assert [(hunk.number, hunk.text) for hunk in blame.hunks][1] == (2, "二")
    assert {hunk.number for hunk in blame.hunks} == {1, 2}


# What others broke once


def test_blanks_before_a_list_are_no_words() -> None:
    text = "               \n- item one\n\nfoo bar\n\nbaz\n"
    assert hunks(text) == [(1, text)]
    assert hunks(" " * 1_100 + "the", " " * 1_100 + "the end")[0] == (1, " " * 1_100 + "the ")


def test_two_short_sentences_that_become_one_stay_their_writer_s() -> None:
    two = "The fox ran. The dog slept under the old oak tree."
    one = "The fox ran, while the dog slept under the old oak tree."
    assert hunks(two, one) == [
        (1, "The fox ran"),
        (2, ", while the "),
        (1, "dog slept under the old oak tree."),
    ]


@pytest.mark.parametrize("comma", [",", ";", "\u0e01"], ids=["a table", "a list", "Thai"])
def test_a_long_text_without_a_space_is_no_matter_of_all_or_nothing(comma: str) -> None:
    cells = [f"{number * 7919 % 10_007}m" for number in range(4_000)]
    edited = [*cells[:2_000], "new", *cells[2_001:]]
    found = hunks(comma.join(cells), comma.join(edited))
    assert sum(len(text) for number, text in found if number == 2) <= 10
