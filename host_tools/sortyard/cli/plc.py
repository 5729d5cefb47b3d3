"""`sortyard plc`: check and run Structured Text."""

import json
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sortyard.cli.plc_messages import EXIT_UNUSABLE, leave, print_findings, refuse, tell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sortyard.cli.plc_pace import Pace
    from sortyard.plc.faults import PlcFault
    from sortyard.plc.program import Compiled
    from sortyard.plc.runtime import Runtime

EXIT_FAULT = 1
DAY_MS = 86_400_000
"""The longest time between scans that can be given."""

app = typer.Typer(no_args_is_help=True, help="Check and run programs in Structured Text (IEC 61131-3).")

Files = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE",
        help="Sources (*.st; of TwinCAT *.TcPOU and its like, *.plcproj), or folders of them, read together.",
    ),
]
Dialect = Annotated[
    str,
    typer.Option(
        metavar="DIALECT",
        help="strict: the standard; codesys, twincat: pointers, types and conversions of those too.",
    ),
]
BackEnd = Annotated[
    str,
    typer.Option(
        "--backend",
        metavar="BACKEND",
        help="ref: the reference interpreter; c: the host's C compiler; micropython: as on a board, in a virtual one.",
    ),
]
ForLine = Annotated[
    Path | None,
    typer.Option(
        "--line",
        metavar="FILE",
        help="Line file (*.line.toml) whose parts the program names as its variables.",
    ),
]
Force = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=VALUE[@FROM..TO]",
        help="Hold a variable or place at a value before and after each run of a task (repeatable): "
        "Main.REQUEST=FALSE, %IX0.0=TRUE, Main.WAIT.PT=T#5s, Main.COLOUR=RED; for a time since the start: "
        "%IX0.0=TRUE@5s..T#1m, Main.REQUEST=TRUE@2s.. .",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


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
        units = sum(not pou.is_library for pou in compiled.pous)
        print(f"no errors: {units} unit{'' if units == 1 else 's'}, image of {compiled.image.size} bytes")


@app.command()
def fmt(
    files: Files,
    check_only: Annotated[bool, typer.Option("--check", help="Change nothing, only tell.")] = False,
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
        rows = [{"name": r.name, "passed": r.fault is None, "fault": _fault(r.fault)} for r in results]
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


def _fault(fault: "PlcFault | None") -> dict[str, Any] | None:
    """A fault for --json."""
    if fault is None:
        return None
    span = fault.span
    place = {"file": span.file, "line": span.line, "column": span.column} if span else {}
    return {"kind": fault.kind.name, "detail": fault.detail, **place}


@app.command()
def run(
    files: Files,
    scans: Annotated[int, typer.Option(metavar="NUMBER", min=1, help="Scans to run.")] = 1,
    interval_ms: Annotated[
        int,
        typer.Option(
            "--interval-ms",
            metavar="MS",
            min=1,
            max=DAY_MS,
            help="Time between scans where no TASK says it.",
        ),
    ] = 10,
    trace: Annotated[bool, typer.Option("--trace", help="Print each variable that a scan changes.")] = False,
    force: Force = None,
    watchdog_ms: Annotated[
        int,
        typer.Option(
            "--watchdog-ms",
            metavar="MS",
            min=0,
            help="A longer run of a task is a fault; only with --backend micropython, which has a board's clock.",
        ),
    ] = 0,
    times: Annotated[
        bool,
        typer.Option(
            "--times",
            help="Print how long the runs of each task took, how late they began and how many periods were missed: as "
            "on an RP2040 with --backend micropython; else by the host's clock, which says nothing of a board, and "
            "never late.",
        ),
    ] = False,
    retain: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Start warm with what FILE keeps, if it is there, and keep there at the end what is RETAINed.",
        ),
    ] = None,
    cold: Annotated[
        bool, typer.Option("--cold", help="With --retain: start with initial values all the same.")
    ] = False,
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
    from sortyard.cli.messages import print_error
    from sortyard.cli.plc_forces import forced, tell_never_forced
    from sortyard.cli.plc_pace import Pace
    from sortyard.cli.plc_retain import keep, refuse_unwritable, start_with, tell_start
    from sortyard.cli.plc_times import tell_missed, tell_times
    from sortyard.plc.backends import machine_of
    from sortyard.plc.diagnostics import PlcSourceError
    from sortyard.plc.files import files_of
    from sortyard.plc.forces import read_forces
    from sortyard.plc.runtime import Runtime

    _choose(backend)
    _refuse_pointless(backend, watchdog_ms, retain, cold)
    if retain is not None:
        refuse_unwritable(retain, [*files_of(files), *([line] if line else ())])
    compiled = _runnable(files, dialect, as_json, line=line)
    forces = read_forces(force or (), compiled)
    interval_ns, watchdog_ns = interval_ms * 1_000_000, watchdog_ms * 1_000_000
    try:
        runtime = Runtime(compiled, interval_ns, machine=machine_of(backend), watchdog_ns=watchdog_ns)
    except PlcSourceError as refused:
        leave(refused.diagnostics, as_json)
    started = start_with(runtime, retain, cold) if retain is not None else {}
    if retain is not None and not as_json:
        tell_start(retain, started)
    pace = Pace(runtime, forces)
    changes = list(_scan(runtime, pace, scans, trace, not as_json))
    unkept = None if retain is None else keep(runtime, retain)
    more = forced(pace, forces)
    if not as_json:
        tell_never_forced(pace)
    more |= {"retain": started} if started else {}
    more |= {"tasks": runtime.figures()} if times else {}
    if not as_json:
        tell = tell_times if times else tell_missed
        tell(runtime)
    more["overruns"] = runtime.missed_periods
    _finish(runtime, pace, more | ({"trace": changes} if trace else {}), as_json)
    if unkept is not None:
        print_error(unkept, as_json=False)
        raise typer.Exit(unkept.exit_code)
    if runtime.fault is not None:
        raise typer.Exit(EXIT_FAULT)


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
    out: Annotated[
        Path,
        typer.Option("-o", "--out", metavar="DIR", help="Folder for the results; made if it is not there."),
    ],
    backend: Annotated[
        str,
        typer.Option(metavar="BACKEND", help="c: for any C compiler; micropython: for a board."),
    ] = "c",
    interval_ms: Annotated[
        int | None,
        typer.Option(
            "--interval-ms",
            metavar="MS",
            min=1,
            max=DAY_MS,
            help="For c: time between scans where no TASK says it; 10 without.",
        ),
    ] = None,
    architecture: Annotated[
        str,
        typer.Option(
            "--arch",
            metavar="ARCH",
            help="For micropython: make machine code where that can be, e.g. armv6m (RP2040).",
        ),
    ] = "",
    board: Annotated[
        str,
        typer.Option(
            "--board", metavar="BOARD", help="For micropython: refuse what does not fit this board."
        ),
    ] = "",
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


def _values(runtime: "Runtime") -> dict[str, Any]:
    """By name; what JSON has no number for, as NAN or INF, is text."""
    found = {path: runtime.get(path) for path, *_ in runtime.watch.shown()}
    return {
        path: _shown(runtime, path) if isinstance(value, float) and not math.isfinite(value) else value
        for path, value in found.items()
    }


def _scan(
    runtime: "Runtime", pace: "Pace", scans: int, trace: bool, tells: bool
) -> "Iterator[dict[str, Any]]":
    """Run to the end, or to a fault that no task watches; tell each fault and, for a trace, yield and tell what each
    scan changes."""
    from sortyard.cli.plc_forces import tell_forcings
    from sortyard.plc.faults import PlcFault

    before = _values(runtime) if trace else {}
    while pace.scans < scans:
        fault, told = None, len(pace.forcings)
        try:
            pace.scan()
        except PlcFault as found:
            fault = found
        if tells:
            tell_forcings(pace.forcings[told:])
        if trace:
            after = _values(runtime)
            changed = {path: value for path, value in after.items() if value != before[path]}
            for path in changed if tells else ():
                print(f"scan {pace.scans} at {pace.time_ms:g} ms: {path} = {_shown(runtime, path)}")
            yield {"scan": pace.scans, "time_ms": pace.time_ms, "changed": changed}
            before = after
        if fault is not None:
            if tells:
                print(f"{fault} (scan {pace.scans}; outputs are off)", file=sys.stderr)
            if not runtime.is_watched:
                return


def _shown(runtime: "Runtime", path: str) -> str:
    """A value as its own type writes it; of a reference, what it refers to."""
    from sortyard.plc.text_values import written

    return runtime.watch.referred(path) or written(runtime.watch.find(path)[1], runtime.get(path))


def _finish(runtime: "Runtime", pace: "Pace", more: dict[str, Any], as_json: bool) -> None:
    fault = runtime.fault
    if as_json:
        found = {"scans": pace.scans, "fault": _fault(fault), "variables": _values(runtime)}
        print(json.dumps(found | more, ensure_ascii=False))
    else:
        for path, *_ in runtime.watch.shown():
            is_forced = " (forced)" if runtime.is_forced(path) else ""
            print(f"{path} = {_shown(runtime, path)}{is_forced}")
