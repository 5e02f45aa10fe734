"""Files that were taken are moved whole, replace nothing, and no other file is moved in their place."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from vstore.cli.putting_away import put_away
from vstore.landings import Landing, look


class Away:
    """Two folders, and files that are to be moved from the one to the other."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.to = folder / "drop", folder / "done"
        self.folder.mkdir()

    def landed(self, name: str, text: str) -> Landing:
        (self.folder / name).write_text(text)
        found = look(self.folder / name, self.folder)
        assert found is not None
        return found

    def move(self, landing: Landing) -> None:
        put_away(landing, self.folder, self.to)

    def there(self) -> dict[str, str]:
        return {path.name: path.read_text() for path in self.to.iterdir()}


@pytest.fixture
def away(tmp_path: Path) -> Away:
    return Away(tmp_path)


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """The two folders are on two file systems, as far as a renaming can tell."""

    def refuse(_path: Path, target: Path) -> None:
        if target.stat().st_size == 0 and not _path.name.endswith(".part"):
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
        os.replace(_path, target)  # noqa: PTH105  that is what stands here for it

    monkeypatch.setattr(Path, "replace", refuse)


def test_equal_names_are_numbered_without_end_and_without_gaps(away: Away) -> None:
    for number in range(40):
        away.move(away.landed("a.txt", str(number)))
    names = ["a.txt", *(f"a.txt.{number}" for number in range(1, 40))]
    assert away.there() == {name: str(number) for number, name in enumerate(names)}


def test_a_file_that_was_written_to_at_the_last_moment_stays(away: Away) -> None:
    old = away.landed("a.txt", "One.")
    away.landed("a.txt", "Another.")
    away.move(old)
    assert away.there() == {}
    assert (away.folder / "a.txt").read_text() == "Another."


@pytest.mark.usefixtures("elsewhere")
def test_to_another_file_system_it_is_copied_whole(away: Away) -> None:
    old = away.landed("a.txt", "One.")
    away.move(old)
    assert away.there() == {"a.txt": "One."}
    assert not old.path.exists()
    away.move(away.landed("a.txt", "Two."))
    changed = away.landed("b.txt", "Three.")
    away.landed("b.txt", "Another.")
    away.move(changed)
    assert away.there() == {"a.txt": "One.", "a.txt.1": "Two."}
    assert (away.folder / "b.txt").read_text() == "Another."


@pytest.mark.usefixtures("elsewhere")
def test_where_there_is_no_room_nothing_is_left_of_it(away: Away, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_old: Path, part: Path) -> None:
        part.write_text("On")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("vstore.cli.putting_away.shutil.copy2", full)
    with pytest.raises(OSError, match="No space"):
        away.move(away.landed("a.txt", "One."))
    assert away.there() == {}
    assert (away.folder / "a.txt").read_text() == "One."
