"""The tracks on the belt: a table, their order, and the section between two eyes where each is.

Order on the belt never changes, so the tracks whose next eye is `s` stand together in the list, and
`head[s]`, the most downstream of them, is the one that eye `s` must see next. No queue can get out of
step: a track that is missing leaves its section, its neighbours stay where they are.
"""

from .tables import Tables

try:
    from micropython import const
except ImportError:

    def const(value):
        return value


_NONE = const(-1)
_NEVER = const(0x07000000)
_NUMBER_MASK = const(0x00FFFFFF)
_TRIES = const(8)
_BYTE = const(128)


class Tracks(Tables):
    """`capacity` tracks (a power of two), sections 1 to `n_sections`.

    A handle is a running number of 24 bits; its low bits are the place in the table. The zone that made the track
    stands above it (`base`), and a track that another zone has handed over keeps its handle. `origin` is the belt
    position at which the leading edge was at x = 0. Offsets (`*_due`) count from there. `stretch`, in units of 4
    counts, is the part of `length` that gates keep clear of though the next eye is not to see it. `doubt` is what the
    next step has to tell: a cause of doubt, 14 for another lap, 15 for a stray that was seen, 16 and the reason to
    condemn it for.
    """

    def __init__(self, capacity, n_sections):
        # A byte tells as many tracks apart, or sections, and none.
        place = "h" if capacity > _BYTE else "b"
        eye = "h" if n_sections > _BYTE - 2 else "b"
        self.capacity = capacity
        self.last_number = 0
        self.base = 0
        self.count = 0
        self.head = self.ints(n_sections + 2, _NONE, place)
        self.first = _NONE
        self.last = _NONE
        self.used = self.ints(capacity, 0, "b")
        self.number = self.ints(capacity, 0)
        self.origin = self.ints(capacity, 0)
        self.length = self.ints(capacity, 0)
        self.section = self.ints(capacity, 0, eye)
        self.ahead = self.ints(capacity, _NONE, place)
        self.behind = self.ints(capacity, _NONE, place)
        self.epoch = self.ints(capacity, 0, "h")
        self.flags = self.ints(capacity, 0)
        self.reason = self.ints(capacity, 0, "b")
        self.slot = self.ints(capacity, _NONE, "h")
        self.plan = self.ints(capacity, 0, "H")
        self.answer = self.ints(capacity, _NONE, "h")
        self.chute = self.ints(capacity, _NONE, "h")
        self.data_stage = self.ints(capacity, 0, "b")
        self.gate_stage = self.ints(capacity, 0, "b")
        self.eye_due = self.ints(capacity, _NEVER)
        self.data_due = self.ints(capacity, _NEVER)
        self.trail_due = self.ints(capacity, _NEVER)
        self.gate_due = self.ints(capacity, _NEVER)
        self.next_waiting = self.ints(capacity, _NONE, place)
        self.halts = self.ints(capacity, 0, "h")
        self.refused = self.ints(capacity, 0, "b")
        self.choice = self.ints(capacity, 0, "H")
        self.doubt = self.ints(capacity, 0, "b")
        self.stretch = self.ints(capacity, 0, "B")

    def find(self, handle):
        """Place of the live track with this handle, -1 if there is none."""
        t = handle & (self.capacity - 1)
        if self.used[t] and self.number[t] == handle:
            return t
        return _NONE

    def new(self, origin, section, epoch):
        """A track without a past that is not yet in the list; -1 when the table is full."""
        number = self.last_number
        tries = _TRIES
        while tries > 0:
            tries -= 1
            number = (number + 1) & _NUMBER_MASK
            t = number & (self.capacity - 1)
            if not self.used[t]:
                self.last_number = number
                self.used[t] = 1
                self.count += 1
                self.number[t] = number | self.base
                self.origin[t] = origin
                self.section[t] = section
                self.epoch[t] = epoch
                return t
        return _NONE

    def append(self, t):
        """Put `t` behind all others."""
        last = self.last
        self.ahead[t] = last
        self.behind[t] = _NONE
        if last >= 0:
            self.behind[last] = t
        else:
            self.first = t
        self.last = t
        section = self.section[t]
        if self.head[section] < 0:
            self.head[section] = t

    def insert(self, t):
        """Put `t` behind all tracks of its section and further downstream, ahead of the others."""
        section = self.section[t] - 1
        while section > 0 and self.head[section] < 0:
            section -= 1
        if section <= 0:
            self.append(t)
            return
        behind = self.head[section]
        ahead = self.ahead[behind]
        self.ahead[t] = ahead
        self.behind[t] = behind
        self.ahead[behind] = t
        if ahead >= 0:
            self.behind[ahead] = t
        else:
            self.first = t
        section = self.section[t]
        if self.head[section] < 0:
            self.head[section] = t

    def advance(self, t):
        """`t`, the head of its section, goes over into the next one."""
        section = self.section[t]
        behind = self.behind[t]
        if behind >= 0 and self.section[behind] == section:
            self.head[section] = behind
        else:
            self.head[section] = _NONE
        section += 1
        self.section[t] = section
        if self.head[section] < 0:
            self.head[section] = t

    def unlink(self, t):
        """Take `t` out of the list; its place in the table stays taken."""
        section = self.section[t]
        ahead = self.ahead[t]
        behind = self.behind[t]
        if self.head[section] == t:
            if behind >= 0 and self.section[behind] == section:
                self.head[section] = behind
            else:
                self.head[section] = _NONE
        if ahead >= 0:
            self.behind[ahead] = behind
        else:
            self.first = behind
        if behind >= 0:
            self.ahead[behind] = ahead
        else:
            self.last = ahead
        self.ahead[t] = _NONE
        self.behind[t] = _NONE

    def free(self, t):
        """Give the place of an unlinked track back, blank for the next one."""
        self.used[t] = 0
        self.count -= 1
        self.length[t] = 0
        self.stretch[t] = 0
        self.flags[t] = 0
        self.reason[t] = 0
        self.doubt[t] = 0
        self.slot[t] = _NONE
        self.chute[t] = _NONE
        self.data_stage[t] = 0
        self.gate_stage[t] = 0
        self.eye_due[t] = _NEVER
        self.data_due[t] = _NEVER
        self.trail_due[t] = _NEVER
        self.gate_due[t] = _NEVER
