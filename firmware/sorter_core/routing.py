"""From reads to a chute: which track a code belongs to, who decides, and what else is left to do.

The edge host is asked first where there is one; if it is silent up to the last position at which the
plan's own answer can still be executed, the board's plan decides; in a row for one barrier that is when
the track ahead decides. A board alone never stops sorting.
"""

from .endings import condemn, doubt
from .line_state import emit, refusal, schedule, travelled

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
_PASS_WALK = const(2)
_READ_WALK = const(12)
_SLOTS = const(512)
_DEST_REQUEST = const(9)
_EVENT = const(10)
_R_NO_READ = const(1)
_R_MULTI_READ = const(2)
_R_NO_DATA = const(3)
_R_LATE_DATA = const(4)
_R_LAP_LIMIT = const(12)
_E_ASSIGNED = const(3)
_E_ROUTED = const(4)
_E_STRAY_SEEN = const(8)
_E_READ_UNASSIGNED = const(10)
_E_LATE_ANSWER = const(11)
_AMBIG_FRONT = const(8)
_CONDEMN = const(16)
_TELL_STRAY = const(15)
_TELL_LAP = const(14)
_IS_MULTI = const(512)
_UPSTREAM = const(-2)
_READING = const(0)
_WAITING = const(1)
_DECIDED = const(2)
_ROUTED = const(1)
_HOST_ONLY = const(255)
_MAY_LAP = const(64)  # of those whose code is known, on a line with a loop
_LAPS_OVER = const(128)
_GO_ROUND = const(32)
_NEW_SLOT = const(1024)


def on_read(st, scanner, position, a, plan):
    """Give a code to the track whose read window it is in; to none where it may belong to two."""
    sc = st.scanners
    tr = st.tracks
    slot = a & (_SLOTS - 1)
    if a & _NEW_SLOT:
        st.slot_laps[slot] = 0
    code_at = position - ((sc.latency[scanner] * st.speed) >> 12) - sc.x[scanner]
    window = sc.window[scanner]
    t = st.read_head
    for _ in range(_READ_WALK):
        if t < 0:
            break
        along = ((code_at - tr.origin[t] + _HALF) & _MASK) - _HALF
        if along < -window:
            break
        length = tr.length[t]
        if not length or along <= length + window:
            t = _nearest(st, t, along, length, scanner)
            if t >= 0:
                _assign(st, t, slot, plan)
                return
            break
        t = tr.behind[t]
    emit(st, _EVENT, _E_READ_UNASSIGNED, 0, slot, position)


def _pass_scanners(st):
    """Move `read_head` on to the first track that a read can still belong to, two at a time."""
    tr = st.tracks
    end = st.scanners.end - st.position
    for _ in range(_PASS_WALK):
        t = st.read_head
        if t < 0 or not tr.length[t] or not (end + tr.length[t] + tr.origin[t]) & _HALF:
            return
        st.read_head = tr.behind[t]


def _nearest(st, t, along, length, scanner):
    """`t`, the track behind it, or -1 where the code may belong to either."""
    tr = st.tracks
    behind = tr.behind[t]
    if behind < 0 or not length:
        return t
    gap = ((tr.origin[behind] - tr.origin[t] + _HALF) & _MASK) - _HALF - length
    if along < length + gap - st.scanners.window[scanner]:
        return t
    middle = length + (gap >> 1)
    guard = st.scanners.guard[scanner]
    if along <= middle - guard:
        return t
    if along < middle + guard:
        return _NONE
    return behind


def _assign(st, t, slot, plan):
    tr = st.tracks
    known = tr.slot[t]
    if tr.data_stage[t] != _READING:
        emit(st, _EVENT, _E_READ_UNASSIGNED, tr.number[t], slot, st.position)
        return
    if known == slot:
        return
    if known >= 0:
        if plan >> 8 < tr.plan[t] >> 8:
            return
        if plan >> 8 == tr.plan[t] >> 8:
            tr.flags[t] |= _IS_MULTI
            return
        tr.flags[t] &= ~_IS_MULTI
    tr.slot[t] = slot
    tr.plan[t] = plan
    tr.answer[t] = _NONE
    if st.chutes.recirculation >= 0:
        laps = _LAPS_OVER if st.slot_laps[slot] >= st.rules.lap_limit else _MAY_LAP
        tr.flags[t] = (tr.flags[t] & ~(_MAY_LAP | _LAPS_OVER)) | laps
    emit(st, _EVENT, _E_ASSIGNED, tr.number[t], slot, st.position)
    if st.rules.has_host:
        emit(st, _DEST_REQUEST, tr.number[t], slot, 0, st.position)
    if st.rules.is_compact and tr.length[t]:
        limit_reads(st, t)
        schedule(st, t)


def limit_reads(st, t):
    """No read is awaited beyond the last position at which the plan's answer can still be executed."""
    tr = st.tracks
    if tr.slot[t] >= 0:
        limit = _deadline(st, tr.plan[t] & 0xFF)
        if limit < tr.data_due[t]:
            tr.data_due[t] = limit


def data_due(st, t):
    """The read window is over, or the host was silent up to the deadline, or a chute is to be chosen."""
    tr = st.tracks
    tr.data_due[t] = _NEVER
    if tr.doubt[t]:
        _doubted(st, t)
        return
    stage = tr.data_stage[t]
    if stage == _DECIDED:
        _choose(st, t)
        return
    if stage == _READING:
        _pass_scanners(st)
        if tr.flags[t] & _IS_MULTI:
            condemn(st, t, _R_MULTI_READ)
            return
        if tr.slot[t] < 0:
            condemn(st, t, _R_NO_READ)
            return
        tr.data_stage[t] = _WAITING
        if st.rules.has_host and tr.answer[t] < 0:
            tr.data_due[t] = _deadline(st, tr.plan[t] & 0xFF)
            return
    answer = tr.answer[t]
    _route_group(st, t, answer if answer >= 0 else tr.plan[t] & 0xFF)


def _doubted(st, t):
    tr = st.tracks
    cause = tr.doubt[t]
    tr.doubt[t] = 0
    if cause == _TELL_LAP:
        emit(st, _EVENT, _E_ROUTED, tr.number[t], tr.chute[t], st.position)
        return
    if cause == _TELL_STRAY:
        emit(st, _EVENT, _E_STRAY_SEEN, tr.number[t], tr.section[t] - 1, st.position)
        return
    if cause >= _CONDEMN:
        _pass_scanners(st)
        condemn(st, t, cause - _CONDEMN)
        return
    tr.flags[t] &= ~_AMBIG_FRONT
    doubt(st, t, cause)


def _deadline(st, plan):
    """Offset by which a destination must be known: for the plan's own gate, else for the last one."""
    ch = st.chutes
    g = st.gates.n - 1
    if 0 < plan <= ch.n_groups:
        chute = ch.group_chute[ch.group_first[plan - 1]]
        if ch.gate[chute] >= 0:
            g = ch.gate[chute]
    return st.gates.decide[g] - st.rules.deadline_guard


def on_destination(st, slot, handle, group):
    """The host's answer for a track and the code in `slot`."""
    tr = st.tracks
    t = tr.find(handle)
    if t < 0 or tr.data_stage[t] == _DECIDED or tr.slot[t] != slot:
        emit(st, _EVENT, _E_LATE_ANSWER, handle, group, st.position)
        return
    tr.answer[t] = group
    if tr.data_stage[t] == _WAITING:
        tr.data_due[t] = _NEVER
        _route_group(st, t, group)
        schedule(st, t)


def _route_group(st, t, group):
    tr = st.tracks
    tr.data_stage[t] = _DECIDED
    if group == _HOST_ONLY:
        fall_back(st, t, _R_LATE_DATA)
    elif group < 1 or group > st.chutes.n_groups:
        condemn(st, t, _R_NO_DATA)
    else:
        tr.answer[t] = group
        route(st, t, 0)


def route(st, t, reason):
    """Look for a chute of the group of `t`, one a step; the one that it has has just failed it for `reason`."""
    tr = st.tracks
    tr.refused[t] = reason
    tr.choice[t] = st.chutes.group_first[tr.answer[t] - 1]
    tr.data_due[t] = _AT_ONCE


def _choose(st, t):
    """Send `t` to the next chute of its group if that can be had."""
    tr = st.tracks
    ch = st.chutes
    i = tr.choice[t]
    if i >= ch.group_first[tr.answer[t]]:
        reason = tr.refused[t]
        fall_back(st, t, reason if reason else _R_LATE_DATA)
        return
    chute = ch.group_chute[i]
    why = refusal(st, chute)
    if ch.gate[chute] == _UPSTREAM:
        # Behind it, in another zone, which has tried it or found nothing wrong with a later one.
        why = 0
    elif not why and chute != tr.chute[t]:
        at = _decide_at(st, t, chute)
        if at > ((st.position - tr.origin[t] + _HALF) & _MASK) - _HALF:
            tr.chute[t] = chute
            if at < _NEVER:
                tr.gate_stage[t] = _ROUTED
                tr.gate_due[t] = at
            emit(st, _EVENT, _E_ROUTED, tr.number[t], chute, st.position)
            return
        why = _R_LATE_DATA
    if not tr.refused[t]:
        tr.refused[t] = why
    tr.choice[t] = i + 1
    tr.data_due[t] = _AT_ONCE


def _decide_at(st, t, chute):
    """Offset of the last chance to choose this chute; never too late for the end of the belt."""
    gt = st.gates
    g = st.chutes.gate[chute]
    if g < 0:
        return _NEVER
    if gt.is_impulse[g]:
        return gt.decide[g] + (st.tracks.length[t] >> 1)
    return gt.decide[g]


def fall_back(st, t, reason):
    """Another lap if policy, lap count and the recirculation gate allow it, else reject."""
    tr = st.tracks
    chute = st.chutes.recirculation
    flags = tr.flags[t]
    if not flags & (_MAY_LAP | _LAPS_OVER) or not (st.rules.recirculate_reasons >> reason) & 1:
        condemn(st, t, reason)
    elif flags & _LAPS_OVER:
        condemn(st, t, _R_LAP_LIMIT)
    elif st.chutes.gate[chute] == _UPSTREAM:
        condemn(st, t, reason)
    else:
        at = _decide_at(st, t, chute)
        if refusal(st, chute) or at <= travelled(st, t):
            condemn(st, t, reason)
        else:
            tr.reason[t] = reason
            # Where the loop's gate is another zone's, that one is told so (borders).
            tr.refused[t] = reason + _GO_ROUND
            tr.answer[t] = 0
            tr.chute[t] = chute
            tr.gate_stage[t] = _ROUTED
            tr.gate_due[t] = at
            # Told in the next step.
            tr.doubt[t] = _TELL_LAP
            tr.data_due[t] = _AT_ONCE
