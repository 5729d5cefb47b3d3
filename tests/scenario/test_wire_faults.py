"""Every fault at once, of the plant, of the wires, of the link and of the board itself: nothing is claimed wrongly."""

import pytest
from sim_runs import Run, at_parcels, example

from sortyard.sim.arrivals import GeneratedParcels
from sortyard.sim.events import OUTPUT
from sortyard.sim.faults import FAULTS, WIRE_FAULTS, FaultSetting
from sortyard.sim.run import Settings, simulate

PARCELS, SEED = 60, 5
DISPOSITION = 8 + OUTPUT


def test_with_every_fault_on_there_is_no_missort_no_lost_story_and_every_reset_is_recovered():
    site, records = example("hub16"), []
    faults = {name: FaultSetting(fault.per_million) for name, fault in FAULTS.items()}
    faults |= {name: at_parcels(4 + 5 * number) for number, name in enumerate(WIRE_FAULTS)}
    faults["estop"] = FaultSetting(FAULTS["estop"].per_million, (20,))
    settings = Settings(runtime="firmware", seed=SEED, faults=faults, on_records=records.extend)
    run = Run(simulate(site, GeneratedParcels(site, PARCELS, SEED), settings), records)
    result, board = run.result, run.result.firmware
    assert not any(result.never.values())
    struck = {name: counts["injected"] for name, counts in result.faults.items()}
    assert [name for name in (*WIRE_FAULTS, "estop") if not struck[name]] == []
    assert board is not None
    assert board.bites == 1
    assert result.tally.boots >= 3  # the reset and the bite
    told = sum(one.kind == DISPOSITION for one in records)
    begun = len(run.events("INDUCTED")) + len(run.events("STRAY_SEEN"))
    assert told == begun > 40
    assert board.lost == 0
    assert result.sorted > 10
    assert board.bytes_allocated == 0


@pytest.mark.parametrize("seed", [2, 8, 23])
def test_a_code_that_noise_stands_before_is_another_code_and_no_silent_missort(seed: int):
    """The plan's default takes codes that no rule knows. The board cannot see that one was longer than it should be."""
    site = example("starter")
    settings = Settings(runtime="firmware", seed=seed, faults={"uart_noise": at_parcels(3, 7, 11)})
    result = simulate(site, GeneratedParcels(site, 14, seed), settings)
    assert result.faults["uart_noise"]["injected"] >= 2
    assert not any(result.never.values())
    assert 1 <= result.truth.misreads <= 4
