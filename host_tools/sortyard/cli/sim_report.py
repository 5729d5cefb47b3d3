"""Turn the result of a run into the report's own records."""

from pathlib import Path

from sorter_core.codes import FAULTS, OUTCOMES, REASONS
from sortyard.cli.report_diagram import DiagramBuilder
from sortyard.config.check_figures import least_gap_mm
from sortyard.report.model import (
    Case,
    CaseEvent,
    Column,
    Diagram,
    Histogram,
    HistogramMark,
    Kpi,
    Never,
    ReportData,
    Table,
)
from sortyard.report.page import write_report
from sortyard.sim.kpi import kpis, percentile
from sortyard.sim.result import GAP_BIN_MM, SimResult
from sortyard.sim.stories import STORY_CAP, Story

OPENING_US = 60_000_000
"""Length of the first diagram."""
AROUND_US = 6_000_000
"""Time before and after a case in its own diagram."""

_NEVER = {
    "silent_missorts": "claims of a place that the truth contradicts, and that the controller could have known",
    "gate_strikes": "movements of a gate while a parcel that is not its own was in its sweep zone",
    "undisposed": "tracks without a disposition",
    "doubly_disposed": "tracks with more than one disposition",
    "unannounced": "dispositions of tracks that were never announced",
    "estop_violations": "outputs outside their safe state in an emergency stop",
}


def write_sim_report(path: Path, result: SimResult) -> None:
    """Write the report of a run. Raises OSError where `path` cannot be written."""
    write_report(path, report_data(result))


def report_data(result: SimResult) -> ReportData:
    """Everything that the report shows."""
    partial = "Ctrl-C ended it; every figure is about the parcels until then." if result.partial else ""
    return ReportData(
        line=result.line,
        facts=_facts(result),
        partial=partial,
        outcomes={OUTCOMES[code]: n for code in OUTCOMES if (n := result.tally.count(code))},
        never=_never(result),
        kpis=tuple(_kpi(result)),
        diagrams=_diagrams(result),
        histograms=_histograms(result),
        tables=_tables(result),
        cases=tuple(_case(result, story) for story in result.stories),
        cases_left_out=result.stories_left_out,
        case_cap=STORY_CAP,
    )


def _facts(result: SimResult) -> tuple[tuple[str, str], ...]:
    facts = [
        ("parcels", f"{result.parcels:,}"),
        ("runtime", result.runtime),
        ("seed", str(result.seed)),
        ("simulated", f"{result.simulated_us / 1e6:,.1f} s"),
        ("computed in", f"{result.wall_s:,.2f} s"),
        ("faults", ", ".join(result.faults) or "none"),
        ("trace sha256", result.trace_sha256),
    ]
    if result.vm is not None:
        fuel = f"mean {result.vm.fuel_mean:,.0f}, 99.9th percentile {result.vm.fuel_p99_9:,}"
        facts.append(("fuel a step", f"{fuel}, worst {result.vm.fuel_worst:,}"))
        facts.append(("allocated in steps", f"{result.vm.bytes_allocated:,} bytes"))
    return tuple(facts)


def _never(result: SimResult) -> tuple[Never, ...]:
    truth = result.truth
    alarms = [Never(name.replace("_", " "), n, _NEVER[name]) for name, n in result.never.items()]
    apart = [
        ("misreads", truth.misreads, "sorted by a wrong but valid code that the scanner told"),
        (
            "strikes by a safe state",
            truth.strikes_safe_state,
            "a gate went to its safe state while a parcel was there",
        ),
        ("strikes by a broken machine", truth.strikes_broken_machine, "a stuck or slow gate"),
    ]
    causes = [
        (
            f"undetectable: {name.replace('_', ' ')}",
            n,
            "an innocent history gives the very same sensor record",
        )
        for name, n in truth.undetectable.items()
    ]
    return tuple(alarms + [Never(*one, is_alarm=False) for one in apart + causes])


def _kpi(result: SimResult) -> list[Kpi]:
    tiles = []
    for kpi in kpis(result):
        is_single = kpi.denominator_name == "1"
        tiles.append(
            Kpi(
                group=kpi.group,
                title=kpi.title,
                value=kpi.value,
                unit=kpi.unit,
                numerator_name=kpi.numerator_name,
                numerator=kpi.numerator,
                denominator_name="" if is_single else kpi.denominator_name,
                denominator=0.0 if is_single else kpi.denominator,
                digits=min(kpi.digits, 3),
            )
        )
    return tiles


def _diagrams(result: SimResult) -> tuple[Diagram, ...]:
    if not result.opening:
        return ()
    begun = next((r.t_us for r in result.opening if r.kind == 1), result.opening[0].t_us)
    end = min(result.opening[-1].t_us, begun + OPENING_US)
    builder = DiagramBuilder(result.line, result.numbering)
    builder.add(result.opening)
    return (builder.build("The first parcels", begun, max(end, begun + 1)),)


def _histograms(result: SimResult) -> tuple[Histogram, ...]:
    tally = result.tally
    gap = least_gap_mm(result.line)
    bins = max((place for place, n in enumerate(tally.gaps) if n), default=0) + 1
    late = max((place for place, n in enumerate(tally.latency_ms) if n), default=0)
    step = max(late // 60, 1)
    waits = [sum(tally.latency_ms[at : at + step]) for at in range(0, late + 1, step)]
    marks = [
        HistogramMark(value, text)
        for share, text in ((0.5, "median"), (0.99, "99 %"))
        if (value := percentile(tally.latency_ms, share)) is not None
    ]
    return (
        Histogram(
            "Gaps",
            "mm",
            tuple(place * GAP_BIN_MM for place in range(bins + 1)),
            tuple(tally.gaps[:bins]),
            "gaps between a trailing edge and the next leading edge at the infeed eye",
            (HistogramMark(gap, "smallest gap of the line file"),),
        ),
        Histogram(
            "Latency",
            "ms",
            tuple(at * step for at in range(len(waits) + 1)),
            tuple(waits),
            "tracks by the time from their read to their route",
            tuple(marks),
        ),
    )


def _tables(result: SimResult) -> tuple[Table, ...]:
    tally = result.tally
    chutes = zip(result.numbering.chutes, tally.sorted_by_chute, tally.chute_full_us, strict=True)
    by_chute = tuple((chute.name, chute.kind, n, round(full / 1e6, 1)) for chute, n, full in chutes)
    reasons = tuple(
        (OUTCOMES.get(outcome, outcome), REASONS.get(reason, reason) if reason else None, n)
        for (outcome, reason), n in sorted(tally.dispositions.items())
    )
    gates = tuple(
        (gate.name, gate.kind, n) for gate, n in zip(result.numbering.gates, tally.gate_cycles, strict=True)
    )
    faults = tuple((FAULTS.get(code, code), n) for code, n in enumerate(tally.faults) if n)
    injected = tuple((name, n["injected"], n["parcels_touched"]) for name, n in result.faults.items())
    return (
        Table(
            "Chutes",
            "Parcels sorted into each chute, and how long it was full.",
            (
                Column("chute", "text"),
                Column("kind", "text"),
                Column("sorted", "bar"),
                Column("full", unit="s"),
            ),
            by_chute,
        ),
        Table(
            "Outcomes and reasons",
            "Tracks by disposition; each lap of a recirculated parcel and each stray is a track.",
            (Column("outcome", "text"), Column("reason", "text"), Column("tracks", "bar")),
            reasons,
        ),
        Table(
            "Gates",
            "Cycles: extend commands.",
            (Column("gate", "text"), Column("kind", "text"), Column("cycles", "bar")),
            gates,
        ),
        Table(
            "Faults that the controller told",
            "By its own fault codes.",
            (Column("fault", "text"), Column("times", "bar")),
            faults,
        ),
        Table(
            "Faults that were injected",
            "By the simulation; touched: parcels whose way or record they changed.",
            (Column("fault", "text"), Column("injected"), Column("parcels touched")),
            injected,
        ),
    )


def _case(result: SimResult, story: Story) -> Case:
    diagram = None
    if story.surroundings:
        builder = DiagramBuilder(result.line, result.numbering)
        builder.add(story.surroundings)
        t_us = int(story.t_ms * 1000)
        first = max(story.surroundings[0].t_us, t_us - 3 * AROUND_US)
        diagram = builder.build(
            f"{story.kind} at {story.t_ms / 1000:.1f} s", first, t_us + AROUND_US // 3, story.track
        )
    return Case(
        kind=story.kind,
        cause=story.cause,
        parcel=story.parcel,
        track=story.track,
        t_ms=story.t_ms,
        position_mm=story.position_mm,
        events=tuple(CaseEvent(line.t_ms, line.position_mm, line.text) for line in story.lines),
        diagram=diagram,
    )
