"""A crew of threads that go on with guests while the threads that have Python's lock do something else.

    crew = Crew(4, 1)                 # of four guests one thread
    Thread(target=crew.work, args=(0,)).start()
    crew.is_at_work = True            # from now on, until it is False: guests are offered to the crew
    ...                               # each in a thread of its own: GuestTask.join(crew, place), GuestTask.go_on
    crew.close()                      # its threads end

A guest that may go on is offered when the thread that it belongs to goes aside (`Turns.give_aside`), and taken by
whoever comes first: a thread of the crew, its own one when its turn comes, or another one that would have to wait. None
of this needs Python's lock, and what a guest computes does not depend on who lets it go on. Threads that look for a
guest in vain sleep after a while: waking them takes longer than a turn of a guest.
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

from sortyard_c.turns cimport give_at_last, goes_aside, take_at_first

cdef extern from *:
    """
    #ifdef _MSC_VER
    #include <windows.h>
    #define look_at(at) _InterlockedOr((volatile long *)(at), 0)
    #define put_at(at, value) _InterlockedExchange((volatile long *)(at), value)
    #define swapped(at, before, after) \
        (_InterlockedCompareExchange((volatile long *)(at), after, before) == (before))
    #define rest_a_moment() YieldProcessor()
    #define let_others() SwitchToThread()
    #else
    #include <sched.h>
    #define look_at(at) __atomic_load_n(at, __ATOMIC_SEQ_CST)
    #define put_at(at, value) __atomic_store_n(at, value, __ATOMIC_SEQ_CST)
    static inline int swapped(int *at, int before, int after) {
        return __atomic_compare_exchange_n(at, &before, after, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    }
    #define let_others() sched_yield()
    #if defined(__x86_64__) || defined(__i386__)
    #define rest_a_moment() __builtin_ia32_pause()
    #elif defined(__aarch64__)
    #define rest_a_moment() __asm__ volatile("yield")
    #else
    #define rest_a_moment() ((void)0)
    #endif
    #endif
    """
    int look_at(int*) noexcept nogil
    void put_at(int*, int) noexcept nogil
    bint swapped(int*, int before, int after) noexcept nogil
    void rest_a_moment() noexcept nogil
    void let_others() noexcept nogil

cdef enum:
    IDLE = 0
    READY                       # whoever changes it to RUNNING lets it go on
    RUNNING
    DONE
    MOST_LOOKS = 5000           # of a thread of the crew before it sleeps: some 0.2 ms
    LOOKS = 500                 # of one that waits for a guest before it lets other processes have its core


cdef void run(Slot* slot) noexcept nogil:
    slot.is_over = slot.poll(slot.future)


cdef bint run_one(Crew crew) noexcept nogil:
    """Let the first guest that is offered go on; whether there was one."""
    cdef int i
    for i in range(crew.n):
        if look_at(&crew.slots[i].state) == READY and swapped(&crew.slots[i].state, READY, RUNNING):
            run(&crew.slots[i])
            put_at(&crew.slots[i].state, DONE)
            return True
    return False


cdef void offer(Slot* own, Crew crew) noexcept nogil:
    cdef int i
    put_at(&own.state, READY)
    for i in range(crew.size):
        if look_at(&crew.workers[i].is_asleep) and swapped(&crew.workers[i].is_asleep, 1, 0):
            PyThread_release_lock(<PyThread_type_lock>crew.workers[i].bell)
            return


cdef void finish(Slot* own, Crew crew) noexcept nogil:
    """Until a guest that was offered has gone on; others may, too, while somebody else is at it."""
    cdef int looks = 0
    while True:
        if swapped(&own.state, READY, RUNNING):
            run(own)
            break
        if look_at(&own.state) == DONE:
            break
        if run_one(crew):
            continue
        looks += 1
        if looks % LOOKS:
            rest_a_moment()
        else:
            let_others()
    put_at(&own.state, IDLE)


cdef void go_on(Slot* own, Crew crew) noexcept nogil:
    """Until the guest stands again. The turn is given away meanwhile if this thread goes aside."""
    cdef bint is_offered = goes_aside() and crew.is_at_work
    if is_offered:
        offer(own, crew)
    give_at_last()
    take_at_first()
    if is_offered:
        finish(own, crew)
    else:
        run(own)


cdef class Crew:
    """`size` threads for `n` guests."""

    def __cinit__(self, int n, int size):
        cdef int i
        self.slots = <Slot*>calloc(n, sizeof(Slot))
        self.workers = <Worker*>calloc(size + 1, sizeof(Worker))
        if not self.slots or not self.workers:
            raise MemoryError
        self.n = n
        for i in range(size):
            self.workers[i].bell = PyThread_allocate_lock()
            if not self.workers[i].bell:
                raise MemoryError
            self.size = i + 1
            PyThread_acquire_lock(<PyThread_type_lock>self.workers[i].bell, WAIT_LOCK)

    def __dealloc__(self):
        cdef int i
        for i in range(self.size):
            PyThread_free_lock(<PyThread_type_lock>self.workers[i].bell)
        free(self.workers)
        free(self.slots)

    cdef Slot* slot(self, int place) except NULL:
        if not 0 <= place < self.n:
            raise IndexError(f"there is no guest {place}")
        return &self.slots[place]

    def work(self, int number):
        """What thread `number` of the crew does until `close`."""
        cdef Worker* worker
        cdef int looks = 0
        if not 0 <= number < self.size:
            raise IndexError(f"there is no thread {number}")
        worker = &self.workers[number]
        with nogil:
            while not look_at(&self.is_closed):
                if run_one(self):
                    looks = 0
                elif looks < MOST_LOOKS:
                    looks += 1
                    rest_a_moment()
                else:
                    self.sleep(worker)
                    looks = 0

    cdef void sleep(self, Worker* worker) noexcept nogil:
        """Until a guest is offered; one that came in between is not overlooked."""
        put_at(&worker.is_asleep, 1)
        if (run_one(self) or look_at(&self.is_closed)) and swapped(&worker.is_asleep, 1, 0):
            return
        PyThread_acquire_lock(<PyThread_type_lock>worker.bell, WAIT_LOCK)

    def close(self):
        """Nobody offers anything any more."""
        cdef int i
        put_at(&self.is_closed, 1)
        for i in range(self.size):
            if swapped(&self.workers[i].is_asleep, 1, 0):
                PyThread_release_lock(<PyThread_type_lock>self.workers[i].bell)
