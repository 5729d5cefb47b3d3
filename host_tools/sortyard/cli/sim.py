"""`sortyard sim`: sort a manifest, or generated parcels, on the simulated line."""

import json
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sortyard.errors import Finding, InputError
from sortyard.sim.faults import FAULTS

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

A manifest has the columns barcode (empty: no label), length_mm, width_mm, height_mm, weight_g, and arrival_s or gap_mm
or gap_s (free belt or time to the parcel before). Separators, decimal commas and units in names or values (length_cm,
"1,5 kg") are understood; what can be read in two ways is refused.

Faults: {faults}.

Exit codes: 0 done, 1 something happened that never must (see the table), 2 the input cannot be used,
130 stopped with Ctrl-C (the partial result is printed and reported all the same).
"""


def sim(
    line: Annotated[Path, typer.Argument(metavar="LINE", help="Line file (*.line.toml).")],
    manifest: Annotated[
        Path | None,
        typer.Option(help="What arrives (*.csv); without it parcels are drawn from the line's sizes."),
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=FILE_COLUMN", help="The manifest file's own name for a column (repeatable)."
        ),
    ] = None,
    runtime: Annotated[
        str, typer.Option(help="What runs the gate logic: compiled, pure or micropython.")
    ] = "compiled",
    firmware: Annotated[
        bool,
        typer.Option("--firmware", help="Run the board's whole firmware, wired to the plant pin by pin."),
    ] = False,
    fault: Annotated[
        list[str] | None,
        typer.Option(help="Switch a fault on at its default rate (repeatable); all = every one."),
    ] = None,
    scenario: Annotated[
        Path | None, typer.Option(help="Seed, parcels, speed and faults from a file (*.scenario.toml).")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="Seed of arrivals and faults, 0 to 2^31 - 1 (1 if not given).")
    ] = None,
    parcels: Annotated[
        int | None,
        typer.Option(help="Parcels to generate, or rows of the manifest to take (2000, or all)."),
    ] = None,
    speed: Annotated[int | None, typer.Option(help="Belt speed in mm/s instead of the line file's.")] = None,
    report: Annotated[Path | None, typer.Option(help="Write the report (one HTML file).")] = None,
    events: Annotated[
        Path | None, typer.Option(help="Write every input and output, one JSON object a line.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")] = False,
) -> None:
    """Sort a manifest on the simulated line and report every parcel."""
    from sortyard.cli.messages import print_error
    from sortyard.cli.sim_progress import progress_bar
    from sortyard.cli.sim_table import print_result
    from sortyard.sim.event_file import EventFile
    from sortyard.sim.request import Request, prepare

    request = Request(
        line=line,
        manifest=manifest,
        columns=tuple(column or ()),
        runtime=runtime,
        is_firmware=firmware,
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
    unwritten = None if report is None else _write_report(report, result)
    if as_json:
        print(json.dumps(result.to_json(), ensure_ascii=False))
    else:
        print_result(result)
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


sim.__doc__ = f"{sim.__doc__}\n{EXAMPLES.format(faults=', '.join(FAULTS))}"
