"""Random programs on the simulated line: whatever a program asks for, what never must happen does not.

    PYTHONPATH=tests .venv/bin/python -m line_campaign 10000 [--first N] [--jobs N]

Each seed is a program of its own, on a line, with parcels and faults that the seed draws too. Violations are told with
their seed; a run that violates nothing is told in the figures.
"""

import argparse
import os
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import NamedTuple

from random_line_programs import random_program
from sim_runs import example

from sortyard.config.line import Program
from sortyard.plc.c import machine
from sortyard.plc.c.library import shared_library
from sortyard.plc.c.program import CSource
from sortyard.plc.line.load import load_program
from sortyard.sim.arrivals import GeneratedParcels
from sortyard.sim.faults import FAULTS, FaultSetting
from sortyard.sim.result import SimResult
from sortyard.sim.run import Settings, simulate

LINES = {"hub16": 24, "cascade": 16, "starter": 8}
"""Parcels of a run on each: so many that they are on the line while the program is wild."""


class Outcome(NamedTuple):
    """What came of one program."""

    seed: int
    line: str
    never: dict[str, int]
    counts: Counter[str]


def _quickly_built(source: CSource, optimise: str) -> Path:
    """A program of a few thousand scans is compiled for longer than it runs."""
    return shared_library(source, "-O0")


def run_program(name: str, seed: int, plc_backend: str = "c") -> SimResult:
    """The random program of that seed on an example line; odd seeds with every fault, ten times as often."""
    site = example(name)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "wild.st"
        path.write_text(random_program(site, seed), encoding="utf-8")
        line = site.line.model_copy(update={"program": Program(file=str(path))})
        site = replace(site, located=replace(site.located, model=line))
        bound = load_program(site)
    rates = {fault.name: FaultSetting(min(10 * fault.per_million, 200_000)) for fault in FAULTS.values()}
    settings = Settings(seed=seed, faults=rates if seed % 2 else {}, program=bound, plc_backend=plc_backend)
    return simulate(site, GeneratedParcels(site, LINES[name], seed), settings)


def outcome(seed: int) -> Outcome:
    """Run one seed."""
    machine.shared_library = _quickly_built
    name = Random(seed).choice(list(LINES))
    with TemporaryDirectory() as cache:
        os.environ["SORTYARD_CACHE"] = cache
        result = run_program(name, seed)
    program = result.program
    assert program is not None
    counts = Counter(
        {
            "programs": 1,
            "parcels": result.parcels,
            "sorted": result.sorted,
            "scans": program.scans,
            "simulated_s": result.simulated_us // 1_000_000,
            "stops": result.tally.stops,
            "plc_faults": len(program.faults),
        }
    )
    counts.update({f"request {kind}": n for kind, n in program.requests.items()})
    return Outcome(seed, name, {key: n for key, n in result.never.items() if n}, counts)


def main() -> int:
    """Run the campaign; 1 if anything was violated."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("programs", type=int)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    total: Counter[str] = Counter()
    violated: list[Outcome] = []
    begun = time.monotonic()
    with ProcessPoolExecutor(options.jobs) as pool:
        seeds = range(options.first, options.first + options.programs)
        for one in pool.map(outcome, seeds, chunksize=4):
            total.update(one.counts)
            if one.never:
                violated.append(one)
                print(f"seed {one.seed} on {one.line}: {one.never}", flush=True)
            if total["programs"] % 100 == 0:
                print(f"{total['programs']} programs, {time.monotonic() - begun:.0f} s", flush=True)
    for key, n in sorted(total.items()):
        print(f"{key:28} {n:>14,}")
    print(f"programs with a violation: {len(violated)}")
    return 1 if violated else 0


if __name__ == "__main__":
    sys.exit(main())
