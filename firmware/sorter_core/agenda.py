"""What is due at which belt position: a wheel of buckets, each a linked list of entities.

An entity (a track, a gate, a chute ...) has at most one entry. Adding, moving and removing one is O(1);
`next_due` is never later than the earliest entry, so a control loop compares one number and returns.
Positions are 28-bit wrapping counts; an entry must lie less than 2^27 counts ahead.
"""

from array import array

try:
    from micropython import const
except ImportError:

    def const(value):
        return value


_MASK = const(0x0FFFFFFF)
_HALF = const(0x08000000)
_BUCKETS = const(64)
_BUCKETS_PER_CALL = const(4)
_NONE = const(-1)


class Agenda:
    """`capacity` entities; a bucket spans 2^`shift` counts."""

    def __init__(self, capacity, shift):
        self.shift = shift
        self.cursor = 0
        self.next_due = 0
        self.heads = array("i", [_NONE] * _BUCKETS)
        self.bucket = array("i", [_NONE] * capacity)
        self.due = array("i", [0] * capacity)
        self.after = array("i", [_NONE] * capacity)
        self.before = array("i", [_NONE] * capacity)

    def start(self, position):
        """Begin counting at `position`; only while nothing is entered."""
        self.cursor = position >> self.shift
        self.next_due = position

    def put(self, entity, position):
        """Enter `entity` at `position`, in place of its former entry."""
        shift = self.shift
        bucket = self.cursor
        # What is overdue already goes where the search begins.
        if ((position - (bucket << shift) + _HALF) & _MASK) >= _HALF:
            bucket = position >> shift
        bucket &= _BUCKETS - 1
        self.due[entity] = position
        if bucket != self.bucket[entity]:
            if self.bucket[entity] >= 0:
                self.remove(entity)
            head = self.heads[bucket]
            self.bucket[entity] = bucket
            self.before[entity] = _NONE
            self.after[entity] = head
            if head >= 0:
                self.before[head] = entity
            self.heads[bucket] = entity
        if ((position - self.next_due + _HALF) & _MASK) < _HALF:
            self.next_due = position

    def remove(self, entity):
        """Take `entity` out, if it is in."""
        bucket = self.bucket[entity]
        if bucket < 0:
            return
        before = self.before[entity]
        after = self.after[entity]
        if before >= 0:
            self.after[before] = after
        else:
            self.heads[bucket] = after
        if after >= 0:
            self.before[after] = before
        self.bucket[entity] = _NONE

    def take(self, position):
        """Remove and return the earliest entity that is due at `position`, or -1 and the new `next_due`.

        At most a few buckets are searched; if the belt is further ahead, `next_due` stays at `position`. After a
        leap of more than the whole wheel (63 buckets) all that is due comes, but not in order.
        """
        here = position >> self.shift
        behind = (((((here - self.cursor) << self.shift) + _HALF) & _MASK) - _HALF) >> self.shift
        if behind > _BUCKETS:
            # Further than once around: begin at the same bucket, a whole number of turns later.
            behind = _BUCKETS + (behind & (_BUCKETS - 1))
            self.cursor = (here - behind) & (_MASK >> self.shift)
        for _ in range(_BUCKETS_PER_CALL):
            best = self.heads[self.cursor & (_BUCKETS - 1)]
            entity = best
            ahead = _MASK
            while entity >= 0:
                distance = ((self.due[entity] - position + _HALF) & _MASK) - _HALF
                if distance < ahead:
                    ahead = distance
                    best = entity
                entity = self.after[entity]
            if best >= 0 and ahead <= 0:
                bucket = self.cursor & (_BUCKETS - 1)
                if self.heads[bucket] == best:
                    entity = self.after[best]
                    self.heads[bucket] = entity
                    self.bucket[best] = _NONE
                    if entity >= 0:
                        self.before[entity] = _NONE
                else:
                    self.remove(best)
                return best
            if behind <= 0:
                edge = ((self.cursor + 1) << self.shift) & _MASK
                if ahead < ((edge - position + _HALF) & _MASK) - _HALF:
                    edge = (position + ahead) & _MASK
                self.next_due = edge
                return _NONE
            self.cursor = (self.cursor + 1) & (_MASK >> self.shift)
            behind -= 1
        self.next_due = position
        return _NONE
