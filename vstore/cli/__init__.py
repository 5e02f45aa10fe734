"""The command line; `main` is what the `vstore` program calls, `frame` what a command stands on."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence


def main(args: Sequence[str] | None = None) -> int:
    """Run one command, or answer a shell's tab key; returns the exit code (CONTRACT §5)."""
    # Nearly all that a start makes, stays: looking for garbage so soon only costs time.
    gc.set_threshold(50_000, 20, 100)
    words = sys.argv[1:] if args is None else args
    if "_VSTORE_COMPLETE" in os.environ:
        from vstore.cli.completing import answer

        return answer(os.environ, words)
    try:
        from vstore.cli.boundary import run
    except KeyboardInterrupt:
        return 130

    return run(words)
