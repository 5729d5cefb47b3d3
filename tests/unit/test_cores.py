"""Threads that take turns on one core: with a crew on the others or without it, whichever has been faster."""

import os

import pytest

from sortyard.sim import cores
from sortyard.sim.cores import KEEP_US, ROUNDS, SETTLE_US, TRIAL_US, Cores, crew_for

TRIALS_US = SETTLE_US + 2 * ROUNDS * TRIAL_US + 5000


class Machine:
    """Seconds that a simulated one takes without a crew and with one, and where the threads are."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, n: int, one_s: float, several_s: float) -> None:
        self.places: dict[int, set[int]] = {}
        self.one_s, self.several_s, self.at_s = one_s, several_s, 0.0
        monkeypatch.setattr(cores, "allowed", lambda: list(range(n)))
        monkeypatch.setattr(cores, "perf_counter", lambda: self.at_s)
        monkeypatch.setattr(os, "sched_setaffinity", self.places.__setitem__, raising=False)
        self.cores = Cores(0)
        for thread in (7, 8):
            self.cores.join(thread)
        if crew_for(2):
            self.cores.join_crew(9)

    def simulate(self, from_us: int, to_us: int) -> set[bool]:
        """The ways that there were."""
        ways: set[bool] = set()
        for now_us in range(from_us, to_us, 1000):
            self.at_s += (self.one_s if self.cores.is_one else self.several_s) / 1000
            self.cores.look(now_us)
            ways.add(self.cores.is_one)
        return ways


@pytest.mark.parametrize(("one_s", "several_s"), [(0.1, 0.2), (0.2, 0.1)])
def test_both_ways_are_tried_and_the_faster_one_is_kept(monkeypatch, one_s, several_s):
    machine = Machine(monkeypatch, 2, one_s, several_s)
    assert machine.simulate(0, TRIALS_US) == {False, True}
    assert machine.simulate(TRIALS_US, TRIALS_US + KEEP_US - 10_000) == {one_s < several_s}


def test_how_long_boards_take_to_start_decides_nothing(monkeypatch):
    machine = Machine(monkeypatch, 2, 0.05, 0.1)
    machine.simulate(0, SETTLE_US)
    machine.one_s = 0.2
    machine.simulate(SETTLE_US, TRIALS_US)
    assert not machine.cores.is_one


def test_a_trial_that_takes_too_long_is_ended(monkeypatch):
    machine = Machine(monkeypatch, 2, 0.2, 50.0)
    machine.simulate(0, SETTLE_US)
    begun_s = machine.at_s
    machine.simulate(SETTLE_US, TRIALS_US)
    assert machine.cores.is_one
    assert machine.at_s - begun_s < 2 * 0.2 * (TRIALS_US - SETTLE_US) / 1e6


def test_what_disturbs_one_trial_decides_nothing(monkeypatch):
    machine = Machine(monkeypatch, 2, 0.2, 0.1)
    machine.simulate(0, SETTLE_US + TRIAL_US // 2)
    machine.at_s += 10
    machine.simulate(SETTLE_US + TRIAL_US // 2, TRIALS_US)
    assert not machine.cores.is_one


def test_threads_that_take_turns_are_on_one_core_and_their_crew_is_on_the_others(monkeypatch):
    machine = Machine(monkeypatch, 3, 0.1, 0.2)
    before = dict(machine.places)
    machine.simulate(0, SETTLE_US + 2000)
    assert machine.places != before  # another core: the one before may be somebody else's by now
    for places in (before, machine.places):
        assert places[7] == places[8]
        assert len(places[7]) == 1
        assert places[9] == {0, 1, 2} - places[7]


def test_what_was_faster_once_is_tried_again_when_the_machine_has_changed(monkeypatch):
    machine = Machine(monkeypatch, 2, 0.1, 0.2)
    machine.simulate(0, TRIALS_US)
    assert machine.cores.is_one
    machine.one_s = 0.3
    machine.simulate(TRIALS_US, 2 * TRIALS_US + KEEP_US)
    assert not machine.cores.is_one


def test_with_one_core_there_is_nothing_to_choose(monkeypatch):
    machine = Machine(monkeypatch, 1, 0.1, 0.2)
    assert machine.simulate(0, 2 * TRIALS_US) == {True}
    assert machine.places == {}


def test_a_crew_is_as_large_as_there_are_cores_and_boards_for_it(monkeypatch):
    monkeypatch.setattr(cores, "allowed", lambda: [2, 5, 6])
    assert [crew_for(boards) for boards in (1, 2, 3, 4)] == [0, 1, 2, 2]
    monkeypatch.setattr(cores, "allowed", lambda: [2])
    assert crew_for(4) == 0
