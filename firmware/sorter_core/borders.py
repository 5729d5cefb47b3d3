"""The borders of a zone: each board of a long line has the gate logic of its own stretch, and hands tracks over.

The last eye of a zone is its border eye. A track that is seen there is handed over: HANDED says who comes and where,
BOUND what is known of it. The next zone has it on its belt from then on and expects it at its own first eye, as
every eye expects a track: within a window, re-zeroed where it is seen, LOST where it is not. Whoever comes there and
was not handed over in time is a STRAY. All zones count the same belt. A track keeps the handle of the zone that made
it, and is disposed of by the zone where it ends.

A zone that has stopped stops the others; one that is dead is a fault, and nobody starts before it is back. So are the
neighbours of a zone that has just begun: a start is refused, with the fault, until each has been told to be alive.

Laps are counted where codes are read, in the first zone: BOUND says whether a parcel may go round again, and LAP tells
the first zone that one does.
"""

from .endings import cancel, count_lap
from .line import halt, stop_fault
from .line_state import emit, schedule
from .routing import fall_back, route

try:
    from micropython import const
except ImportError:

    def const(value):
        return value


_COUNTED = const(0x7FFF)
_NONE = const(-1)
_NEVER = const(0x07000000)
_AT_ONCE = const(-1)  # an offset before all others: in the next step
_SLOTS = const(512)
_DISPOSITION = const(8)
_HANDED_OUT = const(12)
_BOUND_OUT = const(13)
_HANDED = const(15)
_BOUND = const(16)
_PEER = const(17)
_LAP = const(18)
_PEER_STOPPED = const(0)
_PEER_ALIVE = const(1)
_ZONES = const(16)
_LOST = const(4)
_R_NO_READ = const(1)
_R_LATE_DATA = const(4)
_R_NOT_SEEN = const(13)
_GO_ROUND = const(32)  # more than any reason
_F_TRACKS_FULL = const(8)
_F_ZONE_DEAD = const(14)
_IS_STRAY = const(1)
_IS_UNCERTAIN = const(2)
_IS_OVER = const(8192)
_IS_ENDED = const(16384)
_AT_BORDER = const(32768)
_IS_HANDED = const(65536)
# What of a track's flags is true in the next zone, too: stray, uncertain, nameless, ambiguous, whether it may go round
# again, a block, missed.
_CARRIED = const(1 + 2 + 4 + 8 + 16 + 64 + 128 + 1024 + 2048)
_IS_FLUSHED = const(32)  # among the facts: of an epoch that is over
_DECIDED = const(2)
_NO_GATE = const(0)
_COMMITTED = const(2)
_STOPPED = const(0)
_RUNNING = const(1)
_STARTING = const(2)


def hand_over(st, t, flags):
    """Tell the next zone of `t`, which is seen at the border eye and has these flags; it stays here until its trailing
    edge has passed.

    Where it is bound for: its destination group, 0 for the end of the belt, and 256 times the reason why no better one
    can be had, more by _GO_ROUND where it is to go round again if that is possible.
    """
    tr = st.tracks
    if tr.gate_stage[t] == _COMMITTED:
        # Its gate has not moved for it.
        cancel(st, t)
    tr.gate_stage[t] = _NO_GATE
    if tr.data_stage[t] == _DECIDED:
        bound = tr.answer[t] + 256 * tr.refused[t] if tr.chute[t] >= 0 else 256 * tr.reason[t]
    elif tr.slot[t] < 0:
        # It is still being read: its tail may not even have passed the infeed eye.
        tr.data_stage[t] = _DECIDED
        bound = 256 * _R_NO_READ
    else:
        tr.data_stage[t] = _DECIDED
        bound = 256 * (_R_LATE_DATA if st.chutes.recirculation < 0 else _R_LATE_DATA + _GO_ROUND)
    facts = flags & _CARRIED
    if tr.epoch[t] != st.epoch:
        facts |= _IS_FLUSHED
    number = tr.number[t]
    emit(st, _HANDED_OUT, number, tr.length[t] - 4 * tr.stretch[t], tr.slot[t] + 1, tr.origin[t])
    emit(st, _BOUND_OUT, number, bound, facts, st.position)
    tr.flags[t] = (flags & ~_AT_BORDER) | _IS_HANDED
    tr.data_due[t] = _NEVER
    tr.gate_due[t] = _AT_ONCE if flags & _IS_OVER else _NEVER


def on_border(st, kind, index, position, a, b):
    """An input from another zone: a track, what is known of it, or how that zone is. A line of one zone has none."""
    if kind == _PEER:
        if st.takes_over or st.border_eye >= 0:
            _on_peer(st, (a >> 2) & (_ZONES - 1), a & 3)
    elif kind == _LAP:
        if not st.takes_over:
            count_lap(st, index - 1)
    elif st.takes_over:
        if kind == _HANDED:
            _take_over(st, index & (2 * _SLOTS - 1), position, a, b)
        elif kind == _BOUND:
            _bind(st, index, a, b)


def _take_over(st, slot, origin, handle, length):
    """A track that comes from upstream; where it is to go is told by the next input."""
    tr = st.tracks
    t = tr.new(origin, 1, st.epoch)
    if t < 0:
        emit(st, _DISPOSITION, handle, _LOST + 16 * _R_NOT_SEEN, slot, st.position)
        stop_fault(st, _F_TRACKS_FULL, 1, 0)
        return
    tr.append(t)
    tr.number[t] = handle
    tr.length[t] = length
    tr.slot[t] = slot - 1 if slot <= _SLOTS else _NONE
    tr.data_stage[t] = _DECIDED
    tr.reason[t] = _R_LATE_DATA
    tr.eye_due[t] = st.eyes.latest[1] + st.eyes.slip[1]
    st.handed = t
    schedule(st, t)


def _bind(st, facts, handle, bound):
    """What is known of the track that was handed over last."""
    tr = st.tracks
    t = st.handed
    if t < 0 or not tr.used[t] or tr.number[t] != handle or tr.flags[t] & _IS_ENDED:
        return
    st.handed = _NONE
    tr.flags[t] |= facts & _CARRIED
    if facts & _IS_FLUSHED:
        tr.epoch[t] = (st.epoch - 1) & _COUNTED
    group = bound & 255
    reason = (bound >> 8) & (2 * _GO_ROUND - 1)
    is_known = not tr.flags[t] & (_IS_STRAY | _IS_UNCERTAIN)
    if is_known and 0 < group <= st.chutes.n_groups:
        tr.reason[t] = 0
        tr.answer[t] = group
        route(st, t, reason)
        schedule(st, t)
    elif is_known and reason & _GO_ROUND:
        tr.reason[t] = 0
        fall_back(st, t, reason - _GO_ROUND)
        schedule(st, t)
    elif reason:
        tr.reason[t] = reason & (_GO_ROUND - 1)


def _on_peer(st, zone, what):
    """Another zone of the line has stopped, or is alive, or dead."""
    is_moving = st.state == _RUNNING or st.state == _STARTING
    if what == _PEER_ALIVE:
        st.dead_zones &= ~(1 << zone)
    elif what == _PEER_STOPPED:
        if is_moving:
            st.state = _STOPPED
            halt(st)
    elif not (st.dead_zones >> zone) & 1:
        st.dead_zones |= 1 << zone
        stop_fault(st, _F_ZONE_DEAD, zone, 0)
