"""Blame as a page that stands alone: point at a word, and all words of its version light up.

It is text in colour with links and titles; a few lines of script add the rest. The page's own policy lets
no other script or style run, whatever a wire holds.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Final, NamedTuple

from vstore.answers import Blame, Diff
from vstore.cli.html import STYLE, changed_facts, marked_up, safe
from vstore.cli.margin import STILL_THERE, Manner, Origin, Run, runs, shades
from vstore.cli.moments import shown
from vstore.cli.reading import Fold, folds, passages
from vstore.cli.width import cut, flat
from vstore.cli.words import counted
from vstore.model import Version

MOST_SHOWN: Final = 1_000_000
"""Characters of diffs in a page."""
MOST_COMPARED: Final = 10_000_000
"""Characters of texts that are compared for a page."""
MOST_OF_A_FACT: Final = 160
_TURNS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")

LOOKS: Final = (
    STYLE
    + """
.age { --t0: #d6e4ff; --t1: #cdeef2; --t2: #d3f2d6; --t3: #eef3c0; --t4: #fde5c4; --t5: #fdd3cb; }
.source { --t0: #cdeaf5; --t1: #fde5c4; --t2: #dff0c8; --t3: #f3d7f5; --t4: #dcd9ff; --t5: #ffd6d6; }
:root { --lit: #1b1b1b; --lit-ink: #fff; }
@media (prefers-color-scheme: dark) {
  .age { --t0: #1c2f55; --t1: #12414a; --t2: #17431f; --t3: #40430f; --t4: #553712; --t5: #5a231c; }
  .source { --t0: #123f4f; --t1: #553712; --t2: #2f4214; --t3: #4a1f4d; --t4: #2e2a63; --t5: #5a2024; }
  :root { --lit: #f2f2f2; --lit-ink: #111; } }
.t0 { background: var(--t0); } .t1 { background: var(--t1); } .t2 { background: var(--t2); }
.t3 { background: var(--t3); } .t4 { background: var(--t4); } .t5 { background: var(--t5); }
body { padding-bottom: 3em; } main { padding-inline-start: 2em; }
p[data-n]::before { content: attr(data-n); display: inline-block; width: 2.5em; margin-inline-start: -2.5em;
                    font-size: .8em; color: var(--soft); }
a.w { color: inherit; text-decoration: none; -webkit-user-drag: none; }
a.lit, a.w:focus-visible { background: var(--lit); color: var(--lit-ink); text-decoration: underline; }
h2 { font-size: 1.1rem; } .says, .gap { color: var(--soft); } code { white-space: pre-wrap; }
summary b { padding: 0 .4em; color: var(--ink); }
#bar { position: fixed; inset: auto 0 0 0; margin: 0; padding: .5em 1em; white-space: nowrap;
       overflow: hidden; text-overflow: ellipsis; background: var(--paper); border-top: 1px solid; }
dialog { max-width: 44em; width: 90%; color: var(--ink); background: var(--paper); }
@media print, (forced-colors: active), (monochrome) {
  a.w::before { content: attr(data-v); font-size: .65em; vertical-align: super; } }
@media print { #bar { display: none; } }
"""
)
SCRIPT: Final = """
"use strict";
const bar = document.getElementById("bar"), box = document.getElementById("box");
const words = new Map();
for (const word of document.querySelectorAll("a[data-v]")) {
  const version = word.dataset.v;
  if (!words.has(version)) words.set(version, []);
  words.get(version).push(word);
}
let lit;
function light(version) {
  if (version === lit) return;
  for (const word of words.get(lit) ?? []) word.classList.remove("lit");
  for (const word of words.get(version) ?? []) word.classList.add("lit");
  lit = version;
  bar.hidden = !version;
  if (!version) return;
  bar.replaceChildren(...document.querySelector(`#v${version} > summary`).cloneNode(true).childNodes);
}
function version(event) {
  return event.target.closest?.("a[data-v]")?.dataset.v;
}
for (const kind of ["pointerover", "focusin"]) {
  document.addEventListener(kind, (event) => light(version(event)));
}
document.addEventListener("click", (event) => {
  const chosen = version(event);
  if (!chosen || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const step = document.getElementById(`v${chosen}`).cloneNode(true);
  step.removeAttribute("id");
  step.open = true;
  box.lastElementChild.replaceChildren(step);
  box.showModal();
});
box.firstElementChild.addEventListener("click", () => box.close());
"""


class Step(NamedTuple):
    """A version that words name; how to ask for the diff that tells of it, and the command that prints it.

    Both are None where there is nothing to tell.
    """

    version: Version
    diff: Callable[[], Diff] | None
    command: str | None


class Sheet(NamedTuple):
    """What a page is drawn from; `steps` in the order in which they shall stand."""

    blame: Blame
    version: Version
    steps: Sequence[Step]
    manner: Manner


def page(sheet: Sheet) -> Iterator[str]:
    """The page, line by line."""
    yield from _head(sheet.version)
    yield f'<body class="{sheet.manner.color_by}">\n<h1 dir="auto">{_fact(_title(sheet.version))}</h1>'
    yield f'<p class="says">{_says(sheet)}</p>\n<main>'
    shade = shades((Origin.of(step.version) for step in sheet.steps), sheet.manner.color_by)
    titles = {step.version.number: _hint(step.version, sheet) for step in sheet.steps}
    for paragraph, found in runs(sheet.blame):
        words = "".join(_words(run, shade, titles) for run in found)
        yield f'<p dir="auto" id="p{paragraph.number}" data-n="{paragraph.number}">{words}</p>'
    yield f"</main>\n<h2>{'Until when' if sheet.blame.reverse else 'Who wrote it'}</h2>"
    for step, body in _embedded(sheet.steps):
        yield _section(step, sheet, shade[step.version.number], body)
    yield '<p id="bar" role="status" dir="auto" hidden></p>'
    yield '<dialog id="box" aria-label="What changed">'
    yield '<button type="button">Close</button><div></div></dialog>'
    yield f"<script>{SCRIPT}</script>\n</body>\n</html>"


def _head(version: Version) -> Iterator[str]:
    lang = version.facts.lang
    tongue = f' lang="{safe(lang)}"' if lang else ""
    policy = f"style-src '{_digest(LOOKS)}'; script-src '{_digest(SCRIPT)}'"
    yield f'<!DOCTYPE html>\n<html{tongue}>\n<head>\n<meta charset="utf-8">'
    yield (
        '<meta http-equiv="Content-Security-Policy" '
        f"content=\"default-src 'none'; {policy}; base-uri 'none'; form-action 'none'\">"
    )
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{_fact(_title(version))}</title>\n<style>{LOOKS}</style>\n</head>"


def _digest(text: str) -> str:
    """As CSP names what alone may run."""
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _title(version: Version) -> str:
    return version.headline or f"{version.story}@{version.number}"


def _says(sheet: Sheet) -> str:
    version = sheet.version
    parts = (f"{version.story}@{version.number}", shown(version.dated, sheet.manner.zone), version.source)
    told = " · ".join(f"<bdi>{_fact(part)}</bdi>" for part in parts if part)
    if sheet.blame.reverse:
        asks = "Point at words to see the last version that has them; choose them to see what came after it."
    else:
        asks = "Point at words to see the version that wrote them; choose them to see what it changed."
    return f"{told}<br>{asks}"


def _words(run: Run, shade: Mapping[int, int], titles: Mapping[int, str]) -> str:
    number = run.origin.number
    return (
        f'<a class="w t{shade[number]}" href="#v{number}" data-v="{number}" title="{titles[number]}">'
        f"{safe(flat(run.text))}</a>"
    )


def _hint(version: Version, sheet: Sheet) -> str:
    """The version in an attribute; its facts are isolated (UAX #9), so that none turns the others round."""
    if version.number == sheet.manner.current:
        return STILL_THERE
    number = f"{'last in ' if sheet.blame.reverse else ''}{version.number}"
    facts = (f"\u2068{_fact(fact)}\u2069" for fact in (version.source, version.headline) if fact)
    return " · ".join((number, shown(version.dated, sheet.manner.zone), *facts))


def _fact(fact: str) -> str:
    """A fact for a line: cut, and without characters that turn round what stands beside it."""
    return safe(cut(_TURNS.sub("", flat(fact[: 8 * MOST_OF_A_FACT])), MOST_OF_A_FACT))


def _embedded(steps: Iterable[Step]) -> Iterator[tuple[Step, str | None]]:
    """Each with its diff as markup; None where there is none, or no room or work is left for it."""
    room, work = MOST_SHOWN, MOST_COMPARED
    for step in steps:
        body = None
        if step.diff is not None and work > 0:
            diff = step.diff()
            work -= sum(len(edit.text) for edit in diff.edits)
            body = "\n".join(_changes(diff))
            body = body if len(body) <= room else None
            room -= len(body or "")
        yield step, body


def _section(step: Step, sheet: Sheet, place: int, body: str | None) -> str:
    version = step.version
    facts = (f" · <bdi>{_fact(fact)}</bdi>" for fact in (version.source, version.headline) if fact)
    told = f" {STILL_THERE}"
    if version.number != sheet.manner.current:
        told = f" {safe(shown(version.dated, sheet.manner.zone))}{''.join(facts)}"
    number = f'<b class="t{place}">{version.number}</b>'
    summary = f"<summary>{'last in ' if sheet.blame.reverse else ''}{number}{told}</summary>"
    return (
        f'<details id="v{version.number}">{summary}\n{_instead(step) if body is None else body}\n</details>'
    )


def _instead(step: Step) -> str:
    if step.command is None:
        return '<p class="gap">The current version has these words.</p>'
    return f'<p class="gap">This page has no room for it. To see it: <code>{safe(step.command)}</code></p>'


def _changes(diff: Diff) -> Iterator[str]:
    yield f'<p class="counts">+{diff.added_words:,} -{diff.removed_words:,} words</p>'
    yield from changed_facts(diff)
    for fold in folds(passages(diff.edits)):
        yield from map(marked_up, fold.passages) if fold.near else [_gap(fold)]


def _gap(fold: Fold) -> str:
    return f'<p class="gap">… {counted(len(fold.passages), "paragraph")} unchanged …</p>'
