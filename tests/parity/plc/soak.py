"""A long run of one program, sampled against the reference: nothing leaks, no heap fills up, nothing is lost.

python -m parity.plc.soak --scans 100000000 --backend c        (in tests/; `make test` runs short ones)
python -m parity.plc.soak --scans 100000000 --backend micropython
"""

import argparse
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from sortyard.plc.backends import machine_of
from sortyard.plc.interpreter import Interpreter
from sortyard.plc.layout import CLOCK_OFFSET
from sortyard.plc.machine import Machine
from sortyard.plc.program import Compiled, compile_sources
from sortyard.plc.runtime import Runtime
from sortyard.plc.source import Source

PROGRAM = """
PROGRAM main
VAR
    n : UDINT; mean, sum : REAL; pulse : TP; late : TON; count : CTU;
    word : STRING[20]; long : LINT; rows : ARRAY[0..9] OF INT;
END_VAR
n := n + 1;
pulse(IN := n MOD 3 = 0, PT := T#25ms);
late(IN := pulse.Q, PT := T#15ms);
count(CU := late.Q, R := count.CV > 1000, PV := 500);
sum := sum * 0.999 + UINT_TO_REAL(UDINT_TO_UINT(n MOD 1000));
mean := mean + (sum - mean) / 8.0;
rows[UDINT_TO_INT(n MOD 10)] := rows[UDINT_TO_INT(n MOD 10)] + count.CV;
long := long * 6364136223846793005 + 1442695040888963407;
word := CONCAT(RIGHT(word, 10), 'ab');
END_PROGRAM
"""
TICK_NS, BUDGET = 10_000_000, 10_000
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
        self.reference = Interpreter(self.compiled)
        self.count_at = Runtime(self.compiled).watch.find("main.n")[0]

    @property
    def moves(self) -> int:
        return getattr(self.machine, "moves", 0)

    def scan(self, machine: Machine) -> None:
        """One scan of the task, at the time that it has then."""
        clock = (self.scans * TICK_NS).to_bytes(8, "little")
        machine.memory[CLOCK_OFFSET : CLOCK_OFFSET + 8] = clock
        machine.run(0, BUDGET)

    def run(self, scans: int) -> None:
        """So many scans, then some with the reference beside; raises Wrong where they differ or scans are missing."""
        for _ in range(scans - SAMPLE):
            self.scan(self.machine)
            self.scans += 1
        size = self.compiled.image.size
        self.reference.memory[:size] = self.machine.memory[:size]
        for _ in range(SAMPLE):
            self.scan(self.machine)
            self.scan(self.reference)
            self.scans += 1
            if self.machine.memory[:size] != self.reference.memory[:size]:
                raise Wrong(f"the images differ after {self.scans:,} scans")
        count = int.from_bytes(self.machine.memory[self.count_at : self.count_at + 4], "little")
        if count != self.scans & 0xFFFFFFFF:
            raise Wrong(f"{count:,} scans counted, {self.scans:,} done")


def soak(back_end: Callable[[Compiled], Machine]) -> Soak:
    """The program on a machine, before its first scan."""
    compiled = compile_sources([Source("soak.st", PROGRAM)])
    return Soak(compiled, back_end(compiled))


def resident_mb() -> float:
    """The most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> int:
    """Exit code 1 if a sample differs."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--scans", type=int, default=1_000_000)
    parser.add_argument("--backend", default="c", help="c or micropython")
    parser.add_argument("--every", type=int, default=100_000, help="scans from one sample to the next")
    arguments = parser.parse_args()
    run, start = soak(machine_of(arguments.backend)), time.process_time()
    for number in range(1, arguments.scans // arguments.every + 1):
        try:
            run.run(arguments.every)
        except Wrong as wrong:
            print(f"{arguments.backend}: {wrong}")
            return 1
        if number & (number - 1) == 0 or number % 100 == 0:
            taken = time.process_time() - start
            rate = run.scans / taken
            print(
                f"{arguments.backend}: {run.scans:,} scans, {run.moves} moves, {rate:,.0f} scans a second of "
                f"processor time, {resident_mb():.0f} MB; 100 million take {1e8 / rate / 3600:.1f} h",
                flush=True,
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
