"""Wear and end positions of the gates: cycles counted, strokes timed."""

from .line_state import emit

try:
    from micropython import const
except ImportError:

    def const(value):
        return value


_MASK = const(0x0FFFFFFF)
_HALF = const(0x08000000)
_EVENT = const(10)
_FAULT = const(11)
_E_GATE_SLOW = const(16)
_F_GATE_WORN = const(12)
_STOPPED = const(0)
_HOME = const(0)
_OUT = const(2)
_LOOSE = const(3)  # perhaps out, perhaps not: it goes home before it is used again
_AT_HOME = const(1)


def count_cycle(st, g):
    hl = st.health
    cycles = hl.cycles[g] + 1
    hl.cycles[g] = cycles
    if cycles == hl.rated[g]:
        emit(st, _FAULT, _F_GATE_WORN, g, cycles & _MASK, st.position)
    if hl.is_watched[g]:
        if hl.has_feedback[g]:
            hl.is_moving[g] = 1
            hl.moved_at[g] = st.ticks
        start_timer(st, g, hl.out_us[g])


def start_timer(st, g, us):
    hl = st.health
    at = (st.ticks + us) & _MASK
    hl.timer[g] = at
    if not hl.is_timed[g]:
        hl.is_timed[g] = 1
        hl.timers[hl.n_timers] = g
        hl.n_timers += 1
    if (at - st.due_ticks) & _HALF:
        st.due_ticks = at


def on_gate_end(st, g, end):
    """End-position feedback: 0 moving, 1 home, 2 extended."""
    hl = st.health
    is_out = st.gates.state[g] == _OUT
    hl.end[g] = end
    if end != _AT_HOME and st.state == _STOPPED and st.gates.state[g] == _HOME:
        # Found at boot, or moved by hand: the next start sends it home.
        st.gates.state[g] = _LOOSE
    if not hl.is_moving[g] or end != (2 if is_out else 1):
        return
    hl.is_moving[g] = 0
    took = ((st.ticks - hl.moved_at[g]) & _MASK) >> 10
    limit = hl.out_us[g] if is_out else hl.home_us[g]
    # More than two thirds of what is allowed: worn or short of air, worth a look before it fails.
    if took * 3 > (limit >> 10) * 2:
        emit(st, _EVENT, _E_GATE_SLOW, 0, g + 128 * (took & 0xFFFF), st.position)
