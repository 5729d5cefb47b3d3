from sortyard_c.line_state cimport LineState

cdef int _MASK, _HALF, _NEVER, _IS_UNCERTAIN, _IS_NAMELESS, _IS_FIRED, _NO_GATE, _COMMITTED


cpdef int extend_at(LineState st, int t, int g) noexcept
cpdef int is_for(LineState st, int t, int g) noexcept
cpdef int is_clear(LineState st, int t, int g, int extend, int margin) noexcept
cpdef int is_home_behind(LineState st, int t, int g, int extend, int margin) noexcept
cpdef int passes_gate(LineState st, int t, int s) noexcept
