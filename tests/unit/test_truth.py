"""The truth: claims against places, strikes, dispositions; a hand says what a controller would."""

from functools import partial

import pytest

from sortyard.config.timing import gate_timings, stroke_ms
from unit.plant_lab import (
    ESTOP,
    EVENT,
    EXTEND,
    HOLD,
    INFEED_EYE,
    LINE,
    MERGE,
    MM,
    MS,
    READ,
    REJECT_CHUTE,
    RETRACT,
    SAFE,
    SORT_CHUTE,
    Faults,
    Lab,
    S,
    at,
    short_line,
)

SORTED, RECIRCULATED, REJECTED, LOST, STRAY = 1, 2, 3, 4, 5
ARRIVES = 3 * S
AT_INFEED = ARRIVES + 800 * MS
AT_GATE = ARRIVES + 2300 * MS  # nose at the sweep zone
AT_END = ARRIVES + 4700 * MS


def one_parcel(line=None, code: int = 0, faults: Faults | None = None) -> Lab:
    """A parcel that has passed the infeed eye and is known as track 1."""
    lab = Lab(line, faults=faults)
    lab.add(ARRIVES, code=code)
    lab.until(AT_INFEED + 400 * MS)
    lab.induct(1)
    return lab


def divert(lab: Lab, track: int = 1, begin: int = AT_GATE) -> None:
    """In place before the nose is there, home after the tail has passed."""
    lab.until(begin - 250 * MS)
    lab.command(EXTEND, 0, track)
    lab.until(begin + 800 * MS)
    lab.command(RETRACT, 0, track)


def finish(lab: Lab) -> dict:
    lab.plant.end_of_parcels()
    lab.until(60 * S)
    lab.plant.close()
    return lab.results()


def never(results: dict) -> dict[str, int]:
    """The counters that should be zero, those that are not."""
    names = (
        "silent_missorts",
        "gate_strikes",
        "undisposed",
        "doubly_disposed",
        "unannounced",
        "estop_violations",
    )
    return {name: results[name] for name in names if results[name]}


def test_a_parcel_that_is_sorted_where_the_claim_says():
    lab = one_parcel()
    divert(lab)
    lab.claim(1, SORTED, chute=SORT_CHUTE, is_confirmed=True)
    results = finish(lab)
    assert never(results) == {}
    assert (results["sorted_true"], results["untouched_feasible"], results["untouched_sorted"]) == (1, 1, 1)
    assert results["dispositions"] == {(SORTED, 0): 1}
    assert (results["sorted_confirmed"], results["claimed_by_chute"]) == (1, [1, 0])
    assert results["untouched_dispositions"] == {(SORTED, 0): 1}


@pytest.mark.parametrize("claims_first", [True, False])
def test_a_good_parcel_that_is_not_sorted_is_told_with_its_reason(claims_first):
    lab = one_parcel()
    lab.until(AT_END if claims_first else AT_END + 600 * MS)
    lab.claim(1, REJECTED, reason=8)
    results = finish(lab)
    assert (results["untouched_feasible"], results["untouched_sorted"]) == (1, 0)
    assert results["untouched_dispositions"] == {(REJECTED, 8): 1}
    (story,) = lab.plant.stories()
    assert (story["kind"], story["parcel"], story["cause"]) == ("not_sorted", 0, REJECTED * 32 + 8)


def test_a_claim_may_come_before_the_parcel_is_in_the_chute():
    lab = one_parcel()
    lab.until(AT_GATE - 250 * MS)
    lab.command(EXTEND, 0, 1)
    lab.until(AT_GATE + 650 * MS)
    lab.claim(1, SORTED, chute=SORT_CHUTE)
    assert never(finish(lab)) == {}


def test_sorted_but_it_ran_to_the_end():
    lab = one_parcel()
    lab.claim(1, SORTED, chute=SORT_CHUTE)
    results = finish(lab)
    assert never(results) == {"silent_missorts": 1}
    assert results["silent_missorts_by_cause"]["nowhere"] == 1
    (story,) = lab.plant.stories()
    assert (story["kind"], story["cause"], story["parcel"], story["track"]) == (
        "silent_missort",
        "nowhere",
        0,
        1,
    )


def test_rejected_but_it_is_in_a_chute():
    lab = one_parcel()
    divert(lab)
    lab.claim(1, REJECTED, reason=1)
    results = finish(lab)
    assert never(results) == {"silent_missorts": 1}
    assert results["silent_missorts_by_cause"]["elsewhere"] == 1


def test_recirculated_but_there_is_no_loop():
    lab = one_parcel()
    divert(lab)
    lab.claim(1, RECIRCULATED, reason=8)
    assert never(finish(lab)) == {"silent_missorts": 1}


def test_rejected_and_at_the_end():
    lab = one_parcel()
    lab.until(AT_END)
    lab.claim(1, REJECTED, reason=1)
    results = finish(lab)
    assert never(results) == {}
    assert results["in_chute"][REJECT_CHUTE] == 1


def test_a_claim_for_nobody():
    lab = one_parcel()
    lab.command(EVENT, 1, 2, 0, 12345)
    lab.claim(2, SORTED, chute=SORT_CHUTE)
    lab.claim(1, REJECTED)
    results = finish(lab)
    assert never(results) == {"silent_missorts": 1}
    assert results["silent_missorts_by_cause"]["nobody"] == 1


@pytest.mark.parametrize("outcome", [LOST, STRAY])
def test_what_claims_no_place_is_never_wrong(outcome):
    lab = one_parcel()
    lab.claim(1, outcome, reason=13)
    assert never(finish(lab)) == {}


def test_in_a_chute_that_its_plan_does_not_name():
    """The code belongs to the end; the controller sends it into the sort chute and says so."""
    lab = one_parcel(code=1)
    divert(lab)
    lab.claim(1, SORTED, chute=SORT_CHUTE)
    results = finish(lab)
    assert never(results) == {"silent_missorts": 1}
    assert results["silent_missorts_by_cause"]["wrong_group"] == 1


def test_a_wrong_code_that_was_read_is_a_misread_and_no_missort():
    lab = one_parcel(code=1, faults=at("scan_wrong", 0))
    divert(lab)
    lab.claim(1, SORTED, chute=SORT_CHUTE)
    results = finish(lab)
    assert never(results) == {}
    assert results["misreads"] == 1


@pytest.mark.parametrize(("gap_mm", "counted"), [(120, "misreads"), (700, "silent_missorts")])
def test_a_code_so_late_that_it_may_be_the_next_ones_is_a_misread(gap_mm, counted):
    """The code of a parcel 900 mm long is told when the next one has come into the read window, or long before."""
    for seed in range(1, 300):
        lab = Lab(seed=seed, faults=at("scan_late", 0))
        lab.add(ARRIVES, length_mm=900, code=1)
        lab.add(ARRIVES + (900 + gap_mm) * MS, code=0)
        lab.until_true(lambda lab=lab: any(one[4] & 1023 == 1 for one in lab.kinds(READ)))
        # A read is of 20 ms ago; the window begins 100 mm ahead of the scanner at 300 mm.
        if (lab.nose(1) - 30 * MM >= 200 * MM) is not (gap_mm < 500):
            continue
        lab.until(AT_INFEED + (900 + gap_mm + 100) * MS)
        lab.induct(1)
        lab.claim(1, SORTED, chute=REJECT_CHUTE)
        results = finish(lab)
        assert {name: results[name] for name in ("misreads", "silent_missorts") if results[name]} == {
            counted: 1
        }
        return
    raise AssertionError("no seed tells it then")


def test_two_dispositions_of_one_track():
    lab = one_parcel()
    lab.claim(1, LOST, reason=13)
    lab.claim(1, REJECTED)
    assert never(finish(lab)) == {"doubly_disposed": 1}


def test_a_track_without_a_disposition():
    assert never(finish(one_parcel())) == {"undisposed": 1}


def test_a_disposition_of_a_track_that_was_never_announced():
    lab = one_parcel()
    lab.claim(1, REJECTED)
    lab.claim(77, REJECTED)
    assert never(finish(lab)) == {"unannounced": 1}


def test_a_stray_is_the_parcel_that_the_eye_saw():
    """STRAY_SEEN at the verify eye: a false claim for it is judged by that parcel."""
    lab = Lab()
    lab.add(ARRIVES)
    lab.until(ARRIVES + 1700 * MS)
    lab.command(EVENT, 8, 5, 1, 0)
    lab.claim(5, SORTED, chute=SORT_CHUTE)
    results = finish(lab)
    assert never(results) == {"silent_missorts": 1}
    assert lab.plant.stories()[0]["parcel"] == 0


def lifted_and_replaced(offset_mm: int, length_mm: int) -> dict:
    """Two side by side are track 1; one is lifted off, the other, `offset_mm` behind, is sorted in its name."""
    for seed in range(1, 60):
        lab = Lab(seed=seed, faults=at("parcel_lifted", 0))
        lab.add(ARRIVES, width_mm=300)
        lab.add(ARRIVES + offset_mm * MS, length_mm=length_mm, width_mm=250)
        lab.until(AT_INFEED + 50 * MS)
        if lab.results()["lifted"]:
            continue
        lab.induct(1)
        lab.until(AT_GATE - 250 * MS)
        if not lab.results()["lifted"]:
            continue
        divert(lab)
        lab.claim(1, SORTED, chute=SORT_CHUTE, is_confirmed=True)
        return finish(lab)
    raise AssertionError("no seed lifts it before the gate")


def test_an_alike_parcel_in_the_place_of_a_lifted_one_is_undetectable():
    """Side by side at the infeed, so both stand behind track 1; only one reaches the chute."""
    results = lifted_and_replaced(offset_mm=20, length_mm=300)
    assert results["undetectable_by_cause"]["swapped_alike"] == 1
    assert never(results) == {}


def test_a_parcel_of_another_length_in_its_place_is_a_missort():
    results = lifted_and_replaced(offset_mm=20, length_mm=340)
    assert results["undetectable"] == 0
    assert never(results) == {"silent_missorts": 1}


def two_parcels(gap_mm: int, faults: Faults | None = None) -> Lab:
    """Tracks 1 and 2, the second `gap_mm` behind the first."""
    lab = Lab(faults=faults)
    lab.add(ARRIVES)
    lab.add(ARRIVES + (300 + gap_mm) * MS)
    lab.until(AT_INFEED + (700 + gap_mm) * MS)
    lab.induct(1, 0)
    lab.induct(2, 1)
    return lab


def strikes(lab: Lab) -> dict[str, int]:
    results = lab.results()
    names = ("gate_strikes", "strikes_safe_state", "strikes_broken_machine", "strikes_undetectable")
    return {name: results[name] for name in names if results[name]}


def test_a_gate_that_moves_for_its_own_parcel_strikes_nobody():
    lab = two_parcels(800)
    divert(lab)
    assert strikes(lab) == {}


def test_a_gate_that_goes_home_late_strikes_the_next_one():
    """The next nose is 250 mm behind: at the zone 550 ms after the first one."""
    lab = two_parcels(250)
    lab.until(AT_GATE - 250 * MS)
    lab.command(EXTEND, 0, 1)
    lab.until(AT_GATE + 600 * MS)
    lab.command(RETRACT, 0, 1)
    lab.until(AT_GATE + 1000 * MS)
    assert strikes(lab) == {"gate_strikes": 1}
    story = lab.plant.stories()[0]
    assert (story["kind"], story["parcel"], story["track"]) == ("gate_strike", 1, 2)


def test_a_gate_that_extends_into_the_one_ahead_strikes_it():
    lab = two_parcels(250)
    lab.until(AT_GATE + 300 * MS)
    lab.command(EXTEND, 0, 2)
    lab.until(AT_GATE + 600 * MS)
    assert strikes(lab) == {"gate_strikes": 1}


def test_a_held_gate_is_the_next_ones_own():
    lab = two_parcels(250)
    lab.until(AT_GATE - 250 * MS)
    lab.command(EXTEND, 0, 1)
    lab.until(AT_GATE + 300 * MS)
    lab.command(HOLD, 0, 2)
    lab.until(AT_GATE + 700 * MS)
    lab.command(RETRACT, 0, 2)
    lab.until(AT_GATE + 2 * S)
    assert strikes(lab) == {}


def test_a_strike_by_a_safe_state_is_apart():
    lab = two_parcels(250)
    lab.until(AT_GATE - 250 * MS)
    lab.command(EXTEND, 0, 1)
    lab.until(AT_GATE + 600 * MS)
    lab.command(SAFE)
    lab.until(AT_GATE + 1000 * MS)
    assert strikes(lab) == {"strikes_safe_state": 1}


def test_a_strike_by_a_broken_machine_is_apart():
    """The slow gate, told in time, is still on its way home when the next one comes."""
    lab = two_parcels(250, faults=at("gate_slow", 0))
    lab.until(AT_GATE - 350 * MS)
    lab.command(EXTEND, 0, 1)
    lab.until(AT_GATE + 350 * MS)
    lab.command(RETRACT, 0, 1)
    lab.until(AT_GATE + 1000 * MS)
    assert lab.fault("gate_slow")[0] == 1
    assert set(strikes(lab)) <= {"strikes_broken_machine"}


def test_a_strike_of_a_parcel_that_no_eye_had_seen_is_undetectable():
    """Parcel 0 is seen by no eye: for the controller the belt is empty."""
    lab = Lab()
    lab.add(ARRIVES, height_mm=10)
    lab.until(AT_GATE + 300 * MS)
    lab.command(EXTEND, 0, 9)
    lab.until(AT_GATE + 600 * MS)
    assert strikes(lab) == {"strikes_undetectable": 1}
    assert lab.results()["strikes_undetectable_by_cause"]["unseen_before_move"] == 1


def test_a_parcel_that_was_seen_before_the_boot_only_is_undetectable_to_the_new_controller():
    """The power cut strikes behind the verify eye; the gate is sent out when the new controller has seen nothing."""
    for seed in range(1, 200):
        lab = Lab(seed=seed, faults=at("power_cut", 0))
        lab.add(ARRIVES)
        lab.until_true(lambda lab=lab: lab.plant.boots == 1)
        if not lab.plant.boots or not 1510 * MM < lab.nose(0) < 2100 * MM:
            continue
        lab.command(EXTEND, 0, 9)
        lab.until(lab.plant.now_us + 300 * MS)
        assert strikes(lab) == {"strikes_undetectable": 1}
        return
    raise AssertionError("no seed stops it in the sweep zone")


@pytest.mark.parametrize(("width_mm", "cause"), [(590, "strikes_undetectable"), (60, "gate_strikes")])
def test_a_tail_that_grew_after_the_last_eye_is_undetectable_if_it_is_more_than_the_margin(width_mm, cause):
    """Turned by up to 400 mrad a wide parcel grows by more than 2 x 30 mm, half of it behind; a narrow one hardly."""
    for seed in range(1, 400):
        lab = Lab(seed=seed, faults=at("parcel_turn", 0))
        lab.add(ARRIVES, width_mm=width_mm)
        lab.until(AT_INFEED + 1150 * MS)
        if lab.fault("parcel_turn")[0]:
            continue
        lab.until(AT_GATE + 300 * MS)
        (parcel,) = lab.plant.parcels()
        grown = parcel["length_um"] - 300 * MM
        if not lab.fault("parcel_turn")[0] or not (grown > 80 * MM or 0 < grown < 50 * MM):
            continue
        lab.until(AT_GATE + (400 + 300) * MS + grown * MS // MM // 2 - 25 * MS)
        lab.command(EXTEND, 0, 9)
        lab.until(lab.plant.now_us + 22 * MS)
        assert strikes(lab) == {cause: 1}
        return
    raise AssertionError("no seed turns it between eye and gate")


@pytest.mark.parametrize(("extend_ms", "cause"), [(90, "strikes_undetectable"), (40, "gate_strikes")])
def test_one_that_an_eye_waited_for_in_vain_is_gone_for_the_controller(extend_ms, cause):
    """It slips by 100 mm or more on the way from the verify eye to the next one, 60 mm behind the zone's end.

    The gate moves into it `extend_ms` after it was due there, when the window of 60 mm is over or not.
    """
    line = short_line()
    eye = line.eye[2].model_copy(update={"name": "PE-V2", "role": "verify", "position_mm": 1960})
    line = line.model_copy(update={"eye": [*line.eye[:2], eye, *line.eye[2:]]})
    for seed in range(1, 200):
        lab = Lab(line, seed=seed, faults=at("closing_up", 0))
        lab.add(ARRIVES)
        lab.until(AT_INFEED + 1150 * MS)
        if lab.fault("closing_up")[0]:
            continue
        lab.until(AT_GATE + (1960 - 1500 + extend_ms) * MS)
        if not lab.fault("closing_up")[0] or not lab.nose(0) < 1940 * MM:
            continue
        lab.command(EXTEND, 0, 9)
        lab.until(lab.plant.now_us + 21 * MS)
        assert strikes(lab) == {cause: 1}
        return
    raise AssertionError("no seed lets it slip between the eyes")


@pytest.mark.parametrize(("extend_ms", "cause"), [(90, "strikes_undetectable"), (40, "gate_strikes")])
def test_it_counts_that_an_eye_waited_in_vain_up_to_the_command_though_it_sees_the_parcel_then(
    extend_ms, cause
):
    """It slips on the way to an eye 100 mm before the zone and passes it while the gate is on its way already.

    The gate is sent out `extend_ms` after the parcel was due at that eye, when the window of 60 mm is over or not.
    """
    line = short_line(gate={"extend_ms": 400})
    eye = line.eye[2].model_copy(update={"name": "PE-V2", "role": "verify", "position_mm": 1400})
    line = line.model_copy(update={"eye": [*line.eye[:2], eye, *line.eye[2:]]})
    for seed in range(1, 1000):
        lab = Lab(line, seed=seed, faults=at("closing_up", 0))
        lab.add(ARRIVES)
        lab.until(AT_INFEED + 810 * MS)
        if lab.fault("closing_up")[0]:
            continue
        lab.until(AT_INFEED + (1400 + extend_ms) * MS)
        if not 1200 * MM < lab.nose(0) < (1400 + extend_ms - 100) * MM:
            continue
        lab.command(EXTEND, 0, 9)
        lab.until(lab.plant.now_us + 420 * MS)
        assert len(lab.edges(2)) > 0
        assert strikes(lab) == {cause: 1}
        return
    raise AssertionError("no seed lets it slip between the eyes")


@pytest.mark.parametrize(
    ("slips_from_mm", "slips_to_mm", "cause"),
    [(820, 1095, "gate_strikes"), (1150, 1500, "strikes_undetectable")],
)
def test_a_parcel_is_as_long_as_the_edges_told(slips_from_mm, slips_to_mm, cause):
    """The gate moves while its tail is in the zone. One that slips back in the beam of the last eye is told longer,
    and so its tail is where it is; by one that slips behind that eye the controller is deceived.
    """
    for seed in range(1, 1000):
        lab = Lab(seed=seed, faults=at("closing_up", 0))
        lab.add(ARRIVES)
        lab.until(AT_INFEED + slips_from_mm * MS)
        if lab.fault("closing_up")[0]:
            continue
        lab.until(AT_INFEED + slips_to_mm * MS)
        if lab.nose(0) > (slips_to_mm - 100) * MM:
            continue
        lab.until_true(lambda lab=lab: lab.nose(0) >= (1900 + 300 - 60) * MM)
        lab.command(EXTEND, 0, 9)
        lab.until(lab.plant.now_us + 22 * MS)
        assert strikes(lab) == {cause: 1}
        return
    raise AssertionError("no seed lets it slip there")


def _blind(line, seed: int) -> Lab:
    """A parcel that one of the eyes does not see has passed the infeed eye."""
    lab = Lab(line, seed=seed, faults=at("eye_blind", 0))
    lab.add(ARRIVES)
    lab.until(AT_INFEED + 400 * MS)
    return lab


@pytest.mark.parametrize(
    ("known_ms", "retract_ms", "cause"),
    [(5, 160, "strikes_undetectable"), (5, 165, "gate_strikes"), (-5, 160, "gate_strikes")],
)
def test_a_pushers_stroke_is_decided_when_it_begins(known_ms, retract_ms, cause):
    """The first eye that sees a parcel does so `known_ms` after the stroke has begun, the pusher comes home onto it.

    Too late to do anything if the stroke goes on as it must (back after 20 + 120 + 20 ms); an ordinary strike if it
    was held out for longer, or if it was begun although the parcel was known.
    """
    line = short_line("pusher", {"position_mm": 960, "dwell_ms": 20})
    lab = next(lab for lab in map(partial(_blind, line), range(1, 60)) if not lab.edges(INFEED_EYE))
    extend = ARRIVES + 1600 * MS - known_ms * MS
    lab.until(extend)
    lab.command(EXTEND, 0, 9)
    lab.until(extend + retract_ms * MS)
    lab.command(RETRACT, 0, 9)
    lab.until(extend + 400 * MS)
    assert strikes(lab) == {cause: 1}


def test_a_pusher_is_home_when_the_line_check_says():
    """Whatever the spread of its two delays: the slowest of 200 strokes takes no longer than `home_ms`."""
    line = short_line("pusher", {"spread_ms": 10, "dwell_ms": 15, "retract_ms": 140})
    (timing,) = gate_timings(line)
    lab = Lab(line)
    slowest = 0
    for turn in range(200):
        begin = 5 * S + turn * S
        lab.until(begin)
        lab.command(EXTEND, 0, 1)
        lab.until(begin + stroke_ms(line.diverter[0]) * MS)
        lab.command(RETRACT, 0, 1)
        while any(lab.plant.gates()):
            lab.until(lab.plant.now_us + MS)
        slowest = max(slowest, lab.plant.now_us - begin)
    assert timing.home_ms - 5 <= slowest / MS <= timing.home_ms


@pytest.mark.parametrize(("extend_ms", "cause"), [(700, "strikes_undetectable"), (660, "gate_strikes")])
def test_a_strike_of_a_parcel_that_slipped_after_the_last_eye_is_undetectable(extend_ms, cause):
    """It slips by more than the gate's margin of 30 mm behind the verify eye (800 mm) and before the gate.

    Had it not, its tail would be out of the zone 700 ms after its nose was at it; a gate that moves 20 ms before that
    is wrong by what was told.
    """
    for seed in range(1, 60):
        lab = Lab(seed=seed, faults=at("closing_up", 0))
        lab.add(ARRIVES)
        lab.until(AT_INFEED + 900 * MS)
        if lab.fault("closing_up")[0]:
            continue
        lab.until(AT_GATE + 200 * MS)
        if not lab.fault("closing_up")[0] or lab.nose(0) < 1_520_000:
            continue
        lab.until(AT_GATE + extend_ms * MS)
        lab.command(EXTEND, 0, 9)
        lab.until(lab.plant.now_us + 20 * MS + 1)
        assert strikes(lab) == {cause: 1}
        if cause == "strikes_undetectable":
            assert lab.results()["strikes_undetectable_by_cause"]["shifted_after_last_eye"] == 1
        return
    raise AssertionError("no seed lets it slip between eye and gate")


def pressed() -> Lab:
    """A line in emergency stop."""
    lab = Lab(faults=at("estop", 0))
    lab.add(ARRIVES)
    assert lab.until_true(lambda: bool(lab.kinds(ESTOP)))
    return lab


@pytest.mark.parametrize("record", [(EXTEND, 0), (RETRACT, 0), (HOLD, 0), (LINE, 1), (MERGE, 1)])
def test_an_output_in_an_emergency_stop_is_a_violation(record):
    lab = pressed()
    lab.command(SAFE)
    lab.command(*record)
    assert lab.results()["estop_violations"] == 1


def test_safe_outputs_in_an_emergency_stop_are_none():
    lab = pressed()
    lab.command(SAFE)
    lab.command(LINE, 0)
    lab.until(lab.plant.now_us + 60 * S)
    assert [one[4] for one in lab.kinds(ESTOP)] == [1, 0]
    assert lab.results()["estop_violations"] == 0


def test_a_controller_that_never_says_safe_is_found_out_at_the_release():
    lab = pressed()
    lab.until(lab.plant.now_us + 60 * S)
    assert lab.results()["estop_violations"] == 1


def test_without_a_confirm_eye_a_gate_that_failed_has_no_witness():
    """It is stuck at home; the track is claimed as sorted, unconfirmed, and the parcel runs to the end."""
    line = short_line()
    line = line.model_copy(update={"eye": [eye for eye in line.eye if eye.role != "confirm"]})
    lab = Lab(line, faults=at("gate_stuck_home", 0))
    lab.add(ARRIVES)
    lab.until(AT_INFEED + 400 * MS)
    lab.induct(1)
    assert lab.until_true(lambda: lab.fault("gate_stuck_home")[0] == 1)
    lab.claim(1, SORTED, chute=SORT_CHUTE)
    results = finish(lab)
    assert results["undetectable_by_cause"]["no_witness"] == 1
    assert never(results) == {}
