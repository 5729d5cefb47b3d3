"""Boards in threads of their own on one clock: what happens does not depend on the threads."""

from threading import Thread

import pytest

from sortyard.sim.lockstep import Lockstep


class Over(Exception):
    pass


def run(paces: dict[int, int], until_us: int, poke: dict[int, int] | None = None) -> list[tuple[int, int]]:
    """Boards that wait for so long each time: (board, time) in the order in which they went on."""
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


def test_what_ends_the_world_ends_every_board():
    steps = Lockstep(1, 0, lambda to_us: (_ for _ in ()).throw(Over))
    steps.begin()
    steps.enter(0)
    with pytest.raises(Over):
        steps.wait(0, 5)
