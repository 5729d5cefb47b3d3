"""init, check and schema as a stranger types them: what is printed, and the exit code."""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from sites import site

from sortyard.cli.main import main
from sortyard.config.examples import line_file_of


def run(*arguments: str, width: int = 100) -> subprocess.CompletedProcess[str]:
    """Run `sortyard` in a process of its own."""
    program = "import sys; from sortyard.cli.main import main; sys.exit(main(sys.argv[1:]))"
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": str(width)},
    )


def test_a_stranger_starts_a_site_and_checks_it(tmp_path: Path):
    listed = run("init")
    assert listed.returncode == 0
    assert [name in listed.stdout for name in ("starter", "hub16", "express64")] == [True] * 3
    made = run("init", str(tmp_path / "my site"), "--example", "hub16")
    assert made.returncode == 0
    command = next(line for line in made.stdout.splitlines() if "sortyard check" in line)
    assert f"'{tmp_path}/my site/hub16.line.toml'" in command
    checked = run("check", str(tmp_path / "my site" / "hub16.line.toml"))
    assert checked.returncode == 0
    assert "0 errors, 0 warnings" in checked.stdout
    for figure in ("9,247", "4342", "419", "C01 then C02"):
        assert figure in checked.stdout


def test_init_never_overwrites_unless_it_is_told_to(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["init", str(tmp_path)]) == 0
    line = tmp_path / "starter.line.toml"
    line.write_text("# mine")
    assert main(["init", str(tmp_path)]) == 2
    told = capsys.readouterr().err
    assert "the file is there already, with another content" in told
    assert "--force" in told
    assert line.read_text() == "# mine"
    assert main(["init", str(tmp_path), "--force"]) == 0
    assert tomllib.loads(line.read_text())["name"] == "starter"


def test_init_tells_which_examples_there_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["init", str(tmp_path / "new"), "--example", "hub61"]) == 2
    assert 'did you mean "hub16"' in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_check_leaves_with_1_for_a_line_that_cannot_work(tmp_path: Path):
    path = site(tmp_path, "starter", ("extend_ms = 120", "extend_ms = 400"))
    done = run("check", str(path))
    assert (done.returncode, done.stderr) == (1, "")
    assert "the belt moves 336 mm during the stroke" in done.stdout
    assert "the leading edge of a parcel of 650 mm is at 643 mm" in done.stdout
    assert "2 errors, 0 warnings, 0 notes" in done.stdout


def test_check_leaves_with_2_for_a_file_that_cannot_be_used(tmp_path: Path):
    changes = (("speed_mm_s = 800", "speed = 800"), ('kind = "pusher"', 'kind = "pushr"'), ('"GP5"', '"GP6"'))
    path = site(tmp_path, "starter", *changes)
    done = run("check", str(path))
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    assert done.stderr.count("error: " + str(path)) == 4
    assert 'did you mean "speed_mm_s"' in done.stderr


@pytest.mark.parametrize(
    "content", [None, b"", b"\xff\xfe", b"belt = [", b"[[eye]]\n", b"eye = 5\nbelt = 3\n"]
)
def test_whatever_the_file_is_there_is_a_message_and_no_traceback(content: bytes | None, tmp_path: Path):
    path = tmp_path / "odd.line.toml"
    if content is not None:
        path.write_bytes(content)
    done = run("check", str(path))
    assert done.returncode == 2
    assert "odd.line.toml" in done.stderr
    assert "Traceback" not in done.stderr


def test_json_of_bad_input_is_one_object_with_all_findings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    path = site(tmp_path, "starter", ("speed_mm_s = 800", "speed = 800"))
    assert main(["check", str(path), "--json"]) == 2
    told = json.loads(capsys.readouterr().out)
    assert [one["key"] for one in told["findings"]] == ["belt.speed_mm_s", "belt.speed"]


def test_the_json_of_check_has_the_shape_that_its_help_tells(capsys: pytest.CaptureFixture[str]):
    assert main(["check", str(line_file_of("hub16")), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert main(["check", "--help"]) == 0
    help_text = capsys.readouterr().out
    assert [key for key in told if key not in help_text] == []
    names = [chute["name"] for chute in tomllib.loads(line_file_of("hub16").read_text())["chute"]]
    assert list(told["pair_gap_mm"]) == names
    assert all(list(row) == names for row in told["pair_gap_mm"].values())
    assert len(told["gates"]) == 17
    assert set(told["findings"][0]) == {"file", "line", "key", "reason", "remedy", "severity"}
    assert told["errors"] + told["warnings"] + told["notes"] == len(told["findings"])


@pytest.mark.parametrize("width", [60, 80, 200])
def test_the_drawing_fits_the_window(width: int):
    done = run("check", str(line_file_of("express64")), width=width)
    drawing = done.stdout.splitlines()[2:6]
    assert drawing[1].endswith("E>")
    assert max(len(row) for row in drawing) <= width
    assert drawing[1].count("S") >= 1


@pytest.mark.parametrize("kind", ["line", "plan", "scenario"])
def test_a_schema_tells_each_key_with_its_limits(kind: str, capsys: pytest.CaptureFixture[str]):
    assert main(["schema", kind]) == 0
    schema = json.loads(capsys.readouterr().out)
    assert schema["type"] == "object"
    assert schema["additionalProperties"] is False
    assert "title" not in next(iter(schema["properties"].values()))


def test_every_key_of_a_line_file_is_described(capsys: pytest.CaptureFixture[str]):
    """What an editor shows beside a key; names, kinds and ECUs speak for themselves."""
    main(["schema", "line"])
    tables = json.loads(capsys.readouterr().out)["$defs"]
    bare = {
        f"{table}.{key}"
        for table, schema in tables.items()
        for key, value in schema["properties"].items()
        if "description" not in value and "$ref" not in value and "enum" not in value
    }
    assert bare == set()
