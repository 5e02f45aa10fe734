"""How far a story was followed, as bytes: what a trace took in between two of its versions.

A trace only ever grows at its end, so that checkpoints of following stretches, put together, are the trace
at the end of the last one, as if it had been folded from the start. Texts are not in it: the story has them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate, chain, islice, pairwise
from typing import NamedTuple

from vstore.origins.columns import BrokenError, packed, unpacked
from vstore.origins.layouts import Block, Change, Part
from vstore.origins.strands import Authorship, Strand
from vstore.origins.touches import Touches
from vstore.origins.trace import Trace
from vstore.text import paragraphs

ALGORITHM = 2
"""Raised by every change that may change an origin, so that nothing kept before it is believed."""


COLUMNS = 14
"""Columns of a checkpoint, the words of the vocabulary first."""


class Extent(NamedTuple):
    """How much a trace holds: versions, tokens, words of the vocabulary, passages."""

    versions: int
    tokens: int
    words: int
    passages: int


def extent(trace: Trace) -> Extent:
    """How much a trace holds now."""
    written = trace.fold.written
    return Extent(len(trace), len(written.words), len(written.vocabulary), len(written.passages))


def answer(found: Authorship) -> bytes:
    """An authorship as bytes, for its text."""
    return packed([*zip(*found.strands, strict=True)])


def answered(body: bytes, text: str, rank: int) -> Authorship:
    """The authorship of a text from its bytes; BrokenError where it cannot be that."""
    columns = unpacked(body)
    if len(columns) != len(Strand._fields) or len({*map(len, columns)}) != 1:
        raise BrokenError("no authorship")
    lengths, letters, origins, touches = columns
    starts, spans = set(accumulate(lengths, initial=0)), paragraphs(text)
    parts = (span.start for span in spans[1:])
    if (
        not lengths
        or sum(lengths) != len(text)
        or max(chain(origins, touches)) > rank
        or not starts.issuperset(parts)
    ):
        raise BrokenError("the authorship of another text")
    return Authorship(list(map(Strand, lengths, letters, origins, touches)), spans)


def checkpoint(trace: Trace, since: Extent) -> bytes:
    """What a trace took in since it held so much."""
    written, fold = trace.fold.written, trace.fold
    passages = written.passages[since.passages :]
    changes = fold.layouts.changes[since.versions :]
    blocks = [block for change in changes for block in change.blocks]
    columns = (
        [since.versions, len(trace)],
        written.words[since.tokens :],
        fold.firsts[since.versions :],
        [len(passage.runs) for passage in passages],
        _steps(end for passage in passages for run in passage.runs for end in run),
        _steps(passage.before.place + 1 if passage.before else 0 for passage in passages),
        _steps(passage.after.place + 1 if passage.after else 0 for passage in passages),
        [
            each
            for change in changes
            for each in (change.base + 1, change.start, len(change.blocks), change.end)
        ],
        [change.steps for change in changes],
        [len(block) * 2 + isinstance(block, Part) for block in blocks],
        _steps(passage.place for block in blocks for passage in block),
        list(trace.touches),
        [each for touches in trace.touches.values() for block in touches for each in block],
    )
    words = " ".join(islice(written.vocabulary, since.words, None)).encode()
    return packed([list(words), *columns])


def reach(body: bytes) -> tuple[int, int]:
    """From how many versions to how many a checkpoint leads."""
    columns = unpacked(body)
    if len(columns) != COLUMNS or len(columns[1]) != 2:
        raise BrokenError("no checkpoint")
    start, end = columns[1]
    if start >= end:
        raise BrokenError("a checkpoint that leads nowhere")
    return start, end


def restored(
    bodies: Iterable[bytes], texts: Callable[[int], str], rows: Iterator[tuple[bytes, str | None]]
) -> Trace:
    """The trace that checkpoints lead to, of which each goes on where, as `reach` says, the one before ends.

    `rows`: (text id, source) by rank.
    """
    trace = Trace(texts)
    for body in bodies:
        words, (start, end), *columns = unpacked(body)
        try:
            _read(trace, bytes(list(words)).decode(), columns)
        except (ValueError, IndexError, RuntimeError, OverflowError) as error:
            # Whatever was forged there: a right checksum is no proof of a right body.
            raise BrokenError(str(error)) from error
        trace.note(islice(rows, end - start))
        trace.earlier.update(trace.touches)
    _check(trace)
    trace.fold.written.taken = bytearray(len(trace.fold.written.words))
    return trace


def _read(trace: Trace, words: str, columns: list[Sequence[int]]) -> None:
    tokens, firsts, counts, ends, before, after, changes, steps, sizes, places, touched, touches = columns
    written, layouts = trace.fold.written, trace.fold.layouts
    counted = sum(counts) * 2, sum(size >> 1 for size in sizes), sum(changes[2::4])
    if counted != (len(ends), len(places), len(sizes)) or 0 in counts:
        raise BrokenError("columns of other lengths")
    written.spelled(words.split())
    written.words += tokens
    written.vocabulary.count(tokens)
    trace.fold.firsts += firsts
    runs = zip(*[_sums(ends)] * 2, strict=True)
    spelling = list(written.vocabulary)
    fresh = [written.put(tuple(islice(runs, count)), spelling) for count in counts]
    for passage, left, right in zip(fresh, _sums(before), _sums(after), strict=True):
        passage.before = written.passages[left - 1] if left else None
        passage.after = written.passages[right - 1] if right else None
    stood = map(written.passages.__getitem__, _sums(places))
    blocks: Iterator[Block] = ((Part if size & 1 else tuple)(islice(stood, size >> 1)) for size in sizes)
    for (base, start, count, end), step in zip(zip(*[iter(changes)] * 4, strict=True), steps, strict=True):
        layouts.changes.append(Change(base - 1, start, list(islice(blocks, count)), end, step))
    values = iter(touches)
    trace.touches = {
        rank: [tuple(islice(values, len(block))) for block in layouts.of(rank)] for rank in touched
    }


def _check(trace: Trace) -> None:
    """BrokenError unless all that was read fits together."""
    written, layouts, firsts = trace.fold.written, trace.fold.layouts, trace.fold.firsts
    tokens = len(written.words)
    sizes: list[int] = []
    for rank, change in enumerate(layouts.changes):
        if change.base >= rank:
            raise BrokenError("a layout from a later one")
        base = sizes[change.base] if change.base >= 0 else 0
        steps = layouts.changes[change.base].steps + 1 if change.base >= 0 else 0
        if change.start + change.end > base or change.steps != steps:
            raise BrokenError("a layout that has no base")
        sizes.append(change.start + len(change.blocks) + change.end)
    runs = (run for passage in written.passages for run in passage.runs)
    if (
        not len(trace) == len(layouts) == len(trace.previous)
        or [0, *firsts, tokens] != sorted([*firsts, tokens, 0])
        or firsts[:1] > [0]
        or any(not 0 <= start < end <= tokens for start, end in runs)
        or set(trace.touches) != trace.last_of_each
        or not all(_fits(trace, rank, touches) for rank, touches in trace.earlier.items())
    ):
        raise BrokenError("parts that do not fit")


def _fits(trace: Trace, rank: int, touches: Touches) -> bool:
    """Whether these may be when the passages of a version were last touched."""
    sizes = [*map(len, trace.fold.layouts.of(rank))] if rank < len(trace) else None
    return [*map(len, touches)] == sizes and all(touch <= rank for block in touches for touch in block)


def _steps(numbers: Iterable[int]) -> Iterator[int]:
    """Numbers as steps from one to the next, which are small; down as odd, up as even ones."""
    for before, number in pairwise(chain((0,), numbers)):
        yield (number - before) * 2 if number >= before else (before - number) * 2 - 1


def _sums(steps: Iterable[int]) -> Iterator[int]:
    return islice(
        accumulate((-(step + 1) // 2 if step & 1 else step // 2 for step in steps), initial=0), 1, None
    )
