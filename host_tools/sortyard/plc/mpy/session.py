"""A virtual machine with a compiled program in it, which stands where it has asked what to do next."""

from __future__ import annotations

from importlib import resources

from sortyard.plc.mpy.module import Module
from sortyard.vm.files import package_files
from sortyard.vm.machine import MicroPythonVM

_FUEL_LIMIT = 50_000_000_000
TASK, BUDGET, SLICE, RESULT = 4, 5, 6, 7
"""Words of K by which host and guest talk: which task, budget (below 0: go on), fuel of a slice, what `run` said."""


class Session:
    """One virtual machine. `memory` is the guest's own, image first; `words` is K; `overhead`: fuel of an idle turn."""

    GUEST = b"from plc_guest import main\nmain()\n"

    def __init__(self, module: Module, heap_bytes: int) -> None:
        own = resources.files("sortyard.plc.mpy")
        program = {
            "/guest.py": self.GUEST,
            "/lib/plc_guest.py": (own / "plc_guest.py").read_bytes(),
            "/lib/plc_views.py": (own / "plc_views.py").read_bytes(),
            "/lib/plc_program.py": module.text().encode(),
        }
        files = {**package_files("sorter_core"), **program}
        self._vm = MicroPythonVM(files, host_call=self._answer, heap_bytes=heap_bytes, fuel_limit=_FUEL_LIMIT)
        self._memory_bytes = module.memory_bytes
        self._heap = 0
        self.memory = memoryview(b"")
        self.words = memoryview(bytearray(4)).cast("i")
        try:
            self._begin()
        except BaseException:
            self.stop()
            raise

    def _begin(self) -> None:
        self._vm.begin("/guest.py")
        self._vm.go_on()
        self.words[TASK] = -1
        # the first turns allocate what later ones find
        self.overhead = min(self.turn() for _ in range(4))

    def _answer(self, name: str, text: str) -> str | None:
        if name == "turn":
            return None
        numbers = [int(word) for word in text.split()]
        if name == "addresses":
            memory, words, count = numbers
            self.memory = self._vm.memory.view(memory, self._memory_bytes)
            self.words = self._vm.memory.ints(words, count)
        else:
            self._heap = numbers[0]
        return ""

    def turn(self) -> int:
        """Let the guest do what `words` says; returns the fuel that it took."""
        return self.order("")

    def order(self, what: str) -> int:
        """Let the guest do one thing; returns the fuel that it took.

        Raises what ends the guest (sortyard.vm.errors), and RuntimeError where it has ended before.
        """
        self._vm.refuel()
        self._vm.reply(what)
        self._vm.go_on()
        return self._vm.fuel_used()

    def free_bytes(self) -> int:
        """What is left of the guest's heap, of which nothing is ever given back."""
        self.order("heap")
        return self._heap

    def stop(self) -> None:
        """End the guest and give its memory back. `memory` and `words` must not be used any more."""
        self._vm.close()
