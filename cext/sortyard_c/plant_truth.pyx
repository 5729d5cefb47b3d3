"""The truth: which parcels stand behind a track, where they are, and which claims and movements were wrong.

A track gets its parcels from the blocked interval at the infeed eye that has the same latched count; a stray's
track gets the parcel that the eye saw last. A claim of a place (SORTED, RECIRCULATED, REJECTED) is judged when
it was made and every parcel of the track is at its final place of this lap. What contradicts it is a silent
missort, unless a predicate of `undetectable` holds; a true claim for a chute of another plan group is a misread
if a scanner had told a valid code that is not the parcel's.

Of the *untouched* parcels nearly all must be SORTED. One is touched by each fault that befalls it, and by those of the
whole line (stop, emergency stop, power cut, encoder, a stop of the controller within two minutes of a fault) while it is
on the belt or the feeder; by a machine or a chute that is out of order while it is on its way there, comes to the infeed
eye or comes into its zone. Its neighbour is the one directly ahead or behind when the fault strikes. A gate that the
controller has set aside touches nobody, nor does a neighbour that was sent elsewhere than to its first choice.
"""

from sortyard_c.plant_motion cimport nose
from sortyard_c.plant_world cimport (
    AT_BELT, AT_CHUTE, AT_END, AT_FEEDER, AT_LIFTED, AT_LOOP, MAX_MEMBERS, NEVER, STORIES, TRACKS, COUNT_MASK, ZONE_STRAYS,
    Eye, Member, Parcel, Track, World, i64,
)
from sortyard_c.plant_belt cimport count_at
from sortyard_c.undetectable cimport (
    is_gone_after_last_eye, is_one_block, is_shifted_after_last_eye, is_swapped_alike, is_without_witness,
)

cdef enum:
    SORTED = 1
    RECIRCULATED = 2
    REJECTED = 3
    NUMBER_MASK = 0x0FFFFFFF
    LATCH_COUNTS = 2    # an interrupt comes some microseconds behind its edge; and counts may be lost until it is told
    NOT_SORTED_TOLD = 50


cdef void tell_story(World* w, int kind, int cause, i64 parcel, int track, i64 x) noexcept nogil:
    if w.n_stories >= STORIES:
        w.stories_lost += 1
        return
    w.story[w.n_stories].kind = kind
    w.story[w.n_stories].cause = cause
    w.story[w.n_stories].parcel = parcel
    w.story[w.n_stories].track = track
    w.story[w.n_stories].t = w.now
    w.story[w.n_stories].position = count_at(w, w.s)
    w.story[w.n_stories].x = x
    w.n_stories += 1


cdef void touch(World* w, int fault, int i) noexcept nogil:
    """A fault has touched a parcel; its neighbours' chances have changed too."""
    cdef Parcel* p = &w.parcel[i]
    w.fault[fault].touched += 1
    p.touched = 1
    if p.ahead >= 0:
        w.parcel[p.ahead].near_touched = 1
    if p.behind >= 0:
        w.parcel[p.behind].near_touched = 1


cdef Track* _new_track(World* w) noexcept nogil:
    cdef Track* k = &w.track[w.n_tracks & (TRACKS - 1)]
    if k.number >= 0 and k.dispositions == 0:
        _undisposed(w, k)
    w.n_tracks += 1
    k.number = -1
    k.n = 0
    k.more = 0
    k.dispositions = 0
    k.is_judged = 0
    k.proof_id = NEVER
    k.t = w.now
    return k


cdef void _undisposed(World* w, Track* k) noexcept nogil:
    w.undisposed += 1
    tell_story(w, S_UNDISPOSED, 0, k.first.id if k.n else NEVER, k.number, NEVER)


cdef void _join(World* w, int place, int i) noexcept nogil:
    cdef Track* k = &w.track[place]
    cdef Parcel* p = &w.parcel[i]
    cdef Member* m
    if p.track[0] == place or p.track[1] == place:
        return
    p.has_older |= p.track[1] >= 0
    p.track[1] = p.track[0]
    p.track[0] = place
    if k.n == MAX_MEMBERS:
        k.more += 1
        return
    m = member(w, k, k.n)
    k.n += 1
    m.id = p.id
    m.slot = i
    m.place = p.place
    m.chute = -1
    m.group = p.group
    m.is_counted = 0


cdef void open_interval(World* w, i64 s) noexcept nogil:
    """The infeed eye told of a leading edge: whatever covers it stands behind the track to come."""
    cdef Track* k = _new_track(w)
    cdef int n
    w.open_track = (w.n_tracks - 1) & (TRACKS - 1)
    k.head = count_at(w, s)
    k.eye = w.infeed_eye
    for n in range(w.n_covering):
        _join(w, w.open_track, w.covering[n])


cdef void close_interval(World* w, i64 s) noexcept nogil:
    if w.open_track >= 0:
        w.track[w.open_track].tail = count_at(w, s)
    w.open_track = -1


cdef void join_interval(World* w, int i) noexcept nogil:
    """A parcel's leading edge has reached the infeed eye."""
    if w.n_covering < MAX_MEMBERS:
        w.covering[w.n_covering] = i
        w.n_covering += 1
    if w.open_track >= 0:
        _join(w, w.open_track, i)


cdef void leave_infeed(World* w, int i) noexcept nogil:
    """A parcel has left the infeed eye's beam, or the belt while it stood in it."""
    cdef int n
    for n in range(w.n_covering):
        if w.covering[n] == i:
            w.n_covering -= 1
            w.covering[n] = w.covering[w.n_covering]
            return


cdef bint _is_counted(Parcel* p) noexcept nogil:
    """Readable, routable, with feasible gaps, and no fault touched it or a neighbour."""
    return (p.code >= 0 and p.group >= 0 and p.is_feasible and not p.touched and not p.near_touched
            and not p.is_stray)


cdef void _end_of_counted(World* w, Track* k, Member* m) noexcept nogil:
    """How a parcel ended that should have been sorted; the first ones that were not are told."""
    w.untouched_by_reason[k.outcome & 7][k.reason] += 1
    if k.outcome != SORTED and w.n_not_sorted < NOT_SORTED_TOLD:
        w.n_not_sorted += 1
        tell_story(w, S_NOT_SORTED, k.outcome * 32 + k.reason, m.id, k.number, NEVER)


cdef void _leave(World* w, Track* k, int i, bint counted) noexcept nogil:
    """A parcel that this track took for its own is where it is going to be."""
    cdef Parcel* p = &w.parcel[i]
    cdef Member* m
    cdef int at
    for at in range(k.n):
        m = member(w, k, at)
        if m.slot == i and m.id == p.id and (m.place == AT_BELT or m.place == AT_FEEDER):
            m.place = p.place
            m.chute = p.chute
            m.reads = p.reads
            m.priority = w.board[p.code] >> 8 if p.code >= 0 else 0
            m.is_misread = p.is_misread
            m.is_taken = p.is_taken
            m.is_touching = p.gap_ahead < 2 * w.eye[w.infeed_eye].debounce + w.um_per_count
            m.length = p.length
            m.left_x = nose(w, i)
            m.offset = p.seen_offset if p.seen_offset != NEVER else on_encoder(w, m.left_x)
            m.is_counted = counted
            if m.is_counted and k.dispositions:
                _end_of_counted(w, k, m)
            if k.dispositions == 0:
                m.shift = on_encoder(w, m.left_x) - m.offset
    if k.dispositions and not k.is_judged:
        _judge(w, k)


cdef bint has_member(World* w, int place, int i) noexcept nogil:
    """The track there took parcel i for its own."""
    cdef Track* k = &w.track[place]
    cdef int n
    for n in range(k.n):
        if member(w, k, n).slot == i and member(w, k, n).id == w.parcel[i].id:
            return True
    return False


cdef void _leave_older(World* w, int i) noexcept nogil:
    """All tracks but its latest two: seldom does a parcel have more, so that nobody keeps them."""
    cdef int at
    for at in range(TRACKS):
        if has_member(w, at, i):
            _leave(w, &w.track[at], i, False)
    w.parcel[i].has_older = 0


cdef void parcel_left(World* w, int i, int place, int chute) noexcept nogil:
    """The parcel is at its final place of this lap."""
    cdef Parcel* p = &w.parcel[i]
    cdef int n, at
    cdef bint counted = place != AT_LOOP and _is_counted(p)
    p.place = place
    p.chute = chute
    w.untouched += counted
    w.untouched_by_reason[0][0] += counted and p.track[0] < 0
    for n in range(2):
        at = p.track[n]
        p.track[n] = -1
        if at >= 0:
            _leave(w, &w.track[at], i, counted and n == 0)
    if p.has_older:
        _leave_older(w, i)


cdef inline int number_place(int number) noexcept nogil:
    """Place in `by_number`, by the last bits of a number; those of the zones behind a border have room of their own."""
    cdef int zone = (number & NUMBER_MASK) >> 24
    if zone == 0:
        return number & (TRACKS - 1)
    return TRACKS + (zone - 1) * ZONE_STRAYS + (number & (ZONE_STRAYS - 1))


cdef int place_of(World* w, int number) noexcept nogil:
    """Where in `track` the gate logic's number is, -1 if it was never announced."""
    cdef int place = w.by_number[number_place(number)]
    if place >= 0 and w.track[place].number == (number & NUMBER_MASK):
        return place
    return -1


cdef void _name(World* w, int place, int number) noexcept nogil:
    w.track[place].number = number & NUMBER_MASK
    w.by_number[number_place(number)] = place


cdef bint _is_nameless_at(World* w, int place, int count) noexcept nogil:
    """Nobody has named this interval yet, and its parcels were before the infeed eye at that count."""
    cdef Track* k = &w.track[place]
    if k.number >= 0 or ((count - k.head + LATCH_COUNTS) & COUNT_MASK) > COUNT_MASK // 2:
        return False
    return place == w.open_track or ((k.tail - count + LATCH_COUNTS) & COUNT_MASK) <= COUNT_MASK // 2


cdef void announce(World* w, int number, int head) noexcept nogil:
    """INDUCTED, however late it is heard: the interval that was at the infeed eye at this latched count gets its number.

    A controller whose wire was cut, or whose counts ran back, may have heard of the leading edge behind it.
    """
    cdef int n, place
    w.tracks_inducted += 1
    for n in range(1, min(w.n_tracks, TRACKS) + 1):
        place = (w.n_tracks - n) & (TRACKS - 1)
        if _is_nameless_at(w, place, head):
            _name(w, place, number)
            return
    _new_track(w).head = head
    _name(w, (w.n_tracks - 1) & (TRACKS - 1), number)


cdef void announce_stray(World* w, int number, int eye) noexcept nogil:
    """STRAY_SEEN: the parcel that this eye saw last gets a track; with eye -1 nobody knows any more which one it was."""
    cdef Eye* e
    cdef int i
    w.tracks_stray += 1
    _new_track(w).head = -1
    _name(w, (w.n_tracks - 1) & (TRACKS - 1), number)
    if eye < 0:
        return
    e = &w.eye[eye]
    i = e.last_parcel
    if i >= 0 and w.parcel[i].id == e.last_id and (w.parcel[i].place == AT_BELT or w.parcel[i].place == AT_FEEDER):
        _join(w, (w.n_tracks - 1) & (TRACKS - 1), i)


cdef void dispose(World* w, int number, int bits) noexcept nogil:
    """DISPOSITION: counted, kept, and judged when the parcels are at their places."""
    cdef int place = place_of(w, number)
    cdef int outcome = bits & 15
    cdef int reason = (bits >> 4) & 31
    cdef int n
    cdef Track* k
    w.by_reason[outcome & 7][reason] += 1
    if place < 0:
        w.unannounced += 1
        tell_story(w, S_UNANNOUNCED, outcome, NEVER, number, NEVER)
        return
    k = &w.track[place]
    k.dispositions += 1
    if k.dispositions > 1:
        w.doubly_disposed += 1
        tell_story(w, S_DOUBLE, outcome, k.first.id if k.n else NEVER, number, NEVER)
        return
    k.outcome = outcome
    k.reason = reason
    k.chute = ((bits >> 9) & 255) - 1
    k.confirmed = (bits >> 17) & 1
    for n in range(k.n):
        if member(w, k, n).is_counted:
            _end_of_counted(w, k, member(w, k, n))
    if outcome > REJECTED:
        k.is_judged = 1
        return
    if outcome == SORTED:
        w.confirmed += k.confirmed
        w.unconfirmed += not k.confirmed
        if 0 <= k.chute < w.n_chutes:
            w.claimed_chute[k.chute] += 1
    if outcome == REJECTED:
        k.chute = w.end_chute
    _keep_proof(w, k)
    _keep_shift(w, k)
    _judge(w, k)


cdef void _keep_proof(World* w, Track* k) noexcept nogil:
    """Remember the parcel on which the claim rests: the one that the place's own eye saw last."""
    cdef int n, eye = -1
    cdef Eye* e
    if k.outcome == REJECTED:
        for n in range(w.n_stations):
            if w.eye[w.station_eye[n]].role == 2:
                eye = w.station_eye[n]
    elif 0 <= k.chute < w.n_chutes:
        eye = w.chute[k.chute].eye
    if eye < 0:
        return
    e = &w.eye[eye]
    k.proof_id = e.last_id
    k.is_proof_told = 0
    if e.last_parcel >= 0 and w.parcel[e.last_parcel].id == e.last_id:
        k.proof_offset = on_encoder(w, nose(w, e.last_parcel))
        k.proof_length = w.parcel[e.last_parcel].length
        k.is_proof_told = w.parcel[e.last_parcel].is_stuck and _is_claimed(w, &w.parcel[e.last_parcel])


cdef bint _is_claimed(World* w, Parcel* p) noexcept nogil:
    """Its latest track has been told to be in a chute, or at the end."""
    return p.track[0] >= 0 and w.track[p.track[0]].dispositions > 0 and w.track[p.track[0]].outcome <= REJECTED


cdef void _keep_shift(World* w, Track* k) noexcept nogil:
    """How far the parcels that are still under way have moved since they were seen."""
    cdef int n
    cdef Member* m
    for n in range(k.n):
        m = member(w, k, n)
        if (m.place == AT_BELT or m.place == AT_FEEDER) and w.parcel[m.slot].seen_offset != NEVER:
            m.shift = on_encoder(w, nose(w, m.slot)) - w.parcel[m.slot].seen_offset


cdef void _judge(World* w, Track* k) noexcept nogil:
    """Compare claim and truth once every parcel is at its place."""
    cdef int n
    for n in range(k.n):
        if member(w, k, n).place == AT_BELT or member(w, k, n).place == AT_FEEDER:
            return
    k.is_judged = 1
    if k.n == 0:
        _missort(w, k, M_NOBODY, NEVER, NEVER)
    for n in range(k.n):
        _judge_member(w, k, member(w, k, n))


cdef bint _is_there(World* w, Track* k, Member* m) noexcept nogil:
    """The parcel is where the claim says; the chute at the end of the belt is one that a plan may name."""
    if k.outcome == RECIRCULATED:
        return m.place == AT_LOOP
    if k.chute == w.end_chute and m.place == AT_END:
        return True
    return m.place == AT_CHUTE and m.chute == k.chute


cdef void _judge_member(World* w, Track* k, Member* m) noexcept nogil:
    cdef int cause
    if not _is_there(w, k, m):
        cause = _undetectable_cause(w, k, m)
        if cause:
            w.undetectable[cause] += 1
            tell_story(w, S_UNDETECTABLE, cause, m.id, k.number, m.left_x)
        else:
            _missort(w, k, M_NOWHERE if m.place == AT_LIFTED or m.place == AT_END else M_ELSEWHERE, m.id, m.left_x)
        return
    if k.outcome != SORTED:
        return
    if m.group >= 0 and m.group < w.n_groups and (w.group[m.group].chutes[k.chute // 64] >> (k.chute % 64)) & 1:
        w.sorted_true += 1
        w.untouched_sorted += m.is_counted
    elif m.is_misread:
        w.misreads += 1
        tell_story(w, S_MISREAD, 0, m.id, k.number, m.left_x)
    elif k.n > 1 and is_one_block(0 if _is_block(w, k) else NEVER, 1, _codes_read(w, k)):
        w.undetectable[U_BLOCK] += 1
        tell_story(w, S_UNDETECTABLE, U_BLOCK, m.id, k.number, m.left_x)
    else:
        _missort(w, k, M_WRONG_GROUP, m.id, m.left_x)


cdef bint _is_block(World* w, Track* k) noexcept nogil:
    """One of the track's parcels came touching the one ahead of it, or beside it."""
    cdef int n
    for n in range(k.n):
        if member(w, k, n).is_touching:
            return True
    return False


cdef int _codes_read(World* w, Track* k) noexcept nogil:
    """How many of the track's parcels showed a code of the highest priority told: the plan ranks the others."""
    cdef int n, reads = 0, top = -1
    for n in range(k.n):
        if member(w, k, n).reads > 0 and member(w, k, n).priority > top:
            top = member(w, k, n).priority
    for n in range(k.n):
        reads += member(w, k, n).reads > 0 and member(w, k, n).priority == top
    return reads


cdef int _undetectable_cause(World* w, Track* k, Member* m) noexcept nogil:
    cdef i64 last_eye = -NEVER
    cdef i64 limit = w.length
    cdef int gate = w.chute[k.chute].gate if 0 <= k.chute < w.n_chutes else -1
    # One that has stuck in the sweep zone after its own claim gives the edge of the next one there.
    cdef bint is_own_proof = k.proof_id == m.id or k.proof_id == NEVER or k.is_proof_told
    cdef int n
    if gate >= 0:
        limit = w.gate[gate].start
    for n in range(w.n_stations):
        if w.station_x[n] <= limit:
            last_eye = w.station_x[n]
    if k.proof_id != NEVER and k.proof_id != m.id and is_swapped_alike(
            k.proof_offset - m.offset, w.window, k.proof_length, m.length, w.length_tolerance):
        return U_SWAPPED
    if m.is_taken and is_own_proof and is_gone_after_last_eye(m.left_x, last_eye):
        return U_GONE
    if gate >= 0 and is_shifted_after_last_eye(m.shift, w.gate[gate].margin):
        return U_SHIFTED
    if gate >= 0 and is_without_witness(w.chute[k.chute].eye >= 0, w.gate[gate].is_broken == 0):
        return U_NO_WITNESS
    return 0


cdef void _missort(World* w, Track* k, int cause, i64 parcel, i64 x) noexcept nogil:
    w.silent_missorts += 1
    w.missort_cause[cause] += 1
    tell_story(w, S_MISSORT, cause, parcel, k.number, x)


cdef void estop_violation(World* w, int kind, int index) noexcept nogil:
    w.estop_violations += 1
    tell_story(w, S_ESTOP, kind, index, -1, NEVER)


cdef void close_books(World* w) noexcept nogil:
    """The run is over: open tracks are undisposed; claims whose parcels are still under way are judged as they are."""
    cdef int n, m
    cdef Track* k
    for n in range(TRACKS):
        k = &w.track[n]
        if k.number >= 0 and k.dispositions == 0:
            k.dispositions = 1
            _undisposed(w, k)
        elif k.number >= 0 and not k.is_judged:
            for m in range(k.n):
                if member(w, k, m).place == AT_BELT or member(w, k, m).place == AT_FEEDER:
                    member(w, k, m).place = AT_LIFTED
            _judge(w, k)
