"""What a user sees of `sortyard` before any line is sorted: help, version, and errors with an exit code."""

import errno
import json
import subprocess
import sys

import pytest

from sortyard import __version__
from sortyard.cli import main as cli
from sortyard.errors import Finding, InputError, MissingExtraError, SortyardError

TWO_FINDINGS = [
    Finding(
        "hub.line.toml", 12, "chutes[3].x_mm", "x_mm is -5; allowed: 0 or more", "measure from the infeed eye"
    ),
    Finding("hub.line.toml", None, "", "no reject chute", "name one with `reject = true`", "warning"),
]


def run_raising(monkeypatch: pytest.MonkeyPatch, error: BaseException, *arguments: str) -> int:
    """Run `sortyard sim` with a body that raises `error`, and return the exit code."""

    def sim(json: bool = False) -> None:
        raise error

    monkeypatch.setattr(cli, "_body", lambda command: sim)
    return cli.main(["sim", *arguments])


def test_without_extensions_the_simulator_says_how_to_get_them(tmp_path):
    program = (
        "import sys; sys.modules['sortyard_c'] = None; from sortyard.cli.main import main;"
        "main(['init', 'site', '--example', 'starter']); sys.exit(main(['sim', 'site/starter.line.toml', '--json']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert (done.returncode, done.stderr) == (1, "")
    told = json.loads(done.stdout.splitlines()[-1])
    assert "built without extensions" in told["error"]
    assert "SORTYARD_PURE" in told["remedy"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["schema", "line"],
        ["docs", "plc"],
        ["--help"],
        ["--version"],
        ["check", "missing.line.toml", "--json"],
        ["plc", "check", "missing.st", "--json"],
    ],
)
def test_a_reader_that_stops_to_read_is_no_error(arguments):
    program = "import sys; from sortyard.cli.main import main; sys.exit(main(sys.argv[1:]))"
    with subprocess.Popen(
        [sys.executable, "-c", program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        told = running.stderr.read()
    assert (running.returncode, told) == (1, b"")


@pytest.mark.parametrize("arguments", [["schema", "line"], ["docs", "plc"], ["--version"]])
def test_output_that_has_no_room_is_told(arguments):
    program = "import sys; from sortyard.cli.main import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", program, *arguments]
    with open("/dev/full", "wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    told = "error: the output cannot be written: no space left\n  -> make room for it\n"
    assert (done.returncode, done.stderr) == (1, told)


def test_a_disk_that_is_full_elsewhere_is_raised(monkeypatch):
    with pytest.raises(OSError, match="somewhere"):
        run_raising(monkeypatch, OSError(errno.EIO, "somewhere"))


def test_a_pipe_that_breaks_elsewhere_is_told(monkeypatch):
    with pytest.raises(BrokenPipeError):
        run_raising(monkeypatch, BrokenPipeError("of a socket"))


def test_another_missing_module_is_no_matter_of_the_users(monkeypatch):
    with pytest.raises(ModuleNotFoundError):
        run_raising(monkeypatch, ModuleNotFoundError("no such module", name="elsewhere"))


def test_help_names_every_command_and_imports_none_of_them():
    program = (
        "import sys; from sortyard.cli.main import main; code = main(['--help']);"
        "heavy = {'pydantic', 'tomlkit', 'wasmtime', 'sortyard_c', 'sorter_core'} & set(sys.modules);"
        "sys.exit(f'imported: {heavy}' if heavy else code)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    for name in ("init", "check", "sim", "stress", "schema"):
        assert f" {name} " in done.stdout


PLC_COMMANDS = [("plc", name) for name in ("check", "run", "test", "fmt", "build")]


@pytest.mark.parametrize("words", [(), *((name,) for name in cli.COMMANDS), *PLC_COMMANDS])
def test_help_names_what_is_to_be_written_and_no_python_type(words, capsys):
    assert cli.main([*words, "--help"]) == 0
    said = capsys.readouterr().out
    assert "Show this message and exit." in said
    assert not any(word in said for word in ("bool", "list[", "BOOLEAN", "<int>", "<str>", ", ,"))


def test_every_command_of_the_table_can_be_loaded():
    for command in cli.COMMANDS.values():
        assert callable(cli._body(command))


def test_version_says_which_core_runs(capsys, monkeypatch):
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"sortyard {__version__} ({cli.core_kind()} core)\n"
    monkeypatch.setitem(sys.modules, "sortyard_c.gate_logic", None)
    assert cli.core_kind() == "pure"


def test_findings_are_told_all_at_once_with_place_reason_and_remedy(capsys, monkeypatch):
    assert run_raising(monkeypatch, InputError(TWO_FINDINGS)) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == [
        "error: hub.line.toml:12: chutes[3].x_mm: x_mm is -5; allowed: 0 or more",
        "  -> measure from the infeed eye",
        "warning: hub.line.toml: no reject chute",
        "  -> name one with `reject = true`",
        "error: 1 error in the input",
    ]


def test_with_json_the_error_is_one_object_on_stdout(capsys, monkeypatch):
    assert run_raising(monkeypatch, InputError(TWO_FINDINGS), "--json") == 2
    said = capsys.readouterr()
    answer = json.loads(said.out)
    assert said.err == ""
    assert [finding["line"] for finding in answer["findings"]] == [12, None]
    assert [finding["severity"] for finding in answer["findings"]] == ["error", "warning"]


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (
            SortyardError("the run stopped", "start it again"),
            1,
            "error: the run stopped\n  -> start it again\n",
        ),
        (MissingExtraError("--runtime micropython", "micropython"), 2, "pip install 'sortyard[micropython]'"),
        (
            FileNotFoundError(2, "No such file or directory", "x.csv"),
            2,
            "error: x.csv: No such file or directory",
        ),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_each_kind_of_error_has_its_exit_code(capsys, monkeypatch, error, code, said):
    assert run_raising(monkeypatch, error) == code
    assert said in capsys.readouterr().err


def test_a_programming_error_is_not_hidden(monkeypatch):
    with pytest.raises(ZeroDivisionError):
        run_raising(monkeypatch, ZeroDivisionError())


def test_control_characters_of_a_file_do_not_reach_the_terminal(capsys, monkeypatch):
    run_raising(monkeypatch, InputError([Finding("m.csv", 2, "barcode", "found \x1b[2J", "remove it")]))
    said = capsys.readouterr().err
    assert "\x1b" not in said
    assert r"\x1b[2J" in said


@pytest.mark.parametrize("arguments", [["frob"], ["--frob"], []])
def test_a_wrong_command_line_leaves_with_2(arguments, capsys):
    assert cli.main(arguments) == 2
    assert "sortyard" in "".join(capsys.readouterr())
