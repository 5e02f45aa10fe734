"""The story of a wire is found by its text. Issue 7, "Matching"."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from backends import ROOT, Clock, shared
from coined import beginning, retyped, wire

import vstore
from vstore import readers
from vstore.alike import SURE, UNSURE, confidence, verdict
from vstore.errors import BadWire
from vstore.slugs import slug
from vstore.store import Store

STORY = wire(0)
NOT_SURE = ("unsure", "new")


@pytest.fixture
def archive(store: Store, clock: Clock) -> Store:
    """Thirty stories, of which `s0` is the one in question."""
    for number in range(30):
        store.add(f"s{number}", wire(number))
        clock.pass_by()
    return store


def matched(store: Store, text: str) -> tuple[str, str]:
    found = store.match(text)
    return found.verdict, found.story


# Copies


@pytest.mark.parametrize(
    "copy",
    [
        STORY,
        STORY.upper().replace("\n\n", " "),
        beginning(STORY, 0.4),
        beginning(STORY, 0.1),
        STORY[len(STORY) // 2 :],
        retyped(STORY, 0.15),
        f"{beginning(STORY, 0.4)}\n\n{wire(101, 12)}",
        f"{wire(101, 6)}\n\n{STORY}\n\n{wire(102, 20)}",
        "\n\n".join(STORY.split("\n\n")[::-1]),
        " ".join(STORY.split(". ")[::2]),
    ],
    ids=[
        *("itself", "shouted", "abridged", "flash", "second half", "retouched", "with a text of its own"),
        *("within a longer text", "paragraphs turned round", "every second sentence"),
    ],
)
def test_a_copy_is_found_among_others(archive: Store, copy: str) -> None:
    assert matched(archive, copy) == ("sure", "s0")


def test_another_story_is_a_new_one_with_a_name_of_its_own(archive: Store) -> None:
    text = wire(500)
    found = archive.match(text, headline="Ferry sails again")
    assert (found.verdict, found.nearest) == ("new", None)
    assert found.story == slug(text, "Ferry sails again")
    assert matched(archive, text) == ("new", slug(text))


def test_a_text_that_shares_a_fifth_is_asked_about(archive: Store) -> None:
    text = f"{wire(600, 20)}\n\n{STORY[: len(STORY) // 5]}"
    found = archive.match(text)
    assert (found.verdict, found.story) == ("unsure", slug(text))
    assert found.nearest is not None
    assert found.nearest.story == "s0"
    assert UNSURE <= found.nearest.confidence < SURE


def test_in_an_empty_store_everything_is_new(store: Store) -> None:
    assert matched(store, STORY) == ("new", slug(STORY))
    assert store.similar(STORY) == []


@pytest.mark.parametrize("text", ["", " \n", "One two three.", "🌊 … —"])
def test_a_text_of_few_words_is_like_nothing(archive: Store, text: str) -> None:
    assert matched(archive, text) == ("new", slug(text))
    assert archive.similar(text) == []


def test_the_same_few_words_get_the_same_name(archive: Store) -> None:
    first = archive.add(archive.match("Vote delayed.").story, "Vote delayed.")
    again = archive.add(archive.match("Vote delayed.").story, "Vote delayed.")
    assert (first.outcome, again.outcome) == ("new", "same")
    assert archive.match("Vote delayed.").story == first.version.story


def test_half_a_character_is_refused_as_everywhere(archive: Store) -> None:
    assert archive.similar("\ud800 and some more words that nobody wrote") == []
    with pytest.raises(BadWire):
        archive.match("\ud800 and some more words that nobody wrote")


# What is told


def test_how_much_is_shared_is_told_in_both_directions(archive: Store) -> None:
    copy = f"{beginning(STORY, 0.5)} {wire(700, 12)}"
    (found, *_) = archive.similar(copy)
    half, words, all_of_it = (len(text.split()) for text in (beginning(STORY, 0.5), copy, STORY))
    assert (found.story, found.number) == ("s0", 1)
    assert found.words == half
    assert found.containment == found.words / words
    assert found.contained == found.words / all_of_it
    assert found.resemblance == found.words / (words + all_of_it - found.words)
    assert found.id == archive.version("s0").id


def test_passages_stand_where_they_are_said_to_stand_in_both(archive: Store) -> None:
    copy = f"«{wire(701, 3)}»\n{STORY[200:600].upper()} — {wire(702, 3)} {STORY[900:1500]}"
    (found, *_) = archive.similar(copy)
    assert len(found.passages) == 2
    for passage in found.passages:
        assert passage.text == copy[passage.start : passage.start + passage.length]
        there = STORY[passage.version_start : passage.version_start + passage.version_length]
        assert there.lower() == passage.text.lower()
    assert [passage.start for passage in found.passages] == sorted(each.start for each in found.passages)


def test_the_likeliest_come_first_and_no_more_than_wanted(archive: Store) -> None:
    copy = f"{beginning(STORY, 0.6)} {beginning(wire(1), 0.3)} {beginning(wire(2), 0.2)}"
    found = archive.similar(copy)
    assert [each.story for each in found] == ["s0", "s1", "s2"]
    assert [each.confidence for each in found] == sorted((each.confidence for each in found), reverse=True)
    assert archive.similar(copy, most=1) == found[:1] or archive.similar(copy, most=1)[0].story == "s0"
    assert [each.story for each in archive.similar(copy, besides="s0")] == ["s1", "s2"]


def test_the_json_form_is_all_of_it(archive: Store) -> None:
    found = archive.match(beginning(STORY, 0.5))
    assert found.nearest is not None
    told = found.to_dict()
    assert told["verdict"] == "sure"
    assert set(told["nearest"]) == {
        *("story", "number", "id", "confidence", "containment", "contained", "resemblance", "words"),
        "passages",
    }
    assert set(told["nearest"]["passages"][0]) == {
        *("start", "length", "version_start", "version_length", "text"),
    }
    assert archive.match(wire(500)).to_dict()["nearest"] is None


# Versions


def test_the_version_that_is_most_like_it_is_told(store: Store) -> None:
    for number in range(20):
        store.add("s", wire(number), date=f"2031-01-{number + 1:02}")
    for number in range(20):
        assert (found := store.match(retyped(wire(number), 0.1))).story == "s"
        assert found.nearest is not None
        assert found.nearest.number == number + 1


def test_a_story_goes_on_being_found_as_it_grows(archive: Store, clock: Clock) -> None:
    text = STORY
    for number in range(1, 6):
        text = f"{wire(1000 + number, 6)}\n\n{beginning(text, 0.7)}"
        assert matched(archive, text) == ("sure", "s0")
        assert archive.add("s0", text).version.number == number + 1
        clock.pass_by()
    assert archive.match(beginning(STORY, 0.3)).story == "s0"


def test_a_late_wire_is_found_as_well(archive: Store) -> None:
    archive.add("s0", wire(1200), date="2031-01-01")
    assert archive.add("s0", wire(1100), date="1999-01-01").version.late
    assert matched(archive, retyped(wire(1100), 0.1)) == ("sure", "s0")


def test_as_it_stood_then(store: Store, clock: Clock) -> None:
    store.add("s", wire(1))
    before = store.version("s").recorded
    clock.pass_by(3600)
    store.add("s", wire(2))
    store.add("t", wire(3))
    then = store.as_of(before)
    assert [each.story for each in then.similar(wire(1))] == ["s"]
    assert then.similar(wire(2)) == then.similar(wire(3)) == []
    assert [each.number for each in store.similar(wire(2))] == [2]


# What is no copy


def test_a_digest_of_stories_belongs_to_none_of_them(archive: Store) -> None:
    digest = " ".join(wire(number).partition("\n\n")[0] for number in range(8))
    assert archive.match(digest).verdict == "new"
    assert len(archive.similar(digest)) == 8


def test_a_story_that_grew_out_of_a_flash_is_no_digest(store: Store) -> None:
    flash = wire(1, 2)
    store.add("flash", flash)
    assert matched(store, f"{flash} {wire(2, 12)}") == ("sure", "flash")


def test_a_bulletin_of_a_series_is_none_of_its_sisters(store: Store) -> None:
    form = wire(3, 20)
    for number in range(30):
        store.add(f"bulletin {number}", retyped(f"{form} {wire(number + 10, 2)}", 0.05))
    found = store.match(retyped(f"{form} {wire(99, 2)}", 0.06))
    assert found.nearest is not None
    assert found.nearest.containment > 0.5
    assert found.verdict != "sure"


def test_lines_that_all_stories_have_say_nothing(store: Store) -> None:
    standing = wire(5, 8)
    with_it = [
        vstore.Wire(story=f"s{number}", text=f"{wire(number + 50, 8)} {standing}") for number in range(90)
    ]
    store.import_wires(with_it)
    assert store.match(f"{wire(900, 8)} {standing}").verdict == "new"
    assert matched(store, with_it[7].text) == ("sure", "s7")


def test_two_stories_of_one_wire_are_both_told_and_one_is_taken(store: Store) -> None:
    store.add("one", STORY)
    store.add("two", STORY)
    assert {each.story for each in store.similar(STORY)} == {"one", "two"}
    assert matched(store, STORY)[1] in {"one", "two"}


# Languages


def _fixtures() -> Iterator[tuple[str, list[str]]]:
    for folder in sorted((ROOT / "fixtures").iterdir()):
        if folder.is_dir():
            files = sorted(folder.glob("*.txt"))
            yield folder.name, [readers.read(file.read_bytes()).text for file in files]


@pytest.mark.parametrize("name", [name for name, _ in _fixtures()])
def test_no_wire_of_a_fixture_is_taken_for_another_story(name: str) -> None:
    fixtures = dict(_fixtures())
    with vstore.open("memory:") as store:
        for story, texts in fixtures.items():
            store.add(story, texts[0])
        first, *others = fixtures[name]
        for text in others:
            assert matched(store, text) in {("sure", name), *((found, slug(text)) for found in NOT_SURE)}
            assert matched(store, f"{first[: len(first) * 2 // 3]} {text}") == ("sure", name)


@pytest.mark.parametrize(
    "text",
    [
        "兰屿地铁二号线今日上午正式开通运营，全线设十二座车站，首日客流平稳有序，"
        "沿线居民纷纷前来试乘，地铁公司表示将视情况增加班次。",
        "أعلنت هيئة الأرصاد في وادي سرحان أن منسوب المياه ارتفع مترين خلال "
        "الليل، وأن فرق الإنقاذ أجلت نحو مئتي شخص من القرى القريبة.",
        "दक्षिण घाटी में सोमवार को भारी वर्षा के बाद नदी का जलस्तर बढ़ गया और "
        "प्रशासन ने निचले इलाकों के लोगों को सुरक्षित स्थानों पर पहुँचाया।",
        "서울의 지하철 이호선이 오늘 오전 다시 운행을 시작했다고 교통공사가 "
        "밝혔으며 승객들은 평소와 같이 역을 이용할 수 있다.",
    ],
    ids=["Chinese", "Arabic", "Hindi", "Korean"],
)
def test_any_script_is_compared(text: str) -> None:
    with vstore.open("memory:") as store:
        store.add("story", text)
        for number in range(5):
            store.add(f"s{number}", wire(number))
        start = len(text) * 2 // 5
        assert matched(store, text[start:]) == ("sure", "story")
        assert matched(store, f"{wire(77, 1)} {text}") == ("sure", "story")


def test_the_second_seed_finds_the_first() -> None:
    first, second = (
        readers.read(path.read_bytes()).text for path in sorted(shared("seeds").glob("*.txt"))[:2]
    )
    with vstore.open("memory:") as store:
        store.add("us-nk-talks", first)
        for number in range(40):
            store.add(f"s{number}", wire(number))
        found = store.match(second)
    assert (found.verdict, found.story) == ("sure", "us-nk-talks")
    assert found.nearest is not None
    assert found.nearest.containment > 0.5
    assert max(len(each.text.split()) for each in found.nearest.passages) > 40


# Bounds


@pytest.mark.slow
def test_texts_that_mean_harm_are_compared_all_the_same() -> None:
    hostile = ["same " * 300_000, "x" * 3_000_000, "a b " * 200_000, "船" * 300_000, "\0" * 100_000]
    with vstore.open("memory:") as store:
        for number, text in enumerate(hostile):
            store.add(f"s{number}", text)
        for text in hostile:
            assert len(store.similar(text)) <= len(hostile)
        assert store.similar("same " * 1000)[0].story == "s0"


def test_more_is_more_likely() -> None:
    dice = random.Random(1)
    for _ in range(200):
        words, shares = dice.randint(1, 900), [dice.random() for _ in range(4)]
        sure = confidence(words, *shares)
        assert 0 <= sure <= 1
        assert confidence(words + 1, *shares) >= sure
        for place, share in enumerate(shares):
            more = [*shares[:place], min(1.0, share + 0.1), *shares[place + 1 :]]
            assert confidence(words, *more) >= sure
    assert [verdict(each) for each in (0, UNSURE, SURE, 1)] == ["new", "unsure", "sure", "sure"]
