from sortyard_c.line_state cimport LineState, emit, is_confirm_blocked, schedule, travelled

include "constants/endings.pxi"


cpdef void condemn(LineState st, int t, int reason) noexcept
cpdef void suspect(LineState st, int t, int cause) noexcept
cpdef void doubt(LineState st, int t, int cause) noexcept
cpdef void cancel(LineState st, int t) noexcept
cdef void _unwait(LineState st, int t) noexcept
cpdef void leave_belt(LineState st, int t) noexcept
cdef void _forget_place(LineState st, int t) noexcept
cpdef void dispose(LineState st, int t, int outcome, int reason, int chute, int confirmed) noexcept
cpdef void forget(LineState st, int t) noexcept
cpdef void finish(LineState st, int t) noexcept
cpdef void claim(LineState st, int t) noexcept
cpdef void count_lap(LineState st, int slot) noexcept
cdef void _claim_later(LineState st, int t, int offset) noexcept
cpdef void confirm_missing(LineState st, int t) noexcept
cpdef int has_dropped(LineState st, int t) noexcept
cpdef void divert_failed(LineState st, int t) noexcept
cpdef void settle_provisional(LineState st, int chute, int until) noexcept
cpdef int drop_provisional(LineState st, int chute, int until) noexcept
cpdef void claim_unproven(LineState st, int t) noexcept
cpdef void claim_waiting(LineState st, int t) noexcept
cdef int _end_provisional(LineState st, int chute, int until, int flags) noexcept
