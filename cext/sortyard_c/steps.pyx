"""Who goes next of several threads, each on its own way along one clock: the one that is furthest behind.

    steps = Steps(2, now_us, move)
    to_us = steps.wait(1, to_us)     # thread 1: until the world has come so far, or something has happened to it
    steps.aside(1, until_us)         # thread 1 leaves the guest's call that it is in, and has its turn again until then
    steps.come_back(1)               # it has it again

`move(to_us)` lets the world go on to that time, or to its next event before that, and returns where it stands; `poked`
are the threads that have to look at once. What it raises, all threads get out of `wait`.
"""

from libc.stdint cimport INT64_MAX, int64_t
from libc.stdlib cimport calloc, free

from sortyard_c.turns cimport Turns

cdef enum:
    NOBODY = -1


cdef struct Way:
    int64_t want_us             # INT64_MAX: has left
    bint is_aside


cdef class Steps:
    """`n` threads, all of them at `now_us`. One has its turn at any time; nothing here is touched by any other one."""

    cdef readonly Turns turns
    cdef public int64_t now_us
    cdef readonly set poked
    cdef public object ending
    """what all are to be ended by"""
    cdef object move
    cdef Way* ways
    cdef int n

    def __cinit__(self, int n, int64_t now_us, move):
        cdef int i
        self.ways = <Way*>calloc(n + 1, sizeof(Way))
        if not self.ways:
            raise MemoryError
        self.n, self.now_us, self.move = n, now_us, move
        self.turns, self.poked = Turns(n), set()
        for i in range(n):
            self.ways[i].want_us = now_us

    def __dealloc__(self):
        free(self.ways)

    cdef Way* way(self, int one) except NULL:
        if not 0 <= one < self.n:
            raise IndexError(f"there is no thread {one}")
        return &self.ways[one]

    def wait(self, int one, int64_t to_us):
        """Until the world has come to `to_us`, or something has happened to this thread before; where it stands."""
        cdef int following
        self.way(one).want_us = min(to_us, self.now_us) if one in self.poked else to_us
        following = self.next()
        if following != one:
            self.turns.give_and_take(following, one)
        if self.ending is not None:
            raise self.ending
        return self.now_us

    def aside(self, int one, int64_t until_us):
        """This thread goes aside: see `Turns.give_aside`."""
        cdef Way* way = self.way(one)
        way.want_us, way.is_aside = until_us, True
        self.turns.give_aside(self.next(), one)

    def come_back(self, int one):
        """This thread has its turn again, if it was aside."""
        cdef Way* way = self.way(one)
        if way.is_aside:
            self.turns.take_back()
            way.is_aside = False

    def is_aside(self, int one):
        """Whether this thread is aside."""
        return self.way(one).is_aside

    def give_next(self):
        """Let the first thread go, of those that have no turn."""
        self.turns.give(self.next())

    def end_of(self, int one):
        """This thread, which has its turn, will not go on any more."""
        cdef int i
        self.way(one).want_us = INT64_MAX
        for i in range(self.n):
            if self.ways[i].want_us != INT64_MAX:
                self.give_next()
                return

    cdef int next(self) except NOBODY:
        """The thread whose turn it is, once the world has gone on so far."""
        cdef int i, first
        cdef Way* way
        while True:
            first = 0
            for i in range(1, self.n):
                if self.ways[i].want_us < self.ways[first].want_us:
                    first = i
            if self.ways[first].want_us <= self.now_us or self.ending is not None:
                self.poked.discard(first)
                return first
            try:
                self.now_us = self.move(self.ways[first].want_us)
            except BaseException as ending:  # Ctrl-C, too
                self.ending = ending
            for one in self.poked:
                way = self.way(one)
                if not way.is_aside and way.want_us != INT64_MAX:
                    way.want_us = min(way.want_us, self.now_us)
