"""The tables and histograms of a report, from the counts of a run."""

from sorter_core.codes import FAULTS, OUTCOMES, REASONS
from sortyard.cli.report_program import program_tables
from sortyard.config.board_file import load_board
from sortyard.config.check_figures import line_figures
from sortyard.report.model import Cell, Column, Histogram, HistogramMark, Table
from sortyard.sim.kpi import percentile
from sortyard.sim.result import GAP_BIN_MM, SimResult
from sortyard.vm.chip import RP2040

_MOST_BINS = 80
_FOLDED_SHARE = 0.992
"""Share of the counts that a histogram shows one by one; the longest ones are folded into its last bin."""


def tables(result: SimResult) -> tuple[Table, ...]:
    """Every table, in the order in which they are read."""
    kept = [
        _chutes(result),
        _reasons(result),
        _gates(result),
        _injected(result),
        _told(result),
        _runtime(result),
        *program_tables(result.program),
    ]
    return tuple(table for table in kept if table.rows)


def _chutes(result: SimResult) -> Table:
    """SORTED by chute as counted; what went round or was rejected is counted by outcome, there is one such place."""
    by_kind = {"recirculate": result.laps, "reject": result.tally.count(3)}
    rows = []
    hours = result.running_h
    for place, chute in enumerate(result.numbering.chutes):
        n = by_kind.get(chute.kind, result.tally.sorted_by_chute[place])
        full_s = result.tally.chute_full_us[place] / 1e6
        capacity = None if chute.kind == "recirculate" else chute.capacity
        rows.append((chute.name, chute.kind, n, capacity, round(full_s, 1), _percent(full_s, hours * 3600)))
    columns = (
        Column("chute", "text"), Column("kind", "text"), Column("tracks", "bar"), Column("capacity"),
        Column("full", unit="s"), Column("full", unit="%"),
    )  # fmt: skip
    return Table(
        "Chutes",
        "Tracks that were claimed for each chute, and how long it was full (% of the time that the belt ran).",
        columns,
        tuple(rows),
    )


def _percent(part: float, whole: float) -> float | None:
    return round(part / whole * 100, 2) if whole else None


def _reasons(result: SimResult) -> Table:
    total = sum(result.tally.dispositions.values())
    rows = tuple(
        (
            OUTCOMES.get(outcome, str(outcome)),
            REASONS.get(reason, str(reason)) if reason else None,
            n,
            _percent(n, total),
        )
        for (outcome, reason), n in sorted(result.tally.dispositions.items())
    )
    note = "Tracks by disposition. Each lap of a recirculated parcel and each stray is a track of its own."
    if result.tally.unconfirmed:
        note += f" {result.tally.unconfirmed:,} of those SORTED went to a chute without a confirm eye."
    columns = (
        Column("outcome", "text"),
        Column("reason", "text"),
        Column("tracks", "bar"),
        Column("share", unit="%"),
    )
    return Table("Outcomes and reasons", note, columns, rows)


def _gates(result: SimResult) -> Table:
    rows = tuple(
        (gate.name, gate.kind, n, round(n / (gate.rated_kcycles * 1000) * 1e6, 1))
        for gate, n in zip(result.numbering.gates, result.tally.gate_cycles, strict=True)
    )
    columns = (
        Column("gate", "text"),
        Column("kind", "text"),
        Column("cycles", "bar"),
        Column("wear", unit="ppm of life"),
    )
    return Table("Gates", "Extend commands, and their share of the rated life.", columns, rows)


def _injected(result: SimResult) -> Table:
    rows = tuple((name, n["injected"], n["parcels_touched"]) for name, n in result.faults.items())
    columns = (Column("fault", "text"), Column("injected"), Column("parcels touched", "bar"))
    return Table(
        "Faults injected", "Touched: parcels whose way or sensor record the fault changed.", columns, rows
    )


def _told(result: SimResult) -> Table:
    rows = tuple((FAULTS.get(code, str(code)), n) for code, n in enumerate(result.tally.faults) if n)
    columns = (Column("fault", "text"), Column("times", "bar"))
    return Table("Faults reported", "By the gate logic, under its own codes.", columns, rows)


def _runtime(result: SimResult) -> Table:
    """What the run cost. The share of a millisecond is known for MicroPython alone, which counts its instructions."""
    tally, vm, board = result.tally, result.vm, result.firmware
    rows: list[tuple[Cell, ...]] = [
        ("boots", tally.boots),
        ("steps made", tally.steps),
        ("inputs", tally.inputs),
    ]
    columns = (Column("figure", "text"), Column("value"))
    note = f"The gate logic ran as {result.runtime}."
    if vm is not None:
        costs, what, allocated = vm, "a step", vm.bytes_allocated
        chip, a_ms = "an RP2040", RP2040.fuel_per_us * 1000
    elif board is not None:
        costs, what, allocated = board, "a turn of the control loop", board.bytes_allocated
        chip, a_ms = _slowest_board(result)
        rows += [("turns of the control loop", board.turns), ("of these late", board.overruns)]
    else:
        return Table("Runtime", note, columns, tuple(rows))
    rows = [(*row, None) for row in rows]
    fuel = (("mean", costs.fuel_mean), ("99.9th percentile", costs.fuel_p99_9), ("worst", costs.fuel_worst))
    rows += [(f"fuel {what}, {name}", round(n), _percent(n, a_ms)) for name, n in fuel]
    rows.append(("bytes allocated in all of them", allocated, None))
    note += f" A millisecond of {chip} is about {a_ms:,} units of fuel."
    return Table("Runtime", note, (*columns, Column("of 1 ms", unit="%")), tuple(rows))


def _slowest_board(result: SimResult) -> tuple[str, int]:
    """Of those that sort: its name, and its units of fuel for a millisecond."""
    boards = [load_board(ecu.board) for ecu in result.line.ecu if ecu.role == "line"]
    slowest = min(boards, key=lambda board: board.model.fuel_per_us)
    return f"the line's {slowest.name}", slowest.model.fuel_per_us * 1000


def histograms(result: SimResult) -> tuple[Histogram, ...]:
    """Gaps with what is feasible, and the time from read to destination."""
    gaps = [n for row in line_figures(result.line).pair_gap_mm for n in row]
    feasible = (
        HistogramMark(min(gaps), "feasible for some pair"),
        HistogramMark(max(gaps), "feasible for every pair"),
    )
    latency = result.tally.latency_ms
    shares = ((0.5, "p50"), (0.99, "p99"))
    waits = [
        HistogramMark(ms, words) for share, words in shares if (ms := percentile(latency, share)) is not None
    ]
    return (
        folded(
            "Gaps at the infeed eye", "mm", result.tally.gaps, GAP_BIN_MM, "gaps between parcels", feasible
        ),
        folded(
            "Latency from read to destination", "ms", latency, 1, "tracks with a destination", tuple(waits)
        ),
    )


def folded(
    title: str, unit: str, counts: list[int], width: int, what: str, marks: tuple[HistogramMark, ...]
) -> Histogram:
    """Bins of `width` as at most 80 wider ones; the last one holds the longest 0.8 % and what is beyond."""
    last = (percentile(counts, _FOLDED_SHARE) or 0) + 1
    step = -(-last // _MOST_BINS)
    n = -(-last // step)
    bins = [sum(counts[place * step : (place + 1) * step]) for place in range(n)]
    bins.append(sum(counts[n * step :]))
    return Histogram(
        title, unit, tuple(place * step * width for place in range(n + 2)), tuple(bins), what, marks
    )
