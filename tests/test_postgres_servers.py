"""The throw-away PostgreSQL servers (postgres_servers.py): started, told apart, crashed, gone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import postgres_programs
import psycopg
import pytest
from postgres_programs import BrokenPostgresError, NoPostgresError, programs
from postgres_servers import Server, running, serving, temporary_folder

pytestmark = pytest.mark.slow

TESTS = Path(__file__).parent


def asked(server: Server, question: str, url: str | None = None) -> object:
    """The one value that a query answers."""
    with server.connect(url) as connection:
        row = connection.execute(question.encode()).fetchone()
    assert row is not None
    return row[0]


def test_a_server_runs_on_loopback_alone_in_utf8_and_bytewise_order(postgres: Server) -> None:
    assert asked(postgres, "SHOW listen_addresses") == "127.0.0.1"
    assert asked(postgres, "SHOW unix_socket_directories") == ""
    assert asked(postgres, "SHOW server_encoding") == "UTF8"
    assert asked(postgres, "SELECT datcollate FROM pg_database WHERE datname = 'postgres'") == "C"
    assert asked(postgres, "SELECT current_setting('server_version_num')::int / 10000") == programs().version


def test_a_process_shares_one_server(postgres: Server) -> None:
    assert running() is postgres


def test_databases_know_nothing_of_each_other(postgres: Server) -> None:
    one, other = postgres.database(), postgres.database()
    with postgres.connect(one) as connection:
        connection.execute("CREATE TABLE note (name text)")
    assert asked(postgres, "SELECT to_regclass('note')::text", one) == "note"
    assert asked(postgres, "SELECT to_regclass('note')::text", other) is None


def test_schemas_have_names_of_their_own(postgres: Server) -> None:
    one, other = postgres.schema(), postgres.schema()
    postgres.run(f"CREATE SCHEMA {one}", f"CREATE SCHEMA {other}", f"CREATE TABLE {one}.note (name text)")
    assert asked(postgres, f"SELECT to_regclass('{one}.note') IS NULL") is False
    assert asked(postgres, f"SELECT to_regclass('{other}.note') IS NULL") is True


@pytest.mark.parametrize("fsync", [True, False])
def test_what_was_committed_outlives_a_crash(postgres: Server, fsync: bool) -> None:
    with serving(fsync=fsync) as server:
        server.run("CREATE TABLE kept (number int)", "INSERT INTO kept VALUES (1)")
        connection = psycopg.connect(server.url)
        connection.execute("INSERT INTO kept VALUES (2)")
        server.restart("immediate")
        with pytest.raises(psycopg.OperationalError):
            connection.commit()
        connection.close()
        assert asked(server, "SELECT array_agg(number) FROM kept") == [1]
        assert asked(server, "SHOW fsync") == ("on" if fsync else "off")
        assert "not properly shut down" in server.log()


def test_settings_reach_the_server_and_its_folder_goes_with_it(postgres: Server) -> None:
    with serving(default_transaction_isolation="serializable") as server:
        assert asked(server, "SHOW default_transaction_isolation") == "serializable"
        assert asked(server, "SHOW fsync") == "off"
    assert not server.folder.exists()
    with pytest.raises(psycopg.OperationalError):
        server.connect()


def test_a_server_that_cannot_start_says_what_it_wrote(postgres: Server) -> None:
    with pytest.raises(BrokenPostgresError, match="no_such_setting"), serving(no_such_setting="on"):
        pass


START = "from postgres_servers import running; s = running(); print(s.url, s.folder, flush=True); input()"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux stops the server of a killed process")
def test_a_killed_process_leaves_no_server_behind(postgres: Server) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", START], cwd=TESTS, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        url, folder = process.stdout.readline().split()
        psycopg.connect(url).close()
        process.kill()
    until = time.monotonic() + 10
    while (Path(folder) / "data" / "postmaster.pid").exists() and time.monotonic() < until:
        time.sleep(0.02)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)
    shutil.rmtree(folder)


# Where it is not to be had


@pytest.fixture
def asked_anew() -> Iterator[None]:
    programs.cache_clear()
    yield
    programs.cache_clear()


@pytest.mark.usefixtures("asked_anew")
def test_a_folder_that_was_named_must_have_the_programs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VSTORE_TEST_POSTGRES_BIN", str(tmp_path))
    with pytest.raises(BrokenPostgresError, match="has no initdb and postgres"):
        programs()


@pytest.mark.usefixtures("asked_anew")
def test_an_old_postgresql_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VSTORE_TEST_POSTGRES_BIN", raising=False)
    with temporary_folder() as folder:
        for name in ("initdb", "postgres"):
            (folder / name).write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 14.9'\n")
            (folder / name).chmod(0o755)
        monkeypatch.setattr(postgres_programs, "_folders", lambda: iter([folder]))
        with pytest.raises(NoPostgresError, match=r"is PostgreSQL 14.*install postgresql-15"):
            programs()


UNTESTED = """
import postgres_programs

postgres_programs._folders = lambda: iter(())
def test_something(postgres): ...
"""


def test_the_suite_says_loudly_what_it_could_not_test(tmp_path: Path) -> None:
    (tmp_path / "test_made_up.py").write_text(UNTESTED)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), *sys.path])}
    for set_by_others in ("VSTORE_TEST_POSTGRES_BIN", "PYTEST_ADDOPTS"):
        environment.pop(set_by_others, None)
    told = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "conftest", "-p", "no:cacheprovider", tmp_path],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout
    assert "POSTGRESQL WAS NOT TESTED" in told.stdout
    assert "1 POSTGRESQL TESTS DID NOT RUN: " in told.stdout
    assert "install postgresql-15" in told.stdout
