"""Which stories a text is like, and which one it belongs to. A part of `Questions`."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import TYPE_CHECKING

from vstore.asking import Asking

if TYPE_CHECKING:
    from vstore.alike import Matched, Similar
    from vstore.matching import Matching


class Likenesses(Asking):
    """Questions that compare texts with all stories."""

    def similar(
        self,
        text: str,
        *,
        most: int = 10,
        besides: str | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> list[Similar]:
        """The stories most like a text, at most so many, the likeliest first; `besides` one of them.

        An index of shingles finds them. It is made in the store when it is first asked, and brought up to
        date whenever it is; `progress` is told how many stories were taken in. Where the store cannot be
        written, it is made for this open store alone.
        """
        found = self._matching.similar(text, most=most, besides=besides, progress=progress)
        return list(islice(found, most))

    def match(
        self, text: str, *, headline: str | None = None, progress: Callable[[int], None] | None = None
    ) -> Matched:
        """The story that a wire without a story-id belongs to, and how surely; else the name of a new one.

        Such a name is made of the headline, or the first words, and the beginning of the text's id: it is the
        same for the same wire. Nothing is kept. Raises BadWire for a text that is no Unicode.
        """
        return self._matching.match(text, headline, progress)

    @property
    def _matching(self) -> Matching:
        """This thread's matching."""
        from vstore.matching import Matching  # a log matches nothing

        matching: Matching | None = getattr(self._local, "matching", None)
        if matching is None:
            matching = self._local.matching = Matching(self._shelf)
        return matching
