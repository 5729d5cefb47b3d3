from sortyard_c.line_state cimport LineState, emit

include "constants/gate_health.pxi"


cpdef void count_cycle(LineState st, int g) noexcept
cpdef void start_timer(LineState st, int g, int us) noexcept
cpdef void on_gate_end(LineState st, int g, int end) noexcept
