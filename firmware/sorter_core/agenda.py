"""What is due at which belt position: a wheel of buckets, each a sorted list of entities.

An entity (a track, a gate, a chute ...) has at most one entry. A bucket rarely holds more than a few, so
adding, moving and removing one is short work, and the earliest is found without a search; `next_due` is
never later than the earliest entry, so a control loop compares one number and returns.
Positions are 28-bit wrapping counts; an entry must lie less than 2^27 counts ahead.
"""

from .tables import Tables

try:
    from micropython import const
except ImportError:

    def const(value):
        return value


_MASK = const(0x0FFFFFFF)
_HALF = const(0x08000000)
_BUCKETS = const(64)
_BUCKETS_PER_CALL = const(8)
_NONE = const(-1)


class Agenda(Tables):
    """`capacity` entities; a bucket spans 2^`shift` counts.

    Every list begins at its bucket's place in `after`, behind those of the entities, and ends with `nobody`, who is
    due where the next one is put: so no list is empty, and no search goes too far.
    """

    def __init__(self, capacity, shift):
        self.shift = shift
        self.cursor = 0
        self.next_due = 0
        self.nobody = capacity
        self.heads = capacity + 1
        self.bucket = self.ints(capacity, _NONE, "h")
        self.due = self.ints(capacity + 1, 0)
        self.after = self.ints(capacity + 1 + _BUCKETS, capacity, "h")

    def start(self, position):
        """Begin counting at `position`; only while nothing is entered."""
        self.cursor = position >> self.shift
        self.next_due = position

    def put(self, entity, position):
        """Enter `entity` at `position`, in place of its former entry."""
        buckets = self.bucket
        after = self.after
        dues = self.due
        before = buckets[entity]
        if before >= 0:
            if dues[entity] == position:
                return
            following = after[before]
            while following != entity:
                before = following
                following = after[before]
            after[before] = after[entity]
        shift = self.shift
        before = self.cursor
        # What lies behind the search already goes where it goes on.
        if not (position - (before << shift)) & _HALF:
            before = position >> shift
        before = self.heads + (before & (_BUCKETS - 1))
        buckets[entity] = before
        dues[self.nobody] = position
        dues[entity] = position
        following = after[before]
        while (dues[following] - position) & _HALF:
            before = following
            following = after[before]
        after[before] = entity
        after[entity] = following
        if (position - self.next_due) & _HALF:
            self.next_due = position

    def remove(self, entity):
        """Take `entity` out, if it is in."""
        before = self.bucket[entity]
        if before < 0:
            return
        self.bucket[entity] = _NONE
        after = self.after
        while after[before] != entity:
            before = after[before]
        after[before] = after[entity]

    def take(self, position):
        """Remove and return the earliest entity that is due at `position`, or -1 and the new `next_due`.

        At most a few buckets are searched; if the belt is further ahead, `next_due` stays at `position`. After a
        leap of more than the whole wheel (63 buckets) all that is due comes, but not in order.
        """
        after = self.after
        heads = self.heads
        dues = self.due
        nobody = self.nobody
        cursor = self.cursor
        entity = after[heads + (cursor & (_BUCKETS - 1))]
        if entity == nobody or (position - dues[entity]) & _HALF:
            # `seek`, written out: its call and what it looks up again would be a twentieth of the costliest step.
            shift = self.shift
            last = cursor + _BUCKETS_PER_CALL
            while entity == nobody or not (dues[entity] - ((cursor + 1) << shift)) & _HALF:
                cursor += 1
                if cursor == last:
                    self._leap(position, cursor)
                    return _NONE
                entity = after[heads + (cursor & (_BUCKETS - 1))]
            self.cursor = cursor = cursor & (_MASK >> shift)
            if (position - dues[entity]) & _HALF:
                self.next_due = dues[entity]
                return _NONE
        following = after[entity]
        after[heads + (cursor & (_BUCKETS - 1))] = following
        self.bucket[entity] = _NONE
        edge = (cursor + 1) << self.shift
        if following != nobody and (dues[following] - edge) & _HALF:
            edge = dues[following]
        self.next_due = edge & _MASK
        return entity

    def seek(self, position):
        """Set `next_due` to that of the earliest entity and return it; -1 if that is more than a few buckets on."""
        after = self.after
        heads = self.heads
        dues = self.due
        shift = self.shift
        cursor = self.cursor
        entity = after[heads + (cursor & (_BUCKETS - 1))]
        # Move the cursor on to the first bucket of which something is due this time round.
        last = cursor + _BUCKETS_PER_CALL
        nobody = self.nobody
        while entity == nobody or not (dues[entity] - ((cursor + 1) << shift)) & _HALF:
            cursor += 1
            if cursor == last:
                self._leap(position, cursor)
                return _NONE
            entity = after[heads + (cursor & (_BUCKETS - 1))]
        self.cursor = cursor & (_MASK >> shift)
        self.next_due = dues[entity]
        return entity

    def _leap(self, position, cursor):
        """Nothing is due in the buckets up to `cursor`: go on there in the next step."""
        shift = self.shift
        edge = (cursor << shift) & _MASK
        behind = (position - edge) & _MASK
        if behind >= _HALF:
            # It is ahead of the belt already.
            self.next_due = edge
            if (position - (self.cursor << shift)) & _HALF:
                # So was the cursor: who looks for nothing in vain shall not run away from the belt.
                return
        else:
            self.next_due = position
            behind >>= shift
            if behind > _BUCKETS:
                # More than once around is left: leave out whole turns, but not the last one.
                cursor += ((behind & (_BUCKETS - 1)) ^ behind) - _BUCKETS
        self.cursor = cursor & (_MASK >> shift)
