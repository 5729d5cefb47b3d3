"""What a turn of the control loop may cost on hub16, and a run with every fault that is judged by it.

Fuel counts the interpreter's instructions in the virtual machine; a millisecond of an RP2040 is about 187,000.
"""

from collections.abc import Sequence

from sim_runs import example

from sortyard.sim.arrivals import GeneratedParcels
from sortyard.sim.faults import FAULTS, WIRE_FAULTS, FaultSetting
from sortyard.sim.result import FirmwareFigures, SimResult
from sortyard.sim.run import Settings, simulate

MEAN_FUEL, WORST_FUEL = 75_000, 170_000


def busy_hub(parcels: int, seed: int, *, estop_at: int) -> SimResult:
    """hub16 on its virtual board with every fault, the emergency stop at least at parcel `estop_at` or soon after it:
    whoever is in his chute by then escapes it."""
    site = example("hub16")
    faults = {name: FaultSetting(fault.per_million) for name, fault in FAULTS.items()}
    faults["estop"] = FaultSetting(FAULTS["estop"].per_million, tuple(range(estop_at, estop_at + 4)))
    return simulate(
        site, GeneratedParcels(site, parcels, seed), Settings(runtime="firmware", seed=seed, faults=faults)
    )


def spoilt_hub(parcels: int, seed: int, every: int, names: Sequence[str] = tuple(WIRE_FAULTS)) -> SimResult:
    """hub16 on its virtual board with each of these faults in turn, one every so many parcels."""
    site = example("hub16")
    each = every * len(names)
    faults = {
        name: FaultSetting(0, tuple(range(4 + every * number, parcels, each)))
        for number, name in enumerate(names)
    }
    return simulate(
        site, GeneratedParcels(site, parcels, seed), Settings(runtime="firmware", seed=seed, faults=faults)
    )


def figures(result: SimResult) -> FirmwareFigures:
    assert result.firmware is not None
    return result.firmware


def judge(result: SimResult) -> None:
    """Every turn within its budget and in time but the first one of a boot, nothing allocated, nothing forbidden."""
    board = figures(result)
    assert board.fuel_mean <= MEAN_FUEL
    assert board.fuel_worst <= WORST_FUEL
    assert board.bytes_allocated == 0
    assert board.overruns <= result.tally.boots
    assert not any(result.never.values())
