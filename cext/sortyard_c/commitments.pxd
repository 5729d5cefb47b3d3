from sortyard_c.endings cimport cancel, condemn, doubt
from sortyard_c.gaps cimport extend_at, is_clear, is_for, is_home_behind
from sortyard_c.gates cimport keep_out, sync_gate, tell_hold
from sortyard_c.line_state cimport LineState, refusal, travelled
from sortyard_c.routing cimport fall_back, route

include "constants/commitments.pxi"


cpdef void decide(LineState st, int t) noexcept
cpdef void commit(LineState st, int t) noexcept
cpdef void refused(LineState st, int t) noexcept
cdef int _fit(LineState st, int t, int g, int extend) noexcept
cdef int _is_too_long(LineState st, int t, int g) noexcept
cdef int _judge_row(LineState st, int t, int g, int looks) noexcept
cdef int _is_to_decide(LineState st, int b) noexcept
cdef int _is_open(LineState st, int t, int last, int behind) noexcept
cdef int _reserve(LineState st, int t, int g, int extend) noexcept
cdef int _is_next(LineState st, int t, int g) noexcept
cdef int _confirm_end(LineState st, int g, int chute) noexcept
cdef void _await_behind(LineState st, int t, int last) noexcept
cpdef void committed(LineState st, int t) noexcept
