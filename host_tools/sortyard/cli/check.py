"""`sortyard check`: what a controls engineer computes on paper, and what is wrong with the line."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.table import Table

    from sortyard.config.assign import Assignment
    from sortyard.config.check import CheckResult
    from sortyard.config.check_figures import GateFigures, LineFigures

    Titled = tuple[str, Table]

MATRIX_CHUTES = 9
"""Up to this many chutes the gaps are shown as a matrix, beyond it by value."""


LineArgument = Annotated[Path, typer.Argument(metavar="LINE", help="Line file (*.line.toml).")]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object instead of tables.")]
AssignOption = Annotated[
    bool, typer.Option("--assign", help="Find pins for parts without pins; judge the line with them.")
]
WriteOption = Annotated[
    bool, typer.Option("--write", help="Like --assign, and write the pins into LINE if they all fit.")
]


def check(
    line: LineArgument, as_json: JsonOption = False, assign: AssignOption = False, write: WriteOption = False
) -> None:
    """Compute what a line can do, and what is wrong with it, before it is built.

    Examples:

      sortyard check hub16.line.toml

      sortyard check hub16.line.toml --json | jq '.pair_gap_mm.C01.C02'

      sortyard check draft.line.toml --assign

    Errors: the line cannot do its work like this; warnings: some parcels will suffer; notes: worth knowing. Lengths
    in mm at rated speed, times in ms. A gap is from a trailing edge to the next leading edge.

    A program that the line file names is compiled and judged as well: names, types, program.map, intervals.

    --assign gives a pin of its board, or a place on an expander, to each wire of a part whose pins are not given. Where
    the board has too few, shift registers are added, hc165 for eyes and hc595 for valves. Optional wires get none, but
    for emergency stop, start, reset and the end switches of a diverter with feedback = true. The same line always gets
    the same pins. --write keeps comments and layout of the file.

    The object of --json: file, name, errors, warnings and notes (how many), findings (each with file, line, key,
    reason, remedy, severity), belt (as in the file), counts_per_s and count_mm (encoder), coast_mm, sensing_gap_mm
    (from which on eyes and scanners tell two parcels apart), scan_to_first_gate_ms, read_end_mm (trailing edge here:
    no read is awaited), host_budget_ms, gates (a list: when each is ready and home, its margin, the gaps that its
    motion needs, where it decides), throughput (parcels an hour), pair_gap_mm (smallest gap by chute of the parcel
    ahead, then by chute of the one behind), borders (a list: where a track goes from one board to the next, and the
    time that the link has for it); with --assign also assigned (a list: part, ecu, pins) and expanders (those that are
    added).

    Exit codes: 0 done, 1 there are errors by the rules of engineering, 2 a file cannot be used.
    """
    result, found = _judged(line, assign or write)
    if as_json:
        import json

        more = found.as_dict() if found else {}
        typer.echo(json.dumps(result.as_dict() | more, ensure_ascii=False))
    else:
        _print(result, found)
    if write and found and not found.findings:
        from sortyard.config.assign_write import write_pins

        write_pins(line, found)
    if result.count("error"):
        raise typer.Exit(1)


def _judged(line: Path, finds_pins: bool) -> "tuple[CheckResult, Assignment | None]":
    """What is to be said of a line, its program included, and the pins that were found for it."""
    from sortyard.config.check import check_site
    from sortyard.config.site import load_site
    from sortyard.plc.line.load import read_program

    site = load_site(line)
    program = read_program(site)
    findings = list(program.findings) if program else []
    if not finds_pins:
        return check_site(site, findings), None
    from sortyard.config.assign import assign_pins, with_pins

    found = assign_pins(site.located)
    return check_site(with_pins(site, found), [*findings, *found.findings]), found


def _print(result: "CheckResult", found: "Assignment | None") -> None:
    from rich.console import Console

    from sortyard.cli.line_drawing import LEGEND, draw_line
    from sortyard.cli.messages import print_findings

    console = Console(highlight=False)
    line, figures = result.line, result.figures
    sort = sum(chute.kind == "sort" for chute in line.chute)
    console.print(
        f"[bold]{line.name}[/bold]: {sort} sort chutes, {line.belt.speed_mm_s / 1000:g} m/s, "
        f"{line.belt.length_mm / 1000:g} m\n"
    )
    for row in draw_line(line, max(console.width, 60)):
        console.print(row, markup=False, soft_wrap=True)
    console.print(f"{LEGEND}\n", style="dim", markup=False, soft_wrap=True)
    tables = (_throughput(result), _deadlines(figures), _motions(figures), _gaps(figures))
    for title, table in (*tables, *(_assigned(found) if found else ())):
        console.print(title, style="bold", markup=False, soft_wrap=True)
        console.print(table)
        console.print()
    print_findings(result.findings, console)
    counts = (_counted(result.count(kind), kind) for kind in ("error", "warning", "note"))
    console.print(f"\n{result.file}: {', '.join(counts)}", soft_wrap=True)


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _table(*columns: str) -> "Table":
    """A table whose first column is text and whose other ones are numbers."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, show_edge=False)
    for place, name in enumerate(columns):
        table.add_column(name, justify="right" if place else "left")
    return table


def _assigned(found: "Assignment") -> "Iterator[Titled]":
    """The pins that were found, and the chains that carry some of them."""
    if found.expanders:
        table = _table("expander", "kind", "chips", "ecu", "pins")
        for one in found.expanders:
            table.add_row(one.name, one.kind, str(one.count), one.ecu, _wired(one.pins))
        yield "Expanders that are added", table
    table = _table("part", "ecu", "pins")
    for one in found.given:
        table.add_row(one.owner, one.ecu, _wired(one.pins))
    yield "Pins that are assigned" if found.given else "No part is without pins", table


def _wired(pins: dict[str, str]) -> str:
    return ", ".join(f"{wire} {pin}" for wire, pin in pins.items())


def _throughput(result: "CheckResult") -> "Titled":
    flow, figures, meter = result.figures.throughput, result.figures, result.line.infeed_meter
    table = _table("", "")
    table.show_header = False
    table.add_row("parcels an hour, smallest gaps: best pair of chutes", f"{flow.best_per_h:,.0f}")
    table.add_row("  a mix of all chutes", f"{flow.mixed_per_h:,.0f}")
    table.add_row("  worst pair of chutes", f"{flow.worst_per_h:,.0f}")
    if meter is not None and flow.metered_per_h is not None:
        table.add_row(f"  gaps of the infeed meter, {meter.gap_mm} mm", f"{flow.metered_per_h:,.0f}")
    table.add_row(f"demand: {flow.load_percent:.0f} % of that", f"{flow.demand_per_h:,}", style="bold")
    if flow.laps_per_h is not None:
        table.add_row("time for parcels from the loop", f"{flow.laps_per_h:,.0f}")
    table.add_row("encoder, mm a count", f"{figures.count_mm:g}")
    table.add_row("encoder, counts a second", f"{figures.counts_per_s:,.0f}")
    table.add_row("scanner to first decision, ms", f"{figures.scan_to_first_gate_ms:,.0f}")
    table.add_row("host's answer, longest parcel, first decision, ms", f"{figures.host_budget_ms:,.0f}")
    table.add_row("coasting to standstill, mm", f"{figures.coast_mm:,.0f}")
    return f"Throughput and belt, at a mean length of {flow.mean_length_mm:.0f} mm", table


def _deadlines(figures: "LineFigures") -> "Titled":
    table = _table(
        "diverter", "chute", "zone from", "decides at", "mm after scan", "ms after scan", "ms after infeed"
    )
    for gate in figures.gates:
        numbers = (gate.decide_mm, gate.after_scanner_mm, gate.after_scanner_ms, gate.after_infeed_ms)
        table.add_row(
            gate.name, gate.chute or "-", str(gate.position_mm), *(f"{number:.0f}" for number in numbers)
        )
    return (
        "Deadlines: where the leading edge of the shortest parcel is when its diverter must be chosen (mm, ms)",
        table,
    )


def _motions(figures: "LineFigures") -> "Titled":
    """Equal diverters in one row."""
    from sortyard.config.check_context import grouped, names_of

    def row(gate: "GateFigures") -> tuple[str, ...]:
        times = (gate.lead_ms, gate.home_ms)
        gaps = (gate.need_ahead_mm, gate.need_behind_mm, gate.need_same_mm)
        return (
            gate.kind,
            *(f"{number:.0f}" for number in (gate.zone_mm, *times)),
            f"{gate.margin_mm:.1f}",
            "/".join(f"{number:.0f}" for number in gaps),
            f"{gate.length_checked_mm:.0f}" if gate.length_eye else "no eye",
        )

    table = _table("diverters", "kind", "zone", "ready", "home", "margin", "gap", "length")
    for group in grouped(figures.gates, row):
        table.add_row(names_of(group), *row(group[0]))
    title = "Diverters: ms until ready, until home; mm margin, gap for the motion ahead/behind/in a row, length checked"
    return title, table


def _gaps(figures: "LineFigures") -> "Titled":
    if len(figures.chutes) > MATRIX_CHUTES:
        return _gap_values(figures)
    table = _table("ahead", *figures.chutes)
    for name, row in zip(figures.chutes, figures.pair_gap_mm, strict=True):
        table.add_row(name, *(str(gap) for gap in row))
    return (
        "Smallest gap (mm) between two parcels, by chute of the one ahead (rows) and behind (columns)",
        table,
    )


def _gap_values(figures: "LineFigures") -> "Titled":
    """Where a matrix would be too wide: each gap with its pairs."""
    pairs: dict[tuple[int, str], list[str]] = {}
    for row, first in enumerate(figures.chutes):
        for column, second in enumerate(figures.chutes):
            kind = "same chute" if row == column else "another chute"
            pairs.setdefault((figures.pair_gap_mm[row][column], kind), []).append(f"{first} then {second}")
    table = _table("for example", "pairs", "gap")
    for (gap, kind), names in sorted(pairs.items()):
        shown = f"{kind}: {', '.join(names[:3])}{' ...' if len(names) > 3 else ''}"
        table.add_row(shown, str(len(names)), str(gap))
    return "Smallest gap (mm) between two parcels (each pair: --json, pair_gap_mm)", table
