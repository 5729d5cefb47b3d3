"""Inputs that are looked at once a turn: each change keeps the position of its edges while it waits to be told.

class Chain(Samples): ...
place = self._keep(position)          # in a turn that has seen a change: where its levels are to be kept
self._have_told()                     # all edges of the oldest one have been told
"""

from micropython import const

from sorter_io.wires import halfway

KEPT = const(8)  # turns with changes that can wait; a power of 2


class Samples:
    """`_waiting` changes are to be told, from the place `_oldest` of a ring on; `_at` is where the belt was at the last
    look, and `_seen_at` has a position for each place: the edges were in the middle between two looks."""

    def __init__(self):
        self._at = 0
        self._oldest = 0
        self._waiting = 0
        self._seen_at = [0] * KEPT

    def _keep(self, position):
        """A place for what was seen now, -1 where too much waits: it is seen once more in a later turn."""
        if self._waiting == KEPT:
            return -1
        place = (self._oldest + self._waiting) & (KEPT - 1)
        self._seen_at[place] = halfway(self._at, position)
        self._waiting += 1
        return place

    def _have_told(self):
        self._oldest = (self._oldest + 1) & (KEPT - 1)
        self._waiting -= 1
