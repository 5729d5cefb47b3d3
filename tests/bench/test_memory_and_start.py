"""What a user waits for and what a long run takes: `sortyard --help`, and memory by the number of parcels."""

import resource
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

import pytest

MOST_HELP_S = 0.3
MOST_GROWTH_KIB = 4096
SORTYARD = Path(sys.executable).with_name("sortyard")
PROGRAM = """
import resource
from sortyard.config.examples import line_file_of
from sortyard.config.site import load_site
from sortyard.sim.arrivals import GeneratedParcels
from sortyard.sim.run import Settings, simulate
from sortyard.sim.stress import all_faults

site = load_site(line_file_of("hub16"))
for parcels in (20_000, 200_000, 1_000_000):
    result = simulate(site, GeneratedParcels(site, parcels, 1), Settings(seed=1, faults=all_faults()))
    assert result.parcels == parcels
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


def test_a_million_parcels_take_no_more_memory_than_20_000() -> None:
    begun = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    peaks_kib = [int(line) for line in done.stdout.split()]
    told = ", ".join(f"{kib / 1024:.1f}" for kib in peaks_kib)
    print(
        f"\npeak memory for 20,000, 200,000 and 1,000,000 parcels: {told} MiB ({time.perf_counter() - begun:.0f} s)"
    )
    assert max(peaks_kib) - peaks_kib[0] < MOST_GROWTH_KIB
