"""Parcels on the belts: arrivals as they are, ideal riding, and what slips, creeps, closes up or turns."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sortyard.sim.faults import FaultSetting
from unit.plant_lab import (
    END_EYE,
    INFEED,
    INFEED_EYE,
    LINE,
    MM,
    MS,
    REJECT_CHUTE,
    VERIFY_EYE,
    Lab,
    S,
    always,
    at,
    short_line,
)

LIMITS = {"min_length_mm": 80, "max_length_mm": 1200}


def test_a_parcel_rides_with_the_belt_and_every_eye_tells_its_length_and_place():
    lab = Lab()
    lab.add(3 * S, length_mm=345)
    lab.until(10 * S)
    nose, tail = lab.edges(INFEED_EYE)
    assert tail - nose == 345
    assert lab.edges(VERIFY_EYE) == [nose + 800, tail + 800]
    assert lab.edges(END_EYE) == [nose + 3900, tail + 3900]
    assert lab.results()["in_chute"][REJECT_CHUTE] == 1


def test_arrivals_keep_the_gap_with_which_they_come():
    lab = Lab()
    lab.add(3 * S)
    lab.add(3 * S + 420 * MS)
    lab.until(10 * S)
    first, _, second, _ = lab.edges(INFEED_EYE)
    assert second - first == 420
    bins = lab.results()["gap_bins_20_mm"]
    assert bins[6] == 1  # 120 to 140 mm
    assert bins[-1] == 1  # nobody ahead of the first one


def test_two_that_fit_side_by_side_are_one_block_to_the_eye():
    lab = Lab()
    lab.add(3 * S, width_mm=250)
    lab.add(3 * S + 100 * MS, width_mm=250)
    lab.until(10 * S)
    nose, tail = lab.edges(INFEED_EYE)
    assert tail - nose == 400
    results = lab.results()
    assert (results["side_by_side"], results["touching"]) == (1, 0)


def test_two_that_do_not_fit_side_by_side_are_pushed_back_to_touching():
    lab = Lab()
    lab.add(3 * S, width_mm=350)
    lab.add(3 * S + 100 * MS, width_mm=350)
    lab.until(10 * S)
    nose, tail = lab.edges(INFEED_EYE)
    assert tail - nose == 600
    results = lab.results()
    assert (results["side_by_side"], results["touching"]) == (0, 1)


def test_while_the_line_stands_nobody_feeds():
    lab = Lab()
    lab.add(5 * S)
    lab.add(6 * S)
    lab.until(3 * S)
    lab.command(LINE, 0)
    lab.until(60 * S)
    assert lab.plant.parcels() == []
    lab.command(LINE, 1)
    lab.until(80 * S)
    first, _, second, _ = lab.edges(INFEED_EYE)
    assert second - first == 1000


def test_a_held_feeder_keeps_the_parcels_and_the_queue_does_not_close_up_below_100_mm():
    lab = Lab()
    lab.add(3 * S)
    lab.add(3 * S + 600 * MS)
    lab.until(3 * S)
    lab.command(INFEED, 1)
    lab.until(10 * S)
    assert lab.edges(INFEED_EYE) == []
    lab.command(INFEED, 0)
    lab.until(20 * S)
    _, tail, nose, _ = lab.edges(INFEED_EYE)
    assert 100 <= nose - tail <= 300


def test_who_waits_behind_a_held_feeder_comes_as_soon_as_there_is_room_whatever_is_added_meanwhile():
    """The third one waits; one more is added before that, or at a time at which nobody looks for room."""

    def edges(added_ms: int) -> list[int]:
        lab = Lab()
        lab.add(3 * S)
        lab.add(3 * S + 600 * MS)
        lab.add(4 * S)
        for t_ms, act in sorted(
            [
                (3_100, lambda: lab.command(INFEED, 1)),
                (9_003, lambda: lab.command(INFEED, 0)),
                (9_300, lambda: lab.command(INFEED, 1)),
                (12_001, lambda: lab.command(INFEED, 0)),
                (added_ms, lambda: lab.add(5 * S)),
            ],
            key=lambda step: step[0],
        ):
            lab.until(t_ms * MS)
            act()
        lab.until(30 * S)
        return lab.edges(INFEED_EYE)

    assert len(edges(3_000)) == 8
    assert edges(5_007)[:6] == edges(3_000)[:6]


def test_a_parcel_whose_centre_is_on_the_main_belt_is_not_held():
    """The feeder ends at -300 mm; a 300 mm parcel at -100 has its centre at -250."""
    lab = Lab()
    lab.add(3 * S)
    lab.until(3 * S + 700 * MS)
    lab.command(INFEED, 1)
    lab.until(6 * S)
    assert len(lab.edges(INFEED_EYE)) == 2


def test_a_slip_sets_the_parcel_back_by_its_size():
    lab = Lab(faults=at("parcel_slip", 0))
    lab.add(3 * S)
    lab.until(10 * S)
    way = lab.edges(END_EYE)[0] - lab.edges(INFEED_EYE)[0]
    assert 3905 <= way <= 3930
    assert lab.fault("parcel_slip") == (1, 1)


def test_a_creeping_parcel_falls_back_all_the_way():
    lab = Lab(faults=always("parcel_drift"))
    lab.add(3 * S)
    lab.until(10 * S)
    infeed, verify, end = (lab.edges(eye)[0] for eye in (INFEED_EYE, VERIFY_EYE, END_EYE))
    late = end - infeed - 3900
    assert 1 <= late <= 8
    assert (verify - infeed - 800) == pytest.approx(late * 800 / 3900, abs=1)


def test_closing_up_ends_in_contact_and_never_in_overlap():
    """The first of two, 60 mm apart, slips 100 to 400 mm back: the eyes behind see one block of 600 mm."""
    for seed in range(1, 30):
        lab = Lab(seed=seed, faults=at("closing_up", 0))
        lab.add(3 * S)
        lab.add(3 * S + 360 * MS)
        lab.until(10 * S)
        edges = lab.edges(END_EYE)
        if len(edges) == 2:
            assert edges[1] - edges[0] == pytest.approx(600, abs=2)
            return
    raise AssertionError("no seed let the two close up before the end eye")


def test_a_parcel_that_turns_has_another_length():
    lab = Lab(faults=at("parcel_turn", 0))
    lab.add(3 * S, length_mm=400, width_mm=300)
    lab.until(10 * S)
    before, after = lab.edges(INFEED_EYE), lab.edges(END_EYE)
    assert before[1] - before[0] == 400
    assert 405 <= after[1] - after[0] <= 500


def test_gaps_too_small_for_the_pair_make_both_infeasible():
    """With a needed gap of 200 mm between two for the sort chute, only the one far behind counts as feasible."""
    from array import array

    from sortyard.sim.plant_config import fault_table, line_table
    from sortyard_c.plant import Plant

    lab = Lab()
    gaps = array("q", [0, 0, 0, 200 * MM])
    lab.plant = Plant(line_table(lab.line, [[0], [1]]), fault_table({}), gaps, 1)
    lab.plant.set_codes(array("q", [1, 1, 2, 2, 1, 1]))
    lab.command(LINE, 1)
    for arrival_ms in (3000, 3450, 6000):
        lab.add(arrival_ms * MS)
    lab.until(15 * S)
    assert lab.results()["untouched_feasible"] == 1


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 1 << 40),
    pitches=st.lists(st.integers(50, 900), min_size=5, max_size=25),
    lengths=st.lists(st.integers(80, 700), min_size=25, max_size=25),
)
def test_parcels_never_overlap_unless_they_lie_side_by_side(seed, pitches, lengths):
    """Slips, creep, contacts, turns, jams, lifting and throwing all at once, looked at every 50 ms."""
    names = (
        "parcel_slip",
        "parcel_drift",
        "closing_up",
        "parcel_turn",
        "jam",
        "parcel_lifted",
        "parcel_thrown",
    )
    faults = {name: FaultSetting(200_000) for name in names}
    lab = Lab(short_line(parcels=LIMITS), seed=seed, faults=faults)
    arrival = 2 * S
    for pitch, length in zip(pitches, lengths, strict=False):
        lab.add(arrival, length_mm=length, width_mm=400)
        arrival += pitch * MS
    for tick in range(40, 400):
        lab.until(tick * 50 * MS)
        row = lab.plant.parcels()
        for ahead, behind in pairwise(row):
            assert behind["nose_um"] <= ahead["nose_um"] - ahead["length_um"] + 50
