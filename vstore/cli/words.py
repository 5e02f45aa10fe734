"""A diff for reading: the facts that changed, then the paragraphs, deleted and inserted words marked."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from vstore.answers import Diff, Edit
from vstore.cli.look import Look
from vstore.cli.reading import Fold, Passage, folds, newer, older, paragraph_counts, passages
from vstore.cli.width import flat

MARKS = {"-": ("[-", "-]"), "+": ("{+", "+}")}
STYLES = {"-": ("red", "strike"), "+": ("green",)}


def words(diff: Diff, look: Look) -> Iterator[str]:
    """The reading, line by line: facts first, then one paragraph a line with blank lines between."""
    facts = [fact_line(name, pair, look) for name, pair in diff.facts.items()]
    yield from facts
    lines = passages(diff.edits)
    if not any(edit.op != "=" for passage in lines for edit in passage):
        yield look.ink(_nothing(diff, bool(facts)), "dim")
        return
    if facts:
        yield ""
    yield from reading(lines, look)


def reading(lines: Sequence[Passage], look: Look) -> Iterator[str]:
    """The paragraphs alone; those that are unchanged and far from any change are folded."""
    for place, fold in enumerate(folds(lines)):
        if place:
            yield ""
        yield from _unfolded(fold, look) if fold.near else [look.ink(folded(fold), "dim")]


def folded(fold: Fold) -> str:
    """What stands for paragraphs that are not shown."""
    return f"  … {counted(len(fold.passages), 'paragraph')} unchanged …"


def counted(number: int, noun: str, nouns: str | None = None) -> str:
    """The number with its noun: 1 word, 1,200 words, 2 stories."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {nouns or noun + 's'}"


def fact_line(name: str, pair: Sequence[Any], look: Look) -> str:
    """A fact that changed: `headline: old -> new`."""
    old, new = (flat(look.clean(fact_text(value))) for value in pair)
    return f"{name}: {look.ink(old, 'red')} -> {look.ink(new, 'green')}"


def fact_text(value: Any) -> str:
    """A fact's value on one line; (none) where it is absent."""
    if value is None or value == {}:
        return "(none)"
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def stat(diff: Diff) -> Iterator[str]:
    """Counts of words and paragraphs, and the facts that changed."""
    kept, removed, added = paragraph_counts(older(diff.edits), newer(diff.edits))
    yield f"words       +{diff.added_words:,} -{diff.removed_words:,}"
    yield f"paragraphs  +{added:,} -{removed:,}  ({kept:,} unchanged)"
    if diff.facts:
        yield f"facts       {', '.join(diff.facts)}"


def _nothing(diff: Diff, facts: bool) -> str:
    if any(edit.op != "=" for edit in diff.edits):
        return "  only white space differs"
    return "  the text is the same" if facts else "  no difference"


def _unfolded(fold: Fold, look: Look) -> Iterator[str]:
    for place, passage in enumerate(fold.passages):
        if place:
            yield ""
        yield marked(passage, look)


def marked(passage: Passage, look: Look) -> str:
    """One paragraph, its changes in colour or, without colour, between brackets as git writes them."""
    return "".join(_run(edit, look) for edit in passage)


def _run(edit: Edit, look: Look) -> str:
    text = look.clean(edit.text)
    if edit.op == "=":
        return text
    if look.color:
        return look.ink(text, *STYLES[edit.op])
    opening, closing = MARKS[edit.op]
    return opening + text + closing
