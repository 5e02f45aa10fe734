"""`vstore grep`: where some words stand, in the stories as they are or as they were."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from vstore.answers import Match
from vstore.cli import frame
from vstore.cli.excerpts import heading, lines
from vstore.cli.frame import Out, Settings
from vstore.cli.look import look_of
from vstore.cli.progress import ProgressLine
from vstore.errors import Corrupt

if TYPE_CHECKING:
    import datetime

EXAMPLES = """
vstore grep 'as soon as this week'
vstore grep 'as soon as this week' us-nk-talks --all-versions
vstore grep --source Reuters --json Pyongyang
vstore grep --exact -- '-- "we will' us-nk-talks
"""

BLOCK = 50
"""Matches of a story that are measured together."""


@frame.command("grep", examples=EXAMPLES)
@click.argument("text")
@click.argument("stories", nargs=-1, metavar="[STORY]...", shell_complete=frame.story_ids)
@click.option("--all-versions", is_flag=True, help="Search every version, not only the current one.")
@click.option("--source", metavar="NAME", help="Only versions of this source: the newest, or all.")
@click.option(
    "--exact", is_flag=True, help="Compare characters: white space, quotation marks and dashes too."
)
@frame.as_of
@click.pass_obj
def grep(
    settings: Settings,
    *,
    text: str,
    stories: tuple[str, ...],
    all_versions: bool,
    source: str | None,
    exact: bool,
    as_of: str | None,
) -> int | None:
    """Find the paragraphs that hold some words.

    Searches the current version of each STORY, or of every story; prints number, date, paragraph, and what
    stands around the words. Line breaks, and the kind of quotation marks and dashes, do not matter; case
    does, and so do the ends of words: 'cat' is not in 'concat'. A TEXT that begins with - goes after --.
    """
    with (
        frame.open_store(settings, as_of) as store,
        frame.output(settings, paged=store.settings.pager) as out,
        ProgressLine(settings) as line,
    ):
        page = Page(settings, out, store.tz, line)
        page.tell(
            store.grep(
                text,
                list(map(store.story_named, stories)) or None,
                all_versions=all_versions,
                source=source,
                exact=exact,
                progress=page.turn,
            )
        )
    return None if page.found else 1


class Page:
    """Tells matches as they come, a story's together; until the first, how far the search is."""

    def __init__(
        self, settings: Settings, out: Out, zone: datetime.tzinfo | None, progress: ProgressLine
    ) -> None:
        self.found = False
        self._settings = settings
        self._out = out
        self._zone = zone
        self._progress = progress
        self._story: str | None = None
        self._held: list[Match] = []

    def tell(self, matches: Iterable[Match]) -> None:
        """All of them; what was found before a damaged version is told before it is."""
        try:
            for match in matches:
                self._take(match)
        except Corrupt:
            self.turn(0)
            self._out.flush()
            raise

    def _take(self, match: Match) -> None:
        if not self.found:
            self._progress.clear()
            self.found = True
        if self._settings.json:
            self._out.json(match.to_dict())
            return
        self._held.append(match)
        if len(self._held) == BLOCK:
            self._write()

    def turn(self, stories: int) -> None:
        """A story is done: so many are by now."""
        if self._held:
            self._write()
        elif not self.found:
            self._progress.show(lambda: f"stories searched: {stories:,}")

    def _write(self) -> None:
        look = look_of(self._out)
        if self._held[0].story != self._story:
            self._story = self._held[0].story
            self._out.line(heading(self._story, look))
        for line in lines(self._held, self._zone, look):
            self._out.line(line)
        self._held.clear()
