"""Several virtual boards and one plant on one clock, each board in a thread of its own, which has its turn or computes.

A board is never let go beyond the time at which another one is: it says how far the world may go (`wait`), and the one
that is furthest behind is let go first, of two at the same time the first one. While it computes it looks at nothing
outside (`let_go`): others are let go then, and compute at the same time on other cores. What it has computed has its
effects when its time comes (`come_back`), COMPUTE_US after it was let go, whenever its thread was done. So what happens
does not depend on the threads, and every run is the same on any number of cores.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import get_native_id

from sortyard.sim.cores import Cores
from sortyard_c.turns import Turns

COMPUTE_US = 50
"""No turn of a control loop is shorter. Where one is, its effects are late by what is missing."""

TRIES = 3000
"""How often a board's thread looks whether it is its turn before it sleeps; about 30 us."""


class Lockstep:
    """`move(to_us)` lets the world go on to that time, or to its next event before that, and returns where it stands;
    `poked` are the boards that have to look at once. What it raises, all boards get out of `wait`.

    One board has its turn at any time, or a thread on its way into it; nothing here is touched by any other one.
    """

    def __init__(self, boards: int, now_us: int, move: Callable[[int], int]) -> None:
        self.now_us = now_us
        self.poked: set[int] = set()
        self._move = move
        self._want: dict[int, int] = dict.fromkeys(range(boards), now_us)
        self._aside: set[int] = set()
        self._ending: BaseException | None = None
        self._turns = Turns(boards, 0)
        self._cores = Cores(now_us)

    def enter(self, board: int) -> None:
        """Begin, in the board's own thread, when it is its turn."""
        self._cores.join(get_native_id())
        self._turns.take(board)

    def begin(self) -> None:
        """Let the first board go."""
        self._turns.give(self._next())

    def wait(self, board: int, to_us: int) -> int:
        """Until the world has come to `to_us`, or something has happened to this board before; where it stands."""
        self._want[board] = min(to_us, self.now_us) if board in self.poked else to_us
        following = self._next()
        if following != board:
            self._turns.give_and_take(following, board)
        if self._ending is not None:
            raise type(self._ending)(*self._ending.args)
        return self.now_us

    def let_go(self, board: int) -> None:
        """This board computes as soon as it has left its guest's call, and does nothing else until it comes back."""
        self._cores.look(self.now_us)
        self._turns.tries = TRIES if self._cores.are_enough else 0
        self._want[board] = self.now_us + COMPUTE_US
        self._aside.add(board)
        self._turns.give_aside(self._next(), board)

    def come_back(self, board: int) -> None:
        """This board has computed, if it was let go: wait until that has its effects."""
        if board in self._aside:
            self._turns.take_back()
            self._aside.remove(board)

    def is_aside(self, board: int) -> bool:
        """Whether this board was let go, and what it computes has had no effects yet."""
        return board in self._aside

    def leave(self, board: int) -> None:
        """This board will not go on any more."""
        self.come_back(board)
        self._cores.leave(get_native_id())
        del self._want[board]
        if self._want:
            self._turns.give(self._next())

    def fail(self, error: BaseException) -> None:
        """End everybody's run."""
        self._ending = error

    def _next(self) -> int:
        """The board whose turn it is, once the world has gone on so far."""
        while True:
            want_us, board = min((want_us, board) for board, want_us in self._want.items())
            if want_us <= self.now_us or self._ending is not None:
                self.poked.discard(board)
                return board
            try:
                self.now_us = self._move(want_us)
            except BaseException as ending:  # Ctrl-C, too
                self._ending = ending
            for board in self.poked & self._want.keys() - self._aside:
                self._want[board] = min(self._want[board], self.now_us)
