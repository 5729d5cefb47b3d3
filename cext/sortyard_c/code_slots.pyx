"""Numbers for the codes that are about, so that the controller never handles a code itself."""

from libc.stdlib cimport calloc, free

cdef enum:
    NEW_SLOT = 1024


cdef class Slots:
    """Numbers 0..511 for the codes that are about; the same code keeps its slot while it is live.

    A slot becomes free with the last disposition of its parcel, and is given out again as late as possible.
    When all are taken, the one that was read longest ago is.
    """

    def __cinit__(self, int n_codes):
        cdef int i
        self.n_codes = n_codes
        self.slot_of = <int*>calloc(n_codes + 1, sizeof(int))
        if not self.slot_of:
            raise MemoryError
        for i in range(n_codes):
            self.slot_of[i] = -1
        for i in range(SLOTS):
            self.code_of[i] = -1
            self.next_free[i] = i + 1
        self.newest_free = SLOTS - 1
        self.next_free[self.newest_free] = -1

    def __dealloc__(self):
        free(self.slot_of)

    cdef int take(self, int code) noexcept:
        """Slot of a code that was read, plus NEW_SLOT where it had none."""
        cdef int slot = self.slot_of[code], is_new = 0
        if slot < 0:
            slot = self._reclaim()
            self.slot_of[code] = slot
            self.code_of[slot] = code
            is_new = NEW_SLOT
        self.reads += 1
        self.last_read[slot] = self.reads
        return slot + is_new

    cdef int _reclaim(self) noexcept:
        cdef int i, slot = self.oldest_free
        if slot >= 0:
            self.oldest_free = self.next_free[slot]
            if self.oldest_free < 0:
                self.newest_free = -1
            return slot
        slot = 0
        for i in range(SLOTS):
            if self.last_read[i] < self.last_read[slot]:
                slot = i
        self.slot_of[self.code_of[slot]] = -1
        return slot

    cdef void release(self, int slot) noexcept:
        """The parcel that carries it has come to its end. A free slot stays free."""
        if slot < 0 or slot >= SLOTS or self.code_of[slot] < 0:
            return
        self.slot_of[self.code_of[slot]] = -1
        self.code_of[slot] = -1
        self.next_free[slot] = -1
        if self.newest_free >= 0:
            self.next_free[self.newest_free] = slot
        else:
            self.oldest_free = slot
        self.newest_free = slot
