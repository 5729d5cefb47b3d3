"""Room at a gate: when it must be told to move for a track, and whom that would meet."""

try:
    from micropython import const
except ImportError:

    def const(value):
        return value


_MASK = const(0x0FFFFFFF)
_HALF = const(0x08000000)
_NEVER = const(0x07000000)
_IS_UNCERTAIN = const(2)
_IS_NAMELESS = const(4)
_IS_FIRED = const(32)
_NO_GATE = const(0)
_COMMITTED = const(2)


def extend_at(st, t, g):
    """Belt position at which gate `g` must be told to extend for `t`."""
    gt = st.gates
    lead = (gt.lead[g] * st.speed) >> 12
    if gt.is_impulse[g]:
        at = (st.tracks.length[t] >> 1) + ((gt.start[g] + gt.end[g]) >> 1) - lead
    else:
        at = gt.start[g] - gt.margin[g] - lead
    return (st.tracks.origin[t] + at) & _MASK


def is_for(st, t, g):
    """`t` is, or will be, diverted by gate `g`."""
    tr = st.tracks
    if tr.gate_stage[t] == _NO_GATE or st.chutes.gate[tr.chute[t]] != g:
        return 0
    return 0 if tr.flags[t] & _IS_UNCERTAIN or tr.epoch[t] != st.epoch else 1


def is_clear(st, t, g, extend, margin):
    """The track ahead has left the sweep zone when the gate starts to move, or a barrier has just diverted it."""
    tr = st.tracks
    gt = st.gates
    ahead = tr.ahead[t]
    if ahead < 0:
        return 1
    length = tr.length[ahead]
    if length and not (extend - tr.origin[ahead] - length - gt.end[g] - margin) & _HALF:
        # Unless its trailing edge is overdue, at an eye with less than two others between it and the zone: what may
        # lie from there back to the zone would block those.
        if not tr.flags[ahead] & _IS_NAMELESS or tr.trail_due[ahead] >= _NEVER:
            return 1
        return 1 if tr.section[ahead] - gt.section[g] >= 4 else 0
    if gt.is_impulse[g] or tr.gate_stage[ahead] != _COMMITTED or not is_for(st, ahead, g):
        return 0
    # Since a halt it may lie there, while the gate has gone home.
    return 1 if not tr.flags[ahead] & _IS_FIRED or tr.halts[ahead] == st.halts else 0


def is_home_behind(st, t, g, extend, margin):
    """The pusher `g`, told to extend at that position, is home before the next parcel arrives."""
    tr = st.tracks
    gt = st.gates
    behind = tr.behind[t]
    origin = tr.origin[behind] if behind >= 0 else st.position - st.front
    home = extend + ((gt.back[g] * st.speed) >> 12)
    return 0 if (origin + gt.start[g] - margin - home) & _HALF else 1


def passes_gate(st, t, s):
    """`t` had its gate extended for it, upstream of station `s`: it should be in the chute by now."""
    tr = st.tracks
    if not tr.flags[t] & _IS_FIRED:
        return 0
    return 1 if s >= st.gates.section[st.chutes.gate[tr.chute[t]]] else 0
