"""Numbers for the codes that are about: a code keeps its slot while its parcel is on the line.

The gate logic never handles a code itself, it handles the slot. A slot becomes free with the last disposition
of its parcel and is given out again as late as possible; when all are taken, the one read longest ago is.
Nothing is allocated after construction; finding a code costs a look at its hash bucket.
"""

from array import array

try:
    from micropython import const
except ImportError:

    def const(value):
        return value


SLOTS = const(512)
CODE_BYTES = const(48)
NEW = const(1024)

_SLOTS = const(512)
_CODE_BYTES = const(48)
_NEW = const(1024)
_BUCKETS = const(1024)
_NONE = const(-1)
_MASK = const(0x0FFFFFFF)


class Slots:
    """`codes` holds CODE_BYTES a slot, `lengths` how many of them are used: also of a free slot, until it is taken."""

    def __init__(self):
        self.codes = bytearray(SLOTS * CODE_BYTES)
        self.lengths = bytearray(SLOTS)
        self._is_live = bytearray(SLOTS)
        self._bucket = array("h", [-1] * _BUCKETS)
        self._chain = array("h", [-1] * SLOTS)
        self._hash = array("h", [0] * SLOTS)
        self._free = array("h", [i + 1 for i in range(SLOTS)])
        self._free[SLOTS - 1] = -1
        self._oldest = 0
        self._newest = SLOTS - 1
        self._read_at = array("i", [0] * SLOTS)
        self._reads = 0

    def take(self, code, length):
        """Slot of the first `length` bytes of `code`, plus NEW where it had none; longer codes are cut."""
        if length > _CODE_BYTES:
            length = _CODE_BYTES
        key = 0
        i = 0
        while i < length:
            key = (key * 31 + code[i]) & 0xFFFFF
            i += 1
        key &= _BUCKETS - 1
        self._reads = (self._reads + 1) & _MASK
        slot = self._bucket[key]
        while slot >= 0:
            if self.lengths[slot] == length and self._is_same(slot, code, length):
                self._read_at[slot] = self._reads
                return slot
            slot = self._chain[slot]
        slot = self._reclaim()
        at = slot * _CODE_BYTES
        i = 0
        while i < length:
            self.codes[at + i] = code[i]
            i += 1
        self.lengths[slot] = length
        self._is_live[slot] = 1
        self._hash[slot] = key
        self._chain[slot] = self._bucket[key]
        self._bucket[key] = slot
        self._read_at[slot] = self._reads
        return slot + _NEW

    def release(self, slot):
        """The parcel that carries it has come to its end. A slot that is free or does not exist stays so."""
        if slot < 0 or slot >= _SLOTS or not self._is_live[slot]:
            return
        self._forget(slot)
        self._free[slot] = _NONE
        if self._oldest >= 0:
            self._free[self._newest] = slot
        else:
            self._oldest = slot
        self._newest = slot

    def _is_same(self, slot, code, length):
        at = slot * _CODE_BYTES
        i = 0
        while i < length:
            if self.codes[at + i] != code[i]:
                return 0
            i += 1
        return 1

    def _reclaim(self):
        slot = self._oldest
        if slot >= 0:
            self._oldest = self._free[slot]
            return slot
        slot = 0
        i = 1
        while i < _SLOTS:
            if ((self._reads - self._read_at[i]) & _MASK) > ((self._reads - self._read_at[slot]) & _MASK):
                slot = i
            i += 1
        self._forget(slot)
        return slot

    def _forget(self, slot):
        """Take a slot out of its bucket."""
        key = self._hash[slot]
        at = self._bucket[key]
        if at == slot:
            self._bucket[key] = self._chain[slot]
        else:
            while self._chain[at] != slot:
                at = self._chain[at]
            self._chain[at] = self._chain[slot]
        self._is_live[slot] = 0
