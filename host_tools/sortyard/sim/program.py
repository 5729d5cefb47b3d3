"""What a run tells of the line's program: events, faults, figures. How it runs is in program_run.

Events are records of kind PROGRAM: code (`ProgramEvent`), subject and value stand in p, q and r.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from enum import IntEnum
from typing import Any

PROGRAM = 64
"""Kind of the records of a program."""
MOST_EVENTS = 400
"""Events of a run that are kept for the report; the event file has all of them."""
MOST_LIGHTS = 100
"""Of these about lights: a lamp that blinks would leave no room for others."""


class ProgramEvent(IntEnum):
    """What a record is about, and its subject and value."""

    STARTED = 1
    """0 with power, 1 after a fault by the reset button, 2 after one by its own reset"""
    VARIABLE = 2
    """number of a variable that the program shows, and its bits"""
    LIGHT = 3
    """number of the light; bits red, amber, green, horn"""
    BUTTON = 4
    """0 start, 1 stop, 2 reset"""
    REQUEST = 5
    """kind of an input of the gate logic; its index * 65536 + a"""
    FAULT = 6
    """kind of the fault + 256 * number of its source from 1 on (0: the library), and its line"""
    FORCED = 7
    """number of what is forced from now on"""
    RELEASED = 8
    """number of what is forced no more"""


Note = Callable[[int, ProgramEvent, int, int], None]
"""Takes an event: time in us, code, subject, value."""


@dataclass
class ProgramFault:
    """A fault that has stopped the program, with the line of its source."""

    t_ms: float
    kind: str
    detail: str
    file: str
    line: int
    column: int
    excerpt: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.kind}: {self.detail}"


@dataclass
class ProgramFigures:
    """How the program did in a run, over all boots."""

    file: str
    backend: str
    interval_ms: float
    scans: int = 0
    overruns: int | None = None
    """periods of tasks that were missed; None where what runs the program has no board's clock (c, ref)"""
    tasks: list[dict[str, Any]] = field(default_factory=list)
    """how long the runs of each took, how late they began, and its missed periods: see plc.Runtime.figures"""
    retain_writes: int = 0
    requests: dict[str, int] = field(default_factory=dict)
    forced: dict[str, str] = field(default_factory=dict)
    """variables and places that were to be held, and the values as a program writes them, with their times"""
    forcings: list[dict[str, Any]] = field(default_factory=list)
    """when each of them was forced and released: t_ms, and the event in words"""
    never_forced: list[str] = field(default_factory=list)
    """what the run was too short for"""
    faults: list[ProgramFault] = field(default_factory=list)
    events: list[tuple[float, dict[str, Any]]] = field(default_factory=list)
    """the first ones: time in ms, and what happened in words"""
    events_left_out: int = 0

    def as_dict(self) -> dict[str, Any]:
        """For --json; the events are in the event file and in the report."""
        told = asdict(self)
        del told["events"], told["events_left_out"]
        return told
