"""How a track ends: doubted, condemned, claimed, lost. Exactly one disposition for each.

A claim says in which place a parcel is, so it is made only for a track that has a name (its identity
was never in doubt) and that was seen there or, without a confirm eye, was missing where it should be.
"""

from .line_state import emit, is_confirm_blocked, schedule, travelled

try:
    from micropython import const
except ImportError:

    def const(value):
        return value


_NONE = const(-1)
_HALF = const(0x08000000)
_NEVER = const(0x07000000)
_MAY_LIE = const(2)  # as many losses as make one doubt what is in a chute
_AT_ONCE = const(-1)  # an offset before all others: in the next step
_WALK = const(4)
_DISPOSITION = const(8)
_EVENT = const(10)
_FAULT = const(11)
_SORTED = const(1)
_RECIRCULATED = const(2)
_REJECTED = const(3)
_LOST = const(4)
_STRAY = const(5)
_R_NO_READ = const(1)
_R_LATE_DATA = const(4)
_R_UNCERTAIN = const(10)
_R_FLUSHED = const(11)
_R_NOT_SEEN = const(13)
_R_UNPROVEN = const(16)
_R_CARRIED = const(17)
_E_CONDEMNED = const(5)
_E_DOUBTED = const(6)
_E_DIVERT_FAILED = const(7)
_E_LOOP_LOAD = const(17)
_D_LENGTH = const(1)
_D_AMBIGUOUS = const(2)
_D_DIVERT_FAILED = const(3)
_TELL_STRAY = const(15)
_F_GATE_FAILS = const(7)
_IS_STRAY = const(1)
_IS_UNCERTAIN = const(2)
_IS_NAMELESS = const(4)
_AMBIG_FRONT = const(8)
_AMBIG_BACK = const(16)
_IS_FIRED = const(32)
_IS_CONFIRMED = const(1048576)
_IS_PROVISIONAL = const(2097152)
_IS_OFF_BELT = const(256)
_IS_BLOCK = const(1024)
_IS_MISSED = const(2048)
_IS_PAST = const(4096)
_IS_OVER = const(8192)
_IS_ENDED = const(16384)
_AT_BORDER = const(32768)
_IS_HANDED = const(65536)
_IS_CUT = const(131072)
_DECIDED = const(2)
_NO_GATE = const(0)
_COMMITTED = const(2)
_HOME = const(0)
_ARMED = const(1)
_DIVERT_FAILS = const(3)
_RECIRCULATE = const(2)
_SLOTS = const(512)


def condemn(st, t, reason):
    """Let `t` run to the end of the belt. The first reason stands. A doubt has been told already."""
    tr = st.tracks
    is_news = 1
    if tr.reason[t]:
        reason = tr.reason[t]
        is_news = tr.chute[t] >= 0
    else:
        tr.reason[t] = reason
    tr.data_stage[t] = _DECIDED
    tr.data_due[t] = _NEVER
    tr.gate_stage[t] = _NO_GATE
    if not tr.flags[t] & (_IS_OVER | _AT_BORDER):
        tr.gate_due[t] = _NEVER
    tr.chute[t] = _NONE
    if is_news and reason != _R_UNCERTAIN:
        emit(st, _EVENT, _E_CONDEMNED, tr.number[t], reason, st.position)


def suspect(st, t, cause):
    """`doubt` in a step of its own, the next one. A stray that is still to be told of has nothing to lose by it."""
    tr = st.tracks
    if tr.doubt[t] == _TELL_STRAY:
        return
    tr.doubt[t] = cause
    tr.data_due[t] = _AT_ONCE
    st.agenda.put(t, st.position)


def doubt(st, t, cause):
    """Make `t` UNCERTAIN: not diverted any more, and without a name if its identity is in doubt."""
    tr = st.tracks
    flags = tr.flags[t]
    if cause == _D_LENGTH or cause == _D_AMBIGUOUS:
        tr.flags[t] = flags | _IS_UNCERTAIN | _IS_NAMELESS
    else:
        tr.flags[t] = flags | _IS_UNCERTAIN
    if flags & (_IS_STRAY | _IS_ENDED):
        return
    emit(st, _EVENT, _E_DOUBTED, tr.number[t], cause, st.position)
    if tr.gate_stage[t] == _COMMITTED:
        if flags & _IS_FIRED:
            return
        cancel(st, t)
    condemn(st, t, _R_UNCERTAIN)


def cancel(st, t):
    """Take back the commitment of `t`, whose gate has not moved for it."""
    gt = st.gates
    g = st.chutes.gate[st.tracks.chute[t]]
    if gt.queued[g] == t:
        gt.queued[g] = _NONE
    elif gt.track[g] == t and gt.state[g] == _ARMED:
        gt.state[g] = _HOME
        gt.track[g] = _NONE
        st.gate_agenda.remove(g)
    _unwait(st, t)


def _unwait(st, t):
    """Take `t` out of its chute's queue."""
    tr = st.tracks
    first = st.chutes.first
    chute = tr.chute[t]
    i = first[chute]
    following = tr.next_waiting[t]
    if i == t:
        first[chute] = following
    else:
        while i >= 0 and tr.next_waiting[i] != t:
            i = tr.next_waiting[i]
        if i >= 0:
            tr.next_waiting[i] = following
    tr.next_waiting[t] = _NONE


def leave_belt(st, t):
    """`t` was diverted and, as it should be, is not seen further down: only its confirm eye can tell now."""
    st.tracks.flags[t] |= _IS_OFF_BELT
    _forget_place(st, t)


def _forget_place(st, t):
    tr = st.tracks
    if st.read_head == t:
        st.read_head = tr.behind[t]
    if tr.flags[t] & _AMBIG_BACK:
        front = tr.ahead[t]
        if front >= 0 and tr.flags[front] & _AMBIG_FRONT:
            suspect(st, front, _D_AMBIGUOUS)
    tr.unlink(t)


def dispose(st, t, outcome, reason, chute, confirmed):
    """The one and only disposition of `t`; `forget` takes it out of the tables in a step of its own.

    An input may come in between, if many wait: no code, no destination and no edge is for `t` any more.
    """
    tr = st.tracks
    code = outcome + 16 * reason + 512 * (chute + 1) + 131072 * confirmed
    emit(st, _DISPOSITION, tr.number[t], code, tr.slot[t] + 1, st.position)
    flags = tr.flags[t]
    if tr.gate_stage[t] == _COMMITTED:
        if not flags & _IS_FIRED:
            cancel(st, t)
        else:
            g = st.chutes.gate[tr.chute[t]]
            if st.gates.track[g] == t:
                st.gates.track[g] = _NONE
            if not flags & (_IS_PROVISIONAL | _IS_CONFIRMED) and st.chutes.has_confirm[tr.chute[t]]:
                drop_provisional(st, tr.chute[t], t)
    if st.inducting == t:
        st.inducting = _NONE
    tr.flags[t] = flags | _IS_ENDED
    tr.data_stage[t] = _DECIDED
    tr.data_due[t] = _NEVER
    tr.gate_due[t] = _AT_ONCE


def forget(st, t):
    """After `dispose`: there is no such track any more."""
    tr = st.tracks
    flags = tr.flags[t]
    if flags & _IS_FIRED:
        _unwait(st, t)
    inside = st.eyes.inside
    s = tr.section[t]
    if inside[s - 1] == t:
        inside[s - 1] = _NONE
    if not flags & _IS_OFF_BELT:
        _forget_place(st, t)
    st.agenda.remove(t)
    tr.free(t)


def finish(st, t):
    """`t` has run off the end of the belt, or has left it for a chute where it did not arrive."""
    tr = st.tracks
    flags = tr.flags[t]
    end = st.chutes.end_chute
    confirmed = st.eyes.has_end_eye
    if flags & _IS_HANDED:
        # The next zone will dispose of it.
        tr.flags[t] = flags | _IS_ENDED
        tr.gate_due[t] = _AT_ONCE
    elif flags & _IS_OFF_BELT:
        dispose(st, t, _LOST, _R_NOT_SEEN, _NONE, 0)
    elif flags & _IS_STRAY:
        dispose(st, t, _STRAY, _R_CARRIED, _NONE, 0)
    elif flags & _IS_MISSED or (flags & _IS_NAMELESS and not flags & _IS_BLOCK):
        dispose(st, t, _LOST, _R_UNPROVEN, _NONE, 0)
    elif tr.epoch[t] != st.epoch:
        dispose(st, t, _REJECTED, _R_FLUSHED, end, confirmed)
    elif flags & (_IS_UNCERTAIN | _AMBIG_FRONT | _AMBIG_BACK):
        dispose(st, t, _REJECTED, _R_UNCERTAIN, end, confirmed)
    elif tr.reason[t]:
        dispose(st, t, _REJECTED, tr.reason[t], end, confirmed)
    elif tr.chute[t] == end and tr.chute[t] >= 0:
        dispose(st, t, _SORTED, 0, end, confirmed)
    elif tr.slot[t] < 0:
        dispose(st, t, _REJECTED, _R_NO_READ, end, confirmed)
    else:
        dispose(st, t, _REJECTED, _R_LATE_DATA, end, confirmed)


def claim(st, t):
    """`t` is where it was sent, as far as anybody can tell; its trailing edge is awaited if it is due."""
    tr = st.tracks
    flags = tr.flags[t]
    chute = tr.chute[t]
    confirmed = st.chutes.has_confirm[chute]
    if tr.trail_due[t] < _NEVER:
        _claim_later(st, t, _NEVER)
    elif flags & _IS_CUT and (travelled(st, t) - tr.length[t] - st.eyes.x[tr.section[t] - 1]) & _HALF:
        # Its tail may still lie before the eye that has cleared, where a gate would move into it.
        _claim_later(st, t, tr.length[t] + st.eyes.x[tr.section[t] - 1])
    elif flags & (_IS_NAMELESS | _AMBIG_FRONT | _AMBIG_BACK):
        dispose(st, t, _LOST, _R_UNPROVEN, _NONE, 0)
    elif not confirmed and (flags & _IS_UNCERTAIN or tr.halts[t] != st.halts):
        # Nobody has seen it in the chute, and its gate or the belt did not do what they should.
        dispose(st, t, _LOST, _R_UNPROVEN, _NONE, 0)
    elif st.chutes.kind[chute] != _RECIRCULATE:
        dispose(st, t, _SORTED, 0, chute, confirmed)
    else:
        if not st.takes_over:
            count_lap(st, tr.slot[t])
        dispose(st, t, _RECIRCULATED, tr.reason[t], chute, confirmed)


def count_lap(st, slot):
    """One more parcel is on the loop; where its code stands in `slot`, it has one lap less to go."""
    laps = st.slot_laps
    if 0 <= slot < _SLOTS and laps[slot] < st.rules.lap_limit:
        # More than that makes no difference.
        laps[slot] += 1
    mg = st.merge
    load = mg.load + 1
    mg.load = load
    if load == mg.warning:
        emit(st, _EVENT, _E_LOOP_LOAD, 0, load, st.position)


def _claim_later(st, t, offset):
    tr = st.tracks
    tr.flags[t] = (tr.flags[t] | _IS_CONFIRMED) & ~_IS_PROVISIONAL
    tr.gate_due[t] = offset
    schedule(st, t)


def confirm_missing(st, t):
    """The confirm window is over and nothing came."""
    tr = st.tracks
    s = tr.section[t]
    if not tr.flags[t] & _IS_OFF_BELT and (st.eyes.latest[s] + st.eyes.slip[s] - travelled(st, t)) & _HALF:
        # It has only been kept for its tail, which is still in the eye before.
        st.eyes.left[s] = t
        leave_belt(st, t)
    divert_failed(st, t)
    if tr.flags[t] & _IS_OFF_BELT:
        # Nor has the eye behind its gate seen it: it may lie where the next stroke sweeps it into the chute.
        st.eyes.gone[tr.section[t]] += _MAY_LIE
        tr.flags[t] |= _IS_OVER
        tr.gate_due[t] = _AT_ONCE
    else:
        # It may be anywhere until an eye has seen it on the belt again.
        tr.flags[t] |= _IS_MISSED


def has_dropped(st, t):
    """1: claims that waited for an edge together with `t` are dropped; that `t` has failed is the next step's work.

    One edge for two parcels, and the second did not come: neither is claimed.
    """
    tr = st.tracks
    if tr.flags[t] & (_IS_PROVISIONAL | _IS_CONFIRMED):
        return 0
    return drop_provisional(st, tr.chute[t], t)


def divert_failed(st, t):
    """Whatever its gate did, `t` did not arrive in its chute, or nobody saw it. `has_dropped` comes first."""
    tr = st.tracks
    chute = tr.chute[t]
    g = st.chutes.gate[chute]
    emit(st, _EVENT, _E_DIVERT_FAILED, tr.number[t], g, st.position)
    flags = tr.flags[t]
    if flags & _IS_FIRED:
        _unwait(st, t)
        st.chutes.failed[chute] = t
        gt = st.gates
        if gt.track[g] == t:
            gt.track[g] = _NONE
        # An eye that somebody stands in sees nobody else come: that says nothing about the gate.
        gt.fails[g] += 0 if is_confirm_blocked(st, chute) else 1
        if gt.fails[g] == _DIVERT_FAILS:
            gt.fails[g] = 0
            gt.bad[g] = st.reset_epoch
            emit(st, _FAULT, _F_GATE_FAILS, g, 0, st.position)
    else:
        cancel(st, t)
    tr.flags[t] = flags & ~(_IS_FIRED | _IS_PROVISIONAL | _IS_CONFIRMED | _IS_PAST)
    tr.gate_stage[t] = _NO_GATE
    tr.gate_due[t] = _NEVER
    tr.doubt[t] = _D_DIVERT_FAILED
    tr.data_due[t] = _AT_ONCE


def claim_unproven(st, t):
    """The edges that would have settled the claim of `t` did not come."""
    st.tracks.flags[t] |= _IS_UNCERTAIN | _IS_NAMELESS
    claim(st, t)


def settle_provisional(st, chute, until):
    """Claim the provisional tracks ahead of `until` in the chute's queue: every edge is accounted for."""
    _end_provisional(st, chute, until, _IS_CONFIRMED)


def drop_provisional(st, chute, until):
    """None of the provisional tracks ahead of `until` in the chute's queue can be claimed; 1 if there are any."""
    return _end_provisional(st, chute, until, _IS_CONFIRMED | _IS_UNCERTAIN | _IS_NAMELESS)


def _end_provisional(st, chute, until, flags):
    """Each has a step of its own for its end, and enters the one behind it (`claim_waiting`)."""
    tr = st.tracks
    t = st.chutes.first[chute]
    first = _NONE
    for _ in range(_WALK):
        if t < 0 or t == until:
            break
        before = tr.flags[t]
        if before & _IS_PROVISIONAL:
            tr.flags[t] = (before | flags) & ~_IS_PROVISIONAL
            tr.gate_due[t] = _AT_ONCE
            if first < 0:
                first = t
        t = tr.next_waiting[t]
    if first < 0:
        return 0
    st.agenda.put(first, st.position)
    return 1


def claim_waiting(st, t):
    """`claim`, and the next step is that of the one behind `t` in its chute's queue if it is settled, too."""
    tr = st.tracks
    following = tr.next_waiting[t]
    claim(st, t)
    if following >= 0 and tr.flags[following] & _IS_CONFIRMED and tr.gate_due[following] == _AT_ONCE:
        st.agenda.put(following, st.position)
