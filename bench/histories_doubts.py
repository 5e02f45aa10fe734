"""Versions of which nobody could say what is whose, however well they read: such are not written.

What is hard but has an answer stays: words that match by chance, lines that repeat, sentences nearly alike.
"""

from __future__ import annotations

from bench.histories_desk import Desk
from bench.histories_pages import Page, Word, values

NEAR = 3
"""A word that comes so few words from where the same one went: is it the old or a new one?"""


def is_doubtful(desk: Desk, before: Page, after: Page) -> bool:
    """Whether the step from one page to the other has two readings."""
    return (
        _has_partial_like(desk, after)
        or after.has_twin(tuple(desk.moved))
        or not set(after.sentences).issuperset(desk.imitated)
        or _swaps_a_word_for_its_like(before, after)
    )


def is_impure(desk: Desk, before: Page, after: Page) -> bool:
    """Whether more is tried than one thing: lines repeat, or words go while their like are written."""
    gone = {word.text for word in set(before.words) - set(after.words)}
    written = (word.text for word in after.words if word.origin == desk.rank)
    return after.has_twin(tuple(after.sentences)) or not gone.isdisjoint(written)


def _has_partial_like(desk: Desk, page: Page) -> bool:
    """Whether a sentence is new, while one that reads the same has just gone, or stands in part."""
    standing = set(page.sentences)
    new = (each for each in standing if all(word.origin == desk.rank for word in each))
    return any(not standing.issuperset(_there(desk, page, values(sentence))) for sentence in new)


def _there(desk: Desk, page: Page, read: tuple[str, ...]) -> list[tuple[Word, ...]]:
    """Sentences that read so in earlier versions, and were or are in this source's hands."""
    last = desk.pages[desk.source][-1:]
    return [
        each for each in desk.written.get(read, ()) if page.has(each) or any(old.has(each) for old in last)
    ]


def _swaps_a_word_for_its_like(before: Page, after: Page) -> bool:
    """Whether a word went and its like came so near that a word beside both stayed."""
    old, new = set(before.words), set(after.words)
    if old <= new or new <= old:
        return False
    return not _beside(before, old & new).isdisjoint(_beside(after, old & new))


def _beside(page: Page, stayed: set[Word]) -> set[tuple[Word, str]]:
    """Words that stayed, each with what stands near it in its sentence and did not stay."""
    pairs = (
        pair
        for words in page.sentences
        for distance in range(1, NEAR + 1)
        for pair in zip(words, words[distance:], strict=False)
    )
    return {
        (left, right.text) if left in stayed else (right, left.text)
        for left, right in pairs
        if (left in stayed) != (right in stayed)
    }
