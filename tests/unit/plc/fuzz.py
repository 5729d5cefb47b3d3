"""Random and mutated Structured Text from a seed: no crash, no hang, and every message has a place.

python -m unit.plc.fuzz --sources 100000      (in tests/; `make test` runs a few)
"""

import argparse
import random
import signal
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from sortyard.plc.faults import PlcFault
from sortyard.plc.program import check_sources
from sortyard.plc.runtime import Runtime
from sortyard.plc.source import Source
from unit.plc.fuzz_sources import SIGNS, SOURCES, WORDS

MOST_SECONDS = 20
"""Of processor time: more than any source here may take; a hang takes longer."""


class Hang(BaseException):
    """A source that took too long."""


def survives(text: str, dialect: str) -> None:
    """Compile, look at each message, and run what has no errors."""
    compiled = check_sources([Source("f.st", text)], dialect)
    for item in compiled.diagnostics:
        assert 1 <= item.span.line <= text.count("\n") + 1
        assert item.span.column >= 1
        assert item.message
        assert "^" in item.render()
    if not compiled.has_errors:
        runtime = Runtime(compiled, budget=500)
        with suppress(PlcFault):
            runtime.scan(2)
        assert runtime.fault is None or runtime.fault.span is not None


def edited(text: str, edits: list[tuple[int, int, int, str]]) -> str:
    """The text with pieces removed, repeated, and words or characters put in."""
    for kind, at, length, word in edits:
        at %= len(text) + 1
        end = min(len(text), at + length)
        middle = ["", f" {word} ", text[at:end] * 3, SIGNS[length % len(SIGNS)], text[at:end] + word]
        text = text[:at] + middle[kind] + (text[at:] if kind in (1, 3) else text[end:])
    return text


def source_of(seed: int) -> tuple[str, str]:
    """Text and dialect: mostly an edited source, sometimes words or characters in any order."""
    draw = random.Random(seed)
    dialect = draw.choice(("strict", "codesys"))
    kind = draw.randrange(10)
    if kind == 0:
        return " ".join(draw.choice(WORDS) for _ in range(draw.randrange(60))), dialect
    if kind == 1:
        return "".join(
            chr(draw.choice((draw.randrange(128), draw.randrange(0x3000)))) for _ in range(80)
        ), dialect
    edits = [
        (draw.randrange(5), draw.randrange(4001), draw.randrange(1, 31), draw.choice(WORDS))
        for _ in range(draw.randrange(1, 7))
    ]
    return edited(draw.choice(SOURCES), edits), dialect


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
            survives(text, dialect)
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
