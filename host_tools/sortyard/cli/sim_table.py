"""The result of a run as tables on stdout."""

from rich.console import Console
from rich.table import Table

from sortyard.cli.messages import printable
from sortyard.cli.report_program import forced_text, program_rows
from sortyard.sim.kpi import kpis
from sortyard.sim.program import ProgramFault
from sortyard.sim.result import SimResult


def print_result(result: SimResult) -> None:
    """Print counts, what must never happen, faults and figures."""
    console = Console()
    if result.partial:
        console.print("[bold yellow]stopped by Ctrl-C:[/] the figures are about the parcels until then")
    if result.program and result.program.forced:
        console.print(f"[bold yellow]forced:[/] {printable(forced_text(result.program))}", soft_wrap=True)
    console.print(_summary(result))
    console.print(_never(result))
    if result.faults:
        console.print(_faults(result))
    console.print(_figures(result))
    if result.program:
        _print_faults(result.program.faults, console)
        if not result.parcels and not result.program.requests.get("START"):
            console.print(
                "the line has never run: of the start button the program alone is told, and it has never asked for "
                "a start (LINE.START := TRUE)",
                soft_wrap=True,
            )
    console.print(f"trace sha256 {result.trace_sha256}", highlight=False, soft_wrap=True)


def _print_faults(faults: list[ProgramFault], console: Console) -> None:
    """Each fault of the program once, with how often it came again: one that is reset comes again and again."""
    alike: dict[str, list[ProgramFault]] = {}
    for fault in faults:
        alike.setdefault(str(fault), []).append(fault)
    for text, same in alike.items():
        again = f" ({len(same) - 1:,} times more, up to {same[-1].t_ms / 1000:,.1f} s)" if same[1:] else ""
        console.print(
            f"the program stopped at {same[0].t_ms / 1000:,.1f} s{again}: {printable(text)}", soft_wrap=True
        )
        console.print(printable(same[0].excerpt), markup=False, highlight=False, soft_wrap=True)


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", pad_edge=False)
    for place, column in enumerate(columns):
        table.add_column(column, justify="left" if place == 0 else "right")
    return table


def _summary(result: SimResult) -> Table:
    table = _table(
        f"{printable(result.line.name)}: {result.parcels:,} parcels, {result.runtime}, seed {result.seed}",
        "ended as",
        "parcels or laps",
        "share",
    )
    rows = {f"SORTED in {name}": n for name, n in result.by_chute.items() if n} | result.by_reason
    whole = sum(rows.values())
    for name, n in rows.items():
        table.add_row(printable(name), f"{n:,}", f"{n / whole:.2%}")
    table.add_section()
    table.add_row(
        "sorted", f"{result.sorted:,}", f"{result.sorted / result.parcels:.2%}" if result.parcels else "-"
    )
    return table


def _never(result: SimResult) -> Table:
    truth = result.truth
    table = _table("What the plant knows", "case", "count")
    for name, n in result.never.items():
        table.add_row(name.replace("_", " "), f"[bold red]{n:,}[/]" if n else "0")
    table.add_section()
    apart = {
        "misreads": truth.misreads,
        "strikes by a safe state": truth.strikes_safe_state,
        "strikes by a broken machine": truth.strikes_broken_machine,
        **{f"undetectable: {cause.replace('_', ' ')}": n for cause, n in truth.undetectable.items() if n},
    }
    for name, n in apart.items():
        table.add_row(name, f"{n:,}")
    table.add_section()
    table.add_row("untouched by faults, readable, feasible", f"{truth.untouched_parcels:,}")
    table.add_row("of these sorted", f"{truth.untouched_sorted:,}")
    return table


def _faults(result: SimResult) -> Table:
    table = _table("Faults", "fault", "injected", "parcels touched")
    for name, counts in result.faults.items():
        table.add_row(name, f"{counts['injected']:,}", f"{counts['parcels_touched']:,}")
    return table


def _figures(result: SimResult) -> Table:
    table = _table("Figures", "figure", "value", "unit")
    for kpi in kpis(result):
        table.add_row(kpi.title, "-" if kpi.value is None else f"{kpi.value:,g}", kpi.unit)
    if result.vm is not None:
        table.add_section()
        table.add_row("Fuel a step, mean", f"{result.vm.fuel_mean:,.0f}", "instructions")
        table.add_row("Fuel a step, 99.9th percentile", f"{result.vm.fuel_p99_9:,}", "instructions")
        table.add_row("Fuel a step, worst", f"{result.vm.fuel_worst:,}", "instructions")
        table.add_row("Allocated in steps", f"{result.vm.bytes_allocated:,}", "bytes")
    if result.firmware is not None:
        board = result.firmware
        table.add_section()
        table.add_row("Turns of the control loop", f"{board.turns:,}", "")
        table.add_row("of these late", f"{board.overruns:,}", "")
        table.add_row("Fuel a turn, mean", f"{board.fuel_mean:,.0f}", "instructions")
        table.add_row("Fuel a turn, 99.9th percentile", f"{board.fuel_p99_9:,}", "instructions")
        table.add_row("Fuel a turn, worst", f"{board.fuel_worst:,}", "instructions")
        table.add_row("Resets by the watchdog", f"{board.bites:,}", "")
        table.add_row("Allocated in turns", f"{board.bytes_allocated:,}", "bytes")
        table.add_row("Edges and commands without room on the link", f"{board.dropped:,}", "")
        table.add_row("Dispositions, faults and requests without room", f"{board.lost:,}", "")
        table.add_row("Host missed by the board", f"{board.link_losses:,}", "times")
        for text in board.said:
            table.add_row("Said to the host", printable(text), "")
    if result.program is not None:
        table.add_section()
        for name, value, unit in program_rows(result.program):
            table.add_row(name, printable(value), unit)
    table.add_section()
    table.add_row("Simulated time", f"{result.simulated_us / 1e6:,.1f}", "s")
    table.add_row("Wall time", f"{result.wall_s:,.2f}", "s")
    return table
