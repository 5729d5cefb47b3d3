"""A conveyor as people write it for TwinCAT and CODESYS: read without errors, and the same on every back end."""

import functools
from pathlib import Path

import pytest

from sortyard.plc.c.machine import CMachine
from sortyard.plc.interpreter import Interpreter
from sortyard.plc.mpy.machine import MicroPythonMachine
from sortyard.plc.program import compile_files
from sortyard.plc.runtime import Runtime

VENDOR = Path(__file__).parents[2] / "data" / "plc" / "vendor.st"
MACHINES = [Interpreter, functools.partial(CMachine, optimise="-O0"), MicroPythonMachine]
STARTED, BLOCKED = 20, 200
"""Scans of 10 ms at which the start input comes, and a parcel that stands in zone 3."""


@pytest.mark.parametrize("dialect", ["codesys", "twincat"])
def test_it_starts_runs_and_tells_the_jam_that_it_sees(dialect: str) -> None:
    compiled = compile_files([VENDOR], dialect)
    assert [d.render() for d in compiled.diagnostics] == []
    lines = [Runtime(compiled, machine=machine) for machine in MACHINES]
    states = []
    for scan in range(500):
        for line in lines:
            line.set("MAIN.bStart", scan >= STARTED)
            line.set("MAIN.bEye", scan >= BLOCKED)
            line.scan()
            assert line.image() == lines[0].image(), f"scan {scan}"
        state = lines[0].get("MAIN.fbConv[1].state")
        if not states or states[-1][1] != state:
            states.append((scan, state))
    names = [(0, 0), (STARTED, 1), (STARTED + 101, 2), (BLOCKED + 250, 11)]
    assert states == names
    assert lines[0].get("MAIN.fbConv[1].nErrorId") == 0x8000_0003
    assert lines[0].get("MAIN.nTotal") == 480
    assert lines[0].get("MAIN.fbConv[0].sMsg") == "Zone zone49"
