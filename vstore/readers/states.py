"""The trade's own states: what an item is to those before it, by whatever word its format tells it."""

from __future__ import annotations

import re
from collections.abc import Iterable

_SAID: dict[str, str] = {
    "kill": "kill killed mandatorykill bulletinkill cancel canceled cancelled cancellation delete deleted "
    "withdraw withdrawn withdrawal retract retracted retraction annulation",
    "withhold": "withhold withheld hold",
    "correction": "correction corrected corrective correct corr rectify rectified rectification "
    "rectificatif berichtigung korrektur korr",
    "advisory": "advisory mediaadvisory advisorynote notetoeditors",
    "update": "update updated writethru writethrough",
}
"""The strongest first: a killed correction is a kill."""
_STATES = {word: state for state, words in _SAID.items() for word in words.split()}
_STRENGTH = list(_SAID)

TEXTLESS = frozenset({"kill", "withhold"})
"""An item of these states says enough without any text."""


def code(value: str) -> str:
    """What a code says without its scheme: `stat:canceled` and `http://…/canceled` are canceled."""
    return re.split(r"[:/#]", value.strip().rstrip("/"))[-1]


def state_of(words: Iterable[str | None]) -> str | None:
    """The strongest state that one of these words or codes tells, each taken whole; None if none does."""
    said = (_STATES.get(re.sub("[^a-z]", "", code(word).lower())) for word in words if word)
    return min((state for state in said if state), key=_STRENGTH.index, default=None)


def publication_status(value: str | None) -> str | None:
    """usable, withheld, canceled, embargoed or whatever else it is, in lower case."""
    if value is None or not (said := code(value).lower()):
        return None
    return "canceled" if said == "cancelled" else said
