"""`vstore readers`: the formats that `add` reads."""

from __future__ import annotations

import click

from vstore import readers
from vstore.cli import frame
from vstore.cli.frame import Settings


@frame.command(
    "readers",
    examples="""
    vstore readers
    vstore readers --json
    """,
)
@click.pass_obj
def readers_(settings: Settings) -> None:
    """List the formats that can be read.

    In the order in which they are asked whether they know a file. One whose library is missing says what to
    install.
    """
    with frame.output(settings) as out:
        for name in readers.READERS:
            about = readers.reader(name).ABOUT
            extra = readers.EXTRAS.get(name, (None, ""))[0]
            lacks = readers.missing(name)
            if settings.json:
                out.json({"name": name, "about": about, "extra": extra, "installed": lacks is None})
            else:
                note = f" (not installed: pip install 'vstore[{lacks}]')" if lacks else ""
                out.line(f"{name:<{_width()}}  {about}{note}")


def _width() -> int:
    return max(map(len, readers.READERS))
