"""The house keeps its floors: who may import whom, where the libraries come in, how long things are.

`FLOORS` and `ROOMS` are the source of the architecture page.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent
HOUSE = ROOT / "vstore"

FLOORS: tuple[tuple[str, ...], ...] = (
    ("errors", "unicode_tables", "prefixes", "blobs", "notes", "merkle"),
    ("accounts", "urls", "extracted", "oneline"),
    ("text", "dates", "again", "postings"),
    ("model", "rows", "paragraph_range"),
    ("answers", "derivation", "facts", "states", "aliases", "shingles", "alike"),
    ("subsequence", "notices", "phrases", "shared", "objects", "names", "config", "sent"),
    ("align_runs", "substance", "patch", "history", "attested", "slugs", "captures"),
    ("align", "origins"),
    ("changes", "counterparts", "lost", "rewrites"),
    ("comparing", "corrections"),
    ("chain", "packs", "readers", "storage", "worker"),
    ("places", "arriving", "landings"),
    ("shelf", "dictionaries", "repacking", "workers", "journalling", "maintenance", "sameness", "refusing"),
    ("tracing", "versions", "intake", "rewriting", "interop", "search", "attesting", "passages", "indexing"),
    (
        *("homes", "aliasing", "asking", "blame", "cautions", "deriving", "paragraph_log", "preparing"),
        *("checking", "collecting", "mending", "undoing", "burying", "matching"),
    ),
    ("importing", "knowing", "likenesses", "upgrading", "repairing", "redacting", "following"),
    ("questions",),
    ("copying",),
    ("backing_up", "bundling"),
    ("moving",),
    ("writing",),
    ("taking",),
    ("store",),
    ("opening",),
    ("cli",),
)
"""From the ground up: a module imports only from floors below its own."""

ROOMS: dict[str, tuple[str, ...]] = {
    "origins": (
        *("passages", "written", "layouts", "tiles", "likeness", "claims", "gaps", "fold", "touches"),
        *("columns", "strands", "trace", "checkpoints", "__init__"),
    ),
    "readers": (
        *("files", "packed", "charsets", "source", "strictjson", "reading"),
        *("stamps", "states", "finding", "elements", "markup", "xmlroot", "slices", "strictxml", "inline"),
        *("jsonwire", "wirehead", "wirebody"),
        *("declared", "webpage", "warcstream", "httpbody", "feedspans", "maildates", "mailbox"),
        *("mailwords", "snippets", "gitobjects", "*"),
        "__init__",
    ),
    "storage": (
        *("contract", "checksum", "database", "layout", "schema"),
        *("sqlite_errors", "sqlite_copy", "sqlite", "sqlite_backup"),
        *("sql_asking", "sql_apart"),
        *("sqlite_pages", "sqlite_records", "sqlite_salvage", "sqlite_replace"),
        *("sql_origins", "sql_erased", "sql_aliases", "sql_taken", "sql_shingles", "sql_writing"),
        *("sql_remains", "sql_mending", "sql", "sqlite_upgrade"),
        *("postgres_place", "postgres_schema", "postgres_errors", "postgres_connections", "postgres_making"),
        *("postgres", "postgres_writing", "postgres_storage", "postgres_opening"),
        *("memory_writing", "memory"),
        "__init__",
    ),
    "interop": (
        *("repository", "promised", "commits", "noted", "branches", "gone", "writing", "*"),
        "__init__",
    ),
    "checking": ("aliases", "scope", "rows", "texts", "payloads", "recounts", "origins", "run", "__init__"),
    "mending": ("turned", "apart", "other", "names", "chain", "derived", "texts", "story", "__init__"),
    "cli": (
        *("width", "moments", "settings", "pager", "output", "look", "reading", "words", "unified", "html"),
        *("margin", "entry", "editing", "layout", "progress", "nearby", "frame", "naming", "overrides"),
        *("selection", "ranges", "sought", "likeness"),
        *("excerpts", "table", "filenames", "placing", "outcomes", "sources", "finding", "taking"),
        *("putting_away", "watching"),
        *("shellwords", "blame_html", "porcelain"),
        *("matches", "carrying", "cautions", "*", "group", "completing", "boundary", "__init__"),
    ),
}
"""Inside a folder, modules import in this order.

`*` is every other one, a format or a command each; these do not import one another.
"""

DOORS = {"__init__": len(FLOORS) - 2, "__main__": len(FLOORS) - 1}
"""The package's own doors stand on top of these floors and may import from them too."""

SEAMS = {
    "apsw": ("storage/sqlite*", "readers/diffengine"),
    "backports": ("chain", "readers/packed", "interop/*"),
    "compression": ("chain", "readers/packed", "interop/*"),
    "click": ("cli/*",),
    "diff_match_patch": ("patch",),
    "psycopg": ("storage/postgres*",),
    "rapidfuzz": ("align", "names", "subsequence"),
    "rfc8785": ("facts",),
    "charset_normalizer": ("readers/declared",),
    "trafilatura": ("readers/webpage",),
    "feedparser": ("readers/feeds",),
    "warcio": ("readers/warc",),
    "brotli": ("readers/httpbody",),
    "yaml": ("readers/frontmatter", "config"),
    "_typeshed": ("*",),
}
"""Which modules may import a library; any library that is not here has no place in the house.

`_typeshed` is there for type checkers only.
"""


class Import(NamedTuple):
    """A module that another one names, with the line where it does."""

    name: str
    line: int
    for_types: bool


class Place(NamedTuple):
    """Where a module stands: floor, room, and its place in the room's order."""

    floor: int
    room: str
    order: int


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def modules() -> list[Path]:
    return sorted(path for path in HOUSE.rglob("*.py") if "__pycache__" not in path.parts)


def said(path: Path) -> str:
    """`names`, `readers/plain`, `cli/__init__`: as FLOORS and SEAMS say it."""
    return path.relative_to(HOUSE).with_suffix("").as_posix()


def place(module: str) -> Place | None:
    """None for a module that is on no floor."""
    room, _, inside = module.partition("/")
    if not inside and room in DOORS:
        return Place(DOORS[room], room, 0)
    floor = next((at for at, rooms in enumerate(FLOORS) if room in rooms), None)
    if floor is None or ("/" in inside) or bool(inside) != (room in ROOMS):
        return None
    if not inside:
        return Place(floor, room, 0)
    order = ROOMS[room]
    known = inside if inside in order else "*"
    return Place(floor, room, order.index(known)) if known in order else None


def imports(path: Path) -> Iterator[Import]:
    """Every import of a module, wherever it stands."""
    return imports_of(tree(path), path)


def imports_of(module: ast.Module, path: Path) -> Iterator[Import]:
    """`importlib.import_module("…")` is one as well."""
    nodes = list(ast.walk(module))
    for_types = {id(inner) for node in nodes for inner in only_for_types(node)}
    for node in nodes:
        for name in imported(node, path):
            yield Import(name, getattr(node, "lineno", 0), id(node) in for_types)


def only_for_types(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        for inner in node.body:
            yield from ast.walk(inner)


def imported(node: ast.AST, path: Path) -> list[str]:
    match node:
        case ast.Import(names=names):
            return [alias.name for alias in names]
        case ast.ImportFrom(module=module, names=names, level=level):
            package = "" if not level else ".".join(path.relative_to(ROOT).parts[:-level])
            origin = ".".join(filter(None, [package, module]))
            return [f"{origin}.{alias.name}" if is_module(origin, alias.name) else origin for alias in names]
        case ast.Call(func=func, args=[ast.Constant(value=str(name)), *_]):
            is_import = ast.unparse(func).endswith(("import_module", "__import__"))
            return [name] if is_import else []
    return []


def is_module(package: str, name: str) -> bool:
    """Whether `from package import name` imports a module of its own; of a library, it may."""
    folder = ROOT.joinpath(*package.split("."))
    if package.split(".")[0] != "vstore":
        return True
    return (folder / f"{name}.py").exists() or (folder / name / "__init__.py").exists()


def inside(name: str) -> str:
    """`vstore.readers.plain` as `readers/plain`; a package is its `__init__`."""
    parts = name.split(".")[1:]
    if HOUSE.joinpath(*parts).is_dir():
        parts.append("__init__")
    return "/".join(parts)


def may_import(here: Place, there: Place, for_types: bool) -> bool:
    if here.room == there.room:
        return for_types or there.order < here.order
    return there.floor <= here.floor if here.room in DOORS else there.floor < here.floor


def is_file(module: str) -> bool:
    return (HOUSE / f"{module}.py").exists()


def listed(problems: list[str]) -> str:
    return "\n".join(["", *dict.fromkeys(problems)])


def test_every_module_stands_on_a_floor() -> None:
    homeless = [said(path) for path in modules() if place(said(path)) is None]
    assert not homeless, f"put into FLOORS or ROOMS: {homeless}"


def test_every_room_of_the_list_is_there() -> None:
    rooms = [room for floor in FLOORS for room in floor]
    inner = [f"{room}/{name}" for room, order in ROOMS.items() for name in order if name != "*"]
    missing = [name for name in [*rooms, *inner] if not (HOUSE / name).is_dir() and not is_file(name)]
    assert not missing, f"in FLOORS or ROOMS, but not in the house: {missing}"


def test_a_module_imports_only_from_floors_below() -> None:
    wrong = []
    for path in modules():
        here = place(said(path))
        for found in imports(path):
            there = place(inside(found.name)) if found.name.split(".")[0] == "vstore" else None
            if here and there and not may_import(here, there, found.for_types):
                wrong.append(f"{path.relative_to(ROOT)}:{found.line} imports {found.name}")
    assert not wrong, listed(wrong)


def test_only_what_is_there_is_imported_from_the_house() -> None:
    unknown = [
        f"{path.relative_to(ROOT)}:{found.line} imports {found.name}"
        for path in modules()
        for found in imports(path)
        if found.name.split(".")[0] == "vstore" and place(inside(found.name)) is None
    ]
    assert not unknown, listed(unknown)


def test_a_library_comes_in_at_its_seam() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{found.line} imports {found.name}"
        for path in modules()
        for found in imports(path)
        if not is_at_its_seam(found.name.split(".")[0], said(path))
    ]
    assert not wrong, listed(wrong)


def is_at_its_seam(library: str, module: str) -> bool:
    if library == "vstore" or (library in sys.stdlib_module_names and library not in SEAMS):
        return True
    return any(fnmatch(module, seam) for seam in SEAMS.get(library, ()))


def test_nobody_imports_difflib() -> None:
    # Its junk rule surprises and its time has no bound: `align` is what compares texts in this house.
    paths = [path for folder in ("vstore", "tests", "bench") for path in (ROOT / folder).rglob("*.py")]
    wrong = [str(path) for path in paths for found in imports(path) if found.name.split(".")[0] == "difflib"]
    assert not wrong, listed(wrong)


def test_no_file_has_more_than_400_lines() -> None:
    counts = {said(path): len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}
    long = {name: lines for name, lines in counts.items() if lines > 400}
    assert not long


def test_no_function_has_more_than_60_lines() -> None:
    long = [
        f"{said(path)}.{node.name}"
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or node.lineno) - node.lineno + 1 > 60
    ]
    assert not long


@pytest.mark.parametrize(
    ("here", "there", "for_types", "allowed"),
    [
        ("store", "errors", False, True),
        ("errors", "store", False, False),
        ("errors", "store", True, False),
        ("names", "align", False, False),
        ("readers/__init__", "readers/plain", False, True),
        ("readers/plain", "readers/__init__", False, False),
        ("readers/plain", "readers/__init__", True, True),
        ("readers/plain", "readers/seed", False, False),
        ("shelf", "storage/sqlite", False, True),
        ("__init__", "store", False, True),
        ("__init__", "cli/__init__", False, False),
        ("cli/group", "__init__", False, True),
        ("store", "__init__", False, False),
        ("__main__", "cli/__init__", False, True),
    ],
)
def test_the_rule_itself_tells_up_from_down(here: str, there: str, for_types: bool, allowed: bool) -> None:
    above, below = place(here), place(there)
    assert above is not None
    assert below is not None
    assert may_import(above, below, for_types) is allowed


def test_every_import_of_a_module_is_seen() -> None:
    source = """
import os.path
from yaml import load
from vstore import dates
from . import plain
from .seed import x
from ..errors import VstoreError
if TYPE_CHECKING:
    from vstore.model import Wire
def later():
    importlib.import_module("apsw")
"""
    found = list(imports_of(ast.parse(source), HOUSE / "readers" / "imagined.py"))
    assert [(each.name, each.for_types) for each in found] == [
        ("os.path", False),
        ("yaml.load", False),
        ("vstore.dates", False),
        ("vstore.readers.plain", False),
        ("vstore.readers.seed", False),
        ("vstore.errors", False),
        ("vstore.model", True),
        ("apsw", False),
    ]
