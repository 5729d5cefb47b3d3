"""A small line, the records of parcels that ran over it, and a report about them, for the tests of the report."""

from collections.abc import Iterable
from html.parser import HTMLParser

from sortyard.config.line import Line
from sortyard.report.model import (
    Case,
    CaseEvent,
    Column,
    Histogram,
    HistogramMark,
    Kpi,
    Never,
    ReportData,
    Table,
)
from sortyard.report.picture import Picture, RecordRow

SPEED_MM_S = 2000
WRAP = 1 << 28
VOID = {"meta", "input", "hr", "br"}


def small_line(name: str = "small", chute: str = "EAST") -> Line:
    """24 m of belt at 2 m/s, one swing arm at 12 m; 1 mm of belt per count."""
    ecu = {"ecu": "line"}
    return Line.model_validate(
        {
            "format": 1,
            "name": name,
            "plan": "small.plan.toml",
            "belt": {"speed_mm_s": SPEED_MM_S, "length_mm": 24_000, "width_mm": 800},
            "encoder": {"um_per_count": 1000, **ecu},
            "ecu": [{"name": "line", "board": "pico"}],
            "eye": [
                {"name": "PE-IN", "role": "infeed", "position_mm": 0, **ecu},
                {"name": "PE-V1", "role": "verify", "position_mm": 10_000, **ecu},
                {"name": "PE-END", "role": "end", "position_mm": 23_900, **ecu},
                {"name": "PE-C1", "role": "confirm", "chute": chute, "travel_mm": (500, 900), **ecu},
            ],
            "scanner": [{"name": "SCAN", "position_mm": 1000, **ecu}],
            "diverter": [
                {"name": "D1", "kind": "swing_arm", "position_mm": 12_000, "zone_mm": 600, "side": "right",
                 "delay_ms": 10, "extend_ms": 200, "retract_ms": 180, **ecu},
            ],
            "chute": [{"name": chute, "diverter": "D1"}, {"name": "REJECT", "kind": "reject", "end": True}],
        }
    )  # fmt: skip


class Belt:
    """Writes records in order of time, of a belt that runs at 2 m/s from `first_counts` on."""

    def __init__(self, first_counts: int = 0) -> None:
        self.first_counts = first_counts
        self.records: list[RecordRow] = []

    def counts(self, t_ms: int) -> int:
        return (self.first_counts + 2 * t_ms) % WRAP

    def record(self, t_ms: int, kind: int, p: int = 0, q: int = 0, r: int = 0, s: int = 0) -> None:
        self.records.append((t_ms * 1000, self.counts(t_ms), kind, p, q, r, s))

    def parcel(self, track: int, t_ms: int, length_mm: int, bits: int, end_ms: int) -> None:
        """Inducted at `t_ms`, measured, and disposed of at `end_ms` with the `bits` of a DISPOSITION."""
        self.record(t_ms, 42, 1, track, 0, self.counts(t_ms))
        self.record(t_ms + length_mm // 2, 42, 2, track, length_mm, self.counts(t_ms))
        self.record(end_ms, 40, track, bits)

    def sorted_records(self) -> list[RecordRow]:
        return sorted(self.records)


SORTED_EAST = 1 + 512 * 1 + 131072
REJECTED_NO_READ = 3 + 16 * 1 + 512 * 2
LOST_NOT_SEEN = 4 + 16 * 13


def three_parcels(first_counts: int = 0) -> list[RecordRow]:
    """Track 1 goes to EAST by the gate, track 2 was not read and runs off the end, track 3 is lost."""
    belt = Belt(first_counts)
    belt.parcel(1, 1000, 400, SORTED_EAST, 7400)
    belt.parcel(2, 2000, 300, REJECTED_NO_READ, 14_000)
    belt.parcel(3, 3000, 500, LOST_NOT_SEEN, 8_100)
    belt.record(1000, 1, 0)
    belt.record(1200, 2, 0)
    belt.record(1520, 3, 0, belt.counts(1500), 5 + 1024)
    belt.record(6800, 33, 0, 1)
    belt.record(7500, 34, 0, 1)
    belt.record(7350, 1, 3)
    belt.record(7500, 2, 3)
    belt.record(8_100, 42, 7, 3, 0, belt.counts(8_100))
    return belt.sorted_records()


def report_of(line: Line, records: Iterable[RecordRow] = (), **changes: object) -> ReportData:
    """A report with a little of everything; `changes` replaces whole fields."""
    picture = Picture(records, line)
    window = picture.diagram("The whole run", (0, 15_000_000), (-500_000, 24_500_000), told=[3])
    events = (
        CaseEvent(3000.0, 0.0, "-> EYE_BLOCKED eye=PE-IN"),
        CaseEvent(8100.0, 10_200.0, "<- DISPOSITION LOST"),
    )
    fields: dict[str, object] = {
        "line": line,
        "facts": (("runtime", "compiled"), ("trace SHA-256", "0f" * 32)),
        "partial": "",
        "outcomes": {"SORTED": 1, "REJECTED": 1, "LOST": 1},
        "never": (
            Never("silent missorts", 0, "claims that the truth contradicts"),
            Never("misreads", 2, "another valid code", False),
        ),
        "kpis": (
            Kpi("Flow", "Throughput", 720.0, "parcels/h", "parcels sorted", 1, "hours that the belt ran", 0.00139),
            Kpi("Flow", "Jams", None, "per 10,000", "JAM faults", 0, "tracks inducted", 0),
        ),
        "diagrams": (window,) if window.paths else (),
        "histograms": (
            Histogram("Gaps", "mm", (0, 100, 200, 300), (1, 0, 4), "gaps", (HistogramMark(150, "feasible from"),)),
        ),
        "tables": (Table("Chutes", "What went where.", (Column("chute", "text"), Column("sorted", "bar")),
                         (("EAST", 1), ("REJECT", None))),),
        "cases": (Case("lost", "not seen at a verify eye", 3, 3, 8100.0, 10_200.0, events, window),),
        "cases_left_out": {"lost": 4, "silent_missort": 0},
        "case_cap": 1,
        "case_meanings": {"lost": "Not seen where it was due."},
    }  # fmt: skip
    return ReportData(**(fields | changes))  # pyright: ignore[reportArgumentType]


class Page(HTMLParser):
    """Reads a page strictly: every element is closed in order, and texts and attributes are kept."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(text)
        self.close()
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice: {names}"
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        if self.open:
            self.texts.append((self.open[-1], data))

    def of(self, tag: str, **attributes: str) -> list[dict[str, str]]:
        """Attributes of every <tag> that has these; `class_` must be among the classes."""
        wanted_class = attributes.pop("class_", None)
        found = []
        for name, has in self.elements:
            fits = all(has.get(key.replace("_", "-")) == value for key, value in attributes.items())
            if (
                name == tag
                and fits
                and (wanted_class is None or wanted_class in has.get("class", "").split())
            ):
                found.append(has)
        return found

    def text_of(self, tag: str) -> str:
        return "".join(text for name, text in self.texts if name == tag)

    @property
    def all_text(self) -> str:
        return "".join(text for name, text in self.texts if name not in ("style", "script"))
