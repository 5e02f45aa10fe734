"""Pieces of work of the import bench: each runs in a process of its own and times only its own loop."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter
from typing import Any

from bench import corpora
from bench.corpora import Entry
from bench.processes import run


def read_only(source: str) -> dict[str, Any]:
    """Unpack and parse every line, and keep none."""
    from vstore.readers import jsonlines

    start = perf_counter()
    with jsonlines.open_lines(source) as stream:
        wires = sum(1 for _ in jsonlines.wires(stream))
    return {"seconds": perf_counter() - start, "versions": wires}


def vstore_library(source: str, store: str, jobs: int | None) -> dict[str, Any]:
    """`Store.import_wires` of wires that are in memory already, until the store is closed."""
    from vstore.opening import open_store
    from vstore.readers import jsonlines

    with jsonlines.open_lines(source) as stream:
        wires = list(jsonlines.wires(stream))
    how: dict[str, Any] = {} if jobs is None else {"jobs": jobs}
    start = perf_counter()
    with open_store(store, create=True) as opened:
        counts = opened.import_wires(wires, **how)
    return {"seconds": perf_counter() - start, "versions": len(wires), **counts.to_dict()}


def pygit2_loop(source: str, repository: str, limit: int) -> dict[str, Any]:
    """A blob, a tree and a commit for each version; a branch for each story."""
    import pygit2

    entries = list(corpora.entries(source, limit))
    repo = pygit2.init_repository(repository, bare=True)
    start = perf_counter()
    tips: dict[str, Any] = {}
    for entry in entries:
        builder = repo.TreeBuilder()
        builder.insert(entry.path, repo.create_blob(entry.text), pygit2.GIT_FILEMODE_BLOB)
        # libgit2 refuses a name that is empty.
        author = pygit2.Signature(entry.author or "-", "-", entry.clock, 0)
        parents = [tips[entry.branch]] if entry.branch in tips else []
        message = entry.message.decode()
        tips[entry.branch] = repo.create_commit(None, author, author, message, builder.write(), parents)
    for branch, tip in tips.items():
        repo.create_reference(f"refs/heads/{branch}", tip)
    return {"seconds": perf_counter() - start, "versions": len(entries)}


def dulwich_loop(source: str, repository: str, limit: int) -> dict[str, Any]:
    """A blob, a tree and a commit for each version; a branch for each story."""
    from dulwich.objects import Blob, Tree
    from dulwich.refs import Ref
    from dulwich.repo import Repo

    entries = list(corpora.entries(source, limit))
    Path(repository).mkdir()
    with Repo.init_bare(repository) as repo:
        start = perf_counter()
        tips: dict[str, Any] = {}
        for entry in entries:
            blob, tree = Blob.from_string(entry.text), Tree()
            tree.add(entry.path.encode(), 0o100644, blob.id)
            commit = _dulwich_commit(entry, tree.id, tips.get(entry.branch))
            for made in (blob, tree, commit):
                repo.object_store.add_object(made)
            tips[entry.branch] = commit.id
        for branch, tip in tips.items():
            repo.refs[Ref(f"refs/heads/{branch}".encode())] = tip
        seconds = perf_counter() - start
    return {"seconds": seconds, "versions": len(entries)}


def _dulwich_commit(entry: Entry, tree: Any, parent: Any) -> Any:
    from dulwich.objects import Commit

    commit = Commit()
    commit.tree = tree
    commit.parents = [parent] if parent else []
    commit.author = commit.committer = f"{entry.author} <>".encode()
    commit.author_time = commit.commit_time = entry.clock
    commit.author_timezone = commit.commit_timezone = 0
    commit.message = entry.message
    return commit


def git_command_line_loop(source: str, repository: str, limit: int) -> dict[str, Any]:
    """A file is written, added and committed for each version, as people do by hand."""
    entries = list(corpora.entries(source, limit))
    Path(repository).mkdir()
    git = ("git", "-C", repository, "-c", "user.name=-", "-c", "user.email=-", "-c", "gc.auto=0")
    run(*git, "init", "--quiet")
    start = perf_counter()
    for number, entry in enumerate(entries):
        Path(repository, entry.path).write_bytes(entry.text)
        run(*git, "add", entry.path)
        run(*git, "commit", "--quiet", "--allow-empty", "--message", f"{number}")
    return {"seconds": perf_counter() - start, "versions": len(entries)}
