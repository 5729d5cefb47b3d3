"""One source in every runtime: the same seed gives the same trace; and jumping equals stepping every millisecond."""

import pytest
from sim_runs import every_fault, example, run

FAULTS = {"none": {}, "all": every_fault()}


@pytest.mark.parametrize("faults", FAULTS)
def test_pure_and_compiled_leave_the_same_trace(faults: str) -> None:
    site = example("hub16")
    compiled = run(site, 250, seed=11, faults=FAULTS[faults])
    pure = run(site, 250, seed=11, faults=FAULTS[faults], runtime="pure")

    assert pure.records == compiled.records
    assert pure.result.trace_sha256 == compiled.result.trace_sha256


@pytest.mark.parametrize("faults", FAULTS)
def test_micropython_leaves_the_same_trace_and_allocates_nothing(faults: str) -> None:
    site = example("hub16")
    compiled = run(site, 120, seed=12, faults=FAULTS[faults])
    micropython = run(site, 120, seed=12, faults=FAULTS[faults], runtime="micropython")

    assert micropython.result.trace_sha256 == compiled.result.trace_sha256
    vm = micropython.result.vm
    assert vm is not None
    assert vm.bytes_allocated == 0
    assert 0 < vm.fuel_mean <= vm.fuel_p99_9 <= vm.fuel_worst


@pytest.mark.parametrize("faults", FAULTS)
@pytest.mark.parametrize("name", ["hub16", "starter"])
def test_jumping_to_the_next_due_step_equals_every_millisecond(name: str, faults: str) -> None:
    site = example(name)
    jumping = run(site, 400, seed=13, faults=FAULTS[faults])
    stepping = run(site, 400, seed=13, faults=FAULTS[faults], is_every_ms=True)

    assert stepping.records == jumping.records
    assert stepping.result.trace_sha256 == jumping.result.trace_sha256
    assert stepping.result.tally.steps > 2 * jumping.result.tally.steps


def test_a_seed_is_a_run() -> None:
    site = example("hub16")
    first, again = (run(site, 100, seed=14, faults=every_fault()).result for _ in range(2))
    other = run(site, 100, seed=15, faults=every_fault()).result

    assert first.to_json() | {"wall_s": 0} == again.to_json() | {"wall_s": 0}
    assert other.trace_sha256 != first.trace_sha256
