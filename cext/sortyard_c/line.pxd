cimport cython
from sortyard_c.gates cimport forget_strangers, sync_gate
from sortyard_c.line_state cimport LineState, Merge, emit

include "constants/line.pxi"


cpdef void on_command(LineState st, int kind, int a) noexcept
cpdef void halt(LineState st) noexcept
cpdef void enter_estop(LineState st) noexcept
cpdef void stop_fault(LineState st, int code, int index, int detail) noexcept
cpdef void continue_start(LineState st) noexcept
cdef void _run(LineState st) noexcept
cpdef void hold_infeed(LineState st, int cause, int on) noexcept
cpdef void sample_speed(LineState st) noexcept
cdef void _renew(LineState st) noexcept
cdef void _encoder_fault(LineState st, int code, int detail) noexcept
cpdef void meter_blocked(LineState st, int position) noexcept
@cython.locals(square=int, root=int, better=int)
cdef int _held(Merge mg, int need) noexcept
cpdef void merge_blocked(LineState st) noexcept
cdef void _merge_begin(LineState st) noexcept
cpdef void merge_cleared(LineState st, int position) noexcept
cpdef void run_merge(LineState st) noexcept
cpdef void merge_done(LineState st) noexcept
