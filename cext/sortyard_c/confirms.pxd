from sortyard_c.endings cimport drop_provisional, settle_provisional
from sortyard_c.line cimport stop_fault
from sortyard_c.line_state cimport LineState, emit, schedule, travelled

include "constants/confirms.pxi"


cpdef void on_confirm(LineState st, int chute, int position) noexcept
cdef void _confirmed(LineState st, int t, int chute, int start, int is_one_missing) noexcept
cdef int _is_there(LineState st, int t, int chute, int start) noexcept
cdef int _strangers(LineState st, int t, int chute, int start) noexcept
cdef int _patience(LineState st, int chute) noexcept
cdef int _is_lone_stranger(LineState st, int chute, int start) noexcept
cpdef void chute_cleared(LineState st, int chute, int position) noexcept
cpdef void heap_up(LineState st, int chute) noexcept
