from sortyard_c.endings cimport cancel, condemn, doubt, suspect
from sortyard_c.line_state cimport LineState, emit, refusal
from sortyard_c.routing cimport fall_back, route

cdef int _MASK, _HALF, _NONE, _NEVER, _AT_ONCE, _WALK, _ROW_WALK, _GATE_EXTEND, _GATE_RETRACT
cdef int _GATE_HOLD, _EVENT, _FAULT, _R_LATE_DATA, _R_GAP_TOO_SMALL, _R_UNCERTAIN, _R_FLUSHED
cdef int _E_GATE_SLOW, _D_AMBIGUOUS, _D_BELT, _F_NO_END, _F_GATE_WORN, _RUNNING, _IS_STRAY, _IS_UNCERTAIN
cdef int _AMBIG_FRONT, _AMBIG_BACK, _IS_FIRED, _IS_OFF_BELT, _NO_GATE, _ROUTED, _COMMITTED, _CHECKED, _FITTED
cdef int _REFUSED, _LOOKING, _LOOK_ON, _LOOK_NEAR, _LOOK_FAR, _MOMENT, _HOME, _ARMED, _OUT, _LOOSE, _SAFE_RETRACT
cdef int _SAFE_OFF, _AT_HOME, _STOPPED


cpdef void sync_gate(LineState st, int g) noexcept
cdef int _is_stranded(LineState st, int g) noexcept
cpdef void decide(LineState st, int t) noexcept
cpdef void commit(LineState st, int t) noexcept
cpdef void refused(LineState st, int t) noexcept
cdef int _fit(LineState st, int t, int g, int extend) noexcept
cdef int _extend_at(LineState st, int t, int g) noexcept
cpdef int passes_gate(LineState st, int t, int s) noexcept
cpdef void moved(LineState st, int t) noexcept
cdef int _is_for(LineState st, int t, int g) noexcept
cdef int _is_clear(LineState st, int t, int g, int extend, int margin) noexcept
cdef int _is_home_behind(LineState st, int t, int g, int extend, int margin) noexcept
cdef int _judge_row(LineState st, int t, int g, int looks) noexcept
cdef int _is_open(LineState st, int t, int last, int behind) noexcept
cdef int _reserve(LineState st, int t, int g, int extend) noexcept
cdef int _is_next(LineState st, int t, int g) noexcept
cdef int _confirm_end(LineState st, int g, int chute) noexcept
cdef void _await_confirm(LineState st, int t) noexcept
cpdef void committed(LineState st, int t) noexcept
cdef void _keep_out(LineState st, int t, int g) noexcept
cdef void _tell_hold(LineState st, int t, int g) noexcept
cdef void _plan_retract(LineState st, int g, int t) noexcept
cpdef void run_gate(LineState st, int g) noexcept
cdef void _extend(LineState st, int g) noexcept
cdef void _count_cycle(LineState st, int g) noexcept
cdef void _retract(LineState st, int g) noexcept
cdef void _stay_out(LineState st, int g, int b, int is_for) noexcept
cdef int _next_at(LineState st, int g) noexcept
cdef int _first_before(LineState st, int t, int g, int walk) noexcept
cdef void _send_home(LineState st, int g) noexcept
cdef void _start_timer(LineState st, int g, int us) noexcept
cpdef void run_timer(LineState st, int g) noexcept
cpdef void on_gate_end(LineState st, int g, int end) noexcept
