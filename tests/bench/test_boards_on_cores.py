"""A line of two boards with their firmware: on all cores that there are beside one core, in the same run."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sim_runs import example

from sortyard.sim.arrivals import GeneratedParcels
from sortyard.sim.cores import allowed
from sortyard.sim.result import SimResult
from sortyard.sim.run import Settings, simulate

PARCELS, ROUNDS = 12, 3
MOST_OF_ONE_CORE = 1.15
"""Threads that would be slower on several cores share one; what is left is the trial."""


@contextmanager
def on(cores: list[int]) -> Iterator[None]:
    """On these cores alone."""
    before = allowed()
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def timed(cores: list[int]) -> tuple[float, SimResult]:
    """Seconds on the wall, and what came of the run."""
    site = example("tandem")
    with on(cores):
        begun_s = time.perf_counter()
        result = simulate(site, GeneratedParcels(site, PARCELS, 3), Settings(runtime="firmware", seed=3))
        return time.perf_counter() - begun_s, result


def test_two_boards_on_all_cores_are_no_slower_than_on_one_and_do_the_same():
    timed(allowed())  # builds the firmware
    rounds = [(timed(allowed()), timed(allowed()[:1])) for _ in range(ROUNDS)]
    assert len({result.trace_sha256 for pair in rounds for _, result in pair}) == 1
    ratios = sorted(several_s / one_s for (several_s, _), (one_s, _) in rounds)
    print(f"{len(allowed())} cores take {ratios[ROUNDS // 2]:.2f} of the time that one core takes")
    assert ratios[ROUNDS // 2] <= MOST_OF_ONE_CORE
