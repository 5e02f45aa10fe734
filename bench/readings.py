"""Readers of one version's text, asked in turns for the same versions, so that each meets the same load."""

from __future__ import annotations

import json
import random
import statistics
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from bench import corpora
from bench.figures import percentile, timed
from bench.processes import environment
from bench.report import Row

if TYPE_CHECKING:
    from vstore.store import Store


class Pick(NamedTuple):
    """A version to be shown: by its number in vstore, by its commit in git."""

    story: str
    number: int
    commit: str
    path: str


class Line(NamedTuple):
    """A line of a corpus: the id of its text, and its commit in git."""

    story: str
    text_id: str
    commit: str
    path: str


Readers = dict[str, Callable[[Pick], bytes]]


def in_turns(readers: Readers, chosen: list[Pick]) -> list[Row]:
    """Microseconds of each call; the first pick warms up and is not counted."""
    found: dict[str, list[float]] = {name: [] for name in readers}
    for pick in chosen:
        texts: set[bytes] = set()
        for name, reader in readers.items():
            spent, text = timed(partial(reader, pick))
            texts.add(text)
            found[name].append(spent)
        assert len(texts) == 1, f"{pick} is not the same everywhere"
    return [row(name, spent[1:]) for name, spent in found.items()]


def row(name: str, spent: list[float]) -> Row:
    """The median of a reader's times, and what nearly all keep."""
    return {"what": name, "median µs": statistics.median(spent), "p99 µs": percentile(spent, 99)}


def picks(source: str, marks: Path, store: Store, count: int, sizes: range | None = None) -> list[Pick]:
    """Lines by chance, of stories of so many lines (None: of all), and one to warm up.

    A line that is the `same` as another is no version: vstore is asked for the one with its text.
    """
    lines = list(_lines(source, marks))
    counts = Counter(line.story for line in lines)
    eligible = [line for line in lines if sizes is None or counts[line.story] in sizes]
    chosen = random.Random(5).sample(eligible, min(count + 1, len(eligible)))
    numbers = {story: _numbers(store, story) for story in {line.story for line in chosen}}
    return [Pick(line.story, numbers[line.story][line.text_id], line.commit, line.path) for line in chosen]


def cat_file(repository: Path) -> subprocess.Popen[bytes]:
    """`git cat-file --batch`, waiting for questions."""
    return subprocess.Popen(
        ["git", "-C", str(repository), "cat-file", "--batch"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(),
    )


def asked_of_git(cat: subprocess.Popen[bytes], pick: Pick) -> bytes:
    """The text, from the process that waits."""
    assert cat.stdin
    assert cat.stdout
    cat.stdin.write(f"{pick.commit}:{pick.path}\n".encode())
    cat.stdin.flush()
    size = int(cat.stdout.readline().split()[2])
    return cat.stdout.read(size + 1)[:-1]


def asked_of_pygit2(repo: Any, pick: Pick) -> bytes:
    """The text, from the library."""
    data: bytes = repo[pick.commit].tree[pick.path].data
    return data


def _lines(source: str, marks: Path) -> Iterator[Line]:
    from vstore.objects import text_id

    commits = _commits(marks)
    paired = zip(corpora.lines(source), corpora.entries(source), strict=True)
    for mark, (line, entry) in enumerate(paired, start=1):
        given = json.loads(line)
        yield Line(given["story"], text_id(given["text"]).hex(), commits[mark], entry.path)


def _numbers(store: Store, story: str) -> dict[str, int]:
    return {version.text_id: version.number for version in store.log(story)}


def _commits(marks: Path) -> dict[int, str]:
    pairs = (line.split() for line in marks.read_text().splitlines())
    return {int(mark.removeprefix(":")): commit for mark, commit in pairs}
