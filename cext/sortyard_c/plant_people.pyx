"""Faults that are drawn per parcel and strike when its leading edge has come to the drawn place; and people.

An operator releases the emergency stop, chooses the restart policy, resets and starts; clears what is stuck and wipes
the eyes when the controller has stopped the line; looks at a gate that it has set aside; starts again after a stop of
his own. After a power cut the
controller boots and finds the levels of its inputs.
"""

from sortyard_c.plant_belt cimport drive_belt, empty_inbox, encoder_glitch, hold_feeder, set_timer, tell
from sortyard_c.plant_chutes cimport fill_chute, put_on_belt, release_lane, take_off_belt
from sortyard_c.plant_divert cimport stick
from sortyard_c.plant_eyes cimport bounce, soil, wipe
from sortyard_c.plant_gates cimport all_safe, appear_at_gates, break_gate
from sortyard_c.plant_heap cimport key_of
from sortyard_c.plant_motion cimport free_slot, new_slot, nose, reshape, set_own_rate, tail
from sortyard_c.plant_rng cimport befalls, between, draw
from sortyard_c.plant_truth cimport estop_violation, parcel_left, touch
from sortyard_c.plant_world cimport (
    AT_BELT, AT_FEEDER, AT_LIFTED, F_BLIND, F_BOUNCE, F_CLOSING, F_DIRT, F_DRIFT, F_ESTOP, F_EXTRA, F_FILL,
    F_GATE_SLOW, F_HOST_OUTAGE, F_JAM, F_LIFTED, F_MISSED, F_POWER, F_SLIP, F_STOP, F_STUCK_HOME, F_STUCK_OUT,
    F_THROWN, F_TURN, IN_BLOCKED, IN_CHUTE, IN_DRIVE, IN_END, IN_ESTOP, IN_POLICY, IN_RESET, IN_START, IN_STOP,
    MAX_TRIGGERS, MILLION, NEVER, N_FAULTS, ROLE_METER, T_CLEAR, T_HOST, T_LOST, T_OPERATOR, T_POWER, T_REPAIR, T_SCANNER,
    Parcel, World, i64, u64,
)

cdef enum:
    P_PLACE = 46            # + fault: where it strikes
    P_SIZE = 80             # + fault: how strongly
    P_WHICH = 120           # + fault: which eye or gate
    P_PEOPLE = 160
    P_STRAY = 161
    SECOND = 1000000
    OP_RELEASE = 1
    OP_RESET = 2
    OP_START = 3
    OP_CLEAR = 4
    OP_WATCH = 5
    LOST_LOOK_US = 64000    # a board looks so often
    SLIDE_RATE = 750000
    CLOSE_RATE = 500000
    FREE_ROOM_UM = 40000
    TROUBLE_US = 120000000


cdef i64 _size(World* w, int fault, i64 subject) noexcept nogil:
    return between(draw(w.seed, P_SIZE + fault, subject, 0), w.fault[fault].low, w.fault[fault].high)


cdef void draw_faults(World* w, int i) noexcept nogil:
    """Draw everything that will befall a parcel of the manifest."""
    cdef Parcel* p = &w.parcel[i]
    cdef int n, at, fault
    cdef i64 x
    if befalls(w, F_DRIFT, p.id, 0):
        p.base_rate = MILLION - _size(w, F_DRIFT, p.id)
        w.fault[F_DRIFT].injected += 1
        touch(w, F_DRIFT, i)
    if befalls(w, F_BLIND, p.id, 0):
        p.blind_eye = w.station_eye[between(draw(w.seed, P_WHICH + F_BLIND, p.id, 0), 0, w.n_stations - 1)]
    for n in range(w.n_waiting_faults):
        fault = w.waiting_fault[n]
        if p.triggers == MAX_TRIGGERS or not befalls(w, fault, p.id, 0):
            continue
        x = between(draw(w.seed, P_PLACE + fault, p.id, 0), 0, w.length)
        if fault == F_BOUNCE:
            x = w.station_x[between(draw(w.seed, P_WHICH + fault, p.id, 0), 0, w.n_stations - 1)] + 500
        at = p.triggers
        while at > 0 and p.trigger_x[at - 1] > x:
            p.trigger_x[at] = p.trigger_x[at - 1]
            p.trigger_fault[at] = p.trigger_fault[at - 1]
            at -= 1
        p.trigger_x[at] = x
        p.trigger_fault[at] = fault
        p.triggers += 1


cdef void touch_everyone(World* w, int fault) noexcept nogil:
    """A fault that everybody on the line feels."""
    cdef int i = w.first
    while i >= 0:
        touch(w, fault, i)
        i = w.parcel[i].behind


cdef void fire(World* w, int fault, int i) noexcept nogil:
    """The fault strikes parcel i, or the line while that parcel is where it was drawn."""
    cdef i64 size = _size(w, fault, w.parcel[i].id)
    if w.parcel[i].is_stuck or w.parcel[i].taken_by >= 0:
        return
    if fault == F_FILL:
        if w.parcel[i].group >= 0 and w.group[w.parcel[i].group].primary >= 0:
            fill_chute(w, w.group[w.parcel[i].group].primary)
        return
    if fault == F_THROWN:
        _throw(w, i)
        return
    if fault == F_POWER and w.is_down:
        return
    if fault in (F_ESTOP, F_STOP) and (not w.is_running or w.is_estop or w.is_down):
        return
    w.fault[fault].injected += 1
    if fault in (F_CLOSING, F_DIRT, F_GATE_SLOW, F_STUCK_HOME, F_STUCK_OUT, F_JAM, F_ESTOP):
        _expect_trouble(w, fault)
    if fault in (F_MISSED, F_EXTRA, F_POWER, F_ESTOP, F_STOP):
        touch_everyone(w, fault)
    elif fault not in (F_DIRT, F_HOST_OUTAGE, F_GATE_SLOW, F_STUCK_HOME, F_STUCK_OUT):
        touch(w, fault, i)
    if fault in (F_GATE_SLOW, F_STUCK_HOME, F_STUCK_OUT):
        _break(w, fault, i, size)
    elif fault in (F_SLIP, F_CLOSING, F_TURN, F_LIFTED, F_JAM):
        _befall(w, fault, i, size)
    else:
        _disturb(w, fault, i, size)


cdef void _expect_trouble(World* w, int fault) noexcept nogil:
    """If the controller stops the line soon, it is this fault's doing."""
    w.trouble = fault
    w.trouble_until = w.now + TROUBLE_US


cdef void _befall(World* w, int fault, int i, i64 size) noexcept nogil:
    """What happens to the parcel itself."""
    cdef Parcel* p = &w.parcel[i]
    cdef i64 x = nose(w, i)
    cdef i64 length
    if fault == F_SLIP:         # loses `size` um while the belt runs four times that
        p.slide_x = x + 3 * size
        set_own_rate(w, i, SLIDE_RATE)
    elif fault == F_CLOSING:
        p.slide_x = x + size
        set_own_rate(w, i, CLOSE_RATE)
    elif fault == F_TURN:       # by `size` milliradians: L cos a + W sin a, to second order
        length = (p.length * (1000 - size * size // 2000) + p.width * size) // 1000
        reshape(w, i, x + (length - p.length) // 2, length)
    elif fault == F_LIFTED:
        w.lifted += 1
        p.is_taken = 1
        _lift(w, i)
    else:
        w.jams += 1
        p.is_taken = 1
        stick(w, i)


cdef void _disturb(World* w, int fault, int i, i64 size) noexcept nogil:
    """What happens to the line."""
    if fault == F_MISSED:
        encoder_glitch(w, -<int>size)
    elif fault == F_EXTRA:
        encoder_glitch(w, <int>size)
    elif fault == F_DIRT:
        soil(w, w.station_eye[between(draw(w.seed, P_WHICH + fault, w.parcel[i].id, 0), 0, w.n_stations - 1)],
             draw(w.seed, P_WHICH + fault, w.parcel[i].id, 1) & 1, w.now + 1000 * size)
    elif fault == F_BOUNCE:
        if w.parcel[i].nose_eye > 0:
            bounce(w, w.station_eye[w.parcel[i].nose_eye - 1], size)
    elif fault == F_HOST_OUTAGE:
        w.outage_until = w.now + SECOND * size
        if w.lost_us >= 0:
            set_timer(w, T_LOST, w.now + w.lost_us)
    elif fault == F_ESTOP:
        _press_estop(w, SECOND * size)
    elif fault == F_STOP:
        tell(w, IN_STOP, 0, 0, 0)
        call_operator(w, OP_START, SECOND * size)
    elif fault == F_POWER:
        cut_power(w, SECOND * size)


cdef void _break(World* w, int fault, int i, i64 size) noexcept nogil:
    cdef int g = <int>between(draw(w.seed, P_WHICH + fault, w.parcel[i].id, 0), 0, w.n_gates - 1)
    cdef int n = w.first
    if w.gate[g].is_broken:
        w.fault[fault].injected -= 1
        return
    while n >= 0:
        if w.parcel[n].group >= 0 and w.group[w.parcel[n].group].primary == w.gate[g].chute:
            touch(w, fault, n)
        n = w.parcel[n].behind
    break_gate(w, g, fault)
    set_timer(w, T_REPAIR + g, w.now + SECOND * size)


cdef void _lift(World* w, int i) noexcept nogil:
    """Somebody takes the parcel off the belt."""
    parcel_left(w, i, AT_LIFTED, -1)
    take_off_belt(w, i)
    free_slot(w, i)


cdef void _throw(World* w, int i) noexcept nogil:
    """Somebody lays a parcel of his own into the gap behind parcel i, if there is room."""
    cdef u64 u_bits = draw(w.seed, P_STRAY, w.parcel[i].id, 0)
    cdef i64 length = _size(w, F_THROWN, w.parcel[i].id)
    cdef i64 rear = nose(w, w.parcel[i].behind) if w.parcel[i].behind >= 0 else w.entry
    cdef i64 room = tail(w, i) - rear - length - 2 * FREE_ROOM_UM
    cdef int slot
    cdef Parcel* p
    if room < 0 or w.n_free < 8:
        return
    slot = new_slot(w)
    p = &w.parcel[slot]
    w.next_stray -= 1
    p.id = w.next_stray
    p.is_stray = 1
    p.touched = 1
    p.length = length
    p.width = min(length * 2 // 3, w.width)
    p.height = p.width // 2 + 20000
    p.left = (w.width - p.width) // 2
    p.code_offset = length // 2
    if w.n_codes and u_bits & 1:
        p.code = <int>((u_bits >> 8) % w.n_codes)
        p.group = w.host[p.code] - 1
    w.thrown += 1
    w.fault[F_THROWN].injected += 1
    _expect_trouble(w, F_THROWN)
    put_on_belt(w, slot, tail(w, i) - FREE_ROOM_UM - between(draw(w.seed, P_STRAY, w.parcel[i].id, 1), 0, room))
    touch(w, F_THROWN, slot)
    appear_at_gates(w, slot)


cdef void clear_stuck(World* w) noexcept nogil:
    """People take every stuck parcel off the belt."""
    cdef int i = w.first
    cdef int behind
    set_timer(w, T_CLEAR, NEVER)
    while i >= 0:
        behind = w.parcel[i].behind
        if w.parcel[i].is_stuck:
            _lift(w, i)
        i = behind


cdef void call_operator(World* w, int step, i64 delay) noexcept nogil:
    w.operator_step = step
    set_timer(w, T_OPERATOR, w.now + delay)


cdef void host_lost(World* w) noexcept nogil:
    """The host is still silent: the line does not run without it any longer, whoever starts it."""
    set_timer(w, T_LOST, NEVER)
    if w.now >= w.outage_until:
        return
    if w.is_running and not w.is_estop and not w.is_down:
        _expect_trouble(w, F_HOST_OUTAGE)
        tell(w, IN_STOP, 0, 0, 0)
    set_timer(w, T_LOST, w.now + LOST_LOOK_US)


cdef i64 _soon(World* w, i64 low_s, i64 high_s) noexcept nogil:
    """A time between two numbers of seconds."""
    w.draws += 1
    return between(draw(w.seed, P_PEOPLE, w.draws, 0), low_s * SECOND, high_s * SECOND)


cdef void look_at_gate(World* w, int g) noexcept nogil:
    """The controller has set the gate aside: somebody comes, tries it, and reports it healthy."""
    if key_of(&w.timers, T_REPAIR + g) == NEVER:
        set_timer(w, T_REPAIR + g, w.now + _soon(w, 20, 60))


cdef void line_stopped(World* w) noexcept nogil:
    """The controller has stopped the line: somebody comes if nobody is at it already."""
    if w.now < w.trouble_until:
        touch_everyone(w, w.trouble)
    if w.operator_step == 0 and not w.is_estop and not w.is_down:
        call_operator(w, OP_CLEAR, _soon(w, 15, 40))


cdef void operator_step(World* w) noexcept nogil:
    """The operator does the next thing."""
    cdef int step = w.operator_step
    cdef int e
    set_timer(w, T_OPERATOR, NEVER)
    w.operator_step = 0
    if step == OP_RELEASE:
        w.is_estop = 0
        if w.safe_told < w.n_gates and not w.is_down:
            estop_violation(w, 0, 0)
        tell(w, IN_ESTOP, 0, 0, 0)
        call_operator(w, OP_RESET, _soon(w, 1, 3))
    elif step == OP_RESET:
        w.draws += 1
        tell(w, IN_POLICY, 0, draw(w.seed, P_PEOPLE, w.draws, 1) & 1, 0)
        tell(w, IN_RESET, 0, 0, 0)
        call_operator(w, OP_START, _soon(w, 1, 3))
    elif step == OP_START:
        tell(w, IN_START, 0, 0, 0)
        call_operator(w, OP_WATCH, 3 * SECOND)
    elif step == OP_CLEAR:
        clear_stuck(w)
        for e in range(w.n_eyes):
            if w.eye[e].is_forced:
                wipe(w, e)
        call_operator(w, OP_RESET, _soon(w, 1, 2))
    elif not w.is_running and not w.is_down:
        call_operator(w, OP_CLEAR, _soon(w, 5, 10))


cdef void _press_estop(World* w, i64 duration) noexcept nogil:
    """The relay cuts actuators and drive by itself; the controller is told."""
    w.is_estop = 1
    w.safe_told = 0
    w.cut_at = w.now
    all_safe(w, 0, w.n_gates)
    drive_belt(w, False)
    tell(w, IN_ESTOP, 0, 1, 0)
    call_operator(w, OP_RELEASE, duration)


cdef void cut_power(World* w, i64 duration) noexcept nogil:
    """The controller and its outputs are without power, or it restarts: its outputs are off and its drives miss it."""
    cdef int k
    w.is_down = 1
    empty_inbox(w)
    w.is_plan_changed = 1
    w.is_wait_over = 1
    w.cut_at = w.now
    all_safe(w, 0, w.n_gates)
    drive_belt(w, False)
    hold_feeder(w, True)
    release_lane(w, False)
    w.n_answers = 0
    set_timer(w, T_HOST, NEVER)
    for k in range(w.n_scanners):
        w.scanner[k].n = 0
        set_timer(w, T_SCANNER + k, NEVER)
    set_timer(w, T_POWER, w.now + duration)


cdef bint _is_metered(World* w) noexcept nogil:
    """The feeder has a drive of its own, which stands until it is told to run; without one it goes with the belt."""
    cdef int n
    for n in range(w.n_eyes):
        if w.eye[n].role == ROLE_METER:
            return True
    return False


cdef void boot(World* w) noexcept nogil:
    """Power is back: a new controller finds the levels of its inputs; the host closes the open tracks."""
    cdef int n
    set_timer(w, T_POWER, NEVER)
    w.is_down = 0
    w.boots += 1
    w.booted_at = w.now
    w.is_plan_changed = 1
    w.is_wait_over = 1
    hold_feeder(w, _is_metered(w))
    tell(w, IN_DRIVE, 0, w.is_running, 0)
    w.drive_told = w.is_running
    if w.is_estop:
        w.safe_told = 0
        tell(w, IN_ESTOP, 0, 1, 0)
    for n in range(w.n_eyes):
        if w.eye[n].is_blocked:
            tell(w, IN_BLOCKED, n, 0, 0)
    for n in range(w.n_chutes):
        if w.chute[n].is_full and w.chute[n].eye < 0:
            tell(w, IN_CHUTE, n, 1, 0)
    for n in range(w.n_gates):
        if w.gate[n].feedback:
            tell(w, IN_END, n, w.gate[n].told, 0)
    if not w.is_estop:
        call_operator(w, OP_RESET, _soon(w, 2, 5))
