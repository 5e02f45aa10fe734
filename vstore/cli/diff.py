"""`vstore diff`: what changed between two versions, or between a version and a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo
from typing import TYPE_CHECKING

import click

from vstore.answers import Diff
from vstore.cli import frame
from vstore.cli.frame import Settings, Wanted
from vstore.cli.look import Look, look_of
from vstore.cli.moments import shown
from vstore.cli.width import flat
from vstore.model import Version

if TYPE_CHECKING:
    from vstore.questions import Questions

EXAMPLES = """
vstore diff us-nk-talks
vstore diff us-nk-talks@1 @3
vstore diff us-nk-talks@1..3 --unified
vstore diff us-nk-talks@2 other-story --html > page.html
vstore diff us-nk-talks --file draft.txt
vstore diff --story 'https://example.org/a?b' 1 3 --exit-code
"""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sides and what lies between them; None for no version, `file` for a text outside the store."""

    before: Version | None
    after: Version | None
    diff: Diff
    file: str | None = None

    @property
    def differs(self) -> bool:
        """True if text or facts do."""
        return bool(self.diff.facts) or any(edit.op != "=" for edit in self.diff.edits)

    @property
    def is_apart(self) -> bool:
        """True if the sides are of two stories."""
        return bool(self.before and self.after and self.before.story != self.after.story)


@frame.command("diff", examples=EXAMPLES)
@click.argument("a", metavar="[A]", required=False, shell_complete=frame.story_ids)
@click.argument("b", metavar="[B]", required=False, shell_complete=frame.story_ids)
@click.option(
    "--file", metavar="PATH", type=click.Path(allow_dash=True), help="Compare A with a file, or - ."
)
@click.option("--words", "form", flag_value="words", help="Paragraphs with their words marked [default].")
@click.option("--unified", "form", flag_value="unified", help="By lines, as `patch` and `git apply` take it.")
@click.option("--html", "form", flag_value="html", help="A page that stands alone.")
@click.option("--delta", "form", flag_value="delta", help="The delta of diff-match-patch.")
@click.option("--stat", "form", flag_value="stat", help="Counts of words and paragraphs.")
@click.option("--exit-code", is_flag=True, help="Exit with 1 if the text or a fact differs.")
@frame.story_option
@frame.as_of
@click.pass_obj
def diff(
    settings: Settings,
    *,
    a: str | None,
    b: str | None,
    file: str | None,
    form: str | None,
    exit_code: bool,
    story: str | None,
    as_of: str | None,
) -> int | None:
    """Show what changed between two versions.

    With A alone: what A changed against its previous version. B may be of another story; @5 as B is a
    version of A's story, and STORY@1..3 names both. With --story, A and B are its versions: numbers, ids or
    dates. A file is read as `add` reads it: without its header.
    """
    with (
        frame.open_store(settings, as_of) as store,
        frame.output(settings, paged=store.settings.pager and form != "delta") as out,
    ):
        pair = _pair(store, (a, b), story, file)
        if settings.json:
            out.json(pair.diff.to_dict())
        else:
            for line in _lines(pair, form or "words", store.tz, look_of(out)):
                out.line(line)
    return 1 if exit_code and pair.differs else None


def _pair(store: Questions, refs: tuple[str | None, str | None], story: str | None, file: str | None) -> Pair:
    first, second = refs
    if first is None and story is None:
        raise click.UsageError("which versions? Give A and B, or A alone to see what it changed")
    both = store.resolve_pair(first) if first is not None and second is None and story is None else None
    if file is not None:
        if second is not None or both is not None:
            raise click.UsageError("--file takes the place of B")
        return _against_file(store, _named(store, first, story, story), file)
    if both is None and second is None:
        return _against_previous(store, _named(store, first, story, story))
    before, after = both or _two(store, first, second, story)
    return Pair(before, after, store.compare(before, after))


def _two(
    store: Questions, first: str | None, second: str | None, story: str | None
) -> tuple[Version, Version]:
    before = _named(store, first, story, story)
    return before, _named(store, second, story, before.story)


def _named(store: Questions, name: str | None, story: str | None, default: str | None) -> Version:
    """A version by reference; with `--story`, one of that story by number, id or date, or `@5`, `~2`."""
    if name is not None and (story is None or name[:1] in ("@", "~")):
        return store.resolve(name, story=default)
    return frame.version_of(store, Wanted(None, story, name))


def _against_previous(store: Questions, after: Version) -> Pair:
    before = None if after.previous is None else store.version(after.story, after.previous)
    return Pair(before, after, store.compare(before, after))


def _against_file(store: Questions, before: Version, file: str) -> Pair:
    from vstore import readers

    source = readers.named(file)
    diff = store.compare_text(before, readers.read_one(source).text)
    return Pair(before, None, diff, "(stdin)" if file == "-" else source.name)


def _lines(pair: Pair, form: str, zone: tzinfo | None, look: Look) -> Iterator[str]:
    """The answer in one of its forms; what only that form needs is loaded here."""
    if form == "unified":
        return _unified(pair, look)
    if form == "html":
        from vstore.cli.html import page

        after = pair.after or pair.before
        return page(pair.diff, heading(pair, zone), after.facts.lang if after else None)
    if form == "delta":
        from vstore.patch import delta

        return iter([delta(pair.diff.edits)])
    return _for_reading(pair, form, zone, look)


def _unified(pair: Pair, look: Look) -> Iterator[str]:
    from vstore.cli.filenames import file_name
    from vstore.cli.unified import unified

    before, after = pair.before, pair.after or pair.before
    old = f"a/{file_name(before.story)}.txt" if before else "/dev/null"
    new = f"b/{file_name(after.story)}.txt" if after else "/dev/null"
    return unified(pair.diff.edits, (old, new), look)


def _for_reading(pair: Pair, form: str, zone: tzinfo | None, look: Look) -> Iterator[str]:
    from vstore.cli.words import stat, words

    yield look.ink(look.clean(f"{heading(pair, zone)}   {_counts(pair.diff)}"), "bold")
    yield from stat(pair.diff) if form == "stat" else words(pair.diff, look)


def heading(pair: Pair, zone: tzinfo | None) -> str:
    """What is compared: `us-nk-talks  1 -> 2   2019-01-15 -> 2019-01-16`."""
    dates = [shown(version.dated, zone) for version in (pair.before, pair.after) if version]
    names = (
        _name(pair, pair.before) or "(nothing)",
        _name(pair, pair.after) or pair.file or "(nothing)",
    )
    story = "" if pair.is_apart else f"{pair.diff.story}  "
    return flat(f"{story}{' -> '.join(names)}   {' -> '.join(dates)}")


def _name(pair: Pair, version: Version | None) -> str | None:
    if version is None:
        return None
    return f"{version.story}@{version.number}" if pair.is_apart else str(version.number)


def _counts(diff: Diff) -> str:
    return f"+{diff.added_words:,} -{diff.removed_words:,} words"
