"""`vstore redact`: a text, a phrase or a fact is erased, and a tombstone stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from vstore.cli import frame
from vstore.cli.frame import Settings, Wanted
from vstore.cli.progress import ProgressLine
from vstore.cli.words import counted
from vstore.errors import Unscrubbed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vstore.accounts import Erasure


@frame.command(
    "redact",
    examples="""
    vstore redact us-nk-talks@3 --reason 'court order 2019/118' --dry-run
    vstore redact us-nk-talks@3 --reason 'court order 2019/118'
    vstore redact us-nk-talks --phrase 'Elm Street 5' --reason 'personal data'
    vstore redact us-nk-talks@3 --fact headline --reason 'names a minor'
    """,
)
@frame.reference
@click.option("--reason", metavar="TEXT", required=True, help="Why: it is kept, and told to whoever asks.")
@click.option("--only", is_flag=True, help="This version alone, though others may have the same text.")
@click.option("--phrase", metavar="TEXT", help="Erase these words from all versions of the story.")
@click.option("--fact", metavar="NAME", help="Erase a fact, such as headline or extra.KEY, and no text.")
@click.option("--here", is_flag=True, help="Look for passages that stand elsewhere in this story alone.")
@click.option("--dry-run", is_flag=True, help="Only tell what would be erased, and what stands elsewhere.")
@click.pass_obj
def redact(settings: Settings, /, wanted: Wanted, here: bool, **options: Any) -> None:
    """Erase a text, a phrase or a fact for good.

    A version's text goes from every version of the store that has this text, from patches, packs,
    dictionaries and kept answers, and from unused room in the file. Ids, order and facts stay: the story
    still verifies, and says who erased what, when and why. The text is refused when it comes again, and
    copies of the store erase it too. Passages of it that stand in other versions as well are listed: to
    erase them is another decision.
    """
    if sum((options["only"], options["phrase"] is not None, options["fact"] is not None)) > 1:
        raise click.UsageError("--only, --phrase and --fact exclude each other")
    with frame.open_to_write(settings) as store, ProgressLine(settings) as line:
        version = frame.version_of(store, wanted)
        try:
            found = store.redact(
                version.story,
                version.number,
                elsewhere=not here,
                progress=lambda stories: line.show(lambda: f"stories looked through: {stories:,}"),
                **options,
            )
        except Unscrubbed as error:
            _tell(settings, error.done)
            raise
    _tell(settings, found)


def _tell(settings: Settings, found: Erasure) -> None:
    with frame.output(settings) as out:
        if settings.json:
            out.json(found.to_dict())
        else:
            for told in _lines(found):
                out.line(out.clean(told))


def _lines(found: Erasure) -> Iterator[str]:
    done = "would be erased from" if found.dry_run else "erased from"
    for place in found.erased:
        yield f"{done} {place.story}@{place.number}"
    for place in found.notes:
        yield f"{done} notes of how {place.story}@{place.number} came in"
    for story in found.aliases:
        yield f"{done} what {story} is known by"
    if found.repacked:
        stories = counted(found.repacked, "story", "stories")
        yield f"{stories} packed anew, without a dictionary that had words of it"
    for passage in found.passages:
        yield f"stands in {passage.story}@{passage.number} too: {' '.join(passage.text.split())}"
    for name in found.files:
        yield f"may hold it as well: {name}"
