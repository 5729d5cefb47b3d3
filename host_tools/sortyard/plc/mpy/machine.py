"""A compiled program in a real MicroPython in this process: a Machine like the reference interpreter.

    machine = MicroPythonMachine(compiled)
    machine.run(0, 1_000_000)          # one run of the first task
    machine.memory                     # the guest's own memory, image first

The guest owns its loop, so it lives in a thread of its own and waits there between two runs.
"""

from __future__ import annotations

import threading
import weakref
from importlib import resources
from queue import SimpleQueue

from sortyard.plc.faults import FaultKind, PlcFault
from sortyard.plc.mpy.module import FIRST_WORD, Module
from sortyard.plc.program import Compiled
from sortyard.vm.files import package_files
from sortyard.vm.machine import MicroPythonVM

NO_LIMIT = (1 << 30) - 1
SLICE_FUEL = 60_000
"""What a slice may take at most, so that a control loop of 1 kHz goes on in time."""
HEAP_BYTES = 8 << 20
_FUEL_LIMIT = 50_000_000_000
_POINT, _TASK, _BUDGET, _SLICE, _RESULT, _PLACE = 3, 4, 5, 6, 7, 8
_DETAILS = {
    FaultKind.DIVIDE_BY_ZERO: "divided by zero",
    FaultKind.OVERFLOW: "the result does not fit its type",
    FaultKind.INDEX_OUT_OF_BOUNDS: "the index is not within the bounds",
    FaultKind.SUBRANGE: "the value is not within its subrange",
    FaultKind.BUDGET: "the scan's budget of loop turns and calls is used up",
    FaultKind.NULL_REFERENCE: "the reference is NULL",
    FaultKind.BAD_REFERENCE: "the reference does not lead to a variable",
    FaultKind.DOMAIN: "not defined for this value",
    FaultKind.BAD_STRING: "the string is not a value of that type",
}


class _Session:
    """One virtual machine and its thread; two queues hand the turn over."""

    def __init__(self, module: Module) -> None:
        program = module.text().encode()
        guest = (resources.files("sortyard.plc.mpy") / "guest.py").read_bytes()
        files = {**package_files("sorter_core"), "/guest.py": guest, "/lib/plc_program.py": program}
        self._vm = MicroPythonVM(files, host_call=self._answer, heap_bytes=HEAP_BYTES, fuel_limit=_FUEL_LIMIT)
        self._orders: SimpleQueue[str] = SimpleQueue()
        self._answers: SimpleQueue[BaseException | int] = SimpleQueue()
        self.memory = memoryview(b"")
        self.words = memoryview(b"").cast("i")
        self._module = module
        self.heap_used = 0
        self.overhead = 0
        """Fuel of a turn that runs nothing: what the harness itself takes."""
        self._thread = threading.Thread(target=self._live, daemon=True)
        self._thread.start()
        self._wait()
        self.words[_TASK] = -1
        for _ in range(4):
            self.overhead = self.turn()

    def _live(self) -> None:
        try:
            self._vm.run("/guest.py")
            self._answers.put(0)
        except BaseException as error:
            self._answers.put(error)
        finally:
            self._vm.close()

    def _answer(self, name: str, text: str) -> str:
        if name == "addresses":
            memory, words, count = (int(word) for word in text.split())
            self.memory = self._vm.memory.view(memory, self._module.memory_bytes)
            self.words = self._vm.memory.ints(words, count)
            return ""
        if name == "turn":
            self._answers.put(self._vm.fuel_used())
            order = self._orders.get()
            self._vm.refuel()
            return order
        self.heap_used = int(text)
        return ""

    def _wait(self) -> int:
        answer = self._answers.get()
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def turn(self) -> int:
        """Let the guest do what `words` says; returns the fuel that it took."""
        self._orders.put("turn")
        return self._wait()

    def stop(self) -> None:
        """End the guest and give its memory back."""
        if self._thread.is_alive():
            self._orders.put("")
            self._thread.join()


class MicroPythonMachine:
    """Runs a program in the virtual machine. `fuel`: what the last run took, `slice_fuel`: its longest slice."""

    def __init__(self, compiled: Compiled, slice_fuel: int = 0) -> None:
        self.module = Module(compiled)
        self.slice_limit = slice_fuel
        self.fuel = 0
        self.longest_slice = 0
        self.slices = 0
        self.allocated_bytes = 0
        self._session = _Session(self.module)
        self._release = weakref.finalize(self, self._session.stop)

    @property
    def memory(self) -> memoryview:
        return self._session.memory

    def run(self, task: int, budget: int) -> None:
        """One run of a task, see machine.Machine; in slices if a limit was given."""
        session, words = self._session, self._session.words
        words[_TASK], words[_BUDGET], words[_SLICE] = task, budget, self.slice_limit or NO_LIMIT
        self.fuel = self.longest_slice = self.slices = 0
        while True:
            words[_PLACE] = 0
            fuel = session.turn() - session.overhead
            self.fuel += fuel
            self.slices += 1
            self.longest_slice = max(self.longest_slice, fuel)
            if words[_RESULT] == 0:
                return
            if words[2]:
                break
            words[_BUDGET] = -1
        kind, span = self.module.sites[words[2] - 1]
        span = self.module.places[words[_PLACE] - 1] if words[_PLACE] else span
        words[_POINT] = 0
        words[FIRST_WORD:] = memoryview(bytes(4 * (len(words) - FIRST_WORD))).cast("i")
        raise PlcFault(kind, _DETAILS[kind], span)

    def close(self) -> None:
        """Give the virtual machine back; then `allocated_bytes` tells what all runs together took of its heap."""
        self._release()
        self.allocated_bytes = self._session.heap_used
