"""A virtual machine with a compiled program in it, waiting in a thread of its own.

The guest owns its loop and cannot be left in the middle of it; two queues hand the turn over.
"""

from __future__ import annotations

import threading
from importlib import resources
from queue import SimpleQueue

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
        self._orders: SimpleQueue[str] = SimpleQueue()
        self._answers: SimpleQueue[BaseException | int] = SimpleQueue()
        self._memory_bytes = module.memory_bytes
        self._heap = 0
        self.memory = memoryview(b"")
        self.words = memoryview(bytearray(4)).cast("i")
        self._thread = threading.Thread(target=self._live, daemon=True)
        self._thread.start()
        self._wait()
        self.words[TASK] = -1
        # the first turns allocate what later ones find
        self.overhead = min(self.turn() for _ in range(4))

    def _live(self) -> None:
        try:
            self._vm.run("/guest.py")
            self._answers.put(0)
        except BaseException as error:
            self._answers.put(error)
        finally:
            self._vm.close()

    def _answer(self, name: str, text: str) -> str:
        if name == "turn":
            self._answers.put(self._vm.fuel_used())
            order = self._orders.get()
            self._vm.refuel()
            return order
        numbers = [int(word) for word in text.split()]
        if name == "addresses":
            memory, words, count = numbers
            self.memory = self._vm.memory.view(memory, self._memory_bytes)
            self.words = self._vm.memory.ints(words, count)
        else:
            self._heap = numbers[0]
        return ""

    def _wait(self) -> int:
        answer = self._answers.get()
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def turn(self) -> int:
        """Let the guest do what `words` says; returns the fuel that it took."""
        return self.order("turn")

    def order(self, what: str) -> int:
        """Let the guest do one thing; returns the fuel that it took."""
        self._orders.put(what)
        return self._wait()

    def free_bytes(self) -> int:
        """What is left of the guest's heap, of which nothing is ever given back."""
        self.order("heap")
        return self._heap

    def stop(self) -> None:
        """End the guest and give its memory back. `memory` and `words` must not be used any more."""
        if self._thread.is_alive():
            self._orders.put("")
            self._thread.join()
