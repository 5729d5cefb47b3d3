"""An accumulating conveyor at the pins of a virtual board: its firmware turns the rollers by what eyes see on them."""

from dataclasses import dataclass, field
from itertools import pairwise

from board_bench import Bench

from sorter_core.zones import SENSOR_JAM

ZONES, ZONE_MM, EYE_MM = 3, 800, 760
"""Three zones; the eye's place in each."""
SPEED_MM_S = 500
RUNS, EYES = (10, 11, 12), (4, 5, 6)
LENGTH_MM = 400
RELEASE, SECOND = 8_000, 1_000_000
"""Turns of the program; microseconds."""
HELD_US = 5 * SECOND
PITCH_US = ZONE_MM * SECOND / SPEED_MM_S

PROGRAM = """
from sorter_io.chip import read_inputs
from sorter_io.motors.mdr_zpa import MdrZpa
from time import sleep_us, ticks_us
pins = {{"run1": 10, "eye1": 4, "run2": 11, "eye2": 5, "run3": 12, "eye3": 6}}
motor = MdrZpa(pins, {{"blocked": 1, "slug": {slug}, "jam_ms": 2000, "rest_ms": 500, "tries": 2}})
turns = 0
last = None
while True:
    for turn, what in {orders}:
        if turn == turns:
            motor.run(what)
    motor.see(read_inputs())
    motor.poll(ticks_us() & 0xFFFFFFF)
    now = (motor.is_running, motor.is_failed)
    if now != last:
        print(turns, now[0], now[1])
        last = now
    turns += 1
    sleep_us(1000)
"""


@dataclass
class Conveyor(Bench):
    """A parcel moves while the zone under its leading edge turns; behind the last zone somebody takes it away."""

    fronts: list[float] = field(default_factory=list)
    """leading edges, mm from the beginning of the first zone, the most downstream parcel first"""
    held: frozenset[int] = frozenset()
    """parcels that hang fast, by their numbers, from HELD_US until `free_us`"""
    free_us: int = 0
    left_us: dict[int, int] = field(default_factory=dict)
    _at_us: int = -1
    _turning: int = 0

    def outputs(self, now_us: int, levels: int) -> None:
        super().outputs(now_us, levels)
        self._turning = sum(1 << zone for zone, pin in enumerate(RUNS) if levels >> pin & 1)

    def advance(self, to_us: int) -> int:
        reached = super().advance(to_us)
        moved = 0.0 if self._at_us < 0 else (reached - self._at_us) * SPEED_MM_S / 1e6
        self._at_us = reached
        for number, front in enumerate(self.fronts):
            zone = int(front // ZONE_MM)
            hangs = number in self.held and HELD_US <= reached - self.zero_us < self.free_us
            if zone >= ZONES or (self._turning >> zone & 1 and not hangs):
                self.fronts[number] += moved
            if self.fronts[number] - LENGTH_MM > ZONES * ZONE_MM:
                self.left_us.setdefault(number, reached - self.zero_us)
        for ahead, behind in pairwise(self.fronts):
            assert ahead - LENGTH_MM > behind, "two parcels have touched"
        for zone, pin in enumerate(EYES):
            beam = zone * ZONE_MM + EYE_MM
            is_blocked = any(front - LENGTH_MM <= beam <= front for front in self.fronts)
            self.board.set_pin(pin, int(is_blocked), reached)
        return reached


def conveyor(slug: int = 0, orders: tuple = ((RELEASE, 1),), **keys) -> Conveyor:
    """With three parcels on it, each before the eye of a zone of its own."""
    bench = Conveyor(
        PROGRAM.format(slug=slug, orders=orders), until_us=40 * SECOND, fronts=[1900.0, 1100.0, 400.0], **keys
    )
    bench.run()
    return bench


def pauses(bench: Conveyor) -> list[int]:
    """Between two parcels that leave."""
    assert list(bench.left_us) == [0, 1, 2]
    return [later - sooner for sooner, later in pairwise(bench.left_us.values())]


def test_parcels_wait_at_their_eyes_and_leave_one_by_one_when_they_are_released():
    bench = conveyor()
    assert [bench.lines[0], *bench.lines[2:]] == ["0 1 0", f"{RELEASE} 1 0"]
    assert min(bench.left_us.values()) > RELEASE * 1000
    assert min(pauses(bench)) > 1.4 * PITCH_US


def test_as_a_slug_they_start_together():
    assert max(pauses(conveyor(slug=1))) <= 1.01 * PITCH_US


def test_one_that_hangs_fast_is_a_jam_after_its_tries_and_whoever_clears_it_goes_on():
    """It hangs before the middle eye: the last zone empties, and two tries later zone 2 is told as jammed."""
    again = RELEASE + 8000
    bench = conveyor(
        orders=((RELEASE, 1), (again, 0), (again + 100, 1)), held=frozenset({1}), free_us=26 * SECOND
    )
    told = [line.split() for line in bench.lines]
    assert {is_failed for _, _, is_failed in told} == {"0", str(16 * 2 + SENSOR_JAM)}
    failed = [int(turn) for turn, _, is_failed in told if is_failed != "0"]
    assert failed
    assert RELEASE < failed[0] < again
    assert told[-1][2] == "0"
    assert sorted(bench.left_us) == [0, 1, 2]
    assert bench.left_us[0] < 26 * SECOND < bench.left_us[1] < bench.left_us[2]
