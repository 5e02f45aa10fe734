"""`vstore import`: JSON lines become wires, streamed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from vstore.answers import Imported
from vstore.cli import frame
from vstore.cli.frame import Out, Settings
from vstore.cli.outcomes import PARTLY, conclude, outcome_line, words
from vstore.cli.overrides import mapped
from vstore.cli.progress import ProgressLine
from vstore.errors import BadWire
from vstore.readers import jsonlines
from vstore.readers.files import shown

if TYPE_CHECKING:
    from vstore.answers import Added
    from vstore.importing import Progress


class Listener:
    """Hears of every wire as it is done: tells bad ones at once, the others with `--verbose`."""

    def __init__(self, settings: Settings, out: Out, line: ProgressLine, file: str) -> None:
        self.counts = Imported()
        self._file = file
        self._settings = settings
        self._out = out
        self._line = line

    def __call__(self, progress: Progress) -> None:
        """One wire is done."""
        self.counts = progress.safe
        if self._settings.verbose or progress.is_refused:
            self._line.clear()
            self._tell(progress.answer)
        self._line.show(lambda: words(self.counts))

    def _tell(self, answer: Added | BadWire) -> None:
        if isinstance(answer, BadWire):
            frame.report(answer.to_dict(), as_json=self._settings.json)
        elif self._settings.json:
            self._out.json({**answer.to_dict(), "input": self._file})
        else:
            self._out.line(self._out.clean(outcome_line(answer)))


@frame.command(
    "import",
    examples="""
    vstore import wires.jsonl
    vstore import --map story=guid,text=body,date=published feed.jsonl.zst
    vstore import --find --map text=body,date=published crawl.jsonl.zst
    zcat wires.jsonl.gz | vstore import --strict -
    """,
)
@click.argument("file", metavar="FILE|-", type=click.Path())
@click.option(
    "--map",
    "fields",
    metavar="NAME=KEY,...",
    callback=mapped,
    help="Where other people's lines have what is needed: story=guid,text=body,date=published.",
)
@click.option("--find", is_flag=True, help="Find the story of a line that names none by its guid or url.")
@click.option("--strict", is_flag=True, help="Stop at the first bad line, and keep nothing.")
@click.option("--again", is_flag=True, help="Keep wires even if they say nothing new.")
@frame.allow_redacted
@click.option("--dry-run", is_flag=True, help="Only tell what would happen.")
@frame.jobs
@click.pass_obj
def import_(
    settings: Settings, /, file: str, fields: dict[str, str], jobs: int, find: bool, **options: bool
) -> int:
    """Keep wires that stand in JSON lines.

    Plain, or packed with gzip or zstd. Every line is an object with `story` and `text`; facts by their
    names, `dated` or `date`, any other key goes into `extra`. A bad line is told with its number, the rest is
    kept, and the exit code is 7. Run again, or resumed after Ctrl-C, it adds nothing twice. With --find,
    `story` may be missing where there is a `guid` or `url`: the story that is known by it, or a new one.
    """
    with (
        jsonlines.open_lines(file) as stream,
        frame.open_to_write(settings) as store,
        frame.output(settings) as out,
        ProgressLine(settings) as line,
    ):
        listener = Listener(settings, out, line, shown(file))
        wires = jsonlines.wires(stream, fields=fields, tz=store.tz, find=find)
        try:
            counts = store.import_wires(wires, progress=listener, jobs=jobs, **options)
        except KeyboardInterrupt:
            raise KeyboardInterrupt(
                _interruption(listener.counts, is_kept=not (options["strict"] or options["dry_run"]))
            ) from None
    conclude(settings, counts, dry_run=options["dry_run"])
    return PARTLY if counts.bad else 0


def _interruption(counts: Imported, *, is_kept: bool) -> str:
    if not is_kept:
        return "interrupted; nothing was kept"
    return f"interrupted; what was done is kept: {words(counts)}"
