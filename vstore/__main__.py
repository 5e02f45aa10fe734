"""`python -m vstore` is `vstore`."""

import sys

from vstore.cli import main

if __name__ == "__main__":
    sys.exit(main())
