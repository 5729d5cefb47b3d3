"""The last chance to send a track to its chute: is there room for a stroke, and is the gate free?

A barrier may stay out for a row of tracks, but only if that seems to end with a gap in which it can go home.
One thing is done in a step: decided, judged, reserved, held.
"""

from .endings import cancel, condemn, doubt
from .gaps import extend_at, is_clear, is_for, is_home_behind
from .gates import keep_out, sync_gate, tell_hold
from .line_state import refusal, travelled
from .routing import fall_back, route

try:
    from micropython import const
except ImportError:

    def const(value):
        return value


_HALF = const(0x08000000)
_NEVER = const(0x07000000)
_AT_ONCE = const(-1)  # an offset before all others: in the next step
_R_LATE_DATA = const(4)
_R_GAP_TOO_SMALL = const(8)
_R_LENGTH = const(9)
_R_UNCERTAIN = const(10)
_R_FLUSHED = const(11)
_D_BELT = const(4)
_D_LOSSES = const(6)
_RUNNING = const(1)
_IS_STRAY = const(1)
_IS_UNCERTAIN = const(2)
_AMBIG_FRONT = const(8)
_AMBIG_BACK = const(16)
_IS_FIRED = const(32)
_WAITING = const(1)
_DECIDED = const(2)
_NO_GATE = const(0)
_COMMITTED = const(2)
_CHECKED = const(3)
_FITTED = const(4)
_REFUSED = const(5)
_LOOKING = const(6)
_LOOK_ON = const(-1)
_LOOK_LATER = const(-2)
_LOOK_NEAR = const(1)
_LOOK_FAR = const(4)
_HOME = const(0)
_ARMED = const(1)
_OUT = const(2)
_LOOSE = const(3)  # perhaps out, perhaps not: it goes home before it is used again


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
    if st.eyes.gone[st.gates.section[st.chutes.gate[chute]]] > 1:
        # They may lie in the sweep zone. Whoever runs on shows that nobody does, or is missing as well.
        doubt(st, t, _D_LOSSES)
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
    """The steps after `decide`: commit the gate to `t` if the gaps ahead and behind allow it."""
    tr = st.tracks
    tr.gate_due[t] = _NEVER
    if st.state != _RUNNING or not st.is_steady:
        doubt(st, t, _D_BELT)
        return
    g = st.chutes.gate[tr.chute[t]]
    extend = extend_at(st, t, g)
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
    elif reason == _LOOK_LATER:
        tr.gate_stage[t] = _LOOKING
        tr.gate_due[t] = travelled(st, t) + 1
        return
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
    """0 if there is room for a stroke of gate `g` for `t`, the reason why not, _LOOK_ON or _LOOK_LATER."""
    gt = st.gates
    margin = gt.margin[g]
    if gt.is_impulse[g]:
        if _is_too_long(st, t, g):
            return _R_LENGTH
        if is_clear(st, t, g, extend, margin) and is_home_behind(st, t, g, extend, margin):
            return 0
        return _R_GAP_TOO_SMALL
    if gt.state[g] == _OUT:
        home = st.gate_agenda.due[g] + ((gt.back[g] * st.speed) >> 12) + margin
        if (extend - home) & _HALF:
            # It can't be out again in time: it is held. Whoever follows, if it can't even get out of the way.
            if not _is_next(st, t, g):
                return _R_GAP_TOO_SMALL
            if st.tracks.behind[t] < 0 or (st.tracks.origin[t] + gt.start[g] - home) & _HALF:
                return 0
            return _LOOK_ON
    if not is_clear(st, t, g, extend, margin):
        return _R_GAP_TOO_SMALL
    return _judge_row(st, t, g, _LOOK_NEAR)


def _is_too_long(st, t, g):
    """The middle of `t` comes to the middle of the pusher's zone when its confirm eye awaits nobody any more."""
    ch = st.chutes
    chute = st.tracks.chute[t]
    if not ch.has_confirm[chute]:
        return 0
    return 1 if (st.tracks.length[t] + st.gates.end[g] - st.gates.start[g]) >> 1 > ch.most[chute] else 0


def _judge_row(st, t, g, looks):
    """0 if the row for barrier `g` that begins with `t` may end with a gap in which it can go home, else the reason.

    A row that is too long for so many looks goes on in the next step: _LOOK_ON. One that is to go on with a track
    which has no chute yet, but will have one in the next steps: _LOOK_LATER.
    """
    tr = st.tracks
    gt = st.gates
    need = gt.end[g] - gt.start[g] + 2 * gt.margin[g] + ((gt.back[g] * st.speed) >> 12)
    last = tr.choice[t]
    while looks > 0:
        looks -= 1
        behind = tr.behind[last]
        origin = tr.origin[behind] if behind >= 0 else st.position - st.front
        if not (origin - tr.origin[last] - tr.length[last] - need) & _HALF:
            return 0
        if behind < 0 or not is_for(st, behind, g):
            if not looks:
                # Whether it ends here all the same is the next step's question.
                break
            if _is_open(st, t, last, behind):
                return 0
            if behind < 0 or not _is_to_decide(st, behind):
                return _R_GAP_TOO_SMALL
            tr.choice[t] = last
            return _LOOK_LATER
        last = behind
    tr.choice[t] = last
    return _LOOK_ON


def _is_to_decide(st, b):
    """1: in the next steps `b` gets a chute. Its host has no more time: the row ahead must know whether it joins."""
    tr = st.tracks
    if tr.data_stage[b] == _WAITING:
        tr.data_due[b] = _AT_ONCE
        st.agenda.put(b, st.position)
    elif tr.data_stage[b] != _DECIDED:
        return 0
    return 1 if tr.data_due[b] == _AT_ONCE else 0


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
        home = st.gate_agenda.due[g] + ((gt.back[g] * st.speed) >> 12) + gt.margin[g]
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
            st.gate_agenda.put(g, extend)
    tr = st.tracks
    chute = tr.chute[t]
    tr.gate_stage[t] = _COMMITTED
    tr.halts[t] = st.halts
    awaited = st.chutes.first
    last = awaited[chute]
    if last < 0:
        awaited[chute] = t
    else:
        _await_behind(st, t, last)
    # One that is held has that done in the next step.
    tr.gate_due[t] = _AT_ONCE if is_held else _confirm_end(st, g, chute)
    return 0


def _is_next(st, t, g):
    """Nothing foreign is between `t` and the extended gate `g`."""
    tr = st.tracks
    ahead = tr.ahead[t]
    if ahead < 0 or is_for(st, ahead, g):
        return 1
    tail = tr.origin[ahead] + tr.length[ahead] + st.gates.end[g]
    return 1 if tr.length[ahead] and not (st.position - tail) & _HALF else 0


def _confirm_end(st, g, chute):
    """Offset at which the confirm eye has seen the parcel or never will."""
    ch = st.chutes
    if not ch.has_confirm[chute]:
        return _NEVER
    return st.gates.start[g] + ch.most[chute] + st.eyes.late


def _await_behind(st, t, last):
    """`t` is awaited behind all others of its chute, of whom `last` is one."""
    tr = st.tracks
    following = tr.next_waiting[last]
    while following >= 0:
        last = following
        following = tr.next_waiting[last]
    tr.next_waiting[last] = t


def committed(st, t):
    """The steps after a hold is reserved, one thing in each: hold the gate for `t`, say so, await its confirm eye."""
    gt = st.gates
    tr = st.tracks
    chute = tr.chute[t]
    g = st.chutes.gate[chute]
    if gt.epoch[g] != st.stop_epoch:
        # An emergency stop has come in between.
        sync_gate(st, g)
    elif gt.track[g] == t and gt.state[g] == _OUT and gt.number[g] != tr.number[t]:
        tell_hold(st, t, g)
    elif gt.track[g] == t or gt.queued[g] == t or tr.flags[t] & _IS_FIRED:
        tr.gate_due[t] = _confirm_end(st, g, chute)
    elif gt.state[g] == _OUT:
        keep_out(st, t, g)
    else:
        cancel(st, t)
        doubt(st, t, _D_BELT)
