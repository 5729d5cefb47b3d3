"""Random and mutated inputs for every parser of the firmware; a campaign that was interrupted goes on where it was.

    python tests/fuzz.py 1000000 [seed [frames modbus image gm65 ...]]

Inputs come in pieces, each with random numbers of its own, so that a piece is the same wherever it is run. How far each
parser is stands in build/fuzz, in a file for each seed, size and state of the sources. What does not hold is told with
its piece, and the next parser's turn comes.
"""

import json
import sys
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from pathlib import Path
from random import Random
from time import monotonic

import firmware_fuzz
import scanner_noise

from parity import link_fuzz
from sortyard.config.driver_tables import drivers_of

PIECE = 1000
"""Inputs of one program of a virtual machine: 1,700 of the slowest parser take what one may use without a call."""
TELL_S = 30.0
ROOT = Path(__file__).parent.parent
SOURCES = (
    "firmware/**/*.py",
    "host_tools/sortyard/sim/*.py",
    "tests/*fuzz.py",
    "tests/*noise.py",
    "tests/parity/*fuzz.py",
)

Target = Callable[[int, int], object]
"""Throws so many inputs at a parser, by a seed; what does not hold is an exception."""


def _frames(inputs: int, seed: int) -> None:
    random = Random(seed).random
    link_fuzz.campaign(lambda limit: int(random() * limit), inputs)


def _scanner(name: str, inputs: int, seed: int) -> None:
    outcome = scanner_noise.campaign(drivers_of("scanner")[name], inputs, seed)
    assert outcome.codes >= inputs, outcome


def targets() -> dict[str, Target]:
    """All parsers by name."""
    scanners = {name: partial(_scanner, name) for name in drivers_of("scanner")}
    firmware = {name: partial(firmware_fuzz.campaign, name) for name in ("modbus", "image")}
    return {"frames": _frames, **firmware, **scanners}


class Progress:
    """Inputs that each parser has stood, kept in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.done: dict[str, int] = json.loads(path.read_text()) if path.exists() else {}

    def keep(self, name: str, done: int) -> None:
        """Write it at once, by a second file: an interrupted one is whole."""
        self.done[name] = done
        self._path.parent.mkdir(parents=True, exist_ok=True)
        begun = self._path.with_suffix(".new")
        begun.write_text(json.dumps(self.done))
        begun.replace(self._path)


def run(name: str, target: Target, inputs: int, seed: int, progress: Progress) -> bool:
    """The rest of a parser's inputs; tells how it goes, and whether all have been stood."""
    began, first = monotonic(), progress.done.get(name, 0)
    told = began
    for done in range(first, inputs, PIECE):
        piece = min(PIECE, inputs - done)
        try:
            target(piece, seed + 1000 * done)
        except Exception as error:
            print(f"{name}: FAILED with {piece} inputs, seed {seed + 1000 * done}: {error!r}", flush=True)
            return False
        progress.keep(name, done + piece)
        now = monotonic()
        if now - told >= TELL_S or done + piece == inputs:
            told, rate = now, (done + piece - first) / (now - began)
            left = round((inputs - done - piece) / rate)
            print(f"{name}: {done + piece:,} of {inputs:,} inputs, {rate:,.0f}/s, {left} s left", flush=True)
    return True


def state_of_sources() -> str:
    """A short name for what is tried."""
    digest = sha256()
    for path in sorted(one for pattern in SOURCES for one in ROOT.glob(pattern)):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def main(arguments: list[str]) -> int:
    """Campaigns of `inputs` inputs for the parsers that are named, or for all."""
    inputs = int(arguments[0])
    seed = int(arguments[1]) if len(arguments) > 1 else 1
    known = targets()
    progress = Progress(ROOT / "build" / "fuzz" / f"{seed}-{inputs}-{state_of_sources()}.json")
    stood = [run(name, known[name], inputs, seed, progress) for name in arguments[2:] or known]
    return 0 if all(stood) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
