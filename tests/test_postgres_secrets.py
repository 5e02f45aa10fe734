"""Passwords: they come from the URL, the environment or a file, and show nowhere. Issue 5, "Roles"."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from cli_program import Done, Program
from postgres_servers import Server, serving
from postgres_stores import as_role, made, with_option

import vstore
from vstore.errors import BadReference, NoStore, StorageRefused, VstoreError

pytestmark = pytest.mark.slow

SECRET = "open/sesame?#@:%41 ä'\"\\&="  # noqa: S105  a made-up one
WRONG = SECRET.replace("sesame", "barley")
WAYS = ("in the URL", "as a parameter", "in the environment", "in a file")

GUARDED = "host all guarded 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\n"


@pytest.fixture(scope="module")
def server(postgres: Server) -> Iterator[Server]:
    """One that asks the role `guarded` for a password; skipped where the shared one would be."""
    with serving() as started:
        (started.folder / "data" / "pg_hba.conf").write_text(GUARDED)
        escaped = SECRET.replace("'", "''")
        started.run(f"CREATE ROLE guarded SUPERUSER LOGIN PASSWORD '{escaped}'", "SELECT pg_reload_conf()")
        yield started


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path)


def given(url: str, way: str, password: str, folder: Path) -> tuple[str, dict[str, str]]:
    """The URL, and the environment, that give a password to the role."""
    role = as_role(url, "guarded")
    if way == "in the URL":
        return as_role(url, "guarded", password), {}
    if way == "as a parameter":
        return with_option(role, password=password), {}
    if way == "in the environment":
        return role, {"PGPASSWORD": password}
    file = folder / "passwords"
    escaped = password.replace("\\", "\\\\").replace(":", "\\:")
    file.write_text(f"*:*:*:guarded:{escaped}\n")
    file.chmod(0o600)
    return role, {"PGPASSFILE": str(file)}


def shows_nothing(*told: str) -> None:
    """No part of a password that could not as well be chance."""
    for words in told:
        for part in ("sesame", "barley", quote(SECRET, safe="")):
            assert part not in words


@pytest.mark.parametrize("way", WAYS)
def test_a_password_opens_a_store_and_shows_nowhere(
    server: Server, program: Program, way: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    url, environ = given(made(server), way, SECRET, tmp_path)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    with vstore.open(url) as store:
        store.add("s", "Text.")
        with pytest.raises(VstoreError) as caught:
            store.text("other")
        shows_nothing(store.place, repr(store), str(caught.value), str(store.stats().to_dict()))
    done = [
        program.apart("--store", url, *words, stdin=b"", **environ)
        for words in (
            ("init",),
            ("--json", "init"),
            ("log", "-v"),
            ("stats",),
            ("--json", "stats"),
            ("show", "t"),
        )
    ]
    assert [each.code for each in done] == [0, 0, 0, 0, 0, 3]
    shows_nothing(*map(written, done))


@pytest.mark.parametrize("way", WAYS)
def test_a_wrong_password_is_refused_and_shows_nowhere(
    server: Server, program: Program, way: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    url, environ = given(made(server), way, WRONG, tmp_path)
    for words in (("log",), ("--json", "log"), ("init",), ("add", "--story", "s", "-"), ("fsck", "-v")):
        done = program.apart("--store", url, *words, stdin=b"Text.", **environ)
        assert done.code == 5, done.err
        assert "password authentication failed" in done.err
        shows_nothing(written(done))
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(StorageRefused, match="password authentication failed") as caught:
        vstore.open(url)
    shows_nothing(str(caught.value.to_dict()), "".join(traceback.format_exception(caught.value)))


def test_a_password_that_is_missing_is_asked_for_in_a_message(server: Server, program: Program) -> None:
    done = program.apart("--store", as_role(made(server), "guarded"), "log", PGPASSFILE="/nowhere")
    assert (done.code, "no password supplied" in done.err) == (5, True)


def test_a_password_shows_in_no_error_of_a_store_that_was_open(server: Server, tmp_path: Path) -> None:
    for way in ("in the URL", "as a parameter"):
        url, _ = given(made(server), way, SECRET, tmp_path)
        with vstore.open(url, wait=0.2) as store:
            server.stop("immediate")
            try:
                with pytest.raises(StorageRefused) as caught:
                    store.add("s", "Text.")
            finally:
                server.start()
        shows_nothing(str(caught.value.to_dict()), "".join(traceback.format_exception(caught.value)))


UNREADABLE = [
    "postgresql://u:open/sesame@h/d",
    "postgresql://u:12/sesame@h/d",
    "postgresql://u:open@sesame@h/d",
    "postgresql://u:sesame%ZZ@h/d",
    "postgresql://u:sesame%@h/d",
    "postgresql://u:sesame@[::1/d",
    "postgresql://u:sesame@[::1]x/d",
    "postgresql://u:sesame@h:port/d",
    "postgresql://u:sesame@h:123456/d",
    "postgresql://u:sesame@h/d?password",
    "postgresql://u@h/d?password=a&sesame",
    "postgresql://u@h/d?password=a=sesame",
    "postgresql://u@h/d?password=sesame&nothing=1",
    "postgresql://u:open sesame@h/d",
    "postgresql://u:sesame@h/d\n",
    "postgresql://u:sesame@h/d?schema=",
    f"postgresql://u:sesame@h/d?schema={'x' * 64}",
    f"postgresql://u:sesame@h/d?schema={'%C3%A4' * 32}",
    "postgresql://u:sesame@h/d?schema=%FF",
    "postgresql://u:sesame@h/d?schema=a%00b",
]


@pytest.mark.parametrize("url", UNREADABLE)
def test_a_url_that_cannot_be_read_is_not_shown(program: Program, url: str) -> None:
    for words in (("log",), ("--json", "log"), ("init",), ("upgrade",)):
        done = program("--store", url, *words)
        assert done.code == 2, done.err
        shows_nothing(written(done))
    with pytest.raises(BadReference) as caught:
        vstore.open(url)
    shows_nothing(str(caught.value.to_dict()), "".join(traceback.format_exception(caught.value)))


@pytest.mark.parametrize("url", ["mysql://u:sesame@h/d", "Postgresql://u:sesame@h/d", "://sesame"])
def test_a_url_of_another_kind_is_not_shown(program: Program, url: str) -> None:
    done = program("--json", "--store", url, "log")
    assert done.code == 3
    shows_nothing(written(done))
    with pytest.raises(NoStore) as caught:
        vstore.open(url)
    shows_nothing(str(caught.value.to_dict()))


def test_a_parameter_that_is_unknown_is_named(program: Program) -> None:
    done = program("--store", "postgresql://u:sesame@h/d?sslmod=require", "log")
    assert (done.code, "no parameter 'sslmod'" in done.err) == (2, True)


def written(done: Done) -> str:
    return done.err + done.out.decode()
