"""An import by several processes keeps to the byte what one process keeps, whatever happens to them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest
from backends import ROOT, Clock, open_store
from cli_program import Program

from bench import histories, newsroom
from vstore import importing, places, preparing, shelf, workers
from vstore.arriving import Arrival, arrive
from vstore.errors import BadReference, BadWire
from vstore.model import Facts, Wire
from vstore.preparing import Guesses
from vstore.store import Store
from vstore.workers import Task, Workers

Item = Wire | BadWire
BATCH = 30


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many batches and chunks of little."""
    monkeypatch.setattr(importing, "BATCH_WIRES", BATCH)
    monkeypatch.setattr(workers, "CHUNK", 20_000)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """The processes of workers, as they are started."""
    processes: list[subprocess.Popen[bytes]] = []
    original = workers.Worker.__init__

    def spied(worker: workers.Worker) -> None:
        original(worker)
        processes.append(worker.process)

    monkeypatch.setattr(workers.Worker, "__init__", spied)
    return processes


def told(seed: int, kind: str) -> Iterator[Wire]:
    """A generated history; one date in five is missing, one in five is late, and some wires come twice."""
    chance = Random(seed)
    for place, step in enumerate(histories.record(seed, kind, most=60).steps):
        hour = place if chance.random() < 0.8 else place // 2
        date = f"2031-01-{1 + hour // 24:02}T{hour % 24:02}:00Z" if chance.random() < 0.8 else None
        wire = Wire(story=f"story {seed}", text=step.text, date=date, facts=Facts(source=step.source))
        yield from [wire] * chance.choice((1, 1, 1, 1, 2))


def generated() -> list[Item]:
    """Stories in turns and stories in one piece, with bad wires among them."""
    lines = [
        list(told(seed, kind)) for seed, kind in enumerate(["mixed", "reverts", "mixed", "restores"] * 4)
    ]
    chance = Random(7)
    mixed: list[Item] = []
    while any(lines):
        mixed.append(chance.choice([line for line in lines if line]).pop(0))
    mixed[50:50] = [BadWire("broken", line=51), Wire(story="s", text="x", date="2031-02-30")]
    return [*mixed, *newsroom.wires(range(30))]


def kept(opened: Store) -> list[Any]:
    """All rows, counts and payloads of a store, and its answers."""
    storage = opened._storage
    found: list[Any] = [version.to_dict() for version in opened.log()]
    for name in storage.names():
        rows = list(storage.rows(name, after=0))
        found.append((storage.head(name), rows, [storage.link(name, row.number) for row in rows]))
    return found


def imported(folder: Path, items: Iterable[Item], jobs: int, **options: Any) -> list[Any]:
    """What a new SQLite store holds then, and what was told on the way."""
    folder.mkdir()
    said: list[str] = []
    with open_store("sqlite", folder, Clock()) as opened:
        counts = opened.import_wires(
            items, jobs=jobs, progress=lambda each: said.append(f"{each.counts} {each.answer}"), **options
        )
        assert opened.fsck().ok
        return [counts, said, kept(opened)]


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """What is kept of the generated wires without any worker."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(importing, "BATCH_WIRES", BATCH)
        return imported(tmp_path_factory.mktemp("alone") / "one", generated(), 1)


def test_any_number_of_jobs_keeps_the_same(tmp_path: Path, alone: list[Any]) -> None:
    wires = generated()
    assert len({wire.facts.source for wire in wires if isinstance(wire, Wire)}) > 3
    two, three = (imported(tmp_path / str(jobs), wires, jobs) for jobs in (2, 3))
    assert alone[0].changed > 200
    assert alone[0].same > 30
    assert alone == two == three


@pytest.mark.parametrize("options", [{"again": True}, {"strict": True}])
def test_options_mean_the_same_with_jobs(tmp_path: Path, options: dict[str, bool]) -> None:
    wires = list(newsroom.wires(range(40))) * 2
    one, two = (imported(tmp_path / str(jobs), wires, jobs, **options) for jobs in (1, 2))
    assert one == two


def test_workers_prepare_nearly_all_that_an_import_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: list[bool] = []
    original = Workers.get

    def spied(self: Workers, pair: tuple[bytes, bytes]) -> Any:
        answers.append(pair in self._answers)
        return original(self, pair)

    monkeypatch.setattr(Workers, "get", spied)
    imported(tmp_path / "store", newsroom.wires(range(60)), jobs=2)
    assert len(answers) > 100
    assert sum(answers) >= 0.95 * len(answers)


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_workers_that_die_are_not_missed(
    tmp_path: Path, alone: list[Any], started: list[subprocess.Popen[bytes]], how: signal.Signals
) -> None:
    wires = generated()

    def ending() -> Iterator[Item]:
        for place, wire in enumerate(wires):
            if place in (70, 200):
                started[place // 200].send_signal(how)
            yield wire

    assert imported(tmp_path / "three", ending(), 3) == alone
    assert {process.returncode for process in started} == {-how}


@pytest.mark.slow
def test_a_worker_that_is_stopped_is_given_up(
    tmp_path: Path,
    alone: list[Any],
    started: list[subprocess.Popen[bytes]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("vstore.workers.PATIENCE", 100)
    wires = generated()

    def stopping() -> Iterator[Item]:
        for place, wire in enumerate(wires):
            if place == 70:
                started[0].send_signal(signal.SIGSTOP)
            yield wire

    assert imported(tmp_path / "two", stopping(), 2) == alone


def test_without_any_process_the_import_goes_on_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers.sys, "executable", str(tmp_path / "nothing"))  # type: ignore[attr-defined]
    wires = list(newsroom.wires(range(10)))
    assert imported(tmp_path / "two", wires, 2) == imported(tmp_path / "one", wires, 1)


@pytest.mark.slow
@pytest.mark.parametrize("broken", [BadWire("broken"), KeyboardInterrupt(), OSError("unplugged")])
def test_whatever_ends_an_import_ends_its_workers(
    store: Store, started: list[subprocess.Popen[bytes]], broken: BaseException
) -> None:
    def ending() -> Iterator[Item]:
        yield from newsroom.wires(range(40))
        raise broken

    with pytest.raises(type(broken)):
        store.import_wires(ending(), jobs=3, strict=True)
    assert len(started) == 2
    assert all(process.returncode is not None for process in started)
    assert list(store.stories()) == []


@pytest.mark.parametrize("end", [OSError, KeyboardInterrupt])
def test_what_was_read_before_an_error_is_kept_with_jobs_too(
    end: type[BaseException], tmp_path: Path, clock: Clock
) -> None:
    def broken() -> Iterator[Wire]:
        yield from newsroom.wires(range(40))
        raise end("unplugged")

    found = []
    for jobs in (1, 2):
        (tmp_path / str(jobs)).mkdir()
        with open_store("sqlite", tmp_path / str(jobs), clock) as opened:
            with pytest.raises(end, match="unplugged"):
                opened.import_wires(broken(), jobs=jobs)
            found.append(kept(opened))
    assert found[0] == found[1] != []


SCRIPT = """
import itertools, sys
import vstore
print("once")
wires = (vstore.Wire(story="s", text=f"The river rose by {n} metres.") for n in itertools.count())
if sys.argv[1] == "some":
    wires = itertools.islice(wires, 1500)
from vstore import workers
original = workers.Worker.__init__
def spied(worker):
    original(worker)
    print(worker.process.pid, flush=True)
workers.Worker.__init__ = spied
with vstore.open("memory:") as store:
    store.import_wires(wires, jobs=2)
"""


def script(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """A program that asks not whether it is __main__."""
    (folder / "program.py").write_text(SCRIPT, encoding="utf-8")
    command = [sys.executable, str(folder / "program.py"), *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_a_script_needs_no_guard(tmp_path: Path) -> None:
    out, complaints = script(tmp_path, "some").communicate()
    assert complaints == ""
    assert out.splitlines()[0] == "once"
    assert len(out.splitlines()) == 2


def test_a_worker_does_not_outlive_a_parent_that_is_killed(tmp_path: Path) -> None:
    parent = script(tmp_path, "endless")
    assert parent.stdout
    assert parent.stderr
    pid = int([parent.stdout.readline(), parent.stdout.readline()][1])
    assert is_running(pid)
    parent.kill()
    parent.communicate()
    assert eventually(lambda: not is_running(pid))


def is_running(pid: int) -> bool:
    """False for one that only waits for its status to be read."""
    done = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return bool(done.stdout.strip()) and not done.stdout.startswith("Z")


def eventually(is_so: Callable[[], bool]) -> bool:
    for _ in range(400):
        if is_so():
            return True
        time.sleep(0.05)
    return False


def test_a_worker_passes_over_an_interrupt(started: list[subprocess.Popen[bytes]]) -> None:
    with Workers(1) as prepared:
        prepared.give([task("a", "b")])
        assert prepared.get((b"a", b"b"))
        os.kill(started[0].pid, signal.SIGINT)
        prepared.give([task("b", "c")])
        assert prepared.get((b"b", b"c"))
        assert started[0].poll() is None


def task(old: str, new: str) -> Task:
    """Of short texts, each its own id."""
    return Task((old.encode(), new.encode()), old, new)


def test_what_is_forgotten_or_was_never_given_is_not_prepared() -> None:
    with Workers(1) as prepared:
        tasks = [task("one", "two"), task("two", "three")]
        prepared.give(tasks)
        found = prepared.get((b"one", b"two"))
        assert found is not None
        assert (found.added, found.removed) == (1, 1)
        prepared.forget(tasks)
        assert prepared.get((b"one", b"two")) is None
        assert prepared.get((b"four", b"five")) is None


def test_texts_longer_than_any_pipe_come_and_go() -> None:
    texts = [f"{n} " + "é𝄞 " * 400_000 for n in range(6)]
    tasks = [task(old, new) for old, new in pairwise(texts)]
    with Workers(2) as prepared:
        prepared.give(tasks)
        assert [found and found.added for found in (prepared.get(each.pair) for each in tasks)].count(1) >= 1


def arrived(text: str, source: str | None = None, story: str = "s", date: str | None = None) -> Arrival:
    return arrive(Wire(story=story, text=text, date=date, facts=Facts(source=source)))


def guessed(tasks: list[Task]) -> list[tuple[str, str]]:
    return [(each.old, each.new) for each in tasks]


def test_a_wire_is_expected_after_the_last_of_its_source_else_of_its_story(store: Store) -> None:
    store.import_wires([Wire(story="s", text="A0", facts=Facts(source="A"))])
    guesses = Guesses(store._shelf)
    first = guesses.of(
        [arrived("B1", "B"), arrived("A1", "A"), BadWire("broken"), arrived("C1", "C", "t")]
    ).tasks
    assert guessed(first) == [("A0", "B1"), ("A0", "A1")]
    second = guesses.of(
        [arrived("B2", "B"), arrived("C2", "C"), arrived("C2", "C", "t"), arrived("C3", "C")]
    ).tasks
    assert guessed(second) == [("B1", "B2"), ("B2", "C2"), ("C1", "C2"), ("C2", "C3")]


def test_a_wire_that_is_sent_again_is_compared_with_nothing(store: Store) -> None:
    store.import_wires(
        [Wire(story="s", text="A", date="2031-01-01"), Wire(story="s", text="B", date="2031-01-02")]
    )
    again: preparing.Batch = [arrived("A", date="2031-01-01"), arrived("B", date="2031-01-02"), arrived("B")]
    assert Guesses(store._shelf).of(again).tasks == []
    assert guessed(Guesses(store._shelf).of([arrived("A", date="2031-01-03")]).tasks) == [("B", "A")]


def test_older_texts_are_at_hand_for_a_batch_though_the_next_one_was_read(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelf, "CHARACTERS", 5)
    store.import_wires(Wire(story=name, text=f"old {name}") for name in ("s", "t"))
    batches: list[preparing.Batch] = [[arrived("new", story=name)] for name in ("s", "t")]
    with Workers(1) as prepared:
        for batch in preparing.ahead(batches, store._shelf, prepared):
            assert [(arrival.story, 1) for arrival in batch if isinstance(arrival, Arrival)] == [
                *store._shelf._texts
            ]


def test_long_pairs_are_not_sent_away(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparing, "MOST_CHARACTERS", 10)
    batch = [arrived("short"), arrived("texts"), arrived("longer texts"), arrived("texts")]
    assert guessed(Guesses(store._shelf).of(list(batch)).tasks) == [("short", "texts")]


@pytest.mark.parametrize("jobs", [0, -1, 65])
def test_jobs_that_are_none_are_refused(store: Store, jobs: int) -> None:
    with pytest.raises(BadReference, match=f"not {jobs}"):
        store.import_wires([], jobs=jobs)


def test_the_command_takes_jobs(tmp_path: Path) -> None:
    places.init(tmp_path)
    run = Program(tmp_path)
    source = str(ROOT / "fixtures" / "newsroom.jsonl")
    assert run("import", source, "--jobs", "2").err == "10 new, 29 changed, 1 same, 0 bad\n"
    assert run("import", source, "--jobs", "2").err == "0 new, 0 changed, 40 same, 0 bad\n"
    assert run("import", source, "--jobs", "0").code == 2
    assert run("import", source, "--jobs", "many").code == 2


def test_one_job_loads_nothing_of_the_others(tmp_path: Path) -> None:
    program = """
import sys, vstore
with vstore.open("memory:") as store:
    store.import_wires([vstore.Wire(story="s", text="A"), vstore.Wire(story="s", text="B")])
print(sorted({"subprocess", "vstore.workers", "vstore.worker", "vstore.preparing"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=True)
    assert done.stdout.strip() == b"[]"
