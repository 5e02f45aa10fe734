"""`vstore attest`: one line that stands for all that a store holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from vstore.cli import frame
from vstore.cli.frame import Settings

if TYPE_CHECKING:
    from vstore.attested import Attestation


@frame.command(
    "attest",
    examples="""
    vstore attest
    vstore attest --as-of 2019-01-15
    vstore --store /srv/news attest --json
    """,
)
@frame.as_of
@click.pass_obj
def attest(settings: Settings, as_of: str | None) -> None:
    """Print one hash over all stories.

    Publish the line, and whatever the store held can be proved later: see `vstore prove`. It tells the hash
    (the root of a Merkle tree, RFC 9162), how many stories and versions there are, and when the last one was
    taken in. As of that moment, the store always has this hash. No text is read: `vstore fsck` verifies them.
    """
    with frame.open_store(settings, as_of, sends=True) as store, frame.output(settings) as out:
        found = store.attest()
        if settings.json:
            out.json(found.to_dict())
        else:
            out.line(line(found))


def line(found: Attestation) -> str:
    """Hash, stories, versions and moment, two spaces apart."""
    stories = "1 story" if found.tree_size == 1 else f"{found.tree_size} stories"
    versions = "1 version" if found.versions == 1 else f"{found.versions} versions"
    return f"{found.root}  {stories}  {versions}  {found.last_recorded or 'never'}"
