"""`sortyard sim`: sort a manifest, or generated parcels, on the simulated line."""

import json
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sortyard.errors import Finding, InputError
from sortyard.sim.faults import FAULTS, WIRE_FAULTS

if TYPE_CHECKING:
    from sortyard.sim.result import SimResult

EXIT_VIOLATED = 1
EXIT_INTERRUPTED = 130
WARNINGS_TOLD = 5

EXAMPLES = """
Examples:

  sortyard sim hub16.line.toml --manifest manifest.csv --report report.html

  sortyard sim hub16.line.toml --parcels 100000 --fault all --seed 7 --json

  sortyard sim hub16.line.toml --parcels 500 --fault scan_miss --fault estop --events events.jsonl

  sortyard sim hub16.line.toml --scenario found.scenario.toml --runtime micropython

  sortyard sim cascade.line.toml --parcels 100 --force C01.ENABLE=FALSE --force LINE.HOLD=TRUE@30s..T#1m

A manifest has the columns barcode (empty: no label), length_mm, width_mm, height_mm, weight_g, and arrival_s or gap_mm
or gap_s (free belt or time to the parcel before). Separators, decimal commas and units in names or values (length_cm,
"1,5 kg") are understood; what can be read in two ways is refused.

Faults: {faults}.

With --firmware also: {wire_faults}.

A program that the line file names runs beside the gate logic: it alone is told of the start button, and asks. What is
forced is what the program sees or asks for, before and after each run of its tasks: the gate logic decides all the
same, an emergency stop stands above it, and a fault of the program turns its outputs off, forced or not. Released at
TO, an input has what the line or the program has written there last, any other variable keeps its value until the
program writes it. The result says what was forced, and when.

Exit codes: 0 done, 1 something happened that never must (see the table), 2 the input cannot be used,
130 stopped with Ctrl-C (the partial result is printed and reported all the same).
"""


LineArgument = Annotated[Path, typer.Argument(metavar="LINE", help="Line file (*.line.toml).")]
ManifestOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="What arrives (*.csv); without it parcels are drawn from the line's sizes."
    ),
]
ColumnOption = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME=FILE_COLUMN", help="The manifest file's own name for a column (repeatable)."),
]
RuntimeOption = Annotated[
    str, typer.Option(metavar="RUNTIME", help="What runs the gate logic: compiled, pure or micropython.")
]
FirmwareOption = Annotated[
    bool, typer.Option("--firmware", help="Run the board's whole firmware, wired to the plant pin by pin.")
]
LinkPortOption = Annotated[
    int | None,
    typer.Option(
        "--link-port",
        metavar="PORT",
        help="With --firmware: lead the board's link out to this TCP port, further boards' links to the next ones "
        "(those of an RS-485 line to one), in real time (see sortyard link).",
    ),
]
PlcBackendOption = Annotated[
    str,
    typer.Option(
        "--plc-backend", metavar="NAME", help="What runs the line's program: c, ref or micropython."
    ),
]
ForceOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=VALUE[@FROM..TO]",
        help="Hold a variable or place of the line's program at a value, whatever line and program write there "
        "(repeatable): LINE.HOLD=TRUE, Only.PHASE=JAMMED, %QX0.1=TRUE, Only.WAIT.PT=T#5s; for a time of the run: "
        "LINE.HOLD=TRUE@5s..T#1m, or LINE.STOP=TRUE@10s.. to its end.",
    ),
]
FaultOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="FAULT", help="Switch a fault on at its default rate (repeatable); all = every one."
    ),
]
ScenarioOption = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Seed, parcels, speed and faults from a file (*.scenario.toml)."),
]
SeedOption = Annotated[
    int | None,
    typer.Option(metavar="NUMBER", help="Seed of arrivals and faults, 0 to 2^31 - 1 (1 if not given)."),
]
ParcelsOption = Annotated[
    int | None,
    typer.Option(
        metavar="NUMBER", help="Parcels to generate, or rows of the manifest to take (2000, or all)."
    ),
]
SpeedOption = Annotated[
    int | None, typer.Option(metavar="MM_S", help="Belt speed in mm/s instead of the line file's.")
]
ReportOption = Annotated[Path | None, typer.Option(metavar="FILE", help="Write the report (one HTML file).")]
EventsOption = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Write every input and output, one JSON object a line."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")]


def sim(
    line: LineArgument,
    manifest: ManifestOption = None,
    column: ColumnOption = None,
    runtime: RuntimeOption = "compiled",
    firmware: FirmwareOption = False,
    link_port: LinkPortOption = None,
    plc_backend: PlcBackendOption = "c",
    force: ForceOption = None,
    fault: FaultOption = None,
    scenario: ScenarioOption = None,
    seed: SeedOption = None,
    parcels: ParcelsOption = None,
    speed: SpeedOption = None,
    report: ReportOption = None,
    events: EventsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Sort a manifest on the simulated line and report every parcel."""
    from sortyard.cli.sim_progress import progress_bar
    from sortyard.cli.sim_table import print_result
    from sortyard.sim.event_file import EventFile
    from sortyard.sim.request import Request, prepare
    from sortyard.sim.scenario import unstruck

    request = Request(
        line=line,
        manifest=manifest,
        columns=tuple(column or ()),
        runtime=runtime,
        is_firmware=firmware,
        link_port=link_port,
        plc_backend=plc_backend,
        forces=tuple(force or ()),
        faults=tuple(fault or ()),
        scenario=scenario,
        seed=seed,
        parcels=parcels,
        speed_mm_s=speed,
        outputs=tuple(path for path in (report, events) if path is not None),
    )
    job = prepare(request)
    _warn(job.warnings)
    with ExitStack() as stack:
        on_progress = stack.enter_context(progress_bar(job.source.parcels))
        on_records = None
        if events is not None:
            on_records = stack.enter_context(EventFile(events, job.words)).write
        result = job.run(on_progress=on_progress, on_records=on_records)
    _warn(tuple(unstruck(str(scenario), job.settings.faults, result.faults)))
    _warn(tuple(_never_forced(result)))
    unwritten = None if report is None else _write_report(report, result)
    if as_json:
        print(json.dumps(result.to_json(), ensure_ascii=False))
    else:
        print_result(result)
    _exit(result, unwritten)


def _never_forced(result: "SimResult") -> list[Finding]:
    reason = "it was never forced: the last scan was before"
    remedy = "force it earlier, or let more --parcels come"
    late = result.program.never_forced if result.program else []
    return [Finding("command line", None, f"--force: {one}", reason, remedy, "note") for one in late]


def _exit(result: "SimResult", unwritten: InputError | None) -> None:
    """Leave with the exit code that says how the run went."""
    from sortyard.cli.messages import print_error

    if unwritten is not None:
        print_error(unwritten, as_json=False)
        raise typer.Exit(unwritten.exit_code)
    if result.partial:
        raise typer.Exit(EXIT_INTERRUPTED)
    if any(result.never.values()):
        raise typer.Exit(EXIT_VIOLATED)


def _write_report(path: Path, result: "SimResult") -> InputError | None:
    """The report; the error where it could not be written, so that the result is told all the same."""
    from sortyard.cli.sim_report import write_sim_report
    from sortyard.config.output_file import writing

    try:
        with writing(path):
            write_sim_report(path, result)
    except InputError as error:
        return error
    return None


def _warn(warnings: tuple[Finding, ...]) -> None:
    """Tell the first warnings on stderr, and how many more there are."""
    from rich.console import Console

    from sortyard.cli.messages import print_findings

    console = Console(stderr=True)
    print_findings(warnings[:WARNINGS_TOLD], console)
    if len(warnings) > WARNINGS_TOLD:
        console.print(f"... and {len(warnings) - WARNINGS_TOLD} more warnings")


sim.__doc__ = (
    f"{sim.__doc__}\n{EXAMPLES.format(faults=', '.join(FAULTS), wire_faults=', '.join(WIRE_FAULTS))}"
)
