"""Lines of JSON from files and pipes, packed and plain, whole, damaged or cut off."""

from __future__ import annotations

import gzip
import io
import itertools
import json
import os
import random
import sys
from pathlib import Path
from typing import Any

import pytest
from lines import GOOD, item, outcome

from vstore.errors import BadWire
from vstore.model import Wire
from vstore.readers.jsonlines import open_lines, wires

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

CORPORA = Path(__file__).parent.parent.parent / "shared" / "data"


def packed(name: str, data: bytes) -> bytes:
    if name == "gz":
        return gzip.compress(data)
    # As the zstd program does it: without a checksum, damage to a letter goes unseen.
    options = {zstd.CompressionParameter.checksum_flag.value: 1}
    return zstd.compress(data, options=options) if name == "zst" else data


def read(path: Path, data: bytes, **options: Any) -> list[Wire | BadWire]:
    path.write_bytes(data)
    with open_lines(path) as stream:
        return list(wires(stream, **options))


def numbered(count: int) -> bytes:
    """Wires whose texts do not compress, so that any cut goes through one of them."""
    chance = random.Random(7)
    return b"".join(
        json.dumps(item(story=f"s{number}", text=chance.randbytes(2000).hex())).encode() + b"\n"
        for number in range(1, count + 1)
    )


@pytest.mark.parametrize("form", ["jsonl", "gz", "zst"])
def test_lines_are_unpacked_by_their_first_bytes_whatever_the_file_is_called(
    tmp_path: Path, form: str
) -> None:
    data = packed(form, b"\xef\xbb\xbf" + GOOD * 3 + b"{\n" + GOOD)
    assert outcome(read(tmp_path / "wires.txt", data)) == ["a", "a", "a", 4, "a"]
    assert read(tmp_path / "wires.gz", packed(form, b"")) == []


@pytest.mark.parametrize("form", ["gz", "zst"])
def test_files_packed_one_after_another_are_read_as_one(tmp_path: Path, form: str) -> None:
    half = len(GOOD) // 2
    data = (
        packed(form, GOOD + GOOD[:half]) + packed(form, GOOD[half:]) + packed(form, b"") + packed(form, GOOD)
    )
    assert outcome(read(tmp_path / "wires", data)) == ["a", "a", "a"]


def test_a_zstd_file_may_begin_with_a_frame_to_skip(tmp_path: Path) -> None:
    frame = b"\x5e\x2a\x4d\x18" + (3).to_bytes(4, "little") + b"abc"
    assert outcome(read(tmp_path / "wires", frame + packed("zst", GOOD))) == ["a"]


def test_a_zstd_file_that_looks_back_128_mebibytes_is_read(tmp_path: Path) -> None:
    options = {
        zstd.CompressionParameter.window_log.value: 27,
        zstd.CompressionParameter.checksum_flag.value: 1,
    }
    assert outcome(read(tmp_path / "wires", zstd.compress(GOOD, options=options))) == ["a"]


@pytest.mark.parametrize("form", ["gz", "zst"])
def test_a_packed_file_that_is_cut_off_gives_all_before_the_cut_and_names_the_line(
    tmp_path: Path, form: str
) -> None:
    whole = packed(form, numbered(300))
    for part in (0.2, 0.5, 0.9):
        *before, last = read(tmp_path / "wires", whole[: int(len(whole) * part)])
        assert outcome(before) == [f"s{number}" for number in range(1, len(before) + 1)]
        assert len(before) > 300 * part - 80
        assert isinstance(last, BadWire)
        assert last.facts["line"] == len(before) + 1
        assert "cut off" in last.message


@pytest.mark.parametrize("form", ["gz", "zst"])
@pytest.mark.parametrize("kept", [4, 8, -1])
def test_a_packed_file_cut_off_at_its_ends_is_told(tmp_path: Path, form: str, kept: int) -> None:
    *_, last = read(tmp_path / "wires", packed(form, GOOD)[:kept])
    assert isinstance(last, BadWire)
    assert "cut off" in last.message


@pytest.mark.parametrize("form", ["gz", "zst"])
def test_a_packed_file_that_is_damaged_is_told(tmp_path: Path, form: str) -> None:
    whole = bytearray(packed(form, numbered(300)))
    whole[len(whole) // 2 : len(whole) // 2 + 2000] = b"\xff" * 2000
    items = read(tmp_path / "wires", bytes(whole))
    assert isinstance(items[-1], BadWire)
    junk = read(tmp_path / "wires", packed(form, GOOD) + b"junk that is no frame")
    assert outcome(junk) == ["a", 2]
    assert isinstance(junk[-1], BadWire)
    assert "damaged" in junk[-1].message


def test_a_disk_that_fails_ends_the_reading_with_its_line() -> None:
    class Failing(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, _buffer: object) -> int:
            raise OSError(5, "Input/output error")

    (bad,) = wires(io.BufferedReader(Failing()))
    assert isinstance(bad, BadWire)
    assert bad.message == "line 1: from here on nothing can be read: Input/output error"


def test_stdin_is_read_as_it_comes_and_stays_open(monkeypatch: pytest.MonkeyPatch) -> None:
    for form in ("jsonl", "gz", "zst"):
        reading_end, writing_end = os.pipe()
        with open(writing_end, "wb") as writer:  # noqa: PTH123
            writer.write(packed(form, GOOD * 2))
        with open(reading_end, encoding="utf-8") as stdin:  # noqa: PTH123
            monkeypatch.setattr(sys, "stdin", stdin)
            with open_lines("-") as stream:
                assert outcome(wires(stream)) == ["a", "a"]
            assert not stdin.buffer.closed


def test_a_line_is_read_before_the_next_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    reading_end, writing_end = os.pipe()
    with open(reading_end, encoding="utf-8") as stdin, open(writing_end, "wb", 0) as writer:  # noqa: PTH123
        monkeypatch.setattr(sys, "stdin", stdin)
        writer.write(GOOD)
        with open_lines("-") as stream:
            items = wires(stream)
            assert isinstance(next(items), Wire)
            writer.write(b"{\n")
            assert isinstance(next(items), BadWire)


def test_a_missing_file_a_directory_and_a_fifo_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadWire, match="there is no file"):
        open_lines(tmp_path / "absent")
    with pytest.raises(BadWire, match="is a directory"):
        open_lines(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BadWire, match="give - and redirect"):
        open_lines(tmp_path / "pipe")


def corpora() -> list[Path]:
    return sorted(CORPORA.glob("*.jsonl.*"))


@pytest.mark.parametrize("path", corpora(), ids=lambda path: path.name)
def test_the_first_lines_of_every_corpus_are_wires(path: Path) -> None:
    with open_lines(path) as stream:
        items = list(itertools.islice(wires(stream), 200))
    assert items
    assert all(isinstance(each, Wire) for each in items)


def test_the_corpora_are_there() -> None:
    if not corpora():
        pytest.skip("../shared/data is not here: the project does not depend on it")
