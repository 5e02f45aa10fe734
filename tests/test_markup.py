"""HTML becomes paragraphs of plain text: no word lost, none joined, in time that grows with its size."""

from __future__ import annotations

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vstore.readers.markup import html_text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>One.</p><p>Two.</p>", "One.\n\nTwo."),
        ("<p>One.\n<p>Two.", "One.\n\nTwo."),
        ("One.<p>Two.</p>Three.", "One.\n\nTwo.\n\nThree."),
        ("<p>The <b>ferr</b>y <i>sails</i></p>", "The ferry sails"),
        ("<p>\n   The  ferry\n   sails\t</p>", "The ferry sails"),
        ("<p>Line<br>break<br />here</p>", "Line\nbreak\nhere"),
        ("<div><section><p>Deep.</p></section></div><div></div>", "Deep."),
        ("<ul><li>One</li><li>Two</li></ul>", "One\n\nTwo"),
        ("<h1>Head</h1>Text", "Head\n\nText"),
        ("<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td> 2</td></tr></table>", "A\tB\n\n1\t2"),
        ("<table><tr><td><p>A</p></td><td><p>B</p></td></tr></table>", "A\n\nB"),
        ("<pre>\n 1  2\n 3  4\n</pre>", " 1  2\n 3  4"),
        (
            "Caf&eacute; &amp; bar &#8212; &#x20ac;5&nbsp;000 &unknown; AT&T",
            "Café & bar — €5\xa0000 &unknown; AT&T",
        ),
        ("<p>5 < 6 and 7 > 6</p><p>a<b</p>", "5 < 6 and 7 > 6\n\na"),
        ("<a title=\"x > y\" href='?a=1&b=2'>Link</a>.", "Link."),
        ("<P CLASS=x>Upper.</P>", "Upper."),
        ("Before<!-- <p>not</p> -->after<!---->.<!>", "Beforeafter."),
        ("A<![CDATA[<b>&amp;</b>]]>B", "A<b>&amp;</b>B"),
        ('<!DOCTYPE html><?xml version="1.0"?><p>X</p>', "X"),
        ("", ""),
        (" \n ", ""),
    ],
)
def test_html_becomes_paragraphs(source: str, text: str) -> None:
    assert html_text(source) == text


@pytest.mark.parametrize(
    "aside",
    [
        "<script>if (a < b) { document.write('<p>x</p>') }</script>",
        "<SCRIPT src='x'></SCRIPT>",
        "<script/>",
        "<style>p { color: red }</style>",
        "<head><title>Page</title><meta charset=utf-8></head>",
        "<figure><img src=x><figcaption>A ferry.</figcaption></figure>",
        "<template><p>x</p><template>y</template></template>",
        "<iframe>x</iframe><noscript><p>y</p></noscript>",
    ],
)
def test_what_is_no_text_of_the_story_is_dropped_and_the_rest_stays(aside: str) -> None:
    assert html_text(f"<p>One.</p>{aside}<p>Two.</p>") == "One.\n\nTwo."


def test_a_head_that_does_not_end_ends_at_the_body() -> None:
    assert html_text("<html><head><title>T</title><body><p>Text.</p></body></html>") == "Text."


def test_quotation_marks_that_do_not_end_cost_one_tag() -> None:
    assert html_text('<p>One.</p><a href="x>link</a><p>Two.</p>') == "One.\n\nlink\n\nTwo."


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\x00\f\t\n ")))
def test_any_text_that_was_escaped_comes_back(text: str) -> None:
    assert html_text(f"<p>{html.escape(text)}</p>") == text


@given(st.text(alphabet="<>/!-?[]&;#'\"= abp\n", max_size=60))
def test_no_input_is_too_broken(source: str) -> None:
    assert isinstance(html_text(source), str)


UNITS = [
    "<",
    "</",
    "<a ",
    "<!--x>",
    "<![CDATA[x>",
    "<x y='",
    '<a b=">"',
    "<script>",
    "<p><b>",
    "&",
    "&#9",
    "= '",
]


@pytest.mark.slow
@pytest.mark.parametrize("unit", UNITS)
def test_hostile_html_takes_steps_in_proportion_to_its_size(unit: str) -> None:
    # In quadratic time, as html.parser has it, these would take minutes.
    assert html_text(unit * (300_000 // len(unit))) is not None


def test_a_number_of_no_character_stays_as_it_is_written() -> None:
    digits = "9" * 50_000
    assert html_text(f"&#{digits};&#38;") == f"&#{digits};&"
