"""What a board has told of its own count is put where the belt was then, though its encoder lies for a while."""

import pytest

from sortyard.sim.board_count import BoardCount

MASK = 0x0FFFFFFF
COUNTS_A_TURN, LIES = 3, range(100, 250)


@pytest.mark.parametrize("first", [5000, MASK - 400])
@pytest.mark.parametrize("lag", [1, 5, 12, 5000])
def test_positions_told_before_while_and_after_the_encoder_lies_are_those_of_the_belt(first: int, lag: int):
    counts, board = BoardCount(first, 1000), 0
    latched = []
    for turn in range(1, 600):
        is_reversed = turn in LIES
        board += -COUNTS_A_TURN if is_reversed else COUNTS_A_TURN
        belt = (first + COUNTS_A_TURN * turn) & MASK
        assert counts.move(belt, turn, is_reversed) == COUNTS_A_TURN
        latched.append((turn, board & MASK, belt))
    turning = (LIES.start, LIES.stop)
    sure = [one for one in latched if all(abs(one[0] - at) > min(lag, 16) for at in turning)]
    if lag > 16:  # what is told so late says of which turn it is
        assert all(counts.of_belt(board, turn) == belt for turn, board, belt in sure)
    else:
        assert all(counts.of_belt(board, turn + lag) == belt for turn, board, belt in sure)
    assert len(sure) > 500
    assert counts.of_belt(latched[-1][1]) == latched[-1][2]


def test_what_the_belt_has_left_behind_is_not_fresh():
    counts = BoardCount(0, 1000)
    counts.move(5000, 1, False)
    assert counts.is_fresh(4000)
    assert not counts.is_fresh(3999)
    assert not counts.is_fresh(5001)
    assert counts.is_fresh(2000, now=3000)


@pytest.mark.parametrize("first", [0, 5000, MASK])
def test_counts_since_the_last_look_have_their_direction_across_the_wrap(first: int):
    counts = BoardCount(first, 1000)
    for turn, steps in enumerate((5, 0, -7, MASK >> 1, -(MASK >> 1), 3)):
        there = (counts.belt + steps) & MASK
        assert counts.move(there, turn, False) == steps
        assert counts.belt == there
