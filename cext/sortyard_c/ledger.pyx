"""The books of a simulated run: what the gate logic was told and what it said, counted, hashed and kept.

Memory is bounded: the last RING records for stories, the first RING ones for drawings; all of them go to `on_chunk`
in chunks where that is asked for. The trace is hashed over every command and disposition (records of
kind 1 to 8: kind, a, b, c, position as little-endian 32-bit integers) in the order in which they were given.
"""

import hashlib

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from libc.stdint cimport int64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memcpy

cdef enum:
    RING = 1 << 14
    CHUNK = 1 << 12
    TRACE_INTS = 5 << 12
    PLACES = 1 << 12     # of open tracks, by the low bits of their handle
    ZONE_STRAYS = 1 << 10    # of a zone behind a border
    NUMBERS = (1 << 12) + 15 * (1 << 10)
    MASK = 0x0FFFFFFF
    HALF = 0x08000000
    GAP_BIN_UM = 20000
    LAST_GAP = 255
    LAST_LATENCY = 1023
    TOLD = 20            # cases of one kind that are noted for a story
    NEAR_MM = 300        # what an eye sees this far from where a track should be belongs to its story

cdef enum:
    LOST = 4
    STRAY = 5
    UNCERTAIN = 10


cdef inline int wrapped(int a, int b) noexcept:
    return ((a - b + HALF) & MASK) - HALF


cdef inline int track_place(int track) noexcept:
    """Place of a track by the low bits of its handle; those of the zones behind a border have room of their own."""
    cdef int zone = (track & MASK) >> 24
    if zone == 0:
        return track & (PLACES - 1)
    return PLACES + (zone - 1) * ZONE_STRAYS + (track & (ZONE_STRAYS - 1))


cdef class Ledger:
    """Books of one run. `eyes`: for each eye the least and greatest travel in counts at which a leading edge
    that was inducted at travel 0 blocks it. `on_chunk(records)` gets lists of 7-tuples as in sim.events.Record.
    """

    def __cinit__(self, eyes, int um_per_count, on_chunk=None):
        self.ring = <Record*>calloc(RING, sizeof(Record))
        self.picked = <Record*>calloc(RING, sizeof(Record))
        self.opening = PyBytes_FromStringAndSize(NULL, RING * sizeof(Record))
        self.chunk = <Record*>calloc(CHUNK, sizeof(Record))
        self.trace = <int*>calloc(TRACE_INTS, sizeof(int))
        self.tracks = <Track*>calloc(NUMBERS, sizeof(Track))
        self.n_eyes = len(eyes)
        self.eye_from = <int64_t*>calloc(self.n_eyes + 1, sizeof(int64_t))
        self.eye_to = <int64_t*>calloc(self.n_eyes + 1, sizeof(int64_t))
        if not (self.ring and self.picked and self.chunk and self.trace and self.tracks and self.eye_from
                and self.eye_to):
            raise MemoryError
        self.um_per_count = um_per_count
        self.near = NEAR_MM * 1000 // um_per_count
        self.on_chunk = on_chunk
        self.chunk_room = 0 if on_chunk is None else CHUNK
        self.sha = hashlib.sha256()
        self.cases = []
        cdef int i
        for i in range(self.n_eyes):
            self.eye_from[i], self.eye_to[i] = eyes[i]
        for i in range(NUMBERS):
            self.tracks[i].handle = -1
        for i in range(256):
            self.full_since[i] = -1
        self.case_room[0] = self.case_room[1] = TOLD

    def __dealloc__(self):
        free(self.ring)
        free(self.picked)
        free(self.chunk)
        free(self.trace)
        free(self.tracks)
        free(self.eye_from)
        free(self.eye_to)

    cdef inline void _write(self, int64_t t_us, int belt, int kind, const int* told) noexcept:
        """`told`: kind, p, q, r, s; `kind` is written in place of the first."""
        cdef Record* record = &self.ring[self.written & (RING - 1)]
        record.t_us = t_us
        record.belt = belt
        memcpy(&record.kind, told, 5 * sizeof(int))
        record.kind = kind
        self.written += 1
        if self.chunk_used < self.chunk_room:
            self.chunk[self.chunk_used] = record[0]
            self.chunk_used += 1
        if self.written == RING:
            memcpy(PyBytes_AS_STRING(self.opening), self.ring, RING * sizeof(Record))   # nobody has seen it yet

    cdef void taken(self, int64_t t_us, int belt, const int* record) noexcept:
        """Note one input of the gate logic: kind, index, position, a, b."""
        self._write(t_us, belt, record[0], record)
        if record[0] > 2 or record[1] == 0:
            self._count_input(t_us, record)

    cdef void _count_input(self, int64_t t_us, const int* record) noexcept:
        """Inputs that tell more than that a parcel is somewhere on its way."""
        cdef int kind = record[0]
        if kind <= 2:
            self._gap(kind, record[2])
        elif kind == 4:
            self._destined(t_us, record[3])
        elif kind == 5:
            self._chute(t_us, record[1], record[3] == 1)
        elif kind == 8:
            self._drive(t_us, record[3])

    cdef void given(self, int64_t t_us, int belt, const int* record) noexcept:
        """Note one output record of the gate logic: kind, a, b, c, position. At most CHUNK / 2 of them, then `flush` must
        be called.
        """
        cdef int kind = record[0]
        self._write(t_us, belt, kind + OUTPUT, record)
        if kind <= 8:
            memcpy(&self.trace[self.trace_used], record, 5 * sizeof(int))
            self.trace_used += 5
            if kind == 1:
                self.gate_cycles[record[1] & 127] += 1
            elif kind == 8:
                self._disposed(t_us, record[1], record[2])
        elif kind == 10:
            self._event(t_us, record[1], record[2], record[3], record[4])
        elif kind == 11:
            self.faults[record[1] & 31] += 1

    def noted(self, int64_t t_us, int belt, int code, int subject, int value):
        """Note what the line's program says: by codes, subjects and values of sim.program_events."""
        cdef int[5] record = [PROGRAM, code, subject, value, 0]
        self._write(t_us, belt, PROGRAM, record)
        self.flush()

    cdef int flush(self) except -1:
        """Hash and hand on what fills the buffers by half; cheap when they are not."""
        if self.trace_used > TRACE_INTS // 2:
            self._hash()
        if self.chunk_used > CHUNK // 2:
            self._hand_on()
        return 0

    def close(self, int64_t t_us):
        """End the books: times that still run are closed, buffers emptied."""
        self._drive(t_us, self.is_running)
        cdef int chute
        for chute in range(256):
            if self.full_since[chute] >= 0:
                self._chute(t_us, chute, 0)
        self._hash()
        self._hand_on()

    def _hash(self):
        self.sha.update((<char*>self.trace)[:self.trace_used * sizeof(int)])
        self.trace_used = 0

    def _hand_on(self):
        cdef int i
        if self.on_chunk is not None and self.chunk_used:
            self.on_chunk([_tuple(&self.chunk[i]) for i in range(self.chunk_used)])
        self.chunk_used = 0

    cdef void _open(self, int64_t t_us, int track, int origin) noexcept:
        cdef Track* place = &self.tracks[track_place(track)]
        if not place.is_open:
            self.open_tracks += 1
        place.handle = track
        place.is_open = 1
        place.origin = origin
        place.is_read = 0
        place.opened_us = t_us
        place.assigned_us = -1

    cdef void _event(self, int64_t t_us, int code, int track, int detail, int position) noexcept:
        cdef Track* place = &self.tracks[track_place(track)]
        self.events[code & 31] += 1
        if code == INDUCTED:
            self.inducted += 1
            self._open(t_us, track, position)
        elif code == STRAY_SEEN:
            self._open(t_us, track, self._origin_of_stray(detail, position))
        elif code == MEASURED:
            self.measured += 1
            self.length_sum_counts += detail
        elif code == ASSIGNED and place.handle == track:
            if not place.is_read:
                self.read_tracks += 1
            place.is_read = 1
            place.assigned_us = t_us
        elif code == ROUTED:
            self._destined(t_us, track)
        elif code == CHUTE_FULL or code == CHUTE_FREE:
            self._chute(t_us, detail, code == CHUTE_FULL)

    cdef void _destined(self, int64_t t_us, int track) noexcept:
        """A read track has got its destination: by the host's answer, else when the board's plan routed it."""
        cdef Track* place = &self.tracks[track_place(track)]
        if place.handle == track and place.assigned_us >= 0:
            self.latency[min((t_us - place.assigned_us) // 1000, LAST_LATENCY)] += 1
            place.assigned_us = -1

    cdef int _origin_of_stray(self, int eye, int position) noexcept:
        if 0 <= eye < self.n_eyes:
            return (position - <int>self.eye_from[eye]) & MASK
        return position

    cdef void _disposed(self, int64_t t_us, int track, int b) noexcept:
        cdef Track* place = &self.tracks[track_place(track)]
        cdef int outcome = b & 7, reason = (b >> 4) & 31, chute = ((b >> 9) & 255) - 1, kind
        self.dispositions[outcome][reason] += 1
        if outcome == 1 and chute >= 0:
            self.sorted_by_chute[chute] += 1
            self.unconfirmed += not b >> 17 & 1
        if outcome == LOST or reason == UNCERTAIN:
            kind = outcome != LOST
            if self.case_room[kind] > 0:
                self.cases.append((kind, track, t_us, reason))
            self.case_room[kind] -= 1
        if place.handle == track and place.is_open:
            place.is_open = 0
            self.open_tracks -= 1

    cdef void _chute(self, int64_t t_us, int chute, int is_full) noexcept:
        if chute < 0 or chute > 255:
            return
        if is_full and self.full_since[chute] < 0:
            self.full_since[chute] = t_us
        elif not is_full and self.full_since[chute] >= 0:
            self.full_us[chute] += t_us - self.full_since[chute]
            self.full_since[chute] = -1

    cdef void _drive(self, int64_t t_us, int is_running) noexcept:
        if self.is_running:
            self.running_us += t_us - self.drive_since
            self.stops += not is_running
        else:
            self.stopped_us += t_us - self.drive_since
        self.drive_since = t_us
        self.is_running = is_running

    cdef void _gap(self, int kind, int position) noexcept:
        cdef int64_t place
        if kind == 2:
            self.infeed_cleared = position
            self.has_infeed_cleared = 1
        elif self.has_infeed_cleared:
            place = <int64_t>wrapped(position, self.infeed_cleared) * self.um_per_count // GAP_BIN_UM
            self.gaps[min(max(place, 0), LAST_GAP)] += 1

    def reboot(self):
        """Handles of the tracks that are open: a controller that has restarted will never close them."""
        return sorted(self.tracks[i].handle for i in range(NUMBERS) if self.tracks[i].is_open)

    def origin_of(self, int track):
        """Belt counter when the leading edge of a track stood at x = 0, None if it is not known any more."""
        cdef Track* place = &self.tracks[track_place(track)]
        return place.origin if place.handle == track else None

    def opened_us(self, int track):
        """When a track began, None if it is not known any more."""
        cdef Track* place = &self.tracks[track_place(track)]
        return place.opened_us if place.handle == track else None

    def story(self, int track, origin, int64_t since_us):
        """The records about a track that the ring still holds, from `since_us` on: its own, those of eyes and
        scanners where it must have been (if `origin` is known), and whatever concerns the whole line.

        Packed as they are in memory, see sim.events.unpacked.
        """
        cdef int64_t at
        cdef int start = -1 if origin is None else origin
        cdef int found = 0
        cdef Record* record
        for at in range(self._first_from(since_us), self.written):
            record = &self.ring[at & (RING - 1)]
            if self._is_about(record, track, start):
                self.picked[found] = record[0]
                found += 1
        return (<char*>self.picked)[:found * sizeof(Record)]

    def between(self, int64_t from_us, int64_t to_us):
        """All records of that time that the ring still holds, packed."""
        cdef int64_t first = self._first_from(from_us), n = self._first_from(to_us + 1) - first
        cdef int64_t at = first & (RING - 1)
        cdef int64_t rest = min(n, RING - at)
        return (<char*>&self.ring[at])[:rest * sizeof(Record)] + (<char*>self.ring)[:(n - rest) * sizeof(Record)]

    cdef int64_t _first_from(self, int64_t t_us) noexcept:
        """Number of the first record of this time or later that the ring still holds: they come in order of time."""
        cdef int64_t low = max(self.written - RING, 0), high = self.written, middle
        while low < high:
            middle = (low + high) // 2
            if self.ring[middle & (RING - 1)].t_us < t_us:
                low = middle + 1
            else:
                high = middle
        return low

    cdef bint _is_about(self, const Record* record, int track, int origin) noexcept:
        cdef int kind = record.kind, travel
        if kind >= PROGRAM:
            return False
        if kind > OUTPUT:
            kind -= OUTPUT
            if kind <= 3 or kind == 10:
                return record.q == track
            return kind == 4 or kind == 5 or kind == 11 or record.p == track
        if kind <= 2:
            if origin < 0 or record.p < 0 or record.p >= self.n_eyes:
                return False
            travel = wrapped(record.q, origin)
            return self.eye_from[record.p] - self.near <= travel <= self.eye_to[record.p] + 4 * self.near
        if kind == 4:
            return record.r == track
        return kind == 6 or kind >= 8

    def opening_records(self):
        """The first records of the run, RING at most, packed."""
        if self.written > RING:
            return self.opening
        return (<const char*>self.ring)[:self.written * sizeof(Record)]

    def untold(self):
        """LOST and UNCERTAIN tracks beyond those in `cases`."""
        return [max(-self.case_room[i], 0) for i in range(2)]

    def trace_sha256(self):
        """Hexadecimal digest of the trace; after `close`."""
        return self.sha.hexdigest()

    def tally(self):
        """Every count, under the names of sim.result.Tally."""
        cdef int outcome, reason
        return {
            "dispositions": {
                (outcome, reason): self.dispositions[outcome][reason]
                for outcome in range(8) for reason in range(32) if self.dispositions[outcome][reason]
            },
            "sorted_by_chute": _list(self.sorted_by_chute, 256),
            "unconfirmed": self.unconfirmed,
            "inducted": self.inducted,
            "read": self.read_tracks,
            "events": _list(self.events, 32),
            "faults": _list(self.faults, 32),
            "gate_cycles": _list(self.gate_cycles, 128),
            "chute_full_us": _list(self.full_us, 256),
            "gaps": _list(self.gaps, LAST_GAP + 1),
            "latency_ms": _list(self.latency, LAST_LATENCY + 1),
            "length_sum_mm": self.length_sum_counts * self.um_per_count // 1000,
            "measured": self.measured,
            "running_us": self.running_us,
            "stopped_us": self.stopped_us,
            "stops": self.stops,
        }


cdef tuple _tuple(const Record* record):
    return (record.t_us, record.belt, record.kind, record.p, record.q, record.r, record.s)


cdef list _list(const int64_t* counts, int n):
    cdef int i
    return [counts[i] for i in range(n)]
