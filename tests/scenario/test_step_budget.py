"""What a step of the gate logic costs in a real MicroPython, over the whole life of a busy hub with every fault.

Fuel counts the interpreter's instructions in the virtual machine; a millisecond of an RP2040 is about 187,000.
A step is what a board does each millisecond: feed what the interrupts have latched, step, drain what was said.
Taken off is only what a turn of the loop costs that has nothing to feed, to do and to drain.
"""

from __future__ import annotations

from array import array
from collections import Counter

import pytest
from sim_runs import INPUT_NUMBER, Run, example

from sortyard.config.site import Site
from sortyard.sim.arrivals import GeneratedParcels
from sortyard.sim.events import Record
from sortyard.sim.faults import FAULTS, FaultSetting
from sortyard.sim.run import Settings, simulate

PARCELS, PARCEL_SEED, SEED = 2000, 5, 7
CROWD, STOP_AT = range(900, 1000), 972
CROWD_LENGTH_UM, CROWD_EVERY_US = 180_000, 300_000
ROW, ARRIVAL, LENGTH, CODE, GROUP = 8, 1, 2, 6, 7
MEAN_FUEL, WORST_FUEL = 30_000, 120_000
FLUSHED = 40


class WithCrowd(GeneratedParcels):
    """Among the generated parcels a hundred short ones, close together, for the last chutes of the line."""

    def __init__(self, site: Site) -> None:
        super().__init__(site, PARCELS, PARCEL_SEED)
        gates = [site.numbering.gate_of(site.numbering.chutes[group[0]]) for group in site.board_plan.groups]
        self._far = [place for place, (_, host) in enumerate(self.codes) if gates[host - 1] >= 13]
        self._begun_us = 0

    def chunk(self, most: int) -> array[int]:
        rows = super().chunk(most)
        for at in range(0, len(rows), ROW):
            parcel = rows[at]
            if parcel not in CROWD:
                continue
            if parcel == CROWD[0]:
                self._begun_us = rows[at + ARRIVAL]
            code = self._far[parcel % len(self._far)]
            rows[at + ARRIVAL] = self._begun_us + (parcel - CROWD[0]) * CROWD_EVERY_US
            rows[at + LENGTH] = CROWD_LENGTH_UM
            rows[at + CODE], rows[at + GROUP] = code, self.codes[code][1] - 1
        return rows


@pytest.fixture(scope="module")
def busy() -> Run:
    """Every millisecond of 2,000 parcels on hub16 with every fault, and an emergency stop in the crowd."""
    site = example("hub16")
    faults = {fault.name: FaultSetting(fault.per_million) for fault in FAULTS.values()}
    faults["estop"] = FaultSetting(FAULTS["estop"].per_million, (STOP_AT,))
    records: list[Record] = []
    settings = Settings(
        runtime="micropython", seed=SEED, faults=faults, is_every_ms=True, on_records=records.extend
    )
    return Run(simulate(site, WithCrowd(site), settings), records)


def test_the_trace_holds_a_stop_a_flush_of_forty_and_edges_at_once(busy: Run) -> None:
    assert len(busy.events("INDUCTED")) >= PARCELS
    assert busy.inputs("ESTOP")
    assert max(flush.r for flush in busy.events("FLUSH")) >= FLUSHED
    edges = (INPUT_NUMBER["EYE_BLOCKED"], INPUT_NUMBER["EYE_CLEARED"])
    at_once = Counter(record.q for record in busy.records if record.kind in edges)
    assert sum(count > 1 for count in at_once.values()) > 100
    assert max(at_once.values()) > 2


def test_from_the_first_to_the_last_parcel_no_step_allocates(busy: Run) -> None:
    assert busy.result.vm is not None
    assert busy.result.vm.bytes_allocated == 0


def test_a_step_at_1_khz_is_within_its_budget_on_average_and_at_worst(busy: Run) -> None:
    assert busy.result.vm is not None
    assert 0 < busy.result.vm.fuel_mean <= MEAN_FUEL
    assert busy.result.vm.fuel_worst <= WORST_FUEL
