"""Ctrl-C in a long run: what has been sorted until then is told, whatever runs the gate logic."""

import signal

import pytest
from sim_runs import example

from sortyard.sim.arrivals import GeneratedParcels
from sortyard.sim.run import Settings, simulate


@pytest.mark.parametrize("runtime", ["pure", "micropython", "firmware"])
def test_a_run_that_is_stopped_tells_what_it_has_come_to(runtime):
    site = example("starter")

    def press(parcels):
        if parcels >= 2:
            signal.raise_signal(signal.SIGINT)

    settings = Settings(runtime=runtime, on_progress=press)
    result = simulate(site, GeneratedParcels(site, 3000, 1), settings)
    assert result.partial
    assert 2 <= result.parcels < 3000
