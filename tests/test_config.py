"""Settings: defaults, the template that init writes, and errors that name file, key and line."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from vstore.config import MAX_BYTES, TEMPLATE, Config, read
from vstore.errors import BadReference, StorageRefused

ROOT = Path(__file__).parent.parent


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config.yaml"


def written(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def refusal(path: Path, text: str | bytes) -> BadReference:
    with pytest.raises(BadReference) as caught:
        read(written(path, text))
    assert str(path) in caught.value.message
    assert caught.value.facts["file"] == str(path)
    assert caught.value.message.isprintable()
    return caught.value


def test_a_missing_file_means_the_defaults(path: Path) -> None:
    assert read(path) == Config(wait=30.0, tz=None, durability="full", pager=True)


@pytest.mark.parametrize("text", ["", "\n\n", "# wait: 5\n", "---\n# nothing\n", "\ufeff# BOM\r\n", TEMPLATE])
def test_a_file_that_sets_nothing_means_the_defaults(path: Path, text: str) -> None:
    assert read(written(path, text)) == Config()


def test_the_template_documents_every_key_with_its_default() -> None:
    assert re.findall(r"^#(\w+): ", TEMPLATE, re.MULTILINE) == list(Config._fields)


def test_the_template_can_be_uncommented_as_it_stands(path: Path) -> None:
    uncommented = re.sub(r"^#(?=\w+: )", "", TEMPLATE, flags=re.MULTILINE)
    assert read(written(path, uncommented)) == Config(tz="Europe/Berlin")


def test_every_key_can_be_set(path: Path) -> None:
    text = "wait: 0.5   # seconds\ntz: +10:00\ndurability: 'normal'\npager: false\n"
    assert read(written(path, text)) == Config(0.5, "+10:00", "normal", False)


def test_crlf_and_a_byte_order_mark_do_no_harm(path: Path) -> None:
    assert read(written(path, "\ufeffwait: 5\r\npager: false\r\n")) == Config(wait=5.0, pager=False)


@pytest.mark.parametrize(
    ("text", "key", "reason"),
    [
        ("wait: soon", "wait", "from 0 to 3600"),
        ("wait: -1", "wait", "from 0 to 3600"),
        ("wait: 3601", "wait", "from 0 to 3600"),
        ("wait: nan", "wait", "from 0 to 3600"),
        ("wait:", "wait", "from 0 to 3600"),
        ("tz: Mars/Olympus", "tz", "no time zone"),
        ("tz: ../../etc/passwd", "tz", "no time zone"),
        ('tz: "\\ud800"', "tz", "no time zone"),
        ("durability: half", "durability", "full or normal"),
        ("pager: less -R; rm", "pager", "true or false"),
        ("wait: 1\nwait: 2", "wait", "set twice"),
        ("wiat: 5", "wiat", "did you mean wait?"),
        ("Pager: true", "Pager", "did you mean pager?"),
        ("timezone: UTC", "timezone", "there are wait, tz, durability, pager, gc_after"),
        ('"\\u001b[2J": 1', "\x1b[2J", "is no setting"),
    ],
)
def test_a_wrong_setting_names_file_key_and_line(path: Path, text: str, key: str, reason: str) -> None:
    error = refusal(path, f"# settings\n{text}\n")
    assert reason in error.message
    assert error.facts["key"] == key
    assert error.facts["line"] == 2 + text.count("\n")
    assert f"line {error.facts['line']}" in error.message
    assert error.exit_code == 2


@pytest.mark.parametrize(
    "text",
    [
        "just words",
        "- wait",
        "wait: [1]",
        "wait: {a: 1}",
        "? {a: 1}\n: 1",
        "wait: &a 1",
        "wait: &a 1\ntz: *a",
        "wait: !!python/object/apply:os.system [true]",
        "wait: !!int 5",
        "wait: 5\n---\ntz: UTC",
        "[" * 60_000,
        "wait: " + "[" * 60_000,
    ],
)
def test_anything_but_keys_and_values_is_refused(path: Path, text: str) -> None:
    assert "KEY: VALUE" in refusal(path, text).message


@pytest.mark.parametrize(
    "text", ["wait: '5", "wait: 5: 6", "\twait: 5", '"\\UFFFFFFFF": 1', "wait: \0", "%YAML 9.9\n---\n"]
)
def test_broken_yaml_is_refused(path: Path, text: str) -> None:
    assert "is not YAML" in refusal(path, text).message


def test_what_is_not_utf_8_is_refused(path: Path) -> None:
    assert "at byte 6" in refusal(path, b"wait: \xff").message


def test_a_file_that_is_too_long_is_refused(path: Path) -> None:
    assert read(written(path, "#" * MAX_BYTES)) == Config()
    assert "longer than 65,536 bytes" in refusal(path, "#" * (MAX_BYTES + 1)).message


def test_a_folder_in_its_place_is_refused(path: Path) -> None:
    path.mkdir()
    with pytest.raises(BadReference, match="not a regular file"):
        read(path)


def test_a_fifo_in_its_place_is_refused_without_waiting(path: Path) -> None:
    os.mkfifo(path)
    with pytest.raises(BadReference, match="not a regular file"):
        read(path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_permission_is_refused_by_the_storage(path: Path) -> None:
    written(path, "wait: 5").chmod(0)
    with pytest.raises(StorageRefused, match="cannot read"):
        read(path)


def test_a_path_through_a_file_is_refused_by_the_storage(path: Path) -> None:
    with pytest.raises(StorageRefused, match="cannot read"):
        read(written(path, "wait: 5") / "config.yaml")


def test_yaml_is_loaded_only_where_something_is_set(path: Path) -> None:
    program = (
        "import sys, pathlib; from vstore.config import read; "
        "read(pathlib.Path(sys.argv[1])); print('yaml' in sys.modules)"
    )

    def loads_yaml(text: str) -> str:
        command = [sys.executable, "-c", program, str(written(path, text))]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()

    assert loads_yaml(TEMPLATE) == "False"
    assert loads_yaml("wait: 5\n") == "True"
