"""A board's count of the belt beside the belt's: it begins at 0 with the boot, and runs back while the encoder lies.

counts = BoardCount(plant.position(), fresh_counts)
steps = counts.move(plant.position(), turn, is_reversed)   # counts since the last look; the encoder's wires follow
belt = counts.of_belt(position, turn)                      # what the board has told of this turn of its loop
"""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple

_HALF, _MASK = 0x0800_0000, 0x0FFF_FFFF
_LAG_TURNS = 16
"""From an edge to the message of what came of it, at most; else the message is of something else."""


class _Change(NamedTuple):
    """How far the belt's count was ahead of the board's from this turn on, and the board's count in it."""

    turn: int
    board: int
    ahead: int


class BoardCount:
    """One boot. Counts are modulo 2^28; `turn` is what the board's loop counts.

    `fresh_counts`: belt travel after which what was told is about what is there no more.
    """

    def __init__(self, position: int, fresh_counts: int) -> None:
        self.belt = position
        """the belt's count, as it has been on the encoder's wires"""
        self._ahead = position
        self._fresh_counts = fresh_counts
        self._changes = [_Change(0, 0, position)]
        """also those of the turns behind each lie, in which the count comes by there again"""
        self._until = 0

    def move(self, position: int, turn: int, is_reversed: bool) -> int:
        """The belt is at `position` before the next turn; counts since the last look, below 0: backwards."""
        steps = ((position - self.belt + _HALF) & _MASK) - _HALF
        self.belt = position
        if is_reversed:
            self._ahead += 2 * steps
            self._until = turn + _LAG_TURNS
        if steps and turn < self._until:
            self._changes.append(_Change(turn, (position - self._ahead) & _MASK, self._ahead))
        return steps

    def of_belt(self, position: int, turn: int | None = None) -> int:
        """The belt's count when the board's was `position`, told of that turn or, without one, just now.

        While the encoder lies a count comes twice and thrice; what is told may be some turns old.
        """
        changes = self._changes
        place = len(changes) if turn is None else bisect_right(changes, turn, key=lambda one: one.turn)
        best = changes[place - 1]
        off = _between(best.board, position)
        while off and place and turn is not None and turn - changes[place - 1].turn < _LAG_TURNS:
            place -= 1
            if _between(changes[place].board, position) < off:
                best = changes[place]
                off = _between(best.board, position)
        return (position + best.ahead) & _MASK

    @staticmethod
    def is_since(position: int, then: int) -> bool:
        """Whether the belt came to `position` when it had been at `then`, or later."""
        return (position - then) & _MASK <= _MASK >> 1

    def is_fresh(self, position: int, now: int | None = None) -> bool:
        """Whether the belt, at `now` of its own counts or where it is, was at `position` just before."""
        return ((self.belt if now is None else now) - position) & _MASK <= self._fresh_counts


def _between(one: int, other: int) -> int:
    way = (one - other) & _MASK
    return min(way, -way & _MASK)
