"""`vstore story`: versions that are in the wrong story, and stories of the wrong name, are put right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from vstore.cli import frame
from vstore.cli.frame import Settings
from vstore.cli.words import counted

if TYPE_CHECKING:
    from vstore.accounts import Moved
    from vstore.store import Store

USAGE = {
    "move": "move REF --to STORY",
    "merge": "merge STORY OTHER",
    "split": "split REF --to STORY",
    "rename": "rename STORY --to NEW",
}


@frame.command(
    "story",
    examples="""
    vstore story move us-nk-talks@3 --to us-cn-trade
    vstore story merge us-nk-talks talks-in-pyongyang --dry-run
    vstore story split us-nk-talks@4 --to us-nk-second-round
    vstore story rename us-nk-tlaks --to us-nk-talks
    """,
)
@click.argument("action", type=click.Choice(list(USAGE)))
@click.argument("names", metavar="REF...", nargs=-1, required=True)
@click.option("--to", metavar="STORY", help="The story that it comes to; it is made if it is not there.")
@click.option("--dry-run", is_flag=True, help="Only tell what would be where.")
@click.pass_obj
def story(settings: Settings, action: str, names: tuple[str, ...], to: str | None, dry_run: bool) -> None:
    """Move versions to another story; merge, split and rename stories.

    `move` takes one version; `merge` all of OTHER into STORY; `split` a version and all that arrived after
    it; `rename` all of a story. A story-id is part of a version's id: what moves, and what stood upon it,
    gets new ids, and is taken in anew. Old ids lead to the new ones, and the journal says what was done.
    """
    if len(names) != (2 if action == "merge" else 1) or (to is None) is not (action == "merge"):
        raise click.UsageError(f"it is: vstore story {USAGE[action]}")
    with frame.open_to_write(settings) as store:
        done = _done(store, action, (*names, to or ""), dry_run=dry_run)
    with frame.output(settings) as out:
        for each in done:
            if settings.json:
                out.json(each.to_dict())
            else:
                old, new = each.old, each.new
                out.line(out.clean(f"{old.story}@{old.number}  ->  {new.story}@{new.number}  {each.id[:12]}"))
    told = "would be kept anew" if dry_run else "kept anew"
    frame.say(settings, f"{counted(len(done), 'version')} {told}")


def _done(store: Store, action: str, names: tuple[str, ...], *, dry_run: bool) -> tuple[Moved, ...]:
    if action == "merge":
        return store.merge(store.story_named(names[0]), store.story_named(names[1]), dry_run=dry_run)
    if action == "rename":
        return store.rename(store.story_named(names[0]), names[1], dry_run=dry_run)
    version = store.resolve(names[0])
    change = store.move if action == "move" else store.split
    return change(version.story, version.number, names[1], dry_run=dry_run)
