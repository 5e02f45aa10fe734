"""The command line; `main` is what the `vstore` program calls, `frame` what a command stands on."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(args: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code (CONTRACT §5)."""
    from vstore.cli.boundary import run

    return run(sys.argv[1:] if args is None else args)
