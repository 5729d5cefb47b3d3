"""Traces recorded from simulated runs: what the plant gives the gate logic, with every fault and with none."""

from array import array
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from sites import on_one_board

from parity.runtimes import recorded_case
from parity.traces import MASK, Case
from sortyard.config.compile import gate_config
from sortyard.config.site import load_site
from sortyard.sim.arrivals import GeneratedParcels
from sortyard.sim.faults import FAULTS, FaultSetting
from sortyard.sim.run import Settings, simulate


def plant_inboxes(
    example: str, parcels: int, seed: int, *, faults: float = 1.0, is_every_ms: bool = False
) -> tuple[array, array]:
    """Simulate an example and return its gate configuration and every inbox.

    `faults` multiplies their default rates. The encoder's counter wraps some 200 m after the start.
    """
    path = Path(str(resources.files("sortyard") / "examples" / example / f"{example}.line.toml"))
    site = on_one_board(load_site(path))
    chosen = {
        fault.name: FaultSetting(min(1_000_000, int(fault.per_million * faults))) for fault in FAULTS.values()
    }
    settings = Settings(
        seed=seed,
        faults=chosen if faults else {},
        is_every_ms=is_every_ms,
        is_recording=True,
        first_count=MASK - 200_000,
    )
    result = simulate(site, GeneratedParcels(site, parcels, seed), settings)
    return gate_config(site.line, site.board_plan.groups), result.inboxes


def plant_case(example: str, parcels: int, seed: int, *, faults: float = 1.0) -> Case:
    """A recorded run of an example with what the pure runtime says to it."""
    config, inboxes = plant_inboxes(example, parcels, seed, faults=faults)
    return recorded_case(f"plant-{example}-{parcels}-{seed}-{faults}", config, inboxes)


def plant_cases(parcels: int) -> Iterator[Case]:
    """Recorded runs of the examples, `parcels` each: without faults, with all of them, and with ten times as many."""
    for example, faults in (
        ("hub16", 0.0),
        ("hub16", 1.0),
        ("hub16", 10.0),
        ("starter", 10.0),
        ("express64", 1.0),
    ):
        yield plant_case(example, max(parcels, 1), seed=1, faults=faults)
