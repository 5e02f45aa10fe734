"""Who is right: answers of vstore and its peers, character by character, beside the truth.

An answer is the origin of each character of a text that is no white space: the place of a version, from 0.
What is counted is characters of words and figures, that is of tokens that hold a letter or a digit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bench import peers_fold, peers_wikiwho
from bench.histories import History, Step
from vstore.text import pieces, tokens

if TYPE_CHECKING:
    from vstore.store import Store

Answer = list[int] | None
"""None where there was no answer."""

STORY = "story"
SAMPLE = 8
"""How many versions of a history are asked about, the last one always."""

_FIRST = datetime(2019, 1, 1, tzinfo=UTC)


def sampled(count: int, most: int = SAMPLE) -> list[int]:
    """Places of versions to ask about, evenly spread, the last one among them."""
    asked = min(count, most)
    return [(each + 1) * count // asked - 1 for each in range(asked)]


def wrong(step: Step, answer: Answer) -> tuple[int, int]:
    """How many characters of words are credited to another version than their own; of how many."""
    truth = list(_truth(step))
    of = sum(origin is not None for origin in truth)
    if answer is None:
        return of, of
    pairs = zip(truth, answer, strict=True)
    return sum(origin is not None and origin != said for origin, said in pairs), of


def _truth(step: Step) -> Iterator[int | None]:
    """The origin of each character that is no white space; None for those of punctuation."""
    for (start, end), origin in zip(tokens(step.text), step.truth, strict=True):
        token = step.text[start:end]
        is_word = any(map(str.isalnum, token))
        yield from [origin if is_word else None] * len(token)


@contextmanager
def stored(steps: Iterable[tuple[str, str]]) -> Iterator[Store]:
    """A store in memory with a story of these (source, text), an hour between each and the next."""
    from vstore.store import open_store

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


def vstore(history: History) -> list[Answer]:
    """vstore on the sampled versions."""
    with stored((step.source, step.text) for step in history.steps) as store:
        return of_vstore(store, sampled(len(history.steps)))


def fold(history: History) -> list[Answer]:
    """The plain fold on the sampled versions."""
    return _chosen(peers_fold.origins([step.text for step in history.steps]), history)


def wikiwho(history: History) -> list[Answer]:
    """WikiWho on the sampled versions; of Chinese, which it does not cut into words, each token apart."""
    texts = [step.text for step in history.steps]
    if history.language == "chinese":
        texts = ["".join(f"{piece} " for piece in pieces(text)) for text in texts]
    return _chosen(peers_wikiwho.origins(texts), history)


def _chosen(answers: Iterable[Answer], history: History) -> list[Answer]:
    every: Sequence[Answer] = list(answers)
    return [every[at] for at in sampled(len(history.steps))]
