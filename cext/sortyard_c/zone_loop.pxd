"""The loop of a line of several zones: see zone_loop.pyx."""

cimport cython

from sortyard_c.code_slots cimport Slots
from sortyard_c.ledger cimport Ledger
from sortyard_c.plant cimport Plant
from sortyard_c.plant_world cimport MAX_CHUTES, World, i64
from sortyard_c.program_io cimport ProgramIo
from sortyard_c.sim_loop cimport ASKED
from sortyard_c.zone_numbers cimport MAX_ZONES, ZoneNumbers


cdef struct Letter:         # an input on its way to a zone
    i64 when                # it is there
    int record[5]


cdef struct Queue:          # letters in the order in which they are to be taken
    Letter* at
    int first
    int end
    int room


@cython.final
cdef class ZoneLoop:
    cdef readonly Plant plant
    cdef World* w
    cdef readonly Ledger ledger
    cdef readonly ZoneNumbers numbers
    cdef Slots slots
    cdef object on_pause
    cdef Queue waiting[MAX_ZONES]
    cdef Queue coming[MAX_ZONES]      # from other zones, in order of time
    cdef i64 relay_us[MAX_ZONES][MAX_ZONES]
    cdef bint is_every_ms
    cdef int n, countdown, position
    cdef int asked[ASKED]
    cdef int said_of[MAX_CHUTES]      # what the host has said of each chute itself
    cdef bint is_filled[MAX_ZONES][MAX_CHUTES]   # what each zone was told: by its confirm eye, downstream
    cdef int due_position[MAX_ZONES]
    cdef int due_ticks[MAX_ZONES]
    cdef int is_pending[MAX_ZONES]
    cdef readonly int boot
    cdef readonly bint is_over
    cdef readonly i64 now_us, steps, inputs
    cdef ProgramIo io          # of the line's program, None without one
    cdef object program
    cdef i64 scan_us           # when it is to run, NEVER without one
    cdef i64 patience_us
    cdef int state             # of the gate logic that the belt hangs on

    cpdef bint next_round(self) except -1
    cpdef bint wants(self, int zone) noexcept
    cdef int _begin(self, int n_codes) except -1
    cdef int _pause(self) except -1
    cdef bint _wants_any(self) noexcept
    cdef i64 _wish(self) noexcept
    cdef void _restart(self)
    cdef int _take_inputs(self) except -1
    cdef bint _is_any_waiting(self) noexcept
    cdef int _scan(self) except -1
    cdef int _take(self, int* record) except -1
    cdef void _hear(self, int zone, int* record) noexcept
    cdef int _deliver(self, int* record) except -1
    cdef const int* _next_input(self, int zone) noexcept
    cdef int _obey(self, int zone, const int* said) except -1
    cdef int _tell_neighbours(self, int zone, const int* said) except -1
    cdef int _tell(self, int zone, int other, int kind, int index, int position, int a, int b) except -1
    cdef void _say(self, const int* record) noexcept
