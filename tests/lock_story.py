"""A made-up story about a lock, as wires and asked for its writers: what the tests of blame share."""

from __future__ import annotations

import re
from dataclasses import dataclass

import vstore
from vstore.answers import Blame, Hunk
from vstore.store import Store

HURT, BARGES, GRAIN = (
    "Nobody was hurt, said the harbour master, Ines Rook.",
    "Eleven barges lie in the mud.",
    "Two of them carry grain.",
)
LOCK = (
    "The lock at Harlow gave way on Tuesday and let the upper basin run dry within an hour.",
    f"{HURT} {BARGES} {GRAIN}",
    "Engineers had warned in spring that the lower gate was cracked, but the money went to the new quay.",
    "The canal is closed to all traffic until further notice.",
)
PARKS = "The council of Ebbing will plant four hundred limes along the old tramway this autumn."
CHOIR = "A choir of retired miners has won the singing contest at Dunmoor for the third time."
KILL = "EDITORS: please kill the story on the lock. A corrected one will follow."


def page(*paragraphs: str) -> str:
    return "\n\n".join(paragraphs)


TEXT = page(*LOCK)


def blamed(*states: str) -> Blame:
    """The blame of the last of several texts that came one after the other."""
    with vstore.open("memory:") as store:
        for state in states:
            store.add("s", state)
        return store.blame("s")


def writers(*states: str) -> set[int]:
    return {hunk.number for hunk in blamed(*states).hunks}


def wrote(blame: Blame, words: str, nth: int = 0) -> set[int]:
    """The versions that wrote these words of a blamed text, where they stand for the nth time."""
    text = "".join(hunk.text for hunk in blame.hunks)
    start = [found.start() for found in re.finditer(re.escape(words), text)][nth]
    return {hunk.number for hunk in blame.hunks if _meet(hunk, start, start + len(words))}


def _meet(hunk: Hunk, start: int, end: int) -> bool:
    return hunk.start < end and start < hunk.start + hunk.length


@dataclass(frozen=True)
class Sent:
    """A wire; without a date it is dated by its place among those that are kept with it."""

    text: str
    source: str
    date: str = ""


def keep(store: Store, *wires: Sent) -> None:
    for day, wire in enumerate(wires, 1):
        store.add("s", wire.text, source=wire.source, date=wire.date or f"2031-03-{day:02}")


def fill(store: Store, *texts: str) -> None:
    for day, text in enumerate(texts, 1):
        store.add("s", text, date=f"2031-03-{day:02}", source=("Agency", "Echo")[day % 3 == 0])
