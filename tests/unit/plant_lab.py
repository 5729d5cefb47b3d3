"""A short line with one diverter at 1 m/s, and a hand that works it: 1 ms is 1 mm.

x: infeed eye 0, scanner 300, verify eye 800, gate 1500 to 1900, end eye 3900, end 4000 mm. A parcel that arrives at
time t has its nose at x at t + (x + 800 mm) / (1 mm/ms), once the belt is up to speed.
"""

from array import array
from collections.abc import Callable, Collection
from typing import Any

from sortyard.config.line import Line
from sortyard.sim.faults import FAULTS, FaultSetting
from sortyard.sim.plant_config import fault_table, line_table
from sortyard_c.plant import NEVER_US as NEVER_US
from sortyard_c.plant import Plant

EXTEND, RETRACT, HOLD, SAFE, LINE, INFEED, MERGE, DISPOSITION, EVENT, FAULT = 1, 2, 3, 4, 5, 6, 7, 8, 10, 11
BLOCKED, CLEARED, READ, DESTINATION, CHUTE, HEALTH, END, DRIVE, ESTOP, RESET, START, POLICY, STOP = range(
    1, 14
)
INFEED_EYE, VERIFY_EYE, END_EYE, CONFIRM_EYE = 0, 1, 2, 3
SORT_CHUTE, REJECT_CHUTE = 0, 1
MM, MS, S = 1000, 1000, 1_000_000
ENTRY = -800 * MM
GATE, GATE_END, WIDTH = 1500 * MM, 1900 * MM, 600 * MM

Faults = dict[str, FaultSetting]

_PIN = {"ecu": "line"}


def short_line(kind: str = "swing_arm", gate: dict[str, Any] | None = None, **tables: Any) -> Line:
    """The line; `gate` and whole tables can be replaced."""
    diverter = {
        "name": "D1",
        "kind": kind,
        "position_mm": 1500,
        "zone_mm": 400,
        "delay_ms": 20,
        "extend_ms": 120,
    }
    diverter |= {"retract_ms": 120, "spread_ms": 0, "margin_mm": 30, **_PIN, **(gate or {})}
    eyes = [
        {"name": "PE-IN", "role": "infeed", "position_mm": 0, **_PIN},
        {"name": "PE-V", "role": "verify", "position_mm": 800, **_PIN},
        {"name": "PE-END", "role": "end", "position_mm": 3900, **_PIN},
        {"name": "PE-C", "role": "confirm", "chute": "C1", "travel_mm": [600, 700], **_PIN},
    ]
    model = {
        "format": 1,
        "name": "lab",
        "plan": "lab.plan.toml",
        "belt": {"speed_mm_s": 1000, "length_mm": 4000, "width_mm": 600, "acceleration_mm_s2": 1000},
        "encoder": {"um_per_count": 1000, **_PIN},
        "ecu": [{"name": "line", "board": "pico"}],
        "eye": eyes,
        "scanner": [{"name": "SC", "position_mm": 300, "latency_ms": 20, "jitter_ms": 0, **_PIN}],
        "diverter": [diverter],
        "chute": [{"name": "C1", "diverter": "D1"}, {"name": "REJECT", "kind": "reject", "end": True}],
    }
    return Line.model_validate(model | tables)


class Lab:
    """A plant whose belt runs at full speed from 2 s on, and everything that it has told."""

    def __init__(
        self,
        line: Line | None = None,
        seed: int = 1,
        first_count: int = 0,
        faults: Faults | None = None,
        sampled: Collection[str] = (),
    ) -> None:
        self.line = line or short_line()
        table = line_table(self.line, [[SORT_CHUTE], [REJECT_CHUTE]], first_count, sampled)
        self.plant = Plant(table, fault_table(faults or {}), array("q"), seed)
        self.plant.set_codes(array("q", [1, 1, 2, 2, 1, 1]))
        self.told: list[tuple[int, ...]] = []
        self.next_id = 0
        self.plant.command(LINE, 1, 0, 0, 0)

    def add(
        self,
        arrival_us: int,
        length_mm: int = 300,
        width_mm: int = 200,
        height_mm: int = 100,
        code: int = 0,
        number: int | None = None,
    ) -> None:
        """One parcel; code 0 and 2 belong to group 0 (the sort chute), code 1 to group 1 (the end).

        Parcels of one number lie on the same place across the belt.
        """
        group = {0: 0, 1: 1, 2: 0, -1: -1}[code]
        row = [
            self.next_id if number is None else number,
            arrival_us,
            length_mm * MM,
            width_mm * MM,
            height_mm * MM,
            500,
            code,
            group,
        ]
        self.plant.add_parcels(array("q", row))
        self.next_id += 1

    def until(self, t_us: int) -> list[tuple[int, ...]]:
        """Go on to t_us; the inputs on the way as (t, kind, index, position, a, b)."""
        buffer = array("i", bytes(4 * 5 * 64))
        since = len(self.told)
        while self.plant.now_us < t_us:
            self.plant.run(t_us)
            for n in range(self.plant.take(buffer, 0)):
                self.told.append((self.plant.now_us, *buffer[5 * n : 5 * n + 5]))
        return self.told[since:]

    def until_true(self, is_so: Callable[[], bool], limit_us: int = 60 * S) -> bool:
        """Go on, 10 ms at a time, until something is so; False if it is not at `limit_us`."""
        while not is_so() and self.plant.now_us < limit_us:
            self.until(self.plant.now_us + 10 * MS)
        return is_so()

    def kinds(self, *kinds: int) -> list[tuple[int, ...]]:
        """What was told so far, of these kinds."""
        return [one for one in self.told if one[1] in kinds]

    def edges(self, eye: int) -> list[int]:
        """Positions of all edges of an eye, leading and trailing in turn."""
        return [one[3] for one in self.told if one[1] in (BLOCKED, CLEARED) and one[2] == eye]

    def command(self, kind: int, a: int = 0, b: int = 0, c: int = 0, position: int = 0) -> None:
        self.plant.command(kind, a, b, c, position)

    def induct(self, track: int, edge: int = -1) -> None:
        """Announce a track for the last (or another) leading edge at the infeed eye."""
        heads = [one[3] for one in self.told if one[1:3] == (BLOCKED, INFEED_EYE)]
        self.command(EVENT, 1, track, 0, heads[edge])

    def claim(
        self, track: int, outcome: int, reason: int = 0, chute: int = -1, is_confirmed: bool = False
    ) -> None:
        self.command(DISPOSITION, track, outcome + 16 * reason + 512 * (chute + 1) + 131072 * is_confirmed)

    def results(self) -> dict[str, Any]:
        return self.plant.results()

    def fault(self, name: str) -> tuple[int, int]:
        """Injected and parcels touched."""
        return self.results()["faults"][list(FAULTS).index(name)]

    def nose(self, parcel: int) -> int:
        """Leading edge in um. KeyError if the parcel is not on feeder or belt."""
        return {one["id"]: one["nose_um"] for one in self.plant.parcels()}[parcel]


def always(name: str) -> Faults:
    """The fault at every parcel."""
    return {name: FaultSetting(1_000_000)}


def at(name: str, *parcels: int) -> Faults:
    """The fault at these parcels only."""
    return {name: FaultSetting(0, parcels)}
