"""The sorter-sized program in MicroPython: the same images as the reference, what a scan costs, what it allocates."""

import os
from pathlib import Path

import pytest

from parity.plc.pairs import Pair
from sortyard.plc.mpy.machine import MicroPythonMachine
from sortyard.plc.program import compile_files, compile_sources
from sortyard.plc.runtime import Runtime
from sortyard.plc.source import Source

SORTER = Path(__file__).parents[2] / "data" / "plc" / "sorter.st"
SCANS = 400
MOST_FUEL = 2_500_000
MOST_BYTES = 2048


def drive(runtime: Runtime, scan: int) -> None:
    """Inputs of one scan: a parcel every 8 scans, its code, what the confirm eyes see."""
    runtime.set("start_button", scan == 2)
    runtime.set("infeed_eye", scan // 4 % 2)
    runtime.set("chute_code", (500, 1200, 2500, 3999, 4001)[scan % 5])
    runtime.set("confirm_eyes", scan * 7 & 15)


@pytest.mark.parametrize("slice_fuel", [0, 1, 60_000])
def test_the_sorter_gives_the_same_images_within_its_fuel_and_heap(slice_fuel):
    compiled = compile_files([SORTER])
    machines: list[MicroPythonMachine] = []

    def new_machine(program):
        machines.append(MicroPythonMachine(program, slice_fuel))
        return machines[-1]

    reference, ours = Runtime(compiled), Runtime(compiled, machine=new_machine)
    worst = 0
    for scan in range(SCANS):
        for runtime in (reference, ours):
            drive(runtime, scan)
            runtime.scan()
        assert ours.image() == reference.image(), f"scan {scan}"
        worst = max(worst, machines[0].longest_slice)
    assert reference.get("sorter.on_belt") > 25
    assert 0 < machines[0].allocated_bytes / SCANS <= MOST_BYTES
    assert worst <= (slice_fuel if slice_fuel > 1 else MOST_FUEL)


MEANS = """
PROGRAM main
VAR mean, sum : REAL; n : UDINT; pulse : TP; END_VAR
n := n + 1;
pulse(IN := n MOD 3 = 0, PT := T#25ms);
sum := sum * 0.999 + UINT_TO_REAL(UDINT_TO_UINT(n MOD 1000));
mean := mean + (sum - mean) / 8.0;
END_PROGRAM
"""
SOAK_SCANS = int(os.environ.get("SORTYARD_SOAK_SCANS", "3000"))


def test_a_long_run_moves_to_fresh_virtual_machines_with_the_same_image():
    compiled = compile_sources([Source("t.st", MEANS)])
    machines: list[MicroPythonMachine] = []

    def new_machine(program):
        machines.append(MicroPythonMachine(program, heap_bytes=512 << 10))
        return machines[-1]

    runtime = Runtime(compiled, machine=lambda program: Pair(program, new_machine))
    runtime.scan(SOAK_SCANS)
    assert machines[0].moves >= SOAK_SCANS // 2000
    assert runtime.get("main.n") == SOAK_SCANS
