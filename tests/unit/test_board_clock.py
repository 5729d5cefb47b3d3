"""The board's clock against the host's: whatever the delays and the drift, the time told is as far off as it says."""

from hypothesis import example, given
from hypothesis import strategies as st

from sortyard.device.clock import MOST_DRIFT, BoardClock, TurnClock

TRIPS = st.lists(
    st.tuples(
        st.integers(1, 5_000_000), st.integers(0, 60_000), st.integers(0, 30_000), st.integers(0, 60_000)
    ),
    min_size=1,
    max_size=40,
)
"""(pause, way there, time on the board, way back) of each round trip, microseconds"""


class Board:
    """A clock that began at another time and runs fast by `drift`."""

    def __init__(self, ahead_us: int, drift: float) -> None:
        self.ahead_us, self.drift = ahead_us, drift

    def at(self, host_us: float) -> int:
        return round(host_us * (1 + self.drift) + self.ahead_us)


@given(
    TRIPS,
    st.integers(0, 10**9),
    st.floats(-0.9 * MOST_DRIFT, 0.9 * MOST_DRIFT),
    st.integers(-10_000_000, 100_000_000),
)
@example([(1, 0, 3182, 0)], 0, 157e-6, 0)
def test_the_uncertainty_that_is_stated_holds(trips, ahead_us, drift, later_us):
    board, clock, now = Board(ahead_us, drift), BoardClock(), 0
    for pause, there, on_board, back in trips:
        now += pause
        heard, told = now + there, now + there + on_board
        answered = told + back
        clock.sample(now, board.at(heard), board.at(told), answered)
        now = answered
    moment = max(0, now + later_us)
    found = clock.host_us(board.at(moment))
    assert found is not None
    told_us, error_us = found
    assert abs(told_us - moment) <= error_us + 1


def test_a_quick_round_trip_is_believed_and_drift_is_learnt():
    board, clock = Board(12_345_678, 50e-6), BoardClock()
    for number in range(60):
        asked = 2_000_000 * number
        slow = 20_000 if number % 7 else 0
        heard = asked + 300 + slow
        clock.sample(asked, board.at(heard), board.at(heard + 100), heard + 400)
    assert abs(clock.drift - 50e-6) < 10e-6
    assert clock.drift_error < 20e-6
    found = clock.host_us(board.at(119_000_000))
    assert found is not None
    assert abs(found[0] - 119_000_000) < 500
    assert found[1] < 1500


def test_a_round_trip_that_contradicts_itself_is_left_out():
    clock = BoardClock()
    clock.sample(1000, 500, 900, 1100)  # it was told 400 later than heard, and all took 100
    assert not clock.is_set
    assert clock.host_us(0) is None


def test_a_turn_has_the_time_that_the_board_tells_of_it_over_any_wrap_of_its_counters():
    turns = TurnClock()
    assert turns.ticks(5) is None
    for number in range(0, 400_000, 250):  # 400 s: the clock wraps at 268 s
        turns.pair(number, (7_000_000 + 1000 * number) % (1 << 28))
    assert turns.ticks(399_000) == (7_000_000 + 399_000_000, 1000)
    assert turns.ticks(399_990) == (7_000_000 + 399_990_000, 1000)


@given(st.lists(st.integers(0, 5000), min_size=1, max_size=30), st.data())
def test_turns_that_came_late_are_within_what_is_stated(late, data):
    turns, begun, now = TurnClock(), [], 0
    for us in late:
        for _ in range(10):
            begun.append(now)
            now += 1000
        now += us
    for number in range(0, len(begun), 10):
        turns.pair(number, begun[number] % (1 << 28))
    last = 10 * (len(late) - 1)
    turn = data.draw(st.integers(0, last))
    told = turns.ticks(turn)
    assert told is not None
    assert abs(told[0] - begun[turn]) <= told[1]
