"""What holds for every command: the options that work before and after its name, merged into `Settings`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, get_args

import click

Color = Literal["auto", "always", "never"]

LONGEST_WAIT = 3_600.0


class Settings(NamedTuple):
    """The global options as given; `wait` is in seconds, None for the store's own."""

    store: str | None = None
    json: bool = False
    color: Color = "auto"
    tz: str | None = None
    wait: float | None = None
    quiet: bool = False
    verbose: bool = False


def _bounded_wait(_ctx: click.Context, _param: click.Parameter, value: float | None) -> float | None:
    """Refuses NaN and infinity too, which `click.FloatRange` lets pass."""
    if value is not None and not 0 <= value <= LONGEST_WAIT:
        raise click.BadParameter(f"{value} is not between 0 and {LONGEST_WAIT:.0f} seconds")
    return value


def global_options() -> list[click.Option]:
    """A fresh set; none has a default, so that the place that gave a value can be told."""
    return [
        click.Option(["--store"], metavar="DIR", type=click.Path(), help="The store: a folder, or a URL."),
        click.Option(["--json"], is_flag=True, default=None, help="Answer in JSON, one object a line."),
        click.Option(["--color"], type=click.Choice(get_args(Color)), help="When to use colour [auto]."),
        click.Option(
            ["--tz"],
            metavar="ZONE",
            help="Time zone of times given without one (else UTC), and of times shown (else as given).",
        ),
        click.Option(
            ["--wait"],
            metavar="SECONDS",
            type=float,
            callback=_bounded_wait,
            help="How long to wait for another writer [30].",
        ),
        click.Option(["-q", "--quiet"], is_flag=True, default=None, help="Say nothing but errors."),
        click.Option(["-v", "--verbose"], is_flag=True, default=None, help="Say more."),
    ]


GLOBAL_NAMES = Settings._fields


def merge(before: Mapping[str, Any], after: Mapping[str, Any]) -> Settings:
    """The option after the command wins over the one before it."""
    given = {
        name: value
        for options in (before, after)
        for name, value in options.items()
        if name in GLOBAL_NAMES and value is not None
    }
    return Settings(**given)


def _unicode(value: Any) -> Any:
    """Words as UTF-8 whatever the locale; file names keep the bytes that they have."""
    if isinstance(value, tuple):
        return tuple(map(_unicode, value))
    if not isinstance(value, str):
        return value
    try:
        return os.fsencode(value).decode()
    except UnicodeError as error:
        raise click.UsageError(f"{value!a} is not UTF-8") from error


class Command(click.Command):
    """A command that takes the global options after its name and shows its examples as written."""

    def __init__(self, name: str | None, *, examples: str = "", **rest: Any) -> None:
        super().__init__(name, **rest)
        self.examples = examples.strip().splitlines()
        self.params += global_options()

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Moves the global options out of the command's own parameters into `ctx.obj`."""
        rest = super().parse_args(ctx, args)
        for param in self.params:
            if param.name in ctx.params and not isinstance(param.type, click.Path):
                ctx.params[param.name] = _unicode(ctx.params[param.name])
        after = {name: ctx.params.pop(name, None) for name in GLOBAL_NAMES}
        ctx.obj = merge(ctx.find_root().params, after)
        if ctx.obj.tz is not None and not ctx.resilient_parsing:
            from vstore import dates

            dates.zone(ctx.obj.tz)
        return rest

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The command's own first, the global ones apart."""
        own: list[tuple[str, str]] = []
        shared: list[tuple[str, str]] = []
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            if isinstance(param, click.Option) and record is not None:
                (shared if param.name in GLOBAL_NAMES else own).append(record)
        for title, records in (("Options", own), ("Global options", shared)):
            with formatter.section(title):
                formatter.write_dl(records)

    def format_epilog(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The examples, with their line breaks."""
        if self.examples:
            with formatter.section("Examples"):
                for line in self.examples:
                    formatter.write(f"  {line.strip()}\n")
