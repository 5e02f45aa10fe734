"""URLs of stores in PostgreSQL, read without a server."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_program import Program

import vstore
from vstore.errors import BadReference

PLACES = [
    "postgresql://user@127.0.0.1:1/news?application_name=\udcff",
    "postgresql://\udc80@127.0.0.1:1/news",
    "postgres://user:\ud800@127.0.0.1:1/news?schema=s",
]


@pytest.mark.parametrize("url", PLACES)
def test_bytes_that_are_no_text_are_refused_before_anybody_is_asked(url: str) -> None:
    """A command line may hold such; found by the torture, as a UnicodeEncodeError of the driver's."""
    with pytest.raises(BadReference, match="cannot be read"):
        vstore.open(url)


def test_the_command_line_says_so(tmp_path: Path) -> None:
    done = Program(tmp_path)("--store", PLACES[0], "log")
    assert (done.code, done.out) == (2, b"")
    assert "cannot be read" in done.err
