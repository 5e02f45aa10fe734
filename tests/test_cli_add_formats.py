"""`vstore add` of feeds, crawls, mailboxes, tables and repositories: the rest goes in; again adds nothing."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from cli_program import Program
from crawls import URL, response
from diffengine_files import FIRST, SECOND, made
from feed_items import ITEM, rss
from mails import mbox, message
from repositories import Made

from vstore.readers import webpage


@pytest.fixture
def run(tmp_path: Path) -> Program:
    program = Program(tmp_path)
    assert program("init").code == 0
    return program


def outcomes(run: Program, *arguments: str, code: int = 0) -> list[tuple[str, int, str]]:
    done = run("--json", "add", *arguments)
    assert done.code == code, done.err
    return [(each["story"], each["number"], each["outcome"]) for each in done.objects]


def test_a_feed_is_kept_by_its_guids_and_again_adds_nothing(run: Program) -> None:
    pytest.importorskip("feedparser", reason="feedparser is not installed: pip install 'vstore[feeds]'")
    (run.folder / "feed").write_text(rss(ITEM, ITEM.replace("kestrel-17", "kestrel-18")))
    assert outcomes(run, "--story-from", "field:guid", "feed") == [
        ("kestrel-17", 1, "new"),
        ("kestrel-18", 1, "new"),
    ]
    (run.folder / "feed").write_text(
        rss(ITEM.replace("free", "late"), ITEM.replace("kestrel-17", "kestrel-18"))
    )
    assert outcomes(run, "--story-from", "field:guid", "feed") == [
        ("kestrel-17", 2, "changed"),
        ("kestrel-18", 1, "same"),
    ]


def test_items_that_are_refused_cost_no_other(run: Program) -> None:
    pytest.importorskip("feedparser", reason="feedparser is not installed: pip install 'vstore[feeds]'")
    (run.folder / "feed").write_text(
        rss(ITEM, "<item><title>no text</title><guid>x</guid></item>", "<item>" + ITEM[6:-20])
    )
    assert outcomes(run, "--story-from", "field:guid", "feed", code=7) == [("kestrel-17", 1, "new")]


def test_a_page_crawled_again_moves_last_seen(run: Program) -> None:
    pytest.importorskip("warcio", reason="warcio is not installed: pip install 'vstore[warc]'")
    pytest.importorskip("trafilatura", reason="trafilatura is not installed: pip install 'vstore[html]'")
    for name, when in (("monday", "2031-05-05T02:00:00Z"), ("tuesday", "2031-05-06T02:00:00Z")):
        (run.folder / name).write_bytes(response(when=when))
    assert outcomes(run, "--story-from", "field:url", "monday", "tuesday") == [
        (URL, 1, "new"),
        (URL, 1, "same"),
    ]
    (version,) = run("--json", "log", URL).objects
    assert (version["dated"], version["capture"]["crawled"]) == ("2031-05-05T02:00:00+00:00",) * 2


def test_a_mailbox_is_kept_by_message(run: Program) -> None:
    (run.folder / "press.mbox").write_bytes(mbox(message(), b"junk\n", message("Other.")))
    assert outcomes(run, "--story-from", "field:guid", "press.mbox", code=7) == [
        ("17@kestrel.example", 1, "new"),
        ("17@kestrel.example", 2, "changed"),
    ]


def test_a_table_is_mapped(run: Program) -> None:
    (run.folder / "wires.csv").write_text("id,body\n7,One.\n7,Two.\n")
    kept = outcomes(run, "--map", "story=id,text=body", "--undated", "wires.csv")
    assert kept == [("7", 1, "new"), ("7", 2, "changed")]


def test_diffengine_is_kept_by_its_entries(run: Program, tmp_path: Path) -> None:
    path = made(tmp_path, [FIRST, SECOND])
    story = f"{URL}?utm_source=rss"
    assert outcomes(run, str(path)) == [(story, 1, "new"), (story, 2, "changed")]
    assert outcomes(run, str(path)) == [(story, 1, "same"), (story, 2, "same")]


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_a_repository_is_kept_by_its_paths_or_as_is_said(run: Program) -> None:
    repository = Made(run.folder / "notes")
    repository.commit("a", {"local/bridge.txt": "closed"})
    repository.commit("b", {"local/bridge.txt": "open"})
    repository.commit("c", {"local/bridge.txt": "closed"})
    path = "local/bridge.txt"
    assert outcomes(run, "notes") == [(path, 1, "new"), (path, 2, "changed"), (path, 3, "changed")]
    assert outcomes(run, "notes") == [(path, number, "same") for number in (1, 2, 3)]
    for how, story in (
        ("stem", "bridge"),
        ("^([a-z]+)[.]txt", "bridge"),
        ("field:source", "Ann Reed"),
        ("field:x", path),
    ):
        assert {kept[0] for kept in outcomes(run, "--dry-run", "--story-from", how, "notes")} == {story}
    assert {kept[0] for kept in outcomes(run, "--dry-run", "--story", "x", "notes")} == {"x"}


@pytest.mark.parametrize(
    ("library", "extra", "data"),
    [
        ("trafilatura", "html", b"<!doctype html><html><body><p>Text.</p></body></html>"),
        ("feedparser", "feeds", rss(ITEM).encode()),
        ("warcio", "warc", response()),
        ("trafilatura", "html", response()),
    ],
)
def test_a_library_that_is_missing_is_told_with_what_brings_it(
    run: Program, monkeypatch: pytest.MonkeyPatch, library: str, extra: str, data: bytes
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    webpage.extractor.cache_clear()
    (run.folder / "input").write_bytes(data)
    done = run("add", "--story", "x", "input")
    assert done.code == 2
    assert f"pip install 'vstore[{extra}]'" in done.err
