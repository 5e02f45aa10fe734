"""Blame as a page: well-formed, alone, and inert whatever the wires hold."""

from __future__ import annotations

import re
import shutil
import subprocess
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from render_values import PLAIN, blame, diff, version

from vstore.answers import Blame, Diff, Paragraph
from vstore.cli import blame_html
from vstore.cli.blame_html import SCRIPT, Sheet, Step, page
from vstore.cli.margin import Manner
from vstore.model import Facts
from vstore.text import paragraphs

VOID = ("meta", "br")
TOLD = Manner(None, PLAIN)
BAD = "</script></style><script>alert(1)</script><img src=x onerror='alert(2)'>\"&"
TURNING = "\u202eevil\u2066\u2069\u2069"


class Strict(HTMLParser):
    """Demands that every tag is closed, in order; collects tags, attributes and what a reader sees."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: dict[str, str] = {}
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        for tag in set(self.open):
            self.seen[tag] = self.seen.get(tag, "") + data


def read(text: str) -> Strict:
    strict = Strict()
    strict.feed(text)
    strict.close()
    assert strict.open == []
    return strict


def told(*runs: tuple[int, str]) -> Blame:
    text = "".join(words for _, words in runs)
    spans = [
        Paragraph(number=number, start=start, length=end - start, introduced=1, last_touched=1)
        for number, (start, end) in enumerate(paragraphs(text), 1)
    ]
    return blame(*runs, paragraphs=tuple(spans))


def step(number: int, ask: Callable[[], Diff] | None = None, **facts: Any) -> Step:
    change = partial(diff, ("=", "Kept. "), ("+", f"Brought by {number}."))
    return Step(
        version(number=number, at=f"2019-01-{number:02}T00:00:00Z", facts=Facts(**facts)),
        ask or change,
        f"vstore diff --story=harbour-strike {number}",
    )


def sheet(answer: Blame, *steps: Step, manner: Manner = TOLD, **facts: Any) -> Sheet:
    shown = steps or tuple(map(step, sorted({hunk.number for hunk in answer.hunks}, reverse=True)))
    return Sheet(answer, version(number=answer.number, facts=Facts(**facts)), shown, manner)


def written(given: Sheet) -> str:
    return "\n".join(page(given))


def simple() -> Sheet:
    return sheet(told((1, "The dockers "), (2, "return.\n\n"), (1, "The owners said nothing.")))


def test_words_are_links_to_the_version_that_wrote_them() -> None:
    text = written(simple())
    assert '<p dir="auto" id="p1" data-n="1"><a class="w t0" href="#v1" data-v="1"' in text
    assert text.count('data-v="1"') == 2
    assert '<details id="v1"><summary><b class="t0">1</b> 2019-01-15' in text
    assert "Brought by 2." in text


def test_a_reader_without_script_reads_the_text_and_hints() -> None:
    found = read(written(simple()))
    assert found.seen["main"].split() == ["The", "dockers", "return.", "The", "owners", "said", "nothing."]
    titles = [attributes["title"] for tag, attributes in found.tags if tag == "a"]
    assert titles == ["1 · 2019-01-15", "2 · 2019-01-15", "1 · 2019-01-15"]


def test_the_policy_lets_this_style_and_this_script_run_and_nothing_else() -> None:
    text = written(simple())
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy is not None
    for tag in ("style", "script"):
        (inside,) = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = b64encode(sha256(inside.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy[1]
    assert policy[1].startswith("default-src 'none'; ")


def test_it_stands_alone() -> None:
    found = read(written(simple()))
    for tag, attributes in found.tags:
        assert tag not in ("link", "img", "iframe", "form")
        assert not [name for name in attributes if name in ("style", "src") or name.startswith("on")]
        assert (attributes.get("href") or "#").startswith("#")
    assert not re.search(r"url\(|@import|https?:", written(simple()))


def test_every_link_leads_to_a_version_on_the_page() -> None:
    found = read(written(simple()))
    ids = [attributes["id"] for _, attributes in found.tags if "id" in attributes]
    links = {str(attributes["href"])[1:] for tag, attributes in found.tags if tag == "a"}
    assert links <= set(ids)
    assert len(ids) == len(set(ids))


def test_markup_of_wires_is_inert_everywhere() -> None:
    facts: dict[str, Any] = {"source": BAD, "headline": BAD, "lang": BAD}
    change = partial(diff, ("=", BAD), ("+", " " + BAD), facts={"headline": (BAD, None)})
    found = read(written(sheet(told((1, BAD)), step(1, change, **facts), **facts)))
    assert [tag for tag, _ in found.tags].count("script") == 1
    assert "img" not in [tag for tag, _ in found.tags]
    assert found.seen["main"].strip() == BAD
    assert found.seen["script"] == SCRIPT
    (html, *_) = found.tags
    assert html == ("html", {"lang": BAD})


def test_facts_cannot_turn_what_stands_beside_them() -> None:
    text = written(sheet(told((1, "Words.")), step(1, source=TURNING, headline=TURNING), source=TURNING))
    assert "\u202e" not in text
    assert 'title="1 · 2019-01-15 · \u2068evil\u2069 · \u2068evil\u2069"' in text
    assert "<bdi>evil</bdi>" in text


def test_a_headline_of_any_length_is_cut() -> None:
    text = written(sheet(told(*[(1, "Words. \n\n")] * 50), step(1, headline="long " * 100_000)))
    assert len(text) < 60_000


def test_what_html_forbids_becomes_a_replacement_character() -> None:
    assert "a\ufffd\ufffdb" in written(sheet(told((1, "a\0\x1bb"))))


def test_the_language_of_the_wire_is_that_of_the_page() -> None:
    assert '<html lang="ar">' in written(sheet(told((1, "كلمات")), lang="ar"))
    assert "<html>" in written(simple())


def test_a_blank_text_is_a_page_without_paragraphs() -> None:
    assert read(written(sheet(told((1, " \n"))))).seen["main"].strip() == ""


def test_by_source_the_page_is_coloured_otherwise() -> None:
    steps = (step(3, source="A"), step(2, source="B"), step(1, source="A"))
    given = sheet(told((1, "a "), (2, "b "), (3, "c")), *steps, manner=Manner(None, PLAIN, "source"))
    assert re.findall(r'class="w (t\d)"', written(given)) == ["t0", "t1", "t0"]
    assert '<body class="source">' in written(given)
    aged = given._replace(manner=TOLD)
    assert re.findall(r'class="w (t\d)"', written(aged)) == ["t0", "t2", "t5"]


def test_in_reverse_it_tells_until_when() -> None:
    answer = replace(told((1, "Gone "), (2, "there.")), reverse=True)
    current = Step(version(number=2, at="2019-01-02T00:00:00Z", facts=Facts()), None, None)
    text = written(sheet(answer, current, step(1), manner=Manner(None, PLAIN, current=2)))
    assert 'title="last in 1 · 2019-01-15"' in text
    assert 'title="still there"' in text
    assert '<summary>last in <b class="t0">1</b> 2019-01-15</summary>' in text
    assert "The current version has these words." in text


def test_diffs_beyond_the_room_give_way_to_their_command() -> None:
    steps = [step(number, partial(diff, ("+", "word " * 80_000))) for number in (4, 3, 2)]
    given = sheet(told((4, "a "), (3, "b "), (2, "c "), (1, "d")), *steps, step(1))
    text = written(given)
    assert len(text) < 1_100_000
    assert "<code>vstore diff --story=harbour-strike 2</code>" in text
    assert "Brought by 1." in text
    assert "harbour-strike 4</code>" not in text


def test_no_more_is_compared_than_there_is_work_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def ask(number: int) -> Diff:
        asked.append(number)
        return diff(("=", "word " * 100), ("+", "x"))

    monkeypatch.setattr(blame_html, "MOST_COMPARED", 1_000)
    numbers = range(20, 0, -1)
    steps = [step(number, partial(ask, number)) for number in numbers]
    written(sheet(told(*((number, "a ") for number in numbers)), *steps))
    assert asked == [20, 19]


def test_paragraphs_far_from_a_change_are_counted_only() -> None:
    change = partial(diff, ("=", "One.\n\nTwo.\n\nThree.\n\n"), ("+", "Four."))
    text = written(sheet(told((1, "x")), step(1, change)))
    assert "… 2 paragraphs unchanged …" in text
    assert "Two." not in text


def test_the_same_blame_is_the_same_page() -> None:
    assert written(simple()) == written(simple())


pieces = st.lists(
    st.tuples(st.integers(1, 4), st.text(alphabet="ab<>&\"'/ \n\r\t\0\u202eש中", min_size=1, max_size=12)),
    min_size=1,
    max_size=8,
)


@given(pieces)
def test_any_text_gives_a_well_formed_page(runs: list[tuple[int, str]]) -> None:
    found = read(written(sheet(told(*runs))))
    text = "".join(words for _, words in runs)
    assert found.seen["main"].split() == text.replace("\0", "\ufffd").split()


def test_the_script_is_a_script(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no node to read the script with")
    file = tmp_path / "page.js"
    file.write_text(SCRIPT, encoding="utf-8")
    assert subprocess.run([node, "--check", str(file)], check=False).returncode == 0
