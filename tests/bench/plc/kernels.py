"""The ten programs of the C benchmark, each with a twin that a C programmer would write, without checks.

kernels/NAME.st and kernels/NAME.c do the same work; RESULTS names what both must agree on after any number of scans,
in the order of `twin_results` in the C file.
"""

import ctypes
import subprocess
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from sortyard.plc.c.library import compiler, load, shared_library
from sortyard.plc.c.program import Generator
from sortyard.plc.codec import read
from sortyard.plc.program import Compiled, compile_files
from sortyard.plc.runtime import tick_of
from sortyard.plc.watch import Watch

FOLDER = Path(__file__).with_name("kernels")
RESULTS: dict[str, list[str]] = {
    "array_sum": ["sum", "low", "high", "check"],
    "case_machine": ["state", "starts", "jams", "clears", "locks", *(f"hours[{i}]" for i in range(8))],
    "nested_for": ["trace", "c[3,5]", "c[7,0]"],
    "while_loop": ["a", "total", "low"],
    "fb_chain": ["value", "changes", "s7.y", "limiters[9].y"],
    "string": ["i", "german", "longest", "dashes", "answer"],
    "timers": ["started", "held", "pulsed", "elapsed"],
    "real": ["total", *(f"speed[{i}]" for i in range(16)), *(f"integral[{i}]" for i in range(16))],
    "struct_table": ["ids", "gone", "on_belt", "moved", "nearest", "next"],
    "sorter": [
        "inducted", "sorted", "lost", "passed", "jams", "ramp.value", "lamp", "d1.count", "d4.count",
        "tracks[17].position_mm",
    ],
}  # fmt: skip
ROUNDS = 25
ROUND_NS = 2_000_000


@dataclass(slots=True)
class Timing:
    """ns per scan, the best of all rounds."""

    program_ns: float
    twin_ns: float

    @property
    def ratio(self) -> float:
        return self.program_ns / self.twin_ns


def _shared(path: Path, *flags: str) -> ctypes.CDLL:
    """A C file of this folder as a library of its own."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "twin.so"
        command = [compiler(), "-std=gnu11", "-fPIC", "-shared", *flags, str(path), "-o", str(target), "-lm"]
        subprocess.run(command, check=True)
        return ctypes.CDLL(str(target))


@lru_cache(maxsize=1)
def _stopwatch() -> ctypes.CDLL:
    library = _shared(Path(__file__).with_name("stopwatch.c"), "-O2")
    library.time_program.restype = library.time_twin.restype = ctypes.c_double
    library.time_program.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64]
    library.time_twin.argtypes = [ctypes.c_void_p, ctypes.c_int64]
    return library


class Duel:
    """A program and its twin, compiled with the same optimisation."""

    def __init__(self, name: str, optimise: str) -> None:
        self.name = name
        self.compiled: Compiled = compile_files([FOLDER / f"{name}.st"])
        source = Generator(self.compiled, tick_of(self.compiled)).generate()
        self._library = load(shared_library(source, optimise))
        size = self._library.plc_size()
        self._buffer = ctypes.create_string_buffer(size + 16)
        self._program = (ctypes.addressof(self._buffer) + 15) // 16 * 16
        self._library.plc_init(self._program)
        start = self._program - ctypes.addressof(self._buffer)
        self._watch = Watch(self.compiled.image, memoryview(self._buffer).cast("B")[start : start + size])
        self._twin = _shared(FOLDER / f"{name}.c", optimise)

    def scan(self, count: int) -> None:
        """The same number of scans of both."""
        assert self._time_program(count) >= 0, "a scan ended in a fault"
        self._time_twin(count)

    def _time_program(self, count: int) -> float:
        scan = ctypes.cast(self._library.plc_scan, ctypes.c_void_p)
        return _stopwatch().time_program(scan, self._program, count)

    def _time_twin(self, count: int) -> float:
        return _stopwatch().time_twin(ctypes.cast(self._twin.twin_scan, ctypes.c_void_p), count)

    def results(self) -> tuple[list[float], list[float]]:
        """What the program and the twin have found."""
        mine: list[float] = []
        for path in RESULTS[self.name]:
            mine += _numbers(self._watch, f"main.{path}")
        out = (ctypes.c_double * 64)()
        self._twin.twin_results(out)
        return mine, list(out)[: len(mine)]

    def time(self) -> Timing:
        """Both by turns, so that a slow moment of the machine hits both."""
        per_scan = max(self._time_program(100), 1.0)
        count = max(20, int(ROUND_NS / per_scan))
        rounds = [(self._time_program(count), self._time_twin(count)) for _ in range(ROUNDS)]
        return Timing(min(r[0] for r in rounds), min(r[1] for r in rounds))


def _numbers(watch: Watch, path: str) -> list[float]:
    """A variable as doubles: a duration in ms, a string as the codes of its first 20 characters."""
    offset, type_, _ = watch.find(path)
    value: Any = read(watch.memory, offset, type_)
    if isinstance(value, str):
        return [float(ord(c)) for c in value[:20].ljust(20, "\0")]
    return [float(int(value / 1e6))] if str(type_) == "TIME" else [float(value)]
