"""Arrivals, the way over the belts, and the order of everything that is due.

A parcel comes onto the feeder with its nose at `entry`. Arrivals that overlap in time are placed truthfully: side by
side if both widths fit onto the belt, else pushed back to touching. Arrivals that the feeder, being held, cannot take
wait upstream and then follow at the gap with which they came, or at QUEUE_GAP if that is less. While the line stands
nobody feeds. From `transfer` on, the centre of a parcel decides that it rides on the main belt.
"""

from sortyard_c.plant_belt cimport (
    POLL_US, belt_step, drive_contact, fed_after, feeder_when, held_travel, look_for_room, set_timer, time_when,
)
from sortyard_c.plant_chutes cimport chute_edge, empty_chute, lane_step, take_off_belt
from sortyard_c.plant_eyes cimport come_into, go_out_of, look_again, wipe
from sortyard_c.plant_gates cimport gate_belt_event, gate_tick, gates_feel, refresh_gates, repair_gate
from sortyard_c.plant_heap cimport heap_first, heap_key, heap_set
from sortyard_c.plant_motion cimport (
    displacement, free_slot, link_behind, meet, new_slot, nose, nose_at, schedule, schedule_edge, set_own_rate, tail,
    tail_limit,
)
from sortyard_c.plant_people cimport boot, clear_stuck, draw_faults, fire, host_lost, operator_step
from sortyard_c.plant_rng cimport between, draw
from sortyard_c.plant_scan cimport deliver_answers, deliver_reads, pass_scanner
from sortyard_c.plant_truth cimport parcel_left, touch
from sortyard_c.plant_world cimport (
    AT_BELT, AT_CHUTE, AT_END, AT_FEEDER, E_EYE, E_GATE, E_LANE, F_FILL, GAP_BINS, LAST, MAX_CHUTES, MAX_GATES,
    MAX_SCANNERS, MILLION, NEVER, ROLE_INFEED, ROWS, SLOTS, T_ARRIVAL, T_CHUTE, T_CLEAR, T_DRIVE, T_EYE,
    T_GATE, T_HOST, T_LOST, T_OPERATOR, T_POWER, T_REPAIR, T_SCANNER, Conveyor, Parcel, Row, World, i64,
)

cdef enum:
    P_SIDE = 47
    P_CODE = 48
    QUEUE_GAP_UM = 100000
    SLOTS_KEPT = 16         # for parcels that are thrown on
    GAP_BIN_UM = 20000
    BEAM_UM = 2000          # width of an eye's beam


cdef void _next_arrival(World* w) noexcept nogil:
    set_timer(w, T_ARRIVAL, max(w.now, w.row[w.row_head].arrival + w.arrival_shift)
              if w.row_n and w.is_running else NEVER)


cdef void arrive(World* w) noexcept nogil:
    """Place the manifest's next parcel, now or when there is room."""
    cdef Row* row = &w.row[w.row_head]
    cdef i64 came = (row.arrival - w.last_arrival) * w.speed // MILLION - w.last_length
    cdef i64 room = NEVER
    cdef i64 need = min(max(came, 0), QUEUE_GAP_UM)
    if w.last >= 0:
        room = tail(w, w.last)
        if w.parcel[w.last].twin >= 0:
            room = min(room, tail(w, w.parcel[w.last].twin))
        room -= w.entry
    if w.n_free < SLOTS_KEPT:
        set_timer(w, T_ARRIVAL, w.now + POLL_US)
        return
    if came >= 0 and room < need:
        w.looked_for_room = w.now
        set_timer(w, T_ARRIVAL, _look_again_at(w, need - room))
        return
    w.looked_for_room = NEVER
    w.row_head = (w.row_head + 1) % ROWS
    w.row_n -= 1
    w.last_arrival = row.arrival
    w.last_length = row.length
    _place(w, row, room)
    _next_arrival(w)


cdef i64 _look_again_at(World* w, i64 lacking) noexcept nogil:
    """When the first poll is that can find the room that is lacking. A feeder that will stand before gives none: NEVER,
    until it is freed or has brought its last parcel to the belt.
    """
    if w.is_held and _is_last_on_feeder(w) and held_travel(w) < lacking - 2:
        return NEVER
    return w.now + POLL_US * max(1, (fed_after(w, lacking - 2) + POLL_US - 1) // POLL_US)


cdef inline bint _is_last_on_feeder(World* w) noexcept nogil:
    cdef int twin = w.parcel[w.last].twin
    return w.parcel[w.last].conveyor == 1 and (twin < 0 or w.parcel[twin].conveyor == 1)


cdef void _place(World* w, Row* row, i64 room) noexcept nogil:
    cdef int i = new_slot(w)
    cdef int last = w.last
    cdef Parcel* p = &w.parcel[i]
    cdef i64 play = max(0, w.width - row.width)
    p.id = row.id
    p.length = row.length
    p.width = min(row.width, w.width)
    p.height = row.height
    p.code = row.code
    p.group = row.group
    p.left = play // 2 + between(draw(w.seed, P_SIDE, p.id, 0), -min(play // 4, 100000), min(play // 4, 100000))
    p.code_offset = between(draw(w.seed, P_CODE, p.id, 0), p.length // 5, p.length - p.length // 5)
    p.is_feasible = w.min_length <= p.length <= w.max_length and p.height >= w.eye[w.infeed_eye].height
    p.place = AT_FEEDER
    p.conveyor = 1
    p.s_ref = displacement(w, 1)
    p.x_ref = w.entry
    w.parcels += 1
    w.last_movement = w.now
    if room < 0:
        if _fits_beside(w, i, last):
            w.side_by_side += 1
            w.parcel[last].left = 0
            p.left = w.width - p.width
            p.twin = last
            w.parcel[last].twin = i
        else:
            p.x_ref = w.entry + room
            p.touching = 1
            w.touching += 1
    link_behind(w, i, last)
    draw_faults(w, i)
    schedule(w, i)


cdef bint _fits_beside(World* w, int i, int last) noexcept nogil:
    cdef Parcel* a = &w.parcel[last]
    return (a.place == AT_FEEDER and a.twin < 0 and a.width + w.parcel[i].width <= w.width
            and nose(w, last) >= w.entry and (a.ahead < 0 or tail(w, a.ahead) >= w.entry))


cdef void _transfer(World* w, int i) noexcept nogil:
    """The parcel's centre has left the feeder."""
    cdef Parcel* p = &w.parcel[i]
    cdef i64 x = min(nose(w, i), tail_limit(w, i))
    heap_set(&w.belt[1].heap, i, NEVER)
    p.conveyor = 0
    p.place = AT_BELT
    p.x_ref = x
    p.s_ref = w.s
    set_own_rate(w, i, p.base_rate)
    gates_feel(w, i)
    if i == w.last or p.twin == w.last:
        look_for_room(w)


cdef int _gate_of(World* w, Parcel* p) noexcept nogil:
    """Gate of the parcel's first choice, -1 for the end of the belt."""
    if p.group < 0 or w.group[p.group].primary < 0:
        return -1
    return w.chute[w.group[p.group].primary].gate


cdef void _measure_gap(World* w, int i) noexcept nogil:
    """At the infeed eye: the true gap ahead, and whether the pair is one that the line can sort."""
    cdef Parcel* p = &w.parcel[i]
    cdef int g = _gate_of(w, p)
    cdef int c = w.group[p.group].primary if p.group >= 0 else -1
    cdef i64 least = 0
    w.induct += 1
    if c >= 0 and w.chute[c].is_full:
        touch(w, F_FILL, i)
    if g >= 0 and w.gate[g].is_broken:
        touch(w, w.gate[g].is_broken, i)
    if p.ahead < 0:
        p.gap_ahead = NEVER
        w.gap_bins[GAP_BINS - 1] += 1
        return
    p.gap_ahead = tail_limit(w, i) - nose(w, i) if p.twin != p.ahead else -1
    w.gap_bins[max(0, min(p.gap_ahead // GAP_BIN_UM, GAP_BINS - 1))] += 1
    if w.pair_gap != NULL:
        least = w.pair_gap[(_gate_of(w, &w.parcel[p.ahead]) + 1) * (w.n_gates + 1) + g + 1]
    if p.gap_ahead < least or p.gap_ahead < 0:
        p.is_feasible = 0
        w.parcel[p.ahead].is_feasible = 0


cdef inline void _nose_at_eye(World* w, int i) noexcept nogil:
    cdef Parcel* p = &w.parcel[i]
    cdef int e = w.station_eye[p.nose_eye]
    p.nose_eye += 1
    schedule_edge(w, i)
    if w.eye[e].role == ROLE_INFEED:
        _measure_gap(w, i)
    come_into(w, e, i)


cdef inline int _first_into_beam(World* w, Parcel* p) noexcept nogil:
    """A gap narrower than the beam is none: the next one is in it before this one's tail is out; -1: the gap is one."""
    cdef int behind = p.behind
    if (behind >= 0 and w.parcel[behind].nose_eye == p.tail_eye and w.parcel[behind].taken_by < 0
            and nose(w, behind) > w.station_x[p.tail_eye] - BEAM_UM):
        return behind
    return -1


cdef inline void _tail_at_eye(World* w, int i) noexcept nogil:
    cdef Parcel* p = &w.parcel[i]
    p.tail_eye += 1
    schedule_edge(w, i)
    go_out_of(w, w.station_eye[p.tail_eye - 1], i)


cdef void _leave(World* w, int i) noexcept nogil:
    """Off the end of the belt, into the reject chute."""
    parcel_left(w, i, AT_END, w.end_chute)
    if w.end_chute >= 0:
        w.chute[w.end_chute].total += 1
    take_off_belt(w, i)
    free_slot(w, i)


cdef void ride(World* w, int i) noexcept nogil:
    """The parcel's next event: one thing at a time, in the order in which they can coincide."""
    cdef Parcel* p = &w.parcel[i]
    cdef i64 s = displacement(w, p.conveyor)
    cdef i64 x = nose_at(p, s)
    cdef int comes = -1
    cdef bint is_out = False
    if (p.other_s <= s or p.other_x <= x) and _comes_before_eyes(w, i, s, x):
        return
    if p.taken_by < 0 and _is_nose_at_eye(w, p, x):
        comes = i
    elif p.tail_eye < p.nose_eye and w.station_x[p.tail_eye] + p.length <= x:
        comes = _first_into_beam(w, p)
        is_out = True
    elif p.tail_eye == w.n_stations and p.taken_by < 0 and w.station_x[p.tail_eye] + p.length <= x:
        _leave(w, i)
    else:
        schedule(w, i)
    if comes >= 0:
        _nose_at_eye(w, comes)
    if is_out:
        _tail_at_eye(w, i)


cdef inline bint _is_nose_at_eye(World* w, Parcel* p, i64 x) noexcept nogil:
    return p.nose_eye < w.n_stations and w.station_x[p.nose_eye] <= x


cdef bint _comes_before_eyes(World* w, int i, i64 s, i64 x) noexcept nogil:
    """What befalls a parcel besides eyes; False if nothing does, or an eye does first."""
    cdef Parcel* p = &w.parcel[i]
    cdef i64 id = p.id
    if p.chute_s <= s:
        chute_edge(w, i)
    elif p.contact_s <= s:
        meet(w, i)
    elif p.slide_x <= x:
        p.slide_x = NEVER
        set_own_rate(w, i, p.base_rate)
    elif p.taken_by >= 0:
        return False
    elif p.conveyor and w.transfer + p.length // 2 <= x:
        _transfer(w, i)
    elif _is_nose_at_eye(w, p, x):
        return False
    elif p.next_trigger < p.triggers and p.trigger_x[p.next_trigger] <= x:
        p.next_trigger += 1
        fire(w, p.trigger_fault[p.next_trigger - 1], i)
        if p.id == id and (p.place == AT_BELT or p.place == AT_FEEDER):
            schedule(w, i)
    elif p.next_scanner < w.n_scanners and w.scanner[p.next_scanner].x + p.code_offset <= x:
        p.next_scanner += 1
        schedule(w, i)
        pass_scanner(w, p.next_scanner - 1, i)
    else:
        return False
    return True


cdef inline i64 _next_time(World* w) noexcept nogil:
    """As `next_time`; what should have been before now is due now."""
    cdef Conveyor* belt = &w.belt[0]
    cdef Conveyor* feeder = &w.belt[1]
    if belt.heap.entry[1] != belt.next_entry:
        belt.next_entry = belt.heap.entry[1]
        belt.next_t = time_when(belt, heap_key(&belt.heap)) if belt.next_entry != LAST else NEVER
    if feeder.heap.entry[1] != feeder.next_entry:
        feeder.next_entry = feeder.heap.entry[1]
        feeder.next_t = feeder_when(w, heap_key(&feeder.heap)) if feeder.next_entry != LAST else NEVER
    return min(min(belt.next_t, feeder.next_t), min(w.belt_t, heap_key(&w.timers)))


cdef i64 next_time(World* w) noexcept nogil:
    """When something is due next: a conveyor comes to what is first in its heap, the belt's speed changes, or a timer
    has run out.
    """
    return max(w.now, _next_time(w))


cdef i64 ride_to_step(World* w, i64 until, Wait* wait, i64 due) noexcept nogil:
    """Let happen what is due before the controller's next step, and go on to that step.

    It is `until` by `step_at`, later or earlier where the belt's speed changes on the way; the first full step after
    an input or after what makes an end of the waiting, if that is earlier. `w.is_plan_changed` tells that what is waited
    for means nothing any more, or that the belt may be empty. Returns when something happens next, unless a command, an
    answer or a parcel comes before; if none has come, that is `due` the next time, else 0.
    """
    cdef int inputs = w.inbox_to
    cdef int is_over = 0
    w.is_plan_changed = 0
    w.is_wait_over = 0
    if due == 0:
        due = _next_time(w)
    while due <= until:
        stand_at(w, due)
        _happen(w)
        if w.inbox_to != inputs:
            inputs = w.inbox_to
            wait.limit = min(wait.limit, full_step(w.now))
            until = min(until, wait.limit)
        if w.is_plan_changed:
            w.is_plan_changed = 0
            if w.is_wait_over or w.n_present == 0:
                is_over = 1
                wait.limit = min(wait.limit, full_step(w.now))
            until = step_at(w, wait)
        due = _next_time(w)
    stand_at(w, until)
    w.is_plan_changed = is_over
    return due


cdef void happen(World* w) noexcept nogil:
    """Let the one thing happen that is due by `next_time`: what the main belt comes to goes first, then the feeder, then
    the belt's speed, then what time brings.
    """
    _happen(w)


cdef inline void _happen(World* w) noexcept nogil:
    if w.belt[0].next_t <= w.now:
        _belt_comes(w, heap_first(&w.belt[0].heap))
    elif w.belt[1].next_t <= w.now:
        ride(w, heap_first(&w.belt[1].heap))
    elif w.belt_t <= w.now:
        belt_step(w)
    elif heap_key(&w.timers) <= w.now:
        _time_comes(w, heap_first(&w.timers))
    if w.is_gate_stale:
        refresh_gates(w)


cdef inline void _belt_comes(World* w, int entity) noexcept nogil:
    if entity < SLOTS:
        ride(w, entity)
    elif entity < E_EYE:
        gate_belt_event(w, entity - E_GATE)
    elif entity < E_LANE:
        look_again(w, entity - E_EYE)
    else:
        lane_step(w)


cdef void _time_comes(World* w, int entity) noexcept nogil:
    if entity < T_SCANNER:
        _line_comes(w, entity)
    elif entity < T_GATE:
        deliver_reads(w, entity - T_SCANNER)
    elif entity < T_REPAIR:
        gate_tick(w, entity - T_GATE)
    elif entity < T_CHUTE:
        repair_gate(w, entity - T_REPAIR)
    elif entity < T_EYE:
        empty_chute(w, entity - T_CHUTE)
    else:
        wipe(w, entity - T_EYE)


cdef inline void _line_comes(World* w, int entity) noexcept nogil:
    """What the line has one of; arrivals come most often."""
    if entity == T_ARRIVAL:
        arrive(w)
    elif entity == T_HOST:
        deliver_answers(w)
    elif entity == T_OPERATOR:
        operator_step(w)
    elif entity == T_DRIVE:
        drive_contact(w)
    elif entity == T_POWER:
        boot(w)
    elif entity == T_CLEAR:
        clear_stuck(w)
    elif entity == T_LOST:
        host_lost(w)
