"""The simulation loop's state: see sim_loop.pyx."""

cimport cython

from sortyard_c.code_slots cimport Slots
from sortyard_c.gate_logic cimport _OUT_RING, GateLogic
from sortyard_c.ledger cimport Ledger
from sortyard_c.plant cimport Plant
from sortyard_c.plant_ride cimport Wait
from sortyard_c.plant_world cimport World, i64
from sortyard_c.program_io cimport ProgramIo

cdef extern from *:
    """
    #define STALLED_US (4 * 3600 * 1000000LL)
    #define PATIENCE_US (1800 * 1000000LL)
    """
    const i64 STALLED_US        # nothing has moved for so long: nobody will start the line again
    const i64 PATIENCE_US       # the same with a program that does not start it

cdef enum:
    ASKED = 2048         # tracks for which the host may still answer, by the low bits of their handle


cdef inline const int* next_output(GateLogic gl) noexcept:
    """The oldest record that waits there, as `drain` would move it: copying each one is a good part of the whole run."""
    cdef const int* record = &gl.out_ring[5 * gl.out_first]
    gl.out_first = (gl.out_first + 1) & (_OUT_RING - 1)
    gl.out_count -= 1
    return record


@cython.final
cdef class SimLoop:
    cdef readonly Plant plant
    cdef World* w
    cdef readonly Ledger ledger
    cdef Slots slots
    cdef object on_pause
    cdef int asked[ASKED]
    cdef int* recorded
    cdef i64 recorded_used, recorded_room
    cdef bint is_recording, is_every_ms, must_step
    cdef readonly int boot
    cdef readonly bint is_over
    cdef readonly i64 now_us, steps, inputs
    cdef i64 counts            # whole encoder counts at `position`
    cdef i64 soonest_us        # the first full step after the last one
    cdef Wait wait
    cdef i64 tick_us           # the first full step at which the clock shows due_ticks
    cdef ProgramIo io          # of the line's program, None without one
    cdef object program
    cdef i64 scan_us           # the step at which it is to run, NEVER without one
    cdef i64 patience_us
    cdef i64 event_us          # nothing happens in the plant before, unless it is told something
    cdef int countdown
    cdef int position, due_position, due_ticks, is_pending

    cdef inline bint _await_step(self) except -1
    cdef bint _first_step(self) noexcept
    cdef inline i64 _next_due(self, i64 least) noexcept
    cdef inline bint _ride(self, i64 until) except -1
    cdef bint _ride_on(self) except -1
    cdef inline void _note_position(self) noexcept
    cdef inline bint _will_step(self) noexcept
    cdef inline void _wait_for(self, int position, int ticks, int is_pending) noexcept
    cdef bint _is_stalled(self) noexcept
    cdef void _restart(self)
    cdef inline void _look_at_inputs(self) noexcept
    cdef void _serve_first(self, int* at) noexcept
    cdef inline const int* _next_input(self) noexcept
    cdef void _obey(self, const int* record) noexcept
    cdef void _ask_host(self, int track, int slot) noexcept
    cdef void _show(self, int* at) noexcept
    cdef int _scan(self, int state) except -1
    cdef int _pause(self) except -1
    cdef int _record(self, const int* taken) except -1
