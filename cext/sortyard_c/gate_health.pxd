from sortyard_c.line_state cimport LineState, emit

cdef int _MASK, _HALF, _EVENT, _FAULT, _E_GATE_SLOW, _F_GATE_WORN, _STOPPED, _HOME, _OUT, _LOOSE, _AT_HOME


cpdef void count_cycle(LineState st, int g) noexcept
cpdef void start_timer(LineState st, int g, int us) noexcept
cpdef void on_gate_end(LineState st, int g, int end) noexcept
