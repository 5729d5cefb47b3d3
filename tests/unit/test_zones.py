"""Zones of an accumulating conveyor, driven by the eyes of parcels on it: they never touch, and all of them leave."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from sorter_core.zones import ARRIVAL_JAM, SENSOR_JAM, Zones

ZONE_MM = 800
EYE_MM = 760
"""The eye's place in its zone."""
STEP_US = 4000
SPEED_MM_S = 500
MASK = 0x0FFFFFFF


class Conveyor:
    """Parcels by their leading edge and length; one moves while the zone under its leading edge turns."""

    def __init__(self, count: int, is_slug: bool = False, now_us: int = 0) -> None:
        self.zones = Zones(count, is_slug, 5_000_000, 1_000_000, 3)
        self.count = count
        self.parcels: list[list[float]] = []
        self.now_us = now_us
        self.held: set[int] = set()
        """parcels that somebody holds, by their place in the list"""
        self.left = 0
        self.broken: set[int] = set()
        """eyes that see nothing"""

    def eyes(self) -> int:
        seen = 0
        for zone in range(self.count):
            beam = zone * ZONE_MM + EYE_MM
            if zone not in self.broken and any(
                front - length <= beam <= front for front, length in self.parcels
            ):
                seen |= 1 << zone
        return seen

    def run(self, seconds: float, is_released: int) -> None:
        for _ in range(int(seconds * 1e6 / STEP_US)):
            self.now_us = (self.now_us + STEP_US) & MASK
            running = self.zones.step(self.eyes(), is_released, self.now_us)
            assert running < 1 << self.count
            for number, parcel in enumerate(self.parcels):
                zone = min(int(parcel[0] // ZONE_MM), self.count - 1)
                if number not in self.held and (running >> zone & 1 or parcel[0] >= self.count * ZONE_MM):
                    parcel[0] += SPEED_MM_S * STEP_US / 1e6
            self.left += sum(front - length > self.count * ZONE_MM for front, length in self.parcels)
            self.parcels = [one for one in self.parcels if one[0] - one[1] <= self.count * ZONE_MM]
            self.check()

    def check(self) -> None:
        """Zero pressure: the gap between two parcels is never gone."""
        order = sorted(self.parcels, reverse=True)
        for ahead, behind in pairwise(order):
            assert ahead[0] - ahead[1] > behind[0], f"{ahead} and {behind} have touched"


lengths = st.lists(st.integers(100, 600), min_size=1, max_size=4)


@settings(max_examples=40, deadline=None)
@given(lengths=lengths, is_slug=st.booleans(), start=st.sampled_from([0, MASK - 3_000_000]))
def test_parcels_accumulate_without_touching_and_leave_when_they_are_released(lengths, is_slug, start):
    conveyor = Conveyor(4, is_slug, start)
    for length in lengths:
        conveyor.parcels.append([0.0, float(length)])
        conveyor.run(4, 0)
    conveyor.run(8, 0)
    assert conveyor.left == 0
    assert conveyor.zones.running in (0, 1)
    assert bin(conveyor.eyes()).count("1") == len(lengths)
    conveyor.run(10 * len(lengths), 1)
    assert conveyor.left == len(lengths)
    assert not any(conveyor.zones.jams)


def test_a_slug_starts_together_and_single_ones_start_one_by_one():
    gone = {}
    for is_slug in (False, True):
        conveyor = Conveyor(4, is_slug)
        for place in range(4):
            conveyor.parcels.append([place * ZONE_MM + EYE_MM + 5.0, 300.0])
        conveyor.run(0.1, 1)
        gone[is_slug] = conveyor.zones.running
        conveyor.run(20, 1)
        assert conveyor.left == 4
    assert gone == {False: 0b1000, True: 0b1111}


def test_a_parcel_that_does_not_leave_its_eye_is_a_jam_after_three_tries():
    conveyor = Conveyor(3)
    conveyor.parcels.append([EYE_MM + 5.0, 300.0])
    conveyor.held.add(0)
    conveyor.run(5.5, 1)
    assert conveyor.zones.tries_made == 1
    assert not any(conveyor.zones.jams)
    conveyor.run(25, 1)
    assert list(conveyor.zones.jams) == [SENSOR_JAM, 0, 0]
    assert not conveyor.zones.running & 1
    conveyor.held.clear()
    conveyor.zones.reset()
    conveyor.run(10, 1)
    assert conveyor.left == 1


def test_a_parcel_that_does_not_come_is_a_jam_of_the_zone_that_sent_it():
    conveyor = Conveyor(3)
    conveyor.broken.add(1)
    conveyor.parcels.append([EYE_MM + 5.0, 300.0])
    conveyor.run(40, 1)
    assert conveyor.zones.jams[0] == ARRIVAL_JAM


def test_a_jam_that_is_cleared_in_time_is_none():
    conveyor = Conveyor(2)
    conveyor.parcels.append([EYE_MM + 5.0, 300.0])
    conveyor.held.add(0)
    conveyor.run(7, 1)
    conveyor.held.clear()
    conveyor.run(10, 1)
    assert conveyor.left == 1
    assert not any(conveyor.zones.jams)
    assert conveyor.zones.tries_made == 1


@given(
    count=st.integers(1, 16),
    story=st.lists(st.tuples(st.integers(0, 0xFFFF), st.booleans(), st.integers(0, MASK)), max_size=60),
    is_slug=st.booleans(),
)
def test_whatever_the_eyes_say_only_zones_that_are_there_turn_and_jammed_ones_stand(count, story, is_slug):
    zones = Zones(count, is_slug, 5_000_000, 1_000_000, 2)
    for eyes, is_released, now_us in story:
        running = zones.step(eyes, is_released, now_us)
        assert 0 <= running < 1 << count
        for zone in range(count):
            assert not (zones.jams[zone] and running >> zone & 1)
