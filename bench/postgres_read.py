"""How long questions take in PostgreSQL, beside SQLite and beside bare psycopg that fetches the same rows."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from bench import postgres_places
from bench.figures import percentile, timed
from bench.options import Options
from bench.postgres_import import QUICK, VERSIONS, newsroom
from bench.processes import work
from bench.report import Row, Table, Target

if TYPE_CHECKING:
    import psycopg

    from vstore.store import Store

ASKED = 500
"""Stories by chance that each question is about, never two questions about one."""

WARM = 20
"""Calls that are not counted: by then a statement is prepared."""

LATER = 2.0
"""Promised: at most so many ms more than the bare query."""

Spent = dict[str, dict[str, list[float]]]
"""Microseconds by question and by who answers."""

Statement = tuple[bytes, Any]
Ways = dict[str, Callable[[int], Any]]


def measure(options: Options, scratch: Path) -> list[Table]:
    """One table; all in turns."""
    versions = QUICK if options.quick else VERSIONS
    place = scratch / "read"
    with postgres_places.server() as server:
        url = postgres_places.fresh(server)
        for where in (url, place):
            work("loops:vstore_library", source=newsroom(scratch, versions), store=where, jobs=2)
        answer = work("postgres_read:ask", url=url, place=place).answer
    title = f"questions to a store of {versions:,} versions of the newsroom in PostgreSQL"
    return [table(title, answer["spent"], answer["statements"])]


def table(title: str, spent: Spent, statements: dict[str, float]) -> Table:
    """Rows by question, and what is promised of each."""
    made = Table(title)
    for question, by_place in spent.items():
        for name, times in by_place.items():
            row: Row = {"what": f"{question}, {name}", "median ms": _ms(statistics.median(times))}
            made.rows.append({**row, "p99 ms": _ms(percentile(times, 99)), "calls": len(times)})
        ours, bare = by_place["PostgreSQL"], by_place["bare psycopg"]
        made.rows[-1]["statements"] = statements[question]
        more = _ms(statistics.median(ours) - statistics.median(bare))
        made.targets.append(Target(f"{question}, more than bare psycopg, median", more, LATER, "ms"))
        late = _ms(percentile(ours, 99) - percentile(bare, 99))
        made.targets.append(Target(f"{question}, more than bare psycopg, 99 of 100", late, LATER, "ms"))
    made.notes.append(
        "From open stores, each story asked about for the first time; blame is warm: kept before."
    )
    made.notes.append(
        "Bare psycopg executes the same SELECTs, prepared, and fetches all rows; statements: how many."
    )
    return made


def _ms(microseconds: float) -> float:
    return microseconds / 1000


def ask(url: str, place: str | None = None) -> dict[str, Any]:
    """Work: each question about stories by chance, in turns."""
    from bench.postgres_bare import connected
    from vstore.opening import open_store

    spent: Spent = {}
    statements: dict[str, float] = {}
    with connected(url) as bare, open_store(url) as first:
        stories = [story.story for story in first.stories()]
        for name, question in QUESTIONS.items():
            chosen = Random(name).sample(stories, min(ASKED + WARM, len(stories)))
            asked = [_asked(first, question, story) for story in chosen]
            statements[name] = statistics.mean(map(len, asked))
            ways: Ways = {
                "PostgreSQL": _questioned(url, question, chosen),
                "bare psycopg": lambda at, asked=asked: _fetched(bare, asked[at]),  # type: ignore[misc]
            }
            if place:
                with open_store(place) as lite:
                    for story in chosen:
                        question(lite, story)
                ways["SQLite"] = _questioned(place, question, chosen)
            spent[name] = _in_turns(ways, len(chosen))
    return {"spent": spent, "statements": statements}


def _questioned(place: str, question: Callable[[Store, str], Any], chosen: list[str]) -> Callable[[int], Any]:
    """Asks a newly opened store about the chosen ones by number."""
    from vstore.opening import open_store

    store = open_store(place)
    return lambda at: question(store, chosen[at])


def _show(store: Store, story: str) -> str:
    return store.text(story)


def _log(store: Store, story: str) -> list[Any]:
    return list(store.log(story))


def _blame(store: Store, story: str) -> Any:
    return store.blame(story)


QUESTIONS: dict[str, Callable[[Store, str], Any]] = {"show": _show, "log": _log, "warm blame": _blame}


def _in_turns(ways: Ways, count: int) -> dict[str, list[float]]:
    spent: dict[str, list[float]] = {name: [] for name in ways}
    for at in range(count):
        for name, way in ways.items():
            spent[name].append(timed(partial(way, at))[0])
    return {name: times[WARM:] for name, times in spent.items()}


def _asked(store: Store, question: Callable[[Store, str], Any], story: str) -> list[Statement]:
    """The SELECTs of a question that was asked before, whose dictionary is at hand and its story is not."""
    question(store, story)
    store._local.shelf = store._local.tracing = None  # as in a store that was just opened
    with captured() as statements:
        question(store, story)
    return [
        each for each in statements if each[0].startswith(b"SELECT") and b"FROM dictionary" not in each[0]
    ]


@contextmanager
def captured() -> Iterator[list[Statement]]:
    """The statements that are executed within."""
    import psycopg

    execute, found = psycopg.Cursor.execute, list[Statement]()

    def noted(self: Any, query: Any, bindings: Any = None, **how: Any) -> Any:
        found.append((query if isinstance(query, bytes) else str(query).encode(), bindings))
        return execute(self, query, bindings, **how)

    with patch.object(psycopg.Cursor, "execute", noted):
        yield found


def _fetched(connection: psycopg.Connection[Any], statements: list[Statement]) -> list[Any]:
    return [connection.execute(sql, bindings, binary=True).fetchall() for sql, bindings in statements]
