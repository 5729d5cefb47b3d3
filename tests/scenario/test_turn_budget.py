"""The control loop keeps within its budget while a busy hub has every fault, and says so in its figures."""

from board_bench import Bench
from turn_budget import busy_hub, figures, judge, spoilt_hub

from sortyard.sim.faults import WIRE_FAULTS

ALLOCATES = """
import time
kept = []
while True:
    time.sleep_ms(1)
    kept.append(bytes(100))
"""


def test_every_turn_of_a_busy_hub_with_every_fault_is_within_its_budget():
    result = busy_hub(100, 4, estop_at=60)
    judge(result)
    assert result.tally.inputs > 2000
    assert figures(result).turns > 50_000
    assert result.faults["estop"]["injected"] >= 1


def test_no_fault_of_wires_link_or_board_takes_a_turn_beyond_its_budget():
    result = spoilt_hub(48, 4, 5)
    judge(result)
    struck = {name: counts["injected"] for name, counts in result.faults.items() if counts["injected"]}
    assert struck == dict.fromkeys(WIRE_FAULTS, 1)
    assert figures(result).link_losses >= 1


def test_what_a_loop_allocates_is_counted():
    bench = Bench(ALLOCATES, until_us=100_000).run()
    assert 100 * bench.board.turns <= bench.board.bytes_allocated <= 300 * bench.board.turns
