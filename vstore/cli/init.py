"""`vstore init`: a store where there was none."""

from __future__ import annotations

import click

from vstore.cli import frame
from vstore.cli.frame import Settings


@frame.command(
    "init",
    examples="""
    vstore init
    vstore init archive
    vstore --store /srv/news init
    vstore --store postgresql://archive@db/news init --schema wires
    """,
)
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(file_okay=False))
@click.option("--schema", metavar="NAME", help="PostgreSQL: the schema to make it in [vstore].")
@click.option("--citus", is_flag=True, help="PostgreSQL: distribute the tables by story with Citus.")
@click.option("--dry-run", is_flag=True, help="PostgreSQL: only print the SQL.")
@click.pass_obj
def init(settings: Settings, folder: str | None, schema: str | None, citus: bool, dry_run: bool) -> None:
    """Make a store.

    Makes DIR/.vstore/ with the database and a config.yaml in which every key is explained; DIR is the
    current folder, or the one that --store names. Where there is a store already, nothing changes.

    Where --store is a postgresql:// URL, makes a schema with the tables. A store in another schema than
    "vstore" is at the URL with schema=NAME among its parameters.
    """
    from vstore import places

    if folder is not None and settings.store is not None:
        raise click.UsageError("name the folder either as DIR or by --store, not both")
    place = folder or settings.store or "."
    if "://" in place:
        place, was_made = _init_postgres(place, schema, citus=citus, dry_run=dry_run)
    elif schema or citus or dry_run:
        raise click.UsageError("--schema, --citus and --dry-run are for a store in PostgreSQL")
    else:
        was_made = places.init(place)
    if was_made is None:
        return
    if settings.json:
        with frame.output(settings) as out:
            out.json({"store": place, "made": was_made})
    else:
        frame.say(settings, f"{'made a store' if was_made else 'there is a store already'} in {place}")


def _init_postgres(url: str, schema: str | None, *, citus: bool, dry_run: bool) -> tuple[str, bool | None]:
    """The place as it is shown, and whether a store was made there: None in a dry run."""
    from vstore import places
    from vstore.storage import postgres_opening
    from vstore.storage.postgres_place import place, with_schema

    if schema is not None:
        url = with_schema(url, schema)
    if dry_run:
        click.echo(postgres_opening.ddl(url, citus=citus), nl=False)
        return url, None
    return place(url).shown, places.init(url, citus=citus)
