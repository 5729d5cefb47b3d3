"""Threads that take turns: on one core or on several, whichever has been faster."""

import os

import pytest

from sortyard.sim import cores
from sortyard.sim.cores import KEEP_US, TRIAL_US, Cores


class Machine:
    """Seconds that a simulated one takes on one core and on several, and where the threads are."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, n: int, one_s: float, several_s: float) -> None:
        self.places: dict[int, set[int]] = {}
        self.one_s, self.several_s, self.at_s = one_s, several_s, 0.0
        monkeypatch.setattr(cores, "allowed", lambda: list(range(n)))
        monkeypatch.setattr(cores, "perf_counter", lambda: self.at_s)
        monkeypatch.setattr(os, "sched_setaffinity", self.places.__setitem__, raising=False)
        self.cores = Cores(0)
        for thread in (7, 8):
            self.cores.join(thread)

    def simulate(self, from_us: int, to_us: int) -> None:
        for now_us in range(from_us, to_us, 1000):
            self.at_s += (self.one_s if self.cores.is_one else self.several_s) / 1000
            self.cores.look(now_us)


@pytest.mark.parametrize(("one_s", "several_s"), [(0.1, 0.2), (0.2, 0.1)])
def test_both_ways_are_tried_and_the_faster_one_is_kept(monkeypatch, one_s, several_s):
    machine = Machine(monkeypatch, 2, one_s, several_s)
    machine.simulate(0, 2 * TRIAL_US + 2000)
    assert machine.cores.is_one == (one_s < several_s)
    begun_s = machine.at_s
    machine.simulate(2 * TRIAL_US + 2000, 2 * TRIAL_US + KEEP_US)
    assert machine.at_s - begun_s == pytest.approx(min(one_s, several_s) * KEEP_US / 1e6, rel=0.01)


def test_threads_that_share_a_core_are_on_the_same_one_and_else_on_all(monkeypatch):
    machine = Machine(monkeypatch, 3, 0.1, 0.2)
    assert machine.places == {7: {0, 1, 2}, 8: {0, 1, 2}}
    machine.simulate(0, 2 * TRIAL_US + 2000)
    assert machine.places[7] == machine.places[8]
    assert len(machine.places[7]) == 1
    machine.cores.join(9)
    assert machine.places[9] == machine.places[7]
    assert not machine.cores.are_enough


def test_what_was_faster_once_is_tried_again_when_the_machine_has_changed(monkeypatch):
    machine = Machine(monkeypatch, 2, 0.1, 0.2)
    machine.simulate(0, 2 * TRIAL_US + 2000)
    machine.one_s = 0.3
    machine.simulate(2 * TRIAL_US + 2000, 4 * TRIAL_US + KEEP_US)
    assert not machine.cores.is_one


def test_with_one_core_there_is_nothing_to_choose(monkeypatch):
    machine = Machine(monkeypatch, 1, 0.1, 0.2)
    machine.simulate(0, 3 * TRIAL_US)
    assert machine.places == {}
    assert not machine.cores.are_enough


def test_threads_have_cores_of_their_own_when_there_are_enough(monkeypatch):
    machine = Machine(monkeypatch, 2, 0.2, 0.1)
    assert machine.cores.are_enough
    machine.cores.join(9)
    assert not machine.cores.are_enough
    machine.cores.leave(9)
    assert machine.cores.are_enough
