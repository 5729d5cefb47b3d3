from sortyard_c.borders cimport hand_over
from sortyard_c.confirms cimport chute_cleared, on_confirm
from sortyard_c.endings cimport (
    claim,
    claim_unproven,
    claim_waiting,
    confirm_missing,
    dispose,
    divert_failed,
    doubt,
    finish,
    forget,
    has_dropped,
    leave_belt,
)
from sortyard_c.commitments cimport commit, committed, decide, refused
from sortyard_c.gaps cimport passes_gate
from sortyard_c.gates cimport grown, moved
from sortyard_c.line cimport merge_blocked, merge_cleared, merge_done, meter_blocked, stop_fault
from sortyard_c.line_state cimport LineState, emit, schedule, travelled
from sortyard_c.routing cimport data_due, limit_reads

include "constants/eyes.pxi"


cpdef int on_blocked(LineState st, int eye, int position) noexcept
cpdef int on_cleared(LineState st, int eye, int position) noexcept
cdef int _is_handled(LineState st, int position) noexcept
cdef void _induct(LineState st, int position) noexcept
cdef void _measure(LineState st, int position) noexcept
cdef int _length(LineState st, int t, int position, int x) noexcept
cdef int _at_station(LineState st, int s, int position) noexcept
cdef int _fits_both(LineState st, int t, int behind, int s, int position, int error) noexcept
cdef void _seen(LineState st, int t, int s, int position, int error) noexcept
cdef void _keep_tail(LineState st, int t, int origin) noexcept
cdef void _station_cleared(LineState st, int s, int position) noexcept
cdef void _run_off(LineState st, int t) noexcept
cdef void _resolve(LineState st, int t) noexcept
cdef void _overlong(LineState st, int t) noexcept
cdef void _stray(LineState st, int s, int position) noexcept
cdef void _unsettle(LineState st, int s) noexcept
cdef void _not_seen(LineState st, int t) noexcept
cpdef int run_track(LineState st, int t) noexcept
cdef void _gate_due(LineState st, int t) noexcept
