"""How long one version's text takes to come: the library's `Store.text` beside git's readers."""

from __future__ import annotations

import json
import random
import statistics
import subprocess
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from bench import corpora
from bench.figures import percentile, timed
from bench.options import Options
from bench.processes import environment, run, vstore, work
from bench.report import Row, Table, Target

MICROSECONDS = 1_000.0
PICKS = 1_000
FEW, MANY = 3, 10


class Pick(NamedTuple):
    """A version to be shown: by its number in vstore, by its commit in git."""

    story: str
    number: int
    commit: str
    path: str


def measure(options: Options, scratch: Path) -> list[Table]:
    """One table over random versions of short stories."""
    title = f"show a version of a {FEW}–{MANY}-version story of {corpora.WIKI_VERSIONS}"
    reason = corpora.absent(corpora.WIKI_VERSIONS)
    if reason:
        return [Table(title, notes=[reason])]
    _make(scratch)
    picks = 100 if options.quick else PICKS
    answer = work("shows:times", scratch=scratch, picks=picks).answer
    table = Table(f"{title}: {answer['picks']:,} at random", rows=answer["rows"])
    for row in answer["rows"]:
        if str(row["what"]).startswith("vstore"):
            table.targets.append(Target(f"{row['what']}, median", row["median µs"], MICROSECONDS, "µs"))
            table.targets.append(Target(f"{row['what']}, 99 of 100", row["p99 µs"], MICROSECONDS, "µs"))
    table.notes.append("Each version is asked of each reader in turn; all answers are compared.")
    return [table]


def _make(scratch: Path) -> None:
    """The same versions in a store and in a repository; `marks` names the commits in the corpus's order."""
    source = corpora.folder() / corpora.WIKI_VERSIONS
    work("corpora:prepare", source=source, scratch=scratch, limit=None)
    run(*vstore("--store", scratch / "store", "init"))
    run(*vstore("--store", scratch / "store", "import", source))
    repository = str(scratch / "git")
    run("git", "init", "--quiet", "--bare", repository)
    marks = f"--export-marks={scratch / 'marks'}"
    run("git", "-C", repository, "fast-import", "--quiet", marks, stdin=scratch / "stream")


def times(scratch: str, picks: int) -> dict[str, Any]:
    """Work: ask every reader for the same versions."""
    import pygit2

    from vstore.store import open_store

    place = Path(scratch)
    chosen = _picks(place, picks)
    repo = pygit2.Repository(str(place / "git"))
    with open_store(place / "store", read_only=True) as store, _cat_file(place / "git") as cat:
        ways: dict[str, Callable[[Pick], bytes]] = {
            "vstore, store open, first asked": lambda pick: store.text(pick.story, pick.number).encode(),
            "vstore, asked again": lambda pick: store.text(pick.story, pick.number).encode(),
            "vstore, open, ask, close": lambda pick: _fresh(place / "store", pick),
            "git cat-file --batch": lambda pick: _cat(cat, pick),
            "pygit2": lambda pick: _pygit2(repo, pick),
        }
        found = _in_turns(ways, chosen)
    return {"picks": len(chosen), "rows": [_row(name, spent) for name, spent in found.items()]}


def _row(name: str, spent: list[float]) -> Row:
    return {"what": name, "median µs": statistics.median(spent), "p99 µs": percentile(spent, 99)}


def _in_turns(ways: dict[str, Callable[[Pick], bytes]], chosen: list[Pick]) -> dict[str, list[float]]:
    """Microseconds of each call; the first pick warms up and is not counted."""
    found: dict[str, list[float]] = {name: [] for name in ways}
    for pick in chosen:
        texts: set[bytes] = set()
        for name, way in ways.items():
            spent, text = timed(partial(way, pick))
            texts.add(text)
            found[name].append(spent)
        assert len(texts) == 1, f"{pick} is not the same everywhere"
    return {name: spent[1:] for name, spent in found.items()}


def _picks(place: Path, picks: int) -> list[Pick]:
    """Versions of stories of which every line became a version, so that number and commit agree."""
    from vstore.store import open_store

    with open_store(place / "store", read_only=True) as store:
        kept = {story.story: story.versions for story in store.stories()}
    commits = _commits(place / "marks")
    every = list(_candidates(commits))
    lines = Counter(pick.story for pick in every)
    wanted = {story for story, count in lines.items() if FEW <= count <= MANY and kept[story] == count}
    eligible = [pick for pick in every if pick.story in wanted]
    return random.Random(5).sample(eligible, min(picks + 1, len(eligible)))


def _candidates(commits: dict[int, str]) -> list[Pick]:
    source = corpora.folder() / corpora.WIKI_VERSIONS
    numbers: Counter[str] = Counter()
    found: list[Pick] = []
    for mark, (line, entry) in enumerate(
        zip(corpora.lines(source), corpora.entries(source), strict=True), start=1
    ):
        story: str = json.loads(line)["story"]
        numbers[story] += 1
        found.append(Pick(story, numbers[story], commits[mark], entry.path))
    return found


def _commits(marks: Path) -> dict[int, str]:
    pairs = (line.split() for line in marks.read_text().splitlines())
    return {int(mark.removeprefix(":")): commit for mark, commit in pairs}


def _cat_file(repository: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        ["git", "-C", str(repository), "cat-file", "--batch"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(),
    )


def _cat(cat: subprocess.Popen[bytes], pick: Pick) -> bytes:
    assert cat.stdin
    assert cat.stdout
    cat.stdin.write(f"{pick.commit}:{pick.path}\n".encode())
    cat.stdin.flush()
    size = int(cat.stdout.readline().split()[2])
    return cat.stdout.read(size + 1)[:-1]


def _pygit2(repo: Any, pick: Pick) -> bytes:
    data: bytes = repo[pick.commit].tree[pick.path].data
    return data


def _fresh(place: Path, pick: Pick) -> bytes:
    from vstore.store import open_store

    with open_store(place, read_only=True) as store:
        return store.text(pick.story, pick.number).encode()
