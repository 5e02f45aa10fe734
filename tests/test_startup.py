"""What a program loads when it starts: what is not asked for should cost nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from backends import ROOT

HEAVY = (
    *("rapidfuzz", "diff_match_patch", "yaml", "rfc8785", "backports.zstd", "compression.zstd"),
    *("zoneinfo", "urllib.parse", "tempfile", "subprocess", "asyncio", "pyexpat", "html"),
    *(
        f"vstore.{name}"
        for name in ("accounts", "answers", "names", "objects", "text", "align", "patch", "chain", "intake")
    ),
    *(f"vstore.{name}" for name in ("phrases", "search", "origins", "tracing", "blame", "paragraph_log")),
    *(f"vstore.{name}" for name in ("corrections", "substance")),
    *(f"vstore.{name}" for name in ("matching", "indexing", "shingles", "shared", "alike")),
    "vstore.readers",
)
"""What `vstore log` and `--help` do not load: what is not asked for should cost nothing."""

PROGRAM = """
import json, sys
from vstore.cli import main
try:
    code = main(sys.argv[1:])
except SystemExit as end:
    code = end.code
sys.stdout.flush()
print(json.dumps([code or 0, sorted(sys.modules)]), file=sys.stderr)
"""


def run(*arguments: str) -> tuple[int, set[str]]:
    """A command's exit code and the modules that it loaded, in a program of its own."""
    settings = {name: value for name, value in os.environ.items() if not name.startswith("VSTORE_")}
    command = [sys.executable, "-c", PROGRAM, *arguments]
    done = subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    code, loaded = json.loads(done.stderr.splitlines()[-1])
    return code, set(loaded)


def test_help_and_log_load_nothing_heavy(tmp_path: Path) -> None:
    wire, store = tmp_path / "000.txt", ("--store", str(tmp_path / "store"))
    wire.write_text(" date 2019-01-15 The river rose by a metre overnight.\n", encoding="utf-8")
    assert run(*store, "init")[0] == 0
    assert run(*store, "add", "--story", "floods", "--source", "Kestrel Wire", str(wire))[0] == 0
    for command in (("--help",), (*store, "log"), (*store, "log", "floods")):
        code, loaded = run(*command)
        assert code == 0
        assert not loaded & set(HEAVY), command
