"""Random programs in MicroPython beside the reference, half of them in the shortest slices."""

from parity.plc.generate.campaign import try_seed
from parity.plc.generate.report import Report
from parity.plc.mpy_twins import REFUSED
from sortyard.plc.diagnostics import PlcSourceError
from sortyard.plc.mpy.machine import MicroPythonMachine
from sortyard.plc.program import Compiled

SEEDS = range(1000, 1040)


def test_random_programs_are_the_same_in_micropython():
    report, beyond_boards = Report(), 0
    for seed in SEEDS:
        started: list[MicroPythonMachine] = []

        def new_machine(program: Compiled, seed: int = seed, started: list = started) -> MicroPythonMachine:
            started.append(MicroPythonMachine(program, slice_fuel=seed % 2))
            return started[-1]

        try:
            try_seed(seed, new_machine, report)
        except PlcSourceError as refused:
            if not all(REFUSED.search(d.message) for d in refused.diagnostics):
                raise
            beyond_boards += 1
        for machine in started:
            machine.close()
    assert report.failures == []
    assert report.programs - beyond_boards > len(SEEDS) // 4
    assert {"DIVIDE_BY_ZERO", "BUDGET"} <= set(report.faults)
