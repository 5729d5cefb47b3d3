"""Files and folders that a user names."""

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from sortyard.cli.main import main
from sortyard.errors import InputError
from sortyard.plc.files import files_of
from sortyard.plc.source import read_text

GOOD = "FUNCTION twice : INT\nVAR_INPUT n : INT; END_VAR\n\ntwice := n * 2;\nEND_FUNCTION\n"
MAIN = "PROGRAM Main\nVAR k : INT; END_VAR\n\nk := twice(k);\nEND_PROGRAM\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "src" / "lib").mkdir(parents=True)
    (tmp_path / "src" / "main.st").write_text(MAIN)
    (tmp_path / "src" / "lib" / "twice.ST").write_text(GOOD)
    (tmp_path / "src" / "notes.txt").write_text("no program")
    return tmp_path / "src"


def test_a_folder_stands_for_the_sources_in_it_and_below(folder: Path) -> None:
    assert [path.name for path in files_of([folder])] == ["twice.ST", "main.st"]
    assert main(["plc", "check", str(folder)]) == 0
    assert main(["plc", "check", str(folder / "main.st")]) == 2


def test_a_folder_without_sources_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError) as told:
        list(files_of([tmp_path]))
    (finding,) = told.value.findings
    assert (finding.file, finding.reason) == (str(tmp_path), "there is no Structured Text in this folder")
    assert main(["plc", "check", str(tmp_path)]) == 2


def test_fmt_lays_a_folder_out(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "main.st").write_text(MAIN.replace("k := twice", "k:=twice"))
    assert main(["plc", "fmt", str(folder), "--check"]) == 1
    assert capsys.readouterr().out == f"{folder / 'main.st'} would be changed\n"
    assert main(["plc", "fmt", str(folder)]) == 0
    assert "k := twice(k);" in (folder / "main.st").read_text()
    assert main(["plc", "fmt", str(folder), "--check"]) == 0


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_a_file_of_any_editor_is_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "main.st"
    path.write_bytes("PROGRAM Main\nVAR k : STRING := 'grün'; END_VAR\nEND_PROGRAM\n".encode(encoding))
    assert "k : STRING := 'grün';" in read_text(path)
    assert main(["plc", "check", str(path)]) == 0


@pytest.mark.parametrize("data", [b"\x7fELF\n\x01\0\x02", "A\nPROGRAM Main\n".encode("utf-16-le")[2:]])
def test_a_file_that_is_no_text_is_told_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], data: bytes
) -> None:
    path = tmp_path / "main.st"
    path.write_bytes(data)
    for command in ("check", "run", "fmt", "test"):
        assert main(["plc", command, str(path)]) == 2
        told = capsys.readouterr().err
        line = data.count(b"\n", 0, data.index(0)) + 1
        assert told.startswith(
            f"error: {path}:{line}: this is no text: a byte of it is 0\n  -> name a file in"
        )
        assert told.count("error:") == 2  # that one, and how many there are


def test_a_file_that_cannot_be_read_in_the_middle_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path, opened = folder / "main.st", Path.open

    def fail(self: Path, *how: Any, **options: Any) -> Any:
        if self == path:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return opened(self, *how, **options)

    monkeypatch.setattr(Path, "open", fail)
    assert main(["plc", "check", str(path)]) == 2
    assert capsys.readouterr().err.startswith(f"error: {path}: {os.strerror(errno.EIO)}")


def test_a_device_without_an_end_is_no_text() -> None:
    with pytest.raises(InputError, match="this is no text: a byte of it is 0"):
        read_text(Path("/dev/zero"))
