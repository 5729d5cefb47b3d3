"""A compiled program at work: scans, clock, faults, restarts.

Time belongs to the program: it starts at 0 and moves on by one tick between scans, whatever the real clock does. The
tick is the greatest common divisor of the tasks' intervals, or `interval_ns` where no task has one. In each scan the
tasks that are due run, the most urgent first, then the programs without a task.
"""

from math import gcd

from sortyard.plc import codec
from sortyard.plc.budget import DEFAULT_BUDGET, Budget
from sortyard.plc.faults import PlcFault
from sortyard.plc.image import CLOCK_OFFSET, Instance
from sortyard.plc.interpreter import Interpreter
from sortyard.plc.program import Compiled
from sortyard.plc.types import LTIME
from sortyard.plc.watch import Watch

DEFAULT_INTERVAL_NS = 10_000_000


class Runtime:
    """Runs a program without errors on the reference interpreter.

    `get` and `set` take names as `main.x` or `speeds[3]`. `scans` counts scans since the start, `fault` is what
    stopped the last one, or None. `budget`: loop turns and calls that each program may take in one scan.
    """

    def __init__(
        self, compiled: Compiled, interval_ns: int = DEFAULT_INTERVAL_NS, budget: int = DEFAULT_BUDGET
    ) -> None:
        self.compiled = compiled
        self.budget = budget
        intervals = [task.interval_ns for task in compiled.tasks if task.interval_ns]
        self.tick_ns = gcd(*intervals) if intervals else interval_ns
        self._order = self._scheduled()
        self.restart()

    def _scheduled(self) -> list[tuple[int, Instance]]:
        """(interval, instance) in the order in which they run."""
        rows = [
            (task.interval_ns, instance)
            for task in self.compiled.tasks
            for instance in self.compiled.instances
            if instance.task == task.name
        ]
        return rows + [(0, instance) for instance in self.compiled.instances if instance.task is None]

    def restart(self, retained: bytes | None = None) -> None:
        """Start again: cold, or warm with the `retained` bytes of an earlier run of the same program."""
        work = max((pou.work_offset + pou.work_size for pou in self.compiled.pous), default=0)
        image = self.compiled.image
        self._interpreter = Interpreter(image.initial, work, self.compiled.templates)
        self.memory = self._interpreter.memory
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
        for interval_ns, instance in self._order:
            if not interval_ns or now_ns % interval_ns == 0:
                assert instance.call is not None
                self._interpreter.budget = Budget(self.budget)
                self._interpreter.eval(instance.call)

    def reset(self) -> None:
        """Forget the fault; the next scan goes on with the image as it is."""
        self.fault = None
