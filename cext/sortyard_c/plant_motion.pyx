"""How parcels move on the belts: steady creep, slips, contact, and their order.

One list runs over main belt and feeder from the most downstream parcel (`first`) to the most upstream (`last`).
Nobody overlaps: a parcel that is faster than the one ahead runs onto its tail (`contact_s`, an event of its own)
and from then on goes no faster than that one. Two parcels that lie side by side (`twin`) pass each other freely.
"""

from sortyard_c.plant_belt cimport look_for_room
from sortyard_c.plant_gates cimport all_gates_feel, gates_feel
from sortyard_c.plant_heap cimport heap_set
from sortyard_c.plant_world cimport AT_CHUTE, AT_NOWHERE, MILLION, NEVER, SLOTS, Parcel, World, i64


cdef void schedule(World* w, int i) noexcept nogil:
    """Put the parcel's next event into its conveyor's heap."""
    cdef Parcel* p = &w.parcel[i]
    cdef i64 x = p.slide_x
    if p.place == AT_CHUTE:
        p.other_s = p.chute_s
        heap_set(&w.belt[0].heap, i, p.chute_s)
        return
    if p.taken_by < 0:
        if p.next_scanner < w.n_scanners:
            x = min(x, w.scanner[p.next_scanner].x + p.code_offset)
        if p.next_trigger < p.triggers:
            x = min(x, p.trigger_x[p.next_trigger])
    if p.conveyor:
        x = min(x, w.transfer + p.length // 2)
    p.other_x = x
    p.other_s = min(p.contact_s, p.chute_s)
    schedule_edge(w, i)


cdef int _leader(World* w, int i) noexcept nogil:
    """The parcel that i could run onto."""
    cdef int a = w.parcel[i].ahead
    if a >= 0 and w.parcel[i].twin == a:
        a = w.parcel[a].ahead
    return a


cdef i64 tail_limit(World* w, int i) noexcept nogil:
    """How far downstream the nose of i may be, NEVER = anywhere."""
    cdef int a = _leader(w, i)
    if a < 0:
        return NEVER
    if w.parcel[a].twin >= 0 and w.parcel[a].twin != i:
        return min(tail(w, a), tail(w, w.parcel[a].twin))
    return tail(w, a)


cdef void _anchor(World* w, int i) noexcept nogil:
    cdef Parcel* p = &w.parcel[i]
    cdef i64 s = displacement(w, p.conveyor)
    p.x_ref = nose_at(p, s)
    p.s_ref = s


cdef void _look_ahead(World* w, int i) noexcept nogil:
    """Work out when i runs onto the parcel ahead; from a feeder slower than the belt it will be later."""
    cdef Parcel* p = &w.parcel[i]
    cdef int a = _leader(w, i)
    cdef i64 gap
    p.contact_s = NEVER
    if (a >= 0 and not p.in_contact and p.taken_by < 0 and p.conveyor >= w.parcel[a].conveyor
            and p.rate > w.parcel[a].rate):
        gap = max(0, tail_limit(w, i) - nose(w, i))
        p.contact_s = displacement(w, p.conveyor) + gap * MILLION // (p.rate - w.parcel[a].rate)


cdef void _watch(World* w, int i) noexcept nogil:
    """What i could run onto has changed, its own motion has not."""
    cdef i64 contact_s = w.parcel[i].contact_s
    _look_ahead(w, i)
    if w.parcel[i].contact_s != contact_s:
        schedule(w, i)


cdef void _tell_follower(World* w, int f, i64 rate) noexcept nogil:
    cdef Parcel* p
    if f < 0:
        return
    p = &w.parcel[f]
    if p.in_contact:
        p.in_contact = p.own_rate > rate
        set_rate(w, f, min(p.own_rate, rate))
    else:
        _watch(w, f)


cdef void set_rate(World* w, int i, i64 rate) noexcept nogil:
    """The parcel's speed against the belt changes now; who touches it from behind changes with it."""
    cdef Parcel* p = &w.parcel[i]
    _anchor(w, i)
    if rate != p.rate or rate != MILLION:
        gates_feel(w, i)
    p.rate = rate
    _look_ahead(w, i)
    schedule(w, i)
    if p.behind >= 0 and w.parcel[p.behind].twin == i:
        _tell_follower(w, w.parcel[p.behind].behind, rate)
    else:
        _tell_follower(w, p.behind, rate)


cdef void set_own_rate(World* w, int i, i64 rate) noexcept nogil:
    """Change what the parcel would do by itself."""
    cdef Parcel* p = &w.parcel[i]
    cdef int a = _leader(w, i)
    p.own_rate = rate
    if p.in_contact and a >= 0 and p.taken_by < 0 and rate > w.parcel[a].rate:
        rate = w.parcel[a].rate
    else:
        p.in_contact = 0
    set_rate(w, i, rate)


cdef void meet(World* w, int i) noexcept nogil:
    """The parcel has run onto the one ahead."""
    cdef Parcel* p = &w.parcel[i]
    cdef int a = _leader(w, i)
    p.contact_s = NEVER
    if a < 0:
        return
    if nose(w, i) < tail_limit(w, i) - 2:   # its feeder was slower than the belt ahead
        _watch(w, i)
        return
    p.x_ref = min(nose(w, i), tail_limit(w, i))
    p.s_ref = displacement(w, p.conveyor)
    p.in_contact = 1
    p.touched |= w.parcel[a].touched
    p.near_touched |= w.parcel[a].near_touched
    set_rate(w, i, min(p.own_rate, w.parcel[a].rate))


cdef void link_behind(World* w, int i, int ahead) noexcept nogil:
    """Put i into the list behind `ahead` (-1 = at its front)."""
    cdef Parcel* p = &w.parcel[i]
    p.ahead = ahead
    p.behind = w.first if ahead < 0 else w.parcel[ahead].behind
    if ahead < 0:
        w.first = i
    else:
        w.parcel[ahead].behind = i
    if p.behind < 0:
        w.last = i
    else:
        w.parcel[p.behind].ahead = i
        _watch(w, p.behind)
    if not p.conveyor:
        all_gates_feel(w)
    _watch(w, i)


cdef void unlink(World* w, int i) noexcept nogil:
    """Take i out of list and heap."""
    cdef Parcel* p = &w.parcel[i]
    cdef int f = p.behind
    cdef bint was_last = i == w.last or (f == w.last and p.twin == f)
    heap_set(&w.belt[p.conveyor].heap, i, NEVER)
    if p.ahead < 0:
        w.first = f
    else:
        w.parcel[p.ahead].behind = f
    if f < 0:
        w.last = p.ahead
    else:
        w.parcel[f].ahead = p.ahead
    if p.twin >= 0:
        w.parcel[p.twin].twin = -1
        p.twin = -1
    p.ahead = -1
    p.behind = -1
    gates_feel(w, i)
    if f >= 0:
        if w.parcel[f].in_contact:
            w.parcel[f].in_contact = 0
            set_own_rate(w, f, w.parcel[f].own_rate)
        else:
            _watch(w, f)
    if was_last:
        look_for_room(w)


cdef void locate(World* w, int i) noexcept nogil:
    """Set the next eyes, scanner and faults of a parcel that was put on the belt where it lies."""
    cdef Parcel* p = &w.parcel[i]
    cdef i64 x = nose(w, i)
    p.nose_eye = 0
    while p.nose_eye < w.n_stations and w.station_x[p.nose_eye] <= x:
        p.nose_eye += 1
    p.tail_eye = 0
    while p.tail_eye < w.n_stations and w.station_x[p.tail_eye] <= x - p.length:
        p.tail_eye += 1
    p.next_scanner = 0
    while p.next_scanner < w.n_scanners and w.scanner[p.next_scanner].x + p.code_offset <= x:
        p.next_scanner += 1
    while p.next_trigger < p.triggers and p.trigger_x[p.next_trigger] <= x:
        p.next_trigger += 1


cdef void reshape(World* w, int i, i64 new_nose, i64 length) noexcept nogil:
    """Turn or push a parcel: new leading edge and effective length, within what neighbours and eyes leave.

    The nose stays between the eye that it last blocked and the next one, the tail behind the next eye that it
    will clear: what an eye has already told is not taken back.
    """
    cdef Parcel* p = &w.parcel[i]
    cdef i64 low = w.station_x[p.nose_eye - 1] if p.nose_eye else w.entry
    cdef i64 rear = w.station_x[p.tail_eye - 1] if p.tail_eye else -NEVER
    cdef i64 x = min(new_nose, tail_limit(w, i))
    if p.nose_eye < w.n_stations:
        x = min(x, w.station_x[p.nose_eye] - 1)
    x = max(x, min(low, nose(w, i)))
    if p.behind >= 0 and w.parcel[p.behind].twin != i:
        rear = max(rear, nose(w, p.behind))
    p.length = max(1000, min(length, x - rear))
    p.x_ref = x
    p.s_ref = displacement(w, p.conveyor)
    set_rate(w, i, p.rate)
    gates_feel(w, i)
    if i == w.last or p.twin == w.last:
        look_for_room(w)


cdef int new_slot(World* w) noexcept nogil:
    """A free slot with neutral contents, -1 if there is none."""
    cdef int i
    cdef Parcel* p
    if w.n_free == 0:
        return -1
    w.n_free -= 1
    i = w.free[w.n_free]
    p = &w.parcel[i]
    p[0] = w.parcel[SLOTS]
    w.n_present += 1
    return i


cdef void free_slot(World* w, int i) noexcept nogil:
    """The parcel is gone for good."""
    w.parcel[i].place = AT_NOWHERE
    heap_set(&w.belt[0].heap, i, NEVER)
    w.free[w.n_free] = i
    w.n_free += 1
    w.n_present -= 1
