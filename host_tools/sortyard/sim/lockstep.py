"""Several virtual boards and one plant on one clock, each board in a thread of its own, which has its turn or computes.

A board is never let go beyond the time at which another one is: it says how far the world may go (`wait`), and the one
that is furthest behind is let go first, of two at the same time the first one. While it computes it looks at nothing
outside (`let_go`): others are let go then, and a crew computes for them on other cores meanwhile. What a board has
computed has its effects when its time comes (`come_back`), COMPUTE_US after it was let go, whoever has computed it.
So what happens does not depend on the threads, and every run is the same on any number of cores.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread, get_native_id

from sortyard.sim.cores import Cores, crew_for
from sortyard_c.crew import Crew
from sortyard_c.steps import Steps

COMPUTE_US = 50
"""No turn of a control loop is shorter. Where one is, its effects are late by what is missing."""


class Lockstep(Steps):
    """Boards that `wait`, go aside and come back as `Steps` has it; nothing here is touched by one that has no turn."""

    now_us: int

    def __init__(self, boards: int, now_us: int, _move: Callable[[int], int]) -> None:
        self._cores = Cores(now_us)
        self.crew = Crew(boards, crew_for(boards))
        """for the guests of the boards"""
        self._helpers = [Thread(target=self.crew.work, args=(n,), daemon=True) for n in range(self.crew.size)]

    def enter(self, board: int) -> None:
        """Begin, in the board's own thread, when it is its turn."""
        self._cores.join(get_native_id())
        self.turns.take(board)

    def begin(self) -> None:
        """Let the first board go."""
        for helper in self._helpers:
            helper.start()
            assert helper.native_id is not None, "it has begun"
            self._cores.join_crew(helper.native_id)
        self.give_next()

    def end(self) -> None:
        """All boards have left."""
        self.crew.close()
        for helper in self._helpers:
            helper.join()

    def let_go(self, board: int) -> None:
        """This board computes as soon as it has left its guest's call, and does nothing else until it comes back."""
        now_us = self.now_us
        self._cores.look(now_us)
        self.crew.is_at_work = not self._cores.is_one
        self.aside(board, now_us + COMPUTE_US)

    def leave(self, board: int) -> None:
        """This board will not go on any more."""
        self.come_back(board)
        self._cores.leave(get_native_id())
        self.end_of(board)

    def fail(self, error: BaseException) -> None:
        """End everybody's run."""
        self.ending = error
