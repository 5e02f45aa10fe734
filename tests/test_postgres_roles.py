"""The roles of docs/postgresql.md, made by its own SQL, and what each of them may not. Issue 5, "Roles"."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from cli_program import Program
from postgres_servers import Server, serving
from postgres_stores import as_role
from transcripts import FENCE, ROOT

import vstore
from vstore.errors import StorageRefused
from vstore.model import Wire

PAGE = (ROOT / "docs" / "postgresql.md").read_text(encoding="utf-8")
BEFORE, *AFTER = [body for language, _, body in FENCE.findall(PAGE) if language == "sql"]
DENIED = psycopg.errors.InsufficientPrivilege
HISTORY = ("version", "fact", "payload", "dictionary")
TABLES = (*HISTORY, "head", "sighting", "recount", "origin", "note")


@pytest.fixture(scope="module")
def server(postgres: Server) -> Iterator[Server]:
    """Roles belong to a whole server, so this is one of their own."""
    with serving() as started:
        started.run("CREATE DATABASE archive TEMPLATE template0")
        with started.connect(started.url_of("archive")) as connection:
            connection.execute(BEFORE.encode())
        assert vstore.init(as_role(started.url_of("archive"), "keeper"))
        with started.connect(as_role(started.url_of("archive"), "keeper")) as connection:
            for sql in AFTER:
                connection.execute(sql.encode())
        yield started


@pytest.fixture
def url(server: Server) -> str:
    """Of the administrator's store, filled anew."""
    keeper = as_role(server.url_of("archive"), "keeper")
    with server.connect(keeper) as connection:
        connection.execute(f"TRUNCATE {', '.join(f'vstore.{table}' for table in TABLES[:-1])}".encode())
    with vstore.open(keeper) as store:
        for number in range(3):
            store.add("s", f"One. Two. {'Three. ' * number}", date=f"2019-01-1{number}", headline="h")
        store.add("s", "Late.", date="2018-01-01", source="Agency")
        store.add("s", "Late.", date="2018-01-01", source="Agency")
        store.blame("s")
    return server.url_of("archive")


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path)


def run(server: Server, url: str, role: str, *statements: str) -> None:
    """All in one transaction."""
    with server.connect(as_role(url, role)) as connection, connection.transaction():
        for statement in statements:
            connection.execute(statement.encode())


def denied(server: Server, url: str, role: str, *statements: str) -> None:
    with pytest.raises(DENIED):
        run(server, url, role, *statements)


def test_the_page_has_the_sql_that_is_run_here() -> None:
    assert "CREATE ROLE archive_writer" in BEFORE
    assert len(AFTER) == 2


# Who asks


def test_a_reader_may_ask_every_question(program: Program, url: str) -> None:
    reader = as_role(url, "desk")
    questions = ["log", "log s -p", "stories", "show s", "diff s", "blame s", "grep One", "stats", "fsck"]
    questions += ["log --as-of 2030", "export --jsonl out.jsonl", "checkout --all --into there"]
    for question in questions:
        done = program("--store", reader, *question.split())
        assert done.code == 0, (question, done.err)
    with vstore.open(reader) as store:
        assert store.fsck().ok
        assert store.blame("s").hunks
        assert store.text("s", 4) == "Late."


def test_a_reader_may_do_nothing_else(server: Server, program: Program, url: str) -> None:
    reader = as_role(url, "desk")
    with vstore.open(reader) as store:
        acts: list[Callable[[], object]] = [
            lambda: store.add("s", "More."),
            lambda: store.add("new", "More."),
            lambda: store.add("s", "Late.", date="2018-01-01", source="Agency"),
            lambda: store.import_wires([Wire(story=f"s {n}", text="More.") for n in range(100)]),
            store.gc,
        ]
        for act in acts:
            with pytest.raises(StorageRefused, match="by this role"):
                act()
    done = program.apart("--store", reader, "add", "--story", "s", "-", stdin=b"More.")
    assert (done.code, "by this role" in done.err) == (5, True)
    for table in TABLES:
        for sql in written(table):
            denied(server, url, "desk", sql)
    denied(server, url, "desk", "LOCK TABLE vstore.dictionary IN ACCESS EXCLUSIVE MODE")
    denied(server, url, "desk", "CREATE TABLE vstore.mine (page int)")
    with vstore.open(as_role(url, "keeper")) as store:
        assert store.stats().versions == 4


def written(table: str) -> list[str]:
    return [
        f"INSERT INTO vstore.{table} SELECT * FROM vstore.{table}",
        f"UPDATE vstore.{table} SET {'value' if table == 'note' else CHANGED.get(table, 'checksum')} = NULL",
        f"DELETE FROM vstore.{table}",
        f"TRUNCATE vstore.{table}",
        f"DROP TABLE vstore.{table}",
    ]


CHANGED = {"dictionary": "body"}


# Who adds


def test_a_writer_may_add_import_see_again_and_keep_answers(
    server: Server, program: Program, url: str
) -> None:
    writer = as_role(url, "crawler")
    with vstore.open(writer) as store:
        assert store.add("new", "Text.").outcome == "new"
        assert store.add("s", "More.", date="2019-02-01").version.number == 5
        assert store.add("s", "Later.", date="2018-06-01", source="Agency").version.late
        assert store.add("s", "More.", date="2019-02-01").outcome == "same"
        assert store.add("s", "More.", date="2019-02-01").outcome == "same"
        many = store.import_wires(
            Wire(story=f"story {n % 40}", text=f"Text {n}. " * (n % 7 + 1)) for n in range(400)
        )
        assert (many.new, many.changed) == (40, 360)
        assert store.import_wires([Wire(story="strict", text="Text.")], strict=True).new == 1
        asked = store.blame("s")
        assert store.fsck().ok
    with server.connect() as _, server.connect(as_role(url, "keeper")) as connection:
        assert connection.execute("SELECT count(*) > 0 FROM vstore.origin").fetchone() == (True,)
        assert connection.execute("SELECT count(*) > 0 FROM vstore.sighting").fetchone() == (True,)
    with vstore.open(as_role(url, "desk")) as store:
        assert store.blame("s") == asked
    done = program.apart("--store", writer, "add", "--story", "s", "-", stdin=b"By the command line.")
    assert done.code == 0, done.err


def test_a_writer_may_copy_another_store_into_it(url: str) -> None:
    with vstore.open("memory:") as other, vstore.open(as_role(url, "crawler")) as store:
        for number in range(50):
            other.add(f"copied {number % 5}", f"Text {number}.")
        assert store.copy_from(other).copied == 50
        assert store.fsck().ok


def test_an_import_by_a_writer_may_bring_a_dictionary(url: str) -> None:
    with vstore.open(as_role(url, "crawler")) as store:
        words = "the minister said on Tuesday that talks between both sides had ended without a result. " * 40
        store.import_wires(Wire(story=f"long {n}", text=f"{n}: {words}{n * n} {words}") for n in range(400))
        assert store._storage.dictionaries()
        assert store.fsck().ok


def test_a_writer_cannot_change_or_delete_what_was_kept(server: Server, url: str) -> None:
    for table in (*HISTORY, "recount"):
        for sql in written(table)[1:]:
            denied(server, url, "crawler", sql)
    for column in ("number", "id", "text_id", "dated", "at", "recorded", "stored", "pack", "capture"):
        denied(server, url, "crawler", f"UPDATE vstore.version SET {column} = {column}")
    for table in ("head", "sighting", "origin", "note"):
        for sql in written(table)[3:]:
            denied(server, url, "crawler", sql)
    for sql in (
        "DELETE FROM vstore.head",
        "DELETE FROM vstore.sighting",
        "UPDATE vstore.head SET name = ''",
        "UPDATE vstore.head SET story = ''",
        "UPDATE vstore.note SET value = '9'",
        "UPDATE vstore.sighting SET number = 1",
        "INSERT INTO vstore.note VALUES ('a', 'b')",
        "ALTER TABLE vstore.head DISABLE TRIGGER ALL",
        "DROP TRIGGER only_forward ON vstore.head",
        "SET session_replication_role = replica",
        "DROP FUNCTION vstore.only_forward",
        "CREATE TABLE vstore.mine (page int)",
        "SET ROLE archive_admin",
    ):
        denied(server, url, "crawler", sql)  # fmt: skip
    with vstore.open(as_role(url, "crawler")) as store:
        with pytest.raises(StorageRefused, match="by this role"):
            store.gc()
        assert store.fsck().ok


BACKWARDS = {
    "to the version before": "versions = versions - 1",
    "to no version": "versions = 0",
    "to where it is": "versions = versions",
    "to a version that is not there": "versions = versions + 1",
    "to another tip": "tip = sha256('')",
    "back in time": "versions = versions + 1, recorded = 0",
    "to another packing": "repacked = repacked + 1",
    "to another sum": "checksum = 0",
}


@pytest.mark.parametrize("way", BACKWARDS)
def test_a_writer_cannot_move_a_head_but_forward(server: Server, url: str, way: str) -> None:
    before = heads(server, url)
    denied(server, url, "crawler", f"UPDATE vstore.head SET {BACKWARDS[way]}")
    denied(
        server, url, "crawler", "SET CONSTRAINTS ALL IMMEDIATE", f"UPDATE vstore.head SET {BACKWARDS[way]}"
    )
    run(server, url, "keeper", f"UPDATE vstore.head SET {BACKWARDS[way]}", *restored(before))
    assert heads(server, url) == before


def test_a_writer_cannot_move_a_head_over_a_gap_or_to_a_stranger(server: Server, url: str) -> None:
    for number, tip in ((6, "tip"), (5, "sha256('another')")):
        false = f"INSERT INTO vstore.version SELECT story, {number}, id, {VERSION} FROM vstore.version"
        move = f"UPDATE vstore.head SET versions = {number}, tip = {tip}"
        denied(server, url, "crawler", f"{false} WHERE number = 4", move)
    false = f"INSERT INTO vstore.head SELECT sha256('x'), 'x', {HEAD} FROM vstore.head"
    denied(server, url, "crawler", false)
    with vstore.open(as_role(url, "crawler")) as store:
        assert store.fsck().ok


VERSION = (
    "text_id, facts_back, dated, at, recorded, previous_back, added_words, removed_words, words, length, "
    "base_back, depth, stored, pack, capture, checksum"
)
HEAD = (
    "versions, tip, clock, current, at, late, recorded, text_bytes, stored_bytes, keyframes, repacked, "
    "checksum"
)


def heads(server: Server, url: str) -> list[tuple[object, ...]]:
    with server.connect(as_role(url, "keeper")) as connection:
        return connection.execute(b"SELECT to_jsonb(head) FROM vstore.head").fetchall()


def restored(found: list[tuple[object, ...]]) -> list[str]:
    """What puts a story's head back."""
    ((head,),) = found
    assert isinstance(head, dict)
    return [
        "UPDATE vstore.head SET "
        + ", ".join(
            f"{name} = '{head[name]}'" for name in ("versions", "tip", "recorded", "repacked", "checksum")
        )
    ]


# Who keeps house


def test_an_admin_may_do_everything_and_others_go_on_afterwards(program: Program, url: str) -> None:
    keeper = as_role(url, "keeper")
    with vstore.open(keeper) as store:
        for number in range(30):
            store.add("long", "\n".join(f"Line {line}." for line in range(number, 40)))
        texts = [store.text("long", number) for number in range(1, 31)]
        assert store.gc().repacked
        assert store.fsck().ok
        assert {"last_gc", "last_fsck"} <= store._storage.notes().keys()
    with vstore.open(as_role(url, "crawler")) as store:
        assert store.add("long", "Once more.").version.number == 31
        assert [store.text("long", number) for number in range(1, 31)] == texts
    assert program("--store", keeper, "gc").code == 0
    assert program("--store", as_role(url, "desk"), "fsck").code == 0


def test_an_admin_makes_a_store_without_being_superuser(server: Server, program: Program) -> None:
    url = as_role(server.url_of("archive"), "keeper")
    done = program("--store", url, "init", "--schema", "another")
    assert done.code == 0, done.err
    with vstore.open(f"{url}?schema=another") as store:
        assert store.add("s", "Text.").outcome == "new"
        assert store.gc().stories == 1
    assert (
        program(
            "--store", as_role(url.replace("keeper@", "vstore@"), "desk"), "init", "--schema", "mine"
        ).code
        == 5
    )
