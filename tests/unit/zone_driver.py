"""The small line in two zones: the first one with parcels on its belt, the second one driven by hand."""

from array import array
from typing import NamedTuple

from sortyard.config.compile import gate_config
from sortyard.config.line import Line
from sortyard.config.zones import Zone, zones_of
from unit import gate_driver
from unit.gate_driver import START, Yard
from unit.gate_line import GROUPS, TO_B, small_line

HANDED, BOUND, PEER, LAP = 15, 16, 17, 18
V2, V3 = 3500, 5500


class Handed(NamedTuple):
    """A track on its way to the next zone."""

    track: int
    length: int
    slot: int
    origin: int
    group: int
    reason: int
    facts: int


AT_MM = {"ARM": 6800, "WHEEL": 7300}
"""Gates of the second zone."""


def two_zones(*, has_loop: bool = False, loop_zone: str = "east", **policy) -> Line:
    """The small line: the pusher PUSH (A) to the border eye V2, then ARM (B) from V3 on, and WHEEL if it has a loop.

    In the zone `loop_zone`; in "west" WHEEL lies behind PUSH.
    """
    line = small_line(**policy)
    west = ("INFEED", "METER", "MERGE", "V1", "V2", "C-A", "PUSH")
    west += ("WHEEL", "C-LOOP") if loop_zone == "west" else ()
    at_mm = {**AT_MM, **({"WHEEL": 3000} if loop_zone == "west" else {})}
    boards = [line.ecu[0], line.ecu[0].model_copy(update={"name": "east"})]

    def owned(parts):
        return [
            one if one.name in west else one.model_copy(update={"ecu": "east"})
            for one in parts
            if has_loop or one.name not in ("WHEEL", "C-LOOP", "MERGE")
        ]

    update = {
        "ecu": boards,
        "eye": owned(line.eye),
        "diverter": [
            one.model_copy(update={"position_mm": at_mm.get(one.name, one.position_mm)})
            for one in owned(line.diverter)
        ],
    }
    if not has_loop:
        update |= {"chute": [one for one in line.chute if one.kind != "recirculate"], "recirculation": None}
    return line.model_copy(update=update)


LOOPLESS = tuple(tuple(min(chute, 2) for chute in group) for group in GROUPS[:5])
"""Without the loop the reject chute is number 2."""


def logic_of(zone: Zone):
    groups = LOOPLESS if zone.line.recirculation is None else GROUPS
    return gate_driver.GateLogic(gate_config(zone.line, groups, 1, zone.stretch))


class West(Yard):
    """The first zone: parcels come, and whoever passes V2 is handed over."""

    def __init__(self, **policy) -> None:
        zone = zones_of(two_zones(**policy))[0]
        super().__init__(zone.line, logic_of(zone))
        self.eye_x = {0: 0, 1: 1500, 2: V2}
        self.blocked = dict.fromkeys(self.eye_x, False)
        self.feed(PEER, 0, 1 + 4 * 1)

    def _on_gates_safe(self, _) -> None:
        self.is_out[0] = False
        self.moves.pop(0, None)

    @property
    def handed(self) -> list[Handed]:
        first, second = self.tell("HANDED"), self.tell("BOUND")
        assert [one.a for one in first] == [one.a for one in second]
        return [
            Handed(one.a, one.b, one.c - 1, one.position, two.b & 255, two.b >> 8, two.c)
            for one, two in zip(first, second, strict=True)
        ]


class East:
    """The second zone, driven by hand: what it is told and what it says."""

    def __init__(self, **line) -> None:
        self.gl = logic_of(zones_of(two_zones(**line))[1])
        self.now, self.position = 0, 10_000
        self.said: list[tuple[int, ...]] = []
        self.is_running = False
        self.feed(PEER, 0, 1 + 4 * 0)
        self.feed(START)
        self.run(400)

    def feed(self, kind: int, index: int = 0, a: int = 0, b: int = 0, position: int | None = None) -> None:
        self.gl.feed(kind, index, self.position if position is None else position, a, b)

    def run(self, ms: int) -> "East":
        buffer = array("i", bytes(4 * 5 * 256))
        for _ in range(ms):
            self.now += 1
            self.position += self.is_running
            self.gl.step(self.position, self.now * 1000 & 0x0FFFFFFF)
            n = self.gl.drain(buffer, 0)
            for i in range(0, 5 * n, 5):
                record = tuple(buffer[i : i + 5])
                self.said.append(record)
                if record[0] == 5:
                    self.is_running = bool(record[1])
                    self.feed(8, 0, record[1])
        return self

    def hand(self, track: int, length: int = 300, group: int = TO_B, reason: int = 0, facts: int = 0) -> int:
        """Somebody has just passed the border eye; its origin."""
        origin = self.position - V2
        self.feed(HANDED, 4, track, length, origin)
        self.feed(BOUND, facts, track, group + 256 * reason)
        return origin

    def pass_eye(self, eye: int, x: int, origin: int, length: int = 300) -> None:
        """The parcel whose nose was at 0 at that count goes through the eye at x."""
        self.run(x + origin - self.position)
        self.feed(1, eye)
        self.run(length)
        self.feed(2, eye)

    def ends(self) -> list[tuple[int, int, int, int]]:
        """Track, outcome, reason and chute of every disposition."""
        found = [one for one in self.said if one[0] == 8]
        return [(one[1], one[2] & 15, one[2] >> 4 & 31, (one[2] >> 9 & 255) - 1) for one in found]

    def tracks(self) -> int:
        return self.gl.tracks.count
