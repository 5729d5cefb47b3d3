"""Diverters as machines: commands, motion, end positions, faults, and who is in the sweep zone.

Only a gate that is not at home is looked at: it keeps the parcels in its zone (`inside`) and the next one that comes
(`cursor`). A command starts the movement after the delay, which varies by +- spread (wear shifts it towards late);
the stroke takes extend or retract, in proportion to the way that is left.
Safe states: `retract` goes home, `hold` ends the present movement and stays, `off` stops where it is.
"""

from sortyard_c.plant_belt cimport set_timer, tell
from sortyard_c.plant_divert cimport (
    PH_CAUGHT, PH_DONE, PH_ENTER, PH_INNER, PH_PAST, cross_threshold, extension, next_x, reach_line, run_onto,
    threshold,
)
from sortyard_c.plant_heap cimport heap_set
from sortyard_c.plant_motion cimport nose, tail, when_at
from sortyard_c.plant_rng cimport between, draw
from sortyard_c.plant_strikes cimport strike
from sortyard_c.plant_truth cimport has_member, place_of, touch
from sortyard_c.plant_world cimport (
    AT_BELT, AT_FEEDER, E_GATE, F_GATE_SLOW, F_STUCK_HOME, F_STUCK_OUT, IN_END, IN_HEALTH, KIND_ARM, KIND_WHEEL,
    MAX_INSIDE, MILLION, NEVER, SAFE_HOLD, SAFE_OFF, SAFE_RETRACT, T_GATE, T_REPAIR, Gate, Inside, Parcel, World,
    i64,
)

cdef enum:
    P_SPREAD = 45
    GATE_EXTEND = 1
    GATE_RETRACT = 2
    GATE_HOLD = 3
    SLOW_FACTOR = 2         # of a slow machine's time
    JUST_THERE = 2          # um: a nose may be this far beyond a line when its event comes
    NOT_TOLD = -2           # for whom a gate moves, when its wire alone has spoken


cdef void _own(World* w, Gate* gate, int track) noexcept nogil:
    """The gate moves for this track too, until it is home again. A track that is not told yet is told by `own_gate`."""
    cdef int place = NOT_TOLD if track == NOT_TOLD else place_of(w, track)
    cdef int n
    if not gate.is_active and gate.extend_at == NEVER:
        gate.n_own = 0
    for n in range(gate.n_own):
        if gate.own[n] == place:
            return
    if gate.n_own == 4:
        for n in range(3):
            gate.own[n] = gate.own[n + 1]
        gate.n_own = 3
    gate.own[gate.n_own] = place
    gate.n_own += 1


cdef i64 _begin(World* w, int g) noexcept nogil:
    """When a movement commanded now begins."""
    cdef Gate* gate = &w.gate[g]
    cdef i64 deviation = between(draw(w.seed, P_SPREAD, g, <int>(gate.cycles & 0x3FFFFFFF)), -gate.spread, gate.spread)
    cdef i64 wear = gate.spread * gate.cycles // (1000 * gate.rated)
    return w.now + max(0, gate.delay + min(deviation + wear, gate.spread))


cdef void gate_command(World* w, int kind, int g, int track) noexcept nogil:
    """GATE_EXTEND, GATE_RETRACT or GATE_HOLD."""
    cdef Gate* gate = &w.gate[g]
    if kind == GATE_EXTEND:
        _own(w, gate, track)
        gate.extend_at = _begin(w, g)
        gate.cycles += 1
        gate.commanded_out = w.now
    elif kind == GATE_RETRACT:
        gate.cycles += gate.extend_at == NEVER and gate.retract_at == NEVER
        gate.retract_at = max(_begin(w, g), gate.extend_at + 1 if gate.extend_at != NEVER else 0)
        gate.commanded_home = w.now
    elif kind == GATE_HOLD:
        # No wire changes for that: a board may tell it when the gate is on its way home already.
        _own(w, gate, track)
    _plan(w, g)


cdef bint _is_own(World* w, Gate* gate, int i) noexcept nogil:
    cdef Parcel* p = &w.parcel[i]
    cdef int n
    for n in range(gate.n_own):
        if gate.own[n] >= 0 and (gate.own[n] == p.track[0] or gate.own[n] == p.track[1]) or gate.own[n] == NOT_TOLD:
            return True
        if gate.own[n] >= 0 and p.has_older and has_member(w, gate.own[n], i):
            return True
    return False


cdef bint _is_moving(World* w, Gate* gate) noexcept nogil:
    return w.now < gate.to_t


cdef void _check_strike(World* w, int g, Inside* at) noexcept nogil:
    """A moving gate, a parcel in its zone that is not its own."""
    cdef Gate* gate = &w.gate[g]
    if at.is_struck or not _is_moving(w, gate) or _is_own(w, gate, at.slot):
        return
    at.is_struck = 1
    strike(w, g, at.slot)


cdef void own_gate(World* w, int g, int track) noexcept nogil:
    """Tell for whom a gate moves already: now it is known whether it has struck somebody."""
    cdef Gate* gate = &w.gate[g]
    cdef int n
    for n in range(gate.n_own):
        if gate.own[n] == NOT_TOLD:
            gate.own[n] = place_of(w, track)
    for n in range(gate.n_inside):
        _check_strike(w, g, &gate.inside[n])


cdef bint _add_inside(World* w, int g, int i) noexcept nogil:
    """Parcel i is in the zone from now on, at the phase that its nose has reached; False if there is no room."""
    cdef Gate* gate = &w.gate[g]
    cdef Inside* at
    cdef i64 x = nose(w, i)
    if gate.n_inside == MAX_INSIDE:
        return False
    at = &gate.inside[gate.n_inside]
    gate.n_inside += 1
    at.slot = i
    at.id = w.parcel[i].id
    at.phase = PH_ENTER
    at.is_struck = 0
    at.lifted_from = NEVER
    at.carried = 0
    at.zone_s = when_at(&w.parcel[i], gate.start)
    if gate.kind == KIND_ARM:
        if x >= gate.end:
            at.phase = PH_PAST
        elif x > next_x(w, gate, at):
            at.phase = PH_INNER
    elif gate.kind == KIND_WHEEL and x > next_x(w, gate, at):
        at.phase = PH_DONE if x - w.parcel[i].length >= next_x(w, gate, at) else PH_PAST
    if gate.is_broken:
        touch(w, gate.is_broken, i)
    _check_strike(w, g, at)
    return True


cdef bint _is_inside(World* w, Gate* gate, int i) noexcept nogil:
    """Known already: a parcel that was set back comes to the zone a second time."""
    cdef int n
    for n in range(gate.n_inside):
        if gate.inside[n].slot == i and gate.inside[n].id == w.parcel[i].id:
            return True
    return False


cdef void _drop_inside(Gate* gate, int n) noexcept nogil:
    gate.n_inside -= 1
    gate.inside[n] = gate.inside[gate.n_inside]


cdef void _seek_cursor(World* w, int g) noexcept nogil:
    """Find the first parcel whose nose has not passed the zone's start; one that is just there is still to come in."""
    cdef Gate* gate = &w.gate[g]
    cdef i64 start = gate.start + JUST_THERE
    cdef int i = gate.cursor
    cdef int a
    if i < 0 or (w.parcel[i].place != AT_BELT and w.parcel[i].place != AT_FEEDER):
        i = w.first
    else:
        a = w.parcel[i].ahead
        while a >= 0 and nose(w, a) < start:
            i = a
            a = w.parcel[i].ahead
    while i >= 0 and nose(w, i) >= start:
        i = w.parcel[i].behind
    gate.cursor = i


cdef void _activate(World* w, int g) noexcept nogil:
    """The gate leaves its home: find who is in the zone and who comes next."""
    cdef Gate* gate = &w.gate[g]
    cdef int i
    gate.is_active = 1
    w.active[w.n_active] = g
    w.n_active += 1
    gate.n_inside = 0
    _seek_cursor(w, g)
    i = w.parcel[gate.cursor].ahead if gate.cursor >= 0 else w.last
    while i >= 0 and (tail(w, i) < gate.end or w.parcel[i].twin >= 0):
        if tail(w, i) < gate.end:
            _add_inside(w, g, i)
        i = w.parcel[i].ahead


cdef void _deactivate(World* w, int g) noexcept nogil:
    cdef int n
    w.gate[g].is_active = 0
    w.gate[g].n_inside = 0
    w.gate[g].is_safe_move = 0
    heap_set(&w.belt[0].heap, E_GATE + g, NEVER)
    for n in range(w.n_active):
        if w.active[n] == g:
            w.n_active -= 1
            w.active[n] = w.active[w.n_active]
            return


cdef void _tell_end(World* w, int g, int state) noexcept nogil:
    cdef Gate* gate = &w.gate[g]
    if gate.feedback and gate.told != state:
        tell(w, IN_END, g, state, 0)
    gate.told = state


cdef void _move(World* w, int g, i64 goal) noexcept nogil:
    """Start to move towards `goal` now."""
    cdef Gate* gate = &w.gate[g]
    cdef i64 e = extension(gate, w.now)
    cdef i64 way = goal - e if goal > e else e - goal
    cdef i64 full = gate.extend if goal > e else gate.retract
    cdef int n
    if way == 0 or (goal > e and gate.is_broken == F_STUCK_HOME) or (goal < e and gate.is_broken == F_STUCK_OUT):
        gate.goal_e = e
        gate.to_t = w.now
        return
    gate.is_broken_move = gate.is_broken != 0
    if gate.is_broken == F_GATE_SLOW:
        full = SLOW_FACTOR * full
    gate.commanded_at = gate.commanded_out
    if goal < e and gate.commanded_home > gate.commanded_out + gate.stroke:
        gate.commanded_at = gate.commanded_home     # no part of a stroke that was decided when it began
    gate.from_e = e
    gate.from_t = w.now
    gate.goal_e = goal
    gate.to_t = w.now + max(1, full * way // MILLION)
    _tell_end(w, g, 0)
    if not gate.is_active:
        _activate(w, g)
        return
    for n in range(gate.n_inside):
        gate.inside[n].is_struck = 0
        _check_strike(w, g, &gate.inside[n])


cdef void gate_tick(World* w, int g) noexcept nogil:
    """Something is due at the gate: a movement begins or ends, or it crosses a parcel's threshold."""
    cdef Gate* gate = &w.gate[g]
    cdef int n
    if gate.extend_at <= w.now:
        gate.extend_at = NEVER
        gate.is_safe_move = 0
        _move(w, g, MILLION)
    if gate.retract_at <= w.now:
        gate.retract_at = NEVER
        _move(w, g, 0)
    n = 0
    while n < gate.n_inside:
        if cross_threshold(w, g, &gate.inside[n]):
            _drop_inside(gate, n)
        else:
            n += 1
    if gate.is_active and w.now >= gate.to_t:
        if gate.goal_e == 0:
            _tell_end(w, g, 1)
            _deactivate(w, g)
        elif gate.goal_e == MILLION:
            _tell_end(w, g, 2)
    _plan(w, g)


cdef i64 _crossing(World* w, Gate* gate, i64 limit) noexcept nogil:
    """Time, after now, at which the extension crosses `limit`; NEVER if it does not."""
    cdef i64 e = extension(gate, w.now)
    if limit < 0 or w.now >= gate.to_t:
        return NEVER
    if gate.goal_e > gate.from_e and e < limit <= gate.goal_e:
        return gate.from_t + ((limit - gate.from_e) * (gate.to_t - gate.from_t)
                              + gate.goal_e - gate.from_e - 1) // (gate.goal_e - gate.from_e)
    if gate.goal_e < gate.from_e and e >= limit > gate.goal_e:
        return gate.from_t + (gate.from_e - limit) * (gate.to_t - gate.from_t) // (gate.from_e - gate.goal_e) + 1
    return NEVER


cdef void _plan(World* w, int g) noexcept nogil:
    """Set the gate's next time and its next belt event."""
    cdef Gate* gate = &w.gate[g]
    cdef i64 t = min(gate.extend_at, gate.retract_at)
    cdef i64 s = NEVER
    cdef int n
    if gate.is_active:
        if gate.to_t > w.now and gate.to_t < t:
            t = gate.to_t
        for n in range(gate.n_inside):
            t = min(t, max(w.now + 1, _crossing(w, gate, threshold(w, gate, &gate.inside[n]))))
            s = min(s, when_at(&w.parcel[gate.inside[n].slot], next_x(w, gate, &gate.inside[n])))
        if gate.cursor >= 0 and w.parcel[gate.cursor].conveyor == 0:
            s = min(s, when_at(&w.parcel[gate.cursor], gate.start))
        heap_set(&w.belt[0].heap, E_GATE + g, s)
    set_timer(w, T_GATE + g, t)


cdef void gate_belt_event(World* w, int g) noexcept nogil:
    """A nose reaches the zone, or a parcel inside reaches its next line."""
    cdef Gate* gate = &w.gate[g]
    cdef int n = 0
    cdef int i = gate.cursor
    while n < gate.n_inside:
        if (when_at(&w.parcel[gate.inside[n].slot], next_x(w, gate, &gate.inside[n])) <= w.s
                and reach_line(w, g, &gate.inside[n])):
            _drop_inside(gate, n)
        else:
            n += 1
    if i >= 0 and nose(w, i) >= gate.start and w.parcel[i].place == AT_BELT:
        gate.cursor = w.parcel[i].behind
        if not _is_inside(w, gate, i) and _add_inside(w, g, i):
            run_onto(w, g, &gate.inside[gate.n_inside - 1])
    _plan(w, g)


cdef void refresh_gates(World* w) noexcept nogil:
    """Let every gate look again that has felt something."""
    cdef int a = 0
    cdef int g, n
    cdef Gate* gate
    w.is_gate_stale = 0
    while a < w.n_active:
        g = w.active[a]
        gate = &w.gate[g]
        a += 1
        if not gate.is_stale:
            continue
        gate.is_stale = 0
        n = 0
        while n < gate.n_inside:
            if w.parcel[gate.inside[n].slot].place != AT_BELT or w.parcel[gate.inside[n].slot].id != gate.inside[n].id:
                _drop_inside(gate, n)
            else:
                n += 1
        _seek_cursor(w, g)
        _plan(w, g)


cdef void appear_at_gates(World* w, int i) noexcept nogil:
    """A parcel was laid on the belt: it may lie in the zone of a gate that is out."""
    cdef int a
    cdef Gate* gate
    for a in range(w.n_active):
        gate = &w.gate[w.active[a]]
        if nose(w, i) >= gate.start and tail(w, i) < gate.end and not _is_inside(w, gate, i):
            _add_inside(w, w.active[a], i)


cdef void all_safe(World* w, int first, int end) noexcept nogil:
    """Each of these gates to its own safe state: emergency stop, power cut, or GATES_SAFE."""
    cdef int g
    cdef Gate* gate
    for g in range(first, end):
        gate = &w.gate[g]
        gate.extend_at = NEVER
        if not gate.is_active:
            gate.retract_at = NEVER
        elif gate.safe == SAFE_RETRACT:
            if gate.retract_at == NEVER and gate.goal_e > 0:
                gate.retract_at = _begin(w, g)
                gate.is_safe_move = 1
                gate.commanded_home = w.now
        elif gate.safe == SAFE_OFF and _is_moving(w, gate):
            gate.goal_e = extension(gate, w.now)
            gate.to_t = w.now
            gate.retract_at = NEVER
        else:
            gate.retract_at = NEVER
        _plan(w, g)


cdef void break_gate(World* w, int g, int fault) noexcept nogil:
    """The machine fails: slow, stuck at home, or stuck in place after its next extension."""
    w.gate[g].is_broken = fault
    if fault != F_GATE_SLOW and not w.gate[g].feedback:
        tell(w, IN_HEALTH, g, 0, 0)


cdef void repair_gate(World* w, int g) noexcept nogil:
    """Somebody has repaired it; a gate that stood out goes home."""
    cdef Gate* gate = &w.gate[g]
    set_timer(w, T_REPAIR + g, NEVER)
    gate.is_broken = 0
    tell(w, IN_HEALTH, g, 1, 0)
    if gate.is_active and gate.goal_e > 0 and gate.retract_at == NEVER and w.now >= gate.to_t:
        gate.is_safe_move = 1
        gate.commanded_home = w.now
        gate.retract_at = w.now
        _plan(w, g)
