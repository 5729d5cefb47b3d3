from sortyard_c.endings cimport condemn, doubt
from sortyard_c.line_state cimport LineState, emit, refusal, schedule, travelled

include "constants/routing.pxi"


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
