"""Which sources the words of a command line name: files, folders with all that is in them, and patterns."""

from __future__ import annotations

import datetime
import glob
import itertools
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import click

from vstore import readers
from vstore.cli.overrides import mapped
from vstore.errors import BadWire
from vstore.readers import How, Source

Callback = Callable[..., Any]


class Reading(NamedTuple):
    """How files are to be read: by which reader, and what options say to it."""

    reader: str | None
    how: How


def reading_options(callback: Callback) -> Callback:
    """`--format`, `--encoding` and `--map`."""
    for option in (
        click.option(
            "--map",
            "fields",
            metavar="NAME=KEY,...",
            callback=mapped,
            help="Where other people's JSON lines or CSV have what is needed: story=guid,text=body,date=day.",
        ),
        click.option("--encoding", metavar="NAME", help="The character set [as declared, else utf-8]."),
        click.option(
            "--format",
            "--reader",
            "reader",
            metavar="NAME",
            help="The format; `vstore readers` lists them [what it looks like].",
        ),
    ):
        callback = option(callback)
    return callback


def reading_of(options: Mapping[str, Any], zone: datetime.tzinfo | None) -> Reading:
    """What those options say."""
    return Reading(options["reader"], How(options["encoding"], options["fields"], zone))


def is_one(names: tuple[str, ...]) -> bool:
    """True if they can name only one source: no second, no folder and no pattern."""
    return len(names) == 1 and not readers.named(names[0]).is_folder and not _matches(names[0])


def sources(names: tuple[str, ...], reading: Reading) -> Iterator[Source | BadWire]:
    """Everything that is named, in order; a BadWire for a folder that cannot be looked into."""
    for name in names:
        for each in _matches(name) or [name]:
            yield from _within(readers.named(each), reading)


def _matches(name: str) -> list[str]:
    """What a pattern matches that the shell left as it is; nothing for a name that is none."""
    if not glob.has_magic(name) or os.path.lexists(name):
        return []
    return sorted(glob.glob(name, recursive=True))  # noqa: PTH207  a Path has no absolute patterns


def _within(source: Source, reading: Reading) -> Iterator[Source | BadWire]:
    """The source itself, or the regular files in a folder that no reader knows as one."""
    waiting: list[Source] = [source]
    while waiting:
        source = waiting.pop()
        if not source.is_folder or readers.choose(source, reading.how, reading.reader):
            yield source
            continue
        try:
            waiting += reversed(list(_entries(source.path)))
        except OSError as error:
            yield BadWire(f"{source.name} cannot be read: {error.strerror or error}", file=source.name)


def _entries(folder: Path | None) -> Iterator[Source]:
    """What lies in a folder, by name: no hidden ones, no folders behind links, so that loops end."""
    with os.scandir(folder) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    for entry in entries:
        is_folder = entry.is_dir(follow_symlinks=False)
        if not entry.name.startswith(".") and (is_folder or _is_file(entry)):
            yield readers.named(entry.path)


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:  # a link that leads to itself
        return False


def ahead(source: Source, reading: Reading) -> tuple[int, Iterator[readers.Reading | BadWire]]:
    """How many items a source holds, 2 standing for several, and all of them."""
    items = readers.items(source, reading.how, reading.reader)
    some = list(itertools.islice(items, 2))
    return len(some), itertools.chain(some, items)
