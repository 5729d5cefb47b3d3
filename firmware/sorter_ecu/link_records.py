"""What merely happens, on its way to the host: edges, reads, commands of gates. A full ring drops, and counts.

records.note(tag, turn, a, b, c, d)
if records.is_due(turn):                    # they wait for each other, but not for long
    turn = records.turn()                   # of the frame: that of its first record
    length = records.pack(body, length, turn)    # one record after the other, until they are gone or it is full
"""

from array import array

from micropython import const

from sorter_core.frames import HEAD
from sorter_core.messages import pack_record

MANY = const(32)  # that wait: half of what there is room for
FRAME_RECORDS = const(102)  # bytes of turn and records after which a frame is full

_RING = const(64)
_ROW = const(6)
_MASK = const(0x0FFFFFFF)
_ENOUGH = const(16)
_WAIT_TURNS = const(16)


class Records:
    """`count` wait; `dropped` found no room, modulo 2^28."""

    def __init__(self):
        self.count = 0
        self.dropped = 0
        self._ring = array("i", [0] * (_RING * _ROW))
        self._first = 0

    def note(self, tag, turn, a, b, c, d):
        """Queue a record: an input of the gate logic, or an output plus RECORD_OUT."""
        count = self.count
        if count == _RING:
            self.dropped = (self.dropped + 1) & _MASK
            return
        self.count = count + 1
        at = ((self._first + count) & (_RING - 1)) * _ROW
        ring = self._ring
        ring[at] = tag
        ring[at + 1] = turn
        ring[at + 2] = a
        ring[at + 3] = b
        ring[at + 4] = c
        ring[at + 5] = d

    def turn(self):
        """In which the first one happened."""
        return self._ring[self._first * _ROW + 1]

    def is_due(self, turn):
        """Whether they have waited for enough others, or for long enough."""
        return self.count >= _ENOUGH or (turn - self.turn()) & _MASK >= _WAIT_TURNS

    def pack(self, body, length, turn):
        """The first one into a frame of `length` payload bytes so far, which says `turn`; the new length."""
        ring = self._ring
        at = self._first * _ROW
        ring[at + 1] = (ring[at + 1] - turn) & _MASK
        self._first = (self._first + 1) & (_RING - 1)
        self.count -= 1
        return pack_record(body, HEAD + length, ring, at) - HEAD
