"""`vstore alias`: by what else stories are known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import click

from vstore.accounts import KnownAs
from vstore.cli import frame
from vstore.cli.frame import Settings
from vstore.questions import Questions

USAGE = {"add": "add STORY ALIAS...", "list": "list [STORY]", "rm": "rm STORY ALIAS..."}


@frame.command(
    "alias",
    examples="""
    vstore alias list us-nk-talks
    vstore alias add us-nk-talks 'https://example.org/2019/01/talks' urn:newsml:example.org:20190115:nk7
    vstore alias rm us-nk-talks 'https://example.org/live'
    """,
)
@click.argument("action", type=click.Choice(list(USAGE)))
@click.argument("story", metavar="[STORY]", required=False, shell_complete=frame.story_ids)
@click.argument("names", metavar="[ALIAS]...", nargs=-1)
@click.pass_obj
def alias(settings: Settings, action: str, story: str | None, names: tuple[str, ...]) -> int | None:
    """Tell by what else a story is known.

    A story is known by the guids and URLs that its facts say, and by what was given to it: any of them can
    be said instead of its story-id, and finds it for wires that name none. `list` tells them, of all stories
    or of one; `add` gives some; `rm` takes some away, for good, though facts go on saying them.
    """
    if bool(names) is (action == "list"):
        raise click.UsageError(f"it is: vstore alias {USAGE[action]}")
    if action == "list" or story is None:
        return _list(settings, story)
    with frame.open_to_write(settings) as store:
        change = store.add_alias if action == "add" else store.remove_alias
        change(store.story_named(story), *names)
    return None


def _list(settings: Settings, story: str | None) -> int | None:
    found = False
    with (
        frame.open_store(settings) as store,
        frame.output(settings, paged=store.settings.pager) as out,
    ):
        for each in _aliases(store, story):
            found = True
            if settings.json:
                out.json(each.to_dict())
            else:
                out.line(out.clean(f"{each.story}  {each.alias}  {_by(each)}".rstrip()))
    return None if found else 1


def _aliases(store: Questions, story: str | None) -> Iterator[KnownAs]:
    named: Iterable[str] = (each.story for each in store.stories())
    for each in named if story is None else [store.story_named(story)]:
        yield from store.aliases(each)


def _by(alias: KnownAs) -> str:
    return "" if alias.by == "facts" else f"({alias.by})"
