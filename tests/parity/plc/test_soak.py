"""Short soaks: the long ones are run by hand (soak.py)."""

import functools

import pytest

from parity.plc.soak import Wrong, soak
from sortyard.plc.c.machine import CMachine
from sortyard.plc.mpy.machine import MicroPythonMachine

SMALL_HEAP = 512 << 10


def test_a_million_scans_in_c_end_where_they_should():
    run = soak(functools.partial(CMachine, optimise="-O1"))
    for _ in range(10):
        run.run(100_000)
    assert run.scans == 1_000_000


def test_scans_in_micropython_go_on_in_fresh_virtual_machines():
    run = soak(functools.partial(MicroPythonMachine, heap_bytes=SMALL_HEAP))
    for _ in range(4):
        run.run(1_000)
    assert run.moves >= 4
    assert run.scans == 4_000


def test_a_scan_that_is_lost_and_a_bit_that_flips_are_noticed():
    run = soak(functools.partial(CMachine, optimise="-O1"))
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
