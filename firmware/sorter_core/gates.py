"""The gates in motion: extended early, held, retracted before the next parcel, safe in an emergency stop.

A gate never starts to move while a parcel that is not its own is in its sweep zone, as far as the
tracks tell. Barriers go home by belt position, pushers by time.
"""

from .endings import cancel, condemn, doubt, suspect
from .gaps import extend_at, is_clear, is_for, is_home_behind
from .gate_health import count_cycle, start_timer
from .line_state import emit

try:
    from micropython import const
except ImportError:

    def const(value):
        return value


_MASK = const(0x0FFFFFFF)
_HALF = const(0x08000000)
_NONE = const(-1)
_NEVER = const(0x07000000)
_AT_ONCE = const(-1)  # an offset before all others: in the next step
_EYE_BLOCKED = const(1)
_END_EYE = const(2)
_WALK = const(4)
_ROW_WALK = const(8)
_GATE_EXTEND = const(1)
_GATE_RETRACT = const(2)
_GATE_HOLD = const(3)
_FAULT = const(11)
_R_GAP_TOO_SMALL = const(8)
_R_FLUSHED = const(11)
_D_AMBIGUOUS = const(2)
_D_BELT = const(4)
_F_NO_END = const(6)
_RUNNING = const(1)
_IS_UNCERTAIN = const(2)
_IS_NAMELESS = const(4)
_IS_FIRED = const(32)
_IS_CONFIRMED = const(1048576)
_IS_OFF_BELT = const(256)
_IS_ENDED = const(16384)
_ROUTED = const(1)
_MOMENT = const(8)  # counts: some steps
_MOST_WAITING = const(24)  # inputs, one of which is taken in a step: twice the lag that lines are planned for
_FAR = const(0x00800000)  # more belt travel than any confirm window is long
_HOME = const(0)
_ARMED = const(1)
_OUT = const(2)
_LOOSE = const(3)  # perhaps out, perhaps not: it goes home before it is used again
_SAFE_RETRACT = const(0)
_SAFE_OFF = const(2)
_AT_HOME = const(1)
_BEFORE_ALL = const(2)  # what is due, gates included


def sync_gate(st, g):
    """After an emergency stop every gate is in its safe state: take that over on first use."""
    gt = st.gates
    if gt.epoch[g] == st.stop_epoch:
        return
    gt.epoch[g] = st.stop_epoch
    st.health.is_moving[g] = 0
    if gt.queued[g] >= 0:
        suspect(st, gt.queued[g], _D_BELT)
        gt.queued[g] = _NONE
    if gt.state[g] == _ARMED:
        suspect(st, gt.track[g], _D_BELT)
        gt.track[g] = _NONE
        st.gate_agenda.remove(g)
    if gt.safe[g] == _SAFE_RETRACT or (gt.state[g] < _OUT and not _is_stranded(st, g)):
        home_at = st.position
        if gt.state[g] == _OUT and st.gate_agenda.bucket[g] >= 0:
            # It has let go of whom it was out for. A confirm eye may have seen his nose already, so that no track
            # tells of the tail, which runs through the zone once more.
            home_at = st.gate_agenda.due[g]
        st.gate_agenda.remove(g)
        gt.state[g] = _HOME
        gt.track[g] = _NONE
        gt.home_at[g] = home_at
    else:
        gt.state[g] = _LOOSE


def _is_stranded(st, g):
    """Gate `g` was on its way home when the emergency stop took its power, and stays where it was."""
    if st.health.has_feedback[g]:
        return st.health.end[g] != _AT_HOME
    return st.gates.safe[g] == _SAFE_OFF and ((st.gates.home_at[g] - st.stop_position - 1) & _MASK) < _HALF


def moved(st, t):
    """`t`, committed to a gate further downstream, has been re-zeroed: so are the gate's motions for it."""
    gt = st.gates
    g = st.chutes.gate[st.tracks.chute[t]]
    if gt.queued[g] == t:
        gt.queued_due[g] = extend_at(st, t, g)
    elif gt.track[g] == t:
        if gt.state[g] == _ARMED:
            st.gate_agenda.put(g, extend_at(st, t, g))
        elif gt.state[g] >= _OUT and not gt.is_impulse[g]:
            _plan_retract(st, g, t)


def grown(st, t):
    """`t`, for which its gate has been told to extend, is longer than was known: perhaps another one is with it.

    Whose edge in the chute may be taken for that of one who was sent there.
    """
    gt = st.gates
    g = st.chutes.gate[st.tracks.chute[t]]
    if gt.track[g] == t and gt.state[g] == _OUT and not gt.is_impulse[g]:
        _plan_retract(st, g, t)
    origin = st.tracks.origin[t]
    if gt.strange_first[g] < 0:
        gt.strange_first[g] = origin
    gt.strange_last[g] = (origin + st.tracks.length[t]) & _MASK


def keep_out(st, t, g):
    """The extended gate `g` stays so for `t`."""
    tr = st.tracks
    st.gates.track[g] = t
    tr.flags[t] |= _IS_FIRED
    _plan_retract(st, g, t)


def tell_hold(st, t, g):
    number = st.tracks.number[t]
    st.gates.number[g] = number
    emit(st, _GATE_HOLD, g, number, 0, st.position)


def _plan_retract(st, g, t):
    tr = st.tracks
    gt = st.gates
    st.gate_agenda.put(g, (tr.origin[t] + tr.length[t] + gt.end[g] + gt.margin[g]) & _MASK)


def run_gate(st, g):
    """The gate's own position is due: extend, or retract."""
    if st.is_safe:
        return
    gt = st.gates
    if gt.epoch[g] != st.stop_epoch:
        sync_gate(st, g)
    if st.in_count:
        first = st.in_first * 5
        ring = st.in_ring
        if ring[first] == _EYE_BLOCKED:
            s = ring[first + 1]
            if (
                s
                and 0 <= gt.section[g] - s <= 1
                and not _is_expected(st, s, ring[first + 2])
                and _gives_way(st, g, s)
            ):
                return
    state = gt.state[g]
    if state == _ARMED:
        _extend(st, g)
    elif state >= _OUT:
        _retract(st, g)


def _is_expected(st, s, position):
    """The nose that the eye `s` has just seen is that of the first one to come there."""
    tr = st.tracks
    t = tr.head[s]
    if t < 0 or tr.flags[t] & (_IS_FIRED | _IS_ENDED):
        return 0
    ey = st.eyes
    window = ey.window[s]
    return ((position - tr.origin[t] - ey.x[s] - ey.slip[s] + window) & _MASK) <= 2 * window


def _gives_way(st, g, s):
    """1: gate `g` waits until the nose is heard of that the eye behind it, or before it, has just seen.

    It is of somebody in the sweep zone whom nobody has expected. A quarter of the margin is to spare for that.
    """
    due = st.gate_agenda.due[g]
    if not (st.position - due - (st.gates.margin[g] >> 2)) & _HALF or st.eyes.role[s] > _END_EYE:
        return 0
    st.gate_agenda.put(g, due)
    st.is_input_next = _BEFORE_ALL
    return 1


def _extend(st, g):
    gt = st.gates
    tr = st.tracks
    t = gt.track[g]
    if st.state != _RUNNING or not st.is_steady or st.in_count > _MOST_WAITING:
        # So many inputs wait that the one before this parcel may not be where it seems to be.
        doubt(st, t, _D_BELT)
        return
    if tr.epoch[t] != st.epoch:
        cancel(st, t)
        condemn(st, t, _R_FLUSHED)
        return
    position = st.position
    margin = gt.margin[g]
    is_impulse = gt.is_impulse[g]
    is_free = is_clear(st, t, g, position, margin)
    if is_free and is_impulse:
        # A stray may have come up since; a barrier would stay out for it, a pusher goes home by itself.
        is_free = is_home_behind(st, t, g, position, margin)
    if not is_free:
        cancel(st, t)
        condemn(st, t, _R_GAP_TOO_SMALL)
        return
    tr.flags[t] |= _IS_FIRED
    number = tr.number[t]
    gt.number[g] = number
    gt.state[g] = _OUT
    emit(st, _GATE_EXTEND, g, number, 0, position)
    if is_impulse:
        gt.home_at[g] = (position + ((gt.back[g] * st.speed) >> 12)) & _MASK
    else:
        st.gate_agenda.put(g, (tr.origin[t] + tr.length[t] + gt.end[g] + margin) & _MASK)
    count_cycle(st, g)


def _retract(st, g):
    """A barrier's parcel has passed: hold for the next one of its chute, or for one too close to spare."""
    tr = st.tracks
    gt = st.gates
    t = gt.track[g]
    # A belt that starts or stops may be at full speed by the time that the gate is home.
    speed = st.speed
    if not st.is_steady and speed < st.encoder.rated:
        speed = st.encoder.rated
    home_at = st.position + ((gt.back[g] * speed) >> 12)
    section = gt.section[g]
    b = _next_at(st, t, g, section)
    if b >= 0:
        is_own = 0
        queued = gt.queued[g]
        if queued == b:
            # It must be home before it is to be extended again.
            enters = gt.queued_due[g]
        else:
            # So must it for one that has not decided yet, or is to be held in the next step; with a margin, as the
            # lead will be that of the speed then.
            nose = tr.origin[b] + gt.start[g]
            margin = gt.margin[g]
            enters = nose - 2 * margin - ((gt.lead[g] * speed) >> 12)
            if (enters - home_at) & _HALF:
                # Most are for another gate: a call to find that out would be a hundredth of the costliest step.
                if queued < 0 and tr.gate_stage[b] and st.chutes.gate[tr.chute[b]] == g and is_for(st, b, g):
                    is_own = 1
                else:
                    enters = nose - margin
        if (enters - home_at) & _HALF:
            _stay_out(st, g, b, is_own)
            return
    if st.eyes.blocked[section - 1] and (b < 0 or tr.section[b] < section):
        # Who is in the eye before should be past by its length: another one may have closed up to it.
        st.gate_agenda.put(g, (st.position + gt.margin[g] + _MOMENT) & _MASK)
        return
    gt.home_at[g] = home_at & _MASK
    _send_home(st, g)


def _stay_out(st, g, b, is_own):
    tr = st.tracks
    gt = st.gates
    if gt.queued[g] == b:
        gt.queued[g] = _NONE
        keep_out(st, b, g)
        tell_hold(st, b, g)
        return
    if tr.gate_due[b] == _AT_ONCE or (is_own and tr.gate_stage[b] == _ROUTED):
        # Let it decide now, while the gate is out, but behind those whose time has come: it is held, or it is foreign.
        if tr.gate_due[b] != _AT_ONCE:
            tr.gate_due[b] = _AT_ONCE
            st.agenda.put(b, st.position)
        # For some steps: on a fast belt a moment is less than one, and a gate goes before what is to be done at once.
        st.gate_agenda.put(g, (st.position + (st.speed >> 7) + _MOMENT) & _MASK)
        return
    length = tr.length[b]
    if (not tr.flags[b] & _IS_FIRED or st.chutes.gate[tr.chute[b]] != g) and (
        not length or (st.position - gt.end[g] - tr.origin[b] - length) & _HALF
    ):
        # It will be diverted here, wherever it was to go: nothing may be claimed for it, and its edge in the chute may
        # be taken for that of one who was sent there.
        suspect(st, b, _D_AMBIGUOUS)
        origin = tr.origin[b]
        if gt.strange_first[g] < 0:
            gt.strange_first[g] = origin
        gt.strange_last[g] = origin
        if length:
            _plan_retract(st, g, b)
            return
    st.gate_agenda.put(g, (st.position + gt.margin[g] + _MOMENT) & _MASK)


def forget_strangers(st, g):
    """Those of long ago, whose edges nobody awaits any more; the counter would come round to them."""
    gt = st.gates
    first = gt.strange_first[g]
    if _FAR < ((st.position - first) & _MASK) < _HALF:
        recent = (st.position - _FAR) & _MASK
        gt.strange_first[g] = _NONE if (gt.strange_last[g] - recent) & _HALF else recent


def _next_at(st, t, g, section):
    """The most downstream track that may still meet the zone of `g`, out for `t`, and was not sent there, or -1.

    After eight that were sent there or have left the zone it is the next one, whatever that is.
    """
    tr = st.tracks
    past = st.position - st.gates.end[g]
    ahead = st.eyes.inside[section]
    if t >= 0 and not tr.flags[t] & _IS_OFF_BELT:
        if ahead >= 0 and ahead == tr.ahead[t] and not tr.length[ahead]:
            if (past - tr.origin[ahead] - st.rules.max_length) & _HALF:
                # Thrown on beside it: its nose is seen behind the zone, and its tail may still lie there.
                return ahead
        t = tr.behind[t]
    else:
        # One that is not upstream of any that may still meet the zone.
        head = tr.head
        t = head[section]
        least = section - _WALK
        while t < 0 and section > 1 and section > least:
            section -= 1
            t = head[section]
        # A long one may have passed the next eye already with its tail still in the zone. With nobody for some eyes
        # upstream it hangs in that eye; the last of all may be far from here then.
        if t >= 0:
            ahead = tr.ahead[t]
        elif ahead < 0:
            ahead = tr.last
        if ahead >= 0:
            t = ahead
    walk = _ROW_WALK
    while t >= 0 and walk:
        if not tr.flags[t] & _IS_FIRED or st.chutes.gate[tr.chute[t]] != g:
            length = tr.length[t]
            if not length or (past - tr.origin[t] - length) & _HALF:
                break
        t = tr.behind[t]
        walk -= 1
    return t


def _send_home(st, g):
    gt = st.gates
    hl = st.health
    gt.state[g] = _HOME
    gt.track[g] = _NONE
    emit(st, _GATE_RETRACT, g, gt.number[g], 0, st.position)
    if hl.has_feedback[g] and hl.end[g] != _AT_HOME:
        hl.is_moving[g] = 1
        hl.moved_at[g] = st.ticks
        start_timer(st, g, hl.home_us[g])
    t = gt.queued[g]
    if t >= 0:
        gt.queued[g] = _NONE
        gt.state[g] = _ARMED
        gt.track[g] = t
        st.gate_agenda.put(g, gt.queued_due[g])


def run_timer(st, g):
    """A stroke is over, or an end position is overdue."""
    gt = st.gates
    hl = st.health
    if gt.epoch[g] != st.stop_epoch:
        sync_gate(st, g)
        hl.is_moving[g] = 0
        return
    if hl.is_moving[g]:
        hl.is_moving[g] = 0
        gt.bad[g] = st.reset_epoch
        emit(st, _FAULT, _F_NO_END, g, gt.state[g], st.position)
        if gt.state[g] == _OUT and gt.track[g] >= 0:
            # It may not have been there for its parcel: only a confirm eye can tell, unless it has told too soon.
            tr = st.tracks
            t = gt.track[g]
            tr.flags[t] |= _IS_UNCERTAIN | _IS_NAMELESS if tr.flags[t] & _IS_CONFIRMED else _IS_UNCERTAIN
    if gt.is_impulse[g] and gt.state[g] >= _OUT and not st.is_safe:
        _send_home(st, g)
