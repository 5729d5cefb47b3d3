"""What the host does between the boards of one line: it carries tracks over borders, and tells each how the others are.

    relay = Relay(2)
    relay.restarted(zone)                      # another boot than was known
    relay.beat(zone, now_us, state, position)  # a HEARTBEAT; relay.stopped(zone) as soon as a board says so
    relay.look(now_us)                         # who has fallen silent?
    relay.hand_over(zone, track, origin, length, bound, facts)
    relay.to_say[zone]                         # messages for each board, in order: kind and fields

Every board counts the same belt from its own zero. What that is worth on another board is learnt while the belt stands:
two heartbeats with one position from every board, and all of those are the same place. A board that has restarted has
a zero of its own again, and is dead to the others until it is known: they do not start before.
"""

from __future__ import annotations

from collections import deque

from sorter_core import messages

SILENT_US = 1_000_000
"""A board that has not been heard for so long is dead to the others."""
PEER = 17
STOPPED, ALIVE, DEAD = 0, 1, 2
_MASK = 0x0FFF_FFFF
_MOVING = (1, 2)
"""States of a board that runs or starts."""


class Relay:
    """Of a line with so many zones, from the infeed on."""

    def __init__(self, zones: int) -> None:
        self.to_say: list[deque[tuple[int, ...]]] = [deque() for _ in range(zones)]
        self._heard_us: list[int | None] = [None] * zones
        self._position: list[int | None] = [None] * zones
        self._is_resting = [False] * zones
        self._zero: list[int | None] = [None] * zones
        """what each board counts where the belt stood when all of them were asked"""
        self._state = [0] * zones
        self._is_alive = [False] * zones

    def restarted(self, zone: int) -> None:
        """A board begins anew; what was on its way to it is not for this one."""
        self._zero[zone] = self._position[zone] = None
        self._is_resting[zone] = False
        self.to_say[zone].clear()
        self._die(zone)

    def beat(self, zone: int, now_us: int, state: int, position: int) -> None:
        """A board's heartbeat."""
        self._heard_us[zone] = now_us
        self._is_resting[zone] = position == self._position[zone]
        self._position[zone] = position
        if self._state[zone] in _MOVING and state not in _MOVING:
            self.stopped(zone)
        self._state[zone] = state
        if all(self._is_resting) and None in self._zero:
            self._zero = list(self._position)
        if self._zero[zone] is not None and not self._is_alive[zone]:
            self._is_alive[zone] = True
            self._tell_others(zone, ALIVE)

    def stopped(self, zone: int) -> None:
        """A board has stopped the belt."""
        self._state[zone] = 0
        self._tell_others(zone, STOPPED)

    def look(self, now_us: int) -> None:
        """Boards that have fallen silent are dead to the others."""
        for zone, heard_us in enumerate(self._heard_us):
            if heard_us is not None and now_us - heard_us >= SILENT_US:
                self._die(zone)

    def hand_over(self, zone: int, track: int, origin: int, length: int, bound: int, facts: int) -> bool:
        """Carry a track to the next zone; False if nobody knows where it would be there."""
        here, there = self._zero[zone], self._zero[zone + 1]
        if here is None or there is None:
            return False
        place = (origin - here + there) & _MASK
        self.to_say[zone + 1].append((messages.HAND_OVER, track, place, length, bound, facts))
        return True

    def _die(self, zone: int) -> None:
        if self._is_alive[zone]:
            self._is_alive[zone] = False
            self._tell_others(zone, DEAD)

    def _tell_others(self, zone: int, what: int) -> None:
        for other, to_say in enumerate(self.to_say):
            if other != zone:
                to_say.append((messages.COMMAND, PEER, what + 4 * zone))
