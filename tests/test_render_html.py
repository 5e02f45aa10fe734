"""A diff as a page: well-formed, escaped, alone."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st
from render_values import diff

from vstore.answers import Diff
from vstore.cli.html import page

VOID = ("meta",)


def written(given: Diff, title: str = "harbour-strike  1 -> 2") -> str:
    return "\n".join(page(given, title))


class Strict(HTMLParser):
    """Demands that every tag is closed, in order, and collects what a reader sees."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.seen += "" if self.open[-1:] == ["style"] else data


def read(text: str) -> str:
    strict = Strict()
    strict.feed(text)
    strict.close()
    assert strict.open == []
    return strict.seen


def test_words_stand_in_ins_and_del() -> None:
    text = written(diff(("=", "The "), ("-", "five"), ("+", "seven"), ("=", " ships.")))
    assert '<p dir="auto">The <del>five</del><ins>seven</ins> ships.</p>' in text


def test_it_stands_alone_and_runs_nothing() -> None:
    text = written(diff(("=", "The "), ("+", "sea")))
    assert not re.search(r"<script|<link|<img|src=|href=|url\(|@import|http", text)
    assert "prefers-color-scheme: dark" in text


def test_markup_of_wires_is_escaped_everywhere() -> None:
    bad = "<script>alert('x')</script>\"&"
    text = written(diff(("=", bad), ("+", " " + bad), facts={"headline": (bad, None)}), title=bad)
    assert "<script" not in text
    assert read(text).count("<script>alert('x')</script>\"&") == 5


def test_paragraphs_far_away_can_be_opened() -> None:
    text = written(diff(("=", "One.\n\nTwo.\n\nThree.\n\n"), ("+", "Four.")))
    assert "<details><summary>2 paragraphs unchanged</summary>" in text
    assert '<p dir="auto">One.</p>' in text


def test_facts_that_changed_are_listed() -> None:
    text = written(diff(("=", "Same."), facts={"headline": ("Old", "New")}))
    assert '<dt>headline</dt><dd dir="auto"><del>Old</del> <ins>New</ins></dd>' in text


def test_the_language_of_the_wire_is_that_of_the_page() -> None:
    assert '<html lang="ar">' in "\n".join(page(diff(("=", "x")), "t", "ar"))
    assert "<html>" in written(diff(("=", "x")))


def test_what_html_forbids_becomes_a_replacement_character() -> None:
    assert "\x00" not in written(diff(("+", "a\x00\x1bb")))
    assert "a\ufffd\ufffdb" in written(diff(("+", "a\x00\x1bb")))


@settings(derandomize=True, deadline=None)
@given(st.text(alphabet="ab<>&\"' \n", max_size=20), st.text(alphabet="a<>&\"'/ \n", max_size=20))
def test_any_text_gives_a_well_formed_page(old: str, new: str) -> None:
    read(written(diff(("=", "x "), ("-", old), ("+", new))))
