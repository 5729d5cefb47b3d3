"""What a report is made of. Whoever runs a line fills these; nothing here knows where the numbers come from.

    picture = sortyard.report.picture.Picture(records, line)      # records: sortyard.sim.events.Record, in order
    diagram = picture.diagram("Around the strike", (t0_us, t1_us), (x0_um, x1_um), told=[track])

Times are integer microseconds since the start of the run, positions integer micrometres downstream of the
infeed eye (negative upstream of it): the plant's own units. Times and positions in cases are milliseconds
and millimetres, as people read them. Indices are places in `sortyard.config.numbering.Numbering`.
Every string may hold anything that a user wrote (names, barcodes): the report escapes all of them.
"""

from dataclasses import dataclass
from typing import Literal

from sortyard.config.line import Line

Cell = str | int | float | None
"""None is printed as a dash: there was nothing to count."""

OUTCOMES = ("SORTED", "RECIRCULATED", "REJECTED", "LOST", "STRAY", "OPEN")
"""How a path is drawn; OPEN is a parcel without a disposition when the window ended."""


@dataclass(frozen=True)
class Kpi:
    """A tile: `value` (None: the denominator is 0) and beside it what was counted over what.

    `denominator_name` is empty where the value is a count or a percentile: then `numerator_name` tells all.
    """

    group: str
    title: str
    value: float | None
    unit: str
    numerator_name: str
    numerator: float
    denominator_name: str = ""
    denominator: float = 0.0
    digits: int = 1


@dataclass(frozen=True)
class Never:
    """A count that must be zero, or that is told apart from those (`is_alarm` False)."""

    title: str
    count: int
    meaning: str
    is_alarm: bool = True


@dataclass(frozen=True)
class ParcelPath:
    """Leading edge of one track over time, as the gate logic believed it; its body is `length_um` upstream of it.

    `points`: (t_us, x_um), ascending in time, straight lines between them. `left_um`: where it left the belt,
    None if it did not; the points then run on until its trailing edge is there, and nothing of it is drawn
    downstream of that place.
    `outcome`: one of OUTCOMES. `ending`: chute or reason, as the tooltip says it.
    """

    label: str
    outcome: str
    length_um: int
    points: tuple[tuple[int, int], ...]
    left_um: int | None = None
    ending: str = ""
    is_told: bool = False
    """the one that the window is about: drawn with a strong outline"""


@dataclass(frozen=True)
class GateSpan:
    """A gate from its extend command to its retract command, for one track (-1: to a safe state)."""

    gate: int
    t0_us: int
    t1_us: int
    track: int


@dataclass(frozen=True)
class EyeSpan:
    """An eye while it was blocked. Confirm eyes are drawn at the far end of their gate's sweep zone."""

    eye: int
    t0_us: int
    t1_us: int


@dataclass(frozen=True)
class ReadSpot:
    """A code that a scanner read: when, and where the belt was looked at."""

    t_us: int
    x_um: int
    text: str


@dataclass(frozen=True)
class Mark:
    """Something at one moment: a fault, an emergency stop, a failed divert. `x_um` None: the whole line."""

    t_us: int
    x_um: int | None
    text: str


@dataclass(frozen=True)
class Diagram:
    """A window of the distance-time diagram: what is outside t0..t1 or x0..x1 is clipped."""

    title: str
    t0_us: int
    t1_us: int
    x0_um: int
    x1_um: int
    paths: tuple[ParcelPath, ...]
    gates: tuple[GateSpan, ...] = ()
    eyes: tuple[EyeSpan, ...] = ()
    reads: tuple[ReadSpot, ...] = ()
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True)
class HistogramMark:
    """A value to be marked on the axis, with what it means."""

    value: float
    text: str


@dataclass(frozen=True)
class Histogram:
    """`counts[i]` lies in edges[i] <= value < edges[i + 1]; with `is_open` the last bin holds all larger ones."""

    title: str
    unit: str
    edges: tuple[float, ...]
    counts: tuple[int, ...]
    what: str
    """what is counted, for example `gaps between parcels at the infeed eye`"""
    marks: tuple[HistogramMark, ...] = ()
    is_open: bool = True


@dataclass(frozen=True)
class Column:
    """`kind`: text, number, or bar (a number with a bar as long as its share of the column's maximum)."""

    title: str
    kind: Literal["text", "number", "bar"] = "number"
    unit: str = ""


@dataclass(frozen=True)
class Table:
    """A section with one table; `note` says under its title what is counted."""

    title: str
    note: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class CaseEvent:
    """One record of a story; `position_mm`: leading edge of the parcel by its track, None if unknown."""

    t_ms: float
    position_mm: float | None
    text: str


@dataclass(frozen=True)
class Case:
    """A case that is told in full: a missort, a strike, an undetectable case, a lost or uncertain parcel.

    `kind` is the name of its count (`silent_missort`, `strike`, ...); `parcel` and `track` are None where they
    are not known; a negative parcel is one that somebody threw on.
    """

    kind: str
    cause: str
    parcel: int | None
    track: int | None
    t_ms: float
    position_mm: float | None
    events: tuple[CaseEvent, ...]
    diagram: Diagram | None = None


@dataclass(frozen=True)
class ReportData:
    """One run. `facts`: name and value pairs for the head (runtime, seed, parcels, trace hash ...).

    `outcomes`: each of OUTCOMES that occurred -> tracks, for the bar on top.
    `partial` is empty for a whole run, else a sentence that says what is missing.
    `cases`: those of one kind one after another, the most interesting kind first. `cases_left_out`: kind ->
    cases that `case_cap` (per kind) left untold. `case_meanings`: kind -> what such a case is.
    """

    line: Line
    facts: tuple[tuple[str, str], ...]
    partial: str
    outcomes: dict[str, int]
    never: tuple[Never, ...]
    kpis: tuple[Kpi, ...]
    diagrams: tuple[Diagram, ...]
    histograms: tuple[Histogram, ...]
    tables: tuple[Table, ...]
    cases: tuple[Case, ...]
    cases_left_out: dict[str, int]
    case_cap: int
    case_meanings: dict[str, str]
