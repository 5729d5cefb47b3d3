"""The line as a whole: start, stop, emergency stop, belt speed, infeed meter and merge.

Reset never starts anything; start does. After an emergency stop or a fault the tracks are kept
(`resume`) only if every eye agrees with them; otherwise an epoch number makes all of them FLUSHED.
"""

from .gates import forget_strangers, sync_gate
from .line_state import emit

try:
    from micropython import const
except ImportError:

    def const(value):
        return value


_MASK = const(0x0FFFFFFF)
_HALF = const(0x08000000)
_COUNTED = const(0x7FFF)  # halts and flushes: a track keeps 15 bits of their numbers
_DRIVE = const(8)
_RESET = const(10)
_START = const(11)
_RESTART_POLICY = const(12)
_STOP = const(13)
_HOLD = const(14)
_GATES_SAFE = const(4)
_LINE = const(5)
_INFEED = const(6)
_MERGE = const(7)
_EVENT = const(10)
_FAULT = const(11)
_E_FLUSH = const(12)
_E_RESUMED = const(13)
_F_STALLED = const(2)
_F_DRIFT = const(3)
_F_OVERSPEED = const(4)
_F_REVERSED = const(5)
_F_ZONE_DEAD = const(14)
_STOPPED = const(0)
_RUNNING = const(1)
_STARTING = const(2)
_ESTOPPED = const(3)
_FAULTED = const(4)
_HOME = const(0)
_OUT = const(2)
_IDLE = const(0)
_CLEARING = const(1)
_RELEASING = const(2)
_PASSING = const(3)
_HOLD_METER = const(1)
_HOLD_MERGE = const(2)
_HOLD_LINE = const(4)
_HOLD_ASKED = const(8)
_HALT = const(4)
_MANY = const(1000)
_TOO_MANY = const(0x8000)  # counts in a window: sixteenths of them would not stay a small integer
_LONG_AGO = const(0x01000000)


def on_command(st, kind, a):
    """Drive feedback, start, stop, reset, restart policy, and what is to be held: bit 0 the infeed, bit 1 the merge."""
    if kind == _DRIVE:
        st.encoder.drive_on = 1 if a else 0
        st.encoder.samples = 0
        st.is_steady = 0
        if not a:
            st.halts = (st.halts + 1) & _COUNTED
    elif kind == _START:
        if st.state != _STOPPED or st.estop_level:
            return
        if st.dead_zones:
            zone = 0
            while not (st.dead_zones >> zone) & 1:
                zone += 1
            emit(st, _FAULT, _F_ZONE_DEAD, zone, 0, st.position)
        else:
            st.state = _STARTING
            st.is_safe = 0
            st.check_next = 0
            st.is_agreeing = 0 if st.is_touched else 1
    elif kind == _RESET:
        if not st.estop_level:
            # Whatever the state: gates that were put out of service are tried again.
            st.reset_epoch = (st.reset_epoch & _MASK) + 1
            if st.state == _FAULTED or st.state == _ESTOPPED:
                st.state = _STOPPED
    elif kind == _STOP:
        if st.state == _RUNNING or st.state == _STARTING:
            st.state = _STOPPED
            halt(st)
    elif kind == _RESTART_POLICY:
        st.is_flushing = 1 if a else 0
    elif kind == _HOLD:
        hold_infeed(st, _HOLD_ASKED, a & 1)
        st.merge.is_held = a & 2
        if not a & 2 and st.merge.is_waiting and st.merge.state == _IDLE:
            _merge_begin(st)


def halt(st):
    """The belt stops, and with it all that moves parcels."""
    st.is_steady = 0
    st.halts = (st.halts + 1) & _COUNTED
    emit(st, _LINE, 0, 0, 0, st.position)
    hold_infeed(st, _HOLD_LINE, 1)
    if st.merge.state == _RELEASING:
        st.merge.state = _CLEARING
        emit(st, _MERGE, 0, 0, 0, st.position)


def enter_estop(st):
    """Every output to its safe state in this step. Gates take note when they are next looked at."""
    if st.state == _ESTOPPED:
        return
    if st.state != _STARTING:
        st.stop_position = st.position
    st.state = _ESTOPPED
    st.is_safe = 1
    st.must_recover = 1
    st.stop_epoch = (st.stop_epoch + 1) & _MASK
    emit(st, _GATES_SAFE, 0, 0, 0, st.position)
    halt(st)


def stop_fault(st, code, index, detail):
    """Report a fault that stops the line."""
    emit(st, _FAULT, code, index, detail, st.position)
    if st.state == _RUNNING or st.state == _STARTING:
        st.state = _FAULTED
        st.must_recover = 1
        # The stop itself is the next step's work, before all else.
        st.urgent |= _HALT
        st.is_pending = 1


def continue_start(st):
    """One eye and one gate a step: does every eye agree with the picture, is every gate where it should be."""
    i = st.check_next
    st.check_next = i + 1
    gt = st.gates
    ey = st.eyes
    if i < gt.n:
        sync_gate(st, i)
        if gt.state[i] >= _OUT and st.gate_agenda.bucket[i] < 0 and not st.health.is_timed[i]:
            # Out since the emergency stop or before the boot, and nobody it is out for is to come.
            st.gate_agenda.put(i, st.position)
    s = i + 1
    if s < ey.n_stations or (s == ey.n_stations and ey.has_end_eye):
        if (1 if ey.inside[s] >= 0 else 0) != ey.blocked[s]:
            st.is_agreeing = 0
    if s >= gt.n and s >= ey.n_stations:
        _run(st)


def _run(st):
    st.state = _RUNNING
    st.is_touched = 0
    if not st.is_agreeing or (st.must_recover and st.is_flushing):
        st.epoch = (st.epoch + 1) & _COUNTED
        emit(st, _EVENT, _E_FLUSH, 0, st.tracks.count, st.position)
    elif st.must_recover:
        emit(st, _EVENT, _E_RESUMED, 0, st.tracks.count, st.position)
    st.must_recover = 0
    emit(st, _LINE, 1, 0, 0, st.position)
    hold_infeed(st, _HOLD_LINE, 0)


def hold_infeed(st, cause, on):
    """The infeed stands while there is any cause to."""
    before = st.infeed_hold
    after = before | cause if on else before & ~cause
    st.infeed_hold = after
    if (before != 0) != (after != 0):
        emit(st, _INFEED, 1 if after else 0, 0, 0, st.position)


def sample_speed(st):
    """Measure the belt's speed over the last window and look for an encoder that lies."""
    en = st.encoder
    elapsed = (st.ticks - en.ticks) & _MASK
    counts = ((st.position - en.position + _HALF) & _MASK) - _HALF
    en.ticks = st.ticks
    en.position = st.position
    st.is_standing = 1 if counts == 0 else 0
    if en.samples < _MANY:
        en.samples += 1
    speed = 0
    if counts >= _TOO_MANY:
        speed = en.fastest + 1
    elif counts > 0:
        # A late step makes a window longer than 1,024 times 128 microseconds.
        speed = counts * 16384 // (((elapsed + 64) >> 7) or 1)
    tolerance = en.steady_tolerance
    change = speed - en.last
    en.last = speed
    is_steady = speed > 0 and -tolerance <= change <= tolerance
    st.is_steady = 1 if is_steady and en.drive_on and en.samples > 1 else 0
    change = speed - en.smooth
    if not is_steady or change > tolerance or change < -tolerance:
        en.smooth = speed if speed < en.fastest else en.fastest
    else:
        # A count more or less in a window is where it begins, not the belt: it is spread over some of them.
        en.smooth += (change + 2) >> 2
    st.speed = (en.smooth + 2) >> 2
    if counts < -en.drift:
        _encoder_fault(st, _F_REVERSED, -counts)
    elif speed > en.fastest:
        _encoder_fault(st, _F_OVERSPEED, speed >> 4)
    elif en.drive_on:
        if counts == 0 and en.samples > en.grace:
            _encoder_fault(st, _F_STALLED, 0)
    elif counts > en.drift and en.samples > en.coast:
        _encoder_fault(st, _F_DRIFT, counts)
    _renew(st)


def _renew(st):
    """One gate each time: what it did long ago was not just now, when the counter comes round."""
    gt = st.gates
    g = st.home_next
    st.home_next = g + 1 if g + 1 < gt.n else 0
    if gt.state[g] == _HOME and _LONG_AGO <= ((st.position - gt.home_at[g]) & _MASK) < _HALF:
        gt.home_at[g] = st.position
    if gt.strange_first[g] >= 0:
        forget_strangers(st, g)


def _encoder_fault(st, code, detail):
    """Positions can't be trusted: whatever the policy, the next start flushes."""
    st.is_touched = 1
    if st.state == _RUNNING:
        stop_fault(st, code, 0, detail & _MASK)


def meter_blocked(st, position):
    """A nose at the metering eye: too early behind the last one, it waits until the gap is open.

    Until it is held the gap stays as it was: however late the nose is heard of, it waits as long.
    """
    mg = st.merge
    if not mg.has_metered or not mg.meter_gap:
        return
    since = ((position - mg.meter_clear + _HALF) & _MASK) - _HALF
    if 0 <= since < mg.meter_gap:
        hold_infeed(st, _HOLD_METER, 1)
        st.agenda.put(st.meter_entity, (st.position + _held(mg, mg.meter_gap - since)) & _MASK)


def _held(mg, need):
    """Belt travel for which a parcel is held that is to fall back by `need`.

    One that comes to rest falls back by what the belt runs. One that does not, because its brake is soft, falls back
    by the square of that over `run_out` only, so that it is held for the root of need x run_out.
    """
    root = mg.run_out >> mg.run_out_shift
    if need >= mg.run_out or root < 1:
        return need
    # Newton's way down to the root; both factors are below 2^14.
    square = (need >> mg.run_out_shift) * root
    better = (root + square // root) >> 1
    while 0 < better < root:
        root = better
        better = (root + square // root) >> 1
    return (root + 1) << mg.run_out_shift


def merge_blocked(st):
    """A parcel waits at the end of the loop: it goes before the infeed, into a gap made for it."""
    st.merge.is_waiting = 1
    if st.merge.state == _IDLE and not st.merge.is_held:
        _merge_begin(st)


def _merge_begin(st):
    st.merge.state = _CLEARING
    hold_infeed(st, _HOLD_MERGE, 1)
    st.agenda.put(st.merge_entity, (st.position + st.merge.clear_travel) & _MASK)


def merge_cleared(st, position):
    """The parcel from the loop has left the lane."""
    mg = st.merge
    mg.is_waiting = 0
    if mg.state == _RELEASING:
        mg.state = _PASSING
        if mg.load:
            mg.load -= 1
        emit(st, _MERGE, 0, 0, 0, st.position)
        st.agenda.put(st.merge_entity, (position + mg.pass_travel) & _MASK)


def run_merge(st):
    """The belt at the merge is clear, or the parcel from the loop is overdue."""
    mg = st.merge
    if mg.state == _CLEARING:
        if st.state != _RUNNING or mg.is_held:
            st.agenda.put(st.merge_entity, (st.position + mg.clear_travel) & _MASK)
            return
        mg.state = _RELEASING
        emit(st, _MERGE, 1, 0, 0, st.position)
        st.agenda.put(st.merge_entity, (st.position + mg.give_up_travel) & _MASK)
        return
    if mg.state == _RELEASING:
        emit(st, _MERGE, 0, 0, 0, st.position)
    merge_done(st)


def merge_done(st):
    """The merge is free again: for the next one from the loop, else for the infeed."""
    st.agenda.remove(st.merge_entity)
    st.merge.state = _IDLE
    if st.merge.is_waiting and not st.merge.is_held:
        _merge_begin(st)
    else:
        hold_infeed(st, _HOLD_MERGE, 0)
