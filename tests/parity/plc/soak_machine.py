"""MicroPython for soaks: many scans at a turn, so that handing turns over costs nothing."""

import random
from pathlib import Path

from sortyard.plc.layout import CLOCK_OFFSET
from sortyard.plc.mpy.machine import MicroPythonMachine
from sortyard.plc.mpy.session import RESULT, Session

TICK_NS, BUDGET = 10_000_000, 10_000
INPUTS = random.Random(4).randbytes(512)
"""What the two bytes of input are in one scan after another, again and again."""
_SCAN_BYTES = 1024
"""More than a scan takes of the heap."""


def inputs_of(scan: int) -> bytes:
    """The input of a scan."""
    at = 2 * scan % len(INPUTS)
    return INPUTS[at : at + 2]


def clock_of(scan: int) -> bytes:
    """The clock of a scan, as it lies in the image."""
    return (scan * TICK_NS % (1 << 64)).to_bytes(8, "little")


class _SoakSession(Session):
    GUEST = Path(__file__).with_name("soak_guest.py").read_bytes()

    def _answer(self, name: str, text: str) -> str | None:
        if name != "table":
            return super()._answer(name, text)
        self._vm.memory.view(int(text), len(INPUTS))[:] = INPUTS
        return ""


class ManyScans(MicroPythonMachine):
    """Moves between virtual machines as the product's machine does, but looks only behind `many`."""

    @property
    def most(self) -> int:
        """Scans that may be asked for at once: they leave an eighth of the heap at least."""
        return self._heap_bytes // 8 // _SCAN_BYTES

    def _session_of_its_own(self) -> Session:
        return _SoakSession(self.module, self._heap_bytes)

    def many(self, first: int, count: int, inputs_at: int) -> None:
        """Scans `first` and those behind it. Raises PlcFault."""
        session = self._session
        self.memory[CLOCK_OFFSET : CLOCK_OFFSET + 8] = clock_of(first - 1)
        session.memory[: len(self.memory)] = self.memory
        row = 2 * first % len(INPUTS)
        self._note(session.order(f"many {count} {row} {inputs_at} {CLOCK_OFFSET} {TICK_NS} {BUDGET}"))
        self.memory[:] = session.memory[: len(self.memory)]
        if session.words[RESULT]:
            raise self._fault()
        self._look_at_heap()
