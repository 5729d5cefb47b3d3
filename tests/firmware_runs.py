"""Runs of a site with the firmware on virtual boards beside those of the gate logic alone, and how to compare them."""

from math import ceil

from sim_runs import Run

from sorter_core.gate_logic import GateLogic
from sortyard.config.compile import gate_config
from sortyard.config.site import Site
from sortyard.sim.arrivals import GeneratedParcels
from sortyard.sim.events import OUTPUT, Record
from sortyard.sim.faults import FaultSetting
from sortyard.sim.run import Runtime, Settings, simulate

EXTEND, RETRACT, GATE_HOLD, DISPOSITION = 1 + OUTPUT, 2 + OUTPUT, 3 + OUTPUT, 8 + OUTPUT
MASK, HALF = 0x0FFFFFFF, 0x08000000


def sorted_by(runtime: Runtime, parcels: int, seed: int, site: Site, **faults: int) -> Run:
    """The site's run, by "compiled" or by "firmware"; faults per million parcels."""
    records: list[Record] = []
    named = {name: FaultSetting(per_million) for name, per_million in faults.items()}
    settings = Settings(runtime=runtime, seed=seed, faults=named, on_records=records.extend)
    return Run(simulate(site, GeneratedParcels(site, parcels, seed), settings), records)


def dispositions(run: Run) -> dict[int, int]:
    """Track -> outcome, reason and chute."""
    return {one.p: one.q for one in run.records if one.kind == DISPOSITION}


def wrapped(counts: int) -> int:
    return ((counts + HALF) & MASK) - HALF


def commands(run: Run, site: Site) -> dict[tuple[int, int], int]:
    """(track or gate, command) -> belt travel since the last eye before the gate saw the parcel, in counts.

    That is the edge nearest to where a parcel of its place at the infeed comes to that eye. Where it was inducted says
    less: on its way to the belt from a meter that brakes it slips, and the two runs brake at different times.
    """
    logic = GateLogic(gate_config(site.line, site.board_plan.groups))
    origin = {one.q: one.s for one in run.events("INDUCTED")}
    edges: dict[int, list[int]] = {}
    for one in run.inputs("EYE_BLOCKED"):
        edges.setdefault(one.p, []).append(one.q)
    travels: dict[tuple[int, int], int] = {}
    owner: dict[int, int] = {}
    for one in run.records:
        if one.kind in (EXTEND, GATE_HOLD):
            owner[one.p] = one.q
        track = owner.get(one.p)
        if one.kind in (EXTEND, RETRACT) and track is not None:  # at first, arms are brought home for nobody
            eye = logic.gates.section[one.p] - 1
            due = origin[track] + logic.eyes.x[eye]
            seen = min((wrapped(edge - due) for edge in edges[eye]), key=abs)
            assert abs(seen) <= logic.eyes.window[eye]
            travels[track, one.kind] = wrapped(one.s - due) - seen
    return travels


def differences(plain: Run, board: Run, site: Site) -> list[float]:
    """For each gate command how many periods of the control loop too many it differs from the plain simulation's.

    One may be, in whole counts. A run ends when its last parcel has left: the gate that was moved last may be home by
    then in one run and not in the other.
    """
    expected, got = commands(plain, site), commands(board, site)
    alone = expected.keys() ^ got.keys()
    assert alone <= {(max(expected)[0], RETRACT)}
    period = site.line.belt.speed_mm_s / site.line.encoder.um_per_count
    return [
        max(0, abs(got[key] - expected[key]) - ceil(period)) / period for key in expected.keys() & got.keys()
    ]
