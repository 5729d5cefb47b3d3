from sortyard_c.line_state cimport LineState

include "constants/gaps.pxi"


cpdef int extend_at(LineState st, int t, int g) noexcept
cpdef int is_for(LineState st, int t, int g) noexcept
cpdef int is_clear(LineState st, int t, int g, int extend, int margin) noexcept
cpdef int is_home_behind(LineState st, int t, int g, int extend, int margin) noexcept
cpdef int passes_gate(LineState st, int t, int s) noexcept
