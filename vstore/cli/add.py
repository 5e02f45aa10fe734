"""`vstore add`: files become wires, each in its own transaction."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from vstore import readers
from vstore.cli import frame
from vstore.cli.finding import AMBIGUOUS, Finder
from vstore.cli.frame import Out, Settings
from vstore.cli.naming import naming
from vstore.cli.outcomes import Outcomes, outcome_line
from vstore.cli.overrides import FACT_OPTIONS, overrides
from vstore.errors import BadWire
from vstore.readers import Reading
from vstore.readers.files import shown

if TYPE_CHECKING:
    from vstore.answers import Added
    from vstore.model import Wire


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """How files are to be read, and what the options say about every one of them."""

    zone: datetime.tzinfo | None
    named: Callable[[str, Reading], str]
    overrides: Mapping[str, Any]
    encoding: str | None
    reader: str | None
    allow_empty: bool
    undated: bool

    def wire(self, file: str) -> Wire:
        """The wire in a file; BadWire if there is none that could be kept."""
        data = readers.read_all(readers.standard_input(), "-") if file == "-" else readers.read_file(file)
        reading = readers.read(data, encoding=self.encoding, reader=self.reader)
        if not reading.text and not self.allow_empty:
            raise BadWire("there is no text in it; --allow-empty keeps it all the same")
        wire = readers.to_wire(reading, self.named(file, reading), self.overrides)
        return dataclasses.replace(wire, date=self._date(wire.date))

    def _date(self, date: object) -> str | None:
        if date is not None:
            return frame.date(str(date), self.zone)
        now = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
        return None if self.undated else now.isoformat()


def _fact_options(callback: Callable[..., Any]) -> Callable[..., Any]:
    for name, text in reversed(FACT_OPTIONS.items()):
        callback = click.option(f"--{name}", metavar="TEXT", help=text)(callback)
    return callback


@frame.command(
    "add",
    examples="""
    vstore add --story us-nk-talks 000.txt 001.txt
    vstore add --story us-nk-talks --date 2019-01-15T14:00Z --source Reuters --headline 'Talks resume' -
    vstore add --story-from stem --set keywords=sport,tennis wires/*.txt
    vstore add --story-from '^([a-z-]+)_[0-9]+' --tz Europe/Berlin wires/*.txt
    vstore add --match --ambiguous skip wires/*.txt
    """,
)
@click.argument("files", metavar="FILE...|-", nargs=-1, required=True, type=click.Path())
@click.option("--story", metavar="ID", shell_complete=frame.story_ids, help="The story that they belong to.")
@click.option(
    "--story-from",
    metavar="HOW",
    help="Or what tells it: stem, field:NAME, or a REGEX on the file's name.",
)
@click.option("--match", is_flag=True, help="Or find it by the text, else make a new one.")
@click.option(
    "--ambiguous",
    type=click.Choice(AMBIGUOUS),
    help="With --match, if it may belong to a story [ask on a terminal, else new].",
)
@click.option("--date", metavar="DATE", help="When it was issued, as precisely as known.")
@click.option("--undated", is_flag=True, help="Keep a wire without a date undated, instead of dating it now.")
@_fact_options
@click.option("--set", "sets", metavar="KEY=VALUE", multiple=True, help="Any other fact; may be repeated.")
@click.option("--encoding", metavar="NAME", help="How the bytes are to be read [utf-8].")
@click.option("--reader", metavar="NAME", help="The format: frontmatter, seed or plain [what it looks like].")
@click.option("--expect", metavar="VERSION", help="Keep it only if this number (0: none) or id is the tip.")
@click.option("--allow-empty", is_flag=True, help="Keep a text that is empty.")
@click.option("--again", is_flag=True, help="Keep it even if it says nothing new.")
@click.option("--dry-run", is_flag=True, help="Only tell what would happen.")
@click.pass_obj
def add(settings: Settings, /, files: tuple[str, ...], **options: Any) -> int:
    """Keep wires that lie in files.

    Reads plain text, a first line that opens with ` date YYYY-MM-DD `, and YAML front matter; `-` is stdin.
    Options override what a file says. A wire without a date is dated now. Each file is a transaction of its
    own: where one is refused, the others are kept, and the exit code is 7. With --match a file that names no
    story goes to the one whose text it copies, abridges or rewrites; what was found, how surely and why, is
    told on stderr.
    """
    _check(files, options)
    how = {"again": options["again"], "dry_run": options["dry_run"], "expect": frame.which(options["expect"])}
    outcomes = Outcomes(settings, several=len(files) > 1)
    with frame.open_to_write(settings) as store, frame.output(settings) as out:
        finder = Finder(store, settings, headline=options["headline"], ambiguous=options["ambiguous"])
        intake = _intake(store.tz, options, finder if options["match"] else None)
        for file in files:
            with outcomes.item(shown(file)):
                added = store.add_wire(intake.wire(file), **how)
                _tell(out, settings, added, {"input": shown(file), **finder.told()})
                out.flush()
    if options["dry_run"]:
        frame.say(settings, "a dry run: nothing was kept")
    return outcomes.exit_code


def _check(files: tuple[str, ...], options: Mapping[str, Any]) -> None:
    if options["date"] is not None and options["undated"]:
        raise click.UsageError("--date and --undated exclude each other")
    if options["expect"] is not None and len(files) > 1:
        raise click.UsageError("--expect is for one file at a time: the first would change what is expected")
    if options["ambiguous"] is not None and not options["match"]:
        raise click.UsageError("--ambiguous says what becomes of a wire that --match is not sure of")
    if options["match"] and options["story"] is not None:
        raise click.UsageError("--match finds the story of a wire: --story names it already")
    if files.count("-") > 1:
        raise click.UsageError("stdin (-) can be read only once")


def _intake(zone: datetime.tzinfo | None, options: Mapping[str, Any], finder: Finder | None) -> Intake:
    facts = {name: options[name] for name in FACT_OPTIONS}
    date = None if options["date"] is None else frame.date(options["date"], zone)
    return Intake(
        zone=zone,
        named=naming(options["story"], options["story_from"], finder),
        overrides=overrides({**facts, "date": date}, options["sets"]),
        encoding=options["encoding"],
        reader=options["reader"],
        allow_empty=options["allow_empty"],
        undated=options["undated"],
    )


def _tell(out: Out, settings: Settings, added: Added, told: dict[str, Any]) -> None:
    if settings.json:
        out.json({**added.to_dict(), **told})
    elif not settings.quiet:
        out.line(out.clean(f"{outcome_line(added)}  {told['input']}"))
