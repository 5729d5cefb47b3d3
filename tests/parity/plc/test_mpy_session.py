"""Programs on MicroPython in the thread of who lets them run: several at a time, and what ends them."""

import gc
import signal
import threading
import weakref

import pytest

from sortyard.plc.mpy.machine import MicroPythonMachine
from sortyard.plc.mpy.module import Module
from sortyard.plc.mpy.session import Session
from sortyard.plc.program import Compiled, compile_sources
from sortyard.plc.runtime import Runtime
from sortyard.plc.source import Source
from sortyard.vm.errors import GuestError
from sortyard.vm.machine import MicroPythonVM

COUNT = "PROGRAM main VAR n : DINT; END_VAR n := n + 1; END_PROGRAM"
LONG = (
    "PROGRAM main VAR i, n : DINT; END_VAR FOR i := 1 TO 10_000_000 DO n := n + i MOD 7; END_FOR; END_PROGRAM"
)
BUDGET = 20_000_000


def compiled(text: str) -> Compiled:
    return compile_sources([Source("t.st", text)])


def counted(machine: MicroPythonMachine) -> int:
    at = Runtime(machine.module.compiled).watch.find("main.n")[0]
    return int.from_bytes(machine.memory[at : at + 4], "little")


@pytest.fixture
def closed(monkeypatch) -> list[MicroPythonVM]:
    """The virtual machines that are closed in a test."""
    gc.collect()
    found: list[MicroPythonVM] = []
    close = MicroPythonVM.close

    def note(vm: MicroPythonVM) -> None:
        found.append(vm)
        close(vm)

    monkeypatch.setattr(MicroPythonVM, "close", note)
    return found


def test_programs_run_by_turns_without_threads_of_their_own():
    program, threads = compiled(COUNT), threading.active_count()
    machines = [MicroPythonMachine(program) for _ in range(3)]
    for scan in range(1, 5):
        for machine in machines:
            machine.run(0, BUDGET)
            assert counted(machine) == scan
    assert threading.active_count() == threads
    for machine in machines:
        machine.close()


def test_a_machine_that_nobody_has_any_more_gives_its_memory_back(closed):
    machine = MicroPythonMachine(compiled(COUNT))
    machine.run(0, BUDGET)
    gone = weakref.ref(machine)
    del machine
    gc.collect()
    assert gone() is None
    assert len(closed) == 1


def test_a_machine_that_is_closed_twice_is_closed_once_and_its_image_stays(closed):
    machine = MicroPythonMachine(compiled(COUNT))
    machine.run(0, BUDGET)
    machine.close()
    machine.close()
    assert len(closed) == 1
    assert counted(machine) == 1


def test_ctrl_c_comes_out_of_a_long_run_and_the_machine_can_be_closed(closed):
    machine = MicroPythonMachine(compiled(LONG))
    main = threading.get_ident()
    press = threading.Timer(0.05, lambda: signal.pthread_kill(main, signal.SIGINT))
    press.start()
    with pytest.raises(KeyboardInterrupt):
        machine.run(0, BUDGET)
    press.join()
    assert machine.fuel < 1_000_000_000  # a second; the whole run takes ten times as much
    machine.close()
    assert len(closed) == 1
    after = MicroPythonMachine(compiled(COUNT))
    after.run(0, BUDGET)
    assert counted(after) == 1
    after.close()


def test_a_program_for_which_the_heap_is_too_small_ends_in_the_guests_error(closed):
    with pytest.raises(GuestError, match="MemoryError"):
        Session(Module(compiled(COUNT)), 40_000)
    assert len(closed) == 1


def test_a_guest_that_has_failed_says_so_at_every_turn_after_that():
    session = Session(Module(compiled(COUNT)), 1 << 20)
    with pytest.raises(GuestError, match="ValueError"):
        session.order(257 * "x")  # more than there is room for
    with pytest.raises(RuntimeError, match="has ended"):
        session.turn()
    session.stop()
