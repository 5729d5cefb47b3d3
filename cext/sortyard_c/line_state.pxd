cimport cython

from sortyard_c.agenda cimport Agenda
from sortyard_c.tables cimport Ints, Tables
from sortyard_c.tracks cimport Tracks

include "constants/line_state.pxi"


@cython.final
cdef class Eyes(Tables):
    cdef Ints role, chute, blocked, x, window, slip, inside, left, gone, latest
    cdef public int n, n_stations, has_end_eye, late, tolerance, jam


@cython.final
cdef class Scanners(Tables):
    cdef Ints x, window, latency, guard
    cdef public int n, end


@cython.final
cdef class Gates(Tables):
    cdef Ints is_impulse, start, end, margin, lead, back, decide, section, safe, state, track, number, queued
    cdef Ints queued_due, home_at, epoch, bad, sick, fails, strange_first, strange_last
    cdef public int n


@cython.final
cdef class Health(Tables):
    cdef Ints has_feedback, is_watched, out_us, home_us, rated, end, is_moving, moved_at, cycles, timer, is_timed
    cdef Ints timers
    cdef public int n_timers


@cython.final
cdef class Chutes(Tables):
    cdef Ints kind, gate, least, most, has_confirm, state, heaped, first, unexpected, failed, group_first
    cdef Ints group_chute
    cdef public int n, full_travel, end_chute, recirculation, n_groups


@cython.final
cdef class Merge:
    cdef public int meter_gap, meter_clear, has_metered, clear_travel, pass_travel, give_up_travel, state
    cdef public int is_waiting, is_held, load, warning, run_out, run_out_shift


@cython.final
cdef class Encoder:
    cdef public int fastest, steady_tolerance, drift, grace, coast, rated, last, smooth, position, ticks, drive_on, samples


@cython.final
cdef class Rules:
    cdef public int min_length, max_length, has_host, recirculate_reasons, lap_limit, deadline_guard, is_compact


cdef class LineState(Tables):
    cdef public Eyes eyes
    cdef public Scanners scanners
    cdef public Gates gates
    cdef public Health health
    cdef public Chutes chutes
    cdef public Merge merge
    cdef public Encoder encoder
    cdef public Tracks tracks
    cdef public Agenda agenda
    cdef public Agenda gate_agenda
    cdef public Rules rules
    cdef Ints slot_laps, out_ring, in_ring
    cdef public int chute_entity, meter_entity, merge_entity, out_first, out_count, outputs_lost
    cdef public int in_first, in_count, inputs_lost, edges_wait, is_flushing, position, ticks, speed
    cdef public int is_steady, is_standing, due_position, due_ticks, is_pending, is_input_next, passed_over, next_track, state, epoch
    cdef public int stop_epoch, stop_position, reset_epoch, estop_level, urgent, is_safe, halts, home_next
    cdef public int must_recover
    cdef public int is_touched, is_agreeing, check_next, infeed_hold, inducting, read_head
    cdef public int takes_over, front, border_eye, handed, dead_zones


cpdef void emit(LineState st, int kind, int a, int b, int c, int position) noexcept
cpdef void schedule(LineState st, int t) noexcept
cpdef int travelled(LineState st, int t) noexcept
cpdef int is_confirm_blocked(LineState st, int chute) noexcept
cpdef int refusal(LineState st, int chute) noexcept
