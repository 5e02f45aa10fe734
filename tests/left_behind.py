"""What is in a store's files, packed or not: is anything left of what was erased?"""

from __future__ import annotations

import random
from pathlib import Path
from typing import NamedTuple

from edited import prose, revised

import vstore
from vstore.chain import unpacked
from vstore.packs import Pack
from vstore.rows import PACK_ZSTD, PATCH, WHOLE, Payload
from vstore.shelf import Shelf

RUN = 20
STORIES = 40
STEMS, MIDDLES = ["kor", "lan", "mer", "tis", "vel", "dra"], ["en", "os", "ia", "ul"]
WORDS = [f"{stem}{middle}{end}" for stem in STEMS for middle in MIDDLES for end in "gtnp"]


def everything(place: Path) -> bytes:
    """All bytes of the files of the store in a folder, and all that is packed in them."""
    raw = [path.read_bytes() for path in (place / ".vstore").glob("store.db*")]
    with vstore.open(place) as store:
        storage, shelf = store._storage, Shelf(store._storage)
        raw += [shelf.dictionary_content(number) for number in storage.dictionaries()]
        for story in storage.names():
            for number in storage.payloads(story):
                raw += _held_in(storage.payload(story, number), shelf)
            raw += [row.facts for row in storage.rows(story)]
    return b"\0".join(raw)


def _held_in(payload: Payload, shelf: Shelf) -> list[bytes]:
    """Texts and patches, each by itself."""
    if payload.codec in {WHOLE, PATCH}:
        return [payload.body]
    body = unpacked(payload, shelf.dictionary(payload.dictionary))
    if payload.codec != PACK_ZSTD:
        return [body]
    pack = Pack(body)
    return [pack.member(number).content.encode() for number in pack.numbers]


def runs_of(text: str) -> set[str]:
    """All that is 20 characters long in it; all of a shorter text."""
    return {text[at : at + RUN] for at in range(max(1, len(text) - RUN + 1))}


def held(place: Path, gone: str) -> list[str]:
    """Runs of a text that are anywhere in a store's files."""
    there = everything(place)
    return [run for run in runs_of(gone) if run.encode() in there]


class Case(NamedTuple):
    """A store in which something was erased: how many runs of it there were, and which are left."""

    sought: int
    left: list[str]
    problems: list[str]


def erased_at_random(place: Path, seed: int) -> Case:
    """Stories that grow and share, packed or not, under a dictionary; of some, something is erased."""
    dice = random.Random(seed)
    stays: list[str] = []
    goes: list[str] = []
    with vstore.open(place, create=True) as store:
        going = set(dice.sample(range(STORIES), 4))
        for number in range(STORIES):
            versions = _grown(dice)
            headlines = [_words(dice) for _ in versions]
            for at, text in enumerate(versions):
                source = dice.choice("AB")
                store.add(f"s{number}", text, date=f"20{at:02}", source=source, headline=headlines[at])
            if dice.random() < 0.1:
                store.blame(f"s{number}")
            if dice.random() < 0.05:
                store.gc()
            if number not in going:
                stays += versions + headlines
        for number in sorted(going):
            kept, gone = _erased(store, dice, f"s{number}")
            stays += kept
            goes.append(gone)
        problems = [problem.detail for problem in store.fsck(level="deep").problems]
    left = "\0".join(stays)
    unique = {run for gone in goes for run in runs_of(gone) if run not in left}
    there = everything(place)
    return Case(len(unique), [run for run in unique if run.encode() in there], problems)


def _grown(dice: random.Random) -> list[str]:
    versions = [f"{prose(dice)}\n\n{_words(dice)}"]
    for _ in range(dice.randrange(5)):
        versions.append(f"{revised(dice, versions[-1], 3)}\n\n{_words(dice)}")
    return versions


def _words(dice: random.Random) -> str:
    return " ".join(dice.choice(WORDS) for _ in range(12))


def _erased(store: vstore.Store, dice: random.Random, story: str) -> tuple[list[str], str]:
    """One way or another; what of the story's texts and headlines stays, and what goes."""
    number = dice.randrange(len(list(store.log(story)))) + 1
    text, headline = store.text(story, number), store.version(story, number).headline or ""
    how = dice.choice(["whole", "only", "phrase", "fact"])
    phrase = text.split("\n\n")[-1]
    if how in ("whole", "only"):
        store.redact(story, number, reason=how, only=how == "only", elsewhere=False)
    elif how == "phrase":
        store.redact(story, number, reason=how, phrase=phrase, elsewhere=False)
    else:
        store.redact(story, number, reason=how, fact="headline", elsewhere=False)
    versions = list(store.log(story))
    stays = [store._stored(version) for version in versions] + [
        version.headline or "" for version in versions
    ]
    return stays, {"phrase": phrase, "fact": headline}.get(how, text)
