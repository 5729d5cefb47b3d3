cimport cython

from sortyard_c.agenda cimport Agenda
from sortyard_c.tracks cimport Tracks

cdef int _MASK, _HALF, _NONE, _NEVER, _IN_RING, _OUT_RING, _OUT_RESERVE, _INPUTS_PER_STEP, _DUES_PER_STEP
cdef int _TIMERS_PER_STEP, _WALK, _SAMPLE_US, _SLOTS, _EYE_BLOCKED, _EYE_CLEARED, _READ, _DESTINATION
cdef int _CHUTE, _GATE_HEALTH, _GATE_END, _DRIVE, _ESTOP, _RESET, _START, _RESTART_POLICY, _STOP
cdef int _GATE_EXTEND, _GATE_RETRACT, _GATE_HOLD, _GATES_SAFE, _LINE, _INFEED, _MERGE, _DISPOSITION
cdef int _DEST_REQUEST, _EVENT, _FAULT, _SORTED, _RECIRCULATED, _REJECTED, _LOST, _STRAY, _R_NO_READ
cdef int _R_MULTI_READ, _R_NO_DATA, _R_LATE_DATA, _R_CHUTE_FULL, _R_CHUTE_DISABLED, _R_GATE_FAULT
cdef int _R_GAP_TOO_SMALL, _R_LENGTH, _R_UNCERTAIN, _R_FLUSHED, _R_LAP_LIMIT, _R_NOT_SEEN, _R_MERGED
cdef int _R_UNPROVEN, _R_CARRIED, _R_VANISHED, _E_INDUCTED, _E_MEASURED, _E_ASSIGNED, _E_ROUTED
cdef int _E_CONDEMNED, _E_DOUBTED, _E_DIVERT_FAILED, _E_STRAY_SEEN, _E_UNEXPECTED_CONFIRM
cdef int _E_READ_UNASSIGNED, _E_LATE_ANSWER, _E_FLUSH, _E_RESUMED, _E_CHUTE_FULL, _E_CHUTE_FREE
cdef int _E_GATE_SLOW, _E_LOOP_LOAD, _E_BELT_UNSTEADY, _D_LENGTH, _D_AMBIGUOUS, _D_DIVERT_FAILED, _D_BELT
cdef int _F_JAM, _F_STALLED, _F_DRIFT, _F_OVERSPEED, _F_REVERSED, _F_NO_END, _F_GATE_FAILS, _F_TRACKS_FULL
cdef int _F_INPUTS_LOST, _F_OUTPUTS_LOST, _F_GATE_STUCK, _F_GATE_WORN, _INFEED_EYE, _VERIFY_EYE, _END_EYE
cdef int _CONFIRM_EYE, _METER_EYE, _MERGE_EYE, _STOPPED, _RUNNING, _STARTING, _ESTOPPED, _FAULTED, _IS_STRAY
cdef int _IS_UNCERTAIN, _IS_NAMELESS, _AMBIG_FRONT, _AMBIG_BACK, _IS_FIRED, _IS_CONFIRMED, _IS_PROVISIONAL
cdef int _IS_OFF_BELT, _IS_MULTI, _IS_BLOCK, _READING, _WAITING, _DECIDED, _NO_GATE, _ROUTED, _COMMITTED
cdef int _HOME, _ARMED, _OUT, _IDLE, _CLEARING, _RELEASING, _PASSING, _HOLD_METER, _HOLD_MERGE, _HOLD_LINE
cdef int _VERSION, _HEAD, _EYE_ROW, _SCANNER_ROW, _GATE_ROW, _CHUTE_ROW, _SAFE_HOLD, _HOST_ONLY
cdef int _DIVERT_FAILS, _UNEXPECTED


@cython.final
cdef class GateLogic:
    cdef public Agenda agenda
    cdef public Tracks tracks
    cdef public int[::1] config, in_ring, out_ring, eye_role, eye_x, eye_window, eye_chute, eye_blocked, station_x
    cdef public int[::1] station_window, slip, in_eye, scan_x, scan_window, scan_latency, scan_guard, group_first
    cdef public int[::1] group_chute, gate_impulse, zone_start, zone_end, gate_margin, gate_lead, gate_return, gate_decide
    cdef public int[::1] gate_section, gate_safe, gate_feedback, gate_out_us, gate_home_us, gate_rated, gate_state
    cdef public int[::1] gate_track, gate_number, gate_next, gate_next_due, gate_home_at, gate_is_moving, gate_epoch
    cdef public int[::1] gate_bad, gate_sick, gate_end_seen, gate_moved_at, gate_cycles, gate_fails, gate_timer, gate_timed
    cdef public int[::1] timers, gates_out, gates_hold, chute_kind, chute_gate, travel_least, travel_most, has_confirm
    cdef public int[::1] chute_state, chute_heaped, chute_first, chute_unexpected, slot_laps
    cdef public int n_eyes, n_scanners, n_gates, n_chutes, n_groups, n_stations, has_end_eye, min_length, max_length
    cdef public int jam_length, length_tolerance, steady_tolerance, has_host, is_flushing, recirculate_reasons
    cdef public int recirculation_chute, lap_limit, loop_warning, end_chute, meter_gap, read_end, deadline_guard
    cdef public int edge_late, gate_entity, chute_entity, meter_entity, merge_entity, in_first, in_count, inputs_lost
    cdef public int out_first, out_count, outputs_lost, position, ticks, is_started, due_position, due_ticks
    cdef public int is_pending, n_timers, state, epoch, stop_epoch, reset_epoch, estop_level, estop_latch, must_recover
    cdef public int is_touched, is_agreeing, check_next, drive_on, drive_samples, speed, is_steady, is_standing
    cdef public int sample_position, sample_ticks, infeed_hold, inducting, read_head, meter_clear, has_metered
    cdef public int merge_state, merge_eye_blocked, loop_load

    cpdef int feed(self, int kind, int index, int position, int a, int b) noexcept
    cpdef void step(self, int position, int ticks) noexcept
    cpdef int drain(self, int[::1] buffer, int offset) noexcept
    cdef void _begin(self) noexcept
    cdef void _work(self) noexcept
    cdef void _take_input(self) noexcept
    cdef void _run_dues(self) noexcept
    cdef void _run_ticks(self) noexcept
    cdef void _emit(self, int kind, int a, int b, int c, int position) noexcept
    cdef void _event(self, int code, int t, int detail) noexcept
    cdef void _schedule(self, int t) noexcept
    cdef void _run_track(self, int t) noexcept
    cdef void _on_blocked(self, int eye, int position) noexcept
    cdef void _on_cleared(self, int eye, int position) noexcept
    cdef void _induct(self, int position) noexcept
    cdef void _measure(self, int position) noexcept
    cdef void _expect(self, int t) noexcept
    cdef int _error(self, int t, int s, int position) noexcept
    cdef void _at_station(self, int s, int position) noexcept
    cdef void _seen(self, int t, int s, int position, int error) noexcept
    cdef void _learn_slip(self, int s, int error) noexcept
    cdef void _station_cleared(self, int s, int position) noexcept
    cdef void _resolve(self, int t) noexcept
    cdef void _overlong(self, int t) noexcept
    cdef void _stray(self, int s, int position) noexcept
    cdef void _not_seen(self, int t) noexcept
    cdef void _leave_belt(self, int t) noexcept
    cdef void _forget_place(self, int t) noexcept
    cdef void _on_read(self, int scanner, int position, int a, int b) noexcept
    cdef int _nearest(self, int t, int along, int length, int window, int scanner) noexcept
    cdef void _assign(self, int t, int slot, int plan) noexcept
    cdef void _close_reads(self, int t) noexcept
    cdef int _deadline(self, int plan) noexcept
    cdef void _answer_late(self, int t) noexcept
    cdef void _on_destination(self, int slot, int handle, int group) noexcept
    cdef void _route_answer(self, int t) noexcept
    cdef void _route_plan(self, int t) noexcept
    cdef void _route_group(self, int t, int group) noexcept
    cdef void _route(self, int t, int group, int passed_over) noexcept
    cdef void _send(self, int t, int chute) noexcept
    cdef int _decide_at(self, int t, int chute) noexcept
    cdef int _refusal(self, int chute) noexcept
    cdef void _fall_back(self, int t, int reason) noexcept
    cdef void _condemn(self, int t, int reason) noexcept
    cdef void _doubt(self, int t, int cause) noexcept
    cdef void _sync(self, int g) noexcept
    cdef void _decide(self, int t) noexcept
    cdef void _reroute(self, int t, int chute, int reason) noexcept
    cdef int _commit(self, int t, int g) noexcept
    cdef int _is_for(self, int t, int g) noexcept
    cdef int _is_clear(self, int t, int g, int extend, int margin) noexcept
    cdef int _reserve(self, int t, int g, int extend, int home) noexcept
    cdef void _arm(self, int g, int t, int extend) noexcept
    cdef void _await_confirm(self, int t, int g) noexcept
    cdef void _hold(self, int t, int g) noexcept
    cdef void _plan_retract(self, int g, int t) noexcept
    cdef void _run_gate(self, int g) noexcept
    cdef void _extend(self, int g) noexcept
    cdef void _retract(self, int g) noexcept
    cdef int _next_at(self, int g) noexcept
    cdef void _send_home(self, int g) noexcept
    cdef void _cancel(self, int t) noexcept
    cdef void _start_timer(self, int g, int us) noexcept
    cdef void _timer_over(self, int g) noexcept
    cdef void _on_gate_end(self, int g, int end) noexcept
    cdef void _on_confirm(self, int chute, int position) noexcept
    cdef void _confirmed(self, int t, int chute, int position) noexcept
    cdef void _settle_provisional(self, int chute, int until) noexcept
    cdef void _claim(self, int t) noexcept
    cdef void _recirculated(self, int t, int chute, int confirmed) noexcept
    cdef void _confirm_missing(self, int t) noexcept
    cdef void _divert_failed(self, int t) noexcept
    cdef void _drop_provisional(self, int chute, int until) noexcept
    cdef void _unwait(self, int t) noexcept
    cdef void _heap(self, int chute) noexcept
    cdef void _finish(self, int t) noexcept
    cdef void _dispose(self, int t, int outcome, int reason, int chute, int confirmed) noexcept
    cdef void _on_command(self, int kind, int a) noexcept
    cdef void _halt(self) noexcept
    cdef void _enter_estop(self) noexcept
    cdef void _stop_fault(self, int code, int index, int detail) noexcept
    cdef void _continue_start(self) noexcept
    cdef void _start_running(self) noexcept
    cdef void _hold_infeed(self, int cause, int on) noexcept
    cdef void _sample_speed(self) noexcept
    cdef void _encoder_fault(self, int code, int detail) noexcept
    cdef void _meter_blocked(self, int position) noexcept
    cdef void _merge_blocked(self, int position) noexcept
    cdef void _merge_begin(self) noexcept
    cdef void _merge_cleared(self, int position) noexcept
    cdef void _run_merge(self) noexcept
    cdef void _merge_done(self) noexcept
