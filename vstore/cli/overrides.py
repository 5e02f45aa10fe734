"""What options say about a wire, over what its file says, and where that stands in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import click

FACT_OPTIONS = {
    "source": "Who sent it.",
    "headline": "Its headline.",
    "byline": "Who wrote it.",
    "url": "Where it was published.",
    "guid": "The provider's own id of it.",
    "kind": "What it is: flash, correction, obituary …",
    "lang": "Its language, such as en or pt-BR.",
}
"""The facts that have options of their own; `--set` reaches all."""

_ELSEWHERE = {"story": "--story", "text": "the file", "extra": "--set extra.KEY=VALUE"}


def fact_options(callback: Callable[..., Any]) -> Callable[..., Any]:
    """The options of those facts, and `--set`."""
    callback = click.option(
        "--set", "sets", metavar="KEY=VALUE", multiple=True, help="Any other fact; may be repeated."
    )(callback)
    for name, text in reversed(FACT_OPTIONS.items()):
        callback = click.option(f"--{name}", metavar="TEXT", help=text)(callback)
    return callback


def overrides(named: dict[str, str | None], settings: Iterable[str]) -> dict[str, Any]:
    """Facts by name, unknown ones under `extra`; UsageError for a setting that cannot be read."""
    found: dict[str, Any] = {name: value for name, value in named.items() if value is not None}
    extra: dict[str, str] = {}
    for setting in settings:
        key, equals, value = setting.partition("=")
        if not equals or not key:
            raise click.UsageError(f"--set takes KEY=VALUE, not {setting!r}")
        if key in _ELSEWHERE:
            raise click.UsageError(f"--set cannot give {key}: that comes by {_ELSEWHERE[key]}")
        if key.startswith("extra."):
            extra[key.removeprefix("extra.")] = value
        else:
            found[key] = _words(value) if key == "keywords" else value
    return {**found, "extra": extra} if extra else found


def _words(value: str) -> list[str]:
    return [word.strip() for word in value.split(",") if word.strip()]


def mapped(_ctx: click.Context, _param: click.Parameter, given: str | None) -> dict[str, str]:
    """`story=guid,text=body` as a mapping of vstore's names to those of the lines."""
    found: dict[str, str] = {}
    for pair in given.split(",") if given else []:
        name, equals, key = pair.partition("=")
        if not equals or not name.strip() or not key.strip():
            raise click.BadParameter(f"{pair!r} is not NAME=KEY, as in story=guid,text=body")
        found[name.strip()] = key.strip()
    return found
