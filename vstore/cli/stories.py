"""`vstore stories`: every story at a glance."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from itertools import islice

import click

from vstore.answers import Story
from vstore.cli import frame
from vstore.cli.frame import Settings
from vstore.cli.look import look_of
from vstore.cli.selection import COUNT, seconds
from vstore.cli.table import rows

EXAMPLES = """
vstore stories
vstore stories --match 'us-*' --sort at -n 20
vstore stories --source Reuters --since 2019-01-01 --json
"""


@frame.command("stories", examples=EXAMPLES)
@click.option("--source", metavar="NAME", help="Only stories whose current version is of this source.")
@click.option("--since", metavar="DATE", help="Only stories whose current version is dated then or later.")
@click.option("--match", "glob", metavar="GLOB", help="Only story-ids like this: * any characters, ? one.")
@click.option(
    "--sort",
    type=click.Choice(["name", "at", "versions"]),
    default="name",
    show_default=True,
    help="By story-id, newest first, or most versions first.",
)
@click.option("-n", "limit", metavar="N", type=COUNT, help="Show at most N stories.")
@frame.as_of
@click.pass_obj
def stories(
    settings: Settings,
    *,
    source: str | None,
    since: str | None,
    glob: str | None,
    sort: str,
    limit: int | None,
    as_of: str | None,
) -> int | None:
    """List the stories.

    Of each: its name, how many versions it has, and the moment, source and headline of the current one.
    """
    found = False
    with (
        frame.open_store(settings, as_of) as store,
        frame.output(settings, paged=store.settings.pager) as out,
    ):
        passes = _filter(source, seconds(since, store.tz, end=False), glob)
        chosen = islice(_sorted(filter(passes, store.stories()), sort), limit)
        if settings.json:
            for story in chosen:
                out.json(story.to_dict())
                found = True
        else:
            for line in rows(chosen, store.tz, look_of(out)):
                out.line(line)
                found = True
    return 1 if not found and (source, since, glob) != (None, None, None) else None


def _filter(source: str | None, since: str | None, glob: str | None) -> Callable[[Story], bool]:
    def passes(story: Story) -> bool:
        return (
            (source is None or story.source == source)
            and (since is None or story.at >= since)
            and (glob is None or fnmatchcase(story.story, glob))
        )

    return passes


def _sorted(stories: Iterable[Story], sort: str) -> Iterable[Story]:
    """By name as they come; else all of them, equal ones by name."""
    if sort == "at":
        return sorted(stories, key=lambda story: story.at, reverse=True)
    if sort == "versions":
        return sorted(stories, key=lambda story: -story.versions)
    return stories
