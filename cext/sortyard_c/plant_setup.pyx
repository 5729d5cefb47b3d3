"""The plant's memory, and the flat tables from which it is filled (written by sortyard.sim.plant_config).

The line table: HEADER numbers, then per eye 5, per gate 14, per chute 7, per scanner 4, per plan group 3. A table whose
length does not fit its own counts is a ValueError.
"""

from libc.stdlib cimport calloc, free
from libc.string cimport memset

from sortyard_c.plant_belt cimport RAMP_STEP_US, reciprocal
from sortyard_c.plant_heap cimport free_heap, make_heap
from sortyard_c.plant_rng cimport salt_of
from sortyard_c.plant_world cimport (
    AT_NOWHERE, ENTITIES, F_BOUNCE, F_CLOSING, F_DIRT, F_ESTOP, F_EXTRA, F_FILL, F_GATE_SLOW, F_HOST_OUTAGE, F_JAM,
    F_LIFTED, F_MISSED, F_POWER, F_SLIP, F_STOP, F_STUCK_HOME, F_STUCK_OUT, F_THROWN, F_TURN, MAX_CHUTES, MAX_EYES,
    MAX_GATES, MAX_MEMBERS, MAX_NAMED, MAX_SCANNERS, MILLION, NEVER, N_FAULTS, ROLE_END,
    NUMBERS, ROLE_INFEED, ROLE_MERGE, ROLE_METER, ROLE_VERIFY,
    ROWS, SLOTS, TIMERS, TRACKS, Chute, Eye, Gate, Group, Member, Parcel, Row, Scanner, Track, World, i64, u64,
)

cdef enum:
    HEADER = 21
    EYE_ROW = 6
    GATE_ROW = 14
    CHUTE_ROW = 7
    SCANNER_ROW = 4
    GROUP_ROW = 3
    FAULT_ROW = 3
    MOST_UM_PER_COUNT = 1 << 14     # that its reciprocal is exact up to the greatest key of a heap


cdef World* make_world() except NULL:
    """A world without a line, all parcels' slots free."""
    cdef World* w = <World*> calloc(1, sizeof(World))
    cdef int n
    if w == NULL:
        raise MemoryError
    w.parcel = <Parcel*> calloc(SLOTS + 1, sizeof(Parcel))
    w.free = <int*> calloc(SLOTS, sizeof(int))
    w.row = <Row*> calloc(ROWS, sizeof(Row))
    w.track = <Track*> calloc(TRACKS, sizeof(Track))
    w.others = <Member*> calloc(TRACKS * (MAX_MEMBERS - 1), sizeof(Member))
    if w.parcel == NULL or w.free == NULL or w.row == NULL or w.track == NULL or w.others == NULL:
        free_world(w)
        raise MemoryError
    make_heap(&w.belt[0].heap, ENTITIES)
    make_heap(&w.belt[1].heap, ENTITIES)
    make_heap(&w.timers, TIMERS)
    for n in range(SLOTS):
        w.free[n] = SLOTS - 1 - n
    w.n_free = SLOTS
    for n in range(TRACKS):
        w.track[n].number = -1
    for n in range(NUMBERS):
        w.by_number[n] = -1
    _neutral(&w.parcel[SLOTS])
    w.first = -1
    w.last = -1
    w.open_track = -1
    w.lane_waiting = -1
    w.lane_merging = -1
    w.last_arrival = -1000 * <i64>MILLION
    w.looked_for_room = NEVER
    w.belt_t = NEVER
    w.feeder_t = NEVER
    return w


cdef void _neutral(Parcel* p) noexcept:
    """The contents that a new parcel starts from."""
    memset(p, 0, sizeof(Parcel))
    p.rate = MILLION
    p.own_rate = MILLION
    p.base_rate = MILLION
    p.slide_x = NEVER
    p.contact_s = NEVER
    p.chute_s = NEVER
    p.seen_t = NEVER
    p.seen_offset = NEVER
    p.prev_seen_t = NEVER
    p.seen_length = NEVER
    p.gap_ahead = NEVER
    p.code = -1
    p.group = -1
    p.chute = -1
    p.ahead = -1
    p.behind = -1
    p.twin = -1
    p.blind_eye = -1
    p.taken_by = -1
    p.track[0] = -1
    p.track[1] = -1
    p.place = AT_NOWHERE


cdef void free_world(World* w) noexcept:
    if w == NULL:
        return
    free_heap(&w.belt[0].heap)
    free_heap(&w.belt[1].heap)
    free_heap(&w.timers)
    free(w.parcel)
    free(w.free)
    free(w.row)
    free(w.track)
    free(w.others)
    free(w.group)
    free(w.pair_gap)
    free(w.board)
    free(w.host)
    free(w.read_t)
    free(w)


cdef void load_line(World* w, i64[::1] table) except *:
    """Fill the world from the line table."""
    cdef i64 need
    if table.shape[0] < HEADER:
        raise ValueError("line table: no header")
    w.speed, w.length, w.width, w.acceleration = table[0], table[1], table[2], table[3]
    w.set_v = w.speed
    w.um_per_count, w.entry, w.transfer = table[4], table[5], table[6]
    w.merge, w.loop, w.length_tolerance, w.window = table[8], table[9], table[10], table[11]
    w.min_length, w.max_length, w.bias = table[12], table[13], <int>table[14]
    w.n_eyes, w.n_gates, w.n_chutes = <int>table[15], <int>table[16], <int>table[17]
    w.n_scanners, w.n_groups, w.lost_us = <int>table[18], <int>table[19], table[20]
    need = (HEADER + EYE_ROW * w.n_eyes + GATE_ROW * w.n_gates + CHUTE_ROW * w.n_chutes
            + SCANNER_ROW * w.n_scanners + GROUP_ROW * w.n_groups)
    if need != table.shape[0]:
        raise ValueError(f"line table: {table.shape[0]} numbers, its counts ask for {need}")
    if w.n_eyes > MAX_EYES or w.n_gates > MAX_GATES or w.n_chutes > MAX_CHUTES or w.n_scanners > MAX_SCANNERS:
        raise ValueError("line table: more parts than the plant has room for")
    w.brake_step = table[7] * RAMP_STEP_US // MILLION
    if w.speed <= 0 or w.acceleration <= 0 or w.brake_step <= 0:
        raise ValueError("line table: speed and accelerations must be above zero")
    if not 1 < w.um_per_count < MOST_UM_PER_COUNT:
        raise ValueError(f"line table: an encoder pitch of {w.um_per_count} um, not 2 to {MOST_UM_PER_COUNT - 1}")
    w.per_count = reciprocal(w.um_per_count)
    _load_eyes(w, table[HEADER:])
    _load_gates(w, table[HEADER + EYE_ROW * w.n_eyes:])
    _load_rest(w, table[HEADER + EYE_ROW * w.n_eyes + GATE_ROW * w.n_gates:])


cdef void _load_eyes(World* w, i64[::1] t) except *:
    """Eyes by number, and the stations of the belt by place."""
    cdef int n
    cdef Eye* e
    w.infeed_eye = -1
    w.merge_eye = -1
    places = []
    for n in range(w.n_eyes):
        e = &w.eye[n]
        e.x, e.height, e.debounce = t[EYE_ROW * n], t[EYE_ROW * n + 1], t[EYE_ROW * n + 2]
        e.role, e.chute = <int>t[EYE_ROW * n + 3], <int>t[EYE_ROW * n + 4]
        e.is_sampled = <int>t[EYE_ROW * n + 5]
        e.last_parcel = -1
        if e.role == ROLE_INFEED:
            w.infeed_eye = n
        if e.role == ROLE_MERGE:
            w.merge_eye = n
        if e.role in (ROLE_INFEED, ROLE_VERIFY, ROLE_END, ROLE_METER):
            places.append((e.x, n))
    if w.infeed_eye < 0:
        raise ValueError("line table: no infeed eye")
    places.sort()
    w.n_stations = len(places)
    for n, (x, eye) in enumerate(places):
        w.station_x[n] = x
        w.station_eye[n] = eye
    w.station_x[w.n_stations] = w.length


cdef void _load_gates(World* w, i64[::1] t) except *:
    cdef int n
    cdef Gate* g
    cdef i64[::1] r
    for n in range(w.n_gates):
        g = &w.gate[n]
        r = t[GATE_ROW * n:GATE_ROW * (n + 1)]
        g.start, g.end, g.delay, g.extend, g.retract = r[0], r[1], r[2], r[3], r[4]
        g.spread, g.rated, g.margin = r[5], r[6], r[7]
        g.stroke, g.kind, g.side, g.safe = r[8], <int>r[9], <int>r[10], <int>r[11]
        g.feedback, g.chute = <int>r[12], <int>r[13]
        g.extend_at = NEVER
        g.retract_at = NEVER
        g.told = 1
        g.cursor = -1


cdef void _load_rest(World* w, i64[::1] t) except *:
    """Chutes, scanners, groups."""
    cdef int n
    cdef Chute* c
    cdef Scanner* s
    cdef Group* g
    w.end_chute = -1
    for n in range(w.n_chutes):
        c = &w.chute[n]
        c.gate, c.kind, c.eye, c.capacity = <int>t[7 * n], <int>t[7 * n + 1], <int>t[7 * n + 2], t[7 * n + 3]
        c.empty, c.least, c.most = t[7 * n + 4], t[7 * n + 5], t[7 * n + 6]
        if c.gate < 0:
            w.end_chute = n
    t = t[CHUTE_ROW * w.n_chutes:]
    for n in range(w.n_scanners):
        s = &w.scanner[n]
        s.x, s.latency, s.jitter, s.window = t[4 * n], t[4 * n + 1], t[4 * n + 2], t[4 * n + 3]
    t = t[SCANNER_ROW * w.n_scanners:]
    w.group = <Group*> calloc(max(1, w.n_groups), sizeof(Group))
    if w.group == NULL:
        raise MemoryError
    for n in range(w.n_groups):
        g = &w.group[n]
        g.primary, g.chutes[0], g.chutes[1] = <int>t[3 * n], <u64>t[3 * n + 1], <u64>t[3 * n + 2]


cdef void load_faults(World* w, i64[::1] table) except *:
    """Rate, low, high of every fault in the order of the catalogue, then pairs of fault and parcel."""
    cdef i64 n, rest = table.shape[0] - FAULT_ROW * N_FAULTS
    if rest < 0 or rest % 2:
        raise ValueError(f"fault table: {table.shape[0]} numbers instead of {FAULT_ROW * N_FAULTS} and pairs")
    if rest // 2 > MAX_NAMED:
        raise ValueError(f"fault table: {rest // 2} faults for certain parcels, {MAX_NAMED} are possible")
    for n in range(N_FAULTS):
        w.fault[n].rate, w.fault[n].low, w.fault[n].high = table[3 * n], table[3 * n + 1], table[3 * n + 2]
        w.fault[n].is_on = w.fault[n].rate > 0
        w.fault[n].salt = salt_of(w.seed, <int>n)
    w.n_named = <int>(rest // 2)
    for n in range(w.n_named):
        w.named_fault[n] = <int>table[FAULT_ROW * N_FAULTS + 2 * n]
        w.named_parcel[n] = table[FAULT_ROW * N_FAULTS + 2 * n + 1]
        if not 0 <= w.named_fault[n] < N_FAULTS:
            raise ValueError(f"fault table: there is no fault {w.named_fault[n]}")
        w.fault[w.named_fault[n]].is_on = 1
    for n in (F_MISSED, F_EXTRA, F_SLIP, F_CLOSING, F_TURN, F_DIRT, F_BOUNCE, F_HOST_OUTAGE, F_GATE_SLOW, F_STUCK_HOME,
              F_STUCK_OUT, F_FILL, F_LIFTED, F_THROWN, F_JAM, F_POWER, F_ESTOP, F_STOP):
        if w.fault[n].is_on and (w.n_gates or n not in (F_GATE_SLOW, F_STUCK_HOME, F_STUCK_OUT)):
            w.waiting_fault[w.n_waiting_faults] = <int>n
            w.n_waiting_faults += 1


cdef void load_gaps(World* w, i64[::1] table) except *:
    """The least gap of every pair of consecutive diverts, an empty table = none is needed."""
    cdef i64 n
    if table.shape[0] == 0:
        return
    if table.shape[0] != (w.n_gates + 1) * (w.n_gates + 1):
        raise ValueError(f"gap table: {table.shape[0]} numbers instead of {(w.n_gates + 1) ** 2}")
    w.pair_gap = <i64*> calloc(table.shape[0], sizeof(i64))
    if w.pair_gap == NULL:
        raise MemoryError
    for n in range(table.shape[0]):
        w.pair_gap[n] = table[n]


cdef void load_codes(World* w, i64[::1] rows) except *:
    """Per code: the board's answer (as b of READ) and the host's (0 or group + 1)."""
    cdef int n
    cdef int count = <int>(rows.shape[0] // 2)
    free(w.board)
    free(w.host)
    free(w.read_t)
    w.board = <int*> calloc(max(1, count), sizeof(int))
    w.host = <int*> calloc(max(1, count), sizeof(int))
    w.read_t = <i64*> calloc(max(1, count), sizeof(i64))
    if w.board == NULL or w.host == NULL or w.read_t == NULL:
        raise MemoryError
    w.n_codes = count
    for n in range(count):
        w.board[n] = <int>rows[2 * n]
        w.host[n] = <int>rows[2 * n + 1]
