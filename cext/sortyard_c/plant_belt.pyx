"""Belt and feeder: piecewise constant speed, ramps of 10 ms steps, ripple, and the encoder on the main belt.

Speeds are um/s. The main belt ramps up and coasts down with the line's acceleration. The feeder (metering belt, or
the conveyor in front of the infeed) follows the main belt, never faster, and brakes and starts with its own
acceleration when it is held. Nothing happens at a step of its ramp: it is made when somebody asks where the feeder is,
and asked ahead where it will be. Ripple, when switched on, redraws the running speed every 50 ms within
+- `high` ppm of nominal.
"""

from sortyard_c.plant_heap cimport heap_set
from sortyard_c.plant_rng cimport between, salted
from sortyard_c.plant_world cimport (
    COUNT_MASK, F_RIPPLE, IN_DRIVE, MILLION, NEVER, T_ARRIVAL, T_DRIVE, Conveyor, Fault, World, i64, u64,
)

cdef enum:
    RIPPLE_STEP_US = 50000
    DRIVE_CONTACT_US = 20000    # running contact of the drive behind the command


cdef inline void _begin_segment(Conveyor* c, i64 t, i64 v, u64 per_v) noexcept nogil:
    """Run at another speed from time t on. `per_v` may be 0."""
    cdef i64 total = c.part + c.v * (t - c.t0)
    cdef i64 um = <i64>(<u64>total // MILLION)
    c.um += um
    c.part = total - um * MILLION
    c.t0 = t
    c.v = v
    c.per_v = per_v


cdef void _change_speed(World* w, i64 v) noexcept nogil:
    """The main belt's speed changes now: the feeder never runs faster, and runs on with it when it is free."""
    cdef Conveyor* belt = &w.belt[0]
    cdef Conveyor* feeder = &w.belt[1]
    if w.feeder_t < w.now:
        ramp_feeder(w, w.now)
    _begin_segment(belt, w.now, v, reciprocal(v) if v > 1 else 0)
    belt.next_entry = -NEVER
    if feeder.v > v or (feeder.v < v and not w.is_held and w.feeder_t == NEVER):
        _begin_segment(feeder, w.now, v, belt.per_v)
        feeder.next_entry = -NEVER
    elif not w.is_held:
        feeder.next_entry = -NEVER      # its ramp has another goal
    w.is_plan_changed = 1


cdef inline i64 _ramp_step(World* w, Conveyor* feeder, i64 t) noexcept nogil:
    """One step of the feeder's ramp at time t; when the next one is due, NEVER if it runs at its goal."""
    cdef i64 goal = 0 if w.is_held else w.belt[0].v
    cdef i64 step = w.brake_step
    cdef i64 v = min(feeder.v + step, goal) if feeder.v < goal else max(feeder.v - step, goal)
    _begin_segment(feeder, t, v, w.belt[0].per_v if v == w.belt[0].v else 0)
    return t + RAMP_STEP_US if v != goal else NEVER


cdef void ramp_feeder(World* w, i64 t) noexcept nogil:
    """Make the steps of the feeder's ramp that are due before time t."""
    while w.feeder_t < t:
        w.feeder_t = _ramp_step(w, &w.belt[1], w.feeder_t)


cdef i64 held_travel(World* w) noexcept nogil:
    """How far the feeder comes, at most, before it stands, while nobody frees it."""
    cdef i64 v = w.belt[1].v
    return (v + v * v // (2 * w.brake_step)) * RAMP_STEP_US // MILLION + 1


cdef i64 fed_after(World* w, i64 um) noexcept nogil:
    """Time that the feeder takes for a travel, at least, unless somebody frees it or sets the drive to another speed: it
    keeps its speed until the belt changes its own, ramps up step by step, and is never faster than the belt at most.
    """
    cdef i64 v = w.belt[1].v
    cdef i64 fastest = w.speed + w.speed * w.fault[F_RIPPLE].high // MILLION + 1
    cdef i64 steady, travel
    if um <= 0:
        return 0
    if w.is_held or v <= 0 or w.belt_t == NEVER:
        return um * MILLION // fastest
    if w.feeder_t != NEVER:
        steady = um * MILLION // fastest
        return steady + _ramp_loss(w, steady, fastest) // fastest
    steady = w.belt_t - w.now
    travel = v * steady // MILLION
    return um * MILLION // v if um <= travel else steady + (um - travel) * MILLION // fastest


cdef i64 _ramp_loss(World* w, i64 time, i64 fastest) noexcept nogil:
    """By how much the feeder, which ramps up, falls behind `fastest` within a time, at least, in um/s times us. Once it
    may run as fast as the belt no more is lost: ripple can make it faster at once.
    """
    cdef i64 v = w.belt[1].v + w.brake_step
    cdef i64 slowest = w.goal_v - w.goal_v * w.fault[F_RIPPLE].high // MILLION
    cdef i64 ramp = min(time, max(0, slowest - v) * RAMP_STEP_US // w.brake_step)
    return ramp * (fastest - v - w.brake_step * ramp // (2 * RAMP_STEP_US))


cdef i64 when_ramped(World* w, i64 um) noexcept nogil:
    """First time at which the feeder, whose ramp has more steps, has come to `um`; NEVER."""
    cdef Conveyor ahead = w.belt[1]
    cdef i64 step_t = w.feeder_t
    if w.is_held and travelled(&ahead, step_t) + held_travel(w) < um:
        return NEVER
    while step_t != NEVER and travelled(&ahead, step_t) < um:
        step_t = _ramp_step(w, &ahead, step_t)
    return time_when(&ahead, um)


cdef void drive_belt(World* w, bint is_running) noexcept nogil:
    """Switch the drive; the belt ramps from where its speed is. People stop feeding while the line stands."""
    if w.is_running == is_running:
        return
    ramp_feeder(w, w.now + 1)
    w.is_running = is_running
    w.goal_v = w.set_v if is_running else 0
    w.is_ramping = 1
    set_timer(w, T_DRIVE, w.now + DRIVE_CONTACT_US)
    if is_running:
        w.arrival_shift += w.now - w.stopped_at
        if w.row_n:
            set_timer(w, T_ARRIVAL, max(w.now, w.row[w.row_head].arrival + w.arrival_shift))
    else:
        w.stopped_at = w.now
        w.looked_for_room = NEVER
        set_timer(w, T_ARRIVAL, NEVER)
    belt_step(w)


cdef void set_drive_speed(World* w, i64 v) noexcept nogil:
    """Set the drive to another speed, above 0 and up to the rated one; a belt that runs ramps there."""
    w.set_v = max(1, min(v, w.speed))
    if w.is_running and w.goal_v != w.set_v:
        ramp_feeder(w, w.now + 1)
        w.goal_v = w.set_v
        if not w.is_ramping:  # else its next step is due in its time, however often it is set
            w.is_ramping = 1
            belt_step(w)
        look_for_room(w)


cdef i64 _rippled(World* w) noexcept nogil:
    cdef Fault* ripple = &w.fault[F_RIPPLE]
    cdef i64 parts
    ripple.injected += 1
    ripple.touched = w.parcels
    parts = MILLION + between(salted(ripple.salt, ripple.injected, 0), -ripple.high, ripple.high)
    return <i64>(<u64>(w.goal_v * parts) // MILLION)


cdef void belt_step(World* w) noexcept nogil:
    """One ramp step, or the next ripple."""
    cdef i64 v = w.belt[0].v
    cdef i64 next_step = NEVER
    cdef i64 step
    if w.is_ramping:
        step = w.acceleration * RAMP_STEP_US // MILLION
        v = max(v - step, w.goal_v) if v > w.goal_v else min(v + step, w.goal_v)
        w.is_ramping = v != w.goal_v
        if w.is_ramping or v and w.fault[F_RIPPLE].is_on:
            next_step = w.now + RAMP_STEP_US
    elif v:
        v = _rippled(w)
        next_step = w.now + RIPPLE_STEP_US
    if v != w.belt[0].v:
        _change_speed(w, v)
    w.belt_t = next_step


cdef void hold_feeder(World* w, bint is_held) noexcept nogil:
    """Stop or run the feeder."""
    if w.is_held != is_held:
        ramp_feeder(w, w.now + 1)
        w.is_held = is_held
        w.feeder_t = _ramp_step(w, &w.belt[1], w.now)
        w.belt[1].next_entry = -NEVER
        if not is_held:
            look_for_room(w)


cdef void encoder_glitch(World* w, int counts) noexcept nogil:
    """Counts that the encoder adds (positive) or misses (negative). It never counts backwards while it moves."""
    w.bias += counts
    w.is_plan_changed = 1
    w.is_wait_over = 1


cdef i64 when_count(World* w, int count) noexcept nogil:
    """First time, not before now, at which the encoder shows `count` with the present speed."""
    return max(w.now, time_when(&w.belt[0], where_count(w, whole_counts(w, w.s), count)))


cdef void drive_contact(World* w) noexcept nogil:
    """The drive's running contact follows the command; counts go on while the belt coasts."""
    set_timer(w, T_DRIVE, NEVER)
    if w.drive_told != w.is_running:
        w.drive_told = w.is_running
        tell(w, IN_DRIVE, 0, w.is_running, 0)


cdef void look_for_room(World* w) noexcept nogil:
    """The feeder runs again, or its last parcel has made room all at once: look again at the next poll."""
    cdef i64 since = w.now - w.looked_for_room
    if w.looked_for_room != NEVER:
        set_timer(w, T_ARRIVAL, w.looked_for_room + max(1, (since + POLL_US - 1) // POLL_US) * POLL_US)
