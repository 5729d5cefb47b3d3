"""A gate that moves by its wire: for whom is told later, and only then is it a strike or not."""

import pytest

from unit.plant_lab import EXTEND, MS, Lab, S

NOT_TOLD = -2
INSIDE_US = 5 * S + 2500 * MS
"""The parcel that arrives at 5 s has its nose at 1,700 mm then, in the sweep zone."""


@pytest.mark.parametrize(("track", "strikes"), [(7, 0), (8, 1)])
def test_the_owner_of_a_moving_gate_is_judged_when_it_is_told(track: int, strikes: int):
    lab = Lab()
    lab.add(5 * S)
    lab.until(INSIDE_US - 500 * MS)
    lab.induct(7)
    lab.until(INSIDE_US)
    lab.command(EXTEND, 0, NOT_TOLD)
    lab.until(INSIDE_US + 30 * MS)  # 10 ms into the movement
    assert lab.results()["gate_strikes"] == 0
    lab.plant.own(0, track)
    assert lab.results()["gate_strikes"] == strikes


def test_an_owner_of_no_gate_or_of_one_at_home_changes_nothing():
    lab = Lab()
    lab.add(5 * S)
    lab.until(INSIDE_US)
    for gate in (-1, 0, 1, 99):
        lab.plant.own(gate, 7)
    lab.until(20 * S)
    assert lab.results()["gate_strikes"] == 0
