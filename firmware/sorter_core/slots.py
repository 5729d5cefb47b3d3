"""Numbers for the codes that are about: a code keeps its slot while its parcel is on the line.

The gate logic never handles a code itself, it handles the slot. A slot becomes free with the last disposition
of its parcel and is given out again as late as possible; when all are taken, the one read longest ago is.
Nothing is allocated after construction; finding a code costs a look at its hash bucket.
Codes stand in blocks of BLOCK_BYTES, as long as most of them are: a longer one takes a second block, from the same
row of free ones, so that a slot is the number of its code's first block.
"""

from array import array

try:
    from micropython import const
except ImportError:

    def const(value):
        return value


SLOTS = const(512)
CODE_BYTES = const(48)
BLOCK_BYTES = const(24)
NEW = const(1024)

_CODE_BYTES = const(48)
_BLOCK = const(24)
_NEW = const(1024)
_NONE = const(-1)
_FREE = const(-2)


class Slots:
    """A code's first BLOCK_BYTES stand in `codes` from BLOCK_BYTES * slot on, what is left of it in the block that
    `more` names. `lengths` are those of whole codes: also of a free slot, until it is taken.

    `take` does it all; a loop that has no time for that calls `begin`, `find` and, where that is -1, `enter`.
    There are `count` blocks, 2 to SLOTS.
    """

    def __init__(self, count=SLOTS):
        self.codes = bytearray(count * BLOCK_BYTES)
        self.lengths = bytearray(count)
        self.more = array("h", [-1] * count)
        self._count = count
        buckets = 16  # or up to 128, which a byte numbers: no more than a part of the codes is live
        while 4 * buckets < count:
            buckets *= 2
        self._mask = buckets - 1
        self._bucket = array("h", [-1] * buckets)
        self._chain = array("h", [-1] * count)
        self._hash = bytearray(count)
        # two lists: of the free slots by the time of their release, of the live ones by their last read
        self._after = array("h", [i + 1 for i in range(count)])
        self._before = array("h", [_FREE] * count)
        self._after[count - 1] = -1
        self._oldest = 0
        self._newest = count - 1
        self._first = -1
        self._last = -1
        self._key = 0

    def take(self, code, length):
        """Slot of the first `length` bytes of `code`, plus NEW where it had none; longer codes are cut."""
        self.begin(code, length)
        slot = self.find(code, length)
        return slot if slot >= 0 else self.enter(code, length)

    def begin(self, code, length):
        """Prepare to look for a code."""
        if length > _CODE_BYTES:
            length = _CODE_BYTES
        key = 0
        i = 0
        while i < length:
            key = (key * 31 + code[i]) & 0xFFFFF
            i += 1
        self._key = key & self._mask

    def find(self, code, length):
        """The slot that the code has, as it is read again; -1 if it has none."""
        if length > _CODE_BYTES:
            length = _CODE_BYTES
        slot = self._bucket[self._key]
        while slot >= 0:
            if self.lengths[slot] == length and self._is_same(slot, code, length):
                self._unlink(slot)
                self._link(slot)
                break
            slot = self._chain[slot]
        return slot

    def enter(self, code, length):
        """A slot for a code that has none, plus NEW."""
        if length > _CODE_BYTES:
            length = _CODE_BYTES
        slot = self._reclaim()
        more = _NONE
        if length > _BLOCK:
            self._fill(slot, code, 0, _BLOCK)
            more = self._reclaim()
            self._fill(more, code, _BLOCK, length)
            # Who had it has no code any more.
            self.lengths[more] = 0
        else:
            self._fill(slot, code, 0, length)
        key = self._key
        self.lengths[slot] = length
        self.more[slot] = more
        self._hash[slot] = key
        self._chain[slot] = self._bucket[key]
        self._bucket[key] = slot
        self._link(slot)
        return slot + _NEW

    def release(self, slot):
        """The parcel that carries it has come to its end. A slot that is free or does not exist stays so."""
        if slot < 0 or slot >= self._count or self._before[slot] == _FREE:
            return
        self._forget(slot)
        self._put_back(slot)
        if self.more[slot] >= 0:
            self._put_back(self.more[slot])

    def _put_back(self, block):
        """It is the free block that was released last."""
        self._after[block] = _NONE
        if self._oldest >= 0:
            self._after[self._newest] = block
        else:
            self._oldest = block
        self._newest = block

    def _fill(self, block, code, i, end):
        codes = self.codes
        at = block * _BLOCK
        while i < end:
            codes[at] = code[i]
            at += 1
            i += 1

    def _is_same(self, slot, code, length):
        codes = self.codes
        at = slot * _BLOCK
        i = 0
        while i < length:
            if i == _BLOCK:
                at = self.more[slot] * _BLOCK
            if codes[at] != code[i]:
                return 0
            at += 1
            i += 1
        return 1

    def _reclaim(self):
        """The block that has been free for longest; when all are taken, that of the code read longest ago."""
        if self._oldest < 0:
            self.release(self._first)
        block = self._oldest
        self._oldest = self._after[block]
        return block

    def _link(self, slot):
        """It is the live slot that was read last."""
        last = self._last
        self._before[slot] = last
        self._after[slot] = _NONE
        if last >= 0:
            self._after[last] = slot
        else:
            self._first = slot
        self._last = slot

    def _unlink(self, slot):
        before = self._before[slot]
        after = self._after[slot]
        if before >= 0:
            self._after[before] = after
        else:
            self._first = after
        if after >= 0:
            self._before[after] = before
        else:
            self._last = before

    def _forget(self, slot):
        """Take a live slot out of its bucket and its list."""
        self._unlink(slot)
        key = self._hash[slot]
        at = self._bucket[key]
        if at == slot:
            self._bucket[key] = self._chain[slot]
        else:
            while self._chain[at] != slot:
                at = self._chain[at]
            self._chain[at] = self._chain[slot]
        self._before[slot] = _FREE
