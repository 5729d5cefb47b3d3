"""Everything the plant knows, as plain C structures: micrometres, microseconds, parts per million.

`s` is the main belt's displacement, `t` the time, `x` a place on the line (0 = infeed eye, downstream positive).
A parcel's nose (leading edge) stands at x_ref + (s - s_ref) * rate / 1e6; rate 1e6 rides with the belt, 0 stands.
Heaps hold entities by number: parcels in slots first, then gates, eyes and the loop lane (see `entity_*`).
"""

from libc.stdint cimport int32_t, int64_t, uint64_t

ctypedef int64_t i64
ctypedef int32_t i32
ctypedef uint64_t u64

cdef extern from *:
    """
    #define PLANT_NEVER 0x3fffffffffffffffLL
    #define PLANT_FAR (1LL << 50)
    #define PLANT_LAST 0x7fffffffffffffffLL
    """
    const i64 NEVER "PLANT_NEVER"
    const i64 FAR "PLANT_FAR"       # a key of a heap is less; see plant_heap
    const i64 LAST "PLANT_LAST"     # behind all entries of a heap

cdef enum:
    MILLION = 1000000
    COUNT_MASK = 0x0FFFFFFF
    SLOTS = 4096            # parcels that can be in the plant at once
    ROWS = 4096             # manifest rows that wait
    MAX_EYES = 160
    MAX_GATES = 80
    MAX_CHUTES = 96
    MAX_SCANNERS = 4
    MAX_FAULTS = 32
    MAX_INSIDE = 40         # parcels at one gate: 3 m of the shortest
    MAX_TRIGGERS = 6        # faults that wait on one parcel
    MAX_NAMED = 4096        # faults that are told to meet a certain parcel
    MAX_READS = 64          # reads on their way, per scanner
    MAX_ANSWERS = 512       # host answers on their way
    MAX_MEMBERS = 6         # parcels told apart within one track
    TRACKS = 2048           # tracks remembered; the gate logic has room for 1,024
    ZONE_STRAYS = 1024      # of a zone behind a border, that are about at a time
    NUMBERS = 2048 + 15 * 1024
    INBOX = 8192
    STORIES = 400
    GAP_BINS = 201          # 20 mm each, the last is open
    LATENCY_BINS = 201      # 10 ms each, the last is open

# entities of the belt heaps
cdef enum:
    E_GATE = SLOTS
    E_EYE = SLOTS + MAX_GATES
    E_LANE = SLOTS + MAX_GATES + MAX_EYES
    ENTITIES = SLOTS + MAX_GATES + MAX_EYES + 1
    ENTITY_BITS = 13        # hold every number of an entity

# timers of the time heap
cdef enum:
    T_ARRIVAL = 0
    T_HOST = 1
    T_OPERATOR = 2
    T_DRIVE = 3
    T_POWER = 4
    T_CLEAR = 5             # people take stuck parcels away
    T_LOST = 6              # the line may not run without its host any longer
    T_SCANNER = 7
    T_GATE = T_SCANNER + MAX_SCANNERS
    T_REPAIR = T_GATE + MAX_GATES
    T_CHUTE = T_REPAIR + MAX_GATES
    T_EYE = T_CHUTE + MAX_CHUTES
    TIMERS = T_EYE + MAX_EYES

cdef enum:                  # roles of eyes, in the order of numbering.py
    ROLE_INFEED = 0
    ROLE_VERIFY = 1
    ROLE_END = 2
    ROLE_CONFIRM = 3
    ROLE_METER = 4
    ROLE_MERGE = 5

cdef enum:
    KIND_PUSHER = 0
    KIND_ARM = 1
    KIND_WHEEL = 2

cdef enum:
    SAFE_RETRACT = 0
    SAFE_HOLD = 1
    SAFE_OFF = 2

cdef enum:                  # where a parcel is
    AT_NOWHERE = 0
    AT_FEEDER = 1
    AT_BELT = 2
    AT_CHUTE = 3            # in the chute, or sliding into it
    AT_LOOP = 4
    AT_END = 5              # off the end of the belt
    AT_LIFTED = 6           # taken off by hand

cdef enum:                  # inputs of the gate logic
    IN_BLOCKED = 1
    IN_CLEARED = 2
    IN_READ = 3
    IN_DESTINATION = 4
    IN_CHUTE = 5
    IN_HEALTH = 6
    IN_END = 7
    IN_DRIVE = 8
    IN_ESTOP = 9
    IN_RESET = 10
    IN_START = 11
    IN_POLICY = 12
    IN_STOP = 13

cdef enum:                  # faults, in the order of sortyard.sim.faults.FAULTS
    F_RIPPLE = 0
    F_MISSED = 1
    F_EXTRA = 2
    F_SLIP = 3
    F_DRIFT = 4
    F_CLOSING = 5
    F_TURN = 6
    F_DIRT = 7
    F_BOUNCE = 8
    F_BLIND = 9
    F_SCAN_MISS = 10
    F_SCAN_WRONG = 11
    F_SCAN_TWICE = 12
    F_SCAN_EXTRA = 13
    F_SCAN_LATE = 14
    F_HOST_SLOW = 15
    F_HOST_LOSS = 16
    F_HOST_OUTAGE = 17
    F_GATE_SLOW = 18
    F_STUCK_HOME = 19
    F_STUCK_OUT = 20
    F_FILL = 21
    F_LIFTED = 22
    F_THROWN = 23
    F_JAM = 24
    F_POWER = 25
    F_ESTOP = 26
    F_STOP = 27
    N_FAULTS = 28

cdef struct Fault:
    i64 rate                # per million parcels; 0 = off
    i64 low                 # smallest and greatest size, in the unit of the catalogue
    i64 high
    i64 injected
    i64 touched
    u64 salt                # of the draws for it
    int is_on

cdef struct Heap:
    i64* entry              # key and entity in one number: the leaves from `leaves` on, entry[1] the first of all
    int* leaf               # per entity: its number among the leaves, -1 before it has come in
    int leaves              # a power of two, of which so many have been given away:
    int used

cdef struct Conveyor:       # displacement since the start: um + (part + v * (t - t0)) / 1e6, within one segment
    i64 t0
    i64 um
    i64 part
    i64 v                   # um per second
    u64 per_v               # `reciprocal` of v; 0: not worked out
    Heap heap               # keyed by displacement
    i64 next_entry          # within this segment the belt comes to what is first in the heap at that time
    i64 next_t

cdef struct Row:            # one line of the manifest
    i64 id
    i64 arrival
    i64 length
    i64 width
    i64 height
    int code
    int group

cdef struct Parcel:
    i64 id                  # of the manifest; strays have negative ones
    i64 length
    i64 width
    i64 height
    i64 left                # distance of its left flank from the belt's left edge
    i64 x_ref
    i64 s_ref
    i64 rate
    i64 own_rate            # what it would do with nobody in its way
    i64 base_rate           # its steady creep
    i64 slide_x             # nose position where a slip ends, NEVER without
    i64 contact_s           # displacement at which it runs onto the parcel ahead
    i64 chute_s             # displacement of its next edge at the confirm eye
    i64 other_x             # what its nose comes to next besides eyes, and at which displacement something else befalls
    i64 other_s             # it; both as of the last `schedule`
    i64 code_offset         # place of the code behind the nose
    i64 zone_s              # displacement at which its nose came to the gate that takes it
    i64 trigger_x[MAX_TRIGGERS]
    int trigger_fault[MAX_TRIGGERS]
    int triggers
    int next_trigger
    i64 seen_offset         # on the encoder's scale, when an eye last told its leading edge (NEVER: none yet);
                            # `seen_t` is NEVER too once an eye has missed it. And the sighting before
    i64 seen_t
    i64 prev_seen_offset
    i64 prev_seen_t
    i64 seen_length         # by its edges, when an eye last told the trailing one; NEVER: none yet
    i64 gap_ahead           # true gap at the infeed eye
    int code
    int group
    int place               # AT_...
    int chute               # the chute or -1
    int conveyor            # 0 main belt, 1 feeder
    int ahead
    int behind
    int twin                # slot of the parcel beside it, -1
    int nose_eye            # next places in `stations`
    int tail_eye
    int next_scanner
    int blind_eye           # eye that does not see it, -1
    int taken_by            # gate that has caught it, -1
    int is_confirming       # its nose blocks the confirm eye
    int is_stuck            # wedged or jammed
    int in_contact
    int touched             # by a fault
    int near_touched        # a neighbour was
    int is_clipped
    int is_stray
    int is_misread          # a scanner told a valid code that is not its own
    int is_miscounted       # it was on the belt while the encoder lied
    int is_taken            # a hand, a fault or a safe state took it out of its course
    int reads               # codes told for it
    int laps
    int touching            # arrived touching its neighbour
    int track[2]            # latest places in `tracks`, -1
    int has_older           # there are tracks of it before these
    int is_feasible

cdef struct Eye:
    i64 x
    i64 height
    i64 debounce
    int role
    int chute
    int is_sampled          # once a millisecond, not latched at the edge
    int covering            # parcels in the beam
    int is_forced           # dirt blocks it
    int is_muted            # dirt hides what passes
    int is_blocked          # what it last told
    i64 deaf_until          # displacement
    i64 bounce_until        # displacement
    int last_parcel         # slot and id of the parcel that last came into the beam
    i64 last_id

cdef struct Read:
    i64 due
    int code
    i64 parcel_id

cdef struct Scanner:
    i64 x
    i64 latency
    i64 jitter
    i64 window
    int n
    Read reads[MAX_READS]

cdef struct Answer:
    i64 due
    int track
    int answer
    i64 asked

cdef struct Inside:         # a parcel at a gate
    int slot
    i64 id
    int phase
    int is_struck           # within the present movement
    i64 lifted_from         # wheels: displacement since which they carry, NEVER while down
    i64 carried             # wheels: length carried so far
    i64 zone_s              # displacement at which the nose came to the zone

cdef struct Gate:
    i64 start               # sweep zone
    i64 end
    i64 delay
    i64 extend
    i64 retract
    i64 spread
    i64 rated
    i64 margin
    i64 stroke              # pusher: from the extend to the retract command; -1 for others, which are told apart
    int kind
    int side                # 0 left, 1 right
    int safe
    int feedback
    int chute
    # motion: extension in parts per million, `from_e` at `from_t`, towards `goal_e`, arriving at `to_t`
    i64 from_e
    i64 from_t
    i64 goal_e
    i64 to_t
    i64 extend_at           # commanded movements that have not begun
    i64 retract_at
    i64 commanded_out       # when the last extension and the last retraction were commanded
    i64 commanded_home
    i64 commanded_at        # when the present movement was
    i64 cycles
    int is_active           # not at home, or moving
    int is_broken           # fault number or 0
    int is_broken_move      # the present movement began while it was broken
    int is_safe_move        # the present movement is that of a safe state
    int told                # last end position told: 0 moving 1 home 2 extended
    int own[4]              # places in `tracks` it moves for
    int n_own
    int n_inside
    Inside inside[MAX_INSIDE]
    int cursor              # next parcel whose nose has not reached the zone, -1
    int is_stale            # a parcel with which it has to do has come, gone or changed its motion

cdef struct Chute:
    int gate                # -1 end of the belt
    int kind                # 0 sort 1 reject 2 recirculate
    int eye                 # confirm eye, -1
    i64 capacity
    i64 empty
    i64 least
    i64 most                # travel to the confirm eye
    int is_full
    i64 count               # since it was emptied
    i64 total

cdef struct Group:
    int primary             # first chute, -1 none
    u64 chutes[2]           # bit per chute

cdef struct Member:
    i64 id
    int slot
    int place               # AT_BELT until it is final
    int chute
    int group
    int reads
    int priority            # that the board's plan gives its code
    int is_misread
    int is_taken
    int is_touching
    i64 offset              # where an eye saw it last, on the encoder's scale
    i64 length
    i64 left_x              # nose where it left
    i64 shift               # against the encoder since its last sighting, when it was claimed or left
    int is_counted          # readable, routable, feasible, untouched

cdef struct Track:          # most have one member; where the others are: see plant_truth.member
    int number              # the gate logic's track, -1 = unused
    int head                # latched count of its leading edge
    int eye                 # that saw it first
    int n
    i64 t
    int more                # members beyond MAX_MEMBERS
    int dispositions
    int is_judged
    int outcome
    int reason
    int chute
    int confirmed
    int tail                # latched count of its trailing edge, once it has one
    i64 proof_id            # parcel that the eye behind the claim saw, its offset and length
    i64 proof_offset
    i64 proof_length
    int is_proof_told       # it stood stuck in the sweep zone, its own claim made
    Member first

cdef struct Story:
    int kind
    int cause
    i64 parcel
    int track
    i64 t
    int position
    i64 x

cdef struct World:
    u64 seed
    i64 now
    i64 s                   # main belt's displacement at `now`
    int is_plan_changed     # the main belt's speed, the encoder's count or the controller's power has changed
    int is_wait_over        # not the speed alone: a displacement that was waited for means nothing any more
    Conveyor belt[2]        # 0 main, 1 feeder
    Heap timers
    # line
    i64 speed
    i64 length
    i64 width
    i64 acceleration
    i64 um_per_count
    u64 per_count           # `reciprocal` of um_per_count
    i64 entry
    i64 transfer
    i64 brake_step          # by which the feeder's speed changes in one step of its ramp
    i64 merge
    i64 loop
    i64 length_tolerance
    i64 window
    i64 min_length
    i64 max_length
    int end_chute
    int merge_eye
    int infeed_eye
    int n_eyes
    int n_gates
    int n_chutes
    int n_scanners
    int n_groups
    int n_stations
    i64 station_x[MAX_EYES + 1]
    int station_eye[MAX_EYES + 1]
    Eye eye[MAX_EYES]
    Gate gate[MAX_GATES]
    Chute chute[MAX_CHUTES]
    Scanner scanner[MAX_SCANNERS]
    Group* group
    Fault fault[MAX_FAULTS]
    int waiting_fault[MAX_FAULTS]   # those that are drawn per parcel and wait for it on its way
    int n_waiting_faults
    int named_fault[MAX_NAMED]
    i64 named_parcel[MAX_NAMED]
    int n_named
    i64* pair_gap           # (n_gates + 1) squared, index gate + 1; NULL = zeros
    # belt
    int is_running          # commanded
    int is_ramping
    int is_gate_stale       # one of the gates is stale
    int is_held             # feeder
    i64 set_v               # what the drive is set to
    i64 goal_v
    i64 belt_t              # when the main belt's speed changes next, NEVER while it is constant
    i64 feeder_t            # when the next step of the feeder's ramp is due, NEVER while it runs at its goal
    int is_estop
    int bias                # encoder counts told minus counts travelled
    int first_count
    int drive_told
    # parcels
    Parcel* parcel
    int n_free
    int* free
    int first
    int last
    int n_present
    Row* row
    int row_head
    int row_n
    int is_ended
    i64 arrival_shift       # time that the line stood, during which nobody feeds
    i64 last_arrival
    i64 last_length
    i64 stopped_at
    i64 looked_for_room     # when a parcel last found none; NEVER: none waits
    i64 next_stray
    i64 last_movement
    int active[MAX_GATES]
    int n_active
    # codes
    int n_codes
    int* board
    int* host
    i64* read_t
    # loop lane
    int lane[SLOTS]
    int lane_head
    int lane_n
    i64 lane_free_s[SLOTS]
    i64 lane_open_s         # displacement from which the next one may stand at the lane's end
    int lane_waiting        # slot at the lane's end, -1
    int lane_merging        # slot whose tail has not left the lane, -1
    int is_released
    # host
    Answer answer[MAX_ANSWERS]
    int n_answers
    i64 outage_until
    i64 lost_us             # from the host's last word until the line is stopped for it, -1: never
    i64 slow_until
    i64 asked
    # people
    int operator_step
    int trouble             # the last fault that can stop the line, and until when a stop is its doing
    i64 trouble_until
    i64 draws
    # inbox: 5 numbers an input; the places below are 0 when none waits
    int inbox[INBOX * 5]
    int inbox_from          # of the first that waits
    int inbox_seen          # of the first that the loop has not looked at yet
    int inbox_to            # behind the last one
    i64 inputs_lost
    int is_down
    int boots
    i64 booted_at
    i64 cut_at              # when the emergency stop or a power cut last took the actuators' power
    # truth
    Track* track
    Member* others              # MAX_MEMBERS - 1 for each track
    int by_number[NUMBERS]   # place in `track`: see plant_truth.number_place
    int n_tracks            # tracks so far
    int open_track          # interval at the infeed eye, -1
    int covering[MAX_MEMBERS]
    int n_covering
    int safe_told           # gates that the controller has told to be safe in this emergency stop
    # counters
    i64 parcels
    i64 induct
    i64 recirculated
    i64 touching
    i64 side_by_side
    i64 sorted_true
    i64 untouched
    i64 untouched_sorted
    i64 untouched_by_reason[8][32]
    int n_not_sorted
    i64 feasible
    i64 lifted
    i64 thrown
    i64 clipped
    i64 wedged
    i64 jams
    i64 diverted
    i64 gate_strikes
    i64 strikes_safe
    i64 strikes_broken
    i64 strikes_undetectable[8]
    i64 silent_missorts
    i64 missort_cause[8]
    i64 undetectable[8]
    i64 misreads
    i64 undisposed
    i64 doubly_disposed
    i64 unannounced
    i64 estop_violations
    i64 tracks_inducted
    i64 tracks_stray
    i64 by_reason[8][32]
    i64 claimed_chute[MAX_CHUTES]
    i64 confirmed
    i64 unconfirmed
    i64 gap_bins[GAP_BINS]
    i64 latency_bins[LATENCY_BINS]
    i64 reads_told
    i64 readable
    i64 read_ok
    Story story[STORIES]
    int n_stories
    i64 stories_lost
