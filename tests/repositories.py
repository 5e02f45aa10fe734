"""Made-up git repositories, made by git."""

from __future__ import annotations

import subprocess
from pathlib import Path

SETTINGS = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_COMMITTER_NAME": "Desk",
    "GIT_COMMITTER_EMAIL": "desk@kestrel.example",
    "GIT_COMMITTER_DATE": "2031-06-01T00:00:00+00:00",
    "GIT_AUTHOR_EMAIL": "x@kestrel.example",
    "PATH": "/usr/local/bin:/usr/bin:/bin",
}


class Made:
    """A repository that grows by commits, each a minute after the one before."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        self._minute = 0
        folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--initial-branch=main", *options)

    def git(self, *arguments: str, **settings: str) -> str:
        """What git says."""
        command = ["git", "-C", str(self.folder), *arguments]
        done = subprocess.run(command, env={**SETTINGS, **settings}, capture_output=True, check=True)
        return done.stdout.decode().strip()

    def commit(
        self, message: str, files: dict[str, str | bytes | None], *, author: str = "Ann Reed", date: str = ""
    ) -> str:
        """The id of a commit that gives these files their texts; None deletes one."""
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if text is None:
                path.unlink()
            else:
                path.write_bytes(text.encode() if isinstance(text, str) else text)
        self._minute += 1
        when = date or f"2031-05-02T08:{self._minute:02}:00+02:00"
        self.git("add", "--all")
        self.git("commit", "--quiet", "-m", message, GIT_AUTHOR_NAME=author, GIT_AUTHOR_DATE=when)
        return self.git("rev-parse", "HEAD")
