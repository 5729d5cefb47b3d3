from sortyard_c.borders cimport hand_over
from sortyard_c.confirms cimport chute_cleared, on_confirm
from sortyard_c.endings cimport (
    claim,
    claim_unproven,
    confirm_missing,
    dispose,
    divert_failed,
    doubt,
    finish,
    forget,
    leave_belt,
)
from sortyard_c.commitments cimport commit, committed, decide, refused
from sortyard_c.gaps cimport passes_gate
from sortyard_c.gates cimport moved
from sortyard_c.line cimport merge_blocked, merge_cleared, merge_done, meter_blocked, stop_fault
from sortyard_c.line_state cimport LineState, emit, schedule, travelled
from sortyard_c.routing cimport data_due, limit_reads

cdef int _MASK, _HALF, _NONE, _NEVER, _AT_ONCE, _EVENT, _LOST, _STRAY, _R_LENGTH, _R_NOT_SEEN, _R_MERGED
cdef int _R_VANISHED, _E_INDUCTED, _E_MEASURED, _D_LENGTH, _D_AMBIGUOUS, _CONDEMN, _TELL_STRAY, _F_JAM
cdef int _F_TRACKS_FULL, _INFEED_EYE, _END_EYE, _CONFIRM_EYE, _METER_EYE, _IS_STRAY, _IS_UNCERTAIN
cdef int _IS_NAMELESS, _AMBIG_FRONT, _AMBIG_BACK, _IS_CONFIRMED, _IS_PROVISIONAL, _IS_OFF_BELT, _IS_BLOCK
cdef int _IS_MISSED, _IS_PAST, _IS_OVER, _IS_ENDED, _AT_BORDER, _DECIDED, _ROUTED, _COMMITTED, _REFUSED, _PASSING, _OUT
cdef int _LONGEST, _STILL, _BOOTED, _MOMENT


cpdef int on_blocked(LineState st, int eye, int position) noexcept
cpdef int on_cleared(LineState st, int eye, int position) noexcept
cdef int _is_handled(LineState st, int position) noexcept
cdef void _induct(LineState st, int position) noexcept
cdef void _measure(LineState st, int position) noexcept
cdef int _length(LineState st, int t, int position, int x) noexcept
cdef int _at_station(LineState st, int s, int position) noexcept
cdef int _fits_both(LineState st, int t, int behind, int s, int position, int error) noexcept
cdef void _seen(LineState st, int t, int s, int position, int error) noexcept
cdef void _station_cleared(LineState st, int s, int position) noexcept
cdef void _resolve(LineState st, int t) noexcept
cdef void _overlong(LineState st, int t) noexcept
cdef void _stray(LineState st, int s, int position) noexcept
cdef void _unsettle(LineState st, int s) noexcept
cdef void _not_seen(LineState st, int t) noexcept
cpdef int run_track(LineState st, int t) noexcept
cdef void _gate_due(LineState st, int t) noexcept
