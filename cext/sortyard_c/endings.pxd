from sortyard_c.line_state cimport LineState, emit, is_confirm_blocked, schedule

cdef int _NONE, _NEVER, _AT_ONCE, _WALK, _DISPOSITION, _EVENT, _FAULT, _SORTED, _RECIRCULATED, _REJECTED, _LOST
cdef int _STRAY, _R_NO_READ, _R_LATE_DATA, _R_UNCERTAIN, _R_FLUSHED, _R_NOT_SEEN, _R_UNPROVEN
cdef int _R_CARRIED, _E_CONDEMNED, _E_DOUBTED, _E_DIVERT_FAILED, _E_LOOP_LOAD, _D_LENGTH, _D_AMBIGUOUS
cdef int _D_DIVERT_FAILED, _F_GATE_FAILS, _IS_STRAY, _IS_UNCERTAIN, _IS_NAMELESS, _AMBIG_FRONT
cdef int _AMBIG_BACK, _IS_FIRED, _IS_CONFIRMED, _IS_PROVISIONAL, _IS_OFF_BELT, _IS_BLOCK, _IS_MISSED
cdef int _IS_PAST, _IS_OVER, _IS_ENDED, _AT_BORDER, _IS_HANDED
cdef int _READING, _DECIDED, _NO_GATE, _COMMITTED, _HOME, _ARMED, _DIVERT_FAILS, _RECIRCULATE


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
cpdef void confirm_missing(LineState st, int t) noexcept
cpdef void divert_failed(LineState st, int t) noexcept
cpdef void settle_provisional(LineState st, int chute, int until) noexcept
cpdef void drop_provisional(LineState st, int chute, int until) noexcept
cpdef void claim_unproven(LineState st, int t) noexcept
cdef void _end_provisional(LineState st, int chute, int until, int flags) noexcept
