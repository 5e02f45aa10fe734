"""`python -m bench.work MODULE:FUNCTION ARGUMENTS`: one piece of work in a process of its own."""

from __future__ import annotations

import json
import sys
from importlib import import_module


def main(name: str, arguments: str) -> None:
    """Call the function with the arguments, a JSON object; print what it answers as another."""
    module, _, function = name.partition(":")
    answer = getattr(import_module(f"bench.{module}"), function)(**json.loads(arguments))
    print(json.dumps(answer))


if __name__ == "__main__":
    main(*sys.argv[1:])
