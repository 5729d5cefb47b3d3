"""Ramps: they arrive, in their time, never jump, and an S-curve bends without a corner."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sorter_core.ramp import ONE, Ramp

MASK = 0x0FFFFFFF


def values(ramp: Ramp, start_us: int = 0, most_ms: int = 30_000) -> list[int]:
    """A value a millisecond until it has arrived."""
    found = [ramp.step(start_us & MASK)]
    for ms in range(1, most_ms):
        if not ramp.is_moving:
            break
        found.append(ramp.step((start_us + 1000 * ms) & MASK))
    return found


@pytest.mark.parametrize("permille", [0, 200, 500])
@pytest.mark.parametrize("ramp_ms", [100, 1000, 5000])
def test_it_takes_its_time_up_and_down(ramp_ms: int, permille: int):
    ramp = Ramp(65535, ramp_ms, permille)
    ramp.aim(1, MASK - 50_000)
    up = values(ramp, MASK - 50_000)
    assert up[-1] == 65535
    assert len(up) == pytest.approx(ramp_ms, rel=0.1)
    ramp.aim(0, 7)
    down = values(ramp, 7)
    assert down[-1] == 0
    assert len(down) == pytest.approx(ramp_ms, rel=0.1)


def test_an_s_curve_begins_and_ends_gently_and_a_trapezoid_does_not():
    slopes = {}
    for permille in (0, 500):
        ramp = Ramp(1 << 20, 400, permille)
        ramp.aim(1, 0)
        slopes[permille] = [after - before for before, after in pairwise(values(ramp))]
    assert slopes[0][0] == pytest.approx((1 << 20) / 400, rel=0.01)
    curve = slopes[500]
    assert curve[0] < max(curve) / 50
    assert max(curve) == pytest.approx(2 * (1 << 20) / 400, rel=0.05)
    bends = [abs(after - before) for before, after in pairwise(curve[:-2])]
    assert max(bends) < max(curve) / 50


@given(
    full=st.integers(1, 1 << 20),
    ramp_ms=st.integers(0, 10_000),
    permille=st.integers(0, 500),
    story=st.lists(st.tuples(st.booleans(), st.integers(0, 200_000)), max_size=40),
)
def test_whatever_is_asked_it_stays_within_its_bounds_and_30_bits(full, ramp_ms, permille, story):
    ramp = Ramp(full, ramp_ms, permille)
    now = MASK - 100_000
    for is_on, wait in story:
        ramp.aim(is_on, now)
        now = (now + wait) & MASK
        before = ramp.rate
        assert 0 <= ramp.step(now) <= full
        assert 0 <= ramp.rate <= ONE
        assert abs(ramp._slope) < 1 << 29
        if ramp_ms > 1000:  # 50 ms at most are made up for at once
            assert abs(ramp.rate - before) <= 60 * 2 * ONE // ramp_ms
    ramp.aim(1, now)
    assert values(ramp, now)[-1] == full


def test_a_pause_of_the_loop_is_no_jump():
    ramp = Ramp(1000, 1000, 0)
    ramp.aim(1, 0)
    ramp.step(0)
    assert ramp.step(900_000) <= 51


def test_a_stop_is_at_once():
    ramp = Ramp(1000, 100, 0)
    ramp.aim(1, 0)
    values(ramp)
    ramp.stop()
    assert ramp.step(0) == 0
    assert not ramp.is_moving


@given(waits=st.lists(st.integers(1, 50), min_size=1, max_size=30), ramp_ms=st.integers(1, 2000))
def test_a_trapezoid_is_where_it_is_however_seldom_it_is_asked(waits: list[int], ramp_ms: int):
    often, seldom = Ramp(65535, ramp_ms, 0), Ramp(65535, ramp_ms, 0)
    now_ms = 1
    for ramp in (often, seldom):
        ramp.aim(1, 1000 * now_ms)
        ramp.step(1000 * now_ms)
    for wait in waits:
        for ms in range(now_ms + 1, now_ms + wait + 1):
            often.step(1000 * ms)
        now_ms += wait
        assert seldom.step(1000 * now_ms) == pytest.approx(
            often.step(1000 * now_ms), abs=50
        )  # parts of ONE that do not divide


@pytest.mark.parametrize("every_ms", [4, 8, 16, 40])
@pytest.mark.parametrize("ramp_ms", [400, 3000])
def test_an_s_curve_arrives_in_its_time_however_seldom_it_is_asked(ramp_ms: int, every_ms: int):
    ramp = Ramp(65535, ramp_ms, 500)
    ramp.aim(1, 0)
    found, ms = [0], 0
    while ramp.is_moving:
        found.append(ramp.step(1000 * ms))
        ms += every_ms
    assert ms == pytest.approx(ramp_ms, rel=0.1, abs=2 * every_ms)
    assert found == sorted(found)
    steepest = 2 * 65535 * every_ms / ramp_ms
    assert max(after - before for before, after in pairwise(found)) <= 1.05 * steepest


def test_a_first_step_moves_at_once_however_long_it_has_stood():
    ramp = Ramp(1000, 100, 0)
    ramp.step(0)
    ramp.aim(1, 40_000)
    assert ramp.step(40_000) == 9
    assert ramp.step(45_000) == 59
