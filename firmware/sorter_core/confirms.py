"""What a chute's confirm eye sees: whose divert it proves, who waits for the next edge, and when the chute is full.

The first track that can be there is confirmed. Where the edge may be the next one's, too, or that of a stranger whom
the gate stayed out for, the claim is provisional until the edges are accounted for.
"""

from .endings import drop_provisional, settle_provisional
from .line import stop_fault
from .line_state import emit, schedule, travelled

try:
    from micropython import const
except ImportError:

    def const(value):
        return value


_MASK = const(0x0FFFFFFF)
_HALF = const(0x08000000)
_NONE = const(-1)
_AT_ONCE = const(-1)  # an offset before all others: in the next step
_QUEUE_WALK = const(8)
_EVENT = const(10)
_E_UNEXPECTED_CONFIRM = const(9)
_E_CHUTE_FULL = const(14)
_E_CHUTE_FREE = const(15)
_F_GATE_STUCK = const(11)
_IS_UNCERTAIN = const(2)
_IS_NAMELESS = const(4)
_IS_FIRED = const(32)
_IS_CONFIRMED = const(1048576)
_IS_PROVISIONAL = const(2097152)
_IS_OFF_BELT = const(256)
_IS_ENDED = const(16384)
_HOME = const(0)
_OUT = const(2)
_LOOSE = const(3)
_UNEXPECTED = const(3)
_BEFORE = const(1)
_HERE = const(2)


def on_confirm(st, chute, position):
    ch = st.chutes
    tr = st.tracks
    st.agenda.put(st.chute_entity + chute, (position + ch.full_travel) & _MASK)
    start = position - st.gates.start[ch.gate[chute]]
    t = ch.first[chute]
    is_one_missing = 0
    for _ in range(_QUEUE_WALK):
        if t < 0:
            break
        travel = ((start - tr.origin[t] + _HALF) & _MASK) - _HALF
        if travel < ch.least[chute]:
            break
        flags = tr.flags[t]
        if flags & _IS_FIRED and not flags & (_IS_PROVISIONAL | _IS_CONFIRMED | _IS_ENDED):
            if travel <= ch.most[chute]:
                _confirmed(st, t, chute, start, is_one_missing)
                return
            is_one_missing = 1
        t = tr.next_waiting[t]
    emit(st, _EVENT, _E_UNEXPECTED_CONFIRM, 0, chute, position)
    is_lone = 0 if is_one_missing else _is_lone_stranger(st, chute, start)
    t = ch.first[chute]
    if t >= 0 and tr.flags[t] & _IS_PROVISIONAL:
        if is_lone:
            settle_provisional(st, chute, _NONE)
        else:
            # One edge too many among claims that wait for theirs: none of them is sure any more.
            drop_provisional(st, chute, _NONE)
        return
    t = ch.failed[chute]
    if t >= 0 and tr.flags[t] & _IS_UNCERTAIN:
        travel = ((start - tr.origin[t] + _HALF) & _MASK) - _HALF
        if ch.least[chute] <= travel <= ch.most[chute]:
            # It may be the one that an eye further down seems to have seen instead.
            tr.flags[t] |= _IS_NAMELESS
    ch.unexpected[chute] += 1
    if ch.unexpected[chute] == _UNEXPECTED:
        ch.unexpected[chute] = 0
        g = ch.gate[chute]
        st.gates.bad[g] = st.reset_epoch
        if st.gates.state[g] == _HOME:
            # It is out, whatever it was told: the next start sends it home.
            st.gates.state[g] = _LOOSE
        stop_fault(st, _F_GATE_STUCK, g, 0)


def _confirmed(st, t, chute, start, is_one_missing):
    ch = st.chutes
    tr = st.tracks
    ch.unexpected[chute] = 0
    n = tr.next_waiting[t]
    strangers = _strangers(st, t, chute, start)
    if strangers == _HERE or (n >= 0 and tr.flags[n] & _IS_FIRED and _is_there(st, n, chute, start)):
        # It may be either: both claims wait for the second edge.
        tr.flags[t] |= _IS_PROVISIONAL
        tr.gate_due[t] = travelled(st, t) + _patience(st, chute)
        return
    st.gates.fails[ch.gate[chute]] = 0
    # The claims themselves are the work of steps to come.
    if st.eyes.gone[st.gates.section[ch.gate[chute]]] > 1:
        # They may lie there, before the gate, and one of them was swept into the chute instead.
        tr.flags[t] |= _IS_UNCERTAIN | _IS_NAMELESS
        drop_provisional(st, chute, t)
    elif tr.halts[t] != st.halts:
        # Whoever was seen before the stop may be one that the gate has let go of since.
        if drop_provisional(st, chute, t):
            tr.flags[t] |= _IS_UNCERTAIN | _IS_NAMELESS
    elif not is_one_missing and not strangers:
        settle_provisional(st, chute, t)
    tr.flags[t] |= _IS_CONFIRMED
    tr.gate_due[t] = _AT_ONCE
    schedule(st, t)


def _is_there(st, t, chute, start):
    """`t` may have come as far as the confirm eye of the chute by now."""
    return 0 if (start - st.tracks.origin[t] - st.chutes.least[chute]) & _HALF else 1


def _strangers(st, t, chute, start):
    """_HERE: the edge may be that of one whom the chute's gate has swept along. _BEFORE: one that a claim waits for."""
    gt = st.gates
    ch = st.chutes
    g = ch.gate[chute]
    found = 0
    first = gt.strange_first[g]
    if first >= 0 and not (start - first - ch.least[chute]) & _HALF:
        left = gt.strange_last[g] + ch.most[chute] - start
        if not left & _HALF:
            return _HERE
        if not (left + _patience(st, chute)) & _HALF:
            found = _BEFORE
    if gt.state[g] == _OUT:
        # It stays out for the next one, too, if that is in its way already.
        tr = st.tracks
        b = tr.head[gt.section[g]] if tr.flags[t] & _IS_OFF_BELT else tr.behind[t]
        if b >= 0 and _is_there(st, b, chute, start):
            return _HERE
    return found


def _patience(st, chute):
    """Belt travel for which a provisional claim waits."""
    return st.chutes.most[chute] + 4 * st.eyes.jam


def _is_lone_stranger(st, chute, start):
    """The edge is that of the only stranger that there can be, who is accounted for from now on."""
    gt = st.gates
    g = st.chutes.gate[chute]
    first = gt.strange_first[g]
    if first != gt.strange_last[g] or gt.state[g] == _OUT or st.eyes.gone[gt.section[g]] > 1:
        # Another one may be on his way, or have been swept along.
        return 0
    travel = ((start - first + _HALF) & _MASK) - _HALF
    if first < 0 or not st.chutes.least[chute] <= travel <= st.chutes.most[chute]:
        return 0
    gt.strange_first[g] = _NONE
    return 1


def chute_cleared(st, chute, position):
    st.agenda.remove(st.chute_entity + chute)
    if st.chutes.heaped[chute]:
        st.chutes.heaped[chute] = 0
        emit(st, _EVENT, _E_CHUTE_FREE, 0, chute, position)


def heap_up(st, chute):
    """The confirm eye has been blocked for too long: the chute is full."""
    if not st.chutes.heaped[chute]:
        st.chutes.heaped[chute] = 1
        emit(st, _EVENT, _E_CHUTE_FULL, 0, chute, st.position)
