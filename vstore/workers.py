"""Comparisons made ahead by other processes, and by this one while it would wait for them.

Workers are plain programs behind pipes. `multiprocessing` would load the caller's own script in each of
them again, or fork a process that holds a database. What a worker fails to answer is not prepared, and
that is all: who needs it compares the texts himself.
"""

from __future__ import annotations

import subprocess
import sys
from collections import OrderedDict, deque
from collections.abc import Iterable
from contextlib import suppress
from io import FileIO
from select import POLLIN, poll
from types import TracebackType
from typing import NamedTuple, Self, cast

from vstore.comparing import Comparison, Pair, compare
from vstore.worker import receive, send

CHUNK = 400_000
"""A chunk ends after so many characters, both texts of each pair counted."""

AT_A_TIME = 2
"""Chunks that a worker has: one at hand, and one to go on with."""

PIPE = 1 << 20
"""Bytes that a pipe holds, where the system allows it, so that a chunk is written without waiting."""

PATIENCE = 10_000
"""Milliseconds without any answer after which a worker counts as dead: it may have been stopped."""

_PROGRAM = "import sys; sys.path[:] = sys.argv[1:]; from vstore.worker import work; work()"


class Task(NamedTuple):
    """Two texts to compare, and their ids."""

    pair: Pair
    old: str
    new: str


class Worker:
    """A process, and the chunks that it has not answered yet."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, *sys.path],  # it finds what this process finds
            bufsize=0,
            pipesize=PIPE,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self.stdin = cast(FileIO, self.process.stdin)
        self.stdout = cast(FileIO, self.process.stdout)
        self.chunks: deque[list[Task]] = deque()

    def give(self, chunk: list[Task]) -> None:
        """Every text of a chunk is sent once."""
        texts = {text_id: text for task in chunk for text_id, text in zip(task.pair, task[1:], strict=True)}
        places = {text_id: place for place, text_id in enumerate(texts)}
        pairs = [(places[old], places[new]) for (old, new), *_ in chunk]
        self.chunks.append(chunk)
        with suppress(OSError):  # it is dead, which is found when its answer is waited for
            send(self.stdin, ([text.encode() for text in texts.values()], pairs))

    def has(self, pair: Pair) -> bool:
        """Whether it is about to compare this pair."""
        return any(task.pair == pair for chunk in self.chunks for task in chunk)


class Workers:
    """So many workers, to be used in a `with`."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._started: list[Worker] = []
        self._alive: dict[int, Worker] = {}
        self._answering = poll()
        self._queue: OrderedDict[Pair, Task] = OrderedDict()
        self._answers: dict[Pair, Comparison | None] = {}

    def __enter__(self) -> Self:
        with suppress(OSError):  # too many processes or pipes: those that are there will do
            while len(self._started) < self._number:
                worker = Worker()
                self._started.append(worker)
                self._alive[worker.stdout.fileno()] = worker
                self._answering.register(worker.stdout, POLLIN)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._started:
            worker.process.kill()  # it has nothing to lose
        for worker in self._started:
            worker.process.communicate()

    def give(self, tasks: Iterable[Task]) -> None:
        """Have these prepared, after those given before."""
        for task in tasks:
            self._queue[task.pair] = task
            self._answers.setdefault(task.pair, None)
        self._go_on(wait=False)

    def forget(self, tasks: Iterable[Task]) -> None:
        """Nobody will ask for these any more."""
        for task in tasks:
            self._queue.pop(task.pair, None)
            self._answers.pop(task.pair, None)

    def get(self, pair: Pair) -> Comparison | None:
        """What was prepared; None for what nobody has begun: then it is the caller's."""
        self._go_on(wait=False)
        self._queue.pop(pair, None)
        while not self._answers.get(pair) and any(worker.has(pair) for worker in self._alive.values()):
            if self._queue:
                _, task = self._queue.popitem(last=False)
                self._answers[task.pair] = compare(task.old, task.new)
            if not self._go_on(wait=not self._queue):
                self._give_up(pair)
        return self._answers.get(pair)

    def _give_up(self, pair: Pair) -> None:
        """The workers that were to compare this are waited for no more."""
        for stdout, worker in list(self._alive.items()):
            if worker.has(pair):
                worker.process.kill()
                self._bury(stdout)

    def _bury(self, stdout: int) -> None:
        self._answering.unregister(stdout)
        del self._alive[stdout]

    def _go_on(self, *, wait: bool) -> bool:
        """Hear the answers that are there, or `wait` for one, and give out what is next; False: none came."""
        heard = self._answering.poll(PATIENCE if wait else 0)
        for stdout, _ in heard:
            self._hear(stdout)
        for worker in self._alive.values():
            while self._queue and len(worker.chunks) < AT_A_TIME:
                worker.give(self._chunk())
        return bool(heard) or not wait

    def _hear(self, stdout: int) -> None:
        answers = receive(self._alive[stdout].stdout)
        if answers is None:
            self._bury(stdout)
            return
        for task, answer in zip(self._alive[stdout].chunks.popleft(), answers, strict=True):
            if task.pair in self._answers:
                self._answers[task.pair] = Comparison(*answer)

    def _chunk(self) -> list[Task]:
        chunk: list[Task] = []
        characters = 0
        while self._queue and characters < CHUNK:
            _, task = self._queue.popitem(last=False)
            characters += len(task.old) + len(task.new)
            chunk.append(task)
        return chunk
