"""The story of a wire that names none: found by its text, and told how surely and why."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from vstore.cli import frame
from vstore.cli.frame import Settings, is_terminal
from vstore.cli.likeness import longest, shares
from vstore.cli.progress import ProgressLine
from vstore.errors import BadWire
from vstore.homes import can_be_sought

if TYPE_CHECKING:
    from vstore.alike import Matched, Similar
    from vstore.model import Wire
    from vstore.store import Store

AMBIGUOUS = ("new", "skip", "best")
"""What may become of a wire that may belong to a story: the first, where nobody says or can be asked."""

COLUMNS = 60
"""Of a passage that is shown."""


def match_options(callback: Callable[..., Any]) -> Callable[..., Any]:
    """`--match` and `--ambiguous`."""
    for option in (
        click.option(
            "--ambiguous",
            type=click.Choice(AMBIGUOUS),
            help="With --match, if it may belong to a story [ask on a terminal, else new].",
        ),
        click.option(
            "--match",
            "is_matched",
            is_flag=True,
            help="Or find it by the text, where guid and URL lead to none; else make a new one.",
        ),
    ):
        callback = option(callback)
    return callback


def finder_of(options: Mapping[str, Any], store: Store, settings: Settings) -> Finder | None:
    """What those options say."""
    return Finder(store, settings, options["ambiguous"]) if options["is_matched"] else None


def check_match(options: Mapping[str, Any]) -> None:
    """A UsageError where they do not go together, or with `--story`."""
    if options["ambiguous"] is not None and not options["is_matched"]:
        raise click.UsageError("--ambiguous says what becomes of a wire that --match is not sure of")
    if options["is_matched"] and options.get("story") is not None:
        raise click.UsageError("--match finds the story of a wire: --story names it already")


class Finder:
    """Finds stories by text; `ambiguous` is one of AMBIGUOUS, or None: whoever sits there is asked."""

    def __init__(self, store: Store, settings: Settings, ambiguous: str | None) -> None:
        self._store = store
        self._settings = settings
        self._ambiguous = ambiguous
        self._last: Matched | None = None

    def __call__(self, wire: Wire, item: str) -> Wire:
        """The wire with its story, if it names none and its guid and URL lead to none.

        Without one still where it is a new one, and guid or URL have a say in its name. BadWire where it is
        not to be kept; it is told by its item.
        """
        self._last = None
        if self._store.home_of(wire) is not None:
            return wire
        with ProgressLine(self._settings) as line:
            matched = self._last = self._store.match(
                wire.text,
                headline=wire.facts.headline,
                progress=lambda stories: line.show(lambda: f"stories taken in: {stories:,}"),
            )
        story = self._chosen(matched, item)
        if not self._settings.json:
            frame.say(self._settings, f"{item}: {_told(matched, story)}")
        is_new = matched.nearest is None or story != matched.nearest.story
        return wire if is_new and can_be_sought(wire.facts) else replace(wire, story=story)

    def told(self) -> dict[str, Any]:
        """What was found for the last wire, for JSON; nothing where its story was known."""
        matched, self._last = self._last, None
        return {"matched": matched.to_dict()} if matched else {}

    def _chosen(self, matched: Matched, item: str) -> str:
        if matched.verdict != "unsure" or matched.nearest is None:
            return matched.story
        choice = self._ambiguous or self._asked(matched.nearest, item)
        if choice == "skip":
            raise BadWire(
                f"it may belong to {matched.nearest.story}, {matched.nearest.confidence:.2f} sure: skipped",
                story=matched.nearest.story,
                confidence=matched.nearest.confidence,
            )
        return matched.nearest.story if choice == "best" else matched.story

    def _asked(self, nearest: Similar, item: str) -> str:
        if self._settings.json or not (is_terminal(sys.stdin) and is_terminal(sys.stderr)):
            return AMBIGUOUS[0]
        frame.complain(f"{item}: may belong to {_why(nearest)}")
        answer: str = click.prompt(
            "keep it as a new story, skip it, or keep it there as the best match?",
            type=click.Choice(AMBIGUOUS),
            err=True,
        )
        return answer


def _told(matched: Matched, story: str) -> str:
    nearest = matched.nearest
    if nearest is None or matched.verdict == "new":
        return f"a new story, {story}"
    if nearest.story != story:
        return f"a new story, {story}; it may belong to {_why(nearest)}"
    return f"matched {_why(nearest)}"


def _why(nearest: Similar) -> str:
    sure = f"{nearest.story}@{nearest.number}, {nearest.confidence:.2f} sure"
    return f"{sure}: it {shares(nearest)}, as in “{longest(nearest, COLUMNS)}”"
