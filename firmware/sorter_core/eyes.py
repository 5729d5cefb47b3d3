"""What the photo-eyes on the belt see: inducted, measured, expected at every station.

At a station the first track of its section is expected within a window. Seen: re-zeroed. Not seen by
the window's end: LOST. Seen where nobody is expected: STRAY. One missing or one too many parcel never
shifts the identity of the next.
"""

from .borders import hand_over
from .commitments import commit, committed, decide, refused
from .confirms import chute_cleared, on_confirm
from .endings import (
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
from .gaps import passes_gate
from .gates import grown, moved
from .line import merge_blocked, merge_cleared, merge_done, meter_blocked, stop_fault
from .line_state import emit, schedule, travelled
from .routing import data_due, limit_reads

try:
    from micropython import const
except ImportError:

    def const(value):
        return value


_MASK = const(0x0FFFFFFF)
_HALF = const(0x08000000)
_NONE = const(-1)
_NEVER = const(0x07000000)
_MAY_LIE = const(2)  # as many losses as make one doubt what is in a chute
_AT_ONCE = const(-1)  # an offset before all others: in the next step
_EVENT = const(10)
_LOST = const(4)
_STRAY = const(5)
_R_LENGTH = const(9)
_R_NOT_SEEN = const(13)
_R_MERGED = const(14)
_R_VANISHED = const(18)
_E_INDUCTED = const(1)
_E_MEASURED = const(2)
_D_LENGTH = const(1)
_D_AMBIGUOUS = const(2)
_CONDEMN = const(16)
_TELL_STRAY = const(15)
_F_JAM = const(1)
_F_TRACKS_FULL = const(8)
_INFEED_EYE = const(0)
_END_EYE = const(2)
_CONFIRM_EYE = const(3)
_METER_EYE = const(4)
_IS_STRAY = const(1)
_IS_UNCERTAIN = const(2)
_IS_NAMELESS = const(4)
_IS_FIRED = const(32)
_AMBIG_FRONT = const(8)
_AMBIG_BACK = const(16)
_IS_CONFIRMED = const(1048576)
_IS_PROVISIONAL = const(2097152)
_IS_OFF_BELT = const(256)
_IS_BLOCK = const(1024)
_IS_MISSED = const(2048)
_IS_PAST = const(4096)
_IS_OVER = const(8192)
_IS_ENDED = const(16384)
_AT_BORDER = const(32768)
_IS_CUT = const(131072)
_MOST_STRETCH = const(255)
_DECIDED = const(2)
_ROUTED = const(1)
_COMMITTED = const(2)
_REFUSED = const(5)
_PASSING = const(3)
_OUT = const(2)
_LONGEST = const(0x01000000)
_STILL = const(2)
_BOOTED = const(2)
_MOMENT = const(8)  # counts: some steps


def on_blocked(st, eye, position):
    """Leading edge at an eye; 0 if what it means must wait for the next step."""
    ey = st.eyes
    if ey.blocked[eye]:
        return 1
    role = ey.role[eye]
    if role <= _END_EYE:
        is_laid = _is_handled(st, position) if st.is_standing else 0
        if role != _INFEED_EYE:
            if not _at_station(st, eye, position):
                return 0
        elif is_laid:
            # Found there at boot, or laid there by hand: nobody has seen its leading edge.
            _stray(st, eye, position)
        else:
            _induct(st, position)
    elif role == _CONFIRM_EYE:
        on_confirm(st, ey.chute[eye], position)
    elif role == _METER_EYE:
        meter_blocked(st, position)
    else:
        merge_blocked(st)
    ey.blocked[eye] = 1
    return 1


def on_cleared(st, eye, position):
    """Trailing edge at an eye; 0 if what it means must wait for the next step."""
    ey = st.eyes
    if not ey.blocked[eye]:
        return 1
    role = ey.role[eye]
    if role <= _END_EYE:
        if st.is_standing:
            _is_handled(st, position)
        if role != _INFEED_EYE:
            _station_cleared(st, eye, position)
        elif st.merge.state == _PASSING:
            merge_done(st)
            return 0
        else:
            _measure(st, position)
    elif role == _CONFIRM_EYE:
        chute_cleared(st, ey.chute[eye], position)
    elif role == _METER_EYE:
        st.merge.meter_clear = position
        st.merge.has_metered = 1
    else:
        merge_cleared(st, position)
    ey.blocked[eye] = 0
    return 1


def _is_handled(st, position):
    """1: the belt has stood since the last speed sample, so somebody moves parcels by hand. Or it was there at boot."""
    moved = ((position - st.encoder.position + _HALF) & _MASK) - _HALF
    if st.is_standing != _BOOTED and not -_STILL <= moved <= _STILL:
        return 0
    st.is_touched = 1
    return 1


def _induct(st, position):
    tr = st.tracks
    t = tr.new(position, 1, st.epoch)
    if t < 0:
        stop_fault(st, _F_TRACKS_FULL, 0, 0)
        return
    tr.append(t)
    st.inducting = t
    if st.read_head < 0:
        st.read_head = t
    tr.trail_due[t] = st.eyes.jam
    emit(st, _EVENT, _E_INDUCTED, tr.number[t], 0, position)
    st.agenda.put(t, (position + st.eyes.jam) & _MASK)


def _measure(st, position):
    tr = st.tracks
    t = st.inducting
    if t < 0:
        t = st.eyes.inside[_INFEED_EYE]
        if t >= 0:
            st.eyes.inside[_INFEED_EYE] = _NONE
            tr.trail_due[t] = _NEVER
        return
    st.inducting = _NONE
    length = _length(st, t, position, 0)
    tr.length[t] = length
    tr.trail_due[t] = _NEVER
    emit(st, _EVENT, _E_MEASURED, tr.number[t], length, st.position)
    if length < st.rules.min_length or length > st.rules.max_length:
        # Told in the next step.
        tr.doubt[t] = _CONDEMN + _R_LENGTH
        tr.data_due[t] = _AT_ONCE
    elif tr.data_stage[t] != _DECIDED:
        tr.data_due[t] = st.scanners.end + length
        if st.rules.is_compact:
            limit_reads(st, t)
    s = tr.section[t]
    tr.eye_due[t] = st.eyes.latest[s] + st.eyes.slip[s]
    schedule(st, t)


def _length(st, t, position, x):
    """Belt travel between both edges at x, within what later sums can bear."""
    length = ((position - st.tracks.origin[t] - x + _HALF) & _MASK) - _HALF
    if length < 1:
        return 1
    if length > _LONGEST:
        return _LONGEST
    return length


def _at_station(st, s, position):
    ey = st.eyes
    tr = st.tracks
    t = tr.head[s]
    if t < 0:
        _stray(st, s, position)
        return 1
    if tr.flags[t] & _IS_ENDED:
        # Inputs went first: it is still to be forgotten, and the edge is somebody else's.
        forget(st, t)
        return 0
    window = ey.window[s]
    place = position - ey.x[s] - ey.slip[s]
    error = ((place - tr.origin[t] + _HALF) & _MASK) - _HALF
    if error > window and ey.inside[s - 1] == t:
        # It still hangs in the eye before: this is somebody else.
        _stray(st, s, position)
        return 1
    if error > window:
        # Its window was over before this edge: it is missing, whatever the agenda has got to.
        _not_seen(st, t)
        schedule(st, t)
        return 0
    if error < -window:
        _stray(st, s, position)
        return 1
    behind = tr.behind[t]
    if behind >= 0 and tr.section[behind] == s:
        second = ((place - tr.origin[behind] + _HALF) & _MASK) - _HALF
        if -window <= second <= window:
            return _fits_both(st, t, behind, s, position, error)
    _seen(st, t, s, position, error)
    return 1


def _keep_tail(st, t, origin):
    """The nose of a stray is further on than was known: where the belt stood it may have lain past the eye that found
    it, which has measured the rest of it. Its tail is where it was."""
    tr = st.tracks
    further = (tr.origin[t] - origin) & _MASK
    if further < _HALF and tr.length[t]:
        stretch = min(tr.stretch[t] + (further >> 2) + 1, _MOST_STRETCH)
        tr.length[t] += 4 * (stretch - tr.stretch[t])
        tr.stretch[t] = stretch


def _fits_both(st, t, behind, s, position, error):
    """The edge is where `t` is expected, and where the track behind it is, too."""
    tr = st.tracks
    if not passes_gate(st, t, s):
        tr.flags[t] |= _AMBIG_FRONT
        tr.flags[behind] |= _AMBIG_BACK
        _seen(st, t, s, position, error)
        return 1
    # The first should be in its chute: most likely this is the second, but nobody knows.
    if not tr.flags[behind] & _IS_NAMELESS:
        doubt(st, behind, _D_AMBIGUOUS)
        return 0
    if not st.chutes.has_confirm[tr.chute[t]]:
        tr.flags[t] |= _IS_UNCERTAIN | _IS_NAMELESS
    _not_seen(st, t)
    schedule(st, t)
    return 0


def _seen(st, t, s, position, error):
    """Re-zero `t`."""
    ey = st.eyes
    tr = st.tracks
    flags = tr.flags[t]
    x = ey.x[s]
    if not flags & (_IS_STRAY | _AMBIG_FRONT | _AMBIG_BACK | _IS_UNCERTAIN):
        # Learn an eighth of the deviation, never more than half the window in all.
        slip = ey.slip[s] + (error >> 3)
        limit = ey.window[s] >> 1
        if -limit <= slip <= limit:
            ey.slip[s] = slip
    elif flags & _IS_STRAY:
        _keep_tail(st, t, position - x)
    tr.origin[t] = (position - x) & _MASK
    if flags & (_IS_MISSED | _IS_CUT):
        tr.flags[t] = flags & ~(_IS_MISSED | _IS_CUT)
    ey.gone[s] = 0
    tr.advance(t)
    tr.eye_due[t] = ey.latest[s + 1] + ey.slip[s + 1]
    if ey.inside[s - 1] == t:
        # Longer than the way from eye to eye: its trailing edge counts at this one.
        ey.inside[s - 1] = _NONE
        if tr.length[t] < x - ey.x[s - 1] - ey.tolerance:
            # With those who have closed up to it, and nobody knows how long that is.
            tr.length[t] = tr.stretch[t] = 0
    ey.inside[s] = t
    length = tr.length[t]
    tr.trail_due[t] = x + length + ey.tolerance if length else x + ey.jam
    if tr.gate_stage[t] == _COMMITTED:
        if passes_gate(st, t, s):
            tr.flags[t] |= _IS_PAST
            tr.gate_due[t] = _AT_ONCE
        else:
            moved(st, t)
    if s == st.border_eye:
        tr.flags[t] |= _AT_BORDER
        tr.gate_due[t] = _AT_ONCE
    schedule(st, t)


def _station_cleared(st, s, position):
    ey = st.eyes
    t = ey.inside[s]
    if t < 0:
        return
    ey.inside[s] = _NONE
    tr = st.tracks
    tr.trail_due[t] = _NEVER
    length = _length(st, t, position, ey.x[s])
    known = tr.length[t] - 4 * tr.stretch[t]
    late = 0
    if not known:
        tr.length[t] = length
    elif -ey.tolerance <= length - known <= ey.tolerance:
        # Tolerances do not add up: it is compared with its first length each time. Gates reckon with the longer one.
        if length < known:
            length = known
        stretch = (length - known) >> 2
        tr.stretch[t] = stretch if stretch < _MOST_STRETCH else _MOST_STRETCH
        tr.length[t] = known + 4 * tr.stretch[t]
        if tr.flags[t] & _AMBIG_BACK:
            _resolve(st, t)
    else:
        if length > known:
            # Turned, it has grown in front as well; or it slipped in the beam, and comes to the next eye later.
            late = length - known
            tr.length[t] = length + late
            tr.stretch[t] = min(late >> 2, _MOST_STRETCH)
            if tr.flags[t] & _IS_FIRED:
                grown(st, t)
        else:
            # It may be a flicker of the eye: all of it may still be there. Or one of several has gone, and nobody
            # knows which.
            tr.flags[t] = (tr.flags[t] | _IS_CUT) & ~_IS_BLOCK
        tr.doubt[t] = _D_LENGTH
        tr.data_due[t] = _AT_ONCE
    if tr.flags[t] & _IS_BLOCK:
        # Whichever of them comes next.
        late = length
    if late and tr.eye_due[t] < _NEVER:
        tr.eye_due[t] = ey.latest[s + 1] + ey.slip[s + 1] + late
    if s == ey.n_stations:
        if known - length > ey.tolerance:
            tr.eye_due[t] = ey.x[s] + known + ey.tolerance
        else:
            _run_off(st, t)
    elif tr.flags[t] & _IS_CONFIRMED:
        tr.gate_due[t] = _AT_ONCE
    schedule(st, t)
    # It may have been the earliest.
    st.agenda.seek(st.position)


def _run_off(st, t):
    """All of `t` has passed the end eye."""
    st.tracks.flags[t] |= _IS_OVER
    st.tracks.gate_due[t] = _AT_ONCE


def _resolve(st, t):
    """Order and both lengths agree: an edge that fitted two tracks is settled."""
    tr = st.tracks
    tr.flags[t] &= ~_AMBIG_BACK
    front = tr.ahead[t]
    if front >= 0 and not tr.flags[front] & _AMBIG_BACK:
        tr.flags[front] &= ~_AMBIG_FRONT


def _overlong(st, t):
    """No trailing edge where it should be: two have closed up, later it is a jam."""
    ey = st.eyes
    tr = st.tracks
    s = 0
    if t != st.inducting:
        s = tr.section[t] - 1
        limit = ey.x[s] + ey.jam
        if tr.trail_due[t] < limit:
            tr.trail_due[t] = limit
            doubt(st, t, _D_LENGTH)
            return
    # Told again if the belt goes on and the eye does not clear.
    tr.trail_due[t] = travelled(st, t) + ey.jam
    stop_fault(st, _F_JAM, s, tr.number[t])


def _stray(st, s, position):
    ey = st.eyes
    tr = st.tracks
    ey.gone[s] = 0
    _unsettle(st, s)
    t = tr.new((position - ey.x[s]) & _MASK, s + 1, st.epoch)
    if t < 0:
        stop_fault(st, _F_TRACKS_FULL, s, 0)
        return
    tr.flags[t] = _IS_STRAY
    tr.data_stage[t] = _DECIDED
    # Told in the next step.
    tr.doubt[t] = _TELL_STRAY
    tr.data_due[t] = _AT_ONCE
    tr.insert(t)
    tr.eye_due[t] = ey.latest[s + 1] + ey.slip[s + 1]
    ey.inside[s] = t
    tr.trail_due[t] = ey.x[s] + ey.jam
    if s == st.border_eye:
        tr.flags[t] |= _AT_BORDER
        tr.gate_due[t] = _AT_ONCE
    schedule(st, t)


def _unsettle(st, s):
    """Somebody whom nobody expected, at the eye `s`: it may be one that should be in a chute upstream of it by now."""
    tr = st.tracks
    t = tr.head[s]
    if t >= 0 and passes_gate(st, t, s):
        tr.flags[t] |= _IS_UNCERTAIN | _IS_NAMELESS
    t = st.eyes.left[s]
    if t >= 0 and tr.section[t] == s and tr.flags[t] & _IS_OFF_BELT:
        tr.flags[t] |= _IS_UNCERTAIN | _IS_NAMELESS


def _not_seen(st, t):
    """The window of the next station is over for `t`."""
    ey = st.eyes
    tr = st.tracks
    s = tr.section[t]
    tr.eye_due[t] = _NEVER
    flags = tr.flags[t]
    if s > ey.n_stations:
        # The end eye cleared before its time.
        _run_off(st, t)
    elif passes_gate(st, t, s):
        if flags & _IS_CONFIRMED or not st.chutes.has_confirm[tr.chute[t]]:
            if ey.gone[s] > 1:
                # It may lie with those that are gone.
                tr.flags[t] |= _IS_UNCERTAIN | _IS_NAMELESS
            claim(st, t)
        elif ey.inside[s - 1] == t:
            # Its tail, in the eye before, may reach back to the gates behind: nobody else comes here until it clears.
            tr.eye_due[t] = tr.trail_due[t]
        else:
            # Only its confirm eye can tell now, and whoever comes here instead of it.
            ey.left[s] = t
            leave_belt(st, t)
    elif ey.inside[s - 1] == t:
        # It still hangs in the eye before.
        tr.eye_due[t] = tr.trail_due[t]
    elif s == ey.n_stations and not ey.has_end_eye:
        finish(st, t)
    elif flags & _IS_STRAY:
        dispose(st, t, _STRAY, _R_VANISHED, _NONE, 0)
    elif ey.inside[s] >= 0 and not flags & _AMBIG_BACK:
        tr.flags[ey.inside[s]] |= _IS_BLOCK
        dispose(st, t, _LOST, _R_MERGED, _NONE, 0)
    else:
        ey.gone[s] += _MAY_LIE if flags & _IS_MISSED else 1
        dispose(st, t, _LOST, _R_NOT_SEEN, _NONE, 0)


def run_track(st, t):
    """Do what is due next for `t`, one thing a step. 0: an input must be taken first, if there is one."""
    tr = st.tracks
    offset = ((st.position - tr.origin[t] + _HALF) & _MASK) - _HALF
    if offset >= _NEVER:
        # The counter has leapt: no track has come so far.
        offset = _NEVER - 1
    elif offset < _AT_ONCE:
        # The belt has run back behind the eye that saw it first: what is to be done at once is done all the same.
        offset = _AT_ONCE
    if tr.data_due[t] <= offset:
        data_due(st, t)
    elif tr.gate_due[t] <= offset:
        _gate_due(st, t)
    elif tr.trail_due[t] <= offset or tr.eye_due[t] <= offset:
        if st.in_count or st.edges_wait:
            # An edge that waits its turn may be this track's. On a fast belt a moment is less than a step.
            st.agenda.put(t, (st.position + (st.speed >> 8) + _MOMENT) & _MASK)
            return 0
        if tr.trail_due[t] <= offset:
            _overlong(st, t)
        else:
            _not_seen(st, t)
            st.agenda.seek(st.position)
    if tr.used[t]:
        schedule(st, t)
    return 1


def _gate_due(st, t):
    tr = st.tracks
    stage = tr.gate_stage[t]
    flags = tr.flags[t]
    if flags & _IS_ENDED:
        forget(st, t)
        st.agenda.seek(st.position)
    elif flags & _IS_PAST:
        if has_dropped(st, t):
            return
        divert_failed(st, t)
        if flags & (_AT_BORDER | _IS_OVER):
            # Doubted in the next step, and then at once handed over, or at its end.
            tr.gate_due[t] = _AT_ONCE
    elif flags & _AT_BORDER:
        hand_over(st, t, flags)
    elif flags & _IS_OVER:
        finish(st, t)
    elif flags & _IS_CONFIRMED:
        g = st.chutes.gate[tr.chute[t]]
        if st.health.is_moving[g] and st.gates.track[g] == t and st.gates.state[g] == _OUT:
            # A gate that is still on its way out for it may yet let it go again: its end switch is heard first,
            # for on a fast belt a moment is less than a step.
            tr.gate_due[t] = travelled(st, t) + _MOMENT
            st.is_input_next = 1 if st.in_count else 0
        else:
            claim_waiting(st, t)
    elif stage == _ROUTED:
        decide(st, t)
    elif stage == _REFUSED:
        refused(st, t)
    elif stage > _COMMITTED:
        commit(st, t)
    elif tr.gate_due[t] == _AT_ONCE:
        committed(st, t)
        st.agenda.seek(st.position)
    elif flags & _IS_PROVISIONAL:
        claim_unproven(st, t)
    elif not has_dropped(st, t):
        confirm_missing(st, t)
