"""What may be wrong with a server, and what a store in it then says. Issue 5, "Bad input and faults".

Every case is asked of the library and of the command line, on servers that are there to be spoilt.
"""

from __future__ import annotations

import random
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cli_program import Program
from postgres_servers import Server, serving
from postgres_stores import as_role, made, schema_of, standby_of, with_option

import vstore
from vstore.errors import NoStore, StorageRefused, WrongFormat
from vstore.model import Wire
from vstore.storage.postgres_place import with_schema
from vstore.store import Store

QUESTIONS = (("log",), ("stories",), ("show", "s"), ("blame", "s"), ("stats",), ("fsck",), ("diff", "s@1"))


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path)


@pytest.fixture
def url(postgres: Server) -> str:
    """A store with a story of two versions."""
    made_url = made(postgres)
    fill(made_url)
    return made_url


def fill(url: str) -> None:
    with vstore.open(url) as store:
        store.add("s", "One. Two.", date="2019-01-15")
        store.add("s", "One. Two. Three.", date="2019-01-16")


def refused(program: Program, *args: str, code: int, told: str) -> None:
    """With this exit code and these words, in plain words and as JSON, and no traceback."""
    plain = program(*args)
    assert (plain.code, plain.out) == (code, b""), plain.err
    assert told in plain.err
    assert "Traceback" not in plain.err
    assert len(plain.err.splitlines()) == 1
    as_json = program("--json", *args)
    assert as_json.code == code
    assert told in as_json.error["message"]


# No server


@pytest.mark.slow
def test_a_server_that_is_down_refuses_at_once(program: Program) -> None:
    with serving() as server:
        url = made(server)
    for command in (("log",), ("init",), ("add", "--story", "s", "-")):
        refused(program, "--store", url, *command, code=5, told="cannot be reached")
    with pytest.raises(StorageRefused, match="cannot be reached"):
        vstore.open(url)
    with pytest.raises(StorageRefused, match="cannot be reached"):
        vstore.init(url)


@pytest.mark.slow
def test_a_server_that_goes_down_in_the_middle_is_missed_as_long_as_one_is_to_wait() -> None:
    with serving() as server:
        url = made(server)
        with vstore.open(url, wait=0.5) as store:
            store.add("s", "One.")
            server.stop("immediate")
            with pytest.raises(StorageRefused, match="cannot be reached"):
                store.add("s", "Two.")
            with pytest.raises(StorageRefused, match="cannot be reached"):
                store.text("s")
            server.start()
            assert store.text("s") == "One."
            assert store.add("s", "Two.").version.number == 2


@pytest.mark.slow
def test_a_list_that_is_cut_off_says_so_and_the_next_one_is_whole(postgres: Server, url: str) -> None:
    with vstore.open(url) as store:
        store.import_wires(Wire(story=f"story {number}", text="Text.") for number in range(1_500))
        stories = store.stories()
        next(stories)
        with postgres.connect() as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
                "state = 'idle in transaction' AND query LIKE 'FETCH%'"
            )
        with pytest.raises(StorageRefused, match="cannot be reached"):
            list(stories)
        assert len(list(store.stories())) == 1_501


def test_no_one_waits_longer_for_a_locked_story_than_told(postgres: Server, url: str) -> None:
    with postgres.connect() as other, vstore.open(url, wait=0.2) as store:
        other.execute(f"BEGIN; SELECT FROM {schema_of(url)}.head FOR UPDATE".encode())
        with pytest.raises(StorageRefused, match="locked"):
            store.add("s", "Four.")
        other.execute("ROLLBACK")
        assert store.add("s", "Four.").version.number == 3


# No store


def test_a_database_that_is_not_there_is_no_store(postgres: Server, program: Program) -> None:
    url = postgres.url_of("nowhere")
    refused(program, "--store", url, "log", code=3, told="nowhere")
    refused(program, "--store", url, "init", code=3, told="nowhere")
    with pytest.raises(NoStore):
        vstore.open(url)


@pytest.mark.parametrize("is_there", [False, True])
def test_a_schema_that_is_missing_or_empty_holds_no_store_and_one_is_told_how_to_make_it(
    postgres: Server, program: Program, is_there: bool
) -> None:
    url = with_schema(postgres.url, postgres.schema())
    if is_there:
        postgres.run(f"CREATE SCHEMA {schema_of(url)}")
    refused(program, "--store", url, "log", code=3, told="init` makes one")
    with pytest.raises(NoStore, match=r"no store at .*init` makes one"):
        vstore.open(url)
    assert program("--store", url, "init").code == 0
    again = program("--store", url, "init")
    assert (again.code, "already" in again.err) == (0, True)
    fill(url)


def test_tables_of_the_same_names_are_left_alone(postgres: Server, program: Program) -> None:
    schema = postgres.schema()
    postgres.run(f"CREATE SCHEMA {schema}", f"CREATE TABLE {schema}.note (page int)")
    url = with_schema(postgres.url, schema)
    refused(program, "--store", url, "log", code=5, told="other tables of the same names")
    refused(program, "--store", url, "init", code=5, told="other tables of the same names")
    postgres.run(f"DROP TABLE {schema}.note", f"CREATE TABLE {schema}.payload (page int)")
    refused(program, "--store", url, "log", code=3, told="no store")
    refused(program, "--store", url, "init", code=5, told="other tables of the same names")
    with postgres.connect() as connection:
        found = connection.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace", (schema,)
        )
        assert found.fetchall() == [("payload",)]


def test_a_role_that_may_not_look_into_the_schema_is_told_so(
    postgres: Server, program: Program, url: str
) -> None:
    postgres.run("DROP ROLE IF EXISTS stranger", "CREATE ROLE stranger LOGIN")
    strange = as_role(url, "stranger")
    refused(program, "--store", strange, "log", code=5, told="no USAGE")
    refused(program, "--store", with_schema(strange, "mine"), "init", code=5, told="permission denied")
    postgres.run(f"GRANT USAGE ON SCHEMA {schema_of(url)} TO stranger")
    refused(program, "--store", strange, "log", code=5, told="by this role")


# Other formats


@pytest.mark.parametrize("found", ["1", "2", "99", "", "two", "3.0"])
def test_other_formats_are_refused_and_left_untouched(
    postgres: Server, program: Program, url: str, found: str
) -> None:
    postgres.run(f"UPDATE {schema_of(url)}.note SET value = '{found}' WHERE name = 'format'")
    for command in ("log", "init", "upgrade"):
        refused(program, "--store", url, command, code=5, told=f"has format {found}")
    with pytest.raises(WrongFormat) as caught:
        vstore.open(url)
    assert caught.value.facts["format"] == found


def test_a_store_that_does_not_say_its_format_is_refused(
    postgres: Server, program: Program, url: str
) -> None:
    postgres.run(f"DELETE FROM {schema_of(url)}.note")
    refused(program, "--store", url, "log", code=5, told="has format None")


def test_a_table_that_was_dropped_is_damage(postgres: Server, program: Program, url: str) -> None:
    postgres.run(f"DROP TABLE {schema_of(url)}.payload")
    refused(program, "--store", url, "show", "s", code=6, told="is damaged")


@pytest.mark.parametrize(("encoding", "locale"), [("SQL_ASCII", "C"), ("LATIN1", "C")])
def test_a_database_in_another_encoding_than_utf8_is_refused(
    postgres: Server, program: Program, encoding: str, locale: str
) -> None:
    name = f"in_{encoding.lower()}"
    postgres.run(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING {encoding} LOCALE '{locale}'")
    refused(program, "--store", postgres.url_of(name), "init", code=5, told="a database in UTF8")
    refused(program, "--store", postgres.url_of(name), "log", code=5, told="a database in UTF8")


def test_the_encoding_that_the_client_is_told_to_speak_does_no_harm(program: Program, url: str) -> None:
    for encoding in ("SQL_ASCII", "LATIN1"):
        done = program.apart("--store", url, "log", "--oneline", PGCLIENTENCODING=encoding)
        assert (done.code, len(done.lines)) == (0, 2), done.err
        with vstore.open(with_option(url, client_encoding=encoding)) as store:
            assert store.text("s") == "One. Two. Three."


# Servers that take nothing in


def asked(program: Program, url: str) -> None:
    """Every question is answered, kept origins are just not kept, and a wire is refused."""
    for question in QUESTIONS:
        done = program("--store", url, *question)
        assert done.code == 0, done.err
    with vstore.open(url) as store:
        assert [hunk.number for hunk in store.blame("s").hunks] == [1, 2]
        assert store.blame("s") == store.blame("s")
        assert store.stats().versions == 2
        with pytest.raises(StorageRefused, match="read-only"):
            store.add("s", "Four.")
        with pytest.raises(StorageRefused, match="read-only"):
            store.import_wires([Wire(story="other", text="Text.")])
        with pytest.raises(StorageRefused, match="read-only"):
            store.gc()
    done = program.apart("--store", url, "add", "--story", "s", "-", stdin=b"Four.")
    assert (done.code, "is read-only" in done.err) == (5, True), done.err


def test_a_role_for_which_all_is_read_only_asks_and_is_refused(
    postgres: Server, program: Program, url: str
) -> None:
    postgres.run(
        "DROP ROLE IF EXISTS watching",
        "CREATE ROLE watching SUPERUSER LOGIN",
        "ALTER ROLE watching SET default_transaction_read_only = on",
    )
    asked(program, as_role(url, "watching"))
    origins = f"SELECT count(*) FROM {schema_of(url)}.origin"
    with postgres.connect() as connection:
        assert connection.execute(origins.encode()).fetchone() == (0,)


@pytest.mark.slow
def test_a_hot_standby_answers_and_takes_nothing_in(program: Program) -> None:
    with serving(wal_level="replica", max_wal_senders="2") as primary, standby_of(primary) as standby:
        url = made(primary)
        fill(url)
        caught_up(primary, standby)
        replica = url.replace(f":{primary.port}/", f":{standby.port}/")
        asked(program, replica)
        refused(program, "--store", with_schema(replica, "new"), "init", code=5, told="is read-only")
        both = url.replace(f"127.0.0.1:{primary.port}", f"127.0.0.1:{standby.port},127.0.0.1:{primary.port}")
        with vstore.open(with_option(both, target_session_attrs="read-write")) as store:
            assert store.add("s", "Four.").version.number == 3


def caught_up(primary: Server, standby: Server) -> None:
    with primary.connect() as here, standby.connect() as there:
        (written,) = here.execute("SELECT pg_current_wal_lsn()::text").fetchone() or (None,)
        for _ in range(200):
            if there.execute("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", (written,)).fetchone() == (
                True,
            ):
                return
            there.execute("SELECT pg_sleep(0.05)")
    raise AssertionError("the standby does not come after")


def test_a_statement_that_takes_too_long_is_refused_and_nothing_of_its_transaction_is_kept(
    postgres: Server, program: Program, url: str
) -> None:
    hurried = with_option(url, options="-c statement_timeout=100")
    slow = f"{schema_of(url)}.slow"
    postgres.run(
        f"CREATE FUNCTION {slow}() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN PERFORM pg_sleep(0.3); RETURN NEW; END $$",
        f"CREATE TRIGGER slow BEFORE INSERT ON {schema_of(url)}.payload EXECUTE FUNCTION {slow}()",
    )
    with vstore.open(hurried) as store:
        with pytest.raises(StorageRefused, match="took longer than the server allows"):
            store.add("s", "Four.")
        assert store.version("s").number == 2
        assert store.fsck().ok
    done = program.apart("--store", hurried, "add", "--story", "s", "-", stdin=b"Four.")
    assert (done.code, "took longer" in done.err) == (5, True)


@pytest.mark.slow
def test_a_list_that_is_left_lying_longer_than_the_server_allows_says_so(url: str) -> None:
    with vstore.open(with_option(url, options="-c idle_in_transaction_session_timeout=100")) as store:
        store.import_wires(Wire(story=f"story {number}", text="Text.") for number in range(1_500))
        stories = store.stories()
        next(stories)
        time.sleep(0.3)
        with pytest.raises(StorageRefused, match="took longer than the server allows"):
            list(stories)
        assert store.text("s") == "One. Two. Three."


@pytest.mark.slow
def test_a_full_disk_refuses_and_what_was_kept_is_there(program: Program) -> None:
    with serving() as server, small_disk(server) as name:
        url = made_in(server, name)
        fill(url)
        with vstore.open(url) as store:
            with pytest.raises(StorageRefused, match="no room left"):
                add_until_refused(store)
            kept = {story.story for story in store.stories()}
            assert "long 0" in kept
            assert store.fsck().ok
            assert store.blame("s").hunks
        text = random.Random(1).randbytes(3_000_000).hex().encode()
        done = program.apart("--store", url, "add", "--story", "more", "-", stdin=text)
        assert (done.code, "no room left" in done.err) == (5, True)
        assert program.apart("--store", url, "show", "s").out == b"One. Two. Three."


def add_until_refused(store: Store) -> None:
    for number in range(1_000):
        store.add(f"long {number}", random.Random(number).randbytes(500_000).hex())


@contextmanager
def small_disk(server: Server) -> Iterator[str]:
    """The name of a tablespace in which little has room."""
    folder = server.folder / "small"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size=12m,uid={server.folder.stat().st_uid},mode=700", "tmpfs"]
    mounted = subprocess.run([*command, str(folder)], capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(
            f"NO SMALL DISK CAN BE MOUNTED HERE, so a full one was not tested: {mounted.stderr.strip()}"
        )
    try:
        server.run(f"CREATE TABLESPACE small LOCATION '{folder}'")
        yield "small"
    finally:
        server.stop("immediate")
        subprocess.run(["umount", str(folder)], check=True)


def made_in(server: Server, tablespace: str) -> str:
    server.run(f"CREATE DATABASE small TEMPLATE template0 TABLESPACE {tablespace}")
    url = server.url_of("small")
    vstore.init(url)
    return url
