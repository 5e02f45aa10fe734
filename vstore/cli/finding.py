"""The story of a wire that names none: found by its text, and told how surely and why."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from vstore.cli import frame
from vstore.cli.frame import Settings, is_terminal
from vstore.cli.likeness import longest, shares
from vstore.cli.progress import ProgressLine
from vstore.errors import BadWire
from vstore.readers.files import shown

if TYPE_CHECKING:
    from vstore.alike import Matched, Similar
    from vstore.readers import Reading
    from vstore.store import Store

AMBIGUOUS = ("new", "skip", "best")
"""What may become of a wire that may belong to a story: the first, where nobody says or can be asked."""

COLUMNS = 60
"""Of a passage that is shown."""


class Finder:
    """Finds stories; `headline` wins over what a file says, `ambiguous` is one of AMBIGUOUS, or None."""

    def __init__(
        self, store: Store, settings: Settings, *, headline: str | None, ambiguous: str | None
    ) -> None:
        self._store = store
        self._settings = settings
        self._headline = headline
        self._ambiguous = ambiguous
        self._last: Matched | None = None

    def __call__(self, file: str, reading: Reading) -> str:
        """The story of a file; BadWire where it is not to be kept."""
        headline = self._headline or reading.facts.get("headline")
        with ProgressLine(self._settings) as line:
            matched = self._last = self._store.match(
                reading.text,
                headline=headline if isinstance(headline, str) else None,
                progress=lambda stories: line.show(lambda: f"stories taken in: {stories:,}"),
            )
        story = self._chosen(matched, file)
        if not self._settings.json:
            frame.say(self._settings, f"{shown(file)}: {_told(matched, story)}")
        return story

    def told(self) -> dict[str, Any]:
        """What was found for the last file, for JSON; nothing where it named its story itself."""
        matched, self._last = self._last, None
        return {"matched": matched.to_dict()} if matched else {}

    def _chosen(self, matched: Matched, file: str) -> str:
        if matched.verdict != "unsure" or matched.nearest is None:
            return matched.story
        choice = self._ambiguous or self._asked(matched.nearest, file)
        if choice == "skip":
            raise BadWire(
                f"it may belong to {matched.nearest.story}, {matched.nearest.confidence:.2f} sure: skipped",
                story=matched.nearest.story,
                confidence=matched.nearest.confidence,
            )
        return matched.nearest.story if choice == "best" else matched.story

    def _asked(self, nearest: Similar, file: str) -> str:
        if self._settings.json or not (is_terminal(sys.stdin) and is_terminal(sys.stderr)):
            return AMBIGUOUS[0]
        frame.complain(f"{shown(file)}: may belong to {_why(nearest)}")
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
