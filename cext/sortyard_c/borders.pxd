from sortyard_c.endings cimport cancel, count_lap
from sortyard_c.line cimport halt, stop_fault
from sortyard_c.line_state cimport LineState, emit, schedule
from sortyard_c.routing cimport fall_back, route

include "constants/borders.pxi"


cpdef void hand_over(LineState st, int t, int flags) noexcept
cpdef void on_border(LineState st, int kind, int index, int position, int a, int b) noexcept
cdef void _take_over(LineState st, int slot, int origin, int handle, int length) noexcept
cdef void _bind(LineState st, int facts, int handle, int bound) noexcept
cdef void _on_peer(LineState st, int zone, int what) noexcept
