"""Who is right: answers of vstore and its peers, character by character, beside the truth.

An answer is the origin of each character of a text that is no white space: the place of a version, from 0.
What is counted is characters of words and figures, that is of tokens that hold a letter or a digit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from types import MappingProxyType
from typing import TYPE_CHECKING

from bench import peers_fold, peers_wikiwho
from bench.histories import History, Step
from vstore.text import pieces, tokens

if TYPE_CHECKING:
    from vstore.store import Store

Answer = list[int] | None
"""None where there was no answer."""

System = Callable[[History, Sequence[int]], list[Answer]]
"""What is graded: asked about some versions of a history."""

STORY = "story"
SAMPLE = 8
"""How many versions of a history are asked about, the last one always."""

_FIRST = datetime(2019, 1, 1, tzinfo=UTC)


def sampled(count: int, most: int = SAMPLE) -> list[int]:
    """Places of versions to ask about, evenly spread, the last one among them."""
    asked = min(count, most)
    return [(each + 1) * count // asked - 1 for each in range(asked)]


def wrong(step: Step, answer: Answer, known: Mapping[int, int] = MappingProxyType({})) -> tuple[int, int]:
    """How many characters of words are credited to another version than their own; of how many.

    What is `known` of a word, by its number, counts as right as well.
    """
    truth = list(_truth(step, known))
    of = sum(bool(origins) for origins in truth)
    if answer is None:
        return of, of
    pairs = zip(truth, answer, strict=True)
    return sum(bool(origins) and said not in origins for origins, said in pairs), of


def _truth(step: Step, known: Mapping[int, int]) -> Iterator[tuple[int, ...]]:
    """What is right of each character that is no white space; nothing of those of punctuation."""
    for (start, end), origin, word in zip(tokens(step.text), step.truth, step.words, strict=True):
        token = step.text[start:end]
        is_word = any(map(str.isalnum, token))
        yield from [(origin, known.get(word, origin)) if is_word else ()] * len(token)


@contextmanager
def stored(steps: Iterable[tuple[str, str]]) -> Iterator[Store]:
    """A store in memory with a story of these (source, text), an hour between each and the next."""
    from vstore.opening import open_store

    with open_store("memory:") as store:
        for at, (source, text) in enumerate(steps):
            added = store.add(STORY, text, date=_FIRST + timedelta(hours=at), source=source)
            assert added.version.number == at + 1, "each step is a version"
        yield store


def of_vstore(store: Store, asked: Iterable[int]) -> list[Answer]:
    """What the public library says of these versions."""
    return [
        [hunk.number - 1 for hunk in store.blame(STORY, at + 1).hunks for _ in "".join(hunk.text.split())]
        for at in asked
    ]


def vstore(history: History, asked: Sequence[int]) -> list[Answer]:
    """vstore on these versions."""
    with stored((step.source, step.text) for step in history.steps) as store:
        return of_vstore(store, asked)


def fold(history: History, asked: Sequence[int]) -> list[Answer]:
    """The plain fold on these versions."""
    return _chosen(peers_fold.origins([step.text for step in history.steps]), asked)


def wikiwho(history: History, asked: Sequence[int]) -> list[Answer]:
    """WikiWho on these versions; of Chinese, which it does not cut into words, each token apart."""
    texts = [step.text for step in history.steps]
    if history.language == "chinese":
        texts = ["".join(f"{piece} " for piece in pieces(text)) for text in texts]
    return _chosen(peers_wikiwho.origins(texts), asked)


def _chosen(answers: Iterable[Answer], asked: Sequence[int]) -> list[Answer]:
    every: Sequence[Answer] = list(answers)
    return [every[at] for at in asked]


def answers(history: History, system: System) -> list[Answer]:
    """What a system says of the version at which a pure history starts, and of the sampled ones."""
    return system(history, [history.start or 0, *sampled(len(history.steps))])


def grade(history: History, answers: Sequence[Answer], *, followed: bool = True) -> tuple[int, int]:
    """`wrong` of the sampled versions, summed.

    If `followed`, a pure history is graded from its start on: what a system said there of a word it may go on
    to say, so that only what the one thing made of it counts.
    """
    start = history.start if followed else None
    at_start, *rest = answers
    known = {} if start is None else _said(history.steps[start], at_start)
    found = [
        wrong(history.steps[at], answer, known)
        for at, answer in zip(sampled(len(history.steps)), rest, strict=True)
        if start is None or at >= start
    ]
    return sum(bad for bad, _ in found), sum(of for _, of in found)


def _said(step: Step, answer: Answer) -> dict[int, int]:
    """The origin that an answer gives each token, by the token's number; none without an answer."""
    if answer is None:
        return {}
    starts = accumulate((end - start for start, end in tokens(step.text)), initial=0)
    return {word: answer[at] for word, at in zip(step.words, starts, strict=False)}
