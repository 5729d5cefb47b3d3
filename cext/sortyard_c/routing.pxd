from sortyard_c.endings cimport condemn, doubt
from sortyard_c.line_state cimport LineState, emit, refusal, schedule, travelled

cdef int _MASK, _HALF, _NONE, _NEVER, _AT_ONCE, _PASS_WALK, _READ_WALK, _SLOTS, _DEST_REQUEST, _EVENT
cdef int _R_NO_READ, _R_MULTI_READ, _R_NO_DATA, _R_LATE_DATA, _R_UNCERTAIN, _R_LAP_LIMIT, _E_ASSIGNED
cdef int _E_ROUTED, _E_READ_UNASSIGNED, _E_LATE_ANSWER, _IS_UNCERTAIN, _IS_MULTI, _READING, _WAITING
cdef int _DECIDED, _ROUTED, _HOST_ONLY, _NEW_SLOT, _AMBIG_FRONT, _CONDEMN, _TELL_STRAY, _TELL_LAP, _E_STRAY_SEEN
cdef int _UPSTREAM


cpdef void on_read(LineState st, int scanner, int position, int a, int plan) noexcept
cdef void _pass_scanners(LineState st) noexcept
cdef int _nearest(LineState st, int t, int along, int length, int scanner) noexcept
cdef void _assign(LineState st, int t, int slot, int plan) noexcept
cpdef void limit_reads(LineState st, int t) noexcept
cpdef void data_due(LineState st, int t) noexcept
cdef void _doubted(LineState st, int t) noexcept
cdef int _deadline(LineState st, int plan) noexcept
cpdef void on_destination(LineState st, int slot, int handle, int group) noexcept
cdef void _route_group(LineState st, int t, int group) noexcept
cpdef void route(LineState st, int t, int reason) noexcept
cdef void _choose(LineState st, int t) noexcept
cdef int _decide_at(LineState st, int t, int chute) noexcept
cpdef void fall_back(LineState st, int t, int reason) noexcept
