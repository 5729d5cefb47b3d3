"""What the gate logic knows: the tables of a line, read from its flat configuration, and their state.

Data and the few functions that everybody needs; what happens to it is in `eyes`, `reads`, `routing`,
`gates`, `endings` and `line`. Small objects on purpose: MicroPython looks a name up in its object's table.
"""

from array import array

from .agenda import Agenda
from .tables import Tables
from .tracks import Tracks

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
_IN_RING = const(256)
_OUT_RING = const(256)
_SLOTS = const(512)

# Where the numbers of a boot's tracks begin: far from those of the boots before, in their last bits as well.
_BOOTS = const(255)
_A_BOOT = const(0x10455)
_NUMBERS = const(0x00FFFFFF)

_FAULT = const(11)
_F_OUTPUTS_LOST = const(10)

_R_CHUTE_FULL = const(5)
_R_CHUTE_DISABLED = const(6)
_R_GATE_FAULT = const(7)

_VERSION = const(1)
_HEAD = const(40)
_EYE_ROW = const(4)
_SCANNER_ROW = const(4)
_GATE_ROW = const(13)
_CHUTE_ROW = const(5)
_AT_HOME = const(1)
_LOOSE = const(3)
_HOLD_LINE = const(4)
_BOOTED = const(2)  # nothing is known of the belt's speed
_CONFIRM_EYE = const(3)
_FAR = const(0x00800000)
_TAKES_OVER = const(1)
_HANDS_OVER = const(2)
_MOST_ZONES = const(63)
_MOST_CHOICES = const(0xFFFF)
_MOST_LAPS = const(255)
_UPSTREAM = const(-2)  # instead of a chute's gate: another zone's, which lies behind
# Units of 128 microseconds, and counts per 131,072: the product with quarters of those stays a small integer.
_LONGEST_MOVE = const(46875)
_FASTEST = const(5632)
_MINUTE_US = const(60000000)


def _check_config(c):
    """Raise ValueError unless `c` is a configuration of this version, whole and within range."""
    if len(c) < _HEAD or c[0] != _VERSION:
        raise ValueError("gate configuration: wrong version or too short")
    size = _HEAD + _EYE_ROW * c[4] + _SCANNER_ROW * c[5] + _GATE_ROW * c[6] + _CHUTE_ROW * c[7]
    if min(c[4:10]) < 0 or len(c) != size + c[8] + 1 + c[9]:
        raise ValueError("gate configuration: length does not fit its counts")
    capacity = c[2]
    if capacity < 8 or capacity > 1024 or capacity & (capacity - 1):
        raise ValueError("gate configuration: track capacity is not a power of two from 8 to 1024")
    if min(c) < -(1 << 29) or max(c) >= 1 << 29:
        raise ValueError("gate configuration: a value leaves the range of a small integer")
    _check_head(c)
    at = _check_eyes(c)
    at = _check_gates(c, at + _SCANNER_ROW * c[5])
    _check_chutes(c, at)


def _within(c, at, least, most, what):
    if not least <= c[at] <= most:
        raise ValueError("gate configuration: %s is %d at place %d" % (what, c[at], at))


def _check_head(c):
    _within(c, 3, 0, 20, "bucket size")
    _within(c, 4, 2, 256, "number of eyes")
    _within(c, 6, 1, 256, "number of gates")
    _within(c, 7, 1, 255, "number of chutes")
    _within(c, 8, 0, 200, "number of groups")
    _within(c, 9, 0, _MOST_CHOICES, "number of all groups' chutes")
    _within(c, 10, 1, c[4] - 1 if c[11] else c[4], "number of stations")
    _within(c, 11, 0, 1, "end eye")
    for at in (12, 13, 14, 15, 16, 34, 35, 36, 37):
        _within(c, at, 0, _FAR, "a length")
    for at in (17, 18, 19, 20):
        _within(c, at, 1, _FASTEST, "a speed")
    _within(c, 26, -1, c[7] - 1, "recirculation chute")
    _within(c, 29, 0, c[7] - 1, "end chute")
    _within(c, 27, 0, _MOST_LAPS, "lap limit")
    for at in (28, 30, 31, 32, 33, 38):
        _within(c, at, 0, _FAR, "a limit of the loop or the meter")
    _within(c, 39, 0, _MOST_ZONES, "zone")
    if c[39] & _HANDS_OVER:
        _within(c, 11, 1, 1, "border eye")


def _check_eyes(c):
    """Infeed first, then the stations; a confirm eye needs a chute with a gate. Returns where scanners begin."""
    chutes = _HEAD + _EYE_ROW * c[4] + _SCANNER_ROW * c[5] + _GATE_ROW * c[6]
    stations = c[10] if c[11] else c[10] - 1
    for i in range(c[4]):
        at = _HEAD + _EYE_ROW * i
        if i == 0:
            _within(c, at, 0, 0, "role of the first eye")
        elif i <= stations:
            _within(c, at, 1, 2, "role of a station")
            _within(c, at + 1, 1, _FAR, "position of a station")
        else:
            _within(c, at, 3, 5, "role of an eye")
        _within(c, at + 2, 0, _FAR, "tracking window")
        is_confirm = c[at] == _CONFIRM_EYE
        _within(c, at + 3, 0 if is_confirm else _NONE, c[7] - 1, "chute of a confirm eye, or of another eye,")
        if is_confirm:
            _within(c, chutes + _CHUTE_ROW * c[at + 3] + 1, 0, c[6] - 1, "gate of a chute with a confirm eye")
    at = _HEAD + _EYE_ROW * c[4]
    for i in range(c[5]):
        _within(c, at + _SCANNER_ROW * i, 0, _FAR, "position of a scanner")
        _within(c, at + _SCANNER_ROW * i + 1, 0, _FAR, "read window")
        _within(c, at + _SCANNER_ROW * i + 2, 0, _LONGEST_MOVE, "latency")
        _within(c, at + _SCANNER_ROW * i + 3, 0, _FAR, "guard of a scanner")
    return at


def _check_gates(c, at):
    """Returns where chutes begin."""
    for _ in range(c[6]):
        _within(c, at, 0, 1, "kind of a gate")
        _within(c, at + 1, 0, _FAR, "start of a sweep zone")
        _within(c, at + 2, c[at + 1], _FAR, "end of a sweep zone")
        _within(c, at + 3, 0, _FAR, "margin")
        _within(c, at + 4, 0, _LONGEST_MOVE, "lead")
        _within(c, at + 5, 0, _LONGEST_MOVE, "way home")
        _within(c, at + 6, -_FAR, _FAR, "decision")
        _within(c, at + 7, 1, c[10], "section of a gate")
        _within(c, at + 8, 0, 2, "safe state of a gate")
        _within(c, at + 9, 0, 1, "feedback of a gate")
        _within(c, at + 10, 0, _MINUTE_US, "time out")
        _within(c, at + 11, 0, _MINUTE_US, "time home")
        at += _GATE_ROW
    return at


def _check_chutes(c, at):
    for i in range(c[7]):
        _within(c, at, 0, 2, "kind of a chute")
        _within(c, at + 4, 0, 1, "confirm eye of a chute")
        _within(c, at + 1, _UPSTREAM, c[6] - 1, "gate of a chute")
        _within(c, at + 2, 0, _FAR, "least travel")
        _within(c, at + 3, 0, _FAR, "most travel")
        if i == c[26]:
            _within(c, at + 1, _UPSTREAM if c[39] else 0, c[6] - 1, "gate of the recirculation")
        at += _CHUTE_ROW
    for i in range(c[8]):
        _within(c, at + i, 0, c[9] - 1, "first chute of a group")
        _within(c, at + i + 1, c[at + i] + 1, c[9], "end of a group, which must not be empty,")
    at += c[8] + 1
    for i in range(c[9]):
        _within(c, at + i, 0, c[7] - 1, "chute of a group")


class Eyes(Tables):
    """Photo-eyes. Stations are the eyes 1 to `n_stations`; without an end eye the last is the belt's end."""

    def __init__(self, c, at):
        n = c[4]
        self.n = n
        self.role = self.column(c, at, n, _EYE_ROW, 0, "b")
        self.chute = self.column(c, at, n, _EYE_ROW, 3, "h")
        self.blocked = self.ints(n, 0, "b")
        self.n_stations = c[10]
        self.has_end_eye = c[11]
        self.x = self.ints(c[10] + 2, 0)
        self.window = self.ints(c[10] + 2, 0)
        self.slip = self.ints(c[10] + 2, 0)
        self.inside = self.ints(c[10] + 2, _NONE, "h")
        # Who has left the belt upstream of each, and for which chute nobody knows yet.
        self.left = self.ints(c[10] + 2, _NONE, "h")
        for s in range(1, c[10] + 1):
            if s == c[10] and not c[11]:
                self.x[s] = c[12]
            else:
                self.x[s] = c[at + _EYE_ROW * s + 1]
                self.window[s] = c[at + _EYE_ROW * s + 2]
        # How many in a row were lost at each, since it has last seen anybody.
        self.gone = self.ints(c[10] + 2, 0)
        self.late = c[36]
        # Where a track that fits has been seen, slip apart; beyond the last station nobody is awaited.
        self.latest = self.ints(c[10] + 2, 0)
        for s in range(c[10] + 2):
            self.latest[s] = self.x[s] + self.window[s] + c[36]
        self.latest[c[10] + 1] = _NEVER
        self.tolerance = c[16]
        self.jam = c[15]


class Scanners(Tables):
    """Read windows, decode latency in units of 128 microseconds, and the belt travel it may be off by."""

    def __init__(self, c, at):
        n = c[5]
        self.n = n
        self.x = self.column(c, at, n, _SCANNER_ROW, 0)
        self.window = self.column(c, at, n, _SCANNER_ROW, 1)
        self.latency = self.column(c, at, n, _SCANNER_ROW, 2, "H")
        self.guard = self.column(c, at, n, _SCANNER_ROW, 3)
        self.end = c[34]


class Gates(Tables):
    """Diverters: geometry in counts, lead and way home in units of 128 microseconds, state."""

    def __init__(self, c, at):
        n = c[6]
        self.n = n
        self.is_impulse = self.column(c, at, n, _GATE_ROW, 0, "b")
        self.start = self.column(c, at, n, _GATE_ROW, 1)
        self.end = self.column(c, at, n, _GATE_ROW, 2)
        self.margin = self.column(c, at, n, _GATE_ROW, 3)
        self.lead = self.column(c, at, n, _GATE_ROW, 4, "H")
        self.back = self.column(c, at, n, _GATE_ROW, 5, "H")
        self.decide = self.column(c, at, n, _GATE_ROW, 6)
        self.section = self.column(c, at, n, _GATE_ROW, 7, "h")
        self.safe = self.column(c, at, n, _GATE_ROW, 8, "b")
        self.state = self.ints(n, 0, "b")
        self.track = self.ints(n, _NONE, "h")
        self.number = self.ints(n, 0)
        self.queued = self.ints(n, _NONE, "h")
        self.queued_due = self.ints(n, 0)
        self.home_at = self.ints(n, 0)
        self.epoch = self.ints(n, 0)
        self.bad = self.ints(n, 0)
        self.sick = self.ints(n, 0, "b")
        self.fails = self.ints(n, 0, "b")
        # Origins of those that each stayed out for and that were not sent there.
        self.strange_first = self.ints(n, _NONE)
        self.strange_last = self.ints(n, _NONE)
        for g in range(n):
            if self.safe[g] and not c[at + _GATE_ROW * g + 9]:
                # It stays where it is without power, and no end switch tells where that is.
                self.state[g] = _LOOSE


class Health(Tables):
    """Timers and wear of the gates; times in microseconds."""

    def __init__(self, c, at):
        n = c[6]
        self.has_feedback = self.column(c, at, n, _GATE_ROW, 9, "b")
        # With a timer that runs from the command to extend: to the end position, or to the way home of a pusher.
        self.is_watched = self.column(c, at, n, _GATE_ROW, 0, "b")
        for g in range(n):
            if self.has_feedback[g]:
                self.is_watched[g] = 1
        self.out_us = self.column(c, at, n, _GATE_ROW, 10)
        self.home_us = self.column(c, at, n, _GATE_ROW, 11)
        self.rated = self.column(c, at, n, _GATE_ROW, 12)
        self.end = self.ints(n, _AT_HOME)
        self.is_moving = self.ints(n, 0, "b")
        self.moved_at = self.ints(n, 0)
        self.cycles = self.ints(n, 0)
        self.timer = self.ints(n, 0)
        self.is_timed = self.ints(n, 0, "b")
        self.timers = self.ints(n + 1, 0, "h")
        self.n_timers = 0


class Chutes(Tables):
    """Chutes, their confirm windows (belt travel), who is awaited in them, and the destination groups."""

    def __init__(self, c, at):
        n = c[7]
        self.n = n
        self.kind = self.column(c, at, n, _CHUTE_ROW, 0, "b")
        self.gate = self.column(c, at, n, _CHUTE_ROW, 1, "h")
        self.least = self.column(c, at, n, _CHUTE_ROW, 2)
        self.most = self.column(c, at, n, _CHUTE_ROW, 3)
        self.has_confirm = self.column(c, at, n, _CHUTE_ROW, 4, "b")
        self.state = self.ints(n, 0, "b")
        self.heaped = self.ints(n, 0, "b")
        self.first = self.ints(n, _NONE, "h")
        self.unexpected = self.ints(n, 0, "b")
        self.failed = self.ints(n, _NONE, "h")
        self.full_travel = c[37]
        self.end_chute = c[29]
        self.recirculation = c[26]
        at += _CHUTE_ROW * n
        self.n_groups = c[8]
        self.group_first = self.column(c, at, c[8] + 1, 1, 0, "H")
        self.group_chute = self.column(c, at + c[8] + 1, c[9], 1, 0, "B")


class Merge:
    """Infeed meter and the merge of the recirculation loop; travels in counts."""

    def __init__(self, c):
        self.meter_gap = c[30]
        self.meter_clear = 0
        self.has_metered = 0
        self.clear_travel = c[31]
        self.pass_travel = c[32]
        self.give_up_travel = c[33]
        self.state = 0
        self.is_waiting = 0
        self.is_held = 0
        self.load = 0
        self.warning = c[28]
        # Belt travel until a parcel that is held stands; shifted so far that its square is a small integer.
        self.run_out = c[38]
        self.run_out_shift = 0
        while c[38] >> self.run_out_shift >= 1 << 14:
            self.run_out_shift += 1


class Encoder:
    """Speed measurement and what is not believed; speeds in sixteenths of a count per 131,072 microseconds."""

    def __init__(self, c):
        self.fastest = c[18] << 4
        self.steady_tolerance = c[19] << 4
        self.drift = c[20]
        self.grace = c[21]
        self.coast = c[22]
        self.rated = c[17] << 2  # as LineState.speed
        self.last = 0  # of the last window alone
        self.smooth = 0
        self.position = 0
        self.ticks = 0
        self.drive_on = 0
        self.samples = 0


class Rules:
    """Policies and limits that do not change; lengths in counts. `first_decision` is the first gate's."""

    def __init__(self, c, first_decision):
        self.min_length = c[13]
        self.max_length = c[14]
        self.has_host = c[23]
        self.recirculate_reasons = c[25]
        self.lap_limit = c[27]
        self.deadline_guard = c[35]
        # Reads of a long parcel may come too late for the first gates: then the window closes sooner.
        self.is_compact = 1 if c[34] + c[14] > first_decision - c[35] else 0


class LineState(Tables):
    """`config`: flat integers as `sortyard.config.compile` lays them out. ValueError if they are not that."""

    def __init__(self, config):
        c = array("i", config)
        _check_config(c)
        at = _HEAD
        self.eyes = Eyes(c, at)
        at += _EYE_ROW * c[4]
        self.scanners = Scanners(c, at)
        at += _SCANNER_ROW * c[5]
        self.gates = Gates(c, at)
        self.health = Health(c, at)
        at += _GATE_ROW * c[6]
        self.chutes = Chutes(c, at)
        self.merge = Merge(c)
        self.encoder = Encoder(c)
        self.tracks = Tracks(c[2], c[10])
        self.slot_laps = self.ints(_SLOTS, 0, "B")

        # A stretch of a line of several boards. `front`: nobody is upstream of it and unknown.
        self.takes_over = c[39] & _TAKES_OVER
        self.front = self.eyes.x[1] if self.takes_over else 0
        self.border_eye = c[10] if c[39] & _HANDS_OVER else _NONE
        self.tracks.base = (c[39] >> 2) << 24
        # Tracks of the boots before may still be about, in other zones or as the host has them.
        self.tracks.last_number = ((c[1] - 1) & _BOOTS) * _A_BOOT & _NUMBERS
        self.handed = _NONE
        # Neighbours are dead until they are told to be there.
        place = c[39] >> 2
        self.dead_zones = ((1 << place) >> 1 if self.takes_over else 0) | (
            2 << place if c[39] & _HANDS_OVER else 0
        )

        self.chute_entity = c[2]
        self.meter_entity = c[2] + c[7]
        self.merge_entity = self.meter_entity + 1
        self.agenda = Agenda(self.merge_entity + 1, c[3])
        self.gate_agenda = Agenda(c[6], c[3])

        self.out_ring = self.ints(5 * _OUT_RING, 0)
        self.out_first = 0
        self.out_count = 0
        self.outputs_lost = 0
        self.in_ring = self.ints(5 * _IN_RING, 0)
        self.in_first = 0
        self.in_count = 0
        self.inputs_lost = 0
        self.edges_wait = 0  # whoever feeds knows of edges that are still to be fed

        self.rules = Rules(c, min([self.gates.decide[g] for g in range(c[6])]))
        self.is_flushing = c[24]

        self.position = 0
        self.ticks = 0
        self.speed = 0  # quarters of a count per 131,072 microseconds
        self.is_steady = 0
        self.is_standing = _BOOTED
        self.due_position = 0
        self.due_ticks = 0
        self.is_pending = 1
        self.is_input_next = 0
        self.passed_over = 0
        self.next_track = _NONE

        self.state = 0
        self.epoch = 0
        self.stop_epoch = 0
        self.stop_position = 0
        self.reset_epoch = 1
        self.estop_level = 0
        self.urgent = 1
        self.is_safe = 0
        self.halts = 0
        self.home_next = 0
        self.must_recover = 0
        self.is_touched = 0
        self.is_agreeing = 1
        self.check_next = 0
        self.infeed_hold = _HOLD_LINE
        self.inducting = _NONE
        self.read_head = _NONE


def emit(st, kind, a, b, c, position):
    """Queue an output record; without room it is counted, and told by the next record that finds some."""
    count = st.out_count
    if count >= _OUT_RING - 1:
        st.outputs_lost += 1
        return
    ring = st.out_ring
    at = st.out_first + count
    if st.outputs_lost:
        at = (at & (_OUT_RING - 1)) * 5
        ring[at] = _FAULT
        ring[at + 1] = _F_OUTPUTS_LOST
        ring[at + 2] = 0
        ring[at + 3] = st.outputs_lost & _MASK
        ring[at + 4] = st.position
        st.outputs_lost = 0
        count += 1
        at = st.out_first + count
    at = (at & (_OUT_RING - 1)) * 5
    ring[at] = kind
    ring[at + 1] = a
    ring[at + 2] = b
    ring[at + 3] = c
    ring[at + 4] = position
    st.out_count = count + 1


def schedule(st, t):
    """Enter the earliest of what is due for track `t`; at once: it has the next step, if that is not given away yet."""
    tr = st.tracks
    due = tr.gate_due[t]
    if due != _AT_ONCE:
        other = tr.data_due[t]
        if other < due:
            due = other
        other = tr.trail_due[t]
        if other < due:
            due = other
        other = tr.eye_due[t]
        if other < due:
            due = other
        if due >= _NEVER:
            st.agenda.remove(t)
            return
    if due == _AT_ONCE:
        if st.next_track < 0:
            st.next_track = t
        else:
            st.agenda.put(t, st.position)
        return
    st.agenda.put(t, (tr.origin[t] + due) & _MASK)


def travelled(st, t):
    """Belt travel since the leading edge of `t` was at x = 0."""
    return ((st.position - st.tracks.origin[t] + _HALF) & _MASK) - _HALF


def is_confirm_blocked(st, chute):
    """Something stands in the chute's confirm eye: for long, or its time to heap up is running."""
    return 1 if st.chutes.heaped[chute] or st.agenda.bucket[st.chute_entity + chute] >= 0 else 0


def refusal(st, chute):
    """Reason why a chute can't be had now, 0 if it can."""
    ch = st.chutes
    g = ch.gate[chute]
    if g >= 0 and (st.gates.sick[g] or st.gates.bad[g] == st.reset_epoch):
        return _R_GATE_FAULT
    state = ch.state[chute]
    if state == 2:
        return _R_CHUTE_DISABLED
    if state == 1 or ch.heaped[chute]:
        return _R_CHUTE_FULL
    return 0
