"""Several virtual boards and one plant on one clock, each board in a thread of its own, one at a time.

A board is never let go beyond the time at which another one is: it says how far the world may go (`wait`), and the one
that is furthest behind is let go first, of two at the same time the first one. So what happens does not depend on the
threads, and every run is the same.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Condition


class Lockstep:
    """`move(to_us)` lets the world go on to that time, or to its next event before that, and returns where it stands;
    `poked` are the boards that have to look at once. What it raises, all boards get out of `wait`."""

    def __init__(self, boards: int, now_us: int, move: Callable[[int], int]) -> None:
        self.now_us = now_us
        self.poked: set[int] = set()
        self._move = move
        self._want: dict[int, int] = dict.fromkeys(range(boards), now_us)
        self._holder = -1
        self._ending: BaseException | None = None
        self._change = Condition()

    def enter(self, board: int) -> None:
        """Begin when it is this board's turn; the last one to come lets the first one go."""
        with self._change:
            while self._holder != board:
                self._change.wait()

    def begin(self) -> None:
        """Let the first board go."""
        with self._change:
            self._hand_on()

    def wait(self, board: int, to_us: int) -> int:
        """Until the world has come to `to_us`, or something has happened to this board before; where it stands."""
        with self._change:
            self._want[board] = to_us
            self._hand_on()
            while self._holder != board:
                self._change.wait()
            if self._ending is not None:
                raise type(self._ending)(*self._ending.args)
            return self.now_us

    def leave(self, board: int) -> None:
        """This board will not go on any more."""
        with self._change:
            del self._want[board]
            if self._want:
                self._hand_on()

    def fail(self, error: BaseException) -> None:
        """End everybody's run."""
        with self._change:
            self._ending = error

    def _hand_on(self) -> None:
        while True:
            want_us, board = min((want_us, board) for board, want_us in self._want.items())
            if want_us <= self.now_us or self._ending is not None:
                self._holder = board
                self._change.notify_all()
                return
            try:
                self.now_us = self._move(want_us)
            except BaseException as ending:  # Ctrl-C, too
                self._ending = ending
            for board in self.poked & self._want.keys():
                self._want[board] = min(self._want[board], self.now_us)
            self.poked.clear()
