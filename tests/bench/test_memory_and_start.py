"""What a user waits for and what a long run takes: `sortyard --help`, and memory by the number of parcels."""

import resource
import subprocess
import sys
from pathlib import Path
from statistics import median

import pytest

MOST_HELP_S = 0.3
MOST_GROWTH_KIB = 2048
SORTYARD = Path(sys.executable).with_name("sortyard")
PROGRAM = """
import resource, sys
from sortyard.config.examples import line_file_of
from sortyard.config.site import load_site
from sortyard.sim.arrivals import GeneratedParcels
from sortyard.sim.run import Settings, simulate
from sortyard.sim.stress import all_faults

site = load_site(line_file_of("hub16"))
faults = all_faults() if sys.argv[1] == "all" else {}
for parcels in (20_000, 200_000, 1_000_000):
    assert simulate(site, GeneratedParcels(site, parcels, 1), Settings(seed=1, faults=faults)).parcels == parcels
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def children_s() -> float:
    """Processor time of all child processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.mark.benchmark(timer=children_s)
def test_help_is_there_at_once(benchmark) -> None:
    benchmark.pedantic(
        subprocess.run, args=([SORTYARD, "--help"],), kwargs={"check": True, "capture_output": True}, rounds=7
    )
    help_s = median(benchmark.stats.stats.data)
    print(f"\nsortyard --help: {help_s:.2f} s of processor time")
    assert help_s < MOST_HELP_S


@pytest.mark.parametrize("faults", ["none", "all"])
def test_a_million_parcels_take_no_more_memory_than_200_000(faults: str) -> None:
    """The first 200,000 fill what has a fixed size: the allocator's pools, and stories up to so many of each kind."""
    done = subprocess.run([sys.executable, "-c", PROGRAM, faults], capture_output=True, text=True, check=True)
    few_kib, more_kib, most_kib = map(int, done.stdout.split())
    told = ", ".join(f"{kib / 1024:.1f}" for kib in (few_kib, more_kib, most_kib))
    print(f"\nfaults {faults}: peak memory for 20,000, 200,000 and 1,000,000 parcels: {told} MiB")
    assert most_kib - more_kib < MOST_GROWTH_KIB
