"""What `copy`, `clone`, `pull` and `push` have in common: versions carried from one store into another."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import click

from vstore.answers import Copied
from vstore.cli import frame
from vstore.cli.frame import Settings
from vstore.cli.outcomes import PARTLY
from vstore.cli.progress import ProgressLine
from vstore.errors import Corrupt, VstoreError

if TYPE_CHECKING:
    from vstore.questions import Questions
    from vstore.store import Store


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--dry-run` and `--jobs`."""
    dry_run = click.option(
        "--dry-run", is_flag=True, help="Only tell what would be copied: heads are compared, no text read."
    )
    return dry_run(frame.jobs(command))


class Listener:
    """Shows how far a copy is, and tells at once which stories are left."""

    def __init__(self, settings: Settings, line: ProgressLine) -> None:
        self.counts = Copied()
        self._settings = settings
        self._line = line

    def progress(self, counts: Copied) -> None:
        """The counts so far."""
        self.counts = counts
        self._line.show(lambda: f"{counts.stories:,} stories, {counts.copied:,} versions copied")

    def refused(self, error: VstoreError) -> None:
        """A story that is not copied, or not to its end."""
        self._line.clear()
        frame.report(error.to_dict(), as_json=self._settings.json)


def carry(
    settings: Settings, source: Questions, target: Store, *, dry_run: bool, jobs: int, **told: object
) -> int:
    """Copy what is missing, say what became of it (`told` goes along in JSON); the exit code."""
    with ProgressLine(settings) as line:
        heard = Listener(settings, line)
        try:
            copied = target.copy_from(
                source, progress=heard.progress, refused=heard.refused, dry_run=dry_run, jobs=jobs
            )
        except KeyboardInterrupt:
            raise KeyboardInterrupt(_interruption(heard.counts)) from None
    if settings.json:
        with frame.output(settings) as out:
            out.json({**copied.to_dict(), **told})
    else:
        frame.say(settings, _summary(copied))
    return Corrupt.exit_code if copied.damaged else PARTLY if copied.diverged else 0


@contextlib.contextmanager
def made(settings: Settings) -> Iterator[tuple[Store, bool]]:
    """The store of `settings`, and whether it was made for this."""
    from vstore import places

    place = settings.store or ""
    was_made = places.init(place)
    with frame.open_to_write(settings) as store:
        if was_made:
            frame.say(settings, f"made a store in {place if places.is_folder(place) else store.place}")
        yield store, was_made


def _interruption(counts: Copied) -> str:
    return f"interrupted; {counts.copied:,} versions were copied and stay, the next copy goes on"


def _summary(counts: Copied) -> str:
    done = "would be copied" if counts.dry_run else "copied"
    told = [f"{counts.copied:,} of {counts.versions:,} versions {done}", f"{counts.unchanged:,} were there"]
    if not counts.dry_run:
        told.append(f"stories verified in both: {counts.verified:,} of {counts.stories:,}")
    left = {"erased here as well": counts.redacted, "diverged": counts.diverged, "damaged": counts.damaged}
    return "; ".join(told + [f"{what}: {number:,}" for what, number in left.items() if number])
