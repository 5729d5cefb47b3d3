"""The compiled part of a virtual board's turn: what falls due when, and what it refuses."""

from array import array

import pytest
from board_bench import Bench

from sortyard.vm.board_shim import image_layout as at
from sortyard.vm.edge_counters import EdgeCounters
from sortyard.vm.step_cost import BUCKET_FUEL, StepCostMeter
from sortyard_c.board_turns import BoardTurns
from sortyard_c.fuel_meter import FuelMeter
from sortyard_c.guest_calls import FuelClock
from sortyard_c.watch import Watch

SLEEPER = """
from time import sleep_us
while True:
    sleep_us(1000)
"""


def unwired() -> BoardTurns:
    """A board whose guest has told nothing yet."""
    return BoardTurns(None, StepCostMeter(), FuelClock(187), EdgeCounters(lambda _pin: 0))


def test_what_falls_due_at_one_time_happens_in_the_order_in_which_it_was_asked_for_and_never_early():
    happened: list[tuple[str, int]] = []

    def begin(bench: Bench) -> None:
        for name, us in (("late", 5000), ("first", 2500), ("second", 2500), ("early", 100)):
            bench.after(us, lambda time_us, name=name: happened.append((name, time_us - bench.zero_us)))
        bench.after(
            2500, lambda _us: bench.after(5000, lambda us: happened.append(("then", us - bench.zero_us)))
        )

    Bench(SLEEPER, begin, until_us=10_000).run()
    assert happened == [("early", 100), ("first", 2500), ("second", 2500), ("late", 5000), ("then", 5000)]


def test_every_sleep_of_the_program_is_a_turn_and_is_metered():
    bench = Bench(SLEEPER, until_us=50_000).run()
    assert 48 <= bench.board.turns <= 53
    cost = bench.meter.result()
    assert bench.board.turns - 2 <= cost.steps <= bench.board.turns
    assert 0 < cost.mean_fuel <= cost.worst_fuel


def test_an_input_keeps_the_level_that_it_was_driven_to_last():
    board = unwired()
    for pin in (0, 29, 30, 49):
        board.set_pin(pin, 1, 0)
        board.set_pin(pin, True, 0)
        assert board.level(pin) == 1
    board.set_pin(30, 0, 0)
    assert [board.level(pin) for pin in (0, 29, 30, 49, 1)] == [1, 1, 0, 1, 0]


def test_levels_that_were_driven_before_the_guest_began_are_shown_to_it():
    board, state = unwired(), array("i", bytes(4 * at.SIZE))
    board.set_pin(2, 1, 0)
    board.set_pin(at.PORT_PINS + 1, 1, 0)
    board.share(state, Watch([]))
    assert (state[at.IN_LEVELS], state[at.IN_LEVELS + at.HIGH]) == (1 << 2, 1 << 1)


def test_a_state_that_is_too_short_is_refused():
    with pytest.raises(ValueError, match="no board's state"):
        unwired().share(array("i", bytes(4 * at.SIZE - 4)), Watch([]))


def test_a_guest_that_sleeps_before_it_has_told_where_its_state_stands_is_refused():
    with pytest.raises(RuntimeError, match="has not told"):
        unwired().take_turn()


def test_a_meter_counts_steps_in_the_bucket_that_holds_them():
    meter = FuelMeter(4)
    meter.overhead_fuel = 10
    for fuel in (0, 10, 11, 10 + BUCKET_FUEL, 11 + BUCKET_FUEL, 10**9):
        meter.add(fuel)
    assert list(meter.histogram) == [2, 2, 1, 1]
    assert (meter.steps, meter.worst, meter.worst_index) == (6, 10**9 - 10, 5)


def test_a_meter_without_buckets_is_refused():
    with pytest.raises(ValueError, match="one bucket"):
        FuelMeter(0)
