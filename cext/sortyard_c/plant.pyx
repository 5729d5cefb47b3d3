"""The plant: physics and truth of a sorter, driven by time and by the gate logic's outputs.

How to run it stands in plant.pxd. Tables come from `sortyard.sim.plant_config`. The physics are in plant_belt
(speed, encoder), plant_motion (parcels against each other), plant_ride (arrivals, what is due next), plant_eyes,
plant_scan (scanners, host), plant_gates and plant_divert (machines, geometry), plant_chutes (chutes, confirm eyes,
loop) and plant_people (faults, operator); plant_truth, plant_strikes and undetectable judge. The plant knows nothing
of the gate logic but its inputs and outputs.
"""

from libc.string cimport memcpy

from sortyard_c.plant_belt cimport (
    count_at, drive_belt, hold_feeder, set_drive_speed, set_timer, take_inputs, when_count,
)
from sortyard_c.plant_chutes cimport release_lane
from sortyard_c.plant_gates cimport all_safe, gate_command, own_gate
from sortyard_c.plant_heap cimport key_of
from sortyard_c.plant_people cimport call_operator, cut_power, line_stopped, look_at_gate
from sortyard_c.plant_results cimport gates_of, parcels_of, results_of, stories_of
from sortyard_c.plant_results import MISSORT_CAUSES, STORY_KINDS
from sortyard_c.plant_ride cimport happen, next_time, stand_at
from sortyard_c.plant_scan cimport ask
from sortyard_c.plant_setup cimport free_world, load_codes, load_faults, load_gaps, load_line, make_world
from sortyard_c.plant_truth cimport announce, announce_stray, close_books, dispose, estop_violation
from sortyard_c.plant_world cimport INBOX, NEVER, ROWS, T_ARRIVAL, TRACKS, Row, World, i64

NEVER_US = NEVER
ROW_CAPACITY = ROWS
SETTLE_S = 120

cdef enum:
    ROW_NUMBERS = 8
    OP_START = 3
    FIRST_START_US = 100000
    SETTLE_US = 120000000
    OUT_EXTEND = 1
    OUT_HOLD = 3
    OUT_SAFE = 4
    OUT_LINE = 5
    OUT_INFEED = 6
    OUT_MERGE = 7
    OUT_DISPOSITION = 8
    OUT_EVENT = 10
    OUT_FAULT = 11
    FAULT_NO_END = 6
    FAULT_GATE_FAILS = 7
    EVENT_INDUCTED = 1
    EVENT_STRAY = 8


cdef class Plant:
    """A sorter that stands still and empty at time 0; an operator presses start after 0.1 s.

    line_table, fault_table, pair_gap_um: flat int64 arrays of `sortyard.sim.plant_config` (the last one may be
    empty); seed: any int. ValueError for a table that does not fit.
    """

    def __cinit__(self, i64[::1] line_table, i64[::1] fault_table, i64[::1] pair_gap_um, i64 seed):
        self.w = make_world()
        self.seed = seed
        self.w.seed = seed
        load_line(self.w, line_table)
        load_faults(self.w, fault_table)
        load_gaps(self.w, pair_gap_um)
        self.w.is_running = 0
        call_operator(self.w, OP_START, FIRST_START_US)

    def __dealloc__(self):
        free_world(self.w)

    def set_codes(self, i64[::1] rows):
        """The code table (int64): per code the board's answer (b of READ) and the host's (0 or group + 1).

        Indices that parcels already carry must stay valid when the table is replaced by a longer one.
        """
        load_codes(self.w, rows)

    def add_parcels(self, i64[::1] rows) -> int:
        """Queue manifest rows, sorted by arrival; how many were taken (as many as `needs_parcels()`).

        8 numbers a row: id (>= 0), arrival_us, length_um, width_um, height_um, weight_g, code (index, -1 none),
        true group (the host plan's answer for the true code, -1 none). ValueError for a broken row.
        """
        cdef World* w = self.w
        cdef i64 n, taken = min(rows.shape[0] // ROW_NUMBERS, <i64>self.needs_parcels())
        cdef Row* row
        for n in range(taken):
            if rows[8 * n + 2] <= 0 or rows[8 * n + 3] <= 0 or rows[8 * n + 4] <= 0:
                raise ValueError(f"parcel row {n}: length, width and height must be above zero")
            if not -1 <= rows[8 * n + 6] < w.n_codes or not -1 <= rows[8 * n + 7] < w.n_groups:
                raise ValueError(f"parcel row {n}: code or group is not in the tables")
            row = &w.row[(w.row_head + w.row_n) % ROWS]
            row.id, row.arrival, row.length = rows[8 * n], rows[8 * n + 1], rows[8 * n + 2]
            row.width, row.height = rows[8 * n + 3], rows[8 * n + 4]
            row.code, row.group = <int>rows[8 * n + 6], <int>rows[8 * n + 7]
            w.row_n += 1
        if taken and w.is_running and key_of(&w.timers, T_ARRIVAL) == NEVER and w.looked_for_room == NEVER:
            set_timer(w, T_ARRIVAL, max(w.now, w.row[w.row_head].arrival + w.arrival_shift))
        return taken

    def end_of_parcels(self):
        """No more rows will come."""
        self.w.is_ended = 1

    cpdef int needs_parcels(self) noexcept:
        """How many rows fit now."""
        return ROWS - self.w.row_n

    cpdef bint is_done(self) noexcept:
        """Everything has left and every track is disposed of, or nothing has moved for SETTLE_S of running."""
        cdef World* w = self.w
        cdef int n
        if not w.is_ended or w.row_n or w.is_down:
            return False
        if w.n_present:
            return False
        if w.now - w.last_movement > SETTLE_US:
            return True
        for n in range(TRACKS):
            if w.track[n].number >= 0 and w.track[n].dispositions == 0:
                return False
        return True

    cpdef i64 run(self, i64 limit_us) noexcept:
        """Go on to the first input, change of the speed plan or `limit_us`; the time reached."""
        cdef World* w = self.w
        cdef i64 t
        cdef int waiting = w.inbox_to
        w.is_plan_changed = 0
        while w.inbox_to == waiting and not w.is_plan_changed:
            t = next_time(w)
            if t > limit_us:
                stand_at(w, max(w.now, limit_us))
                break
            stand_at(w, t)
            happen(w)
        return w.now

    cpdef void advance(self, i64 t_us) noexcept:
        """Go on to time t_us, whatever happens on the way."""
        cdef World* w = self.w
        cdef i64 t = next_time(w)
        while t <= t_us:
            stand_at(w, t)
            happen(w)
            t = next_time(w)
        stand_at(w, max(w.now, t_us))

    cpdef int take(self, int[::1] inbox, int offset) noexcept:
        """Move the waiting inputs to `inbox` from index `offset` on, as many as fit; how many."""
        cdef World* w = self.w
        cdef int n = min((w.inbox_to - w.inbox_from) // 5, <int>((inbox.shape[0] - offset) // 5))
        if n > 0:
            memcpy(&inbox[offset], take_inputs(w, n), 5 * n * sizeof(int))
        return n

    cpdef int position(self) noexcept:
        """The encoder's 28-bit count now."""
        return count_at(self.w, self.w.s)

    cpdef i64 time_of_count(self, int count) noexcept:
        """First time, not before now, at which the encoder shows `count` at the present speed; NEVER_US."""
        return when_count(self.w, count)

    cpdef void command(self, int kind, int a, int b, int c, int position) noexcept:
        """One output record of the gate logic, now. Unknown gates and kinds are ignored.

        GATES_SAFE of a board that has but the gates a to b - 1 says so; with a = b = 0 it is for all of them.
        """
        cdef World* w = self.w
        if w.is_down:
            return
        if w.is_estop and (OUT_EXTEND <= kind <= OUT_HOLD or (kind == OUT_LINE and a) or (kind == OUT_MERGE and a)
                           or (kind == OUT_INFEED and not a)):
            estop_violation(w, kind, a)
            return
        if OUT_EXTEND <= kind <= OUT_HOLD:
            if 0 <= a < w.n_gates:
                gate_command(w, kind, a, b)
        elif kind == OUT_SAFE:
            if not 0 <= a < b <= w.n_gates:
                a, b = 0, w.n_gates
            w.safe_told += b - a
            all_safe(w, a, b)
        elif kind == OUT_LINE:
            drive_belt(w, a != 0)
            if not a:
                line_stopped(w)
        elif kind == OUT_INFEED:
            hold_feeder(w, a != 0)
        elif kind == OUT_MERGE:
            release_lane(w, a != 0)
        elif kind == OUT_DISPOSITION:
            dispose(w, a, b)
        elif kind == OUT_EVENT and a == EVENT_INDUCTED:
            announce(w, b, position)
        elif kind == OUT_FAULT and FAULT_NO_END <= a <= FAULT_GATE_FAILS and 0 <= b < w.n_gates:
            look_at_gate(w, b)
        elif kind == OUT_EVENT and a == EVENT_STRAY and -1 <= c < w.n_eyes:
            announce_stray(w, b, c)

    def set_speed(self, i64 um_s):
        """Set the belt's drive to another speed, um/s; above the rated one is the rated one."""
        if not self.w.is_down:
            set_drive_speed(self.w, um_s)

    cpdef void restart_controller(self, i64 duration_us) noexcept:
        """The controller restarts by itself and is back after a while: as a power cut, but no fault of that name."""
        if not self.w.is_down:
            cut_power(self.w, duration_us)

    cpdef int disturb(self) noexcept:
        """Something outside the plant disturbs the line: everybody on it counts as touched. How many did not before."""
        cdef World* w = self.w
        cdef int i = w.first, n = 0
        while i >= 0:
            n += not w.parcel[i].touched
            w.parcel[i].touched = 1
            i = w.parcel[i].behind
        return n

    cpdef void miscount(self) noexcept:
        """The encoder tells another way than the belt's: where those on it are nobody can know from its counts."""
        cdef World* w = self.w
        cdef int i = w.first
        while i >= 0:
            w.parcel[i].is_miscounted = 1
            i = w.parcel[i].behind

    cpdef void misread(self, int code) noexcept:
        """What a scanner tells of this code may be another one by the time it has arrived."""
        cdef World* w = self.w
        cdef int i = w.first
        while i >= 0:
            if w.parcel[i].code == code:
                w.parcel[i].is_misread = 1
            i = w.parcel[i].behind

    cpdef void own(self, int gate, int track) noexcept:
        """The gate that was told to extend for track -2, not yet known, moves for this one."""
        if 0 <= gate < self.w.n_gates:
            own_gate(self.w, gate, track)

    cpdef void ask_host(self, int track, int code) noexcept:
        """DEST_REQUEST of a track whose slot holds this code."""
        ask(self.w, track, code)

    @property
    def now_us(self) -> int:
        """Where the plant stands."""
        return self.w.now

    @property
    def is_down(self) -> bool:
        """The controller is without power."""
        return self.w.is_down != 0

    @property
    def boots(self) -> int:
        """How often the controller has restarted."""
        return self.w.boots

    def close(self):
        """The run is over: judge what is still open. Call once, before `results`."""
        close_books(self.w)

    def results(self) -> dict:
        """All counters: see plant_results."""
        return results_of(self.w)

    def stories(self) -> list:
        """Cases since the last call: never ones, misreads, undetectable ones; parcel, track, time, position, place.

        The plant keeps 400 of them: ask more often than so many can come (`stories_lost` of the results tells).
        """
        found = stories_of(self.w)
        self.w.n_stories = 0
        return found

    def parcels(self) -> list:
        """What lies on feeder and belt now, for drawings and tests."""
        return parcels_of(self.w)

    def gates(self) -> list:
        """Extension of every gate in parts per million."""
        return gates_of(self.w)
