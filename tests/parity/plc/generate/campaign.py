"""Random programs on the reference interpreter and another back end, compared after every run of a task.

python -m parity.plc.generate.campaign --programs 5000 --backend c      (in tests/; `make test` runs a short one)

With `--state FILE` it goes on where the last one with that file and back end was, and its table at the end tells of all
back ends in the file.
"""

import argparse
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

from parity.plc.generate.choices import Choices, shrink
from parity.plc.generate.program import INPUTS, generate
from parity.plc.generate.report import Report
from parity.plc.generate.state import State
from parity.plc.pairs import Difference, Pair
from sortyard.plc.faults import PlcFault
from sortyard.plc.machine import Machine
from sortyard.plc.program import Compiled, check_sources
from sortyard.plc.runtime import Runtime
from sortyard.plc.source import Source

SCANS = 12
TELL_S = 60
"""Between two lines that tell how far it is."""
BUDGETS = (10_000, 10_000, 400, 90)
"""Loop turns and calls of a scan: the small ones run out in many programs."""
_VALUES: dict[str, tuple] = {
    "in_bool": (0, 1),
    "sensor": (0, 1),
    "in_int": (0, 1, -1, 7, 32767, -32768, 1000),
    "in_dint": (0, 3, -2, 100000, 2147483647, -2147483648),
    "in_ulint": (0, 5, 1 << 63, (1 << 64) - 1),
    "in_real": (0.0, 0.5, 2.5, -2.5, 3.0e38, 1e-40, float("inf"), float("nan")),
    "in_time": (0, 10**7, -(10**7), 86_400 * 10**9, -(1 << 63)),
    "in_text": ("", "12", "hello", "a longer text of 20.", "-99"),
}


def compiled(text: str) -> Compiled | None:
    """The program, or None if the compiler refuses it."""
    found = check_sources([Source("g.st", text)])
    return None if found.has_errors else found


def run(program: Compiled, seed: int, back_end: Callable[[Compiled], Machine], report: Report) -> None:
    """Some scans with random inputs on both back ends; raises Difference."""
    dice = random.Random(seed)
    runtime = Runtime(program, budget=dice.choice(BUDGETS), machine=lambda c: Pair(c, back_end))
    for _ in range(SCANS):
        for name in INPUTS:
            runtime.set(name, dice.choice(_VALUES[name]))
        report.scans += 1
        try:
            runtime.scan()
        except PlcFault as fault:
            report.faults[fault.kind.name] += 1
            runtime.reset()


def try_seed(seed: int, back_end: Callable[[Compiled], Machine], report: Report) -> Choices:
    """One program; a difference goes into the report."""
    choices = Choices(seed)
    program = compiled(generate(choices))
    if program is None:
        report.refused += 1
        return choices
    report.programs += 1
    report.constructs.update(set(choices.seen))
    try:
        run(program, seed, back_end, report)
    except Difference as difference:
        report.failures.append((seed, str(difference)))
    return choices


def smallest(choices: Choices, seed: int, back_end: Callable[[Compiled], Machine], tries: int = 300) -> str:
    """The source of a simpler program that fails too."""

    def fails(drawn: list[int]) -> bool:
        program = compiled(generate(Choices(replay=drawn)))
        if program is None:
            return False
        try:
            run(program, seed, back_end, Report())
        except Difference:
            return True
        return False

    return generate(Choices(replay=shrink(choices.drawn, fails, tries)))


def machine(name: str) -> Callable[[Compiled], Machine]:
    """A back end of the product by name; `c0`, `c1`, `cs`: the C back end at -O0, -O1 and -Os."""
    if name in ("c0", "c1", "cs"):
        from sortyard.plc.c.machine import CMachine

        return lambda program: CMachine(program, f"-O{name[1]}")
    from sortyard.plc.backends import machine_of

    return machine_of(name)


def main() -> int:
    """Exit code 1 if a program differs."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--programs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0, help="seed of the first program")
    parser.add_argument("--backend", default="c", help="c, c0 (-O0), c1 (-O1), cs (-Os), micropython")
    parser.add_argument("--state", type=Path, help="file that keeps what has been seen")
    parser.add_argument(
        "--shrink", action="store_true", help="print a small program for the first difference"
    )
    arguments = parser.parse_args()
    state = State(arguments.state)
    try:
        is_same = _campaign(arguments, state)
    except KeyboardInterrupt:
        is_same = False
    print(state.table())
    return 0 if is_same else 1


def _campaign(arguments: argparse.Namespace, state: State) -> bool:
    """True if no program differs, those of earlier runs included."""
    backend = arguments.backend
    back_end, report, told = machine(backend), state.report(backend), time.monotonic()
    end = arguments.seed + arguments.programs
    for seed in range(state.next(backend, arguments.seed), end):
        before = len(report.failures)
        choices = try_seed(seed, back_end, report)
        state.save(backend, seed + 1)
        if len(report.failures) > before:
            print(f"seed {seed}: {report.failures[-1][1]}", flush=True)
            if arguments.shrink:
                print(smallest(choices, seed, back_end))
                return False
        if time.monotonic() - told > TELL_S:
            told = time.monotonic()
            differ = len(report.failures)
            print(f"{backend}: seed {seed}, {end - seed - 1:,} to go, {differ} differ", flush=True)
    return not report.failures


if __name__ == "__main__":
    sys.exit(main())
