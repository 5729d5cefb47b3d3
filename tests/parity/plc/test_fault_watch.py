"""A program that watches for its own faults and resets them: the same images on every back end, scan by scan."""

import random
from collections.abc import Callable

import pytest

from parity.plc.mpy_twins import ShortSlices
from parity.plc.pairs import Pair
from sortyard.plc.c.machine import CMachine
from sortyard.plc.fault_blocks import MOST_RESETS
from sortyard.plc.faults import PlcFault
from sortyard.plc.machine import Machine
from sortyard.plc.program import Compiled
from unit.plc.st import start
from unit.plc.watched import WATCHED

BACK_ENDS = [
    pytest.param(lambda compiled: CMachine(compiled, "-O1"), id="c"),
    pytest.param(ShortSlices, id="micropython"),
]


@pytest.mark.parametrize("back_end", BACK_ENDS)
def test_faults_resets_and_refusals_leave_the_images_of_the_reference(
    back_end: Callable[[Compiled], Machine],
):
    runtime = start(WATCHED, machine=lambda compiled: Pair(compiled, back_end))
    draw = random.Random(3)
    faults = refused = 0
    for _ in range(1_500):
        for name, one_in in zip("def", (3, 40, 80), strict=True):
            runtime.set(name, draw.randrange(one_in))
        runtime.set("button", draw.randrange(2))
        try:
            runtime.scan()
        except PlcFault:
            faults += 1
        refused += runtime.get("z.fault.REFUSED")
        if runtime.fault is not None and draw.randrange(60) == 0:
            runtime.reset()
    assert faults > 50
    assert refused > 0
    assert runtime.resets > MOST_RESETS
