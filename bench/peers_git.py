"""`git blame -M -C -C -C`: line blame with all that git knows of moves, on files of one token a line.

Each source has a file of its own, so that `-C -C -C` can find what one took from another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.processes import run
from vstore.text import tokens

Version = tuple[str, str]
"""Source and text."""


def make(repository: Path, versions: Sequence[Version]) -> None:
    """A repository with a commit of each version."""
    repository.mkdir(parents=True)
    stream = repository / "stream"
    stream.write_bytes(b"".join(_commits(versions)))
    git = ("git", "-C", str(repository))
    run(*git, "init", "--quiet", "--bare", "objects.git")
    run("git", "-C", str(repository / "objects.git"), "fast-import", "--quiet", stdin=stream)


def origins(repository: Path, source: str) -> tuple[float, list[int]]:
    """Seconds, and the origin of each character of the last text of a source."""
    options = ("-M", "-C", "-C", "-C", "--line-porcelain")
    spent = run("git", "-C", str(repository / "objects.git"), "blame", *options, "main", "--", source)
    return spent.wall_s, list(_characters(spent.output))


def _characters(porcelain: str) -> Iterator[int]:
    """The time of the commit that a line is credited to is its place, plus one."""
    origin = -1
    for line in porcelain.split("\n"):
        if line.startswith("committer-time "):
            origin = int(line.split()[1]) - 1
        elif line.startswith("\t"):
            yield from [origin] * (len(line) - 1)


def _commits(versions: Sequence[Version]) -> Iterator[bytes]:
    for at, (source, text) in enumerate(versions, 1):
        lines = "".join(f"{text[start:end]}\n" for start, end in tokens(text)).encode()
        yield f"commit refs/heads/main\ncommitter bench <> {at} +0000\ndata 0\n\n".encode()
        yield b"M 100644 inline %b\ndata %d\n%b\n" % (source.encode(), len(lines), lines)
