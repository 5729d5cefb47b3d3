"""How long an edge waits until the gate logic acts on it: what `timing.INPUT_LAG_MS` allows for is enough, for all of
them in the plain simulation, which hears them at once, and for all but a few on a board, which hears one a turn."""

import re
from array import array
from collections import deque

import pytest
from sim_runs import FAULTS, INPUT_NUMBER, FaultSetting, example
from sites import on_one_board, wired

from sortyard.bundle.build import firmware_files
from sortyard.config.compile import gate_config
from sortyard.config.site import Site, load_site
from sortyard.config.timing import INPUT_LAG_MS
from sortyard.sim import firmware
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


CONTROL = "/sorter_ecu/control.py"
NOTED = (
    ("        self._end_levels = -1\n", "        self.fed = [0] * 256\n        self.lags = [0] * 5\n"),
    ("        self.logic.feed(kind, index, position, a, b)\n", "        self.note_fed(kind, position)\n"),
    ("        logic.step(position, ticks)\n", "        self.note_taken(logic, position)\n"),
)
"""A line of the control loop, and what stands behind it for this test."""
NOTES = """
    def note_fed(self, kind, position):
        if kind != {estop} and self.logic.in_count > self.lags[1] - self.lags[0]:
            self.fed[self.lags[1] & 255] = position if kind in {edges} else -1
            self.lags[1] += 1

    def note_taken(self, logic, position):
        lags = self.lags
        while lags[1] - lags[0] > logic.in_count:
            latched = self.fed[lags[0] & 255]
            lags[0] += 1
            if latched >= 0:
                lag = ((position - latched + _HALF) & _MASK) - _HALF
                lags[2] += 1
                lags[3] += lag > {most}
                if lag > lags[4] or not lags[2] & 255:
                    lags[4] = max(lag, lags[4])
                    print("lags", lags[2], lags[3], lags[4], "end")
"""


def test_few_edges_wait_longer_on_a_board_and_none_for_long(tmp_path, monkeypatch) -> None:
    """At 2.8 m/s, with ten times the faults but power cuts: measured of 4,864 edges 19, and the longest 19 ms."""
    site = wired(20_000_656, tmp_path)
    assert site is not None
    counts_a_ms = site.line.belt.speed_mm_s / site.line.encoder.um_per_count
    text = firmware_files()[CONTROL].decode()
    for line, behind in NOTED:
        assert text.count(line) == 1
        text = text.replace(line, line + behind)
    text += NOTES.format(estop=ESTOP, edges=EDGES, most=int(INPUT_LAG_MS * counts_a_ms))
    monkeypatch.setattr(firmware, "firmware_files", lambda: {**firmware_files(), CONTROL: text.encode()})
    said = bytearray()
    link_bytes = firmware.BoardWorld.link_bytes

    def listen(world: firmware.BoardWorld, data: bytes, now_us: int) -> bytes:
        said.extend(data)
        return link_bytes(world, data, now_us)

    monkeypatch.setattr(firmware.BoardWorld, "link_bytes", listen)
    faults = {
        fault.name: FaultSetting(min(1_000_000, 10 * fault.per_million))
        for fault in FAULTS.values()
        if fault.name != "power_cut"
    }
    simulate(site, GeneratedParcels(site, 200, 1), Settings(runtime="firmware", seed=1, faults=faults))
    edges, late, longest = (int(word) for word in re.findall(rb"lags (\d+) (\d+) (\d+) end", bytes(said))[-1])
    assert edges > 3_000
    assert late < edges / 100
    assert INPUT_LAG_MS / 2 < longest / counts_a_ms < 3 * INPUT_LAG_MS
