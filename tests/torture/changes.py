"""What a history does to a store. A new operation is one small function, and its name in `CHANGES`.

It asks the store whose turn it is, draws what it needs from its dice, and returns the answer: that is held
against the other side's. Errors of vstore's own are answers too.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from torture import wires
from torture.sides import Side
from vstore.errors import BadWire, VstoreError
from vstore.importing import Progress
from vstore.model import Wire
from vstore.refusing import Expected

GIVEN: tuple[dict[str, Any], ...] = (
    {},
    {"source": "North"},
    {"hits": 3},
    {"hits": 3, "extra": {"hits": 4}},
)

Change = Callable[[Side, random.Random], Any]


def add(side: Side, dice: random.Random) -> Any:
    """A wire, sent to be kept."""
    wire = wires.wire(side, dice)
    return side.heard(side.store.add_wire(wire), wire.text)


def add_again(side: Side, dice: random.Random) -> Any:
    """Kept even if it says nothing new."""
    wire = wires.wire(side, dice)
    return side.heard(side.store.add_wire(wire, again=True), wire.text)


def add_by_name(side: Side, dice: random.Random) -> Any:
    """As most programs do it; what they give twice or by no known name included."""
    facts: dict[str, Any] = dice.choice(GIVEN)
    words = wires.text(side, dice)
    zone = dice.choice([None, None, "+02:00", "Europe/Berlin", "nowhere"])
    date = dice.choice([*wires.DATES, *wires.BAD_DATES])
    return side.heard(side.store.add(wires.story(side, dice), words, date=date, tz=zone, **facts), words)


def add_dry(side: Side, dice: random.Random) -> Any:
    """Nothing is kept."""
    return side.store.add_wire(wires.wire(side, dice), dry_run=True, again=dice.random() < 0.3)


def add_expecting(side: Side, dice: random.Random) -> Any:
    """Compare and set."""
    wire = wires.wire(side, dice)
    expect: Expected = dice.choice((0, 1, 2, "", "0000", "tip", "tip", "tip"))
    if expect == "tip":
        expect = next(iter(side.store.log(wire.story, arrival=True))).id[:10]
    return side.heard(side.store.add_wire(wire, expect=expect), wire.text)


def import_wires(side: Side, dice: random.Random) -> Any:
    """A stream, twice as often as not with a bad one in it."""
    found: list[Wire | BadWire] = [wires.wire(side, dice) for _ in range(dice.randrange(9))]
    if dice.random() < 0.2:
        found.append(BadWire("a line that is none", line=3))
    kept: list[Any] = []

    def hear(progress: Progress) -> None:
        answer = progress.answer
        kept.append((progress.counts, answer.to_dict()))
        if not isinstance(answer, BadWire) and not options["dry_run"] and not options["strict"]:
            side.heard(answer, side.store.text_of(answer.version))

    options = {name: dice.random() < 0.25 for name in ("strict", "again", "dry_run")}
    return side.store.import_wires(found, progress=hear, **options), kept


def long_story(side: Side, dice: random.Random) -> Any:
    """So many versions that blame leaves checkpoints and chains have stops."""
    texts = [wires.text(side, dice) for _ in range(4)]
    sent = [Wire(story="a", text=f"{texts[k % 4]} {texts[k % 3]} {k}") for k in range(dice.randrange(8, 40))]
    return side.store.import_wires(sent)


def time_goes_by(side: Side, dice: random.Random) -> Any:
    """Backwards too, as clocks do."""
    side.passes(dice.choice((0.000_001, 60, 86_400, -5)))


def reopen(side: Side, dice: random.Random) -> Any:
    """A run ends where a store is closed."""
    side.leave()


def copy(side: Side, dice: random.Random) -> Any:
    """What the other place lacks goes there."""
    refused: list[VstoreError] = []
    copied = side.other.copy_from(side.then(dice), refused=refused.append, dry_run=dice.random() < 0.2)
    return copied, [error.to_dict() for error in refused]


def carry(side: Side, dice: random.Random) -> Any:
    """A bundle, which the other place keeps; one in four is cut off or damaged on the way."""
    stories = [wires.story(side, dice)] if dice.random() < 0.3 else []
    since = dice.choice([None, None, None, "2026-01-01T00:01", "2027"])
    bundle = b"".join(side.then(dice).bundle(stories, recorded_since=since))
    if dice.random() < 0.25:
        at = dice.randrange(len(bundle))
        bundle = bundle[:at] + dice.choice([b"", bytes([bundle[at] ^ 1]) + bundle[at + 1 :]])
    return unbundled(side, bundle)


def unbundled(side: Side, bundle: bytes) -> Any:
    """Kept by the other place."""
    file: Path = side.folder / "bundle"
    file.write_bytes(bundle)
    refused: list[VstoreError] = []
    return side.other.unbundle(file, refused=refused.append), [error.to_dict() for error in refused]


def gc(side: Side, dice: random.Random) -> Any:
    """Which changes no answer."""
    done = side.store.gc(dry_run=dice.random() < 0.2, is_light=dice.random() < 0.3)
    return {**done.to_dict(), "file_bytes_before": None, "file_bytes": None}


def fsck(side: Side, dice: random.Random) -> Any:
    """Which notes that it was done."""
    level: Any = dice.choice(["quick", "default", "deep", "none"])
    stories = dice.choice([None, None, [wires.story(side, dice)]])
    subset = dice.choice([None, None, (1, 2), (2, 2), (3, 2)])
    check = side.store.fsck(level=level, stories=stories, subset=subset)
    assert check.ok, check.problems
    return check


def redact(side: Side, dice: random.Random) -> Any:
    """A text, a phrase or a fact; the words are those that wires are made of."""
    name = wires.story(side, dice)
    ways: tuple[dict[str, Any], ...] = (
        {},
        {"only": True},
        {"phrase": dice.choice(wires.text(side, dice).split() or [""])},
        {"fact": dice.choice(["headline", "source", "extra", "extra.k", "byline"])},
    )
    how = {**dice.choice(ways), "dry_run": dice.random() < 0.2, "elsewhere": dice.random() < 0.7}
    return side.store.redact(
        name, wires.which(side, dice, name), reason=dice.choice(["an order"] * 4 + [""]), **how
    )


def undo(side: Side, dice: random.Random) -> Any:
    """The newest add or import."""
    found = side.store.undo(dry_run=dice.random() < 0.2)
    if not found.dry_run:
        side.took_back({(each.story, each.number) for each in found.versions})
    return found


CHANGES: dict[Change, int] = {
    add: 30,
    add_again: 4,
    add_by_name: 6,
    add_dry: 4,
    add_expecting: 6,
    import_wires: 8,
    long_story: 1,
    time_goes_by: 4,
    reopen: 4,
    copy: 5,
    carry: 5,
    gc: 4,
    fsck: 2,
    redact: 3,
    undo: 2,
}
"""Each with how often it comes."""
