"""A board's count of the belt beside the belt's: it begins at 0 with the boot, and runs back while the encoder lies.

counts = BoardCount(plant.position(), fresh_counts)
steps = counts.move(plant.position(), turn, is_reversed)   # counts since the last look; the encoder's wires follow
belt = counts.of_belt(position, turn)                      # what the board has told of this turn of its loop
"""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple

from sortyard_c.belt_wires import MOST_LAG_TURNS, BeltCount

_MASK = 0x0FFF_FFFF


class _Change(NamedTuple):
    """How far the belt's count was ahead of the board's from this turn on, and the board's count in it."""

    turn: int
    board: int
    ahead: int


class BoardCount(BeltCount):
    """One boot. Counts are modulo 2^28; `turn` is what the board's loop counts.

    `fresh_counts`: belt travel after which what was told is about what is there no more.
    """

    belt: int
    """the belt's count, as it has been on the encoder's wires"""
    ahead: int

    def __init__(self, position: int, fresh_counts: int) -> None:
        super().__init__(position)
        self._fresh_counts = fresh_counts
        self._changes = [_Change(0, 0, position)]
        """also those of the turns behind each lie, in which the count comes by there again"""

    def _keep(self, turn: int) -> None:
        """The belt's count is ahead of the board's by something else from this turn on, or is just now again."""
        self._changes.append(_Change(turn, (self.belt - self.ahead) & _MASK, self.ahead))

    def of_belt(self, position: int, turn: int | None = None) -> int:
        """The belt's count when the board's was `position`, told of that turn or, without one, just now.

        While the encoder lies a count comes twice and thrice; what is told may be some turns old.
        """
        changes = self._changes
        place = len(changes) if turn is None else bisect_right(changes, turn, key=lambda one: one.turn)
        best = changes[place - 1]
        off = _between(best.board, position)
        while off and place and turn is not None and turn - changes[place - 1].turn < MOST_LAG_TURNS:
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
