"""Boards in threads of their own on one clock: what happens does not depend on the threads."""

import time
from collections.abc import Callable
from random import Random
from threading import Barrier, Thread

import pytest

from sortyard.sim.lockstep import COMPUTE_US, Lockstep
from sortyard_c.turns import Turns


class Over(Exception):
    pass


def run(
    paces: dict[int, int],
    until_us: int,
    poke: dict[int, int] | None = None,
    compute: Callable[[int], None] | None = None,
    late: list[int] | None = None,
) -> list[tuple[int, int]]:
    """Boards that wait for so long each time, and `compute` aside in between: (board, time) in the order of effects.

    `late` gets how long after it was let go each board's effects came.
    """
    went: list[tuple[int, int]] = []
    due = dict(poke or {})

    def move(to_us: int) -> int:
        if to_us > until_us:
            raise Over
        for at_us in sorted(due):
            if at_us < to_us:
                steps.poked.add(due.pop(at_us))
                return at_us
        return to_us

    def live(board: int) -> None:
        steps.enter(board)
        try:
            while True:
                reached = steps.wait(board, steps.now_us + paces[board])
                if compute is not None:
                    steps.let_go(board)
                    Turns.leave_call()
                    compute(board)
                    steps.come_back(board)
                    if late is not None:
                        late.append(steps.now_us - reached)
                went.append((board, reached))
        except Over:
            steps.leave(board)

    steps = Lockstep(len(paces), 0, move)
    lives = [Thread(target=live, args=(board,)) for board in paces]
    for life in lives:
        life.start()
    steps.begin()
    for life in lives:
        life.join(10)
        assert not life.is_alive()
    return went


def test_the_board_that_is_furthest_behind_goes_first():
    assert run({0: 3, 1: 2}, 6) == [(1, 2), (0, 3), (1, 4), (0, 6), (1, 6)]


def test_every_run_is_the_same():
    assert len({tuple(run({0: 3, 1: 5, 2: 4}, 60)) for _ in range(5)}) == 1


def test_a_board_to_which_something_happens_looks_at_once_and_the_others_sleep_on():
    assert run({0: 10, 1: 10}, 20, {4: 1}) == [(1, 4), (0, 10), (1, 14), (0, 20)]


def test_boards_that_are_awake_at_the_same_time_compute_at_the_same_time():
    together = Barrier(3, timeout=5)  # nobody gets by alone

    def wait_for_all(_board: int) -> None:
        together.wait()

    went = run({0: 1000, 1: 1000, 2: 1000}, 3500, compute=wait_for_all)
    assert went[:3] == [(0, 1000), (1, 1000), (2, 1000)]
    assert not together.broken


def test_what_boards_have_computed_has_its_effects_in_the_same_order_however_long_it_took():
    def compute(_board: int) -> None:
        time.sleep(delays.random() / 1000)

    runs = set()
    for seed in range(5):
        delays = Random(seed)
        runs.add(tuple(run({0: 300, 1: 500, 2: 400}, 20_000, compute=compute)))
    assert len(runs) == 1


def test_what_a_board_has_computed_has_its_effects_in_time():
    late: list[int] = []
    run({0: 1000, 1: 10, 2: 333}, 5000, compute=lambda _board: None, late=late)
    assert set(late[:-3]) == {COMPUTE_US}  # in the end everybody is let go
    assert len(late) > 90


def test_what_ends_the_world_ends_every_board():
    steps = Lockstep(1, 0, lambda to_us: (_ for _ in ()).throw(Over))
    steps.begin()
    steps.enter(0)
    with pytest.raises(Over):
        steps.wait(0, 5)


class Told(Exception):
    """Made of two things, of which it keeps the sum."""

    def __init__(self, one: int, other: int) -> None:
        super().__init__(one + other)


def test_what_ends_the_world_is_told_as_it_is():
    """It was made anew from its arguments: a line that had stood too long ended in a TypeError."""
    steps = Lockstep(1, 0, lambda to_us: (_ for _ in ()).throw(Told(1, 2)))
    steps.begin()
    steps.enter(0)
    with pytest.raises(Told, match="3"):
        steps.wait(0, 5)
