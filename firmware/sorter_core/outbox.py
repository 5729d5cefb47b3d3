"""Reliable messages of one sender: kept in order until they are acknowledged, over any loss of the link.

Every message has a sequence number, modulo 256; the other side acknowledges with the next number that it
waits for. Up to WINDOW messages are on their way at once; after a while without an acknowledgement all of
them are sent again. When the ring is full a new message is refused and counted: what was lost is told.

    outbox.put(message, a, b, c, d, e)              # 1 = kept, 0 = no room
    outbox.acknowledge(reader.ack)
    if outbox.next(values, now): ...                # the fields of outbox.kind; outbox.sequence
"""

from array import array

try:
    from micropython import const
except ImportError:

    def const(value):
        return value


WINDOW = const(32)

_WINDOW = const(32)
_FIELDS = const(5)
_MASK = const(0x0FFFFFFF)


class Outbox:
    """A ring of `capacity` messages of up to five fields; `lost` counts those that found no room.

    `base` is the sequence number of the oldest message that is kept.
    `repeat` is how long to wait for an acknowledgement, in the unit of `next`, which wraps at 28 bits.
    """

    def __init__(self, capacity, repeat=200):
        self.kind = 0
        self.sequence = 0
        self.count = 0
        self.lost = 0
        self.repeats = 0
        self._capacity = capacity
        self._repeat = repeat
        self._kinds = bytearray(capacity)
        self._rows = array("i", bytes(4 * _FIELDS * capacity))
        self._first = 0
        self.base = 0
        self._sent = 0  # how many from the first on are on their way
        self._sent_at = 0

    def put(self, message, a, b, c, d, e):
        """Keep a message."""
        if self.count >= self._capacity:
            self.lost = (self.lost + 1) & _MASK
            return 0
        at = (self._first + self.count) % self._capacity
        self._kinds[at] = message
        at *= _FIELDS
        rows = self._rows
        rows[at] = a
        rows[at + 1] = b
        rows[at + 2] = c
        rows[at + 3] = d
        rows[at + 4] = e
        self.count += 1
        return 1

    def acknowledge(self, ack):
        """Forget every message before number `ack`; one that is none of those on their way changes nothing."""
        n = (ack - self.base) & 255
        if 0 < n <= self._sent:
            self.base = (self.base + n) & 255
            self._first = (self._first + n) % self._capacity
            self.count -= n
            self._sent -= n

    def rewind(self):
        """Nothing is on its way: all that is kept is to be sent, to a host that has just come."""
        self._sent = 0

    def next(self, values, now):
        """Put the fields of the next message that is to be sent into `values`; 0 if there is none now."""
        if self._sent and ((now - self._sent_at) & _MASK) >= self._repeat:
            self._sent = 0
            self.repeats = (self.repeats + 1) & _MASK
        if self._sent >= self.count or self._sent >= _WINDOW:
            return 0
        at = (self._first + self._sent) % self._capacity
        self.kind = self._kinds[at]
        at *= _FIELDS
        rows = self._rows
        i = 0
        while i < _FIELDS:
            values[i] = rows[at]
            at += 1
            i += 1
        self.sequence = (self.base + self._sent) & 255
        self._sent += 1
        self._sent_at = now & _MASK
        return 1
