"""`vstore export`: the store as a git repository, or as JSON lines."""

from __future__ import annotations

import contextlib
import json
import stat
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from vstore.cli import frame, placing
from vstore.cli.frame import Settings
from vstore.cli.progress import ProgressLine
from vstore.errors import StorageRefused

if TYPE_CHECKING:
    from vstore.questions import Questions

Write = Callable[[bytes], object]


@frame.command(
    "export",
    examples="""
    vstore export --git news.git
    vstore export --jsonl news.jsonl.zst
    vstore export --jsonl - us-nk-talks | wc -l
    vstore export --git then.git --as-of 2019-01-15
    """,
)
@click.argument("stories", metavar="[STORY]...", nargs=-1, shell_complete=frame.story_ids)
@click.option("--git", "folder", metavar="DIR", type=click.Path(), help="A git repository, made or added to.")
@click.option(
    "--jsonl", "file", metavar="FILE|-", type=click.Path(), help="JSON lines; packed for .gz and .zst."
)
@frame.as_of
@click.pass_obj
def export(
    settings: Settings, *, stories: tuple[str, ...], folder: str | None, file: str | None, as_of: str | None
) -> None:
    """Write the store out as git or as JSON lines.

    With --git: a repository in the SHA-256 object format, one branch a story; its commits are the versions,
    ids and all. Run again, it adds what is new, and drops what was erased. With --jsonl: every version and
    its text, oldest first, as `vstore import` reads them; FILE is replaced when all is written. All stories,
    or those named.
    """
    if (folder is None) == (file is None):
        raise click.UsageError("export either --git DIR or --jsonl FILE")
    with frame.open_store(settings, as_of, sends=True) as store:
        stories = tuple(map(store.story_named, stories))
        if folder is not None:
            _to_git(settings, store, Path(folder), stories)
        elif file == "-":
            _to_stdout(settings, store, stories)
        elif file is not None:
            _to_file(settings, store, Path(file), stories)


def _to_git(settings: Settings, store: Questions, folder: Path, stories: tuple[str, ...]) -> None:
    with ProgressLine(settings) as line:
        branches = store.export_git(folder, stories, progress=lambda count: line.show(_counted(count)))
    with frame.output(settings) as out:
        for story, branch in branches.items():
            if settings.json:
                out.json({"story": story, "branch": branch})
            elif settings.verbose:
                out.line(out.clean(f"{branch}  {story}"))
    frame.say(settings, f"{len(branches):,} {'branch' if len(branches) == 1 else 'branches'} in {folder}")


def _to_stdout(settings: Settings, store: Questions, stories: tuple[str, ...]) -> None:
    with frame.output(settings) as out:
        for form in store.export_jsonl(stories):
            out.json(form)


def _to_file(settings: Settings, store: Questions, path: Path, stories: tuple[str, ...]) -> None:
    from vstore.interop.packing import packed

    with _target(path) as stream, packed(stream, path.name) as write, ProgressLine(settings) as line:
        count = 0
        for form in store.export_jsonl(stories):
            write(f"{json.dumps(form)}\n".encode())
            count += 1
            line.show(_counted(count))
    if settings.json:
        with frame.output(settings) as out:
            out.json({"file": str(path), "versions": count})
    else:
        frame.say(settings, f"{count:,} versions in {path}")


def _counted(versions: int) -> Callable[[], str]:
    return partial("{:,} versions".format, versions)


@contextlib.contextmanager
def _target(path: Path) -> Iterator[BinaryIO]:
    """A device or a pipe is written to as it is; a regular file is replaced when all is there."""
    try:
        is_special = path.exists() and not stat.S_ISREG(path.stat().st_mode) and not path.is_dir()
        if is_special:
            with path.open("wb") as stream:
                yield stream
            return
    except OSError as error:
        raise StorageRefused(f"cannot write {path}: {error.strerror}", file=str(path)) from error
    with placing.replacing(path, force=True) as stream:
        yield stream
