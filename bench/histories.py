"""Histories of which every word's origin is known, because they were written here.

`record(seed, kind)` writes one. Its truth is by construction: words are objects that know which version
wrote them, editors move the objects (`histories_edits`), and the text is what they read. Where a line is
typed that equals one which was deleted and stands nowhere, it is that one; a line typed while its like
still stands is a new one.
"""

from __future__ import annotations

import math
from random import Random
from typing import NamedTuple

from bench import histories_edits as edits
from bench.histories_desk import Desk
from bench.histories_doubts import is_doubtful, is_impure
from bench.histories_edits import Operation
from bench.histories_pages import Layout, Page, rendered
from bench.histories_prose import LANGUAGES, Writer, cut

Weights = dict[Operation, float]
"""How often an editor does what."""


class Step(NamedTuple):
    """A version: `truth` is the origin of each token of its text, as the place of a step, from 0.

    `words` are numbers of the same tokens, which they keep wherever they go.
    """

    source: str
    text: str
    truth: tuple[int, ...]
    words: tuple[int, ...]
    operations: tuple[str, ...]


class History(NamedTuple):
    """A story's versions in its order; `mix` says what its editors did most."""

    seed: int
    kind: str
    language: str
    mix: str
    steps: tuple[Step, ...]

    @property
    def start(self) -> int | None:
        """In a pure history, the place of the last step before it holds one thing alone."""
        return _last_ordinary(self.kind) if self.kind in PURE else None


_NEWSROOM: Weights = {
    edits.edit_words: 5,
    edits.update_figure: 3,
    edits.insert_sentence: 4,
    edits.insert_paragraph: 3,
    edits.insert_standing: 1.5,
    edits.delete_words: 2,
    edits.delete_sentence: 2,
    edits.delete_paragraph: 1,
    edits.move_paragraph: 0.5,
    edits.move_sentence: 0.5,
    edits.move_phrase: 0.5,
    edits.restore: 1,
    edits.revert: 0.2,
    edits.revert_paragraph: 0.3,
    edits.respell: 1,
    edits.split: 0.7,
    edits.merge: 0.7,
    edits.rewrap: 0.4,
}
_MOVES: Weights = {edits.move_paragraph: 1, edits.move_sentence: 1, edits.move_phrase: 3}
_RESTORES: Weights = {edits.delete_sentence: 2, edits.delete_paragraph: 1, edits.restore: 3}
_REVERTS: Weights = {edits.revert: 1, edits.revert_paragraph: 1}
_LAYOUT: Weights = {edits.split: 1, edits.merge: 1, edits.rewrap: 1}

MIXES: dict[str, Weights] = {
    "newsroom": _NEWSROOM,
    "restructured": {**_NEWSROOM, **{each: 3 * weight for each, weight in (_MOVES | _LAYOUT).items()}},
    "contested": {**_NEWSROOM, **{each: 3 * weight for each, weight in (_RESTORES | _REVERTS).items()}},
    "syndicated": {**_NEWSROOM, edits.take_over: 6},
}
"""What happens in a mixed history; in a syndicated one there are two to four sources."""

PURE: dict[str, Weights] = {
    "moves": _MOVES,
    "restores": _RESTORES,
    "reverts": _REVERTS,
    "rewraps": {edits.rewrap: 1},
    "splits": {edits.split: 1},
    "merges": {edits.merge: 1},
}
"""What alone happens in a pure history, after the first versions."""

ORDINARY: Weights = {edits.insert_sentence: 1, edits.edit_words: 2, edits.delete_words: 1}
"""What happens in the second and third version of a pure history."""

KINDS = ("mixed", *PURE)
FEWEST, MOST = 3, 200
_ATTEMPTS = 60


def record(
    seed: int,
    kind: str = "mixed",
    *,
    language: str | None = None,
    most: int = MOST,
    is_clear: bool = True,
) -> History:
    """The history of this seed, of at most so many versions; without a language, the seed says which.

    Unless it `is_clear`, it has steps with two readings too, of which its truth is only one.
    """
    chance = Random(seed)
    language = language or list(LANGUAGES)[seed % len(LANGUAGES)]
    mix = kind if kind in PURE else chance.choice(list(MIXES))
    desk = Desk(chance, Writer(LANGUAGES[language], chance), is_clear)
    sources = chance.randint(2, 4) if mix == "syndicated" else 1
    count = round(math.exp(chance.uniform(math.log(FEWEST + bool(kind in PURE)), math.log(most))))
    steps: list[Step] = []
    while len(steps) < count and (step := _next(desk, mix, steps, sources)):
        steps.append(step)
    return History(seed, kind, language, mix, tuple(steps))


def _next(desk: Desk, mix: str, steps: list[Step], sources: int) -> Step | None:
    """The next version; None where nothing is left to be done to the page."""
    desk.rank = len(steps)
    desk.source = f"source {desk.chance.choices(range(sources), weights=range(sources, 0, -1))[0]}"
    if not steps:
        page = _first(desk, mix)
        return _written(desk, page, _read(desk, page), ("write",))
    before = _before(desk)
    for _ in range(_ATTEMPTS):
        page, done = _edited(desk, before, mix)
        if _is_wanted(desk, mix, before, page) and (text := _read(desk, page)) != steps[-1].text:
            return _written(desk, page, text, done)
    return None


def _is_wanted(desk: Desk, mix: str, before: Page, after: Page) -> bool:
    """Whether the step has one reading; in a pure history, whether it tries one thing."""
    if not desk.is_clear:
        return True
    return not (is_doubtful(desk, before, after) or (mix in PURE and is_impure(desk, before, after)))


def _first(desk: Desk, mix: str) -> Page:
    """Of three to twelve paragraphs (ten, where they shall be merged) and some standing lines."""
    count = desk.chance.randint(10 if mix == "merges" else 3, 12)
    sizes = [desk.chance.randint(2, 5) for _ in range(count)]
    paragraphs = [tuple(desk.new(desk.writer.sentence()) for _ in range(size)) for size in sizes]
    for _ in range(desk.chance.randrange(4)):
        paragraphs.insert(desk.chance.randint(1, count), (desk.new(desk.writer.standing()),))
    return Page(tuple(paragraphs), Layout())


def _before(desk: Desk) -> Page:
    """What the source goes on from: its own last version; for its first, the newest of another."""
    own = desk.pages.get(desk.source)
    if own:
        return own[-1]
    copied = desk.pages[desk.chance.choice(list(desk.pages))][-1]
    desk.pages[desk.source] = []
    return copied


def _edited(desk: Desk, page: Page, mix: str) -> tuple[Page, tuple[str, ...]]:
    """A page after one to six operations, at most two ordinary ones, and their names."""
    is_ordinary = mix in PURE and desk.rank <= _last_ordinary(mix)
    weights = ORDINARY if is_ordinary else MIXES.get(mix) or PURE[mix]
    done: list[str] = []
    desk.moved.clear()
    desk.imitated.clear()
    for _ in range(_ATTEMPTS):
        if len(done) == (2 if is_ordinary else 6) or (done and desk.chance.random() < 0.35):
            break
        operation = desk.chance.choices(list(weights), weights=list(weights.values()))[0]
        if result := operation(desk, page):
            page = result
            done.append(operation.__name__)
    return page, tuple(done)


def _last_ordinary(kind: str) -> int:
    return 3 if kind == "reverts" else 2


def _written(desk: Desk, page: Page, text: str, done: tuple[str, ...]) -> Step:
    desk.keep(page)
    words = list(page.words)
    assert cut(text) == tuple(word.text for word in words), "a text is what its words read"
    numbers = tuple(desk.numbers.setdefault(word, len(desk.numbers)) for word in words)
    return Step(desk.source, text, tuple(word.origin for word in words), numbers, done)


def _read(desk: Desk, page: Page) -> str:
    return rendered(page, spaced=desk.writer.language.spaced)
