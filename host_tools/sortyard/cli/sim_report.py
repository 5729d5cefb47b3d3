"""Turns the result of a run into the report's own records. Equal results give equal bytes: no clock is in it."""

from pathlib import Path

from sorter_core.codes import OUTCOMES
from sortyard.cli.report_program import forced_text
from sortyard.cli.report_tables import histograms, tables
from sortyard.cli.report_windows import around, overview
from sortyard.report.model import Case, CaseEvent, Kpi, Never, ReportData
from sortyard.report.page import write_report
from sortyard.sim.kpi import Kpi as Figure
from sortyard.sim.kpi import kpis
from sortyard.sim.result import SimResult
from sortyard.sim.stories import STORY_CAP, Story

_MEANINGS = {
    "silent_missort": "A claim of a place that the truth contradicts, and that the controller could have known.",
    "gate_strike": "A gate moved while a parcel that is not its own was in its sweep zone.",
    "estop_violation": "An output outside its safe state in an emergency stop.",
    "doubly_disposed": "A track with more than one disposition.",
    "undisposed": "A track without a disposition.",
    "unannounced": "A disposition of a track that was never announced.",
    "misread": "The scanner told a valid code that is not the parcel's own; the claim is right for the code told.",
    "undetectable": "The claim is wrong, but an innocent history would have given the very same sensor record.",
    "strike_undetectable": "A gate struck a parcel of which no sensor could have told.",
    "strike_broken_machine": "A gate that was stuck or too slow struck a parcel.",
    "strike_safe_state": "A gate went to its safe state while a parcel was in its sweep zone.",
    "not_sorted": "No fault touched it or a neighbour, its code and its gaps were good, and yet it was not sorted.",
    "uncertain": "The controller lost its certainty about this track, and claimed no chute for it.",
    "lost": "The track was not seen where it was due, or its end cannot be proved; no place is claimed.",
}
"""Kind of a case -> what it is; the most interesting first."""
_UNDETECTABLE = "Missorts and strikes with which an innocent history shares the very same sensor record."
_RATIOS = frozenset({"gate_cycles_per_sorted"})
"""Figures without a unit that are not a share of a whole."""


def write_sim_report(path: Path, result: SimResult) -> None:
    """Write the report of a run. Raises OSError where `path` cannot be written."""
    write_report(path, report_data(result))


def report_data(result: SimResult) -> ReportData:
    """Everything that the report shows."""
    kinds = list(_MEANINGS)
    told = sorted(result.stories, key=lambda story: (kinds.index(story.kind), story.t_ms))
    return ReportData(
        line=result.line,
        facts=_facts(result),
        partial=_partial(result),
        outcomes={OUTCOMES[code]: n for code in OUTCOMES if (n := result.tally.count(code))},
        never=_never(result),
        kpis=tuple(_tile(figure) for figure in kpis(result)),
        diagrams=overview(result, told),
        histograms=histograms(result),
        tables=tables(result),
        cases=tuple(_case(result, story) for story in told),
        cases_left_out=result.stories_left_out,
        case_cap=STORY_CAP,
        case_meanings=_MEANINGS,
    )


def _partial(result: SimResult) -> str:
    if not result.partial:
        return ""
    return (
        f"Ctrl-C ended it when {result.parcels:,} parcels had come: every figure is about the run until then."
    )


def _facts(result: SimResult) -> tuple[tuple[str, str], ...]:
    minutes, seconds = divmod(result.simulated_us / 1e6, 60)
    return (
        ("parcels", f"{result.parcels:,}"),
        ("simulated", f"{minutes:.0f} min {seconds:.1f} s"),
        ("runtime", result.runtime),
        ("seed", str(result.seed)),
        ("stops of the belt", f"{result.tally.stops:,}"),
        ("faults switched on", ", ".join(result.faults) or "none"),
        *_forced(result),
        ("trace SHA-256", result.trace_sha256),
    )


def _forced(result: SimResult) -> tuple[tuple[str, str], ...]:
    """A run in which something was forced is to be seen as one."""
    forced = forced_text(result.program) if result.program else ""
    return (("forced in the program", forced),) if forced else ()


def _never(result: SimResult) -> tuple[Never, ...]:
    """What must be zero, then what is told apart from it."""
    truth = result.truth
    alarms = [
        Never(name.replace("_", " "), n, _MEANINGS[name.removesuffix("s")])
        for name, n in result.never.items()
    ]
    causes = ", ".join(f"{name.replace('_', ' ')}: {n:,}" for name, n in truth.undetectable.items() if n)
    apart = (
        ("misreads", truth.misreads, _MEANINGS["misread"]),
        ("strikes by a safe state", truth.strikes_safe_state, _MEANINGS["strike_safe_state"]),
        ("strikes by a broken machine", truth.strikes_broken_machine, _MEANINGS["strike_broken_machine"]),
        ("undetectable", sum(truth.undetectable.values()), f"{_UNDETECTABLE} {causes}".rstrip()),
    )
    return tuple(alarms + [Never(*one, is_alarm=False) for one in apart])


def _tile(figure: Figure) -> Kpi:
    """Shares in percent; a figure whose denominator is the number 1 is told by its numerator's words alone."""
    is_share = not figure.unit and figure.factor == 1 and figure.key not in _RATIOS
    is_single = figure.denominator_name == "1"
    value = figure.value
    return Kpi(
        group=figure.group,
        title=figure.title,
        value=value * 100 if is_share and value is not None else value,
        unit="%" if is_share else figure.unit,
        numerator_name=figure.numerator_name,
        numerator=figure.numerator,
        denominator_name="" if is_single else figure.denominator_name,
        denominator=0.0 if is_single else figure.denominator,
        digits=2 if is_share else min(figure.digits, 2),
    )


def _case(result: SimResult, story: Story) -> Case:
    return Case(
        kind=story.kind,
        cause=story.cause,
        parcel=story.parcel or None,
        track=story.track if story.track > 0 else None,
        t_ms=story.t_ms,
        position_mm=story.position_mm,
        events=tuple(CaseEvent(line.t_ms, line.position_mm, line.text) for line in story.lines),
        diagram=around(result.line, story),
    )
