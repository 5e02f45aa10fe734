"""Odd texts, names, places and programs: what a store in PostgreSQL has to bear. Issue 5, "Bad input"."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from cli_program import Program, environment
from postgres_servers import USER, Server, serving
from postgres_stores import made, schema_of, with_option

import vstore
from vstore.model import Wire
from vstore.storage.postgres_place import place, with_schema

ALL = "".join(map(chr, (*range(0xD800), *range(0xE000, 0x110000, 97))))
"""Every character of the first plane, and some of each other."""

TEXTS = {
    "NUL": "\0",
    "NULs": "a\0b\0\0c",
    "empty": "",
    "blank": " \r\n\t\v\f\u2028",
    "every character": ALL,
    "no characters": "\ufffe\uffff\U0010ffff\ufdd0",
    "bytes order marks": "\ufeffa\ufeff",
    "escapes": "\\x00 \\\\ \\000 E'\\''",
    "parameters": "%s %(a)s %% ? ?? $1 $$ $a$ :name ::text {} {0}",
    "statements": "'; DROP TABLE head; --",
}

STORIES = [
    "it's",
    'say "so"',
    "a\\b\\\\c\\'",
    "100%",
    "%s",
    "%(story)s",
    "%%",
    "?",
    "a?b=c&d=?",
    "$1",
    "$$",
    "$tag$x$tag$",
    "'; DROP TABLE head; --",
    "\U0001f469\u200d\U0001f469\u200d\U0001f467 \U0001f1f0\U0001f1f5",
    "e\u0301 \u00e9",
    "STORY",
    "story",
    "tag:news.example,2019:a/b;c",
    "https://news.example/a?id=%E4%BD%A0#top",
    "x" * 4_096,
    "\u00e4" * 2_048,
    "\U0001f4f0" * 1_024,
]

SCHEMAS = [
    "UPPER",
    "mixed Case",
    'say "so"',
    "it's",
    "100%",
    "%s",
    "what?",
    "$1",
    "a.b",
    "back\\slash",
    "a,b",
    "select",
    "public_",
    "pg-like",
    "\u00e4\u4f60\U0001f4f0",
    "x" * 63,
    "&=#/@:",
    " ",
    "a;b--c",
]


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", TEXTS)
def test_any_text_comes_out_as_it_went_in(postgres: Server, name: str) -> None:
    text = TEXTS[name]
    with vstore.open(made(postgres)) as store:
        store.add("s", "Another.", headline="h")
        store.add("s", text, headline=name, extra={"text": text[:1_000]}, capture={"text": text[:500]})
        store.add("s", f"{text}\nOne more line.")
        store.gc()
        assert store.text("s", 2) == text
        assert store.version("s", 2).facts.extra == {"text": text[:1_000]}
        assert store.version("s", 2).capture == {"text": text[:500]}
        assert store.fsck().ok


@pytest.mark.slow
def test_any_story_id_is_found_again(postgres: Server, program: Program) -> None:
    url = made(postgres)
    with vstore.open(url) as store:
        for story in STORIES:
            store.add(story, f"Of {story}.")
        store.import_wires(Wire(story=story, text=f"More of {story}.") for story in STORIES)
        assert [each.story for each in store.stories()] == sorted(STORIES, key=str.encode)
        for story in STORIES:
            assert [store.text(story, number) for number in (1, 2)] == [f"Of {story}.", f"More of {story}."]
            assert store.blame(story).hunks
            assert len(list(store.log(story))) == 2
            assert store.resolve(f"{story}@2").story == story
        assert store.fsck().ok
    for story in STORIES[:16]:
        assert program("--store", url, "show", "--story", story).out.decode() == f"More of {story}."


@pytest.mark.slow
@pytest.mark.parametrize("schema", SCHEMAS)
def test_any_name_is_a_schemas(postgres: Server, program: Program, schema: str) -> None:
    done = program("--store", postgres.url, "init", "--schema", schema)
    assert done.code == 0, done.err
    url = with_schema(postgres.url, schema)
    assert place(url).schema == schema
    assert f"in {place(url).shown}" in done.err
    try:
        with vstore.open(url) as store:
            store.add("s", "One.")
            store.add("s", "Two.")
            assert [version.number for version in store.log()] == [2, 1]
            assert store.stats().stored_bytes
            assert store.gc().stories == 1
            assert store.fsck().ok
        with postgres.connect() as connection:
            count = connection.execute(f"SELECT count(*) FROM {schema_of(url)}.version".encode())
            assert count.fetchone() == (2,)
    finally:
        postgres.run(f"DROP SCHEMA {schema_of(url)} CASCADE")


@pytest.mark.parametrize("schema", ["pg_mine", "pg_catalog"])
def test_a_schema_of_the_server_itself_is_none_for_a_store(
    postgres: Server, program: Program, schema: str
) -> None:
    done = program("--store", postgres.url, "init", "--schema", schema)
    assert done.code == 5, done.err


def test_what_a_dry_run_prints_makes_the_store(postgres: Server, program: Program) -> None:
    schema = 'in "between" 100% ?'
    url = with_schema(postgres.url, schema)
    printed = program("--store", postgres.url, "init", "--schema", schema, "--dry-run")
    with postgres.connect() as connection:
        connection.execute(printed.out)
    try:
        assert program("--store", url, "init").err.startswith("there is a store already")
        with vstore.open(url) as store:
            assert store.add("s", "Text.").outcome == "new"
    finally:
        postgres.run(f"DROP SCHEMA {schema_of(url)} CASCADE")


# URLs


def test_urls_of_every_form_lead_to_the_store(
    postgres: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    schema = place(made(postgres)).schema
    port = postgres.port
    for name in ("PGHOST", "PGPORT", "PGUSER", "PGDATABASE"):
        monkeypatch.delenv(name, raising=False)
    service = tmp_path / "services"
    service.write_text(f"[news]\nhost=127.0.0.1\nport={port}\nuser={USER}\ndbname=postgres\n")
    monkeypatch.setenv("PGSERVICEFILE", str(service))
    urls = [
        f"postgresql://{USER}@127.0.0.1:{port}/postgres?schema={schema}",
        f"postgres://{USER}@localhost:{port}/postgres?schema={schema}",
        f"postgresql://127.0.0.1:{port}/postgres?user={USER}&schema={schema}",
        f"postgresql:///postgres?host=127.0.0.1&port={port}&user={USER}&schema={schema}",
        f"postgresql://{USER}@127.0.0.1:{port}/post%67res?schema={schema}",
        f"postgresql://?service=news&schema={schema}",
        f"postgresql:///?schema={schema}&service=news",
        f"postgresql://{USER}@127.0.0.1:1,127.0.0.1:{port}/postgres?schema={schema}",
        f"postgresql://{USER}@127.0.0.1:{port}/postgres?schema=other&schema={schema}",
        f"postgresql://{USER}@127.0.0.1:{port}/postgres?schema={schema}&sslmode=prefer&connect_timeout=3",
        f"postgresql://{USER}:pass%40word@127.0.0.1:{port}/postgres?schema={schema}",
        f"postgresql://{USER}@127.0.0.1:{port}/postgres?options=-c%20work_mem%3D5MB&schema={schema}",
    ]
    for number, url in enumerate(urls, 1):
        with vstore.open(url) as store:
            assert store.add("s", f"Text {number}.").version.number == number, url
    monkeypatch.setenv("PGHOST", "127.0.0.1")
    monkeypatch.setenv("PGPORT", str(port))
    monkeypatch.setenv("PGUSER", USER)
    monkeypatch.setenv("PGDATABASE", "postgres")
    for url in (f"postgresql://?schema={schema}", f"postgresql:///?schema={schema}"):
        with vstore.open(url) as store:
            assert store.version("s").number == len(urls)


@pytest.mark.slow
def test_a_server_on_ipv6_is_found(program: Program, postgres: Server) -> None:
    try:
        with serving(listen_addresses="127.0.0.1,::1") as server:
            url = made(server).replace("@127.0.0.1:", "@[::1]:")
            assert program("--store", url, "stories").code == 0
    except vstore.StorageRefused as error:
        pytest.skip(f"THERE IS NO IPv6 ON THIS MACHINE: {error}")


def test_the_place_of_a_store_is_its_url_as_it_was_given(postgres: Server) -> None:
    url = with_option(made(postgres), application_name="news desk", options="-c work_mem=5MB")
    with vstore.open(url) as store:
        assert store.place == url
        ((name, memory),) = store._storage._database.ask(  # type: ignore[attr-defined]
            "SELECT current_setting('application_name'), current_setting('work_mem')"
        )
        assert (name, memory) == ("news desk", "5MB")


def test_a_port_where_no_postgresql_listens_is_refused(program: Program) -> None:
    for port in ("1", "70000", "0"):
        done = program("--store", f"postgresql://u@127.0.0.1:{port}/d", "log")
        assert (done.code, "cannot be reached" in done.err) == (5, True), done.err


# Without psycopg

BLOCKED = (
    "import sys; sys.modules['psycopg'] = None; from vstore.cli import main; sys.exit(main(sys.argv[1:]))"
)


@pytest.mark.parametrize("words", [("log",), ("init",), ("add", "--story", "s", "-"), ("--json", "fsck")])
def test_without_psycopg_one_is_told_what_to_install(tmp_path: Path, words: tuple[str, ...]) -> None:
    command = [sys.executable, "-c", BLOCKED, "--store", "postgresql://u:sesame@h/d", *words]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment(), input=b"Text.", capture_output=True, check=False
    )
    assert done.returncode == 5
    assert b"pip install 'vstore[postgres]'" in done.stderr
    assert b"Traceback" not in done.stderr
    assert b"sesame" not in done.stderr


def test_the_sql_of_a_store_is_printed_without_psycopg(tmp_path: Path) -> None:
    command = [sys.executable, "-c", BLOCKED, "--store", "postgresql://h/d", "init", "--dry-run"]
    done = subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, check=False)
    assert (done.returncode, b"CREATE TABLE" in done.stdout) == (0, True), done.stderr
