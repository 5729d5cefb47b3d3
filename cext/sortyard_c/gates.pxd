from sortyard_c.endings cimport cancel, condemn, doubt, suspect
from sortyard_c.gaps cimport extend_at, is_clear, is_for, is_home_behind
from sortyard_c.gate_health cimport count_cycle, start_timer
from sortyard_c.line_state cimport LineState, emit, schedule

include "constants/gates.pxi"


cpdef void sync_gate(LineState st, int g) noexcept
cdef int _is_stranded(LineState st, int g) noexcept
cpdef void moved(LineState st, int t) noexcept
cpdef void grown(LineState st, int t) noexcept
cpdef void keep_out(LineState st, int t, int g) noexcept
cpdef void tell_hold(LineState st, int t, int g) noexcept
cdef void _plan_retract(LineState st, int g, int t) noexcept
cpdef void run_gate(LineState st, int g) noexcept
cdef int _is_expected(LineState st, int s, int position) noexcept
cdef int _gives_way(LineState st, int g, int s) noexcept
cdef void _extend(LineState st, int g) noexcept
cdef void _retract(LineState st, int g) noexcept
cdef void _stay_out(LineState st, int g, int b, int is_own) noexcept
cpdef void forget_strangers(LineState st, int g) noexcept
cdef int _next_at(LineState st, int t, int g, int section) noexcept
cdef void _send_home(LineState st, int g) noexcept
cpdef void run_timer(LineState st, int g) noexcept
