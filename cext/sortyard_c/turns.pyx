"""Threads that have turns: one has its turn at any time, and gives it to another one without Python's lock.

    turns = Turns(2)
    turns.take(1)              # thread 1: until it has the turn
    turns.give(1)              # whoever has it
    turns.give_and_take(1, 0)  # thread 0 gives it to thread 1, and has it again when somebody gives it back
    turns.give_aside(1, 0)     # thread 0 gives it when it leaves the guest's call it is in, and needs it for the next one
    turns.take_back()          # at the latest

Whoever is given the turn needs Python's lock at once; so it is given when the giver has let that go, and taken before
the lock is.
"""

from libc.stdlib cimport calloc, free

from cpython.pythread cimport (
    PyThread_acquire_lock,
    PyThread_allocate_lock,
    PyThread_free_lock,
    PyThread_release_lock,
    PyThread_type_lock,
    WAIT_LOCK,
)

cdef extern from *:
    """
    #ifdef _MSC_VER
    #define OF_A_THREAD static __declspec(thread)
    #else
    #define OF_A_THREAD static _Thread_local
    #endif
    OF_A_THREAD PyThread_type_lock to_give, to_take;
    """
    PyThread_type_lock to_give, to_take


cdef bint goes_aside() noexcept nogil:
    """Whether this thread gives its turn away when it leaves the guest's call that it is in."""
    return to_give != NULL


cdef void take_at_first() noexcept nogil:
    """The turn that this thread needs, if it has gone aside."""
    global to_take
    cdef PyThread_type_lock turn = to_take
    if turn != NULL:
        to_take = NULL
        PyThread_acquire_lock(turn, WAIT_LOCK)


cdef void give_at_last() noexcept nogil:
    """The turn that this thread has to give, if it goes aside."""
    global to_give
    cdef PyThread_type_lock turn = to_give
    if turn != NULL:
        to_give = NULL
        PyThread_release_lock(turn)


cdef class Turns:
    """Nobody of `n` has the turn."""

    def __cinit__(self, unsigned int n):
        cdef unsigned int i
        self.locks = <PyThread_type_lock*>calloc(n, sizeof(PyThread_type_lock))
        if not self.locks:
            raise MemoryError
        for i in range(n):
            self.locks[i] = PyThread_allocate_lock()
            if not self.locks[i]:
                raise MemoryError
            self.n = i + 1
            PyThread_acquire_lock(self.locks[i], WAIT_LOCK)

    def __dealloc__(self):
        cdef int i
        for i in range(self.n):
            PyThread_free_lock(self.locks[i])
        free(self.locks)

    cdef int _checked(self, int one) except -1:
        if not 0 <= one < self.n:
            raise IndexError(f"there is no thread {one}")
        return one

    def take(self, int one):
        """Wait for the turn."""
        self._checked(one)
        with nogil:
            PyThread_acquire_lock(self.locks[one], WAIT_LOCK)

    def give(self, int one):
        """It is that thread's turn now."""
        PyThread_release_lock(self.locks[self._checked(one)])

    def give_and_take(self, int other, int own):
        """It is that thread's turn; wait until it is this one's again."""
        self._checked(other)
        self._checked(own)
        with nogil:
            PyThread_release_lock(self.locks[other])
            PyThread_acquire_lock(self.locks[own], WAIT_LOCK)

    def give_aside(self, int other, int own):
        """It is that thread's turn when this one leaves its guest's call; to be taken back with its next one."""
        global to_give, to_take
        to_give, to_take = self.locks[self._checked(other)], self.locks[self._checked(own)]

    @staticmethod
    def take_back():
        """What was given aside, unless it has been taken back; given it is at the latest now."""
        with nogil:
            give_at_last()
            take_at_first()

    @staticmethod
    def leave_call():
        """What a guest's call of its host does when it is left: for threads that have no guest."""
        with nogil:
            give_at_last()
