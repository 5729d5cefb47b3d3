"""Small parts of the MicroPython runtime that need no virtual machine: traces and the cost of steps."""

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sortyard.vm.step_cost import BUCKET_FUEL, StepCostMeter
from sortyard.vm.trace import batches, turns


def trace_of(counts):
    trace = array("i")
    for step, count in enumerate(counts):
        trace.extend([count, 2 * step, 1000 * step])
        trace.extend([1, 0, step, 0, 0] * count)
    return trace


def cost_of(fuels, overhead=0):
    meter = StepCostMeter()
    meter.overhead_fuel = overhead
    for fuel in fuels:
        meter.add(fuel)
    return meter.result()


@given(st.lists(st.integers(0, 7), max_size=30), st.integers(1, 200))
def test_batches_are_whole_turns_and_together_the_trace(counts, max_ints):
    trace = trace_of(counts)
    steps = list(turns(trace))
    runs = list(batches(trace, max_ints))
    assert [end - start for start, end in steps] == [3 + 5 * count for count in counts]
    assert [start for start, _ in runs[1:]] == [end for _, end in runs[:-1]]
    assert sum(end - start for start, end in runs) == len(trace)
    borders = {start for start, _ in steps} | {len(trace)}
    for start, end in runs:
        assert {start, end} <= borders
        assert end - start <= max_ints or (start, end) in steps


@pytest.mark.parametrize("damaged", [[1, 0, 0, 7], [-1, 0, 0], [0, 0], [0, 0, 0, 9, 0, 0]])
def test_a_damaged_trace_is_refused(damaged):
    with pytest.raises(ValueError, match="the trace is damaged at integer"):
        list(turns(array("i", damaged)))


def test_cost_names_the_worst_step_and_takes_the_loop_off():
    cost = cost_of([1000, 5000, 3000, 5000], overhead=400)
    assert (cost.steps, cost.mean_fuel, cost.worst_fuel, cost.worst_index) == (4, 3100, 4600, 1)


def test_one_step_in_a_thousand_is_beyond_the_percentile():
    rare = cost_of([20_000] * 9990 + [90_000] * 10)
    common = cost_of([20_000] * 9980 + [90_000] * 20)
    assert 20_000 <= rare.p999_fuel < 20_000 + BUCKET_FUEL
    assert common.p999_fuel == 90_000


@given(st.lists(st.integers(0, 3_000_000), min_size=1, max_size=200))
def test_percentile_lies_between_the_sorted_values(fuels):
    cost = cost_of(fuels)
    assert cost.mean_fuel <= cost.worst_fuel == max(fuels)
    assert min(fuels) <= cost.p999_fuel <= max(fuels)
    assert fuels.index(max(fuels)) == cost.worst_index


def test_without_steps_there_is_no_worst_one():
    cost = cost_of([])
    assert (cost.steps, cost.mean_fuel, cost.p999_fuel, cost.worst_index) == (0, 0.0, 0, -1)
