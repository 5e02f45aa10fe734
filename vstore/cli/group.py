"""The commands by name; a command's module is imported when it is called, and not before."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

import click

from vstore.cli.nearby import did_you_mean
from vstore.cli.settings import global_options

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

COMMANDS = {
    "init": "Make a store.",
    "add": "Keep wires that lie in files.",
    "inspect": "Show what a reader makes of files, without keeping it.",
    "readers": "List the formats that can be read.",
    "watch": "Keep what lands in a folder.",
    "import": "Keep wires that stand in JSON lines.",
    "stories": "List the stories.",
    "alias": "Tell by what else a story is known.",
    "log": "List the versions of a story, or of all.",
    "show": "Print the text of a version.",
    "diff": "Show what changed between two versions.",
    "blame": "Show who wrote which words.",
    "derive": "Show how much of a version is verbatim, rewritten or new.",
    "grep": "Find the paragraphs that hold some words.",
    "similar": "List the stories that are like a file or a version.",
    "checkout": "Write texts into files.",
    "export": "Write the store out as git or as JSON lines.",
    "copy": "Copy a store into another.",
    "clone": "Make a store that has all that another one has.",
    "pull": "Copy what another store has and this one has not.",
    "push": "Copy what this store has and another one has not.",
    "bundle": "Write stories into one file that proves itself.",
    "unbundle": "Keep the versions that a bundle holds.",
    "attest": "Print one hash over all stories.",
    "prove": "Prove that a story is under such a hash.",
    "fsck": "Verify what is stored.",
    "redact": "Erase a text, a phrase or a fact for good.",
    "undo": "Take back the newest add or import.",
    "story": "Move versions to another story; merge, split and rename stories.",
    "journal": "Show who did what to the store, and when.",
    "gc": "Pack texts as small as can be, and give room back.",
    "backup": "Copy the store as it is, while others write to it.",
    "upgrade": "Make a store of an older format one of today.",
    "stats": "Show the store in figures.",
    "completion": "Print a script that completes commands in a shell.",
}
"""Each with its one-line help: the first line of the command's docstring (a test keeps them equal)."""

MODULES = {"import": "import_", "inspect": "inspect_", "readers": "readers_", "copy": "copy_", "gc": "gc_"}
"""Where a command's module, and the command in it, cannot have its own name."""


class LazyGroup(click.Group):
    """`vstore` itself; knows names and helps without loading what they stand for."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """In the order of a first day's work."""
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Loads it."""
        if cmd_name not in COMMANDS:
            return None
        name = MODULES.get(cmd_name, cmd_name)
        found: click.Command = getattr(import_module(f"vstore.cli.{name}"), name)
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """An unknown name is told with its nearest neighbours."""
        if args[0] not in COMMANDS and not ctx.resilient_parsing:
            raise click.UsageError(f"no such command: {args[0]}{did_you_mean(args[0], COMMANDS)}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """From the table above."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """From the table too, so that a tab key loads no command."""
        from click.shell_completion import CompletionItem

        names = [
            CompletionItem(name, help=text) for name, text in COMMANDS.items() if name.startswith(incomplete)
        ]
        return names + click.Command.shell_complete(self, ctx, incomplete)


def _show_version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"vstore {version('vstore')}")
        ctx.exit()


@click.pass_context
def _without_command(ctx: click.Context, /, **_options: object) -> int | None:
    if ctx.invoked_subcommand is not None:
        return None
    click.echo(ctx.get_help(), err=True)
    return 2


vstore = LazyGroup(
    "vstore",
    callback=_without_command,
    invoke_without_command=True,
    params=[
        *global_options(),
        click.Option(
            ["--version"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_show_version,
            help="Show the version of vstore and leave.",
        ),
    ],
    context_settings={"help_option_names": ["-h", "--help"]},
    help="A version store for news: every version of a story, who wrote which word, and when.",
)
