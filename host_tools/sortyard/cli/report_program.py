"""What a report and the terminal tell of the line's program."""

from typing import Any

from sortyard.report.model import Column, Table
from sortyard.sim.program import ProgramFigures


def forced_text(program: ProgramFigures) -> str:
    """`LINE.HOLD = TRUE, ...`; "" where nothing was forced."""
    return ", ".join(f"{path} = {value}" for path, value in program.forced.items())


def program_rows(program: ProgramFigures) -> list[tuple[str, str, str]]:
    """Name, value and unit of each figure."""
    return [
        ("Program", f"{program.file} ({program.backend})", ""),
        ("Scans of the program", f"{program.scans:,}", ""),
        ("Interval between scans", f"{program.interval_ms:g}", "ms"),
        *((("Forced", forced_text(program), ""),) if program.forced else ()),
        ("Missed periods of its tasks", _missed(program), ""),
        *(row for task in program.tasks for row in _times(task)),
        ("Writes of what it RETAINs", f"{program.retain_writes:,}", ""),
        *(
            (f"Requests: {kind.replace('_', ' ').lower()}", f"{n:,}", "")
            for kind, n in sorted(program.requests.items())
        ),
        ("Faults of the program", f"{len(program.faults):,}", ""),
    ]


def _missed(program: ProgramFigures) -> str:
    return (
        f"unknown: {program.backend} has no board's clock"
        if program.overruns is None
        else f"{program.overruns:,}"
    )


def _times(task: dict[str, Any]) -> list[tuple[str, str, str]]:
    """The host's own times are in --json only: a report is the same each time."""
    name = f"Task {task['task']}" if task["task"] else "Programs without a task"
    return [
        (f"{name}: {what}, {key}", f"{task[field][f'{short}_us']:,}", "us")
        for what, field in (("run", "took"), ("begun late", "late"))
        for key, short in (("mean", "mean"), ("99th percentile", "p99"), ("most", "most"))
        if task[field]["mean_us"] is not None and (field == "late" or task["clock"] == "board")
    ]


def program_tables(program: ProgramFigures | None) -> list[Table]:
    """Figures, faults, and what happened; none without a program."""
    if program is None:
        return []
    figures = tuple(
        (name, value if not unit else f"{value} {unit}") for name, value, unit in program_rows(program)
    )
    faults = tuple(
        (f"{one.t_ms / 1000:.3f}", str(one), one.excerpt.partition("\n")[0]) for one in program.faults
    )
    events = tuple((f"{t_ms / 1000:.3f}", *_words(event)) for t_ms, event in program.events)
    left = f" {program.events_left_out:,} more are in the event file only." if program.events_left_out else ""
    return [
        Table("Program", "", (Column("figure", "text"), Column("value", "text")), figures),
        Table(
            "Faults of the program",
            "Each one stopped the line; the reset button starts the program again.",
            (Column("time (s)", "text"), Column("fault", "text"), Column("source", "text")),
            faults,
        ),
        Table(
            "What the program did",
            f"Buttons that it was told of, what it showed, lit and asked for.{left}",
            (
                Column("time (s)", "text"),
                Column("what", "text"),
                Column("which", "text"),
                Column("value", "text"),
            ),
            events,
        ),
    ]


def _words(event: dict[str, Any]) -> tuple[str, str, str]:
    """`{"light": "LAMP", "red": True, ...}` as what, which, value."""
    fields = dict(event)
    what = next(iter(fields))
    which = str(fields.pop(what))
    if what == "light":
        return what, which, ", ".join(name for name, is_on in fields.items() if is_on) or "off"
    if what == "request":
        target = " ".join(str(fields.pop(key)) for key in ("chute", "gate") if key in fields)
        return what, f"{which} {target}".rstrip(), str(fields["value"])
    return what, which, ", ".join(f"{value}" for value in fields.values())
