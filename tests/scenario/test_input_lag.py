"""How long an edge waits until the gate logic acts on it: what `timing.INPUT_LAG_MS` allows for is enough."""

from array import array
from collections import deque

import pytest
from sim_runs import FAULTS, INPUT_NUMBER, FaultSetting, example
from sites import on_one_board

from sortyard.config.compile import gate_config
from sortyard.config.site import Site, load_site
from sortyard.config.timing import INPUT_LAG_MS
from sortyard.sim.arrivals import GeneratedParcels
from sortyard.sim.random_line import random_line
from sortyard.sim.run import Settings, simulate
from sortyard.sim.stress import write_line
from sortyard.vm.trace import turns
from sortyard_c.gate_logic import GateLogic

MASK, HALF = 0x0FFFFFFF, 0x08000000
EDGES = (INPUT_NUMBER["EYE_BLOCKED"], INPUT_NUMBER["EYE_CLEARED"])
ESTOP = INPUT_NUMBER["ESTOP"]


def edge_lags_ms(site: Site, parcels: int) -> list[float]:
    """Belt travel from each edge to the step that acts on it, as time at the rated speed; ten times the faults.

    No power cuts: one gate logic plays the whole record, of which each turn brings what a board's loop would.
    """
    faults = {
        fault.name: FaultSetting(min(1_000_000, 10 * fault.per_million))
        for fault in FAULTS.values()
        if fault.name != "power_cut"
    }
    settings = Settings(seed=1, faults=faults, is_recording=True)
    trace = simulate(site, GeneratedParcels(site, parcels, 1), settings).inboxes
    logic = GateLogic(gate_config(site.line, site.board_plan.groups, 1))
    outputs = array("i", bytes(4 * 5 * 256))
    counts_a_ms = site.line.belt.speed_mm_s / site.line.encoder.um_per_count
    waiting: deque[tuple[int, int]] = deque()
    lags = []
    for start, end in turns(trace):
        _, position, ticks = trace[start : start + 3]
        for at in range(start + 3, end, 5):
            logic.feed(*trace[at : at + 5])
            if trace[at] != ESTOP:
                waiting.append((trace[at], trace[at + 2]))
        before = logic.in_count
        logic.step(position, ticks)
        logic.drain(outputs, 0)
        for _ in range(before - logic.in_count):
            kind, latched = waiting.popleft()
            if kind in EDGES:
                lags.append((((position - latched + HALF) & MASK) - HALF) / counts_a_ms)
    assert logic.in_count == len(waiting)
    return lags


@pytest.mark.parametrize(("name", "parcels", "edges"), [("hub16", 1500, 30_000), ("starter", 1500, 12_000)])
def test_the_greatest_lag_is_below_what_lines_are_planned_for(name: str, parcels: int, edges: int) -> None:
    lags = edge_lags_ms(on_one_board(example(name)), parcels)
    assert len(lags) > edges
    assert min(lags) >= -1  # the encoder may have lost 2 counts since
    assert 2 < max(lags) < INPUT_LAG_MS


def test_a_barrier_that_waits_for_one_to_decide_lets_it_do_so_on_a_belt_of_eleven_counts_a_step(
    tmp_path,
) -> None:
    """At 2.8 m/s it was due again in each step, before the track: edges and end switches waited for 20 ms and more."""
    lags = edge_lags_ms(load_site(write_line(random_line(20_000_656), tmp_path)), 400)
    assert len(lags) > 9_000
    assert max(lags) < INPUT_LAG_MS
