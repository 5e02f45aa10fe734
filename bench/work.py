"""`python -m bench.work MODULE:FUNCTION ARGUMENTS`: one piece of work in a process of its own.

It prints a JSON object: what the work answered, and the most memory that this process held.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path


def main(name: str, arguments: str) -> None:
    """Call the function with the arguments, a JSON object."""
    module, _, function = name.partition(":")
    answer = getattr(import_module(f"bench.{module}"), function)(**json.loads(arguments))
    print(json.dumps({"answer": answer, "peak_mb": peak_mb()}))


def peak_mb() -> float | None:
    """What this process alone held at the most; None where there is no /proc to say it."""
    status = Path("/proc/self/status")
    if not status.exists():
        return None
    lines = (line.split() for line in status.read_text().splitlines())
    return next((int(words[1]) * 1024 / 1e6 for words in lines if words[0] == "VmHWM:"), None)


if __name__ == "__main__":
    main(*sys.argv[1:])
