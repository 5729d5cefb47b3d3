"""A compiled program in a real MicroPython in this process: a Machine like the reference interpreter.

machine = MicroPythonMachine(compiled)
machine.run(0, 1_000_000)          # one run of the first task
machine.memory                     # the image
"""

from __future__ import annotations

import weakref

from sortyard.plc.faults import FaultKind, PlcFault
from sortyard.plc.mpy.module import FIRST_WORD, Module
from sortyard.plc.mpy.session import BUDGET, RESULT, SLICE, TASK, Session
from sortyard.plc.program import Compiled
from sortyard.vm.chip import RP2040

SLICE_FUEL = 60_000
"""What a slice may take at most, so that a control loop of 1 kHz goes on in time."""
HEAP_BYTES = 8 << 20
MOST_TEXT = 230_000
"""Characters of Python: the virtual machine's compiler takes time with the square of it, and for some of 300,000 more
fuel than it has (session.py)."""
_LONG_SLICE = 20_000_000
"""Fuel after which even a whole run pauses: for Ctrl-C, some 50 ms later, and to see how much heap is left, some 500 KB
later at most."""
_FUEL_PER_BYTE = 40
"""No program takes a byte of the heap with less: sums and products of LREAL, the keenest, with 57."""
_FAULT, _POINT, _PLACE = 2, 3, 8
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
    FaultKind.ASSERTION: "an assertion does not hold",
}


class MicroPythonMachine:
    """Runs a program in the virtual machine, in slices of at most `slice_fuel` units of fuel, 0 in whole scans.

    `fuel` is what the last run took, in `slices` slices, the longest of `longest_slice`. Before the heap is full, which
    only REAL and long strings use, the program moves to a fresh virtual machine with the same memory (`moves`).
    """

    def __init__(self, compiled: Compiled, slice_fuel: int = 0, heap_bytes: int = HEAP_BYTES) -> None:
        self.module = Module(compiled, has_doubles=True)
        self.module.refuse_more_than(
            MOST_TEXT, "the virtual machine", "shorten it, or take the back end c or ref"
        )
        self._takes_heap = self.module.takes_heap
        self.slice_limit = slice_fuel
        self.memory = bytearray(compiled.image.initial)
        self.fuel = self.longest_slice = self.slices = self.moves = 0
        self._heap_bytes = heap_bytes
        self._start(self._session_of_its_own())

    def _session_of_its_own(self) -> Session:
        return Session(self.module, self._heap_bytes)

    def _start(self, session: Session) -> None:
        self._session = session
        self._release = weakref.finalize(self, session.stop)
        self._first_free = session.free_bytes()
        self._fuel_to_look = self._fuel_within(self._first_free)

    def _fuel_within(self, free: int) -> int:
        """What may be used until an eighth of the heap is left, at worst."""
        return (free - self._heap_bytes // 8) * _FUEL_PER_BYTE

    def run(self, task: int, budget: int) -> None:
        """One run of a task, see machine.Machine."""
        self.begin(task, budget)
        while not self.go_on(self.slice_limit or _LONG_SLICE):
            pass

    def begin(self, task: int, budget: int) -> None:
        """Start a run, see slices.SlicedMachine."""
        session = self._session
        session.memory[: len(self.memory)] = self.memory
        session.words[TASK], session.words[BUDGET], session.words[_PLACE] = task, budget, 0
        self.fuel = self.longest_slice = self.slices = 0

    def go_on(self, limit: int) -> bool:
        """One slice of at most `limit` units of fuel, see slices.SlicedMachine."""
        session = self._session
        words = session.words
        words[SLICE] = limit
        self._note(session.turn())
        if words[RESULT] != 0 and not words[_FAULT]:
            words[BUDGET] = -1
            self._look_at_heap()
            return False
        self.memory[:] = session.memory[: len(self.memory)]
        fault = self._fault() if words[_FAULT] else None
        self._look_at_heap()
        if fault is not None:
            raise fault
        return True

    def _note(self, used: int) -> None:
        fuel = used - self._session.overhead
        self._fuel_to_look -= used
        self.fuel += fuel
        self.slices += 1
        self.longest_slice = max(self.longest_slice, fuel)

    def _fault(self) -> PlcFault:
        """What the guest says went wrong; the next run starts anew."""
        words = self._session.words
        kind, span, detail = self.module.sites[words[_FAULT] - 1]
        span = self.module.places[words[_PLACE] - 1] if words[_PLACE] else span
        words[_POINT] = 0
        words[FIRST_WORD:] = memoryview(bytes(4 * (len(words) - FIRST_WORD))).cast("i")
        return PlcFault(kind, detail or _DETAILS[kind], span)

    @property
    def run_ns(self) -> int:
        """What the last run takes on an RP2040."""
        return self.fuel * 1000 // RP2040.fuel_per_us

    @property
    def allocated_bytes(self) -> int:
        """What the runs in this virtual machine have taken of its heap."""
        return self._first_free - self._session.free_bytes()

    def _look_at_heap(self) -> None:
        """Move on before the heap is full. A look takes milliseconds, so there is none while it cannot be needed."""
        if not self._takes_heap or self._fuel_to_look > 0:
            return
        free = self._session.free_bytes()
        if free < self._heap_bytes // 4:
            self._move()
        else:
            self._fuel_to_look = self._fuel_within(free)

    def _move(self) -> None:
        """Go on in a fresh virtual machine with the same memory."""
        old = self._session
        session = self._session_of_its_own()
        session.memory[:] = old.memory
        session.words[:] = old.words
        self._release()
        self._start(session)
        self.moves += 1

    def close(self) -> None:
        """Give the virtual machine back. The image stays readable."""
        self._release()
