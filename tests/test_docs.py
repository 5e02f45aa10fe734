"""The documents cannot lie: their examples are run, their links followed, their names looked up."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from transcripts import FENCE, ROOT, differences, steps

import vstore
from vstore.cli.group import COMMANDS

PAGES = ("README.md", "CHANGELOG.md", *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")))
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
IN_CODE = re.compile(r"```.*?^```$|`[^`\n]+`", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"(?<![\w./])((?:[a-z]+/)?[a-z_]+)\.(\w+)(?:\.(\w+))?")


def read(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def without_code(page: str) -> str:
    return IN_CODE.sub("", read(page))


def anchors(page: str) -> set[str]:
    """As GitHub makes them of headings."""
    text = re.sub(r"```.*?^```$", "", read(page), flags=re.MULTILINE | re.DOTALL)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in HEADING.findall(text)}


EXECUTED = [page for page in PAGES if list(steps(read(page)))]
LONG_PAGES = {f"docs/{page}.md" for page in ("guide", "format", "stories", "cookbook", "blame")}
"""Pages of so many commands that only `make test-all` runs them."""


@pytest.mark.parametrize(
    "page",
    [pytest.param(page, marks=[pytest.mark.slow] if page in LONG_PAGES else []) for page in EXECUTED],
)
def test_every_example_answers_as_its_page_says(page: str, tmp_path: Path) -> None:
    wrong = differences(read(page), tmp_path / "folder")
    told = [f"$ {step.command}\n{step.answer}--- is answered by\n{found}" for step, found in wrong]
    assert not told, "\n".join(["if that is right: python tests/transcripts.py --accept " + page, *told])


@pytest.mark.parametrize(
    "page",
    ["README.md", "docs/guide.md", "docs/concepts.md", "docs/blame.md", "docs/format.md", "docs/api.md"],
)
def test_pages_that_ought_to_have_examples_have_some(page: str) -> None:
    assert list(steps(read(page)))


def test_the_generated_pages_are_fresh() -> None:
    command = [sys.executable, "-m", "docs.generate", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_guide_and_on_the_page_of_commands(command: str) -> None:
    assert f"## {command}\n" in read("docs/cli.md")
    asked = [step.command for step in steps(read("docs/guide.md"))]
    assert any(re.search(rf"\bvstore (--\S+ (\w+ )?)*{command}\b", words) for words in asked)


@pytest.mark.parametrize("name", vstore.__all__)
def test_every_public_name_is_on_the_page_of_the_library(name: str) -> None:
    assert f"### {name}\n" in read("docs/api.md")


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    for link in LINK.findall(without_code(page)):
        if "://" in link:
            continue
        file, _, anchor = link.partition("#")
        target = ((ROOT / page).parent / file).resolve() if file else ROOT / page
        assert target.is_file(), link
        assert not anchor or anchor in anchors(str(target.relative_to(ROOT))), link


@pytest.mark.parametrize("page", PAGES)
def test_no_page_names_the_machine_it_was_written_on(page: str) -> None:
    assert not re.search(r"/(?:work|root|home|tmp)/", read(page))


@pytest.mark.parametrize("page", PAGES)
def test_prose_keeps_to_the_width_of_a_page(page: str) -> None:
    prose = re.sub(r"```.*?^```$", "", read(page), flags=re.MULTILINE | re.DOTALL)
    long = [line for line in prose.splitlines() if len(line) > 120 and not line.startswith("|")]
    assert not long


def test_the_errors_of_the_guide_are_those_of_the_library() -> None:
    table = {int(code) for code in re.findall(r"^\| (\d+) \|", read("docs/guide.md"), re.MULTILINE)}
    found = [getattr(vstore, name) for name in vstore.__all__]
    errors = [each for each in found if isinstance(each, type) and issubclass(each, vstore.VstoreError)]
    codes = {error.exit_code for error in errors}
    assert codes - {1} <= table
    assert {0, 1, 7, 130} <= table


def test_every_function_on_the_way_of_a_wire_is_there() -> None:
    ways = [body for language, _, body in FENCE.findall(read("docs/architecture.md")) if language == "text"]
    found = {match for way in ways for match in NAMED.findall(way)}
    assert found
    lost = [".".join(filter(None, each)) for each in sorted(found) if not is_there(*each)]
    assert not lost


def is_there(module: str, name: str, inner: str) -> bool:
    """True if the module has the name itself, and that name the inner one."""
    folder = ROOT / "vstore" / module
    path = folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py")
    if not path.exists():
        return False
    names = bound(ast.parse(path.read_text(encoding="utf-8")).body)
    return name in names and (not inner or inner in bound(getattr(names[name], "body", [])))


def bound(body: list[ast.stmt]) -> dict[str, ast.stmt]:
    """Names that these statements define, or pass on from another module."""
    names = {node.name: node for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    passed = {
        name.asname: node
        for node in body
        if isinstance(node, ast.ImportFrom)
        for name in node.names
        if name.asname
    }
    return {**passed, **names}


def test_an_answer_is_told_from_a_question() -> None:
    page = "```console\n$ echo one\n> two\none\n$ true\n```\n\n```python x.py\n1\n```\n"
    found = [(step.command, step.answer) for step in steps(page)]
    assert found[:2] == [("echo one\ntwo", "one\n"), ("true", "")]
    assert found[2][0].endswith("> x.py")
