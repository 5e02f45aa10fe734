from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vstore import dates, objects
from vstore.errors import BadWire
from vstore.facts import canonical_facts, make_facts
from vstore.model import MAX_FACTS_BYTES
from vstore.objects import Commit

Git = Callable[..., bytes]

GOLDEN = json.loads((Path(__file__).parent / "golden_ids.json").read_text(encoding="utf-8"))
HOSTILE_SOURCES = [
    None,
    "",
    "The Daily Ledger",
    " ",
    "   both ends   ",
    "<a@b>",
    "x <y> 0 +0000",
    "a\nauthor b <> 0 +0000",
    "tab\tnul\0esc\x1bdel\x7fnel\x85",
    "line\u2028paragraph\u2029",
    "back\\slash\\u{20}",
    ".,:;\"'",
    "📰 通讯社 وكالة",
    "e\u0301\ufeff\u200b\u202e",
    "\u00a0no-break\u00a0",
    "inner    spaces " * 3,
]
HOSTILE_STORIES = [
    "us-nk-talks",
    "a b..c@{1}~2^:?*[",
    "https://example.org/a?b=c&d=é#é",
    "tag:example.org,2019:x",
    "👩‍👩‍👧 🇩🇪",
    "\\",
    "-x",
    "é" * 2048,
    "Dated: 2019",
]
BARE = Commit(
    story="s",
    text_id=objects.text_id(""),
    facts_id=objects.facts_id(b"{}"),
    parent=None,
    source=None,
    clock=0,
    dated=None,
)


@pytest.fixture
def git(tmp_path: Path) -> Git:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    environment |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}

    def run(*arguments: str, data: bytes = b"") -> bytes:
        command = ["git", "-C", str(tmp_path), *arguments]
        return subprocess.run(command, input=data, env=environment, check=True, capture_output=True).stdout

    run("init", "--quiet", "--object-format=sha256")
    return run


def write(git: Git, kind: str, data: bytes) -> str:
    return git("hash-object", "-t", kind, "-w", "--stdin", data=data).decode().strip()


def commit_of(case: dict[str, Any]) -> Commit:
    return Commit(
        story=case["story"],
        text_id=objects.text_id(case["text"]),
        facts_id=objects.facts_id(canonical_facts(make_facts(case["facts"]))),
        parent=bytes.fromhex(case["parent"]) if case["parent"] else None,
        source=case["facts"].get("source"),
        clock=case["clock"],
        dated=case["dated"],
    )


def simple(**parts: Any) -> Commit:
    return dataclasses.replace(BARE, **parts)


@pytest.mark.parametrize("case", GOLDEN, ids=[case["name"] for case in GOLDEN])
def test_golden_ids_never_change(case: dict[str, Any]) -> None:
    commit = commit_of(case)
    tree = objects.tree_bytes(commit.facts_id, commit.text_id)
    assert canonical_facts(make_facts(case["facts"])).decode() == case["canonical_facts"]
    assert commit.text_id.hex() == case["text_id"]
    assert commit.facts_id.hex() == case["facts_id"]
    assert objects.commit_bytes(commit).decode() == case["commit"]
    assert objects.version_id(commit).hex() == case["version_id"]
    assert case["tree"] in objects.commit_bytes(commit).decode()
    assert len(tree) == 2 * 32 + len("100644 facts0100644 text0")


def test_the_golden_clocks_are_those_of_their_dates() -> None:
    for case in GOLDEN:
        if case["dated"]:
            assert dates.parse(case["dated"]).text == case["dated"]
            assert dates.clock(dates.Date(case["dated"])) == case["clock"]


def test_git_gives_the_golden_ids(git: Git) -> None:
    for case in GOLDEN:
        commit = commit_of(case)
        assert write(git, "blob", case["text"].encode()) == case["text_id"]
        assert write(git, "blob", case["canonical_facts"].encode()) == case["facts_id"]
        assert write(git, "tree", objects.tree_bytes(commit.facts_id, commit.text_id)) == case["tree"]
        assert write(git, "commit", case["commit"].encode()) == case["version_id"]
    assert git("fsck", "--strict", "--no-dangling") == b""


@pytest.mark.parametrize(
    "commits",
    [
        [simple(source=source) for source in HOSTILE_SOURCES],
        [simple(story=story, dated="2019-01-15", clock=1_547_510_400) for story in HOSTILE_STORIES],
        [
            simple(clock=0),
            simple(clock=dates.HIGHEST, dated="9999-12-31T23:59:59+00:00"),
            simple(clock=dates.HIGHEST + 43_200, dated="9999-12-31T23:59:59-12:00"),
            simple(clock=1, dated="1955"),
        ],
    ],
    ids=["sources", "story-ids", "clocks"],
)
def test_git_reads_every_commit_as_it_was_meant(git: Git, commits: list[Commit]) -> None:
    write(git, "blob", b"")
    write(git, "blob", b"{}")
    tree = write(git, "tree", objects.tree_bytes(commits[0].facts_id, commits[0].text_id))
    for commit in commits:
        found = write(git, "commit", objects.commit_bytes(commit))
        assert found == objects.version_id(commit).hex()
        assert git("cat-file", "commit", found) == objects.commit_bytes(commit)
        shown = git("log", "-1", "--format=%an%x00%ae%x00%at%x00%cn%x00%ct%x00%T%x00%P%x00%B", found).decode()
        name, clock = objects.ident_name(commit.source), str(commit.clock)
        message = objects.escape(commit.story) + (f"\n\nDated: {commit.dated}" if commit.dated else "")
        assert shown.split("\0") == [name, "", clock, name, clock, tree, "", message + "\n\n"]
    assert git("fsck", "--strict", "--no-dangling") == b""


def test_a_chain_of_versions_is_a_history_to_git(git: Git) -> None:
    write(git, "blob", b"{}")
    parent: bytes | None = None
    for number in range(3):
        write(git, "blob", f"text {number}\0".encode())
        commit = simple(text_id=objects.text_id(f"text {number}\0"), parent=parent)
        write(git, "tree", objects.tree_bytes(commit.facts_id, commit.text_id))
        parent = bytes.fromhex(write(git, "commit", objects.commit_bytes(commit)))
        assert parent == objects.version_id(commit)
    assert parent is not None
    git("update-ref", "refs/heads/story", parent.hex())
    assert git("rev-list", "--count", "story") == b"3\n"
    assert git("show", "story~1:text") == b"text 1\0"
    assert git("show", "story:facts") == b"{}"
    assert git("fsck", "--strict") == b""


@settings(derandomize=True, deadline=None)
@given(st.binary(max_size=200))
def test_escaped_lines_are_one_line_and_lose_nothing(data: bytes) -> None:
    text = data.decode("latin-1") + "\u2028\u2029\\"
    line = objects.escape(text)
    assert "\n" not in line
    assert not [c for c in line if unicodedata.category(c) in ("Cc", "Zl", "Zp")]
    assert line.replace("\\u{", "").count("\\") == 0
    parts = line.split("\\u{")
    rest = [chr(int(part.split("}", 1)[0], 16)) + part.split("}", 1)[1] for part in parts[1:]]
    assert parts[0] + "".join(rest) == text


def test_exactly_the_characters_of_the_contract_are_escaped() -> None:
    for code in [*range(0xD800), *range(0xE000, 0x110000)]:
        character = chr(code)
        is_escaped = unicodedata.category(character) in ("Cc", "Zl", "Zp") or character == "\\"
        assert objects.escape(character) == (f"\\u{{{code:x}}}" if is_escaped else character)


@pytest.mark.parametrize(
    ("source", "name"),
    [
        (None, ""),
        ("", ""),
        ("The Daily Ledger", "The Daily Ledger"),
        (" a b  ", "\\u{20}a b\\u{20}\\u{20}"),
        ("  ", "\\u{20}\\u{20}"),
        ("a <b>", "a \\u{3c}b\\u{3e}"),
        ("a\n", "a\\u{a}"),
        ("\\", "\\u{5c}"),
        ("\u00a0a\u2029", "\u00a0a\\u{2029}"),
    ],
)
def test_a_source_is_written_as_a_name_that_git_leaves_alone(source: str | None, name: str) -> None:
    assert objects.ident_name(source) == name


def test_a_source_of_a_mebibyte_of_spaces_takes_linear_time() -> None:
    spaces = " " * MAX_FACTS_BYTES
    assert objects.ident_name(f"a{spaces}b") == f"a{spaces}b"
    assert objects.ident_name(f"a{spaces}") == "a" + "\\u{20}" * MAX_FACTS_BYTES


@pytest.mark.parametrize("story", [*HOSTILE_STORIES, "a", "A", "a/b", "\u200b", "\ufeffx", "x" * 4096])
def test_a_story_id_may_be_almost_anything(story: str) -> None:
    objects.check_story(story)


@pytest.mark.parametrize(
    ("story", "reason"),
    [
        ("", "empty"),
        (" a", "white space"),
        ("a\u00a0", "white space"),
        ("\u3000", "white space"),
        ("a\nb", "U\\+000A"),
        ("\0", "U\\+0000"),
        ("a\x7f", "U\\+007F"),
        ("a\u2028b", "U\\+2028"),
        ("a\ud800", "U\\+D800"),
        ("x" * 4097, "4,097 bytes"),
        ("é" * 2049, "4,098 bytes"),
    ],
)
def test_a_story_id_that_cannot_be_one_is_refused(story: str, reason: str) -> None:
    with pytest.raises(BadWire, match=reason) as caught:
        objects.check_story(story)
    assert caught.value.message.isprintable()
    assert len(caught.value.message) < 250


def test_a_story_id_is_refused_for_exactly_its_categories() -> None:
    for code in range(0x110000):
        bad = unicodedata.category(chr(code)) in ("Cc", "Zl", "Zp", "Cs")
        assert bool(objects._REFUSED_IN_STORY.search(chr(code))) == bad


def test_a_lone_surrogate_in_a_text_is_named_by_its_place() -> None:
    with pytest.raises(BadWire, match="at character 3") as caught:
        objects.text_id("ab\udc80")
    assert caught.value.facts == {"character": 3}


def test_any_other_text_has_an_id() -> None:
    assert objects.text_id("") == objects.blob_id(b"")
    assert objects.text_id("\0\r\n\ufeff\U0010ffff") == objects.blob_id("\0\r\n\ufeff\U0010ffff".encode())
