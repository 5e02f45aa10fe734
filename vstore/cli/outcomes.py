"""What became of several items: each one's line, and the exit code of all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from vstore.cli import frame
from vstore.cli.frame import Settings
from vstore.errors import BadWire, Conflict, Redacted, VstoreError

if TYPE_CHECKING:
    from vstore.answers import Added

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
        self._settings = settings
        self._several = several
        self._done = 0
        self._first: VstoreError | None = None

    @contextmanager
    def item(self, name: str) -> Iterator[None]:
        """Only what is the item's own fault is survived: a full disk would refuse the next as well."""
        try:
            yield
        except (BadWire, Conflict, Redacted) as error:
            told = _about(error, name)
            if not self._several:
                raise told from error
            frame.report(told.to_dict(), as_json=self._settings.json)
            self._first = self._first or told
        else:
            self._done += 1

    @property
    def exit_code(self) -> int:
        """0; 7 if some were done; where none was, as bad as the first error."""
        if self._first is None:
            return 0
        return PARTLY if self._done else self._first.exit_code


def _about(error: VstoreError, name: str) -> VstoreError:
    message = error.message if name in error.message else f"{name}: {error.message}"
    return type(error)(message, **{**error.facts, "input": name})
