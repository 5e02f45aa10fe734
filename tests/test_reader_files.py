"""Paths become bytes, or a sentence that names what stands there instead of a file."""

from __future__ import annotations

import io
import os
import socket
import sys
from pathlib import Path

import pytest

from vstore import readers
from vstore.errors import BadWire
from vstore.readers import files


def whole(path: str | Path, limit: int = files.SIZE_LIMIT) -> bytes:
    return readers.named(str(path)).whole(limit)


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "wire.txt"
    path.write_bytes(b"\xff\x00\r\n")
    assert whole(path) == whole(str(path)) == b"\xff\x00\r\n"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadWire, match=r"there is no file .*absent\.txt") as caught:
        whole(tmp_path / "absent.txt")
    assert caught.value.exit_code == 2
    assert caught.value.facts == {"file": str(tmp_path / "absent.txt")}


def test_a_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadWire, match="is a directory"):
        whole(tmp_path)


def test_a_fifo_is_refused_without_waiting_for_a_writer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BadWire, match=r"is a pipe, .* give -"):
        whole(tmp_path / "pipe")


def test_devices_and_sockets_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadWire, match="is a device"):
        whole("/dev/zero")
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
        with pytest.raises(BadWire, match="is a socket"):
            whole("socket")


def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "secret.txt"
    path.write_text("x")
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("whoever runs this may read everything")
    with pytest.raises(BadWire, match="cannot be read: Permission denied"):
        whole(path)


def test_a_refusal_of_the_system_is_told_in_its_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "secret.txt").touch()
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(BadWire, match=r"secret\.txt cannot be read: Permission denied"):
        whole(tmp_path / "secret.txt")


@pytest.mark.parametrize("name", ["a/b", "x" * 300, "a\0b"])
def test_a_name_that_cannot_be_a_file_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    with pytest.raises(BadWire, match=r"cannot be read|there is no file"):
        whole(str(tmp_path / name))


def test_a_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "big"
    path.write_bytes(b"12345")
    assert whole(path, limit=5) == b"12345"
    with pytest.raises(BadWire, match="too big: a wire has at most 4 bytes"):
        whole(path, limit=4)
    with pytest.raises(BadWire, match="- is too big"):
        files.read_all(io.BytesIO(b"12345"), "-", 4)


def test_a_path_of_any_bytes_can_be_shown() -> None:
    assert files.shown(os.fsdecode(b"caf\xe9.txt")) == "caf\\xe9.txt"


def test_a_closed_stdin_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(BadWire, match="stdin is closed"):
        files.standard_input()


def test_a_name_is_shown_on_one_line_whatever_it_holds(tmp_path: Path) -> None:
    name = os.fsdecode("a\nvstore: b\x1b[31m\u2028é".encode() + b"\xff.txt")
    assert files.shown(name) == "a\\nvstore: b\\x1b[31m\\u2028é\\xff.txt"
    with pytest.raises(BadWire, match=r"no file .*a\\nvstore"):
        files.open_file(tmp_path / name)
