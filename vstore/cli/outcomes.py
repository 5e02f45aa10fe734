"""What became of several items: each one's line, and the exit code of all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from vstore.cli import frame
from vstore.cli.frame import Out, Settings
from vstore.errors import BadWire, Conflict, Redacted, VstoreError

if TYPE_CHECKING:
    from vstore.answers import Added, Imported

PARTLY = 7


def outcome_line(added: Added) -> str:
    """`us-nk-talks@2  d1e4f0a  changed`."""
    version = added.version
    return f"{version.story}@{version.number}  {frame.short_id(version)}  {added.outcome}"


class Outcomes:
    """Items one after the other: one that is refused is told by its name, and the next has its turn.

    Where there is only one, its error is the command's.
    """

    def __init__(self, settings: Settings, *, several: bool) -> None:
        self.several = several
        self._settings = settings
        self._done = 0
        self._first: VstoreError | None = None

    @contextmanager
    def item(self, name: str) -> Iterator[None]:
        """Only what is the item's own fault is survived: a full disk would refuse the next as well."""
        try:
            yield
        except (BadWire, Conflict, Redacted) as error:
            self.refused(error, name)
        else:
            self.done()

    def done(self) -> None:
        """One item is done."""
        self._done += 1

    def kept(self, out: Out, added: Added, more: Callable[[], Mapping[str, Any]], name: str) -> None:
        """One item is kept: its line, or its JSON form with `more`."""
        self.done()
        if self._settings.json:
            out.json({**added.to_dict(), **more()})
        elif not self._settings.quiet:
            out.line(out.clean(f"{outcome_line(added)}  {name}"))
        out.flush()

    def refused(self, error: VstoreError, name: str) -> None:
        """One item is not."""
        told = _about(error, name)
        if not self.several:
            raise told from error
        frame.report(told.to_dict(), as_json=self._settings.json)
        self._first = self._first or told

    @property
    def exit_code(self) -> int:
        """0; 7 if some were done; where none was, as bad as the first error."""
        if self._first is None:
            return 0
        return PARTLY if self._done else self._first.exit_code


def _about(error: VstoreError, name: str) -> VstoreError:
    is_told = name in error.message and (
        error.facts.get("file") == name or error.message.startswith(f"{name} ")
    )
    message = error.message if is_told else f"{name}: {error.message}"
    return type(error)(message, **{**error.facts, "input": name})


def words(counts: Imported) -> str:
    """The counts for people."""
    return ", ".join(f"{number:,} {name}" for name, number in counts.to_dict().items())


def conclude(settings: Settings, counts: Imported, *, dry_run: bool) -> None:
    """The counts, after all that was to be told of each."""
    if settings.json:
        import json

        frame.complain(json.dumps(counts.to_dict()))
    else:
        frame.say(settings, words(counts) + (" (a dry run: nothing was kept)" if dry_run else ""))
