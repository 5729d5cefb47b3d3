"""The plant's counters, stories and present picture as plain Python objects."""

from sortyard_c.plant_divert cimport extension
from sortyard_c.plant_motion cimport nose
from sortyard_c.plant_world cimport (
    AT_BELT, AT_FEEDER, GAP_BINS, LATENCY_BINS, NEVER, N_FAULTS, SLOTS, Story, World, i64,
)
from sortyard_c.undetectable import CAUSES

STORY_KINDS = {
    1: "gate_strike", 2: "strike_safe_state", 3: "strike_broken_machine", 4: "strike_undetectable",
    5: "silent_missort", 6: "undetectable", 7: "misread", 8: "undisposed", 9: "doubly_disposed",
    10: "estop_violation", 11: "unannounced", 12: "not_sorted",
}
MISSORT_CAUSES = {1: "nobody", 2: "elsewhere", 3: "nowhere", 4: "wrong_group"}
PLACES = {1: "feeder", 2: "belt", 3: "chute", 4: "loop", 5: "end", 6: "lifted"}
_CAUSED_BY = {"silent_missort": MISSORT_CAUSES, "undetectable": CAUSES, "strike_undetectable": CAUSES}


cdef dict results_of(World* w):
    """Plain counters; lists are histograms or stand per chute."""
    cdef int n
    causes = {CAUSES[n]: w.undetectable[n] for n in CAUSES}
    strikes = {CAUSES[n]: w.strikes_undetectable[n] for n in CAUSES}
    return {
        "parcels": w.parcels, "induct": w.induct, "touching": w.touching, "side_by_side": w.side_by_side,
        "sorted_true": w.sorted_true, "sorted_confirmed": w.confirmed, "sorted_unconfirmed": w.unconfirmed,
        "gate_strikes": w.gate_strikes, "strikes_safe_state": w.strikes_safe,
        "strikes_broken_machine": w.strikes_broken, "strikes_undetectable": sum(strikes.values()),
        "strikes_undetectable_by_cause": strikes,
        "silent_missorts": w.silent_missorts,
        "silent_missorts_by_cause": {MISSORT_CAUSES[n]: w.missort_cause[n] for n in range(1, 5)},
        "undetectable": sum(causes.values()), "undetectable_by_cause": causes, "misreads": w.misreads,
        "undisposed": w.undisposed, "doubly_disposed": w.doubly_disposed, "unannounced": w.unannounced,
        "estop_violations": w.estop_violations,
        "untouched_dispositions": {(a, b): w.untouched_by_reason[a][b] for a in range(8) for b in range(32)
                                   if w.untouched_by_reason[a][b]},
        "untouched_feasible": w.untouched, "untouched_sorted": w.untouched_sorted,
        "diverted": w.diverted, "recirculated": w.recirculated, "lifted": w.lifted, "thrown": w.thrown,
        "clipped": w.clipped, "wedged": w.wedged, "jams": w.jams,
        "tracks_inducted": w.tracks_inducted, "tracks_stray": w.tracks_stray,
        "boots": w.boots, "inputs_lost": w.inputs_lost, "reads": w.reads_told, "passed_scanner": w.readable,
        "passed_scanner_read": w.read_ok, "stories_lost": w.stories_lost, "time_us": w.now,
        "dispositions": {(a, b): w.by_reason[a][b] for a in range(8) for b in range(32) if w.by_reason[a][b]},
        "claimed_by_chute": [w.claimed_chute[n] for n in range(w.n_chutes)],
        "in_chute": [w.chute[n].total for n in range(w.n_chutes)],
        "gate_cycles": [w.gate[n].cycles for n in range(w.n_gates)],
        "gap_bins_20_mm": [w.gap_bins[n] for n in range(GAP_BINS)],
        "latency_bins_10_ms": [w.latency_bins[n] for n in range(LATENCY_BINS)],
        "faults": [(w.fault[n].injected, w.fault[n].touched) for n in range(N_FAULTS)],
    }


cdef list stories_of(World* w):
    """The never cases in the order in which they happened."""
    found = []
    cdef int n
    cdef Story* s
    for n in range(w.n_stories):
        s = &w.story[n]
        kind = STORY_KINDS[s.kind]
        names = _CAUSED_BY.get(kind)
        found.append({
            "kind": kind, "cause": names[s.cause] if names else s.cause,
            "parcel": None if s.parcel == NEVER else s.parcel,
            "track": s.track, "t_us": s.t, "position": s.position, "x_um": None if s.x == NEVER else s.x,
        })
    return found


cdef list parcels_of(World* w):
    """Everything on feeder and belt from the most downstream parcel on."""
    cdef int i = w.first
    found = []
    while i >= 0:
        found.append({
            "id": w.parcel[i].id, "nose_um": nose(w, i), "length_um": w.parcel[i].length,
            "left_um": w.parcel[i].left, "width_um": w.parcel[i].width, "place": PLACES[w.parcel[i].place],
            "is_stuck": bool(w.parcel[i].is_stuck), "is_clipped": bool(w.parcel[i].is_clipped),
            "taken_by": w.parcel[i].taken_by, "laps": w.parcel[i].laps,
        })
        i = w.parcel[i].behind
    return found


cdef list gates_of(World* w):
    """Extension of every gate in parts per million of its stroke."""
    return [extension(&w.gate[n], w.now) for n in range(w.n_gates)]
