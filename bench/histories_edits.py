"""What editors do to a page, each as a function of desk and page; None where it cannot be done here.

None of them looks at how its page reads to decide what is whose: words are carried, or they are new.
"""

from __future__ import annotations

from collections.abc import Callable

from bench.histories_desk import Desk, is_apart
from bench.histories_pages import Layout, Page, Paragraph, Place, Sentence, values
from bench.histories_prose import Values

Operation = Callable[[Desk, Page], Page | None]

FEWEST_PARAGRAPHS, FEWEST_SENTENCES = 2, 5
ENDS = frozenset(".?!”»。？؟")
"""What sentences end with, other than lines such as "Reporting by …", which stand alone."""

JUMPED = 3
"""A phrase moves over so many sentences at least: over a few words, who says which of the two moved?"""


# Writing and deleting


def insert_sentence(desk: Desk, page: Page) -> Page | None:
    """A sentence comes; one in seven is nearly one that stands already."""
    place = desk.place(page)
    near = desk.chance.random() < 1 / 7
    return _with_sentence(
        desk, page, place, desk.typed(page, _nearly(desk, page) if near else desk.writer.sentence())
    )


def insert_paragraph(desk: Desk, page: Page) -> Page | None:
    """A paragraph of one to four sentences comes."""
    reads = [desk.writer.sentence() for _ in range(desk.chance.randint(1, 4))]
    return _with_paragraph(desk, page, desk.typed(page, *reads))


def insert_standing(desk: Desk, page: Page) -> Page | None:
    """A line that is typed again and again: a dateline at the head, or a paragraph."""
    read = desk.writer.standing()
    typed = desk.typed(page, read)
    if read[-1] in "—电":
        return _with_sentence(desk, page, Place(0, 0), typed)
    return _with_paragraph(desk, page, typed)


def delete_words(desk: Desk, page: Page) -> Page | None:
    """One to four words go, at most half of a sentence."""
    place = desk.place(page)
    sentence = _at(page, place)
    count = desk.chance.randint(1, 4)
    if len(sentence) < _shortest(desk, count) or _is_just_typed(desk, sentence):
        return None
    start = desk.chance.randrange(len(sentence) - count)
    if not is_apart(sentence, start, start + count):
        return None
    return page.rewritten(place, sentence[:start] + sentence[start + count :])


def delete_sentence(desk: Desk, page: Page) -> Page | None:
    """A sentence goes."""
    place = desk.place(page)
    if sum(map(len, page.paragraphs)) <= FEWEST_SENTENCES:
        return None
    desk.drop((_at(page, place),))
    return page.rewritten(place)


def delete_paragraph(desk: Desk, page: Page) -> Page | None:
    """A paragraph goes."""
    at = desk.chance.randrange(len(page.paragraphs))
    left = sum(map(len, page.paragraphs)) - len(page.paragraphs[at])
    if len(page.paragraphs) <= FEWEST_PARAGRAPHS or left < FEWEST_SENTENCES:
        return None
    desk.drop(page.paragraphs[at])
    return page.replaced(at)


def edit_words(desk: Desk, page: Page) -> Page | None:
    """One to three words give way to others, at most half of a sentence; at its end, its full stop too."""
    place = desk.place(page)
    sentence = _at(page, place)
    count = desk.chance.randint(1, 3)
    if len(sentence) < _shortest(desk, count):
        return None
    start = desk.chance.randrange(len(sentence) - count + 1)
    read = desk.writer.words()
    if start + count == len(sentence):
        read = (*read, desk.writer.end(sentence[-1].text))
    return _with_words(desk, page, place, (start, start + count), read)


def update_figure(desk: Desk, page: Page) -> Page | None:
    """A number gives way to another."""
    return _with_other_word(desk, page, str.isdigit, lambda _: desk.writer.figure())


def respell(desk: Desk, page: Page) -> Page | None:
    """A word changes its case, or a letter."""
    return _with_other_word(desk, page, str.isalpha, desk.writer.respelt)


# Moving


def move_paragraph(desk: Desk, page: Page) -> Page | None:
    """A paragraph goes elsewhere."""
    at = desk.chance.randrange(len(page.paragraphs))
    moved = page.paragraphs[at]
    rest = page.replaced(at)
    to = desk.chance.randrange(len(page.paragraphs))
    desk.moved += moved
    return None if to == at else rest.replaced(to, moved, count=0)


def move_sentence(desk: Desk, page: Page) -> Page | None:
    """A sentence goes elsewhere."""
    place = desk.place(page)
    moved = _at(page, place)
    rest = page.rewritten(place)
    if not rest.paragraphs:
        return None
    desk.moved.append(moved)
    return _with_sentence(desk, rest, desk.place(rest), (moved,))


def move_phrase(desk: Desk, page: Page) -> Page | None:
    """A phrase from within a sentence goes into another one, further away."""
    place, other = desk.place(page), desk.place(page)
    sentence, into = _at(page, place), _at(page, other)
    count = desk.chance.randint(desk.writer.language.phrase, 2 * desk.writer.language.phrase)
    if _apart(page, place, other) < JUMPED or len(sentence) < count + 3 or len(into) < 3:
        return None
    start, at = desk.chance.randrange(1, len(sentence) - count), desk.chance.randrange(1, len(into))
    phrase = sentence[start : start + count]
    grown = into[:at] + phrase + into[at:]
    if not (is_apart(sentence, start, start + count) and is_apart(grown, at, at + count)):
        return None
    if desk.is_clear and (
        sentence[start - 1].text == into[at - 1].text or sentence[start + count].text == into[at].text
    ):
        return None  # with the same word beside it here and there, that one may have moved as well
    return page.rewritten(place, sentence[:start] + sentence[start + count :]).rewritten(other, grown)


# Going back


def restore(desk: Desk, page: Page) -> Page | None:
    """A paragraph or sentence that was deleted, however long ago, comes back."""
    dropped = desk.pick(desk.dropped)
    if dropped is None or any(map(page.has, dropped)):
        return None
    restored = desk.typed(page, *map(values, dropped))
    if len(restored) == 1 and desk.chance.random() < 0.5:
        return _with_sentence(desk, page, desk.place(page), restored)
    return _with_paragraph(desk, page, restored)


def revert(desk: Desk, _page: Page) -> Page | None:
    """The page is exactly what it was in an earlier version of the source."""
    return desk.pick(desk.pages[desk.source])


def revert_paragraph(desk: Desk, page: Page) -> Page | None:
    """A paragraph is what it was in an earlier version of the source."""
    earlier = desk.pick(desk.pages[desk.source])
    return _with_state(page, desk.pick(earlier.paragraphs)) if earlier else None


def take_over(desk: Desk, page: Page) -> Page | None:
    """A paragraph of another source's newest version comes, in the place of the copy if there is one."""
    sources = [source for source in desk.pages if source != desk.source]
    paragraph = desk.pick(desk.pages[desk.chance.choice(sources)][-1].paragraphs) if sources else None
    if paragraph and not any(map(page.has, paragraph)):
        return _with_paragraph(desk, page, paragraph)
    return _with_state(page, paragraph)


# Laying out


def split(desk: Desk, page: Page) -> Page | None:
    """A paragraph becomes two."""
    at = desk.chance.randrange(len(page.paragraphs))
    paragraph = page.paragraphs[at]
    if len(paragraph) < 2:
        return None
    cut = desk.chance.randrange(1, len(paragraph))
    return page.replaced(at, paragraph[:cut], paragraph[cut:])


def merge(desk: Desk, page: Page) -> Page | None:
    """Two paragraphs become one."""
    if len(page.paragraphs) <= FEWEST_PARAGRAPHS:
        return None
    at = desk.chance.randrange(len(page.paragraphs) - 1)
    return page.replaced(at, page.paragraphs[at] + page.paragraphs[at + 1], count=2)


def rewrap(desk: Desk, page: Page) -> Page | None:
    """Other line widths, line ends, gaps between sentences, blank lines."""
    width = desk.chance.choice((0, 0, 40, 60, 72, 100))
    gap = desk.chance.choice((" ", " ", "  "))
    blank = bool(width) or desk.chance.random() < 0.8
    layout = Layout(width, desk.chance.choice(("\n", "\n", "\r\n")), gap, blank)
    return None if layout == page.layout else page._replace(layout=layout)


# Pages with one thing other


def _at(page: Page, place: Place) -> Sentence:
    return page.paragraphs[place.paragraph][place.sentence]


def _shortest(desk: Desk, count: int) -> int:
    """How long a sentence must be to lose so many words; less than half of it left were another sentence."""
    return max(2 * count, 3) if desk.is_clear else count + 2


def _is_just_typed(desk: Desk, sentence: Sentence) -> bool:
    """Whether this version wrote it: a sentence is kept once as it was typed, and edited later."""
    return desk.is_clear and all(word.origin == desk.rank for word in sentence)


def _apart(page: Page, one: Place, other: Place) -> int:
    """How many sentences lie between two places, both ends counted."""
    first, last = sorted((one, other))
    ahead = sum(map(len, page.paragraphs[first.paragraph : last.paragraph]))
    return ahead + last.sentence - first.sentence


def _nearly(desk: Desk, page: Page) -> Values:
    """What a sentence of the page reads, but for a word."""
    sentence = _at(page, desk.place(page))
    read, at = values(sentence), desk.chance.randrange(len(sentence))
    if not read[at].isalnum():
        return desk.writer.sentence()
    desk.imitated.append(sentence)
    return read[:at] + desk.writer.words() + read[at + 1 :]


def _with_sentence(desk: Desk, page: Page, place: Place, came: Paragraph) -> Page | None:
    """A sentence put before another, but not beside one that reads the same; a mere line only at the head."""
    if desk.is_clear and came[0][-1].text not in ENDS and place != Place(0, 0):
        return None
    paragraph = page.paragraphs[place.paragraph]
    beside = paragraph[max(place.sentence - 1, 0) : place.sentence + 1]
    is_beside_itself = values(came[0]) in map(values, beside)
    return None if is_beside_itself else page.rewritten(place, *came, count=0)


def _with_paragraph(desk: Desk, page: Page, came: Paragraph) -> Page | None:
    """A paragraph put somewhere, likeliest at the end, but not beside a sentence that reads the same."""
    last = len(page.paragraphs)
    at = min(desk.chance.randrange(last + 4), last)
    beside = {values(sentence) for near in page.paragraphs[max(at - 1, 0) : at + 1] for sentence in near}
    return page.replaced(at, came, count=0) if beside.isdisjoint(map(values, came)) else None


def _with_state(page: Page, paragraph: Paragraph | None) -> Page | None:
    """A paragraph in the place of the one that shares most words with it; none may stand elsewhere."""
    if paragraph is None or paragraph in page.paragraphs:
        return None
    words = {word for sentence in paragraph for word in sentence}
    shared = [sum(word in words for sentence in each for word in sentence) for each in page.paragraphs]
    at = shared.index(max(shared))
    if shared[at] * 2 < len(words) or sum(shared) > shared[at]:
        return None
    return page.replaced(at, paragraph)


def _with_words(desk: Desk, page: Page, place: Place, span: tuple[int, int], read: Values) -> Page | None:
    sentence = _at(page, place)
    if _is_just_typed(desk, sentence) or not desk.is_told_apart(sentence, *span, read):
        return None
    return page.rewritten(place, sentence[: span[0]] + desk.new(read) + sentence[span[1] :])


def _with_other_word(
    desk: Desk, page: Page, is_wanted: Callable[[str], bool], other: Callable[[str], str]
) -> Page | None:
    wanted = [
        (Place(paragraph, sentence), at)
        for paragraph, sentences in enumerate(page.paragraphs)
        for sentence, words in enumerate(sentences)
        for at, word in enumerate(words)
        if is_wanted(word.text)
    ]
    chosen = desk.pick(wanted)
    if chosen is None:
        return None
    place, at = chosen
    return _with_words(desk, page, place, (at, at + 1), (other(_at(page, place)[at].text),))
