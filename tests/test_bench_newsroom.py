"""The generated newsroom is what the storage bench says it is."""

from __future__ import annotations

import itertools
import json
import os
import re
import statistics
import subprocess
import sys
import zlib
from functools import cache
from pathlib import Path

from bench import newsroom
from vstore.readers.jsonwire import check_fields, read_wire

ROOT = Path(__file__).parent.parent


@cache
def some() -> list[list[newsroom.Record]]:
    return [list(newsroom.story(number)) for number in range(600)]


def texts() -> list[str]:
    return [record["text"] for story in some() for record in story]


def test_the_same_seed_writes_the_same_stories() -> None:
    assert list(newsroom.records(range(5))) == list(itertools.chain(*some()[:5]))
    assert list(newsroom.story(3, seed=5)) != some()[3]


def test_another_process_writes_the_same_stories() -> None:
    program = "from bench import newsroom; print(ascii(list(newsroom.records(range(3)))))"
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        said = subprocess.check_output([sys.executable, "-c", program], cwd=ROOT, env=environment, text=True)
        assert said == f"{list(newsroom.records(range(3)))!a}\n"


def test_a_story_has_3_6_versions_and_a_version_5_kb() -> None:
    counts = [len(story) for story in some()]
    assert 3.3 < statistics.mean(counts) < 3.9
    assert min(counts) == 1
    assert 4_500 < statistics.mean(map(len, texts())) < 5_500


def test_each_version_differs_from_the_one_before_in_a_small_part() -> None:
    for story in some():
        for before, after in itertools.pairwise(story):
            assert before["text"] != after["text"]
            assert before["date"] < after["date"]
    pairs = [pair for story in some()[:100] for pair in itertools.pairwise(story)]
    assert statistics.median(shared(one["text"], other["text"]) for one, other in pairs) > 0.8


def shared(one: str, other: str) -> float:
    """The share of sentences of the other text that the one has too."""
    kept = set(re.split(r"(?<=\.)\s+", one))
    sentences = re.split(r"(?<=\.)\s+", other)
    return sum(sentence in kept for sentence in sentences) / len(sentences)


def test_a_wire_alone_compresses_as_news_does() -> None:
    wires = [text.encode() for text in texts() if 4_500 < len(text) < 5_600]
    assert 0.40 < statistics.mean(len(zlib.compress(wire, 6)) / len(wire) for wire in wires) < 0.45


def test_stories_share_some_paragraphs() -> None:
    firsts = [set(story[0]["text"].split("\n\n")) for story in some()]
    seen: set[str] = set()
    repeated = 0
    for paragraphs in firsts:
        repeated += bool(paragraphs & seen)
        seen |= paragraphs
    assert 0.05 < repeated / len(firsts) < 0.5


def test_every_story_is_named_by_its_number_and_every_record_is_a_wire() -> None:
    for number, story in enumerate(some()[:50]):
        for record in story:
            wire = read_wire(json.dumps(record).encode(), check_fields({}))
            assert wire.story == newsroom.story_id(number)
            assert wire.facts.headline
            assert not wire.facts.extra
