"""A plain fold: what line blame would be at word level, with nothing but `vstore.align.edits`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence


def origins(texts: Sequence[str]) -> Iterator[list[int]]:
    """Of each text, the origin of each character that is no white space: the place of a text, from 0."""
    from vstore.align import edits

    before, held = "", list[int]()
    for rank, text in enumerate(texts):
        at = 0
        carried: list[int] = []
        for edit in edits(before, text):
            if edit.op == "+":
                carried += [rank] * len(edit.text)
                continue
            if edit.op == "=":
                carried += held[at : at + len(edit.text)]
            at += len(edit.text)
        before, held = text, carried
        yield [origin for origin, letter in zip(held, text, strict=True) if not letter.isspace()]
