"""Warnings on stderr before a text is used that was killed, is withheld, or is under embargo."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo
from typing import TYPE_CHECKING

from vstore.cli import frame
from vstore.cli.entry import until
from vstore.cli.moments import shown
from vstore.cli.settings import Settings
from vstore.cli.width import flat

if TYPE_CHECKING:
    from vstore.model import Version
    from vstore.notices import Caution
    from vstore.questions import Questions


class Warner:
    """Warns of versions, of each notice in a story once; not at all with `--quiet`."""

    def __init__(self, store: Questions, settings: Settings) -> None:
        self._store = store
        self._settings = settings
        self._told: set[tuple[str, int, str]] = set()

    def warn(self, version: Version) -> None:
        """What is to be said of a version; with `--json`, an object a line."""
        if self._settings.quiet:
            return
        for caution in self._store.cautions(version):
            notice = caution.story, caution.by.number, caution.state
            if notice not in self._told:
                self._told.add(notice)
                form = {"warning": caution.state, "message": sentence(caution, self._store.tz)}
                frame.report({**form, **caution.to_dict()}, as_json=self._settings.json)


def sentence(caution: Caution, zone: tzinfo | None) -> str:
    """Who says what of which version, when, and why."""
    return flat("".join(_parts(caution, zone)))


def _parts(caution: Caution, zone: tzinfo | None) -> Iterator[str]:
    by = caution.by
    said = f"version {by.number} ({', '.join(filter(None, (by.source, shown(by.dated, zone))))})"
    if caution.state == "embargo":
        yield f"{caution.story}@{by.number} is under embargo {until(caution.until or '', zone)}"
    elif caution.state == "withhold":
        yield f"{caution.story} is withheld by {said}"
    elif caution.lifted_by is None:
        yield f"{caution.story} was killed by {said}"
    else:
        yield f"{caution.story}@{caution.number} was killed by {said}"
    if by.facts.note:
        yield f": {by.facts.note}"
    if caution.lifted_by is not None:
        yield f"; the story lives again with version {caution.lifted_by}"
