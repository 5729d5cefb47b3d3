"""The board's own program on hub16, 2,000 parcels with every fault: its budget, and how fast it is simulated."""

import time

from turn_budget import busy_hub, figures, judge, spoilt_hub

from sortyard.sim.faults import WIRE_FAULTS

PARCELS, SEED = 2000, 1
LEAST_TIMES_REAL = 12


def test_two_thousand_parcels_are_within_budget_and_faster_than_real_time():
    begun = time.process_time()
    result = busy_hub(PARCELS, SEED, estop_at=1500)
    took_s = time.process_time() - begun
    judge(result)
    print(f"{result.simulated_us / 1e6 / took_s:.1f} times real time")
    assert result.simulated_us / 1e6 >= LEAST_TIMES_REAL * took_s


def test_two_thousand_parcels_with_faults_of_wires_and_reconnects_are_within_budget():
    # backwards, so that a board is reset long after its link was cut: it has told by then what it has counted
    result = spoilt_hub(PARCELS, SEED, 20, tuple(reversed(WIRE_FAULTS)))
    judge(result)
    assert result.parcels >= PARCELS
    assert all(counts["injected"] >= 10 for counts in result.faults.values())
    assert figures(result).link_losses > 5
