"""`vstore inspect`: what readers make of files, without a store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import click

from vstore import dates, readers
from vstore.cli import frame
from vstore.cli.frame import Out, Settings
from vstore.cli.outcomes import Outcomes
from vstore.cli.sources import ahead, is_one, reading_of, reading_options, sources
from vstore.errors import BadWire
from vstore.facts import canonical_facts, make_facts


@frame.command(
    "inspect",
    examples="""
    vstore inspect incoming/0815.xml
    vstore inspect --format ninjs --json feed.json
    vstore inspect archive/ -q
    """,
)
@click.argument("files", metavar="FILE...|-", nargs=-1, required=True, type=click.Path())
@reading_options
@click.pass_obj
def inspect_(settings: Settings, /, files: tuple[str, ...], **options: Any) -> int:
    """Show what a reader makes of files, without keeping it.

    Of each item its format, date, facts and text, as `add` would take them before its options say
    otherwise. What cannot be read is told, as `add` would tell it.
    """
    zone = dates.zone(settings.tz) if settings.tz else None
    reading = reading_of(options, zone)
    outcomes = Outcomes(settings, several=not is_one(files))
    with frame.output(settings, paged=True) as out:
        for source in sources(files, reading):
            if isinstance(source, BadWire):
                outcomes.refused(source, source.facts["file"])
                continue
            count, items = ahead(source, reading)
            outcomes.several = outcomes.several or count > 1
            for number, item in enumerate(items, 1):
                with outcomes.item(source.name):
                    _tell(out, settings, item, {"input": source.name, "item": number})
    return outcomes.exit_code


def _tell(out: Out, settings: Settings, item: readers.Reading | BadWire, place: Mapping[str, Any]) -> None:
    """The item, unless it is bad or says what could not be kept."""
    if isinstance(item, BadWire):
        raise item
    made = make_facts(item.facts)
    canonical_facts(made)
    if settings.json:
        facts = made.to_dict()
        out.json(
            {
                **place,
                "story": item.story,
                "dated": item.date,
                **facts,
                "capture": _capture(item),
                "text": item.text,
            }
        )
    elif not settings.quiet:
        for line in _lines(item, place, out):
            out.line(out.clean(line))


def _capture(item: readers.Reading) -> dict[str, Any]:
    return {"digest": item.digest, "charset": item.charset, "reader": item.reader, **item.capture}


def _lines(item: readers.Reading, place: Mapping[str, Any], out: Out) -> Iterator[str]:
    """A heading, what is known, and the text."""
    yield out.paint(f"{place['input']}  item {place['item']}", "bold")
    facts = {"story": item.story, "dated": item.date, **item.facts}
    extra = {f"extra.{name}": value for name, value in facts.pop("extra", {}).items()}
    for name, value in {**facts, **extra, **_capture(item)}.items():
        if value is not None:
            yield f"  {name:<22}  {_shown(value)}"
    yield ""
    yield item.text
    yield ""


def _shown(value: Any) -> str:
    """Words on one line; anything else as JSON."""
    if isinstance(value, str):
        return " ".join(value.split())
    import json

    return ", ".join(value) if _is_words(value) else json.dumps(value, ensure_ascii=False)


def _is_words(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)
