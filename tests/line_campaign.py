"""Random programs on the simulated line: whatever a program asks for, what never must happen does not.

    PYTHONPATH=tests .venv/bin/python -m line_campaign 10000 [--first N] [--jobs N] [--forced]

Each seed is a program of its own, on a line, with parcels and faults that the seed draws too. Violations are told with
their seed; a run that violates nothing is told in the figures. With --forced each run forces variables, too.
"""

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import NamedTuple

from random_line_programs import random_forces, random_programs
from sim_runs import example

from sortyard.cli.stress_pool import end_with_parent
from sortyard.config.line import Program
from sortyard.plc.c.machine import CMachine
from sortyard.plc.forces import read_forces
from sortyard.plc.line.load import load_program
from sortyard.plc.machine import Machine
from sortyard.sim.arrivals import GeneratedParcels
from sortyard.sim.faults import FAULTS, FaultSetting
from sortyard.sim.result import SimResult
from sortyard.sim.run import Settings, simulate

LINES = {"hub16": 24, "cascade": 16, "starter": 8, "tandem": 12}
"""Parcels of a run on each: so many that they are on the line while the program is wild."""


TOGETHER = 20
"""Programs that are compiled together."""


class Outcome(NamedTuple):
    """What came of one program."""

    seed: int
    line: str
    never: dict[str, int]
    counts: Counter[str]


class _OneOf:
    """A machine that runs one task of several as if it were the only one."""

    def __init__(self, inner: Machine, task: int) -> None:
        self.inner, self.task, self.memory = inner, task, inner.memory

    def run(self, task: int, budget: int) -> None:
        self.inner.run(self.task, budget)


@cache
def _settings(seed: int) -> Settings:
    """Odd seeds with every fault, ten times as often as by default."""
    rates = {fault.name: FaultSetting(min(10 * fault.per_million, 200_000)) for fault in FAULTS.values()}
    return Settings(seed=seed, faults=rates if seed % 2 else {})


def run_programs(
    name: str, seeds: Sequence[int], optimise: str = "-O0", is_forced: bool = False
) -> Iterator[SimResult]:
    """Run the random programs of those seeds on an example line, one after the other, perhaps with random forces.

    They are compiled together, which takes less time than each for itself, and not for speed: they run for a few
    thousand scans.
    """
    site = example(name)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "wild.st"
        path.write_text(random_programs(site, seeds), encoding="utf-8")
        line = site.line.model_copy(update={"program": Program(file=str(path))})
        site = replace(site, located=replace(site.located, model=line))
        bound = load_program(site)
        assert bound is not None
        os.environ["SORTYARD_CACHE"] = folder
        machine = CMachine(bound.compiled, optimise)
    fresh = bytes(machine.memory)
    for seed in seeds:
        machine.memory[:] = fresh
        task = next(i for i, one in enumerate(bound.compiled.tasks) if one.name == f"T{seed}")
        alone = replace(
            bound, compiled=replace(bound.compiled, tasks=[bound.compiled.tasks[task]]), watched=[]
        )
        one = _OneOf(machine, task)
        forces = read_forces(random_forces(site, seed), bound.compiled) if is_forced else ()
        settings = replace(_settings(seed), program=alone, plc_machine=lambda _, one=one: one, forces=forces)
        yield simulate(site, GeneratedParcels(site, LINES[name], seed), settings)


def outcomes(seeds: Sequence[int], is_forced: bool = False) -> list[Outcome]:
    """Run these seeds; the first one chooses the line."""
    name = Random(seeds[0]).choice(list(LINES))
    results = run_programs(name, seeds, is_forced=is_forced)
    return [_outcome(seed, name, result) for seed, result in zip(seeds, results, strict=True)]


def _outcome(seed: int, name: str, result: SimResult) -> Outcome:
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
            "forced": len(program.forced),
            "released": sum("released" in one for one in program.forcings),
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
    parser.add_argument("--forced", action="store_true")
    options = parser.parse_args()
    total: Counter[str] = Counter()
    violated: list[Outcome] = []
    begun = time.monotonic()
    with ProcessPoolExecutor(options.jobs, initializer=end_with_parent) as pool:
        last = options.first + options.programs
        chunks = [range(at, min(at + TOGETHER, last)) for at in range(options.first, last, TOGETHER)]
        for some in pool.map(outcomes, chunks, [options.forced] * len(chunks)):
            for one in some:
                total.update(one.counts)
                if one.never:
                    violated.append(one)
                    print(f"seed {one.seed} on {one.line}: {one.never}", flush=True)
            print(f"{total['programs']} programs, {time.monotonic() - begun:.0f} s", flush=True)
    for key, n in sorted(total.items()):
        print(f"{key:28} {n:>14,}")
    print(f"programs with a violation: {len(violated)}")
    return 1 if violated else 0


if __name__ == "__main__":
    sys.exit(main())
