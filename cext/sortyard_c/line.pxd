cimport cython
from sortyard_c.gates cimport sync_gate
from sortyard_c.line_state cimport LineState, Merge, emit

cdef int _MASK, _HALF, _DRIVE, _RESET, _START, _RESTART_POLICY, _STOP, _HOLD, _GATES_SAFE, _LINE, _INFEED
cdef int _MERGE, _EVENT, _FAULT, _E_FLUSH, _E_RESUMED, _F_STALLED, _F_DRIFT, _F_OVERSPEED, _F_REVERSED
cdef int _STOPPED, _RUNNING, _STARTING, _ESTOPPED, _FAULTED, _HOME, _OUT, _IDLE, _CLEARING, _RELEASING
cdef int _PASSING, _HOLD_METER, _HOLD_MERGE, _HOLD_LINE, _HOLD_ASKED, _HALT, _MANY, _LONG_AGO


cpdef void on_command(LineState st, int kind, int a) noexcept
cpdef void halt(LineState st) noexcept
cpdef void enter_estop(LineState st) noexcept
cpdef void stop_fault(LineState st, int code, int index, int detail) noexcept
cpdef void continue_start(LineState st) noexcept
cdef void _run(LineState st) noexcept
cpdef void hold_infeed(LineState st, int cause, int on) noexcept
cpdef void sample_speed(LineState st) noexcept
cdef void _renew_home(LineState st) noexcept
cdef void _encoder_fault(LineState st, int code, int detail) noexcept
cpdef void meter_blocked(LineState st, int position) noexcept
@cython.locals(square=int, root=int, better=int)
cdef int _held(Merge mg, int need) noexcept
cpdef void merge_blocked(LineState st) noexcept
cdef void _merge_begin(LineState st) noexcept
cpdef void merge_cleared(LineState st, int position) noexcept
cpdef void run_merge(LineState st) noexcept
cpdef void merge_done(LineState st) noexcept
