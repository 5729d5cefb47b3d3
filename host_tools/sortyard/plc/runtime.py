"""A compiled program at work: scans, clock, faults, restarts.

Time belongs to the program: it starts at 0 and moves on by one tick between scans, whatever the real clock does. The
tick is the greatest common divisor of the tasks' intervals, or `interval_ns` where no task has one. In each scan the
tasks that are due run, the most urgent first, then the programs without a task.

A fault ends the scan and turns the outputs off. It stops the program until the host resets it, but for tasks that watch
(fault_blocks.py): they go on, and may reset it too. What they write to outputs is turned off as long as it stands.

What runs the program is a Machine (machine.py): the reference interpreter, unless another one is asked for.

`times` tells of each task how long its runs took and how late they began. A machine that stands for a board
(TimedMachine) says what they take there: a task begins late by what more urgent ones have taken, `busy_ns` tells who
lets it scan how long the board has no time for the next one, and a `watchdog_ns` stops the program when a run takes
longer. Others are timed by the host's clock, which decides nothing (endless loops are the budget's affair), unless
`takes` says how long the runs of a task are to be.
"""

import time
from collections.abc import Callable
from math import gcd
from typing import Any

from sortyard.plc import codec
from sortyard.plc.budget import DEFAULT_BUDGET
from sortyard.plc.fault_blocks import FaultBlocks, FaultState
from sortyard.plc.faults import FaultKind, PlcFault
from sortyard.plc.held import Held
from sortyard.plc.interpreter import Interpreter
from sortyard.plc.layout import CLOCK_OFFSET
from sortyard.plc.machine import Machine, TimedMachine
from sortyard.plc.operators import wrap
from sortyard.plc.program import Compiled
from sortyard.plc.retain import Migration, layout_of, pack, restore
from sortyard.plc.scan_times import TaskTimes
from sortyard.plc.schedule import Schedule
from sortyard.plc.tasks import Task
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
    stands, the first if there are several, or None; `faults` and `resets` (by the program) count. `busy_ns` is what the
    last scan takes on the board that the machine stands for, 0 if it stands for none. `overruns` are the missed periods
    of each task, over all starts: only a caller that lets time pass meanwhile (`miss_until`) has any. `budget`: loop
    turns and calls that each task may take in one run, 1 to MAX_BUDGET. `machine` makes the machine, a new one at every
    start.
    """

    def __init__(
        self,
        compiled: Compiled,
        interval_ns: int = DEFAULT_INTERVAL_NS,
        budget: int = DEFAULT_BUDGET,
        machine: Callable[[Compiled], Machine] = Interpreter,
        watchdog_ns: int = 0,
    ) -> None:
        self.compiled = compiled
        self.watchdog_ns = watchdog_ns
        self.budget = budget
        self._new_machine = machine
        self.tick_ns = tick_of(compiled, interval_ns)
        self._held = Held()
        self._given_ns: dict[int, int] = {}
        self.times = [TaskTimes(task.name, task.interval_ns or self.tick_ns) for task in compiled.tasks]
        self.overruns = [0 for _ in compiled.tasks]
        self.restart()

    def restart(self, retained: bytes | None = None) -> Migration:
        """Start again: cold, or warm with what `retained` gave, of this program or of an earlier version of it.

        Tells what became of the retained variables. Raises RetainError for damaged data, and has started cold then.
        """
        image = self.compiled.image
        self._machine = self._new_machine(self.compiled)
        self._timed = self._machine if isinstance(self._machine, TimedMachine) else None
        self.memory = self._machine.memory
        self.watch = Watch(image, self.memory)
        self.get, self.set = self.watch.get, self.watch.set
        self.scans = 0
        self._state = FaultState()
        self._blocks = FaultBlocks(image, self.memory)
        self._stopped: set[int] = set()
        self._running = self.busy_ns = 0
        self.schedule = Schedule(self.compiled.tasks, self._is_triggered, self.overruns)
        try:
            return Migration() if retained is None else restore(image, self.memory, retained)
        finally:
            self._held.restarted(self.watch)

    def resume(self, image: bytes, scans: int, layout: str) -> None:
        """Hot start: go on with a whole image, as `image` gave it after so many scans of a program of this `layout`.

        Raises ValueError for an image of another layout: its variables would be taken for others.
        """
        if len(image) != self.compiled.image.size:
            raise ValueError(
                f"the image has {len(image)} bytes, this program's has {self.compiled.image.size}"
            )
        if layout != self.layout:
            raise ValueError("the image is of a program with other variables or types; start warm or cold")
        self.restart()
        self.memory[: len(image)] = image
        self.scans = scans
        if scans:
            # what was due up to the last scan is done; the edges that it saw are seen
            missed = list(self.overruns)
            self.schedule.due((scans - 1) * self.tick_ns)
            self.overruns[:] = missed

    def retained(self) -> bytes:
        """The retained variables, as data to store (retain.py)."""
        return pack(self.compiled.image, self.memory)

    def force(self, path: str, value: Any) -> None:
        """Hold a variable at a value, whatever the program writes, until `release`."""
        self._held.force(self.watch, path, value)

    def release(self, path: str) -> None:
        """Force a variable no more: see held.py for what it has then. Raises KeyError if it is not forced."""
        __tracebackhide__ = True
        self._held.release(self.watch, path)

    def is_forced(self, path: str) -> bool:
        """True for a variable that is held at a value, by whatever name."""
        return self._held.is_forced(self.watch, path)

    @property
    def forced(self) -> dict[str, Any]:
        """What is forced, by the name that it was forced by."""
        return self._held.values

    def miss_until(self, now_ns: int) -> None:
        """The board was busy until that time of the program's clock: the next scan is the last one that is due by
        then, those before it are missed.
        """
        due = now_ns // self.tick_ns
        if due > self.scans:
            self.schedule.miss(due - self.scans)
            self.scans = due

    def figures(self) -> list[dict[str, Any]]:
        """Of each task how long its runs took, how late they began, and `overruns`: its missed periods. None where the
        host's clock timed the runs: there a run takes none of the program's time.
        """
        return [
            times.as_dict() | {"overruns": None if times.clock == "host" else missed}
            for times, missed in zip(self.times, self.overruns, strict=True)
        ]

    @property
    def missed_periods(self) -> int | None:
        """Of all tasks together; None where no board's clock tells."""
        counts = [task["overruns"] for task in self.figures() if task["overruns"] is not None]
        return sum(counts) if counts else None

    def takes(self, task: str, run_ns: int) -> None:
        """From now on each run of this task takes so long, whatever runs it: what a test says of a board; "" names the
        programs without a task. Raises KeyError for a task that there is not, ValueError for a time below 0.
        """
        __tracebackhide__ = True
        names = [one.name for one in self.compiled.tasks]
        if task.upper() not in names:
            known = ", ".join(name or '"" (programs without a task)' for name in names)
            raise KeyError(f"there is no task {task}; known: {known}")
        if run_ns < 0:
            raise ValueError(f"a run cannot take {run_ns} ns")
        self._given_ns[names.index(task.upper())] = run_ns

    def _is_triggered(self, task: Task) -> bool:
        assert task.trigger is not None
        offset, bit = task.trigger
        value = self.memory[offset]
        return bool(value if bit < 0 else value >> bit & 1)

    @property
    def layout(self) -> str:
        """What a hot start asks for beside the image: a hash of where each variable lies and of its type."""
        return layout_of(self.compiled.image)

    def image(self) -> bytes:
        """The process image as it is now."""
        return bytes(self.memory[: self.compiled.image.size])

    @property
    def fault(self) -> PlcFault | None:
        return self._state.fault if self._state.stands else None

    @property
    def faults(self) -> int:
        return self._state.faults

    @property
    def resets(self) -> int:
        return self._state.resets

    @property
    def is_watched(self) -> bool:
        """True if there is a task that goes on while the fault stands."""
        return any(self._goes_on(i) for i in range(len(self.compiled.tasks)))

    def scan(self, count: int = 1, late_ns: int = 0) -> None:
        """Run scans. A fault ends the scan, sets the outputs to 0 and is raised.

        While it stands, the scans of tasks that watch raise their own faults only; where there is no such task, the
        fault is raised again. `late_ns`: how long after it was due the caller begins it, for the histograms.
        """
        for _ in range(count):
            if self.fault is not None and not self.is_watched:
                raise self.fault
            now_ns = self.scans * self.tick_ns
            codec.write(self.memory, CLOCK_OFFSET, LTIME, wrap(LTIME, now_ns))  # after 292 years
            self._blocks.show(self._state)
            self.busy_ns = 0
            stands = self._state.stands
            try:
                self._run_due(now_ns, late_ns, stands)
            except PlcFault as fault:
                self._state.fails(fault, self.compiled.tasks[self._running].name, now_ns)
                self._stopped.add(self._running)
                self._turn_off()
                self._blocks.asks()  # what is asked for by now is not about this fault
                raise
            finally:
                self.scans += 1
            is_asked = self._blocks.asks()
            if stands:
                self._turn_off()
                self._look_at_reset(now_ns, is_asked)

    def _look_at_reset(self, now_ns: int, is_asked: bool) -> None:
        state = self._state
        cyclic = (
            i for i, task in enumerate(self.compiled.tasks) if task.trigger is None and self._goes_on(i)
        )
        if is_asked and state.is_reset(now_ns, cyclic):
            self._blocks.take_back()
        if not state.stands:
            self._stopped.clear()

    def _goes_on(self, index: int) -> bool:
        """True for a task that runs while a fault stands."""
        return self.compiled.tasks[index].watches and index not in self._stopped

    def _turn_off(self) -> None:
        start, end = self.compiled.image.slices["outputs"]
        self.memory[start:end] = bytes(end - start)

    def _run_due(self, now_ns: int, late_ns: int, stands: bool) -> None:
        self._held.hold(self.watch)
        for index in self.schedule.due(now_ns):
            if stands and not self._goes_on(index):
                continue
            self._running = index
            self._state.leaving.discard(index)
            begun = time.perf_counter_ns()
            try:
                self._machine.run(index, self.budget)
            finally:
                took, clock = self._took(index, time.perf_counter_ns() - begun)
                self.times[index].add(took, late_ns + self.schedule.late_ns[index] + self.busy_ns)
                self.busy_ns += took if clock != "host" else 0
                self.times[index].clock = clock
            self._held.hold(self.watch)
            if clock != "host" and 0 < self.watchdog_ns < took:
                self._bite(index, took)

    def _took(self, index: int, host_ns: int) -> tuple[int, str]:
        """What a run of so much time on the host takes, and by which clock."""
        if index in self._given_ns:
            return self._given_ns[index], "given"
        return (host_ns, "host") if self._timed is None else (self._timed.run_ns, "board")

    def _bite(self, index: int, took: int) -> None:
        task = self.compiled.tasks[index]
        limit = f"its watchdog allows {self.watchdog_ns / 1e6:g} ms"
        what = f"task {task.name or 'without a name'} took {took / 1e6:.3f} ms, {limit}"
        raise PlcFault(FaultKind.WATCHDOG, what, task.span or task.instances[0].span)

    def reset(self) -> None:
        """Forget the fault; the next scan goes on with the image as it is. Programs may reset as often as at first."""
        self._state.reset()
        self._stopped.clear()
        self._blocks.take_back()
