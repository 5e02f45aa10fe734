"""CONTRACT §5, commands: what each option says, on the program as it runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from cli_program import Program

WIRES = (
    (b"One two three.\n", ("--date", "2020-01-01", "--source", "A", "--headline", "First")),
    (b"One two four.\n", ("--date", "2020-01-10", "--source", "B", "--kind", "correction")),
    (b"One late three.\n", ("--date", "2020-01-05", "--source", "A")),
)


@pytest.fixture
def empty(tmp_path: Path) -> Program:
    program = Program(tmp_path)
    assert program("init").code == 0
    return program


@pytest.fixture
def run(empty: Program) -> Program:
    for text, options in WIRES:
        assert empty("add", "--story", "tram", *options, "-", stdin=text).code == 0
    assert empty("add", "--story", "bus", "--date", "2019", "-", stdin=b"A bus.").code == 0
    return empty


GLOBAL = (
    ("--json",),
    ("--color", "always"),
    ("--tz", "Europe/Berlin"),
    ("--wait", "1"),
    ("-q",),
    ("--quiet",),
    ("-v",),
)


@pytest.mark.parametrize("option", GLOBAL, ids=" ".join)
def test_a_global_option_says_the_same_before_and_after_the_command(
    run: Program, option: tuple[str, ...]
) -> None:
    for words in (("stories",), ("log", "tram"), ("show", "tram"), ("diff", "tram"), ("blame", "tram")):
        before, after = run(*option, *words), run(*words, *option)
        assert (before.code, before.out, before.err) == (after.code, after.out, after.err)
        assert before.code == 0


def test_h_and_help_say_the_same_with_an_example_for_every_command(run: Program) -> None:
    listed = run("--help").out.decode().split("Commands:\n", 1)[1]
    names = re.findall(r"^  ([a-z]+) ", listed, re.MULTILINE)
    assert {"init", "add", "import", "stories", "log", "show", "checkout", "diff", "blame"} <= set(names)
    for name in names:
        assert run(name, "-h").out == run(name, "--help").out
        assert b"Examples:\n  " in run(name, "-h").out


def test_add_takes_every_option_of_the_contract(run: Program) -> None:
    told = run("add", "--help").out.decode()
    options = (
        "--story --date --source --headline --url --byline --kind --guid --lang --set --tz --encoding "
        "--reader --dry-run --again --allow-empty --undated --story-from --expect"
    )
    assert [option for option in options.split() if f"{option} " not in told] == []


def test_log_takes_every_option_of_the_contract(run: Program) -> None:
    told = run("log", "--help").out.decode()
    options = (
        "-n --since --until --recorded-since --source --kind --reverse --arrival --oneline --stat --patch "
        "--format --as-of"
    )
    assert [option for option in options.split() if f"{option} " not in told] == []


@pytest.mark.parametrize(
    "command", ["stories", "log", "show", "checkout", "diff", "blame", "stats", "export"]
)
def test_every_question_takes_as_of(run: Program, command: str) -> None:
    assert b"--as-of TIME" in run(command, "--help").out


def test_options_give_every_fact_that_has_one(empty: Program) -> None:
    facts = ("source", "headline", "url", "byline", "kind", "guid", "lang")
    words = [word for fact in facts for word in (f"--{fact}", f"of {fact}")]
    assert empty("add", "--story", "s", *words, "--set", "place=Easton", "-", stdin=b"Text.").code == 0
    version = empty("show", "s", "--json").json
    assert {fact: version[fact] for fact in facts} == {fact: f"of {fact}" for fact in facts}
    assert version["place"] == "Easton"


def test_the_story_option_wins_over_front_matter_and_that_over_the_name(empty: Program) -> None:
    matter = empty.folder / "stem.txt"
    matter.write_bytes(b"---\nstory: matter\n---\nText.")
    (empty.folder / "plain.txt").write_bytes(b"Text.")
    told = {
        "option": ("--story", "option", "--story-from", "stem", "stem.txt"),
        "matter": ("--story-from", "stem", "stem.txt"),
        "plain": ("--story-from", "stem", "plain.txt"),
    }
    for story, words in told.items():
        assert empty("add", "--dry-run", "--json", *words).json["story"] == story
    nameless = empty("add", "plain.txt")
    assert nameless.code == 2
    assert "--story" in nameless.err
    assert "--story-from" in nameless.err


def test_log_filters_by_the_date_that_is_told_and_counts_after_filtering(run: Program) -> None:
    def numbers(*words: str) -> list[int]:
        return [found["number"] for found in run("log", "tram", "--json", *words).objects]

    assert numbers() == [2, 3, 1]
    assert numbers("--arrival") == [3, 2, 1]
    assert numbers("--reverse") == [1, 3, 2]
    assert numbers("-n", "1") == [2]
    assert numbers("--source", "A") == [3, 1]
    assert numbers("--source", "A", "-n", "1") == [3]
    assert numbers("--kind", "correction") == [2]
    assert numbers("--since", "2020-01-05") == [2, 3]
    assert numbers("--until", "2020-01-05") == [3, 1]
    assert numbers("--since", "2020-01-02", "--until", "2020-01-09") == [3]
    assert numbers("--recorded-since", "2020") == [2, 3, 1]


def test_every_placeholder_of_a_format_is_its_field(run: Program) -> None:
    version = run("show", "tram@1", "--json").json
    line = run("log", "tram@1", "--format", "%H|%h|%an|%ad|%aI|%s|%N|%(words)|%(late)|%%").lines[0]
    full, short, *rest = line.split("|")
    assert full == version["id"]
    assert full.startswith(short)
    assert rest == ["A", "2020-01-01", "2020-01-01T00:00:00Z", "First", "1", "3", "false", "%"]


def test_a_late_wire_is_marked_wherever_versions_are_listed(run: Program) -> None:
    for words in (("log", "tram"), ("log", "tram", "--oneline"), ("log", "--oneline")):
        assert run(*words).out.decode().count("(late)") == 1


def test_stories_are_filtered_by_source_date_and_glob_sorted_and_cut(run: Program) -> None:
    def names(*words: str) -> list[str]:
        return [found["story"] for found in run("stories", "--json", *words).objects]

    assert names() == ["bus", "tram"]
    for order in ("at", "versions"):
        assert names("--sort", order) == ["tram", "bus"]
    assert names("--sort", "at", "-n", "1") == ["tram"]
    assert names("--source", "B") == ["tram"]
    assert names("--since", "2020") == ["tram"]
    assert names("--match", "b?s") == ["bus"]
    assert run("stories", "--match", "x*").code == 1


def test_checkout_names_a_file_by_the_story_and_the_number_where_one_was_named(run: Program) -> None:
    assert run("checkout", "tram").lines == ["tram.txt"]
    for ref in ("tram@2", "tram@2020-01-10", "tram~0"):
        assert run("checkout", ref).lines == ["tram@2.txt"]
    assert run("checkout", "--all", "--into", "all").lines == ["all/bus.txt", "all/tram.txt"]
    every = run("checkout", "--all-versions", "--into", "every", "tram").lines
    assert every == [f"every/tram/{number:04}.txt" for number in (1, 2, 3)]
    assert (run.folder / "every/tram/0003.txt").read_bytes() == WIRES[2][0]


def test_a_map_reads_other_peoples_keys_and_what_an_export_adds_is_ignored(empty: Program) -> None:
    line = (
        b'{"guid": "g", "body": "Text.", "published": "2020", "title": "T", "number": 7, "id": "x", '
        b'"recorded": "y", "foo": 1}\n'
    )
    assert empty("import", "--map", "story=guid,text=body,date=published", "-", stdin=line).code == 0
    version = empty("show", "g", "--json").json
    assert (version["number"], version["dated"], version["headline"]) == (1, "2020", "T")
    assert (version["text"], version["extra"]) == ("Text.", {"foo": 1})


def test_same_leaves_date_and_extra_aside_and_moves_last_seen(empty: Program) -> None:
    text = b"Text."
    empty("add", "--story", "s", "--date", "2020-01-01", "--source", "A", "-", stdin=text)
    first = empty("show", "s", "--json").json
    resent = ("--date", "2020-01-02", "--source", "A", "--set", "extra.k=v")
    assert empty("add", "--story", "s", *resent, "-", "--json", stdin=text).json["outcome"] == "same"
    again = empty("show", "s", "--json").json
    assert again["last_seen"] > first["last_seen"] == first["recorded"]
    assert {**again, "last_seen": ""} == {**first, "last_seen": ""}
    other = empty("add", "--story", "s", "--date", "2020-01-02", "--source", "B", "-", "--json", stdin=text)
    assert other.json["outcome"] == "changed"
    kept = empty("add", "--story", "s", "--source", "B", "--again", "-", "--json", stdin=text)
    assert kept.json["number"] == 3


def test_a_b_a_within_one_run_are_three_versions_and_the_run_repeated_adds_nothing(empty: Program) -> None:
    line = '{{"story": "s", "text": "{}", "date": "2020-01-0{}"}}\n'
    lines = "".join(line.format(text, day) for day, text in enumerate("ABA", 1)).encode()
    for counts in ((1, 2, 0, 0), (0, 0, 3, 0)):
        done = empty("import", "-", "--json", stdin=lines)
        assert tuple(done.error.values()) == counts
    assert empty("show", "s", "--json").json["number"] == 3


def test_a_return_to_an_older_text_costs_a_reference_not_a_copy(empty: Program) -> None:
    long = " ".join(f"word{number}" for number in range(2000)).encode()
    for text in (long, b"Something else.", long):
        empty("add", "--story", "s", "--again", "-", stdin=text)
    assert empty("show", "s", "--json").json["stored_bytes"] < 50


def test_an_undated_wire_takes_the_greatest_moment_and_a_coarse_date_the_nearest_in_its_span(
    empty: Program,
) -> None:
    told = [
        ("2020-06-15T10:00:00Z", "2020-06-15T10:00:00Z"),
        ("2020", "2020-06-15T10:00:00Z"),
        (None, "2020-06-15T10:00:00Z"),
        ("2020-06-20", "2020-06-20T00:00:00Z"),
        ("2020-06-15", "2020-06-15T23:59:59Z"),
        ("2019", "2019-12-31T23:59:59Z"),
    ]
    for k, (date, at) in enumerate(told):
        dated = ("--undated",) if date is None else ("--date", date)
        empty("add", "--story", "s", *dated, "-", stdin=f"Text {k}.".encode())
        assert empty("show", "s@tip", "--json").json["at"] == at


def test_exit_codes_are_those_of_the_table(run: Program) -> None:
    (run.folder / "tram.txt").write_bytes(b"In the way.")
    (run.folder / "good.txt").write_bytes(b"Good.")
    (run.folder / "not-a-store").mkdir()
    (run.folder / "not-a-store" / ".vstore").mkdir()
    (run.folder / "not-a-store" / ".vstore" / "store.db").write_bytes(b"not a database " * 100)
    told = {
        ("diff", "tram@2", "tram@2", "--exit-code"): 0,
        ("diff", "tram@1", "tram@2", "--exit-code"): 1,
        ("log", "--source", "nobody"): 1,
        ("blame", "tram", "--match", "nothing of the sort"): 1,
        ("show",): 2,
        ("add", "--story", "s", "--date", "2019-02-30", "good.txt"): 2,
        ("add", "--story", "", "good.txt"): 2,
        ("--store", "nowhere", "log"): 3,
        ("show", "nothing"): 3,
        ("show", "tram@9"): 3,
        ("blame", "tram", "-p", "9"): 3,
        ("checkout", "tram"): 4,
        ("add", "--story", "tram", "--expect", "1", "good.txt"): 4,
        ("checkout", "tram", "-o", "no/such/folder.txt"): 5,
        ("add", "--story", "tram", "good.txt", "missing.txt"): 7,
    }
    assert {words: run(*words).code for words in told} == told


def test_export_takes_the_stories_that_are_named_in_either_form(run: Program) -> None:
    stories = [found["story"] for found in run("export", "--jsonl", "-", "bus").objects]
    assert stories == ["bus"]
    assert [found["story"] for found in run("export", "--git", "git", "bus", "--json").objects] == ["bus"]
