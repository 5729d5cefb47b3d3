"""Memory does not grow with the number of parcels unless events are asked for."""

import subprocess
import sys

PROGRAM = """
import resource
from sortyard.config.examples import line_file_of
from sortyard.config.site import load_site
from sortyard.sim.arrivals import GeneratedParcels
from sortyard.sim.run import Settings, simulate
from sortyard.sim.stress import all_faults

site = load_site(line_file_of("hub16"))
for parcels in (4_000, 40_000):
    simulate(site, GeneratedParcels(site, parcels, 1), Settings(seed=1, faults=all_faults()))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_ten_times_the_parcels_take_no_more_memory() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, timeout=120
    )
    few_kib, many_kib = map(int, done.stdout.split())

    assert many_kib - few_kib < 4096
