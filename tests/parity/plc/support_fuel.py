"""What the functions that generated code calls take in the virtual machine, one call at a time on hostile values."""

from collections.abc import Iterator

from sortyard.plc.mpy.support import SUPPORT
from sortyard.vm.files import package_files
from sortyard.vm.machine import MicroPythonVM

WORDS = 16_384
GUEST = """
import gc, uctypes
from micropython import heap_lock, heap_unlock
from array import array
from host import call
words = array("H", bytes(2 * {words}))
at = uctypes.addressof(words)
B = uctypes.bytearray_at(at, 2 * {words})
layout = {{
    "f": (uctypes.ARRAY | 0, uctypes.FLOAT32 | {words} // 2),
    "D": (uctypes.ARRAY | 0, uctypes.FLOAT64 | {words} // 4),
}}
other = uctypes.struct(at, layout, uctypes.NATIVE)
views = {{"B": B, "H": words, "f": other.f, "D": other.D, "V": memoryview(B), "U": heap_unlock,
    "L": heap_lock}}
{imports}
def nothing(B, H, a, b, c):
    return 0
functions = {{"nothing": nothing, {names}}}
callers = (None, {callers})
call("memory", str(at))
# the free places between what is allocated: nothing is ever collected here
top = uctypes.addressof(bytearray(65536))
while id(object()) < top:
    pass
while True:
    order = call("next", "").split()
    if not order:
        break
    function = functions[order[0]]
    arguments = [views[one] for one in order[1]] if order[1] != "-" else []
    arguments += [float(one) if "." in one else int(one) for one in order[2:]]
    object()  # the allocator looks for room behind the last small one
    caller = callers[len(arguments)]
    call("begin", "")
    heap_lock()
    answer = caller(function, arguments)
    heap_unlock()
    call("end", str(answer))
"""

Case = tuple[str, bytes | None, tuple[int | float, ...]]
"""Name, what memory holds from byte 0 on, the arguments behind the views. None for memory: one step more of the last
case, left out if that has answered 0, the end."""


def _callers(most: int = 16) -> str:
    """Functions that call one with so many arguments: without a tuple, which a locked heap has no room for."""
    return ", ".join(f"lambda f, a: f({', '.join(f'a[{i}]' for i in range(n))})" for n in range(1, most))


class Bench:
    """Runs cases one after another; `worst` is the most that each function took."""

    def __init__(self, cases: Iterator[Case]) -> None:
        names = sorted(SUPPORT)
        imports = "\n".join(f"from sorter_core.plc.{SUPPORT[n].source} import {n}" for n in names)
        shown = ", ".join(f'"{n}": {n}' for n in names)
        guest = GUEST.format(words=WORDS, imports=imports, names=shown, callers=_callers())
        files = {**package_files("sorter_core"), "/guest.py": guest.encode()}
        self.worst: dict[str, int] = {}
        self._cases, self._current, self._start = cases, "", 0
        self._idle = 0
        self._answered = ""
        self._vm = MicroPythonVM(files, host_call=self._answer, heap_bytes=64 << 20)
        self._memory = memoryview(b"")

    def run(self) -> dict[str, int]:
        """Do all cases."""
        with self._vm:
            self._vm.run("/guest.py")
        return self.worst

    def _answer(self, name: str, text: str) -> str:
        if name == "memory":
            self._memory = self._vm.memory.view(int(text), 2 * WORDS)
        elif name == "next":
            return self._next()
        elif name == "begin":
            self._start = self._vm.fuel_used()
        else:
            taken = self._vm.fuel_used() - self._start
            self._answered = text
            if self._current == "nothing":
                self._idle = taken
            else:
                self.worst[self._current] = max(self.worst.get(self._current, 0), taken - self._idle)
        return ""

    def _next(self) -> str:
        if not self._idle:
            self._current = "nothing"
            return "nothing BH 1 2 3"
        case = next(self._cases, None)
        while case is not None and case[1] is None and case[0] == self._current and self._answered == "0":
            case = next(self._cases, None)
        if case is None:
            return ""
        self._current, content, arguments = case
        if content is not None:
            self._memory[:] = content.ljust(2 * WORDS, b"\xa5")
        views = SUPPORT[self._current].views or "-"
        return " ".join([self._current, views, *(repr(one) for one in arguments)])
