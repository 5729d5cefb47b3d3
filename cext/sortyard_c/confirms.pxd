from sortyard_c.endings cimport drop_provisional, settle_provisional
from sortyard_c.line cimport stop_fault
from sortyard_c.line_state cimport LineState, emit, travelled

cdef int _MASK, _HALF, _NONE, _AT_ONCE, _QUEUE_WALK, _EVENT, _E_UNEXPECTED_CONFIRM, _E_CHUTE_FULL
cdef int _E_CHUTE_FREE, _F_GATE_STUCK, _IS_UNCERTAIN, _IS_NAMELESS, _IS_FIRED, _IS_CONFIRMED
cdef int _IS_PROVISIONAL, _IS_ENDED, _HOME, _LOOSE, _UNEXPECTED


cpdef void on_confirm(LineState st, int chute, int position) noexcept
cdef void _confirmed(LineState st, int t, int chute, int start, int is_one_missing) noexcept
cpdef void chute_cleared(LineState st, int chute, int position) noexcept
cpdef void heap_up(LineState st, int chute) noexcept
