"""Whether a metering belt on pulses runs or is held: by where its speed is going, not by where it is."""

import pytest

from sortyard.sim.pulse_drive import Trend


def told(step: float, *shares: float) -> list[tuple[int, bool]]:
    """At which share of several in a row the belt was told to run, and to stand."""
    found: list[tuple[int, bool]] = []
    changes: list[bool] = []
    trend = Trend(step, changes.append)
    for at, share in enumerate(shares):
        trend.tell(share)
        found += [(at, is_on) for is_on in changes]
        changes.clear()
    return found


def test_it_runs_from_the_first_pulse_and_brakes_from_the_first_narrower_one():
    assert told(0.0, 0.02, 0.5, 1.0, 1.0, 0.98, 0.5, 0.0) == [(0, True), (4, False)]


def test_it_may_be_told_to_run_on_while_it_brakes():
    assert told(0.0, 0.5, 1.0, 0.8, 0.6, 0.7, 1.0) == [(0, True), (2, False), (4, True)]


def test_steps_of_a_clock_s_cycle_more_or_less_are_no_change():
    assert told(0.0, 1.0, 0.9995, 1.0, 0.9991) == [(0, True)]


@pytest.mark.parametrize("step", [0.0075, 0.02])
def test_a_belt_that_goes_to_another_speed_by_its_steps_runs_on(step: float):
    down = [1.0 - n * step for n in range(20)]
    assert told(step, *down, *reversed(down)) == [(0, True)]
    assert told(step, *down, down[-1] - 2 * step) == [(0, True), (20, False)]


def test_the_slowest_end_of_a_ramp_is_a_stop():
    assert told(0.02, 1.0, 0.01, 0.0, 0.01) == [(0, True), (1, False), (3, True)]
