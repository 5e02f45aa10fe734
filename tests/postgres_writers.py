"""Writers at one store, in threads and processes, and what has to be true of it afterwards."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

import vstore
from vstore.errors import StorageRefused


@dataclass
class Written:
    """What was acknowledged, as (story, number, text), and what was not, as (story, text)."""

    kept: list[tuple[str, int, str]] = field(default_factory=list)
    unheard: list[tuple[str, str]] = field(default_factory=list)


def write(url: str, stories: Sequence[str], count: int, writer: str) -> Written:
    """Add so many wires to these stories in turn. A conflict, or what is no refusal, is raised."""
    written = Written()
    with vstore.open(url) as store:
        for number in range(count):
            story, text = stories[number % len(stories)], f"Wire {number} of {writer}."
            try:
                added = store.add(story, text)
            except StorageRefused:
                written.unheard.append((story, text))
            else:
                written.kept.append((story, added.version.number, text))
    return written


def write_in_threads(
    url: str, stories: Sequence[str], count: int, threads: int, process: int
) -> list[Written]:
    with ThreadPoolExecutor(threads) as pool:
        names = [f"{process}.{thread}" for thread in range(threads)]
        return list(pool.map(partial(write, url, stories, count), names))


def write_everywhere(
    url: str, stories: Sequence[str], count: int, processes: int, threads: int
) -> list[Written]:
    """So many threads in each of so many processes, with stores of their own."""
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        found = pool.map(partial(write_in_threads, url, stories, count, threads), range(processes))
    return [written for each in found for written in each]


def check(url: str, written: Iterable[Written]) -> None:
    """Acknowledged ⊆ stored ⊆ acknowledged and unheard; numbers have no gap; fsck is content."""
    everything = list(written)
    kept = [each for one in everything for each in one.kept]
    unheard = {each for one in everything for each in one.unheard}
    with vstore.open(url) as store:
        stored = {
            (each.story, version.number): store.text_of(version)
            for each in store.stories()
            for version in store.log(each.story)
        }
        highest = {each.story: each.versions for each in store.stories()}
        assert stored.keys() == {
            (story, number) for story, count in highest.items() for number in range(1, count + 1)
        }
        assert len(kept) == len({each[:2] for each in kept}), "two were told the same number"
        for story, number, text in kept:
            assert stored.pop((story, number)) == text
        left = [(story, text) for (story, _), text in stored.items()]
        assert len(left) == len(set(left)), "a wire was kept twice"
        assert set(left) <= unheard
        checked = store.fsck()
        assert checked.ok, checked.problems
