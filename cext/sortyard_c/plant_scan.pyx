"""Scanners (reads with decode latency; missed, wrong, double, neighbours', late) and the edge host's answers.

A code is decoded when its place on the parcel passes the scan line and arrives latency +- jitter later; the READ
input carries the count at its arrival. The host answers after 5 to 25 ms; slow answers come in bursts of 2 s.
"""

from sortyard_c.plant_belt cimport set_timer, tell
from sortyard_c.plant_heap cimport key_of
from sortyard_c.plant_motion cimport nose
from sortyard_c.plant_rng cimport befalls, between, draw
from sortyard_c.plant_truth cimport member, place_of, touch
from sortyard_c.plant_world cimport (
    F_HOST_LOSS, F_HOST_OUTAGE, F_HOST_SLOW, F_SCAN_EXTRA, F_SCAN_LATE, F_SCAN_MISS, F_SCAN_TWICE, F_SCAN_WRONG,
    IN_DESTINATION, IN_READ, LATENCY_BINS, MAX_ANSWERS, MAX_READS, MILLION, NEVER, N_FAULTS, T_HOST, T_SCANNER, Answer,
    Member, Parcel, Scanner, World, i64,
)

cdef enum:                  # purposes of draws that belong to no fault
    P_JITTER = 40
    P_HOST = 41
    HOST_LEAST_US = 5000
    HOST_MOST_US = 25000
    BURST_US = 2000000


cdef bint _strikes(World* w, int fault, int i, int k) noexcept nogil:
    """Draw one fault for this passage, count it and mark the parcel."""
    cdef Parcel* p = &w.parcel[i]
    if not befalls(w, fault, p.id, k + 8 * p.laps):
        return False
    w.fault[fault].injected += 1
    touch(w, fault, i)
    return True


cdef i64 _size(World* w, int fault, i64 subject, int count) noexcept nogil:
    return between(draw(w.seed, fault + N_FAULTS * 2, subject, count), w.fault[fault].low, w.fault[fault].high)


cdef void _send(World* w, int k, int code, i64 due) noexcept nogil:
    cdef Scanner* scanner = &w.scanner[k]
    if scanner.n == MAX_READS:
        w.inputs_lost += 1
        return
    scanner.reads[scanner.n].due = due
    scanner.reads[scanner.n].code = code
    scanner.n += 1
    if due < key_of(&w.timers, T_SCANNER + k):
        set_timer(w, T_SCANNER + k, due)


cdef void _mislead(World* w, int fault, int k, int i, i64 delay) noexcept nogil:
    """A read that comes `delay` late may fall into the windows of the parcels behind."""
    cdef i64 reach = delay * w.speed // MILLION + 2 * w.scanner[k].window
    cdef int behind = w.parcel[i].behind
    while behind >= 0 and w.scanner[k].x - nose(w, behind) < reach:
        w.parcel[behind].is_misread = 1
        touch(w, fault, behind)
        behind = w.parcel[behind].behind


cdef void pass_scanner(World* w, int k, int i) noexcept nogil:
    """The place of the parcel's code passes the scan line."""
    cdef Parcel* p = &w.parcel[i]
    cdef Scanner* scanner = &w.scanner[k]
    cdef int code = p.code
    cdef int near = p.behind if p.behind >= 0 else p.ahead
    cdef i64 due = w.now + max(0, scanner.latency + between(
        draw(w.seed, P_JITTER, p.id, k + 8 * p.laps), -scanner.jitter, scanner.jitter))
    if near >= 0 and w.parcel[near].code >= 0 and _strikes(w, F_SCAN_EXTRA, i, k):
        w.parcel[near].is_misread = 1
        p.is_misread = 1
        touch(w, F_SCAN_EXTRA, near)
        _send(w, k, w.parcel[near].code, due)
    if code < 0:
        return
    w.readable += k == 0
    if _strikes(w, F_SCAN_MISS, i, k):
        return
    if w.n_codes > 1 and _strikes(w, F_SCAN_WRONG, i, k):
        code = (code + 1 + <int>between(draw(w.seed, F_SCAN_WRONG + N_FAULTS * 2, p.id, k), 0, w.n_codes - 2)
                ) % w.n_codes
        p.is_misread = 1
    if _strikes(w, F_SCAN_LATE, i, k):
        due += _size(w, F_SCAN_LATE, p.id, k)
        _mislead(w, F_SCAN_LATE, k, i, due - w.now)
    p.reads += 1
    w.read_ok += k == 0
    _send(w, k, code, due)
    if _strikes(w, F_SCAN_TWICE, i, k):
        due += _size(w, F_SCAN_TWICE, p.id, k)
        _mislead(w, F_SCAN_TWICE, k, i, due - w.now - scanner.latency)
        _send(w, k, code, due)


cdef void deliver_reads(World* w, int k) noexcept nogil:
    """Tell every read that is due."""
    cdef Scanner* scanner = &w.scanner[k]
    cdef i64 later = NEVER
    cdef int n = 0
    while n < scanner.n:
        if scanner.reads[n].due <= w.now:
            w.reads_told += 1
            w.read_t[scanner.reads[n].code] = w.now
            tell(w, IN_READ, k, scanner.reads[n].code, w.board[scanner.reads[n].code])
            scanner.n -= 1
            scanner.reads[n] = scanner.reads[scanner.n]
        else:
            later = min(later, scanner.reads[n].due)
            n += 1
    set_timer(w, T_SCANNER + k, later)


cdef i64 _first_parcel(World* w, int track) noexcept nogil:
    """The parcel behind a track, -1 if there is none."""
    cdef int place = place_of(w, track)
    return w.track[place].first.id if place >= 0 and w.track[place].n else -1


cdef void _touch_track(World* w, int fault, int track) noexcept nogil:
    cdef int place = place_of(w, track)
    cdef int n, i
    cdef Member* m
    w.fault[fault].injected += fault != F_HOST_OUTAGE
    if place < 0:
        return
    for n in range(w.track[place].n):
        m = member(w, &w.track[place], n)
        i = m.slot
        if w.parcel[i].id == m.id:
            touch(w, fault, i)


cdef void ask(World* w, int track, int code) noexcept nogil:
    """DEST_REQUEST for the code that was read for a track: draw when the answer comes, if it does."""
    cdef i64 latency = between(draw(w.seed, P_HOST, w.asked, 0), HOST_LEAST_US, HOST_MOST_US)
    cdef i64 parcel = _first_parcel(w, track)
    w.asked += 1
    if code < 0 or code >= w.n_codes or w.n_answers == MAX_ANSWERS:
        return
    if w.now < w.outage_until:
        _touch_track(w, F_HOST_OUTAGE, track)
        return
    if befalls(w, F_HOST_LOSS, parcel, track):
        _touch_track(w, F_HOST_LOSS, track)
        return
    if befalls(w, F_HOST_SLOW, parcel, track):
        w.slow_until = w.now + BURST_US
    if w.now < w.slow_until:
        latency += _size(w, F_HOST_SLOW, parcel, track)
        _touch_track(w, F_HOST_SLOW, track)
    w.answer[w.n_answers].due = w.now + latency
    w.answer[w.n_answers].track = track
    w.answer[w.n_answers].answer = w.host[code]
    w.answer[w.n_answers].asked = w.read_t[code]
    w.n_answers += 1
    if w.now + latency < key_of(&w.timers, T_HOST):
        set_timer(w, T_HOST, w.now + latency)


cdef void deliver_answers(World* w) noexcept nogil:
    """Tell every answer that is due."""
    cdef i64 later = NEVER
    cdef int n = 0
    cdef Answer* a
    while n < w.n_answers:
        a = &w.answer[n]
        if a.due <= w.now:
            tell(w, IN_DESTINATION, 0, a.track, a.answer)
            w.latency_bins[min((w.now - a.asked) // 10000, LATENCY_BINS - 1)] += 1
            w.n_answers -= 1
            w.answer[n] = w.answer[w.n_answers]
        else:
            later = min(later, a.due)
            n += 1
    set_timer(w, T_HOST, later)
