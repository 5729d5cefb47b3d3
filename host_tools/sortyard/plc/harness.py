"""A program as tests in Python see it: typed variables by name, scans, time, traces.

door = Harness(compiled)
door.main.request = True
door.advance("T#2s")            # scans until two seconds of the program's clock have passed
assert door.main.open
"""

from collections.abc import Callable, Iterator
from typing import Any

from sortyard.plc.budget import DEFAULT_BUDGET
from sortyard.plc.faults import PlcFault
from sortyard.plc.interpreter import Interpreter
from sortyard.plc.machine import Machine
from sortyard.plc.program import Compiled
from sortyard.plc.python_values import nanoseconds, shown, stored
from sortyard.plc.retain import Migration
from sortyard.plc.runtime import DEFAULT_INTERVAL_NS, Runtime
from sortyard.plc.timing_diagram import drawn
from sortyard.plc.types import ArrayType, BlockType, StructType


class Harness:
    """A program on a runtime. Variables are attributes and items: `p.main.speeds[3]`, `p["main.speeds[3]"]`.

    BOOL is bool, an enumeration the name of its value, a duration nanoseconds (a literal may be given), strings str.
    `scan` and `advance` raise PlcFault; `fault` is the one that stopped the program, `reset` clears it. A run that
    takes longer than `watchdog` ("T#20ms"; 0 for none) is a fault, where a board's clock tells (back end micropython)
    or `takes` does: the host's own times decide nothing.
    """

    def __init__(
        self,
        compiled: Compiled,
        interval: str | int = DEFAULT_INTERVAL_NS,
        budget: int = DEFAULT_BUDGET,
        machine: Callable[[Compiled], Machine] = Interpreter,
        watchdog: str | int = 0,
    ) -> None:
        watchdog_ns = nanoseconds(watchdog)
        self.__dict__["runtime"] = Runtime(compiled, nanoseconds(interval), budget, machine, watchdog_ns)
        self.__dict__["_traces"] = []

    runtime: Runtime
    _traces: "list[Trace]"

    @property
    def fault(self) -> Any:
        return self.runtime.fault

    @property
    def now(self) -> int:
        """The clock of the next scan in nanoseconds."""
        return self.runtime.scans * self.runtime.tick_ns

    def scan(self, count: int = 1) -> None:
        """Run scans."""
        __tracebackhide__ = True
        if count < 0:
            raise ValueError(f"{count} scans cannot be run")
        for _ in range(count):
            now = self.now
            try:
                self.runtime.scan()
            except PlcFault as fault:
                raise fault.with_traceback(
                    None
                ) from None  # how the program is run says nothing to its author
            finally:
                for trace in self._traces:
                    trace.sample(now)

    def advance(self, time: str | int) -> None:
        """Scan until that much time of the program's clock has passed: at least once, and never short of it."""
        __tracebackhide__ = True
        passes = nanoseconds(time)
        if passes < 0:
            raise ValueError(f"{time}: the clock cannot go back")
        end = self.now + passes
        while True:
            self.scan()
            if self.now >= end:
                return

    def restart(self, warm: bool = False) -> Migration:
        """Start again; a warm start keeps what is RETAINed, and tells so."""
        return self.runtime.restart(self.runtime.retained() if warm else None)

    def force(self, path: str, value: Any) -> None:
        """Hold a variable at a value until `release(path)`."""
        __tracebackhide__ = True
        self[path] = value
        self.runtime.force(path, self.runtime.get(path))

    def release(self, path: str) -> None:
        """Force a variable no more."""
        __tracebackhide__ = True
        self.runtime.release(path)

    def takes(self, task: str, time: str | int) -> None:
        """From now on each run of the task takes so long, on every back end: for its watchdog and those that wait."""
        __tracebackhide__ = True
        self.runtime.takes(task, nanoseconds(time))

    @property
    def times(self) -> list[dict[str, Any]]:
        """How long the runs of each task took and how late they began, in us, and by which clock: scan_times.py."""
        return [task.as_dict() for task in self.runtime.times]

    def reset(self) -> None:
        """Forget the fault."""
        self.runtime.reset()

    def trace(self, *paths: str) -> "Trace":
        """Note these variables after each scan from now on."""
        trace = Trace(self, paths)
        self._traces.append(trace)
        return trace

    def __getitem__(self, path: str) -> Any:
        __tracebackhide__ = True
        return _get(self, path)

    def __setitem__(self, path: str, value: Any) -> None:
        __tracebackhide__ = True
        _set(self, path, value)

    def __dir__(self) -> list[str]:
        """The names of programs and global variables too."""
        return [*super().__dir__(), *self.runtime.compiled.image.names.values()]

    def __getattr__(self, name: str) -> Any:
        __tracebackhide__ = True
        return _attribute(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        __tracebackhide__ = True
        _set_attribute(self, name, value)


class View:
    """The members or elements of a block, structure or array; elements of an array can be counted and listed."""

    def __init__(self, harness: Harness, path: str) -> None:
        self.__dict__["_harness"], self.__dict__["_path"] = harness, path

    _harness: Harness
    _path: str

    def __dir__(self) -> list[str]:
        """The names of members too."""
        type_ = self._harness.runtime.watch.find(self._path)[1]
        entries = type_.fields if isinstance(type_, StructType) else getattr(type_, "pou", type_)
        own = entries if isinstance(entries, dict) else getattr(entries, "variables", {})
        return [*super().__dir__(), *(entry.name for entry in own.values())]

    def __getattr__(self, name: str) -> Any:
        __tracebackhide__ = True
        return _attribute(self._harness, f"{self._path}.{name}")

    def __setattr__(self, name: str, value: Any) -> None:
        __tracebackhide__ = True
        _set_attribute(self._harness, f"{self._path}.{name}", value)

    def __getitem__(self, index: int | tuple[int, ...]) -> Any:
        __tracebackhide__ = True
        return _get(self._harness, self._path + _index(index))

    def __setitem__(self, index: int | tuple[int, ...], value: Any) -> None:
        __tracebackhide__ = True
        _set(self._harness, self._path + _index(index), value)

    def __len__(self) -> int:
        lower, upper = self._bounds()
        return upper - lower + 1

    def __iter__(self) -> Iterator[Any]:
        lower, upper = self._bounds()
        return (self[index] for index in range(lower, upper + 1))

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        return f"<{self._path} : {self._harness.runtime.watch.find(self._path)[1]}>"

    def _bounds(self) -> tuple[int, int]:
        """Of the first dimension."""
        __tracebackhide__ = True
        type_ = self._harness.runtime.watch.find(self._path)[1]
        if not isinstance(type_, ArrayType) or type_.bounds[0] is None:
            raise TypeError(f"{self._path} is {type_}, no array")
        return type_.bounds[0]


def _attribute(harness: Harness, path: str) -> Any:
    __tracebackhide__ = True
    try:
        return _get(harness, path)
    except KeyError as unknown:
        raise AttributeError(str(unknown.args[0])) from None


def _set_attribute(harness: Harness, path: str, value: Any) -> None:
    __tracebackhide__ = True
    try:
        _set(harness, path, value)
    except KeyError as unknown:
        raise AttributeError(str(unknown.args[0])) from None


def _index(index: int | tuple[int, ...]) -> str:
    numbers = index if isinstance(index, tuple) else (index,)
    return f"[{', '.join(str(n) for n in numbers)}]"


def _get(harness: Harness, path: str) -> Any:
    __tracebackhide__ = True
    _, type_, _ = harness.runtime.watch.find(path)
    if isinstance(type_, (ArrayType, StructType, BlockType)):
        return View(harness, path)
    return shown(type_, harness.runtime.get(path))


def _set(harness: Harness, path: str, value: Any) -> None:
    __tracebackhide__ = True
    _, type_, _ = harness.runtime.watch.find(path)
    harness.runtime.set(path, stored(path, type_, value))


class Trace:
    """What variables were after each scan: `rows` of (nanoseconds, values in the order of `paths`)."""

    def __init__(self, harness: Harness, paths: tuple[str, ...]) -> None:
        self.paths = paths
        self.rows: list[tuple[int, tuple[Any, ...]]] = []
        self._harness = harness
        for path in paths:
            harness[path]  # an unknown name is told now

    def sample(self, now: int) -> None:
        """Note the variables of the scan at `now`."""
        self.rows.append((now, tuple(self._harness[path] for path in self.paths)))

    def values(self, path: str) -> list[Any]:
        """One variable after each scan."""
        column = self.paths.index(path)
        return [values[column] for _, values in self.rows]

    def edges(self, path: str) -> list[tuple[int, Any]]:
        """(nanoseconds, value) where a variable changes, the first value too."""
        column, found = self.paths.index(path), []
        for now, values in self.rows:
            if not found or found[-1][1] != values[column]:
                found.append((now, values[column]))
        return found

    def diagram(self, columns: int = 100) -> str:
        """Timing as text, see timing_diagram.py; at most so many columns."""
        return drawn(self.paths, self.rows, columns)
