"""The gates: committed at the last chance, extended early, held, retracted before the next parcel.

A gate never starts to move while a parcel that is not its own is in its sweep zone, as far as the
tracks tell. Barriers go home by belt position, pushers by time.
"""

from .endings import cancel, condemn, doubt, suspect
from .line_state import emit, refusal
from .routing import fall_back, route

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
_WALK = const(4)
_ROW_WALK = const(8)
_GATE_EXTEND = const(1)
_GATE_RETRACT = const(2)
_GATE_HOLD = const(3)
_EVENT = const(10)
_FAULT = const(11)
_R_LATE_DATA = const(4)
_R_GAP_TOO_SMALL = const(8)
_R_UNCERTAIN = const(10)
_R_FLUSHED = const(11)
_E_GATE_SLOW = const(16)
_D_AMBIGUOUS = const(2)
_D_BELT = const(4)
_F_NO_END = const(6)
_F_GATE_WORN = const(12)
_STOPPED = const(0)
_RUNNING = const(1)
_IS_STRAY = const(1)
_IS_UNCERTAIN = const(2)
_AMBIG_FRONT = const(8)
_AMBIG_BACK = const(16)
_IS_FIRED = const(32)
_IS_OFF_BELT = const(256)
_NO_GATE = const(0)
_ROUTED = const(1)
_COMMITTED = const(2)
_CHECKED = const(3)
_FITTED = const(4)
_REFUSED = const(5)
_LOOKING = const(6)
_LOOK_ON = const(-1)
_LOOK_NEAR = const(1)
_LOOK_FAR = const(4)
_MOMENT = const(8)  # counts: some steps
_HOME = const(0)
_ARMED = const(1)
_OUT = const(2)
_LOOSE = const(3)  # perhaps out, perhaps not: it goes home before it is used again
_SAFE_RETRACT = const(0)
_SAFE_OFF = const(2)
_AT_HOME = const(1)


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
        st.agenda.remove(st.gate_entity + g)
    if gt.safe[g] == _SAFE_RETRACT or (gt.state[g] < _OUT and not _is_stranded(st, g)):
        st.agenda.remove(st.gate_entity + g)
        gt.state[g] = _HOME
        gt.track[g] = _NONE
        gt.home_at[g] = st.position
    else:
        gt.state[g] = _LOOSE


def _is_stranded(st, g):
    """Gate `g` was on its way home when the emergency stop took its power, and stays where it was."""
    if st.health.has_feedback[g]:
        return st.health.end[g] != _AT_HOME
    return st.gates.safe[g] == _SAFE_OFF and ((st.gates.home_at[g] - st.stop_position - 1) & _MASK) < _HALF


def decide(st, t):
    """The last chance: commit the gate to `t`, or send it elsewhere."""
    tr = st.tracks
    tr.gate_due[t] = _NEVER
    chute = tr.chute[t]
    if tr.epoch[t] != st.epoch:
        condemn(st, t, _R_FLUSHED)
        return
    if tr.flags[t] & (_IS_UNCERTAIN | _AMBIG_FRONT | _AMBIG_BACK):
        condemn(st, t, _R_UNCERTAIN)
        return
    if st.state != _RUNNING or not st.is_steady:
        doubt(st, t, _D_BELT)
        return
    reason = refusal(st, chute)
    if not reason:
        tr.gate_stage[t] = _CHECKED
        tr.gate_due[t] = _AT_ONCE
        return
    tr.gate_stage[t] = _NO_GATE
    if chute == st.chutes.recirculation:
        condemn(st, t, reason)
    else:
        route(st, t, reason)


def commit(st, t):
    """The step after `decide`: commit the gate to `t` if the gaps ahead and behind allow it."""
    tr = st.tracks
    tr.gate_due[t] = _NEVER
    if st.state != _RUNNING or not st.is_steady:
        doubt(st, t, _D_BELT)
        return
    g = st.chutes.gate[tr.chute[t]]
    extend = _extend_at(st, t, g)
    stage = tr.gate_stage[t]
    if stage == _FITTED:
        reason = _reserve(st, t, g, extend)
        stage = _COMMITTED
    elif st.gates.state[g] != _OUT and (extend + st.gates.margin[g] - st.position) & _HALF:
        reason = _R_LATE_DATA
    elif stage == _CHECKED:
        tr.choice[t] = t
        reason = _fit(st, t, g, extend)
    elif st.gates.state[g] != _OUT and (extend - st.position) & _HALF:
        # So long a row that there is no time left to look for its end.
        reason = 0
    else:
        reason = _judge_row(st, t, g, _LOOK_FAR)
    if not reason:
        if stage == _COMMITTED:
            return
        stage = _FITTED
    elif reason == _LOOK_ON:
        stage = _LOOKING
    else:
        tr.refused[t] = reason
        stage = _REFUSED
    tr.gate_stage[t] = stage
    tr.gate_due[t] = _AT_ONCE


def refused(st, t):
    """The step after a refusal: another lap, or reject."""
    tr = st.tracks
    tr.gate_due[t] = _NEVER
    tr.gate_stage[t] = _NO_GATE
    if tr.chute[t] == st.chutes.recirculation:
        condemn(st, t, tr.refused[t])
    else:
        fall_back(st, t, tr.refused[t])


def _fit(st, t, g, extend):
    """0 if there is room for a stroke of gate `g` for `t`, the reason why not, or _LOOK_ON."""
    gt = st.gates
    margin = gt.margin[g]
    if gt.is_impulse[g]:
        if _is_clear(st, t, g, extend, margin) and _is_home_behind(st, t, g, extend, margin):
            return 0
        return _R_GAP_TOO_SMALL
    if gt.state[g] == _OUT:
        home = st.agenda.due[st.gate_entity + g] + ((gt.back[g] * st.speed) >> 10) + margin
        if (extend - home) & _HALF:
            # It can't be out again in time: it is held. Whoever follows, if it can't even get out of the way.
            if not _is_next(st, t, g):
                return _R_GAP_TOO_SMALL
            if st.tracks.behind[t] < 0 or (st.tracks.origin[t] + gt.start[g] - home) & _HALF:
                return 0
            return _LOOK_ON
    if not _is_clear(st, t, g, extend, margin):
        return _R_GAP_TOO_SMALL
    return _judge_row(st, t, g, _LOOK_NEAR)


def _extend_at(st, t, g):
    """Belt position at which gate `g` must be told to extend for `t`."""
    gt = st.gates
    lead = (gt.lead[g] * st.speed) >> 10
    if gt.is_impulse[g]:
        at = (st.tracks.length[t] >> 1) + ((gt.start[g] + gt.end[g]) >> 1) - lead
    else:
        at = gt.start[g] - gt.margin[g] - lead
    return (st.tracks.origin[t] + at) & _MASK


def passes_gate(st, t, s):
    """`t` had its gate extended for it, upstream of station `s`: it should be in the chute by now."""
    tr = st.tracks
    if not tr.flags[t] & _IS_FIRED:
        return 0
    return 1 if s >= st.gates.section[st.chutes.gate[tr.chute[t]]] else 0


def moved(st, t):
    """`t`, committed to a gate further downstream, has been re-zeroed: so are the gate's motions for it."""
    gt = st.gates
    g = st.chutes.gate[st.tracks.chute[t]]
    if gt.queued[g] == t:
        gt.queued_due[g] = _extend_at(st, t, g)
    elif gt.track[g] == t:
        if gt.state[g] == _ARMED:
            st.agenda.put(st.gate_entity + g, _extend_at(st, t, g))
        elif gt.state[g] >= _OUT and not gt.is_impulse[g]:
            _plan_retract(st, g, t)


def _is_for(st, t, g):
    """`t` is, or will be, diverted by gate `g`."""
    tr = st.tracks
    if tr.gate_stage[t] == _NO_GATE or st.chutes.gate[tr.chute[t]] != g:
        return 0
    return 0 if tr.flags[t] & _IS_UNCERTAIN or tr.epoch[t] != st.epoch else 1


def _is_clear(st, t, g, extend, margin):
    """The track ahead has left the sweep zone when the gate starts to move, or is a barrier's own."""
    tr = st.tracks
    gt = st.gates
    ahead = tr.ahead[t]
    if ahead < 0:
        return 1
    length = tr.length[ahead]
    if length and not (extend - tr.origin[ahead] - length - gt.end[g] - margin) & _HALF:
        return 1
    return 1 if not gt.is_impulse[g] and tr.gate_stage[ahead] == _COMMITTED and _is_for(st, ahead, g) else 0


def _is_home_behind(st, t, g, extend, margin):
    """The pusher `g`, told to extend at that position, is home before the next parcel arrives."""
    tr = st.tracks
    gt = st.gates
    behind = tr.behind[t]
    origin = tr.origin[behind] if behind >= 0 else st.position
    home = extend + ((gt.back[g] * st.speed) >> 10)
    return 0 if (origin + gt.start[g] - margin - home) & _HALF else 1


def _judge_row(st, t, g, looks):
    """0 if the row for barrier `g` that begins with `t` may end with a gap in which it can go home, else the reason.

    A row that is too long for so many looks goes on in the next step: _LOOK_ON.
    """
    tr = st.tracks
    gt = st.gates
    need = gt.end[g] - gt.start[g] + 2 * gt.margin[g] + ((gt.back[g] * st.speed) >> 10)
    last = tr.choice[t]
    while looks > 0:
        looks -= 1
        behind = tr.behind[last]
        origin = tr.origin[behind] if behind >= 0 else st.position
        if not (origin - tr.origin[last] - tr.length[last] - need) & _HALF:
            return 0
        if behind < 0 or not _is_for(st, behind, g):
            return 0 if _is_open(st, t, last, behind) else _R_GAP_TOO_SMALL
        last = behind
    tr.choice[t] = last
    return _LOOK_ON


def _is_open(st, t, last, behind):
    """The row from `t` to `last`, longer than any parcel, goes on where nobody knows yet: with `behind`, or unseen.

    It is begun. If a stranger turns up there, too close to go home before it, the barrier stays out for it as well
    and nothing is claimed for it; to begin no row of which the end is unread would be to refuse every long one.
    """
    tr = st.tracks
    if not (st.rules.max_length + tr.origin[t] - tr.origin[last] - tr.length[last]) & _HALF:
        return 0
    if behind < 0:
        return 1
    return 0 if tr.chute[behind] >= 0 or tr.reason[behind] or tr.flags[behind] & _IS_STRAY else 1


def _reserve(st, t, g, extend):
    """Promise gate `g` to `t`: armed, queued behind its way home, or to be held. 0, or the reason why not."""
    gt = st.gates
    state = gt.state[g]
    is_held = 0
    if state == _OUT and not gt.is_impulse[g]:
        home = st.agenda.due[st.gate_entity + g] + ((gt.back[g] * st.speed) >> 10) + gt.margin[g]
        if (extend - home) & _HALF:
            is_held = _is_next(st, t, g)
    if not is_held:
        if state == _ARMED or state == _LOOSE or gt.queued[g] >= 0:
            return _R_GAP_TOO_SMALL
        if (state == _HOME or gt.is_impulse[g]) and (extend - gt.home_at[g]) & _HALF:
            return _R_GAP_TOO_SMALL
        if state == _OUT:
            gt.queued[g] = t
            gt.queued_due[g] = extend
        else:
            gt.state[g] = _ARMED
            gt.track[g] = t
            st.agenda.put(st.gate_entity + g, extend)
    _await_confirm(st, t)
    st.tracks.gate_due[t] = _AT_ONCE
    return 0


def _is_next(st, t, g):
    """Nothing foreign is between `t` and the extended gate `g`."""
    tr = st.tracks
    ahead = tr.ahead[t]
    if ahead < 0 or _is_for(st, ahead, g):
        return 1
    tail = tr.origin[ahead] + tr.length[ahead] + st.gates.end[g]
    return 1 if tr.length[ahead] and not (st.position - tail) & _HALF else 0


def _confirm_end(st, g, chute):
    """Offset at which the confirm eye has seen the parcel or never will."""
    ch = st.chutes
    if not ch.has_confirm[chute]:
        return _NEVER
    return st.gates.start[g] + ch.most[chute] + st.eyes.late


def _await_confirm(st, t):
    tr = st.tracks
    ch = st.chutes
    chute = tr.chute[t]
    tr.gate_stage[t] = _COMMITTED
    last = ch.first[chute]
    if last < 0:
        ch.first[chute] = t
        return
    following = tr.next_waiting[last]
    while following >= 0:
        last = following
        following = tr.next_waiting[last]
    tr.next_waiting[last] = t


def committed(st, t):
    """The steps after `commit`, one thing in each: hold an extended gate for `t`, say so, await its confirm eye."""
    gt = st.gates
    tr = st.tracks
    chute = tr.chute[t]
    g = st.chutes.gate[chute]
    if gt.epoch[g] != st.stop_epoch:
        # An emergency stop has come in between.
        sync_gate(st, g)
    elif gt.track[g] == t and gt.state[g] == _OUT and gt.number[g] != tr.number[t]:
        _tell_hold(st, t, g)
    elif gt.track[g] == t or gt.queued[g] == t or tr.flags[t] & _IS_FIRED:
        tr.gate_due[t] = _confirm_end(st, g, chute)
    elif gt.state[g] == _OUT:
        _keep_out(st, t, g)
    else:
        cancel(st, t)
        doubt(st, t, _D_BELT)


def _keep_out(st, t, g):
    """The extended gate `g` stays so for `t`."""
    tr = st.tracks
    st.gates.track[g] = t
    tr.flags[t] |= _IS_FIRED
    tr.halts[t] = st.halts
    _plan_retract(st, g, t)


def _tell_hold(st, t, g):
    number = st.tracks.number[t]
    st.gates.number[g] = number
    emit(st, _GATE_HOLD, g, number, 0, st.position)


def _plan_retract(st, g, t):
    tr = st.tracks
    gt = st.gates
    st.agenda.put(st.gate_entity + g, (tr.origin[t] + tr.length[t] + gt.end[g] + gt.margin[g]) & _MASK)


def run_gate(st, g):
    """The gate's own position is due: extend, or retract."""
    if st.is_safe:
        return
    gt = st.gates
    if gt.epoch[g] != st.stop_epoch:
        sync_gate(st, g)
    state = gt.state[g]
    if state == _ARMED:
        _extend(st, g)
    elif state >= _OUT:
        _retract(st, g)


def _extend(st, g):
    gt = st.gates
    tr = st.tracks
    t = gt.track[g]
    if st.state != _RUNNING or not st.is_steady:
        doubt(st, t, _D_BELT)
        return
    if tr.epoch[t] != st.epoch:
        cancel(st, t)
        condemn(st, t, _R_FLUSHED)
        return
    position = st.position
    margin = gt.margin[g]
    is_impulse = gt.is_impulse[g]
    is_free = _is_clear(st, t, g, position, margin >> 1)
    if is_free and is_impulse:
        # A stray may have come up since; a barrier would stay out for it, a pusher goes home by itself.
        is_free = _is_home_behind(st, t, g, position, margin >> 1)
    if not is_free:
        cancel(st, t)
        condemn(st, t, _R_GAP_TOO_SMALL)
        return
    tr.flags[t] |= _IS_FIRED
    tr.halts[t] = st.halts
    number = tr.number[t]
    gt.number[g] = number
    gt.state[g] = _OUT
    gt.out[g >> 4] |= 1 << (g & 15)
    emit(st, _GATE_EXTEND, g, number, 0, position)
    if is_impulse:
        gt.home_at[g] = (position + ((gt.back[g] * st.speed) >> 10)) & _MASK
    else:
        st.agenda.put(st.gate_entity + g, (tr.origin[t] + tr.length[t] + gt.end[g] + margin) & _MASK)
    _count_cycle(st, g)


def _count_cycle(st, g):
    hl = st.health
    cycles = hl.cycles[g] + 1
    hl.cycles[g] = cycles
    if cycles == hl.rated[g]:
        emit(st, _FAULT, _F_GATE_WORN, g, cycles & _MASK, st.position)
    if hl.is_watched[g]:
        if hl.has_feedback[g]:
            hl.is_moving[g] = 1
            hl.moved_at[g] = st.ticks
        _start_timer(st, g, hl.out_us[g])


def _retract(st, g):
    """A barrier's parcel has passed: hold for the next one of its chute, or for one too close to spare."""
    gt = st.gates
    # A belt that starts or stops may be at full speed by the time that the gate is home.
    speed = st.speed
    if not st.is_steady and speed < st.encoder.rated:
        speed = st.encoder.rated
    home_at = st.position + ((gt.back[g] * speed) >> 10)
    b = _next_at(st, g)
    if b >= 0:
        is_for = 0
        queued = gt.queued[g]
        if queued == b:
            # It must be home before it is to be extended again.
            enters = gt.queued_due[g]
        else:
            # So must it for one that has not decided yet, or is to be held in the next step; with a margin, as the
            # lead will be that of the speed then.
            nose = st.tracks.origin[b] + gt.start[g]
            margin = gt.margin[g]
            enters = nose - 2 * margin - ((gt.lead[g] * speed) >> 10)
            if (enters - home_at) & _HALF:
                if queued < 0 and _is_for(st, b, g):
                    is_for = 1
                else:
                    enters = nose - (margin >> 1)
        if (enters - home_at) & _HALF:
            _stay_out(st, g, b, is_for)
            return
    gt.home_at[g] = home_at & _MASK
    _send_home(st, g)


def _stay_out(st, g, b, is_for):
    tr = st.tracks
    if st.gates.queued[g] == b:
        st.gates.queued[g] = _NONE
        _keep_out(st, b, g)
        _tell_hold(st, b, g)
        return
    is_deciding = 1 if tr.gate_due[b] == _AT_ONCE else 0
    if is_for and not is_deciding and tr.gate_stage[b] == _ROUTED:
        # Let it decide at once, while the gate is out: it is held, or it is foreign.
        tr.gate_due[b] = _AT_ONCE
        st.agenda.put(b, st.position)
        is_deciding = 1
    if is_deciding:
        st.agenda.put(st.gate_entity + g, (st.position + _MOMENT) & _MASK)
        return
    if _first_before(st, b, g, 1) == b:
        # It will be diverted here, wherever it was to go: nothing may be claimed for it.
        suspect(st, b, _D_AMBIGUOUS)
        if tr.length[b]:
            _plan_retract(st, g, b)
            return
    st.agenda.put(st.gate_entity + g, (st.position + st.gates.margin[g] + _MOMENT) & _MASK)


def _next_at(st, g):
    """The most downstream track that may still meet the sweep zone of `g` and was not sent there, or -1."""
    tr = st.tracks
    t = st.gates.track[g]
    if t >= 0 and not tr.flags[t] & _IS_OFF_BELT:
        t = tr.behind[t]
    else:
        # One that is not upstream of any that may still meet the zone.
        head = tr.head
        section = st.gates.section[g]
        t = head[section]
        least = section - _WALK
        while t < 0 and section > 1 and section > least:
            section -= 1
            t = head[section]
        # A long one may have passed the next eye already with its tail still in the zone.
        ahead = tr.ahead[t] if t >= 0 else tr.last
        if ahead >= 0:
            t = ahead
    return _first_before(st, t, g, _ROW_WALK)


def _first_before(st, t, g, walk):
    """Of `t` and those behind it the first that was not sent to gate `g` and has not left its sweep zone.

    After `walk` of them the next one, whatever it is; -1 behind the last.
    """
    tr = st.tracks
    past = st.position - st.gates.end[g]
    while t >= 0 and walk > 0:
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
    gt.out[g >> 4] &= ~(1 << (g & 15))
    gt.track[g] = _NONE
    emit(st, _GATE_RETRACT, g, gt.number[g], 0, st.position)
    if hl.has_feedback[g] and hl.end[g] != _AT_HOME:
        hl.is_moving[g] = 1
        hl.moved_at[g] = st.ticks
        _start_timer(st, g, hl.home_us[g])
    t = gt.queued[g]
    if t >= 0:
        gt.queued[g] = _NONE
        gt.state[g] = _ARMED
        gt.track[g] = t
        st.agenda.put(st.gate_entity + g, gt.queued_due[g])


def _start_timer(st, g, us):
    hl = st.health
    at = (st.ticks + us) & _MASK
    hl.timer[g] = at
    if not hl.is_timed[g]:
        hl.is_timed[g] = 1
        hl.timers[hl.n_timers] = g
        hl.n_timers += 1
    if (at - st.due_ticks) & _HALF:
        st.due_ticks = at


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
            # It may not have been there for its parcel: only a confirm eye can tell.
            st.tracks.flags[gt.track[g]] |= _IS_UNCERTAIN
    if gt.is_impulse[g] and gt.state[g] >= _OUT and not st.is_safe:
        _send_home(st, g)


def on_gate_end(st, g, end):
    """End-position feedback: 0 moving, 1 home, 2 extended."""
    hl = st.health
    is_out = st.gates.state[g] == _OUT
    hl.end[g] = end
    if end != _AT_HOME and st.state == _STOPPED and st.gates.state[g] == _HOME:
        # Found at boot, or moved by hand: the next start sends it home.
        st.gates.state[g] = _LOOSE
    if not hl.is_moving[g] or end != (2 if is_out else 1):
        return
    hl.is_moving[g] = 0
    took = ((st.ticks - hl.moved_at[g]) & _MASK) >> 10
    limit = hl.out_us[g] if is_out else hl.home_us[g]
    # More than two thirds of what is allowed: worn or short of air, worth a look before it fails.
    if took * 3 > (limit >> 10) * 2:
        emit(st, _EVENT, _E_GATE_SLOW, 0, g + 128 * (took & 0xFFFF), st.position)
