"""A compiled program at work: scans, clock, faults, restarts.

Time belongs to the program: it starts at 0 and moves on by one tick between scans, whatever the real clock does. The
tick is the greatest common divisor of the tasks' intervals, or `interval_ns` where no task has one. In each scan the
tasks that are due run, the most urgent first, then the programs without a task.

What runs the program is a Machine (machine.py): the reference interpreter, unless another one is asked for.
"""

from collections.abc import Callable
from math import gcd

from sortyard.plc import codec
from sortyard.plc.budget import DEFAULT_BUDGET
from sortyard.plc.faults import PlcFault
from sortyard.plc.interpreter import Interpreter
from sortyard.plc.layout import CLOCK_OFFSET
from sortyard.plc.machine import Machine
from sortyard.plc.program import Compiled
from sortyard.plc.types import LTIME
from sortyard.plc.watch import Watch

DEFAULT_INTERVAL_NS = 10_000_000


def tick_of(compiled: Compiled, interval_ns: int = DEFAULT_INTERVAL_NS) -> int:
    """Nanoseconds between two scans of a program."""
    intervals = [task.interval_ns for task in compiled.tasks if task.interval_ns]
    return gcd(*intervals) if intervals else interval_ns


class Runtime:
    """Runs a program without errors.

    `get` and `set` take names as `main.x` or `speeds[3]`. `scans` counts scans since the start, `fault` is what
    stopped the last one, or None. `budget`: loop turns and calls that each task may take in one run, 1 to MAX_BUDGET.
    `machine` makes the machine, at every start a new one.
    """

    def __init__(
        self,
        compiled: Compiled,
        interval_ns: int = DEFAULT_INTERVAL_NS,
        budget: int = DEFAULT_BUDGET,
        machine: Callable[[Compiled], Machine] = Interpreter,
    ) -> None:
        self.compiled = compiled
        self.budget = budget
        self._new_machine = machine
        self.tick_ns = tick_of(compiled, interval_ns)
        self.restart()

    def restart(self, retained: bytes | None = None) -> None:
        """Start again: cold, or warm with the `retained` bytes of an earlier run of the same program."""
        image = self.compiled.image
        self._machine = self._new_machine(self.compiled)
        self.memory = self._machine.memory
        if retained is not None:
            start, end = image.slices["retain"]
            if len(retained) != end - start:
                raise ValueError(
                    f"the retained data has {len(retained)} bytes, this program retains {end - start}"
                )
            self.memory[start:end] = retained
        self.watch = Watch(image, self.memory)
        self.get, self.set = self.watch.get, self.watch.set
        self.scans = 0
        self.fault: PlcFault | None = None

    def retained(self) -> bytes:
        """What a warm start needs."""
        start, end = self.compiled.image.slices["retain"]
        return bytes(self.memory[start:end])

    def image(self) -> bytes:
        """The process image as it is now."""
        return bytes(self.memory[: self.compiled.image.size])

    def scan(self, count: int = 1) -> None:
        """Run scans. A fault ends the scan, sets the outputs to 0 and is raised; so it is again until `reset`."""
        for _ in range(count):
            if self.fault is not None:
                raise self.fault
            codec.write(self.memory, CLOCK_OFFSET, LTIME, self.scans * self.tick_ns)
            try:
                self._run_due(self.scans * self.tick_ns)
            except PlcFault as fault:
                self.fault = fault
                start, end = self.compiled.image.slices["outputs"]
                self.memory[start:end] = bytes(end - start)
                raise
            finally:
                self.scans += 1

    def _run_due(self, now_ns: int) -> None:
        for index, task in enumerate(self.compiled.tasks):
            if task.is_test:
                continue
            if not task.interval_ns or now_ns % task.interval_ns == 0:
                self._machine.run(index, self.budget)

    def reset(self) -> None:
        """Forget the fault; the next scan goes on with the image as it is."""
        self.fault = None
