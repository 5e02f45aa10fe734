"""What landed in a folder, kept once: how far a file was taken is noted with the wires themselves.

A part of `Store`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from vstore.again import until_kept
from vstore.aliases import digest
from vstore.errors import BadWire, Conflict
from vstore.rows import Taken
from vstore.writing import Writing

if TYPE_CHECKING:
    from pathlib import Path

    from vstore.answers import Imported
    from vstore.importing import Note, Progress
    from vstore.intake import Run
    from vstore.landings import Landing
    from vstore.model import Wire
    from vstore.storage.contract import Storage, Writer

    Tell = Callable[[Progress], None]

WATCH = "watch"


class Left(NamedTuple):
    """What is to be taken of a file: all but its first `taken.items`; `there` is what is noted of it."""

    taken: Taken
    there: Taken | None

    @property
    def is_over(self) -> bool:
        """True if nothing is left."""
        return self.taken.done > 0

    @property
    def is_again(self) -> bool:
        """True for a file of which something was refused, and that is taken from its beginning again."""
        return self.there is not None and bool(self.there.refused) and not self.taken.items

    @property
    def is_whole(self) -> bool:
        """True if nothing is left, and nothing was refused."""
        return self.is_over and not self.taken.refused


class Taking(Writing):
    """A store that takes in what lands in folders."""

    def watch(self, folder: str | os.PathLike[str], how: str = "") -> Watched:
        """A folder that this store takes files from, each of them once.

        `how` tells all that decides what is refused: what was refused in another way is tried again.
        """
        from pathlib import Path  # which loads urllib

        return Watched(self, Path(folder), how)

    def _take(
        self, wires: Iterable[Wire | BadWire], run: Run, note: Note, tell: Tell, *, singly: bool
    ) -> Imported:
        from vstore.importing import Options, take_in

        writing = partial(self._writing, WATCH)
        return take_in(wires, writing, self._shelf, tell, Options(run=run, note=note, singly=singly))


class Watched:
    """What was taken from a folder, and the way in for what is left of its files."""

    def __init__(self, store: Taking, folder: Path, how: str) -> None:
        from vstore.intake import Run

        self.folder = folder
        self._how = how
        self._store = store
        self._storage = store._storage
        self._key = digest(os.fsdecode(folder.resolve()))
        self._run = Run()
        self._mine: set[bytes] = set()

    def left(
        self,
        landing: Landing,
        content: Callable[[], bytes],
        *,
        are_moved: bool = False,
        is_changed: bool = False,
    ) -> Left:
        """What is to be taken of a file.

        `content` gives the digest of what is in it. A file that was touched, or came back from a backup, is
        the one that was taken if the same is in it; where files are moved away, only if it is as old.
        `is_changed`: it is known to be another file than it was, whatever its size and age.
        """
        name, state = digest(landing.name), landing.state
        there = self._storage.taken(self._key, name)
        if there and name not in self._mine:
            self._go_behind()
        is_untouched = there is not None and (there.size, there.modified) == (state.size, state.modified)
        if there and there.done and not there.refused and is_untouched and not is_changed:
            return Left(there, there)
        found = content()
        if there and there.digest == _noted(found, there, self._how) and (is_untouched or not are_moved):
            return Left(there, there)
        return Left(Taken(self._key, name, found, state.size, state.modified, 0, 0, 0), there)

    def take(
        self,
        items: Iterable[Wire | BadWire],
        left: Left,
        tell: Tell,
        is_stopped: Callable[[], bool],
        *,
        singly: bool = False,
    ) -> Left:
        """Keep what is left of a file, after its first `left.taken.items`: `items`. What is left then.

        How far it came is noted with each batch, in one transaction: whatever stops it, no item is taken
        twice, and none is lost. `is_stopped` is asked before each; `tell` hears of each once it is safe.
        `singly`: each is kept before the next is asked for.
        Raises Conflict where somebody else takes of it at the same time.
        """
        from vstore.intake import Run

        if not self._mine and self._storage.has_taken(self._key):
            self._go_behind()
        noting = _Noting(self._storage, left, self._how)
        run = Run() if left.is_again else self._run  # what was kept of it comes again, and is the same
        try:
            self._store._take(noting.passed(items, is_stopped), run, noting.note, tell, singly=singly)
            if noting.is_over and not noting.last.done:
                noting.finish()
        except Conflict:
            self._go_behind()
            raise
        self._mine.add(left.taken.file)
        return Left(noting.last, noting.last)

    def _go_behind(self) -> None:
        """Somebody else takes from the folder: what is yet to be taken repeats nothing that they kept."""
        from vstore.intake import Run

        run = Run(is_resumed=True)
        run.samples = self._run.samples
        self._run = run


def _noted(content: bytes, taken: Taken, how: str) -> bytes:
    """What is noted of what is in a file: where something was refused, with how it was read."""
    is_final = not (taken.done and taken.refused)
    return content if is_final else sha256(content + how.encode(errors="surrogatepass")).digest()[:16]


class _Noting:
    """How far a file was taken; `last` is what was noted last, if that came to stay."""

    def __init__(self, storage: Storage, left: Left, how: str) -> None:
        self.is_over = False
        self.last = left.taken
        self._counts: Imported | None = None
        self._storage = storage
        self._how = how
        self._first = left.taken
        self._there = left.there

    def passed(
        self, items: Iterable[Wire | BadWire], is_stopped: Callable[[], bool]
    ) -> Iterator[Wire | BadWire]:
        """The items, until it is stopped."""
        for item in items:
            if is_stopped():
                return
            yield item
        self.is_over = True

    def note(self, writer: Writer, counts: Imported) -> None:
        """What became of the items so far, if this transaction comes to stay."""
        there = self._storage.taken(self._first.folder, self._first.file)
        if there not in {self._there, self.last}:
            raise Conflict("somebody else takes in the same file")
        self._there = there
        self._counts = counts
        taken = self._first._replace(
            items=self._first.items + counts.total,
            refused=self._first.refused + counts.bad,
            done=int(self.is_over),
        )
        self.last = taken._replace(digest=_noted(taken.digest, taken, self._how))
        writer.take(self.last, there)

    def finish(self) -> None:
        """Nothing is left."""
        from vstore.answers import Imported

        def attempt() -> None:
            with self._storage.transaction() as writer:
                self.note(writer, self._counts or Imported())

        until_kept(attempt)
