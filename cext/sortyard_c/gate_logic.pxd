cimport cython

from sortyard_c.borders cimport on_border
from sortyard_c.confirms cimport heap_up
from sortyard_c.eyes cimport on_blocked, on_cleared, run_track
from sortyard_c.gate_health cimport on_gate_end
from sortyard_c.gates cimport run_gate, run_timer
from sortyard_c.line cimport (
    continue_start, enter_estop, halt, hold_infeed, on_command, run_merge, sample_speed, stop_fault,
)
from sortyard_c.line_state cimport LineState
from sortyard_c.routing cimport on_destination, on_read
from sortyard_c.tables cimport Ints

include "constants/gate_logic.pxi"


@cython.final
cdef class GateLogic(LineState):
    cpdef int feed(self, int kind, int index, int position, int a, int b) noexcept
    @cython.locals(entity=int, g=int, due=int, gates_due=int)
    cpdef void step(self, int position, int ticks) noexcept
    cpdef int drain(self, int[::1] buffer, int offset) noexcept


cdef void _begin(GateLogic gl) noexcept
cdef void _serve(GateLogic gl) noexcept
cdef void _run_place(GateLogic gl, int entity) noexcept
cdef void _take_input(GateLogic gl) noexcept
cdef int _dispatch(GateLogic gl, Ints ring, int at) noexcept
cdef void _run_ticks(GateLogic gl) noexcept
