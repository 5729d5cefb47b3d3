"""A counter that has never been above zero proves nothing: each one fires on a controller that is wrong."""

import pytest
from sim_runs import every_fault, example, nothing_forbidden, run
from wrong_controllers import misbehave

from sortyard.sim.faults import FaultSetting

SEEDS = (9, 7, 8, 10, 11)
SWAPS = {"parcel_lifted": FaultSetting(200_000), "parcel_thrown": FaultSetting(400_000)}
CASES = {
    "first_in_first_out": ("silent_missorts", {"parcel_lifted": FaultSetting(100_000)}, 150),
    # A parcel is taken off and another one laid into its place: only the length tells.
    "no_length_check": ("silent_missorts", SWAPS, 2000),
    "late_retract": ("gate_strikes", {}, 150),
    "double_disposition": ("doubly_disposed", {}, 50),
    "forgets_a_track": ("undisposed", {}, 50),
    "held_in_emergency_stop": ("estop_violations", {"estop": FaultSetting(30_000)}, 150),
}
"""Name -> the counter that must fire, the faults and the number of parcels that give it the occasion."""


@pytest.mark.parametrize("name", CASES)
def test_the_counter_fires_on_the_wrong_controller_and_not_on_the_honest_one(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter, faults, parcels = CASES[name]
    fired = []
    for seed in SEEDS:
        honest = run(example("hub16"), parcels, seed=seed, faults=faults, runtime="pure").result
        assert nothing_forbidden(honest), honest.never
        with monkeypatch.context() as patch:
            misbehave(patch, name)
            wrong = run(example("hub16"), parcels, seed=seed, faults=faults, runtime="pure").result
        if wrong.never[counter]:
            fired = [story for story in wrong.stories if story.is_violation]
            break

    assert fired


def test_no_counter_fires_with_every_fault_on() -> None:
    result = run(example("hub16"), 1500, seed=8, faults=every_fault()).result

    assert nothing_forbidden(result), result.never
    assert sum(n["injected"] > 0 for n in result.faults.values()) >= 20
    assert result.truth.untouched_sorted >= 0.98 * result.truth.untouched_parcels
