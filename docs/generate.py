"""Writes what the pages must not say in other words than the code.

python -m docs.generate            # cli.md, api.md, and the marked parts of architecture.md and format.md
python -m docs.generate --check    # writes nothing; exits with 1, naming them, where pages are stale
"""

from __future__ import annotations

import ast
import re
import runpy
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import click

DOCS = Path(__file__).parent
ROOT = DOCS.parent
HOUSE = ROOT / "vstore"

WIDTH = 100
ALIASES = ("Which", "Paragraphs", "Expected", "Level")

CLI_HEAD = """\
# Commands

Written by `make docs` from `vstore COMMAND --help`; what the commands are for, and what goes wrong, is in
[guide.md](guide.md).

"""
GLOBAL_HEAD = """\
## Global options

Before the command or after it; the one after the command wins.

"""
API_HEAD = """\
# Library

Written by `make docs` from the signatures and docstrings of the public names, all of them in `vstore`.
Names are loaded when they are first used. Values are frozen dataclasses, and `to_dict()` of each is its
JSON form on the command line. Errors are `VstoreError`s with `message`, `facts` and `exit_code`.

```python
>>> import vstore
>>> store = vstore.open("memory:")
>>> store.add("ferry", "The ferry sails on Monday.", date="2022-03-08", source="Nordfjell").outcome
'new'
>>> added = store.add("ferry", "The ferry sails on Friday.", date="2022-03-09", source="Nordfjell", expect=1)
>>> added.version.number, added.version.changed, added.version.added_words
(2, ('text',), 1)
>>> store.add("ferry", "The ferry is cancelled.", expect=1)
Traceback (most recent call last):
vstore.errors.Conflict: ferry is at version 2 now, not at 1
>>> [version.number for version in store.log("ferry")]
[2, 1]
>>> store.text("ferry", "2022-03-08")
'The ferry sails on Monday.'
>>> store.resolve("ferry~1").number
1
>>> [(hunk.number, hunk.text) for hunk in store.blame("ferry", paragraph=1).hunks]
[(1, 'The ferry sails on '), (2, 'Friday'), (1, '.')]
>>> wires = [vstore.Wire(story="weather", text="Snow.", date="2022-03"), vstore.BadWire("no text")]
>>> store.import_wires(wires)
Imported(new=1, changed=0, same=0, bad=1)
>>> store.close()

```

"""


def pages() -> Iterator[tuple[Path, str]]:
    """Every page that is written here, whole or in part, as it ought to be."""
    yield DOCS / "cli.md", cli()
    yield DOCS / "api.md", api()
    yield DOCS / "architecture.md", _filled(DOCS / "architecture.md", "floors", floors())
    yield DOCS / "format.md", _filled(DOCS / "format.md", "schema", schema())


def _filled(path: Path, name: str, part: str) -> str:
    """The page with `part` between its two marks."""
    start, end = f"<!-- {name}: written by docs/generate.py -->\n", f"<!-- /{name} -->\n"
    before, _, rest = path.read_text(encoding="utf-8").partition(start)
    _, found, after = rest.partition(end)
    if not found:
        raise SystemExit(f"{path.name} has no place for {name}")
    return f"{before}{start}{part}{end}{after}"


# cli.md


def cli() -> str:
    """Each command's help; what all have in common once."""
    from vstore.cli.group import COMMANDS, vstore

    root = click.Context(vstore, info_name="vstore", terminal_width=WIDTH, **vstore.context_settings)
    told = [_told(command, root, name) for name in COMMANDS if (command := vstore.get_command(root, name))]
    shared = told[0].split("Global options:\n", 1)[1].split("\n\n", 1)[0]
    links = "\n".join(f"- [{name}](#{name}): {text}" for name, text in COMMANDS.items())
    own = [re.sub(r"\n\nGlobal options:\n(?:  .*\n?)+", "\n", text).rstrip("\n") for text in told]
    sections = [f"## {name}\n\n{_fenced(text)}" for name, text in zip(COMMANDS, own, strict=True)]
    globals_ = f"{GLOBAL_HEAD}{_fenced(shared)}"
    return "\n".join([f"{CLI_HEAD}{links}\n", globals_, *sections])


def _told(command: click.Command, root: click.Context, name: str) -> str:
    return command.get_help(click.Context(command, parent=root, info_name=name, terminal_width=WIDTH))


def _fenced(text: str, language: str = "text") -> str:
    return f"```{language}\n{text}\n```\n"


# api.md


def api() -> str:
    """Functions, then the store, values and errors, each as its module has it."""
    homes: dict[str, tuple[str, str]] = runpy.run_path(str(HOUSE / "__init__.py"))["_HOMES"]
    functions = [name for name in homes if name.islower()]
    store = ["Store", "Questions"]
    errors = [name for name, (module, _) in homes.items() if module == "vstore.errors"]
    values = [name for name in homes if name not in {*functions, *store, *errors}]
    rooms = {"Functions": functions, "The store": store, "Values": values, "Errors": errors}
    parts = [_room(title, names, homes) for title, names in rooms.items()]
    return API_HEAD + "\n".join([*parts[:2], _aliases(), *parts[2:]])


def _room(title: str, names: list[str], homes: dict[str, tuple[str, str]]) -> str:
    return "\n".join([f"## {title}\n", *(_name(name, *homes[name]) for name in names)])


def _aliases() -> str:
    """Names that signatures use, from the module that has them, with the sentence that stands below each."""
    found = [_alias(name) for name in ALIASES]
    return "\n".join(["## Kinds of arguments\n", *found])


def _alias(name: str) -> str:
    for path in sorted(HOUSE.rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        for node, after in pairwise(ast.parse(source).body):
            is_it = isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name
            if is_it and isinstance(after, ast.Expr):
                written = ast.get_source_segment(source, node) or ""  # in quotation marks as ruff wants them
                return f"{_fenced(written, 'py')}\n{ast.literal_eval(after.value)}\n"
    raise SystemExit(f"nobody says what {name} is")


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _name(name: str, module: str, attribute: str) -> str:
    tree = _tree(ROOT / f"{module.replace('.', '/')}.py")
    defined = (node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef))
    found = next(node for node in defined if node.name == attribute)
    if isinstance(found, ast.FunctionDef):
        return f"### {name}\n\n{_function(found, f'vstore.{name}')}"
    return f"### {name}\n\n{_class(found, _mixed_in(tree, found))}"


def _mixed_in(tree: ast.Module, node: ast.ClassDef) -> list[ast.FunctionDef]:
    """The methods of bases that are no public names themselves."""
    homes = {
        alias.name: ROOT / f"{(each.module or '').replace('.', '/')}.py"
        for each in tree.body
        if isinstance(each, ast.ImportFrom) and (each.module or "").startswith("vstore.")
        for alias in each.names
    }
    public = runpy.run_path(str(HOUSE / "__init__.py"))["_HOMES"]
    names = [ast.unparse(base) for base in node.bases]
    return [
        function
        for name in names
        if name in homes and name not in public
        for found in _tree(homes[name]).body
        if isinstance(found, ast.ClassDef) and found.name == name
        for function in found.body
        if isinstance(function, ast.FunctionDef)
    ]


def _class(node: ast.ClassDef, mixed_in: list[ast.FunctionDef]) -> str:
    parts = [_fenced(_declared(node), "py").rstrip(), _docstring(node)]
    own = [each for each in node.body if isinstance(each, ast.FunctionDef)]
    functions = [each for each in (*own, *mixed_in) if _is_public(each)]
    parts += [_function(each, f"{node.name}.{each.name}").rstrip() for each in functions]
    return "\n\n".join(part for part in parts if part) + "\n"


def _is_public(node: ast.FunctionDef) -> bool:
    return not node.name.startswith("_") and node.name != "to_dict"


def _written(node: ast.AST) -> str:
    """A part of the code, with the quotation marks that the formatter wants."""
    return ast.unparse(node).replace("'", '"')


def _declared(node: ast.ClassDef) -> str:
    bases = ", ".join(map(ast.unparse, node.bases))
    fields = [_written(each) for each in node.body if isinstance(each, ast.AnnAssign)]
    rest = "".join(f"\n    {field}" for field in fields)
    return f"class {node.name}{f'({bases})' if bases else ''}{':' if rest else ''}{rest}"


def _function(node: ast.FunctionDef, name: str) -> str:
    decorators = {ast.unparse(each) for each in node.decorator_list}
    answer = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    if "property" in decorators:
        return f"**`{name}`**`{answer.replace(' -> ', ': ')}`\n\n{_docstring(node)}\n"
    shown = list(_arguments(node.args))
    line = f"{name}({', '.join(shown)}){answer}"
    if len(line) > WIDTH:
        line = f"{name}(" + "".join(f"\n    {each}," for each in shown) + f"\n){answer}"
    return f"{_fenced(line, 'py')}\n{_docstring(node)}\n"


def _arguments(arguments: ast.arguments) -> Iterator[str]:
    """Without `self` and `cls`, with the defaults as they are written."""
    plain = arguments.posonlyargs + arguments.args
    defaults = [None] * (len(plain) - len(arguments.defaults)) + list(arguments.defaults)
    for each, default in zip(plain, defaults, strict=True):
        if each.arg not in {"self", "cls"}:
            yield _argument(each, default)
    if arguments.kwonlyargs:
        yield "*"
    for each, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        yield _argument(each, default)
    if arguments.kwarg:
        yield f"**{_argument(arguments.kwarg, None)}"


def _argument(each: ast.arg, default: ast.expr | None) -> str:
    kind = f": {ast.unparse(each.annotation)}" if each.annotation else ""
    return f"{each.arg}{kind}" + (f" = {ast.unparse(default)}" if default else "")


def _docstring(node: ast.FunctionDef | ast.ClassDef) -> str:
    return ast.get_docstring(node) or ""


# architecture.md and format.md


def floors() -> str:
    """The floors that the tests demand, each module with the first sentence of what it says of itself."""
    house = runpy.run_path(str(ROOT / "tests" / "test_layers.py"))
    rows = ["| floor | room | one idea |", "|---|---|---|"]
    for number, floor in enumerate(house["FLOORS"]):
        for room in floor:
            inside = list(_inside(room, house["ROOMS"].get(room, ())))
            order = f" In order: {', '.join(f'`{name}`' for name in inside)}." if inside else ""
            rows.append(f"| {number} | `{room}` | {_idea(room, inside)}{order} |")
    return "\n".join(rows) + "\n"


def _inside(room: str, order: tuple[str, ...]) -> Iterator[str]:
    """A room's modules in the order in which they import one another."""
    named = {name for name in order if name != "*"}
    rest = sorted(path.stem for path in (HOUSE / room).glob("*.py") if path.stem not in named)
    for name in order:
        yield from rest if name == "*" else [] if name == "__init__" else [name]


def _idea(room: str, inside: list[str]) -> str:
    """The first sentences of a module; of a folder's own, or of the first in it that says anything."""
    for name in [f"{room}/{each}" for each in ("__init__", *inside)] if inside else [room]:
        if told := ast.get_docstring(_tree(HOUSE / f"{name}.py")):
            return " ".join(told.split("\n\n")[0].split())
    raise SystemExit(f"{room} does not say what it is")


def schema() -> str:
    """The statements that make a store's file."""
    tables: str = runpy.run_path(str(HOUSE / "storage" / "schema.py"))["TABLES"]
    return _fenced(tables.strip(), "sql")


def main(words: list[str]) -> int:
    """See the head of the module."""
    stale = [(path, page) for path, page in pages() if not path.exists() or path.read_text("utf-8") != page]
    for path, page in stale:
        if "--check" in words:
            sys.stderr.write(f"{path.relative_to(ROOT)} is stale: run `make docs`\n")
        else:
            path.write_text(page, encoding="utf-8")
    return int(bool(stale) and "--check" in words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
