"""The ten programs of the C benchmark, each with a twin that a C programmer would write, without checks.

kernels/NAME.st and kernels/NAME.c do the same work; RESULTS names what both must agree on after any number of scans,
in the order of `twin_results` in the C file.
"""

import ctypes
import subprocess
import tempfile
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from sortyard.plc.c.library import compiler, load, shared_library
from sortyard.plc.c.program import CSource, Generator
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
ROUND_NS = 500_000
PLACEMENTS = (16, 32, 48, 64)
"""Bytes that the code lies behind the start of a cache line. Where a short loop crosses from one line to the next it
takes up to a third longer: chance, so each side is timed at all of these, and its best counts."""


@dataclass(slots=True)
class Timing:
    """ns per scan, each side at its best placement."""

    program_ns: float
    twin_ns: float

    @property
    def ratio(self) -> float:
        return self.program_ns / self.twin_ns


def _shared(text: str, *flags: str) -> ctypes.CDLL:
    """A C text as a library of its own."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "twin.c", Path(folder) / "twin.so"
        source.write_text(text, "utf-8")
        options = ["-std=gnu11", "-fPIC", "-shared", *flags]
        subprocess.run([compiler(), *options, str(source), "-o", str(target), "-lm"], check=True)
        return ctypes.CDLL(str(target))


def _placed(code: str, placement: int) -> str:
    return f'__asm__(".text\\n.p2align 6\\n.skip {placement}");\n{code}'


@lru_cache(maxsize=1)
def _stopwatch() -> ctypes.CDLL:
    library = _shared(Path(__file__).with_name("stopwatch.c").read_text("utf-8"), "-O2")
    library.time_program.restype = library.time_twin.restype = ctypes.c_double
    library.time_program.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64]
    library.time_twin.argtypes = [ctypes.c_void_p, ctypes.c_int64]
    return library


class _Program:
    """A compiled program at one placement."""

    def __init__(self, compiled: Compiled, source: CSource, optimise: str) -> None:
        self._library = load(shared_library(source, optimise))
        size = self._library.plc_size()
        self._buffer = ctypes.create_string_buffer(size + 16)
        self._at = (ctypes.addressof(self._buffer) + 15) // 16 * 16
        self._library.plc_init(self._at)
        start = self._at - ctypes.addressof(self._buffer)
        self.watch = Watch(compiled.image, memoryview(self._buffer).cast("B")[start : start + size])

    def time(self, scans: int) -> float:
        """ns per scan; -1 if a scan ended in a fault."""
        scan = ctypes.cast(self._library.plc_scan, ctypes.c_void_p)
        return _stopwatch().time_program(scan, self._at, scans)


class _Twin:
    """A twin at one placement."""

    def __init__(self, code: str, optimise: str) -> None:
        self._library = _shared(code, optimise)

    def time(self, scans: int) -> float:
        """ns per scan."""
        return _stopwatch().time_twin(ctypes.cast(self._library.twin_scan, ctypes.c_void_p), scans)

    def results(self, count: int) -> list[float]:
        """The first of what the twin has found."""
        out = (ctypes.c_double * 64)()
        self._library.twin_results(out)
        return list(out)[:count]


class Duel:
    """A program and its twin, compiled with the same optimisation, each at all placements."""

    def __init__(self, name: str, optimise: str) -> None:
        self.name = name
        compiled: Compiled = compile_files([FOLDER / f"{name}.st"])
        source = Generator(compiled, tick_of(compiled)).generate()
        twin = (FOLDER / f"{name}.c").read_text("utf-8")
        self._programs = [
            _Program(compiled, replace(source, code=_placed(source.code, at)), optimise) for at in PLACEMENTS
        ]
        self._twins = [_Twin(_placed(twin, at), optimise) for at in PLACEMENTS]

    def scan(self, count: int) -> None:
        """The same number of scans of all."""
        for program, twin in zip(self._programs, self._twins, strict=True):
            assert program.time(count) >= 0, "a scan ended in a fault"
            twin.time(count)

    def results(self) -> list[tuple[list[float], list[float]]]:
        """What each program and its twin have found."""
        found: list[tuple[list[float], list[float]]] = []
        for program, twin in zip(self._programs, self._twins, strict=True):
            mine: list[float] = []
            for path in RESULTS[self.name]:
                mine += _numbers(program.watch, f"main.{path}")
            found.append((mine, twin.results(len(mine))))
        return found

    def time(self) -> Timing:
        """All by turns, so that a slow moment of the machine hits all: the round with the middle ratio."""
        count = max(20, int(ROUND_NS / max(self._programs[0].time(100), 1.0)))
        rounds = [
            Timing(min(p.time(count) for p in self._programs), min(t.time(count) for t in self._twins))
            for _ in range(ROUNDS)
        ]
        return sorted(rounds, key=lambda timing: timing.ratio)[ROUNDS // 2]


def _numbers(watch: Watch, path: str) -> list[float]:
    """A variable as doubles: a duration in ms, a string as the codes of its first 20 characters."""
    offset, type_, _ = watch.find(path)
    value: Any = read(watch.memory, offset, type_)
    if isinstance(value, str):
        return [float(ord(c)) for c in value[:20].ljust(20, "\0")]
    return [float(int(value / 1e6))] if str(type_) == "TIME" else [float(value)]
