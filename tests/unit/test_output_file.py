"""Files that a command is to write: what cannot be written is known before the run, and nothing is left behind."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from sortyard.config.output_file import refused_folder, refused_outputs, unwritable

NOBODY = 65_534


@pytest.fixture
def locked() -> Iterator[Path]:
    """A folder that may be read only, with a file `own` that may be written and one, `sealed`, that may not; root, who
    may write everywhere, is somebody else meanwhile.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "own").write_text("as it was")
        (folder / "sealed").write_text("as it was")
        (folder / "own").chmod(0o666)
        (folder / "sealed").chmod(0o444)
        folder.chmod(0o555)
        was_root = os.geteuid() == 0
        if was_root:
            os.seteuid(NOBODY)
        yield folder
        if was_root:
            os.seteuid(0)
        folder.chmod(0o755)


def test_a_file_that_can_be_written_is_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "old").write_text("as it was")
    assert refused_outputs([tmp_path / "old", tmp_path / "new"], []) == []
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("old", "as it was")]


def test_a_link_that_leads_nowhere_stays_one(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("new")
    assert unwritable(tmp_path / "link") == ""
    assert [(one.name, one.is_symlink()) for one in tmp_path.iterdir()] == [("link", True)]


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert refused_outputs([tmp_path / "pipe", Path(os.devnull)], []) == []


def test_what_may_not_be_written_is_told(locked: Path) -> None:
    assert unwritable(locked / "own") == ""
    (sealed, new) = refused_outputs([locked / "sealed", locked / "new"], [])
    assert sealed.reason == new.reason == "it cannot be written: permission denied"
    assert (sealed.file, new.file) == (str(locked / "sealed"), str(locked / "new"))
    assert sorted(one.name for one in locked.iterdir()) == ["own", "sealed"]


def test_a_folder_is_made_only_when_it_is_needed(tmp_path: Path) -> None:
    assert refused_folder(tmp_path / "new" / "newer", "--out") == []
    assert refused_folder(tmp_path, "--out") == []
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_or_written_is_told(locked: Path) -> None:
    for folder in (locked, locked / "new"):
        (finding,) = refused_folder(folder, "--out")
        assert (finding.file, finding.key) == (str(folder), "--out")
        assert finding.reason == "it cannot be written: permission denied"
    (below,) = refused_folder(locked / "own" / "new", "--out")
    assert below.reason == f"{locked / 'own'} is a file, not a folder"
    (file,) = refused_folder(locked / "own", "--out")
    assert file.reason == "this is a file, not a folder"
