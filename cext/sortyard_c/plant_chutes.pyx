"""Chutes, their confirm eyes, and the recirculation loop.

A diverted parcel's leading edge reaches the confirm eye after a belt travel drawn between `least` and `most`,
counted from the leading edge at the sweep zone's start; its trailing edge follows after its length. With the fault
`chute_fills` a chute is full at its capacity: the last parcel stands in the confirm eye (or, without such an eye, the
input CHUTE tells) until somebody has emptied it.

The loop runs with the main belt. Its parcels wait at the lane's end in the merge eye, LANE_GAP apart; a released lane
sends the first one onto the belt at the merge position.
"""

from sortyard_c.plant_belt cimport set_timer, tell
from sortyard_c.plant_eyes cimport come_into, cover, go_out_of, look_again, sees, uncover
from sortyard_c.plant_heap cimport heap_set
from sortyard_c.plant_motion cimport free_slot, link_behind, locate, nose, schedule, tail, unlink
from sortyard_c.plant_rng cimport between, draw
from sortyard_c.plant_truth cimport parcel_left, touch
from sortyard_c.plant_world cimport (
    AT_BELT, AT_CHUTE, AT_END, AT_LOOP, E_LANE, F_FILL, IN_CHUTE, MILLION, NEVER, SLOTS, T_CHUTE, Chute, Parcel,
    World, i64,
)

cdef enum:
    P_TRAVEL = 42
    RECIRCULATE = 2
    LANE_GAP_UM = 300000


cdef void take_off_belt(World* w, int i) noexcept nogil:
    """Out of the beams that it stands in, out of the list."""
    cdef Parcel* p = &w.parcel[i]
    cdef int n
    cdef int nose_eye = p.nose_eye
    for n in range(p.tail_eye, nose_eye):
        go_out_of(w, w.station_eye[n], i)
    unlink(w, i)
    p.nose_eye = p.tail_eye
    w.last_movement = w.now


cdef void begin_slide(World* w, int i, int c, i64 zone_s) noexcept nogil:
    """The gate has caught the parcel: draw when its nose comes to the confirm eye."""
    cdef Parcel* p = &w.parcel[i]
    cdef Chute* chute = &w.chute[c]
    p.zone_s = zone_s
    p.chute = c
    p.is_confirming = 0
    p.chute_s = NEVER
    if chute.eye >= 0:
        p.chute_s = max(w.s, zone_s + between(
            draw(w.seed, P_TRAVEL, p.id, p.laps), chute.least, chute.most))
    schedule(w, i)


cdef void stop_slide(World* w, int i) noexcept nogil:
    """The gate has let the parcel go before it was off the belt."""
    cdef Parcel* p = &w.parcel[i]
    if p.is_confirming and sees(w, w.chute[p.chute].eye, i):
        uncover(w, w.chute[p.chute].eye)
    p.is_confirming = 0
    p.chute_s = NEVER
    p.chute = -1
    schedule(w, i)


cdef void enter_chute(World* w, int i, int c) noexcept nogil:
    """The parcel is off the belt and in chute c, or on its way into it."""
    cdef Parcel* p = &w.parcel[i]
    cdef Chute* chute = &w.chute[c]
    w.diverted += 1
    chute.total += 1
    chute.count += 1
    if chute.kind == RECIRCULATE:
        w.recirculated += 1
        parcel_left(w, i, AT_LOOP, c)
        _join_lane(w, i)
    else:
        parcel_left(w, i, AT_CHUTE, c)
    take_off_belt(w, i)
    p.place = AT_CHUTE
    p.taken_by = -1
    p.is_stuck = 0
    schedule(w, i)
    if p.is_confirming or p.chute_s == NEVER:
        _fill_up(w, c)
    if p.chute_s == NEVER and chute.kind != RECIRCULATE:
        free_slot(w, i)


cdef void _fill_up(World* w, int c) noexcept nogil:
    """The last parcel for which there is room has come to the confirm eye: it stands there until somebody comes."""
    cdef Chute* chute = &w.chute[c]
    if chute.count >= chute.capacity and w.fault[F_FILL].is_on and chute.kind != RECIRCULATE:
        fill_chute(w, c)


cdef void chute_edge(World* w, int i) noexcept nogil:
    """The parcel's nose reaches its chute's confirm eye, or its tail leaves it."""
    cdef Parcel* p = &w.parcel[i]
    cdef Chute* chute = &w.chute[p.chute]
    cdef bint is_seen = sees(w, chute.eye, i)
    if not p.is_confirming:
        p.is_confirming = 1
        p.chute_s = w.s + p.length
        schedule(w, i)
        if is_seen:
            cover(w, chute.eye, i)
        if p.place == AT_CHUTE:
            _fill_up(w, p.chute)
        return
    p.is_confirming = 0
    p.chute_s = NEVER
    schedule(w, i)
    if is_seen:
        uncover(w, chute.eye)
    if p.place == AT_CHUTE and chute.kind != RECIRCULATE:
        free_slot(w, i)


cdef void fill_chute(World* w, int c) noexcept nogil:
    """The chute is full; somebody comes and empties it."""
    cdef Chute* chute = &w.chute[c]
    cdef int i = w.first
    if chute.is_full or chute.gate < 0:
        return
    chute.is_full = 1
    w.fault[F_FILL].injected += 1
    while i >= 0:
        if w.parcel[i].group >= 0 and w.group[w.parcel[i].group].primary == c:
            touch(w, F_FILL, i)
        i = w.parcel[i].behind
    set_timer(w, T_CHUTE + c, w.now + chute.empty)
    if chute.eye >= 0:
        w.eye[chute.eye].is_forced = 1
        look_again(w, chute.eye)
    else:
        tell(w, IN_CHUTE, c, 1, 0)


cdef void empty_chute(World* w, int c) noexcept nogil:
    cdef Chute* chute = &w.chute[c]
    set_timer(w, T_CHUTE + c, NEVER)
    chute.is_full = 0
    chute.count = 0
    if chute.eye >= 0:
        w.eye[chute.eye].is_forced = 0
        look_again(w, chute.eye)
    else:
        tell(w, IN_CHUTE, c, 0, 0)


cdef void _join_lane(World* w, int i) noexcept nogil:
    cdef int place = (w.lane_head + w.lane_n) % SLOTS
    w.lane[place] = i
    w.lane_free_s[place] = w.parcel[i].zone_s + w.loop
    w.lane_n += 1
    if w.lane_n == 1:
        _await_next(w)


cdef void _await_next(World* w) noexcept nogil:
    """Set when the lane's first parcel stands at its end."""
    if w.lane_n and w.lane_waiting < 0 and w.lane_merging < 0:
        heap_set(&w.belt[0].heap, E_LANE, max(w.s, max(w.lane_free_s[w.lane_head], w.lane_open_s)))


cdef void lane_step(World* w) noexcept nogil:
    """The merging parcel's tail has left the lane, or the next one has come to its end."""
    cdef int i = w.lane_merging
    heap_set(&w.belt[0].heap, E_LANE, NEVER)
    if i >= 0:
        w.lane_merging = -1
        w.lane_open_s = w.s + LANE_GAP_UM
        if w.merge_eye >= 0:
            uncover(w, w.merge_eye)
        _await_next(w)
        return
    w.lane_waiting = w.lane[w.lane_head]
    w.lane_head = (w.lane_head + 1) % SLOTS
    w.lane_n -= 1
    if w.merge_eye >= 0:
        cover(w, w.merge_eye, w.lane_waiting)
    if w.is_released:
        _merge(w)


cdef void release_lane(World* w, bint is_released) noexcept nogil:
    """MERGE: hold the lane, or let it run."""
    w.is_released = is_released
    if is_released and w.lane_waiting >= 0:
        _merge(w)


cdef void _merge(World* w) noexcept nogil:
    """The parcel at the lane's end goes onto the belt; its tail leaves the lane after its length."""
    cdef int i = w.lane_waiting
    cdef Parcel* p = &w.parcel[i]
    w.lane_waiting = -1
    w.lane_merging = i
    if p.is_confirming:
        chute_edge(w, i)
    p.laps += 1
    p.gap_ahead = NEVER
    p.reads = 0
    p.is_misread = 0
    p.next_trigger = p.triggers
    heap_set(&w.belt[0].heap, E_LANE, w.s + p.length)
    put_on_belt(w, i, w.merge)


cdef void put_on_belt(World* w, int i, i64 x) noexcept nogil:
    """Lay a parcel with its nose at x on the main belt, behind what is there; tell the eyes that it covers."""
    cdef Parcel* p = &w.parcel[i]
    cdef int ahead = -1
    cdef int next_one = w.first
    cdef int n
    cdef i64 limit = NEVER
    while next_one >= 0 and nose(w, next_one) >= x:
        ahead = next_one
        limit = min(limit, tail(w, ahead))
        next_one = w.parcel[ahead].behind
    p.place = AT_BELT
    p.conveyor = 0
    p.chute = -1
    p.chute_s = NEVER
    p.taken_by = -1
    p.slide_x = NEVER
    p.in_contact = 0
    p.s_ref = w.s
    p.x_ref = min(x, limit)
    p.own_rate = p.base_rate
    p.rate = p.base_rate
    locate(w, i)
    link_behind(w, i, ahead)
    schedule(w, i)
    for n in range(p.tail_eye, p.nose_eye):
        come_into(w, w.station_eye[n], i)
