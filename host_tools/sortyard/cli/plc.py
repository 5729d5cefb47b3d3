"""`sortyard plc`: check and run Structured Text."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from sortyard.cli.plc_messages import (
    EXIT_FAULT,
    EXIT_UNUSABLE,
    fault_row,
    leave,
    print_findings,
    refuse,
    tell,
)
from sortyard.cli.plc_options import (
    Architecture,
    AsJson,
    BackEnd,
    Board,
    BuiltFor,
    BuiltIntervalMs,
    CheckOnly,
    Cold,
    Dialect,
    Files,
    Forces,
    ForLine,
    IntervalMs,
    OutFolder,
    Retain,
    Scans,
    Times,
    Trace,
    WatchdogMs,
)

if TYPE_CHECKING:
    from sortyard.plc.program import Compiled

app = typer.Typer(no_args_is_help=True, help="Check and run programs in Structured Text (IEC 61131-3).")


def _compiled(
    files: list[Path], dialect: str, with_tests: bool = False, line: Path | None = None
) -> "Compiled":
    """What the files compile to, messages included; an unknown dialect is refused."""
    from sortyard.plc.files import read_sources
    from sortyard.plc.line.prelude import prelude_for
    from sortyard.plc.program import check_sources
    from sortyard.plc.symbols import DIALECTS

    if dialect not in DIALECTS:
        reason = f'there is no dialect "{dialect}"'
        refuse("--dialect", reason, f"choose one of {', '.join(DIALECTS)}")
    prelude = prelude_for(line) if line else []
    return check_sources(read_sources(files), dialect, with_tests, prelude)


def _with_subjects(files: list[Path], line: Path | None) -> tuple[list[Path], Path | None]:
    """The files with those that tests among them are about, and the line file beside these where none is given."""
    from sortyard.plc.line.prelude import line_beside, subject_of

    subjects = [found for path in files if (found := subject_of(path)) is not None]
    line = line or next((found for one in subjects if (found := line_beside(one)) is not None), None)
    return list(dict.fromkeys([*files, *subjects])), line


@app.command()
def check(files: Files, dialect: Dialect = "strict", line: ForLine = None, as_json: AsJson = False) -> None:
    """Tell everything that is wrong with a program, at once.

    test_door.st brings door.st beside it, and the line file there that names it.

    Examples:

      sortyard plc check door.st motors.st

      sortyard plc check src

      sortyard plc check cascade.st --line cascade.line.toml --json

      sortyard plc check Plant.plcproj --dialect twincat

    Exit codes: 0 no errors (there may be warnings), 2 errors.
    """
    files, line = _with_subjects(files, line)
    compiled = _compiled(files, dialect, line=line)
    if line is not None:
        from sortyard.plc.line.load import judge_for_line

        compiled.diagnostics = judge_for_line(line, compiled)
    if as_json:
        print_findings(compiled.diagnostics)
    else:
        tell(compiled.diagnostics)
    if compiled.has_errors:
        raise typer.Exit(EXIT_UNUSABLE)
    if not as_json:
        units = f"{compiled.units} unit{'' if compiled.units == 1 else 's'}"
        print(f"no errors: {units}, image of {compiled.image.size} bytes")


@app.command()
def fmt(
    files: Files,
    check_only: CheckOnly = False,
    as_json: AsJson = False,
) -> None:
    """Lay sources out in one way; comments and pragmas stay.

    Examples:

      sortyard plc fmt door.st test_door.st

      sortyard plc fmt *.st --check

    Exit codes: 0 done, 1 a file would be changed (--check), 2 a file has syntax errors and was left alone.
    """
    from sortyard.plc.diagnostics import Sink
    from sortyard.plc.files import files_of
    from sortyard.plc.format import format_text
    from sortyard.plc.parser import parse
    from sortyard.plc.source import Source, read_text
    from sortyard.plc.twincat import PROJECT_FILE, UNIT_FILES

    drawn = [path for path in files if path.suffix.lower() in (*UNIT_FILES, PROJECT_FILE)]
    if drawn:
        refuse(str(drawn[0]), "fmt does not lay out TwinCAT's files", "let the editor do it, or name a *.st")
    sink, changed = Sink(), []
    for path in files_of(files, frozenset({".st"})):
        source, own = Source(str(path), read_text(path)), Sink()
        parse(source, own)
        sink.items += [item for item in own.items if item.severity == "error"]
        text = source.text if own.has_errors else _with_line_ends_of(source.text, format_text(source))
        if text == source.text:
            continue
        changed.append(str(path))
        if not check_only:
            path.write_bytes(text.encode("utf-8"))
        if not as_json:
            print(f"{path} {'would be changed' if check_only else 'laid out'}")
    if as_json:
        print_findings(sink.items, {"changed": changed})
    else:
        tell(sink.items)
    if sink.items:
        raise typer.Exit(EXIT_UNUSABLE)
    if check_only and changed:
        raise typer.Exit(EXIT_FAULT)


def _with_line_ends_of(original: str, text: str) -> str:
    """The text with the line ends of the file that it came from."""
    return text.replace("\r\n", "\n").replace("\n", "\r\n" if "\r\n" in original else "\n")


@app.command("test")
def run_test_units(
    files: Files,
    backend: BackEnd = "ref",
    dialect: Dialect = "strict",
    line: ForLine = None,
    as_json: AsJson = False,
) -> None:
    """Run the TEST units of the sources, each on a fresh image.

    test_door.st brings door.st beside it, and the line file there that names it.

    Examples:

      sortyard plc test test_door.st

      sortyard plc test test_door.st --backend micropython --json

    Exit codes: 0 all hold, 1 at least one does not, 2 errors in the sources or no test.
    """
    from sortyard.plc.backends import machine_of
    from sortyard.plc.testing import run_tests

    _choose(backend)
    files, line = _with_subjects(files, line)
    compiled = _runnable(files, dialect, as_json, with_tests=True, line=line)
    results = list(run_tests(compiled, machine_of(backend)))
    failed = [result for result in results if result.fault is not None]
    if as_json:
        rows = [{"name": r.name, "passed": r.fault is None, "fault": fault_row(r.fault)} for r in results]
        print(json.dumps({"tests": rows}, ensure_ascii=False))
    else:
        for result in results:
            print(f"{'failed' if result.fault else 'passed'}  {result.name}")
        for result in failed:
            print(f"{result.name}: {result.fault}", file=sys.stderr)
        print(f"{len(results) - len(failed)} of {len(results)} tests passed")
    if not results:
        print("there is no TEST in these files; write TEST 'name' ... END_TEST", file=sys.stderr)
        raise typer.Exit(EXIT_UNUSABLE)
    if failed:
        raise typer.Exit(EXIT_FAULT)


@app.command()
def run(
    files: Files,
    scans: Scans = 1,
    interval_ms: IntervalMs = 10,
    trace: Trace = False,
    force: Forces = None,
    watchdog_ms: WatchdogMs = 0,
    times: Times = False,
    retain: Retain = None,
    cold: Cold = False,
    backend: BackEnd = "ref",
    dialect: Dialect = "strict",
    line: ForLine = None,
    as_json: AsJson = False,
) -> None:
    """Run a program for a number of scans and print its variables. Its clock is simulated.

    With --backend micropython it goes on while a scan keeps an RP2040 busy: periods that pass meanwhile are missed, as
    on the board, and counted. With ref and c a scan takes no time of that clock, and none can be missed.

    Examples:

      sortyard plc run door.st --scans 100 --trace

      sortyard plc run door.st --scans 1000 --interval-ms 1 --backend c --json

      sortyard plc run door.st --scans 1000 --backend micropython --times --watchdog-ms 20

      sortyard plc run door.st --scans 100 --retain door.retain

      sortyard plc run door.st --scans 1000 --force Main.REQUEST=TRUE --force %IX0.0=TRUE@1s..T#1s500ms

    Exit codes: 0 done, 1 a fault has stopped the program, 2 errors in the sources, or a file that cannot be used.
    """
    from sortyard.cli.plc_retain import refuse_unwritable
    from sortyard.cli.plc_run import RunOptions, run_program
    from sortyard.plc.files import files_of

    _choose(backend)
    _refuse_pointless(backend, watchdog_ms, retain, cold)
    if retain is not None:
        refuse_unwritable(retain, [*files_of(files), *([line] if line else ())])
    options = RunOptions(scans, interval_ms, trace, force or [], watchdog_ms, times, retain, cold, backend)
    code = run_program(_runnable(files, dialect, as_json, line=line), options, as_json)
    if code:
        raise typer.Exit(code)


def _refuse_pointless(backend: str, watchdog_ms: int, retain: Path | None, cold: bool) -> None:
    """Leave where an option would change nothing."""
    if watchdog_ms and backend != "micropython":
        reason = f"{backend} is timed by the host's clock, which says nothing of a board"
        refuse("--watchdog-ms", reason, "add --backend micropython")
    if cold and retain is None:
        refuse("--cold", "every run without --retain starts cold", "add --retain FILE, or leave it out")


def _runnable(
    files: list[Path], dialect: str, as_json: bool, with_tests: bool = False, line: Path | None = None
) -> "Compiled":
    """A program without errors; tells what is wrong with any other one and leaves."""
    compiled = _compiled(files, dialect, with_tests, line)
    if compiled.has_errors:
        leave(compiled.diagnostics, as_json)
    return compiled


def _choose(backend: str) -> None:
    """Refuse a back end that there is not."""
    from sortyard.plc.backends import BACK_ENDS

    if backend not in BACK_ENDS:
        refuse("--backend", f'there is no back end "{backend}"', f"choose one of {', '.join(BACK_ENDS)}")


@app.command()
def build(
    files: Files,
    out: OutFolder,
    backend: BuiltFor = "c",
    interval_ms: BuiltIntervalMs = None,
    architecture: Architecture = "",
    board: Board = "",
    dialect: Dialect = "strict",
    line: ForLine = None,
    as_json: AsJson = False,
) -> None:
    """Write a program as C (program.c, program.h) or for a board (plc_program.py, plc_program.mpy).

    Examples:

      sortyard plc build door.st --out build

      sortyard plc build door.st --out build --backend micropython --board pico --arch armv6m

    Exit codes: 0 done, 2 errors in the sources, something that the back end cannot do, or too much for the board.
    """
    from sortyard.cli.plc_build import build_c, build_for_boards
    from sortyard.config.output_file import refused_folder
    from sortyard.errors import InputError

    _choose(backend)
    if unusable := refused_folder(out, "--out"):
        raise InputError(unusable)
    if backend == "ref":
        refuse("--backend", "ref has nothing to build", "run it with: sortyard plc run")
    _refuse_for_other(backend, {"--arch": architecture, "--board": board}, interval_ms)
    if backend == "micropython":
        build_for_boards(_runnable(files, dialect, as_json, line=line), out, architecture, board, as_json)
    else:
        build_c(_runnable(files, dialect, as_json, line=line), out, (interval_ms or 10) * 1_000_000, as_json)


def _refuse_for_other(backend: str, for_boards: dict[str, str], interval_ms: int | None) -> None:
    """Leave where an option is for the other back end."""
    if backend == "micropython" and interval_ms is not None:
        refuse(
            "--interval-ms",
            "a board's program says it in a TASK",
            "leave it out, and write INTERVAL := T#10ms",
        )
    for option, value in for_boards.items():
        if backend != "micropython" and value:
            refuse(option, f"{backend} has no use for it", "add --backend micropython, or leave it out")
