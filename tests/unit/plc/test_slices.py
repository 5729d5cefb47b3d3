"""Runs in slices on the reference: what others see of them, and that they change nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sortyard.plc.faults import FaultKind, PlcFault
from sortyard.plc.interpreter import Interpreter
from sortyard.plc.program import Compiled, compile_sources
from sortyard.plc.slices import SlicedInterpreter
from sortyard.plc.source import Source

TEXT = """
VAR_GLOBAL eye AT %IW0 : INT; gate AT %QW0 : INT; END_VAR
FUNCTION twice : INT VAR_INPUT n : INT; END_VAR twice := n; twice := twice + n; END_FUNCTION
PROGRAM main
VAR i, n, first, last : INT; t : TON; END_VAR
first := eye; gate := 1; n := 0;
FOR i := 1 TO 5 DO n := n + twice(i); IF n > 20 THEN CONTINUE; END_IF; n := n + 1; END_FOR;
WHILE n > 7 DO n := n - 3; END_WHILE;
t(IN := n > 0, PT := T#20ms);
gate := n; last := eye; n := n / (eye - 9);
END_PROGRAM
"""
BUDGET = 1000


@pytest.fixture(scope="module")
def compiled() -> Compiled:
    return compile_sources([Source("t.st", TEXT)])


def whole(compiled: Compiled, eye: int) -> tuple[bytes, FaultKind | None]:
    machine = Interpreter(compiled)
    return outcome(machine, compiled, eye, lambda: machine.run(0, BUDGET))


def outcome(machine, compiled: Compiled, eye: int, run) -> tuple[bytes, FaultKind | None]:
    machine.memory[16:18] = eye.to_bytes(2, "little")
    fault = None
    try:
        run()
    except PlcFault as found:
        fault = found.kind
    return bytes(machine.memory[: compiled.image.size]), fault


@given(slices=st.lists(st.integers(1, 9), min_size=1), eye=st.integers(0, 10))
def test_slices_change_nothing(compiled, slices, eye):
    machine = SlicedInterpreter(compiled)
    turns = iter(slices)

    def run() -> None:
        machine.begin(0, BUDGET)
        while not machine.go_on(next(turns, 2)):
            pass

    assert outcome(machine, compiled, eye, run) == whole(compiled, eye)


def test_nobody_sees_a_run_before_its_end_and_it_sees_nobody(compiled):
    machine = SlicedInterpreter(compiled)
    machine.memory[16:18] = b"\x05\0"
    machine.begin(0, BUDGET)
    before = bytes(machine.memory)
    slices = 1
    while not machine.go_on(1):
        assert machine.memory == before
        slices += 1
    assert slices > 30
    machine = SlicedInterpreter(compiled)
    machine.memory[16:18] = b"\x05\0"
    machine.begin(0, BUDGET)
    machine.go_on(3)
    machine.memory[16:18] = b"\x09\0"
    while not machine.go_on(7):
        pass
    assert (bytes(machine.memory), None) == whole(compiled, 5)


def test_a_fault_ends_the_run_where_it_happens(compiled):
    machine = SlicedInterpreter(compiled)
    image, fault = outcome(machine, compiled, 9, lambda: machine.run(0, BUDGET))
    assert (image, fault) == whole(compiled, 9)
    assert fault is FaultKind.DIVIDE_BY_ZERO
    assert outcome(machine, compiled, 3, lambda: machine.run(0, BUDGET))[1] is None


def test_a_run_can_be_given_up(compiled):
    machine = SlicedInterpreter(compiled)
    machine.begin(0, BUDGET)
    machine.go_on(3)
    machine.close()
    assert machine.memory == compiled.image.initial
    machine.run(0, BUDGET)
