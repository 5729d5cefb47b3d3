"""Where a parcel goes at a diverter: outlines against outlines, in closed form.

x runs along the belt, y across it from the diverter's own side (0) to the far edge (W, the belt's width). The sweep
zone is z0..z1. A parcel has its flanks at y_near and y_far, a length L and a leading edge at x. The extension e of a
gate is piecewise linear in time, 0 home, 1 in place. Lengths that pass a line are exact; each threshold below is a
fraction of L or of the width.

Swing arm. The blade is a line from its pivot (z0, 0) to its tip (z1, e W).
- In place (e = 1) it meets the nose's near corner at x = z0 + (z1 - z0) y_near / W: *caught*.
- Otherwise the tip's line x = z1 decides when the nose gets there: the tip beyond the parcel's middle
  (e W >= (y_near + y_far) / 2): caught. Beyond its near flank only: *clipped*. Short of it: free.
- A free parcel whose flank the tip then hits (e W >= y_near while moving out): clipped if the part of L that has
  passed the tip is below 1/4 or above 3/4, else *wedged* across the belt.
- A caught parcel is *diverted* when its tail has passed z1. If the blade goes home and the tip comes back over the
  parcel's middle before: diverted from 3/4 of L past z1, wedged from 1/4, else clipped.

Pop-up wheels. Lifted above half of their stroke they carry sideways whatever length of the parcel passes over their
line, the middle of the zone. When the tail has passed it, or when the wheels go down under the parcel, the carried
share decides: from 3/4 diverted, from 1/4 wedged, from 1/10 clipped, below that *passed*.

Pusher. The plate covers z0..z1 and its face stands at y = e W.
- It meets a near flank that overlaps z0..z1 when e W reaches y_near: caught if the parcel's centre is within z0..z1;
  up to L/4 outside wedged; further outside clipped.
- Caught, it is diverted when its centre is over the far edge, e W >= W - (y_far - y_near) / 2; if the plate turns
  back before, wedged.
- A nose that arrives at z0 with the face beyond y_near runs onto the plate's end: wedged if the plate covers half
  of its width or more, else clipped.

Clipped: turned by up to 30 degrees (new effective length) and set back by up to 40 mm; goes on along the belt.
Wedged: stands there until people take it away. Not touched: passed.
"""

from sortyard_c.plant_belt cimport set_timer
from sortyard_c.plant_chutes cimport begin_slide, enter_chute, stop_slide
from sortyard_c.plant_heap cimport key_of
from sortyard_c.plant_motion cimport nose, reshape, schedule, set_own_rate, when_at
from sortyard_c.plant_rng cimport between, draw
from sortyard_c.plant_world cimport (
    AT_BELT, KIND_ARM, KIND_PUSHER, KIND_WHEEL, MILLION, NEVER, T_CLEAR, Gate, Inside, Parcel, World, i64,
)

cdef enum:
    P_CLIP = 43
    P_CLEAR = 44
    HALF = 500000
    CLEAR_LEAST_US = 15000000   # until people have come to a stuck parcel
    CLEAR_MOST_US = 40000000
    SET_BACK_MOST_UM = 40000


cdef i64 near_flank(World* w, Gate* gate, Parcel* p) noexcept nogil:
    """Distance of the parcel's nearer flank from the diverter's side."""
    return max(0, p.left if gate.side == 0 else w.width - p.left - p.width)


cdef i64 next_x(World* w, Gate* gate, Inside* at) noexcept nogil:
    """Nose position at which something is decided next."""
    cdef Parcel* p = &w.parcel[at.slot]
    if gate.kind == KIND_ARM:
        if at.phase == PH_ENTER:
            return gate.start + (gate.end - gate.start) * near_flank(w, gate, p) // w.width
        if at.phase == PH_INNER:
            return gate.end
    elif gate.kind == KIND_WHEEL and at.phase < PH_DONE:
        return (gate.start + gate.end) // 2 + (p.length if at.phase else 0)
    elif at.phase == PH_CAUGHT:
        return NEVER
    return gate.end + p.length


cdef i64 threshold(World* w, Gate* gate, Inside* at) noexcept nogil:
    """Extension at whose crossing something happens to this parcel, -1 if there is none.

    Arms and pushers: crossed outwards, except a caught parcel at an arm (inwards). Wheels: both ways.
    """
    cdef Parcel* p = &w.parcel[at.slot]
    cdef i64 near = near_flank(w, gate, p)
    if gate.kind == KIND_WHEEL:
        return HALF if at.phase == PH_PAST or at.phase == PH_CAUGHT else -1
    if gate.kind == KIND_ARM:
        if at.phase == PH_PAST:
            return near * MILLION // w.width + 1
        return (near + p.width // 2) * MILLION // w.width if at.phase == PH_CAUGHT else -1
    if at.phase == PH_ENTER:
        return near * MILLION // w.width + 1
    return (w.width - p.width // 2) * MILLION // w.width if at.phase == PH_CAUGHT else -1


cdef void _caught(World* w, int g, Inside* at) noexcept nogil:
    at.phase = PH_CAUGHT
    w.parcel[at.slot].taken_by = g
    set_own_rate(w, at.slot, MILLION)   # pulled aside, it no longer lies behind the one ahead
    begin_slide(w, at.slot, w.gate[g].chute, at.zone_s)


cdef void _diverted(World* w, int g, Inside* at) noexcept nogil:
    cdef Gate* gate = &w.gate[g]
    if at.phase != PH_CAUGHT:
        _caught(w, g, at)
    at.phase = PH_DONE
    enter_chute(w, at.slot, gate.chute)


cdef void _clipped(World* w, int g, Inside* at) noexcept nogil:
    cdef Parcel* p = &w.parcel[at.slot]
    cdef i64 turn = between(draw(w.seed, P_CLIP, p.id, g), 0, 500)
    cdef i64 back = between(draw(w.seed, P_CLIP, p.id, g + 1000), 0, SET_BACK_MOST_UM)
    _let_go(w, g, at)
    w.clipped += 1
    p.is_clipped = 1
    reshape(w, at.slot, nose(w, at.slot) - back,
            (p.length * (1000 - turn * turn // 2000) + p.width * turn) // 1000)


cdef void _wedged(World* w, int g, Inside* at) noexcept nogil:
    _let_go(w, g, at)
    stick(w, at.slot)
    w.wedged += 1


cdef void _let_go(World* w, int g, Inside* at) noexcept nogil:
    at.phase = PH_DONE
    # A gate that went out before its power was cut may not hold the parcel, whatever becomes of it later.
    if w.gate[g].is_safe_move or w.gate[g].is_broken or w.gate[g].commanded_out < w.cut_at:
        w.parcel[at.slot].is_taken = 1
    if w.parcel[at.slot].taken_by >= 0:
        w.parcel[at.slot].taken_by = -1
        stop_slide(w, at.slot)
        set_own_rate(w, at.slot, w.parcel[at.slot].base_rate)
        reshape(w, at.slot, nose(w, at.slot), w.parcel[at.slot].length)


cdef void stick(World* w, int i) noexcept nogil:
    """The parcel stands on the moving belt; people come for it."""
    w.parcel[i].is_stuck = 1
    w.parcel[i].slide_x = NEVER
    set_own_rate(w, i, 0)
    if key_of(&w.timers, T_CLEAR) == NEVER:
        set_timer(w, T_CLEAR, w.now + between(
            draw(w.seed, P_CLEAR, w.parcel[i].id, 0), CLEAR_LEAST_US, CLEAR_MOST_US))


cdef void _by_share(World* w, int g, Inside* at, i64 done, i64 clip_from) noexcept nogil:
    """Decide by how much of its length, in thousandths, has gone the gate's way."""
    if done >= 750:
        _diverted(w, g, at)
    elif done >= 250:
        _wedged(w, g, at)
    elif done >= clip_from:
        _clipped(w, g, at)
    else:
        _let_go(w, g, at)


cdef void _carry(World* w, Inside* at, bint is_up) noexcept nogil:
    """Wheels: add what they have carried, and go on or stop."""
    if at.lifted_from != NEVER:
        at.carried += w.s - at.lifted_from
        at.lifted_from = NEVER
    if is_up:
        at.lifted_from = w.s


cdef bint reach_line(World* w, int g, Inside* at) noexcept nogil:
    """The nose is at `next_x`. True if the parcel has left the zone."""
    cdef Gate* gate = &w.gate[g]
    cdef Parcel* p = &w.parcel[at.slot]
    cdef i64 e = extension(gate, w.now)
    cdef i64 near = near_flank(w, gate, p)
    if gate.kind == KIND_WHEEL and at.phase < PH_DONE:
        if at.phase == PH_ENTER:
            at.phase = PH_PAST
            _carry(w, at, e >= HALF)
            if e >= HALF:
                _caught(w, g, at)
            return False
        _carry(w, at, False)
        _by_share(w, g, at, at.carried * 1000 // p.length, 100)
        return w.parcel[at.slot].place != AT_BELT
    if gate.kind == KIND_ARM and at.phase == PH_ENTER:
        at.phase = PH_INNER
        if e >= MILLION:
            _caught(w, g, at)
        return False
    if gate.kind == KIND_ARM and at.phase == PH_INNER:
        at.phase = PH_PAST
        if e * w.width >= (near + p.width // 2) * MILLION:
            _caught(w, g, at)
        elif e * w.width > near * MILLION:
            _clipped(w, g, at)
        return False
    if at.phase == PH_CAUGHT and gate.kind == KIND_ARM:
        _diverted(w, g, at)
    return at.phase != PH_CAUGHT


cdef bint cross_threshold(World* w, int g, Inside* at) noexcept nogil:
    """The gate may have crossed the parcel's threshold. True if the parcel has left the belt."""
    cdef Gate* gate = &w.gate[g]
    cdef Parcel* p = &w.parcel[at.slot]
    cdef i64 e = extension(gate, w.now)
    cdef i64 limit = threshold(w, gate, at)
    cdef i64 x = nose(w, at.slot)
    cdef i64 lever
    if limit < 0:
        return False
    if gate.kind == KIND_WHEEL:
        _wheels_cross(w, g, at, e >= HALF)
    elif gate.kind == KIND_ARM and at.phase == PH_PAST:
        if e >= limit and gate.goal_e > 0:
            lever = (x - gate.end) * 1000 // p.length
            if lever < 250 or lever > 750:
                _clipped(w, g, at)
            else:
                _wedged(w, g, at)
    elif gate.kind == KIND_ARM:
        if e < limit:
            _by_share(w, g, at, max(0, x - gate.end) * 1000 // p.length, 0)
    elif at.phase == PH_ENTER:
        if e >= limit and gate.goal_e > 0 and x > gate.start and x - p.length < gate.end:
            lever = x - p.length // 2
            lever = max(gate.start - lever, lever - gate.end)
            if lever <= 0:
                _caught(w, g, at)
            elif lever <= p.length // 4:
                _wedged(w, g, at)
            else:
                _clipped(w, g, at)
    elif e >= limit:
        _diverted(w, g, at)
    elif gate.goal_e == 0:
        _wedged(w, g, at)
    return w.parcel[at.slot].place != AT_BELT


cdef void _wheels_cross(World* w, int g, Inside* at, bint is_up) noexcept nogil:
    cdef i64 share
    if is_up == (at.lifted_from != NEVER):
        return
    _carry(w, at, is_up)
    share = at.carried * 1000 // w.parcel[at.slot].length
    if is_up and at.phase == PH_PAST:
        _caught(w, g, at)
    elif not is_up and share >= 100:
        _by_share(w, g, at, share, 100)
    elif not is_up:
        _let_go(w, g, at)
        at.phase = PH_PAST


cdef void run_onto(World* w, int g, Inside* at) noexcept nogil:
    """A nose arrives at the zone: a pusher that is out stands in its way."""
    cdef Gate* gate = &w.gate[g]
    cdef Parcel* p = &w.parcel[at.slot]
    cdef i64 over
    if gate.kind != KIND_PUSHER:
        return
    over = extension(gate, w.now) * w.width // MILLION - near_flank(w, gate, p)
    if over <= 0:
        return
    if 2 * over >= p.width:
        _wedged(w, g, at)
    else:
        _clipped(w, g, at)
