"""The comparison of back ends finds whichever differs, in its image or in its fault."""

from contextlib import suppress

import pytest

from parity.plc.pairs import Difference, Pair
from sortyard.plc.faults import PlcFault
from sortyard.plc.interpreter import Interpreter
from unit.plc.st import program, start


class Spoilt(Interpreter):
    """Leaves another image."""

    def run(self, task, budget):
        super().run(task, budget)
        self.memory[self.memory.index(7)] += 1


class Careless(Interpreter):
    """Tells of no fault."""

    def run(self, task, budget):
        with suppress(PlcFault):
            super().run(task, budget)


def scan(body, *others):
    runtime = start(program("n, z : INT;", body), machine=lambda one: Pair(one, *others))
    runtime.scan()
    return runtime.get("main.n")


def test_equal_machines_go_on():
    assert scan("n := 7;", Interpreter, Careless) == 7


@pytest.mark.parametrize("others", [[Spoilt, Interpreter], [Interpreter, Spoilt]])
def test_another_image_is_found_in_any_place(others):
    with pytest.raises(Difference, match="of the reference and Spoilt differ from offset"):
        scan("n := 7;", *others)


@pytest.mark.parametrize("others", [[Careless, Interpreter], [Interpreter, Careless]])
def test_another_fault_is_found_in_any_place(others):
    with pytest.raises(Difference, match=r"DIVIDE_BY_ZERO.*; Careless: None"):
        scan("n := 7 / z;", *others)


def test_a_fault_of_all_is_raised():
    with pytest.raises(PlcFault):
        scan("n := 7 / z;", Interpreter, Interpreter)
