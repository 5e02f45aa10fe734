"""Every made-up story of fixtures/ against its story.yaml, and the seeds where they are at hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import pytest
import yaml

import vstore
from vstore import readers
from vstore.answers import Blame, Diff, Imported, Paragraph
from vstore.model import Version
from vstore.readers import jsonlines
from vstore.store import Store

ROOT = Path(__file__).parents[1]
FIXTURES = ROOT / "fixtures"
SEEDS = ROOT.parent / "shared" / "seeds"
STORIES = sorted(path.parent.name for path in FIXTURES.glob("*/story.yaml"))


@dataclass(frozen=True)
class Case:
    """A story in a store, with what its reader expects."""

    story: str
    expected: dict[str, Any]
    store: Store
    outcomes: list[str]

    def blame(self, claim: dict[str, Any]) -> tuple[Blame, Paragraph]:
        blame = self.store.blame(self.story, claim["version"])
        return blame, blame.paragraphs[claim["paragraph"] - 1]


def open_store(backend: str, folder: Path) -> Store:
    return vstore.open("memory:") if backend == "memory" else vstore.open(folder, create=True)


def add_file(store: Store, path: Path, story: str, options: dict[str, Any]) -> str:
    reading = readers.read(path.read_bytes())
    assert reading.story in (None, story)
    return store.add_wire(readers.to_wire(reading, story, options)).outcome


def text_after_header(path: Path) -> str:
    """What the file says after its header, found without vstore."""
    data = path.read_bytes()
    header = re.match(rb" date \d{4}-\d\d-\d\d |---\n.*?\n---\n", data, re.DOTALL)
    return data[header.end() if header else 0 :].decode()


@pytest.fixture(scope="module", params=list(product(STORIES, ["memory", "folder"])), ids="-".join)
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    name, backend = request.param
    folder = FIXTURES / name
    expected = yaml.safe_load((folder / "story.yaml").read_text("utf-8"))
    story = expected["story"]
    with open_store(backend, tmp_path_factory.mktemp("store")) as store:
        outcomes = [add_file(store, folder / w["file"], story, w.get("options", {})) for w in expected["add"]]
        yield Case(story, expected, store, outcomes)


def place(blame: Blame, paragraph: Paragraph, phrase: str) -> tuple[int, int]:
    """Where in the blamed text the phrase stands; it must stand once in its paragraph."""
    text = "".join(hunk.text for hunk in blame.hunks)
    end = paragraph.start + paragraph.length
    pattern = r"\s+".join(re.escape(word) for word in phrase.split())
    found = [match.span() for match in re.compile(pattern).finditer(text, paragraph.start, end)]
    assert len(found) == 1, f"{phrase!r} stands {len(found)} times in {text[paragraph.start : end]!r}"
    return found[0]


def writers(blame: Blame, paragraph: Paragraph, phrase: str) -> set[int]:
    """The versions that wrote the phrase, says blame."""
    start, end = place(blame, paragraph, phrase)
    return {hunk.number for hunk in blame.hunks if hunk.start < end and start < hunk.start + hunk.length}


def shown(case: Case, version: Version) -> dict[str, Any]:
    stored = "whole" if version.base is None else "patch"
    paragraphs = len(case.store.blame(case.story, version.number).paragraphs)
    return {**version.to_dict(), "stored": stored, "paragraphs": paragraphs}


def test_each_wire_has_the_outcome_that_its_reader_expects(case: Case) -> None:
    assert case.outcomes == [wire["outcome"] for wire in case.expected["add"]]


def test_log_answers_as_the_story_says(case: Case) -> None:
    answers = [shown(case, version) for version in case.store.log(case.story)]
    expected = case.expected["log"]
    assert [answer["number"] for answer in answers] == [line["number"] for line in expected]
    assert [
        {key: answer[key] for key in line} for answer, line in zip(answers, expected, strict=True)
    ] == expected


def test_the_current_version_is_the_last_in_the_order(case: Case) -> None:
    assert case.store.version(case.story).number == case.expected["current"]
    assert case.store.text(case.story) == case.store.text(case.story, case.expected["current"])


def test_what_went_in_comes_out_exactly(case: Case) -> None:
    kept = [wire["file"] for wire in case.expected["add"] if wire["outcome"] != "same"]
    for number, name in enumerate(kept, start=1):
        path = FIXTURES / case.story / name
        assert case.store.text(case.story, number) == text_after_header(path)
        assert path.read_bytes().endswith(case.store.text(case.story, number).encode())


def test_blame_credits_words_as_a_careful_reader_would(case: Case) -> None:
    wrong: list[tuple[Any, ...]] = []
    for claim in case.expected["blame"]:
        blame, paragraph = case.blame(claim)
        known = {key: claim[key] for key in ("introduced", "last_touched") if key in claim}
        answer = {key: getattr(paragraph, key) for key in known}
        if answer != known:
            wrong.append((claim["version"], claim["paragraph"], answer, known))
        for phrase, number in claim["words"]:
            found = writers(blame, paragraph, phrase)
            if found != {number}:
                wrong.append((claim["version"], claim["paragraph"], phrase, found, number))
    assert wrong == []


def test_every_claim_names_words_that_stand_in_its_paragraph(case: Case) -> None:
    for claim in case.expected["blame"]:
        blame, paragraph = case.blame(claim)
        place(blame, paragraph, claim["starts"])
        assert case.store.text(case.story, claim["version"]).startswith(claim["starts"], paragraph.start)
        for phrase, number in claim["words"]:
            place(blame, paragraph, phrase)
            assert case.store.version(case.story, number).number == number


def test_the_hunks_of_every_version_join_to_its_text(case: Case) -> None:
    for version in case.store.log(case.story):
        blame = case.store.blame(case.story, version.number)
        assert "".join(hunk.text for hunk in blame.hunks) == case.store.text_of(version)


def test_a_store_of_fixtures_is_found_in_order(case: Case) -> None:
    assert case.store.fsck().problems == ()


def import_newsroom(store: Store) -> Imported:
    with (FIXTURES / "newsroom.jsonl").open("rb") as stream:
        return store.import_wires(jsonlines.wires(stream))


@pytest.mark.parametrize("backend", ["memory", "folder"])
def test_the_newsroom_is_imported_once_and_a_second_run_adds_nothing(backend: str, tmp_path: Path) -> None:
    expected = yaml.safe_load((FIXTURES / "newsroom.yaml").read_text("utf-8"))
    with open_store(backend, tmp_path) as store:
        assert import_newsroom(store).to_dict() == expected["first_run"]
        assert import_newsroom(store).to_dict() == expected["second_run"]
        order = {story.story: [v.number for v in store.log(story.story)] for story in store.stories()}
        versions = list(store.log())
        assert order == expected["order"]
        assert [[v.story, v.number] for v in versions if v.late] == expected["late"]
        assert [[v.story, v.number] for v in versions if v.dated is None] == expected["undated"]
        for story, first, again in expected["return"]:
            assert store.version(story, first).text_id == store.version(story, again).text_id


SEED_STORY = "us-nk-talks"
FIRST_SEED_OPENS = [
    "The US and North Korea\nplan", "The meeting, led", "They are expected", "The White House",
    "South Korea's Yonhap", "The North Korean delegation", "Trump wrote", "South Korea's Foreign",
    "A meeting this week", "Trump and Kim pledged", "Pompeo, who made", "Contact was resumed", "In Seoul,",
]  # fmt: skip
SECOND_SEED_OPENS = [
    "The United States", "The meeting, led", "Both sides", "South Korean news agency",
    "The North Korean delegation", "Ahead of", "The US embassy", "If confirmed", "Pompeo, who made",
    "Contact was",
]  # fmt: skip


@pytest.fixture(scope="module", params=["memory", "folder"])
def seeds(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    if not SEEDS.is_dir():
        pytest.skip("The seeds of the project (../shared/seeds) are not on this machine.")
    with open_store(request.param, tmp_path_factory.mktemp("seeds")) as store:
        outcomes = [add_file(store, path, SEED_STORY, {}) for path in sorted(SEEDS.glob("00[01]_*.txt"))]
        assert outcomes == ["new", "changed"]
        yield store


def test_the_seeds_are_two_versions_and_the_second_is_a_patch_on_the_first(seeds: Store) -> None:
    log = [(v.number, v.dated, v.previous, v.base, v.late) for v in seeds.log(SEED_STORY)]
    assert log == [(2, "2019-01-15", 1, 1, False), (1, "2019-01-15", None, None, False)]


def test_checkout_of_a_seed_is_all_that_follows_its_header(seeds: Store) -> None:
    for number, path in enumerate(sorted(SEEDS.glob("00[01]_*.txt")), start=1):
        assert seeds.text(SEED_STORY, number).encode() == path.read_bytes()[len(" date 2019-01-15 ") :]


@pytest.mark.parametrize(("number", "opens"), [(1, FIRST_SEED_OPENS), (2, SECOND_SEED_OPENS)])
def test_paragraphs_of_the_seeds_are_those_that_a_reader_counts(
    seeds: Store, number: int, opens: list[str]
) -> None:
    text = seeds.text(SEED_STORY, number)
    paragraphs = seeds.blame(SEED_STORY, number).paragraphs
    assert [paragraph.number for paragraph in paragraphs] == list(range(1, len(opens) + 1))
    assert [text[p.start :][: len(words)] for p, words in zip(paragraphs, opens, strict=True)] == opens


@pytest.mark.parametrize(("number", "count"), [(1, 13), (2, 10)])
def test_every_paragraph_of_the_seeds_can_be_blamed_alone(seeds: Store, number: int, count: int) -> None:
    text = seeds.text(SEED_STORY, number)
    for wanted in range(1, count + 1):
        blame = seeds.blame(SEED_STORY, number, paragraph=wanted)
        (paragraph,) = blame.paragraphs
        span = text[paragraph.start : paragraph.start + paragraph.length]
        assert paragraph.number == wanted
        assert "".join(hunk.text for hunk in blame.hunks).strip() == span
        assert {hunk.number for hunk in blame.hunks} <= set(range(1, number + 1))


def test_the_paragraph_on_trips_to_pyongyang_is_wholly_the_first_wires(seeds: Store) -> None:
    blame = seeds.blame(SEED_STORY, 2, paragraph=9)
    assert "several trips to Pyongyang" in blame.hunks[0].text
    assert [hunk.number for hunk in blame.hunks] == [1]
    assert (blame.paragraphs[0].introduced, blame.paragraphs[0].last_touched) == (1, 1)


def test_as_soon_as_this_week_is_credited_as_its_tokens_deserve(seeds: Store) -> None:
    blame = seeds.blame(SEED_STORY, 2)
    opening = blame.paragraphs[0]
    assert writers(blame, opening, "plan to hold high-level talks in Washington") == {1}
    assert writers(blame, opening, "as soon as") == {2}
    assert writers(blame, opening, "this week to discuss") == {1}
    assert writers(blame, opening, "South Korean media said on Tuesday") == {1}


def test_the_diff_of_the_seeds_changes_whole_words(seeds: Store) -> None:
    diff = seeds.diff(SEED_STORY, 1, 2)
    for side in "-+":
        texts = [edit.text for edit in diff.edits if edit.op in ("=", side)]
        assert "".join(texts) == seeds.text(SEED_STORY, 1 if side == "-" else 2)
        borders = [left[-1] + right[0] for left, right in pairwise(texts)]
        assert [border for border in borders if border.isalnum()] == []


def words(text: str) -> int:
    return len(re.findall(r"\w+", text))


def confetti(diff: Diff) -> list[str]:
    """What stays as one word or none, although three words or more change on both of its sides."""
    islands = []
    groups = re.finditer(r"=|[-+]+", "".join(edit.op for edit in diff.edits))
    runs = [(match[0][0], diff.edits[match.start() : match.end()]) for match in groups]
    for before, island, after in zip(runs, runs[1:], runs[2:], strict=False):
        changed = min(sum(words(edit.text) for edit in side[1]) for side in (before, after))
        if island[0] == "=" and words(island[1][0].text) <= 1 and changed >= 3:
            islands.append(island[1][0].text)
    return islands


def test_the_diff_of_the_seeds_has_no_confetti_of_chance_matches(seeds: Store) -> None:
    assert confetti(seeds.diff(SEED_STORY, 1, 2)) == []
