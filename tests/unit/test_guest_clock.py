"""A guest's clock: it stands until there is a guest, and goes by the fuel that it burns without what the shims cost."""

from array import array

import pytest

from sortyard.vm.imports import task_of
from sortyard.vm.machine import MicroPythonVM
from sortyard_c.guest_calls import FuelClock, GuestCall

TWICE = b"""
from host import call
import time
for _ in range(3):
    call("look", str(time.ticks_us()))
    for _ in range(2000):
        pass
"""


def test_a_clock_without_a_guest_stands_where_it_was_set():
    clock = FuelClock(187)
    clock.now_us = 1_000_000_000_000
    assert clock.now_us == 1_000_000_000_000


def test_what_shims_are_called_for_needs_one_cost_each():
    with pytest.raises(ValueError, match="one cost"):
        FuelClock(187).count(array("i", [0, 0]), array("i", [5]), 0)


def test_the_guest_reads_what_it_has_burnt_since_it_was_let_go():
    clock = FuelClock(100)
    seen: list[tuple[int, int, int]] = []

    def answer(_name: str, text: str) -> str:
        seen.append((int(text), clock.now_us, vm.fuel_used()))
        return ""

    with MicroPythonVM({"/main.py": TWICE}, host_call=answer, clock=clock) as vm:
        vm.run("/main.py")
    for said_us, now_us, used in seen:
        assert now_us == used // 100
        assert said_us <= now_us < said_us + 1000  # the text of the time was made in between
    assert seen[1][0] - seen[0][0] > 2000


def test_what_asking_for_the_time_takes_is_counted_and_taken_off():
    clock = FuelClock(100)
    calls, costs = array("i", [7, 0]), array("i", [0, 1000])
    clock.count(calls, costs, 1)
    seen: list[tuple[int, int, int]] = []

    def answer(_name: str, _text: str) -> str:
        seen.append((calls[1], clock.now_us, vm.fuel_used()))
        return ""

    with MicroPythonVM({"/main.py": TWICE}, host_call=answer, clock=clock) as vm:
        vm.run("/main.py")
    assert [asked - seen[0][0] for asked, _, _ in seen] == [0, 1, 2]
    assert seen[0][0] >= 1
    assert all(now_us == (used - 1000 * asked) // 100 for asked, now_us, used in seen)
    assert calls[0] == 7


def test_a_virtual_machine_that_is_closed_has_burnt_nothing():
    vm = MicroPythonVM({"/main.py": b"pass"}, clock=FuelClock(100))
    vm.run("/main.py")
    vm.close()
    assert vm.fuel_used() == 0
    vm.refuel()


def test_a_call_has_no_more_arguments_than_there_is_room_for():
    with pytest.raises(ValueError, match="16 arguments"):
        GuestCall(17, print, False, task_of())


APART = b"""
from host import call
call("turn", "")
call("turn", "now")
call("burn", "")
call("turns", "")
kept = bytearray(20_000_000)  # what is made from here on lies in memory that the guest had not at its beginning
name = "".join(["tu", "rn"])
call(name, "")
"""


def test_a_turn_without_text_is_answered_apart_wherever_its_name_lies():
    heard: list[tuple[str, str] | str] = []

    def answer(name: str, text: str) -> str:
        heard.append((name, text))
        return ""

    with MicroPythonVM({"/main.py": APART}, host_call=answer, on_turn=lambda: heard.append("turn")) as vm:
        vm.run("/main.py")
    assert heard == ["turn", ("turn", "now"), ("burn", ""), ("turns", ""), "turn"]


def test_what_a_turn_raises_comes_out_of_the_run():
    def fail() -> None:
        raise LookupError("no turn")

    with (
        MicroPythonVM({"/main.py": APART}, on_turn=fail) as vm,
        pytest.raises(LookupError, match="no turn"),
    ):
        vm.run("/main.py")


@pytest.mark.parametrize(("arguments", "has_result"), [(3, True), (6, False)])
def test_a_call_without_a_text_or_a_result_has_no_name_apart(arguments: int, has_result: bool):
    with pytest.raises(ValueError, match="its text"):
        GuestCall(arguments, print, has_result, task_of()).name_apart(b"turn", print, 0, lambda: 0)
