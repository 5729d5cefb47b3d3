"""Random and mutated Structured Text from a seed: no crash, no hang, and every message has a place.

python -m unit.plc.fuzz --sources 100000      (in tests/; `make test` runs a few)
"""

import argparse
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from types import FrameType

from parity.plc.generate.choices import Choices
from parity.plc.generate.program import generate
from parity.plc.pairs import Pair
from sortyard.plc.c.machine import CMachine
from sortyard.plc.c.program import Generator
from sortyard.plc.diagnostics import Diagnostic, PlcSourceError
from sortyard.plc.faults import PlcFault
from sortyard.plc.machine import Machine
from sortyard.plc.mpy.machine import MicroPythonMachine
from sortyard.plc.mpy.module import Module
from sortyard.plc.program import Compiled, check_sources
from sortyard.plc.runtime import Runtime
from sortyard.plc.source import Source
from unit.plc.fuzz_edits import edited, exchanged
from unit.plc.fuzz_sources import SOURCES, UNITS, WORDS

BUDGET = 500
RUN_EVERY = 30
"""Of so many sources one is run by the other back ends too, if it has no errors."""
MOST_SECONDS = 20
"""Of processor time: more than any source here may take; a hang takes longer."""


class Hang(BaseException):
    """A source that took too long."""


def survives(text: str, dialect: str, back_ends: str = "") -> None:
    """Compile, look at each message, and run what has no errors.

    `back_ends`: "texts" has it compiled by the others too, "runs" also run there and compared with the reference.
    """
    compiled = check_sources([Source("f.st", text)], dialect)
    told(compiled.diagnostics, text)
    if compiled.has_errors:
        return
    runtime = Runtime(compiled, budget=BUDGET)
    with suppress(PlcFault):
        runtime.scan(2)
    assert runtime.fault is None or runtime.fault.span is not None
    if back_ends:
        Generator(compiled, 0).generate()
        try:
            Module(compiled, has_doubles=True).text()
        except PlcSourceError as refused:
            told(refused.diagnostics, text)
            return
    if back_ends == "runs":
        agree(compiled, lambda program: CMachine(program, "-O0"))
        agree(compiled, MicroPythonMachine)


def told(diagnostics: Sequence[Diagnostic], text: str) -> None:
    """Each message has a place in the source, and words."""
    for item in diagnostics:
        assert item.span.file == "f.st"
        assert 1 <= item.span.line <= text.count("\n") + 1
        assert item.span.column >= 1
        assert item.message
        assert "^" in item.render()


def agree(compiled: Compiled, back_end: Callable[[Compiled], Machine]) -> None:
    """Two scans on a back end; raises Difference where it is not the reference."""
    runtime = Runtime(compiled, budget=BUDGET, machine=lambda program: Pair(program, back_end))
    for _ in range(2):
        with suppress(PlcFault):
            runtime.scan()
        runtime.reset()


def source_of(seed: int) -> tuple[str, str]:
    """Text and dialect: mostly some units, also a random program or a whole source, edited or with words exchanged;
    and words or characters in any order."""
    draw = random.Random(seed)
    dialect = draw.choice(("strict", "codesys"))
    kind = draw.randrange(20)
    if kind == 0:
        return " ".join(draw.choice(WORDS) for _ in range(draw.randrange(60))), dialect
    if kind == 1:
        return "".join(
            chr(draw.choice((draw.randrange(128), draw.randrange(0x3000)))) for _ in range(80)
        ), dialect
    if kind < 4:
        text = generate(Choices(seed)) if kind == 2 else draw.choice(SOURCES)
    else:
        text = "\n".join(draw.choice(UNITS) for _ in range(draw.randrange(1, 4)))
    if seed % 3 == 0:
        return exchanged(text, draw.randrange(1, 4), draw), dialect
    edits = [
        (draw.randrange(5), draw.randrange(len(text) + 1), draw.randrange(1, 31), draw.choice(WORDS))
        for _ in range(draw.randrange(1, 7))
    ]
    return edited(text, edits), dialect


def back_ends_of(seed: int) -> str:
    """What the other back ends do with a seed's source: each third one has words exchanged."""
    if seed % RUN_EVERY == 0:
        return "runs"
    return "texts" if seed % 3 == 0 else ""


@contextmanager
def limited(seconds: int) -> Iterator[None]:
    """Raises Hang after so many seconds of processor time."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise Hang

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def failure_of(seed: int) -> str | None:
    """What went wrong with a seed's source, None if nothing did."""
    text, dialect = source_of(seed)
    try:
        with limited(MOST_SECONDS):
            survives(text, dialect, back_ends_of(seed))
    except Hang:
        return f"took more than {MOST_SECONDS} s"
    except Exception:
        return traceback.format_exc(limit=-3)
    return None


def main() -> int:
    """Exit code 1 if a source fails."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sources", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0, help="seed of the first source")
    arguments = parser.parse_args()
    failed, slowest = 0, (0.0, 0)
    for seed in range(arguments.seed, arguments.seed + arguments.sources):
        start = time.process_time()
        failure = failure_of(seed)
        slowest = max(slowest, (time.process_time() - start, seed))
        if failure is not None:
            failed += 1
            print(f"seed {seed}: {failure}", flush=True)
        if (seed + 1) % 5000 == 0:
            print(f"{seed + 1} sources, {failed} failed", flush=True)
    print(f"{arguments.sources} sources, {failed} failed; slowest {slowest[0]:.1f} s, seed {slowest[1]}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
