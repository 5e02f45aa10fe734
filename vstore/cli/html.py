"""A diff as a page that stands alone: no script, no other file, light or dark as the reader's system is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

from vstore.answers import Diff, Edit
from vstore.cli.reading import Fold, Passage, folds, passages
from vstore.cli.words import counted, fact_text

STYLE = """
:root { color-scheme: light dark; --ink: #1b1b1b; --paper: #fff; --soft: #666;
        --ins: #d7f5dd; --ins-ink: #05500f; --del: #fde0e0; --del-ink: #86181d; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #ddd; --paper: #16181b; --soft: #999;
          --ins: #123a1c; --ins-ink: #8be39b; --del: #46191c; --del-ink: #ff9ea3; } }
body { max-width: 42em; margin: 2em auto; padding: 0 1em; color: var(--ink); background: var(--paper);
       font: 1.05rem/1.55 Georgia, "Noto Serif", serif; overflow-wrap: anywhere; }
h1 { font-size: 1.3rem; } .counts, summary, dt { color: var(--soft); }
p { white-space: pre-wrap; }
ins { color: var(--ins-ink); background: var(--ins); text-decoration: none; border-bottom: 1px solid; }
del { color: var(--del-ink); background: var(--del); }
""".strip()
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_TAGS = {"-": "del", "+": "ins"}


def page(diff: Diff, title: str, lang: str | None = None) -> Iterator[str]:
    """The page, line by line; `title` names the two versions."""
    tongue = f' lang="{safe(lang)}"' if lang else ""
    yield f'<!DOCTYPE html>\n<html{tongue}>\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{safe(title)}</title>\n<style>\n{STYLE}\n</style>\n</head>\n<body>"
    yield f'<h1 dir="auto">{safe(title)}</h1>'
    yield f'<p class="counts">+{diff.added_words:,} -{diff.removed_words:,} words</p>'
    yield from changed_facts(diff)
    for fold in folds(passages(diff.edits)):
        yield from _shown(fold) if fold.near else _hidden(fold)
    yield "</body>\n</html>"


def changed_facts(diff: Diff) -> Iterator[str]:
    """Each fact that changed, as it was and as it is."""
    if not diff.facts:
        return
    yield "<dl>"
    for name, pair in diff.facts.items():
        yield f'<dt>{safe(name)}</dt><dd dir="auto">{_change(pair)}</dd>'
    yield "</dl>"


def _change(pair: Sequence[Any]) -> str:
    old, new = (safe(fact_text(value)) for value in pair)
    return f"<del>{old}</del> <ins>{new}</ins>"


def _shown(fold: Fold) -> Iterator[str]:
    return map(marked_up, fold.passages)


def _hidden(fold: Fold) -> Iterator[str]:
    """Closed, but there: a reader may open it."""
    yield f"<details><summary>{counted(len(fold.passages), 'paragraph')} unchanged</summary>"
    yield from _shown(fold)
    yield "</details>"


def marked_up(passage: Passage) -> str:
    """A paragraph with what went and what came."""
    return f'<p dir="auto">{"".join(map(_run, passage))}</p>'


def _run(edit: Edit) -> str:
    text = safe(edit.text)
    return text if edit.op == "=" else f"<{_TAGS[edit.op]}>{text}</{_TAGS[edit.op]}>"


def safe(text: str) -> str:
    """Escaped; characters that HTML does not allow become U+FFFD."""
    return escape(_FORBIDDEN.sub("�", text))
