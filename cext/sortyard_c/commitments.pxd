from sortyard_c.endings cimport cancel, condemn, doubt
from sortyard_c.gaps cimport extend_at, is_clear, is_for, is_home_behind
from sortyard_c.gates cimport keep_out, sync_gate, tell_hold
from sortyard_c.line_state cimport LineState, refusal, travelled
from sortyard_c.routing cimport fall_back, route

cdef int _HALF, _NEVER, _AT_ONCE, _R_LATE_DATA, _R_GAP_TOO_SMALL, _R_UNCERTAIN, _R_FLUSHED, _D_BELT, _D_LOSSES
cdef int _RUNNING, _IS_STRAY, _IS_UNCERTAIN, _AMBIG_FRONT, _AMBIG_BACK, _IS_FIRED, _WAITING, _DECIDED, _NO_GATE
cdef int _COMMITTED, _CHECKED, _FITTED, _REFUSED, _LOOKING, _LOOK_ON, _LOOK_LATER, _LOOK_NEAR, _LOOK_FAR
cdef int _HOME, _ARMED, _OUT, _LOOSE


cpdef void decide(LineState st, int t) noexcept
cpdef void commit(LineState st, int t) noexcept
cpdef void refused(LineState st, int t) noexcept
cdef int _fit(LineState st, int t, int g, int extend) noexcept
cdef int _judge_row(LineState st, int t, int g, int looks) noexcept
cdef int _is_to_decide(LineState st, int b) noexcept
cdef int _is_open(LineState st, int t, int last, int behind) noexcept
cdef int _reserve(LineState st, int t, int g, int extend) noexcept
cdef int _is_next(LineState st, int t, int g) noexcept
cdef int _confirm_end(LineState st, int g, int chute) noexcept
cdef void _await_confirm(LineState st, int t) noexcept
cpdef void committed(LineState st, int t) noexcept
