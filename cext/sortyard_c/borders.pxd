from sortyard_c.endings cimport cancel
from sortyard_c.line cimport halt, stop_fault
from sortyard_c.line_state cimport LineState, emit, schedule
from sortyard_c.routing cimport route

cdef int _MASK, _NONE, _NEVER, _AT_ONCE, _SLOTS, _DISPOSITION, _HANDED_OUT, _BOUND_OUT, _HANDED, _BOUND, _PEER
cdef int _PEER_STOPPED, _PEER_ALIVE, _ZONES, _LOST, _R_NO_READ, _R_LATE_DATA, _R_NOT_SEEN, _F_TRACKS_FULL
cdef int _F_ZONE_DEAD, _IS_STRAY, _IS_UNCERTAIN, _IS_OVER, _IS_ENDED, _AT_BORDER, _IS_HANDED, _CARRIED
cdef int _IS_FLUSHED, _READING, _DECIDED, _NO_GATE, _COMMITTED, _STOPPED, _RUNNING, _STARTING


cpdef void hand_over(LineState st, int t) noexcept
cdef int _bound(LineState st, int t) noexcept
cpdef void on_border(LineState st, int kind, int index, int position, int a, int b) noexcept
cdef void _take_over(LineState st, int slot, int origin, int handle, int length) noexcept
cdef void _bind(LineState st, int facts, int handle, int bound) noexcept
cdef void _on_peer(LineState st, int zone, int what) noexcept
