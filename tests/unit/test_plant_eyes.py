"""Photo-eyes: beam height, beam width, debounce, blind spots, dirt and bounce."""

import pytest
from sim_runs import example

from sortyard.sim.plant_config import sampled_eyes
from unit.plant_lab import (
    BLOCKED,
    CLEARED,
    INFEED_EYE,
    MS,
    VERIFY_EYE,
    Faults,
    Lab,
    S,
    always,
    at,
    short_line,
)


def passing(
    *, seed: int = 1, height_mm: int = 100, gap_mm: int | None = None, faults: Faults | None = None
) -> Lab:
    """One parcel, or two with a gap, past all eyes."""
    lab = Lab(seed=seed, faults=faults)
    lab.add(3 * S, height_mm=height_mm, width_mm=400)
    if gap_mm is not None:
        lab.add(3 * S + (300 + gap_mm) * MS, width_mm=400)
    lab.until(12 * S)
    return lab


@pytest.mark.parametrize(("height_mm", "edges"), [(14, 0), (15, 2)])
def test_what_is_lower_than_the_beam_is_not_seen(height_mm, edges):
    assert len(passing(height_mm=height_mm).edges(INFEED_EYE)) == edges


@pytest.mark.parametrize(("gap_mm", "edges"), [(1, 2), (3, 4), (10, 4)])
def test_a_gap_narrower_than_the_beam_is_none(gap_mm, edges):
    assert len(passing(gap_mm=gap_mm).edges(INFEED_EYE)) == edges


def test_within_the_debounce_an_edge_is_told_late():
    """The gap is 3 mm, the debounce 4 mm: the second leading edge is told 4 mm behind the trailing one."""
    _, tail, nose, _ = passing(gap_mm=3).edges(INFEED_EYE)
    assert nose - tail == 4


def test_a_flicker_shorter_than_the_debounce_is_not_told():
    lab = passing(faults=always("eye_bounce"))
    assert lab.fault("eye_bounce") == (1, 1)
    assert [len(lab.edges(eye)) for eye in (INFEED_EYE, VERIFY_EYE, 2)] == [2, 2, 2]


def test_one_eye_is_blind_for_one_parcel():
    """Exactly one of the three eyes misses it, whatever the seed."""
    missed = set()
    for seed in range(1, 12):
        lab = passing(seed=seed, faults=at("eye_blind", 0))
        seen = [len(lab.edges(eye)) for eye in range(3)]
        assert sorted(seen) == [0, 2, 2]
        assert lab.fault("eye_blind") == (1, 1)
        missed.add(seen.index(0))
    assert missed == {0, 1, 2}


def test_dirt_blocks_an_eye_for_a_while_or_hides_what_passes():
    """One eye tells more or fewer edges than without dirt; for the last parcel it is clean again."""

    def stream(seed: int, faults: Faults | None = None) -> Lab:
        lab = Lab(seed=seed, faults=faults)
        for n in range(10):
            lab.add((3000 + 450 * n) * MS)
        lab.add(60 * S)
        lab.until(70 * S)
        return lab

    ways = set()
    for seed in range(1, 30):
        dirty, clean = stream(seed, faults=at("eye_dirt", 3)), stream(seed)
        assert dirty.fault("eye_dirt")[0] == 1
        assert dirty.fault("eye_dirt")[1] >= 1
        for eye in range(3):
            assert dirty.edges(eye)[-2:] == clean.edges(eye)[-2:]
            ways.add(len(dirty.edges(eye)) - len(clean.edges(eye)))
    assert min(ways) <= -2
    assert max(ways) >= 2


@pytest.mark.parametrize("speed_mm_s", [1000, 2000, 3000])
def test_a_sampled_eye_tells_the_middle_between_the_milliseconds_before_and_behind_its_edge(speed_mm_s):
    """As a board does that looks at it once a millisecond: it has the counts of both looks, and no other."""
    belt = {"speed_mm_s": speed_mm_s, "length_mm": 4000, "width_mm": 600, "acceleration_mm_s2": 10_000}
    lab = Lab(short_line(belt=belt), sampled=["PE-V"])
    lab.add(3 * S + 137)
    lab.until(9 * S)
    edges = [(one[0], one[3]) for one in lab.told if one[1] in (BLOCKED, CLEARED) and one[2] == VERIFY_EYE]
    assert len(edges) == 2
    looks = Lab(short_line(belt=belt)).plant
    for at_us, told in edges:
        after_us = -(-at_us // MS) * MS
        looks.advance(after_us - MS)
        before = looks.position()
        looks.advance(after_us)
        assert told == looks.position() - (looks.position() - before) // 2


def test_eyes_behind_shift_registers_are_sampled_and_all_eyes_of_a_chip_that_cannot_latch():
    hub, starter = example("hub16").line, example("starter").line
    chained = {eye.name for eye in hub.eye if eye.role in ("verify", "end", "confirm")}
    assert sampled_eyes(hub) == chained
    assert sampled_eyes(starter) == set()
    soft = starter.model_copy(update={"ecu": [starter.ecu[0].model_copy(update={"board": "esp32_devkit"})]})
    assert sampled_eyes(soft) == {eye.name for eye in starter.eye}
