"""The schema in PostgreSQL's words: what a shard needs of it, and what no statement may say."""

from __future__ import annotations

import ast
import os
import re
from pathlib import Path

import pytest
from backends import ROOT, entry, keep
from cli_program import Program
from postgres_servers import Server

from vstore.errors import StorageRefused
from vstore.storage import postgres_opening, schema
from vstore.storage.postgres_schema import PAGED, SHARDED, SHARED, script, statements

CITUS = os.environ.get("VSTORE_TEST_CITUS", "")


def tables(sql: str) -> dict[str, str]:
    return dict(re.findall(r"CREATE TABLE (?:IF NOT EXISTS )?(\w+) \(\n(.*?)\n\)", sql, re.DOTALL))


def columns(body: str) -> list[str]:
    return re.findall(r"^    ([a-z_]+) ", body, re.MULTILINE)


def test_every_table_of_the_schema_is_there_with_its_columns() -> None:
    ours, theirs = tables(schema.TABLES), tables(";\n".join(statements()))
    assert set(theirs) == set(ours) == {*SHARDED, *SHARED, *PAGED}
    for table, body in ours.items():
        wanted = [name for name in columns(body) if (table, name) != ("head", "digest")]
        assert columns(theirs[table]) == wanted


def test_every_key_of_a_story_begins_with_it() -> None:
    for table, body in tables(";\n".join(statements())).items():
        key = re.search(r"PRIMARY KEY \((\w+)", body)
        first = (
            key.group(1) if key else next(line.split()[0] for line in body.split("\n") if "PRIMARY" in line)
        )
        assert (first == "story") is (table in SHARDED), table
        assert "UNIQUE" not in body or table in SHARED


def test_nothing_is_left_of_sqlite() -> None:
    sql = script("news")
    assert not re.search(r"STRICT|ROWID|BLOB|INTEGER|IF NOT EXISTS|SERIAL|SEQUENCE|this file", sql)


def test_with_citus_every_table_is_distributed_by_story_or_page_or_on_every_node() -> None:
    made = statements(citus=True)
    spread = [each for each in made if "create_distributed_table" in each]
    assert spread[0] == "SELECT create_distributed_table('head', 'story')"
    assert spread[1:] == [
        *(
            f"SELECT create_distributed_table('{table}', 'story', colocate_with => 'head')"
            for table in SHARDED[1:]
        ),
        *(f"SELECT create_distributed_table('{table}', 'page', colocate_with => 'none')" for table in PAGED),
    ]
    assert [each for each in made if "create_reference_table" in each] == [
        f"SELECT create_reference_table('{table}')" for table in SHARED
    ]


def test_a_schema_s_name_is_quoted() -> None:
    assert 'CREATE SCHEMA "a""b; DROP";' in script('a"b; DROP')


def test_no_statement_names_a_conflict_s_target_or_a_row_s_place() -> None:
    wrong = []
    for path in (
        (ROOT / "vstore" / "storage").glob("sql_*.py"),
        (ROOT / "vstore" / "storage").glob("postgres*.py"),
    ):
        for file in path:
            wrong += [f"{file.name}: {text[:60]}" for text in strings(file) if is_of_one_engine(text)]
    assert wrong == []


def strings(path: Path) -> list[str]:
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def is_of_one_engine(sql: str) -> bool:
    return bool(re.search(r"ON CONFLICT \(|DO UPDATE|\bctid\b|\bxmin\b|\browid\b|nextval|RECURSIVE", sql))


def test_init_shows_what_it_would_do_without_a_server(tmp_path: Path) -> None:
    run = Program(tmp_path)
    url = "postgresql://archive:secret@nowhere.invalid/news"
    shown = run("--store", url, "init", "--dry-run", "--citus", "--schema", "wires")
    assert (shown.code, shown.out.decode()) == (0, script("wires", citus=True))


@pytest.mark.parametrize("option", [("--citus",), ("--dry-run",), ("--schema", "x")])
def test_a_folder_takes_no_option_of_postgresql(tmp_path: Path, option: tuple[str, ...]) -> None:
    done = Program(tmp_path)("init", *option)
    assert done.code == 2
    assert "PostgreSQL" in done.err
    assert list(tmp_path.iterdir()) == []


def test_what_is_shown_makes_a_store(postgres: Server) -> None:
    name = postgres.schema()
    postgres.run(script(name))
    storage, _ = postgres_opening.opened(f"{postgres.url}?schema={name}", read_only=False, wait=5)
    keep(storage, entry("s", 1))
    assert list(storage.names()) == ["s"]
    storage.close()


def test_without_citus_init_says_what_is_missing(postgres: Server) -> None:
    url = f"{postgres.url}?schema={postgres.schema()}"
    with pytest.raises(StorageRefused, match="CREATE EXTENSION citus"):
        postgres_opening.created(url, citus=True)


@pytest.mark.skipif(not CITUS, reason="$VSTORE_TEST_CITUS holds no URL of a database with Citus.")
def test_a_store_distributed_with_citus_keeps_and_answers() -> None:
    url = f"{CITUS}{'&' if '?' in CITUS else '?'}schema=vstore_test_{os.getpid()}"
    assert postgres_opening.created(url, citus=True)
    storage, _ = postgres_opening.opened(url, read_only=False, wait=30)
    for story in "abcdefgh":
        keep(storage, entry(story, 1), entry(story, 2))
    assert list(storage.names()) == list("abcdefgh")
    assert [row.number for row in storage.rows("c")] == [1, 2]
    assert list(storage.problems()) == []
    storage.close()
