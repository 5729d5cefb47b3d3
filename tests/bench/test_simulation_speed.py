"""The compiled simulation of hub16 against the SimPy model of the same line: parcels a second, in one run.

The same parcels go through both, without faults in both or with all faults in both, the belt's physics in ours alone.
With faults in ours and none in SimPy's the comparison is not one of equals: it is here because it is harder.
"""

import time
from itertools import count

import pytest
from simpy_faults import PHYSICS, FaultyLine, Rate
from simpy_line import Layout, Parcel, SimpyLine

from bench.in_turns import InTurns
from sortyard.config.examples import line_file_of
from sortyard.config.site import Site, load_site
from sortyard.config.timing import gate_timings
from sortyard.sim.arrivals import GeneratedParcels
from sortyard.sim.faults import FAULTS
from sortyard.sim.run import Settings, simulate
from sortyard.sim.stress import all_faults

PARCELS = 20_000
ROUNDS = 9
SEED = 5


@pytest.fixture(scope="module")
def site() -> Site:
    return load_site(line_file_of("hub16"))


def simpy_layout(site: Site) -> Layout:
    """hub16 for the SimPy model: its eyes, gates and times; 20 ms for the host."""
    line, gates = site.line, gate_timings(site.line)
    eyes = sorted(eye.position_mm or 0 for eye in line.eye if eye.role == "verify")
    return Layout(
        speed_mm_s=line.belt.speed_mm_s,
        meter_mm=1650,
        gap_mm=line.infeed_meter.gap_mm if line.infeed_meter else 0,
        scanner_mm=line.scanner[0].position_mm,
        host_s=0.020,
        deadline_s=0.5,
        eye_mm=tuple(eyes),
        zone_mm=tuple(gate.zone_start_mm for gate in gates),
        zone_length_mm=gates[0].zone_end_mm - gates[0].zone_start_mm,
        lead_s=gates[0].lead_ms / 1000,
        extend_s=gates[0].gate.extend_ms / 1000,
        retract_s=gates[0].gate.retract_ms / 1000,
        confirm_mm=650,
        end_mm=line.belt.length_mm,
    )


def simpy_parcels(site: Site, number: int) -> list[Parcel]:
    """The very parcels of the simulation, with the gate that the plan gives them."""
    rows = GeneratedParcels(site, number, SEED).chunk(number)
    primary = [site.numbering.gate_of(site.numbering.chutes[group[0]]) for group in site.board_plan.groups]
    return [
        Parcel(rows[at + 1] / 1e6, rows[at + 2] / 1000, primary[rows[at + 7]])
        for at in range(0, len(rows), 8)
    ]


def fault_rates() -> dict[str, Rate]:
    """The catalogue for the SimPy model."""
    of_unit = {"us": 1e6, "ms": 1e3, "s": 1.0}
    rates = {}
    for fault in FAULTS.values():
        if fault.name not in PHYSICS:
            scale = of_unit.get(fault.unit, 1.0)
            rates[fault.name] = Rate(fault.per_million / 1e6, fault.low / scale, fault.high / scale)
    return rates


@pytest.mark.benchmark(timer=time.process_time)
@pytest.mark.parametrize(
    ("faults", "simpy_faults", "least_ratio"), [("none", "none", 10), ("all", "all", 10), ("all", "none", 9)]
)
def test_compiled_simulation_beats_simpy(
    benchmark, site: Site, faults: str, simpy_faults: str, least_ratio: float
) -> None:
    settings = Settings(seed=SEED, faults=all_faults() if faults == "all" else {})
    layout, parcels, rates = simpy_layout(site), simpy_parcels(site, PARCELS), fault_rates()

    def run_simpy() -> None:
        model = SimpyLine(layout) if simpy_faults == "none" else FaultyLine(layout, rates, SEED)
        model.run(parcels)
        assert sum(model.ended.values()) - model.ended.get("stray", 0) == PARCELS

    turns = InTurns(benchmark, simulate, run_simpy)
    result = turns.run(((site, GeneratedParcels(site, PARCELS, SEED), settings) for _ in count()), ROUNDS)

    ratio = turns.ratio()
    per_s, simpy_per_s = PARCELS / turns.ours_s(), PARCELS / turns.other_s()
    benchmark.extra_info.update(
        parcels_per_s=round(per_s), simpy_per_s=round(simpy_per_s), ratio=round(ratio, 1)
    )
    print(f"\nfaults {faults}: {per_s:,.0f} parcels/s")
    print(f"SimPy with faults {simpy_faults}: {simpy_per_s:,.0f} parcels/s, ratio {ratio:.1f}")
    assert result.parcels == PARCELS
    assert ratio >= least_ratio
