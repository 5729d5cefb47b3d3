"""Short soaks: the long ones are run by hand (soak.py)."""

import pytest

from parity.plc.soak import Soak, Wrong, soak
from parity.plc.soak_machine import ManyScans
from sortyard.plc.c.machine import CMachine

SMALL_HEAP = 256 << 10


def test_a_million_scans_in_c_end_where_they_should():
    run = soak("c", optimise="-O1")
    for _ in range(10):
        run.run(100_000)
    assert run.scans == 1_000_000


def test_scans_in_micropython_go_on_in_fresh_virtual_machines():
    run = soak("micropython", SMALL_HEAP)
    for _ in range(4):
        run.run(5_000)
    assert run.moves >= 4
    assert run.scans == 20_000


def test_a_scan_that_is_lost_and_a_bit_that_flips_are_noticed():
    run = soak("c", optimise="-O1")
    run.run(100)
    run.scans += 1
    with pytest.raises(Wrong, match="counted"):
        run.run(100)
    honest = run.machine

    class Flipping(CMachine):
        def run(self, task: int, budget: int) -> None:
            super().run(task, budget)
            self.memory[run.count_at + 4] ^= 1

    run.machine = Flipping(run.compiled, "-O1")
    run.machine.memory[:] = honest.memory
    with pytest.raises(Wrong, match="differ"):
        run.run(100)


def test_a_bit_that_flips_on_the_way_to_a_fresh_virtual_machine_is_noticed():
    class Losing(ManyScans):
        def _move(self) -> None:
            super()._move()
            self.memory[run.count_at + 4] ^= 1

    honest = soak("micropython", SMALL_HEAP)
    run = Soak(honest.compiled, Losing(honest.compiled, heap_bytes=SMALL_HEAP))
    with pytest.raises(Wrong, match="differ"):
        run.run(8_000)
