"""Photo-eyes: beam height, beam width, debounce, blind spots, dirt and bounce."""

import pytest

from unit.plant_lab import INFEED_EYE, MS, VERIFY_EYE, Faults, Lab, S, always, at


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
