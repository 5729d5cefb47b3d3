"""`plc run --retain FILE`: what is RETAINed goes on in the next run, warm or cold, also of a changed program."""

import json
import resource
from pathlib import Path

import pytest

from sortyard.cli.main import main

TEXT = (
    "PROGRAM Main\nVAR RETAIN hours : INT; name : STRING[12]; END_VAR\nVAR n : INT; END_VAR\n"
    "hours := hours + 1; n := n + 1; name := 'a long name';\nEND_PROGRAM\n"
)


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    def run(*more: str, text: str = TEXT, code: int = 0):
        (tmp_path / "main.st").write_text(text, "utf-8")
        file = str(tmp_path / "main.retain")
        assert (
            main(["plc", "run", str(tmp_path / "main.st"), "--scans", "3", "--retain", file, *more]) == code
        )
        told = capsys.readouterr()
        return told.out.replace(str(tmp_path), ""), told.err.replace(str(tmp_path), "")

    return run


@pytest.mark.parametrize("backend", ["ref", "c", "micropython"])
def test_a_run_goes_on_with_what_the_last_one_has_kept(run, backend) -> None:
    out, err = run("--backend", backend)
    assert ("Main.hours = 3" in out, err) == (True, "cold start; /main.retain will keep what is RETAINed\n")
    out, err = run("--backend", backend)
    assert ("Main.hours = 6" in out, "Main.n = 3" in out) == (True, True)
    assert err == "warm start with /main.retain: 2 kept\n"
    out, _ = run("--cold", "--backend", backend)
    assert "Main.hours = 3" in out


def test_a_changed_program_is_told_what_became_of_its_variables(run) -> None:
    run()
    changed = TEXT.replace("hours : INT; name : STRING[12]", "hours : DINT; name : STRING[6]; more : BOOL")
    _, err = run(text=changed)
    assert err == (
        "warm start with /main.retain: 1 kept; dropped: MAIN.HOURS; new: MAIN.HOURS, MAIN.MORE; cut: MAIN.NAME\n"
    )
    out, _ = run("--json", text=changed)
    assert json.loads(out)["retain"] == {"start": "warm", "kept": 3, "dropped": [], "new": [], "cut": []}


def test_what_a_program_retains_is_kept_after_its_fault(run) -> None:
    run(text=TEXT.replace("n := n + 1;", "n := 6 / (2 - hours);"), code=1)
    out, _ = run()
    assert "Main.hours = 5" in out  # two scans, then three


def test_a_damaged_file_is_refused_and_left_as_it_is(run, tmp_path: Path) -> None:
    (tmp_path / "main.retain").write_bytes(b"no such thing")
    _, err = run(code=2)
    assert "/main.retain: --retain: the retained data is damaged or not of a PLC program" in err
    assert "add --cold" in err
    assert (tmp_path / "main.retain").read_bytes() == b"no such thing"
    out, _ = run("--cold")
    assert "Main.hours = 3" in out


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        ("none/main.retain", "there is no folder "),
        ("/proc/main.retain", "it cannot be written: "),
        ("/dev/null", "this is no ordinary file: it would be replaced by one"),
        (".", "this is a folder"),
        ("main.st", "that is read: it would be lost"),
    ],
)
def test_a_file_that_cannot_be_written_is_told_before_the_run(
    file: str, reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A million million scans would take years."""
    (tmp_path / "main.st").write_text(TEXT, "utf-8")
    there = str(tmp_path / file)
    command = ["plc", "run", str(tmp_path), "--scans", "1000000000000", "--cold", "--retain", there]
    assert main(command) == 2
    told = capsys.readouterr()
    assert (told.out, f"{there.removesuffix('/.')}: --retain: " in told.err) == ("", True)
    assert reason in told.err
    assert [one.name for one in tmp_path.iterdir()] == ["main.st"]


def test_a_run_that_cannot_be_kept_after_all_is_told_all_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Files of no size can be made, there is no room for more."""
    (tmp_path / "main.st").write_text(TEXT, "utf-8")
    command = ["plc", "run", str(tmp_path / "main.st"), "--retain", str(tmp_path / "main.retain")]
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        assert main(command) == 2
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    told = capsys.readouterr()
    assert "Main.hours = 1" in told.out
    assert "--retain: it cannot be written: File too large" in told.err
    assert [one.name for one in tmp_path.iterdir()] == ["main.st"]


def test_a_file_that_cannot_be_replaced_is_told_behind_the_run(run, tmp_path: Path) -> None:
    (tmp_path / ".main.retain.new").mkdir()
    _, err = run(code=2)
    assert "--retain: it cannot be written: Is a directory" in err


def test_cold_says_something_of_a_retained_file_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "main.st").write_text(TEXT, "utf-8")
    assert main(["plc", "run", str(tmp_path / "main.st"), "--cold"]) == 2
    assert "--cold: every run without --retain starts cold" in capsys.readouterr().err


def test_a_folder_is_no_such_file(run, tmp_path: Path) -> None:
    (tmp_path / "main.retain").mkdir()
    _, err = run(code=2)
    assert "/main.retain: --retain: this is a folder" in err


@pytest.mark.parametrize("more", [(), ("--cold",)])
def test_a_device_is_neither_read_to_its_end_nor_replaced(run, tmp_path: Path, more: tuple[str, ...]) -> None:
    (tmp_path / "main.retain").symlink_to("/dev/zero")
    out, err = run(*more, code=2)
    assert (out, "--retain: this is no ordinary file" in err) == ("", True)
    assert (tmp_path / "main.retain").is_symlink()
