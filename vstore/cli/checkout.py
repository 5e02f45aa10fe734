"""`vstore checkout`: texts into files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vstore.cli import frame, placing
from vstore.cli.cautions import Warner
from vstore.cli.filenames import file_name
from vstore.cli.frame import Out, Settings, Wanted
from vstore.cli.outcomes import Outcomes
from vstore.errors import Conflict

if TYPE_CHECKING:
    from vstore.model import Version
    from vstore.questions import Questions

Place = tuple["Version", Path]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which versions go where; `target` is one file's name, `-` stdout."""

    wanted: Wanted
    target: str | None
    into: str | None
    every_story: bool
    every_version: bool
    force: bool

    @property
    def is_named(self) -> bool:
        """True if a story or a version was named."""
        return self.wanted.ref is not None or self.wanted.story is not None

    @property
    def is_several(self) -> bool:
        """True if one refused file leaves others to be written."""
        return self.every_story or self.every_version

    @property
    def folder(self) -> Path:
        """Where the files go."""
        return Path(self.into or ".")

    def check(self, *, as_json: bool) -> None:
        """UsageError for options that exclude each other."""
        if self.is_named and self.every_story:
            raise click.UsageError("--all takes every story: name none")
        if not self.is_named and not self.is_several:
            raise click.UsageError("which version? Give REF, or --story ID and --version N, or --all")
        if self.target == "-" and as_json:
            raise click.UsageError("-o - writes the text itself; `vstore show --json` gives it as JSON")
        if self.target is not None and (self.is_several or self.into is not None):
            raise click.UsageError("-o names one file: it goes without --into, --all and --all-versions")

    def places(self, store: Questions) -> Iterator[Place]:
        """Every version that is wanted, with its file."""
        if self.is_named:
            yield from self._of_one(store, frame.version_of(store, self.wanted))
            return
        for story in store.stories():
            if self.every_version:
                yield from self._of_all(store, story.story)
            else:
                yield store.version(story.story), self.folder / f"{file_name(story.story)}.txt"

    def _of_one(self, store: Questions, version: Version) -> Iterator[Place]:
        is_current = self.wanted.version is None and self.wanted.ref in (None, version.story)
        if self.every_version:
            if not is_current:
                raise click.UsageError("--all-versions takes a story, not one of its versions")
            yield from self._of_all(store, version.story)
            return
        name = file_name(version.story)
        plain = f"{name}.txt" if is_current else f"{name}@{version.number}.txt"
        yield version, self.folder / plain if self.target is None else Path(self.target)

    def _of_all(self, store: Questions, story: str) -> Iterator[Place]:
        folder = self.folder / file_name(story)
        versions = sorted(store.log(story), key=lambda version: version.number)
        return ((version, folder / f"{version.number:04}.txt") for version in versions)


class Writer:
    """Writes one text after the other and tells where."""

    def __init__(self, store: Questions, settings: Settings, out: Out, *, choice: Choice) -> None:
        self._store = store
        self._settings = settings
        self._out = out
        self._choice = choice
        self._written: set[str] = set()
        self._warner = Warner(store, settings)

    def write(self, version: Version, path: Path) -> None:
        """Conflict if another file is in the way."""
        # With --force too, no story of this run may write over another's file.
        if (key := str(path).casefold()) in self._written:
            raise Conflict(f"{path} is the file of another story as well", file=str(path))
        if self._choice.every_version:
            placing.make_folder(path.parent, below=True)
        placing.place(path, self._store.text_of(version).encode(), force=self._choice.force)
        self._written.add(key)
        self._warner.warn(version)
        if self._settings.json:
            names = {"story": version.story, "number": version.number, "id": version.id}
            self._out.json({**names, "path": str(path)})
        else:
            self._out.path(path)


@frame.command(
    "checkout",
    examples="""
    vstore checkout us-nk-talks
    vstore checkout us-nk-talks@1 -o first.txt
    vstore checkout --into texts --all
    vstore checkout --into texts --all-versions us-nk-talks
    vstore checkout 'tag:example.org,2019:talks@2019-01-15' -o -
    """,
)
@frame.reference
@click.option(
    "-o", "--output", "target", metavar="FILE", type=click.Path(), help="Write this file; - is stdout."
)
@click.option("--into", metavar="DIR", type=click.Path(), help="Write into this folder [the current one].")
@click.option("--all", "every_story", is_flag=True, help="Every story's current version.")
@click.option(
    "--all-versions", "every_version", is_flag=True, help="Every version, as NAME/0001.txt and so on."
)
@click.option("--force", is_flag=True, help="Replace files that hold something else.")
@frame.as_of
@click.pass_obj
def checkout(settings: Settings, /, wanted: Wanted, as_of: str | None, **options: Any) -> int:
    """Write texts into files.

    Writes NAME.txt, or NAME@N.txt where a version was named, and prints the path. NAME is the story-id made
    safe. A file that already holds these bytes is left as it is; any other is replaced only with --force.
    A warning on stderr says so where a story was killed or withheld, or a version is under embargo.
    """
    choice = Choice(wanted=wanted, **options)
    choice.check(as_json=settings.json)
    outcomes = Outcomes(settings, several=choice.is_several)
    with frame.open_store(settings, as_of) as store, frame.output(settings) as out:
        if choice.target == "-":
            version = frame.version_of(store, wanted)
            Warner(store, settings).warn(version)
            out.write(out.clean(store.text_of(version)))
            return 0
        writer = Writer(store, settings, out, choice=choice)
        if choice.target is None:
            placing.make_folder(choice.folder)
        for version, path in choice.places(store):
            with outcomes.item(str(path)):
                writer.write(version, path)
    return outcomes.exit_code
