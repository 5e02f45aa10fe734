"""The frame that every command stands on; a command needs nothing else of `vstore.cli`.

A command NAME is one click command called NAME in `vstore/cli/NAME.py`, listed in `group.COMMANDS`
with its one-line help (the first line of its docstring, equal to the letter):

    from vstore.cli import frame
    from vstore.cli.frame import Settings, Wanted

    @frame.command("show", examples="vstore show us-nk-talks@2\\nvstore show --story 'a@b' --version 2")
    @frame.reference                     # REF, --story ID, --version N, folded into one `wanted`
    @frame.as_of                         # --as-of TIME as `as_of`, on every question
    @click.option("--numbered", is_flag=True, help="Print paragraph numbers.")
    @click.pass_obj
    def show(settings: Settings, wanted: Wanted, as_of: str | None, numbered: bool) -> int | None:
        \"\"\"Print the text of a version.\"\"\"
        with frame.open_store(settings, as_of) as store, frame.output(settings) as out:
            version = frame.version_of(store, wanted)
            if settings.json:
                out.json({**version.to_dict(), "text": store.text_of(version)})
            else:
                out.write(out.clean(store.text_of(version)))

- The callback returns None (exit 0) or an exit code: 1 for a negative answer, 7 for partly done.
- Errors: raise a `VstoreError` or a `click.UsageError` (exit 2); `boundary` tells them and no others.
- `--json` and the other global options come as `Settings`, wherever they stood on the command line.
- `frame.output(settings, paged=store.settings.pager)` gives an `Out`: `write(text)`, `line(text)`,
  `json(dict)`, `path(path)`, `paint(text, "bold", "red")` (plain where no colour is wanted; names in
  `output.STYLES`), `clean(text)` (a wire's words: control characters neutralised on a terminal, untouched
  in a pipe), `flush()`, `.terminal`, `.color`, `.width` (columns; None when stdout is no terminal). The
  pager comes only on a terminal, at the first write; leaving it early ends the block quietly.
- `frame.say(settings, message)`: talk on stderr unless -q. `frame.complain(message)`: even then.
  `frame.report(error.to_dict(), as_json=settings.json)`: an error that does not end the command.
- `store.tz`: the zone of `--tz`, else of `config.yaml`, in which naive dates are read and all are shown; None
  if neither says. `frame.date(text, store.tz)`: a date that an option gave, as canonical text.
- `frame.short_id(version)`: the shown prefix of one version's id, where no others are at hand.
- Your own REF or STORY arguments: `shell_complete=frame.story_ids`, then
  `frame.version_of(store, Wanted(ref, story))`. `open_store` gives `vstore.questions.Questions`, read-only
  (`open_to_write` a `Store`). UnknownStory within it gets
  its "did you mean".
- FILE arguments: `type=click.Path()`, so that the shell completes file names.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from vstore.cli.nearby import did_you_mean as did_you_mean
from vstore.cli.output import Out as Out
from vstore.cli.output import complain as complain
from vstore.cli.output import is_terminal as is_terminal
from vstore.cli.output import output as output
from vstore.cli.output import report as report
from vstore.cli.output import say as say
from vstore.cli.settings import Command as Command
from vstore.cli.settings import Settings as Settings
from vstore.errors import NoStore, UnknownStory, VstoreError

if TYPE_CHECKING:
    import datetime

    from click.shell_completion import CompletionItem

    from vstore.model import Version
    from vstore.questions import Questions
    from vstore.store import Store

Callback = Callable[..., Any]

MOST_COMPLETIONS = 1_000


class Wanted(NamedTuple):
    """How a version was named: by REF, or by story and version that are taken without parsing."""

    ref: str | None = None
    story: str | None = None
    version: str | None = None


def command(name: str, *, examples: str) -> Callable[[Callback], Command]:
    """A `Command` with the global options; its help is the callback's docstring, its epilog the examples."""
    return click.command(name, cls=Command, examples=examples)


def story_ids(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Story-ids that begin so, for the shell; none where there is no store."""
    from click.shell_completion import CompletionItem

    with contextlib.suppress(VstoreError), open_store(ctx.obj) as store:
        ids = (found.story for found in store.stories() if found.story.startswith(incomplete))
        return [CompletionItem(story) for story in itertools.islice(ids, MOST_COMPLETIONS)]
    return []


def reference(callback: Callback) -> Callback:
    """REF, `--story` and `--version`, folded into one argument called `wanted`."""

    @click.argument("ref", required=False, shell_complete=story_ids)
    @story_option
    @click.option("--version", metavar="N", help="The version of --story: number, id or date; not parsed.")
    @functools.wraps(callback)
    def folded(*args: Any, ref: str | None, story: str | None, version: str | None, **options: Any) -> Any:
        return callback(*args, wanted=Wanted(ref, story, version), **options)

    return folded


def story_option(callback: Callback) -> Callback:
    """`--story ID`: a story-id that is taken without parsing."""
    help_text = "The story-id, taken without parsing."
    return click.option("--story", metavar="ID", shell_complete=story_ids, help=help_text)(callback)


def jobs(callback: Callback) -> Callback:
    """`--jobs N`: of whatever keeps many wires."""
    return click.option(
        "--jobs",
        metavar="N",
        type=click.IntRange(1, 64),
        default=1,
        help="Compare texts in N processes, this one among them: 2 or 3 take less time, and keep the same.",
    )(callback)


def allow_redacted(callback: Callback) -> Callback:
    """`--allow-redacted`: of whatever keeps wires."""
    help_text = "Keep it even if it was erased."
    return click.option("--allow-redacted", is_flag=True, help=help_text)(callback)


def as_of(callback: Callback) -> Callback:
    """`--as-of TIME`: on every question."""
    help_text = "Answer as the store stood then (by its recorded clock)."
    return click.option("--as-of", metavar="TIME", help=help_text)(callback)


@contextlib.contextmanager
def open_store(settings: Settings, as_of: str | None = None, *, sends: bool = False) -> Iterator[Questions]:
    """The store of `--store`, `$VSTORE_STORE` or the nearest `.vstore/`, as it stood `as_of`.

    What `sends` it elsewhere is noted in it, so that nobody takes back what others have.
    """
    with opened(settings, read_only=not sends) as store:
        asked = store if as_of is None else store.as_of(as_of)
        with _neighbours_told(asked):
            yield asked


@contextlib.contextmanager
def open_to_write(settings: Settings) -> Iterator[Store]:
    """The same store, for what `Questions` cannot do."""
    with opened(settings, read_only=False) as store, _neighbours_told(store):
        yield store


def opened(settings: Settings, *, read_only: bool) -> Store:
    """A store itself, as the options and the environment name it; the caller closes it."""
    from vstore import opening

    store = opening.open_store(settings.store, read_only=read_only, wait=settings.wait, tz=settings.tz)
    if store.place == "memory:":
        # It would be gone with this command, and what it said was kept as well.
        raise NoStore("memory: is for programs that use the library; name a folder", place=store.place)
    return store


@contextlib.contextmanager
def _neighbours_told(store: Questions) -> Iterator[None]:
    try:
        yield
    except UnknownStory as error:
        raise _with_neighbours(store, error) from error


def _with_neighbours(store: Questions, error: UnknownStory) -> UnknownStory:
    story = error.facts.get("story")
    near = [] if story is None or "nearest" in error.facts else store.nearest(story)
    if not near:
        return error
    message = f"{error.message} (did you mean {' or '.join(near)}?)"
    return UnknownStory(message, **error.facts, nearest=near)


def version_of(store: Questions, wanted: Wanted) -> Version:
    """The one version that was named."""
    if wanted.ref is not None:
        if wanted.version is not None:
            raise click.UsageError("name a version either by REF or by --version, not both")
        return store.resolve(wanted.ref, story=wanted.story)
    if wanted.story is None:
        raise click.UsageError("which version? Give REF, or --story ID and --version N")
    return store.version(store.story_named(wanted.story), which(wanted.version))


def date(text: str, zone: datetime.tzinfo | None) -> str:
    """A date that an option gave, in canonical words; BadReference if it is none."""
    from vstore import dates

    return dates.parse(text, zone).text


def which(version: str | None) -> int | str | None:
    """Digits are a version number, as in a reference; anything else is an id, a prefix or a date."""
    is_number = version is not None and version.isascii() and version.isdigit() and len(version) <= 9
    return int(version) if version is not None and is_number else version


def short_id(version: Version) -> str:
    """Seven digits of its id, more if none of them is a letter: a reference reads digits as a number."""
    from vstore.prefixes import shorten

    return shorten([version.id])[version.id]
