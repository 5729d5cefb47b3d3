"""A long run of one program: nothing leaks, no heap fills up, nothing is lost.

python -m parity.plc.soak --scans 100000000 --backend c        (in tests/; `make test` runs short ones)
python -m parity.plc.soak --scans 100000000 --backend micropython

Each scan runs timers and a counter and one part of the rest. Now and then some scans in a row are compared with the
reference. MicroPython runs many scans at a turn in the guest; behind each turn its whole image is that of the program
in C, which does every scan too.
"""

import argparse
import resource
import sys
import time
from dataclasses import dataclass

from parity.plc.soak_machine import BUDGET, ManyScans, clock_of, inputs_of
from sortyard.plc.c.machine import CMachine
from sortyard.plc.interpreter import Interpreter
from sortyard.plc.layout import CLOCK_OFFSET
from sortyard.plc.machine import Machine
from sortyard.plc.mpy.machine import HEAP_BYTES
from sortyard.plc.program import Compiled, compile_sources
from sortyard.plc.runtime import Runtime
from sortyard.plc.source import Source

PROGRAM = """
VAR_GLOBAL knob AT %IW0 : INT; END_VAR
PROGRAM main
VAR
    n : UDINT; mean, sum : REAL; pulse : TP; late : TON; count : CTU;
    word : STRING[20]; long : LINT; rows : ARRAY[0..9] OF INT;
END_VAR
n := n + 1;
pulse(IN := n MOD 3 = 0, PT := T#25ms);
late(IN := pulse.Q, PT := T#15ms);
count(CU := late.Q, R := count.CV > 1000, PV := 500);
CASE UDINT_TO_INT(n MOD 8) OF
    0: sum := sum * 0.999 + INT_TO_REAL(knob);
    2: mean := mean + (sum - mean) / 8.0;
    3: rows[UDINT_TO_INT(n MOD 10)] := rows[UDINT_TO_INT(n MOD 10)] + count.CV;
    5: long := long * 6364136223846793005 + 1442695040888963407;
    7: word := CONCAT(RIGHT(word, 10), 'ab');
END_CASE;
END_PROGRAM
"""
SAMPLE = 20
"""Scans in a row that the reference does too."""


class Wrong(AssertionError):
    """The machine is not where it should be."""


@dataclass
class Soak:
    """`machine` after `scans` scans; `moves`: how often it went on in a fresh virtual machine."""

    compiled: Compiled
    machine: Machine
    scans: int = 0

    def __post_init__(self) -> None:
        self.size = self.compiled.image.size
        self.reference = Interpreter(self.compiled)
        self.twin = CMachine(self.compiled) if isinstance(self.machine, ManyScans) else None
        watch = Runtime(self.compiled).watch
        self.count_at, self.inputs_at = watch.find("main.n")[0], watch.find("knob")[0]

    @property
    def moves(self) -> int:
        return getattr(self.machine, "moves", 0)

    def scan(self, machine: Machine, number: int) -> None:
        """One scan of the task, at the time and with the input that it has then."""
        machine.memory[CLOCK_OFFSET : CLOCK_OFFSET + 8] = clock_of(number)
        machine.memory[self.inputs_at : self.inputs_at + 2] = inputs_of(number)
        machine.run(0, BUDGET)

    def run(self, scans: int) -> None:
        """So many scans, the last ones with the reference beside; raises Wrong where images differ or scans lack."""
        self._advance(self.scans + scans - SAMPLE)
        self.reference.memory[: self.size] = self.machine.memory[: self.size]
        for _ in range(SAMPLE):
            for machine in (self.machine, self.reference, self.twin):
                if machine is not None:
                    self.scan(machine, self.scans)
            self.scans += 1
            self._compare(self.reference)
        count = int.from_bytes(self.machine.memory[self.count_at : self.count_at + 4], "little")
        if count != self.scans & 0xFFFFFFFF:
            raise Wrong(f"{count:,} scans counted, {self.scans:,} done")

    def _advance(self, end: int) -> None:
        """Scans up to number `end`, which is left to others."""
        machine, twin = self.machine, self.twin
        if not isinstance(machine, ManyScans) or twin is None:
            for number in range(self.scans, end):
                self.scan(machine, number)
            self.scans = end
            return
        while self.scans < end:
            count = min(machine.most, end - self.scans)
            machine.many(self.scans, count, self.inputs_at)
            for number in range(self.scans, self.scans + count):
                self.scan(twin, number)
            self.scans += count
            self._compare(twin)

    def _compare(self, other: Machine) -> None:
        if self.machine.memory[: self.size] != other.memory[: self.size]:
            raise Wrong(f"the images differ after {self.scans:,} scans")


def compiled_program() -> Compiled:
    """What is run."""
    return compile_sources([Source("soak.st", PROGRAM)])


def soak(back_end: str, heap_bytes: int = HEAP_BYTES, optimise: str = "-O2") -> Soak:
    """The program on a machine, before its first scan."""
    compiled = compiled_program()
    machine = CMachine(compiled, optimise) if back_end == "c" else ManyScans(compiled, heap_bytes=heap_bytes)
    return Soak(compiled, machine)


def resident_mb() -> float:
    """The most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> int:
    """Exit code 1 if something is wrong."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--scans", type=int, default=1_000_000)
    parser.add_argument("--backend", default="c", choices=("c", "micropython"))
    parser.add_argument("--every", type=int, default=100_000, help="scans from one sample to the next")
    arguments = parser.parse_args()
    run, start = soak(arguments.backend), time.process_time()
    for number in range(1, arguments.scans // arguments.every + 1):
        try:
            run.run(arguments.every)
        except Wrong as wrong:
            print(f"{arguments.backend}: {wrong}")
            return 1
        if number & (number - 1) == 0 or number % 50 == 0:
            rate = run.scans / (time.process_time() - start)
            print(
                f"{arguments.backend}: {run.scans:,} scans, {run.moves} moves, {rate:,.0f} scans a second of "
                f"processor time, {resident_mb():.0f} MB; 100 million take {1e8 / rate / 3600:.1f} h",
                flush=True,
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
