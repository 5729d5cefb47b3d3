"""Slices of any size leave the image of a whole run, and none takes longer than it may."""

import random
from pathlib import Path

import pytest

from sortyard.plc.interpreter import Interpreter
from sortyard.plc.mpy.machine import SLICE_FUEL, MicroPythonMachine
from sortyard.plc.program import Compiled, compile_files
from sortyard.plc.slices import SlicedInterpreter, SlicedMachine

SORTER = Path(__file__).parents[2] / "data" / "plc" / "sorter.st"
BUDGET = 100_000


@pytest.fixture(scope="module")
def sorter() -> Compiled:
    return compile_files([SORTER])


def disturb(machine: SlicedMachine, draw: random.Random) -> None:
    """Write inputs while a run is under way: the next one sees them, this one does not."""
    machine.memory[16:20] = draw.getrandbits(32).to_bytes(4, "little")


def test_random_slices_of_all_machines_leave_the_same_images(sorter):
    draw = random.Random(11)
    reference, size = Interpreter(sorter), sorter.image.size
    sliced, board = SlicedInterpreter(sorter), MicroPythonMachine(sorter)
    machines: list[tuple[SlicedMachine, int]] = [(sliced, 40), (board, 150_000)]
    for scan in range(60):
        inputs = draw.getrandbits(32) & 0xFFF0FFF7 | (scan == 1)
        for machine in (reference, sliced, board):
            machine.memory[8:16] = (scan * 10_000_000).to_bytes(8, "little")
            machine.memory[16:20] = inputs.to_bytes(4, "little")
        reference.run(0, BUDGET)
        for machine, most in machines:
            machine.begin(0, BUDGET)
            while not machine.go_on(draw.randrange(1, most)):
                disturb(machine, draw)
            assert machine.memory == reference.memory[:size], f"scan {scan}"
    board.close()


def test_a_slice_takes_no_longer_than_it_may(sorter):
    machine = MicroPythonMachine(sorter, SLICE_FUEL)
    worst = 0
    for scan in range(120):
        machine.memory[8:16] = (scan * 10_000_000).to_bytes(8, "little")
        machine.memory[16:20] = bytes(
            [(scan == 1) | (scan // 3 % 2) << 2, scan & 15, scan * 77 & 255, scan & 15]
        )
        machine.run(0, BUDGET)
        worst = max(worst, machine.longest_slice)
    machine.close()
    assert 20_000 < worst <= SLICE_FUEL
