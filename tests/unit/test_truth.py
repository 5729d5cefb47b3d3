"""The truth: claims against places, strikes, dispositions; a hand says what a controller would."""

import pytest

from unit.plant_lab import (
    CONFIRM_EYE,
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
    Lab,
    S,
    at,
    short_line,
)
from unit.truth_lab import (
    ARRIVES,
    AT_END,
    AT_GATE,
    AT_INFEED,
    LOST,
    RECIRCULATED,
    REJECTED,
    SORTED,
    STRAY,
    divert,
    finish,
    never,
    one_parcel,
)


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


def test_a_thousand_strays_of_a_zone_behind_a_border_are_about_at_a_time():
    """A long belt that has been started anew: all that lies on it."""
    lab = one_parcel()
    strays = [(1 << 24) + number for number in range(1, 1001)]
    for stray in strays:
        lab.command(EVENT, 8, stray, -1)
    for track in (1, *strays):
        lab.claim(track, LOST, reason=13)
    assert never(finish(lab)) == {}


@pytest.mark.parametrize(
    ("edge", "off", "missorts"), [(0, -3, 1), (0, -2, 0), (0, 14, 0), (1, 2, 0), (1, 3, 1)]
)
def test_a_parcel_whose_leading_edge_was_heard_late_is_the_one_that_was_at_the_eye_then(edge, off, missorts):
    """The wire was cut as it came, or counts ran back: its track begins with what was heard first. A count or two
    are an interrupt's delay, or what the encoder has lost since; else nobody was there before it and behind it."""
    lab = Lab()
    lab.add(ARRIVES)
    lab.until(AT_INFEED + 400 * MS)
    lab.command(EVENT, 1, 1, 0, lab.edges(INFEED_EYE)[edge] + off)
    divert(lab)
    lab.claim(1, SORTED, chute=SORT_CHUTE, is_confirmed=True)
    assert never(finish(lab)) == ({"silent_missorts": 1} if missorts else {})


def test_a_parcel_that_is_still_before_the_infeed_eye_has_its_track_already():
    lab = Lab()
    lab.add(ARRIVES)
    assert lab.until_true(lambda: bool(lab.edges(INFEED_EYE)))
    (head,) = lab.edges(INFEED_EYE)
    lab.command(EVENT, 1, 1, 0, head + 20)
    divert(lab)
    lab.claim(1, SORTED, chute=SORT_CHUTE, is_confirmed=True)
    assert never(finish(lab)) == {}


def test_a_second_track_of_the_same_parcel_is_nobody():
    """A wire that was cut and whole again while the parcel passed: what claims it twice is wrong once."""
    lab = one_parcel()
    lab.command(EVENT, 1, 2, 0, lab.edges(INFEED_EYE)[0] + 14)
    lab.claim(1, REJECTED)
    lab.claim(2, REJECTED)
    assert never(finish(lab)) == {"silent_missorts": 1}


@pytest.mark.parametrize("strays", [1, 2, 5])
@pytest.mark.parametrize("claims_late", [False, True])
def test_a_parcel_that_is_taken_for_strays_as_well_is_still_the_one_of_its_first_track(strays, claims_late):
    """While an encoder lies each eye that sees it tells of a stray. It has run to reject, as is claimed."""
    lab = one_parcel()
    lab.until(ARRIVES + 1700 * MS)
    for number in range(strays):
        lab.command(EVENT, 8, 2 + number, 1, 0)
    lab.until(AT_END + (2000 * MS if claims_late else -500 * MS))
    for number in range(strays):
        lab.claim(2 + number, STRAY)
    lab.claim(1, REJECTED)
    assert never(finish(lab)) == {}


@pytest.mark.parametrize("strays", [0, 2])
def test_its_first_track_is_wrong_all_the_same_where_it_claims_another_place(strays):
    lab = one_parcel()
    lab.until(ARRIVES + 1700 * MS)
    for number in range(strays):
        lab.command(EVENT, 8, 2 + number, 1, 0)
        lab.claim(2 + number, STRAY)
    lab.claim(1, SORTED, chute=SORT_CHUTE)
    assert never(finish(lab)) == {"silent_missorts": 1}


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


@pytest.mark.parametrize(
    ("outcome", "undetectable", "forbidden"), [(SORTED, 2, {}), (LOST, 0, {"silent_missorts": 1})]
)
def test_one_that_sticks_in_the_zone_behind_its_claim_gives_the_edge_of_the_next_one(
    outcome, undetectable, forbidden
):
    """A slow pusher turns back too early, twice: it lets go of the first one, and then of both."""
    line = short_line("pusher", {"margin_mm": 400})
    near = [eye.model_copy(update={"travel_mm": (400, 420)}) if eye.chute else eye for eye in line.eye]
    lab = Lab(line.model_copy(update={"eye": near}), faults=at("gate_slow", 0))
    for track in (1, 2):
        lab.add(ARRIVES + (track - 1) * 2 * S)
    for track in (1, 2):
        gate = AT_GATE + (track - 1) * 2 * S
        lab.until(gate - 1000 * MS)
        lab.induct(track)
        lab.until(gate + 250 * MS)
        lab.command(EXTEND, 0, track)
        lab.until(gate + 405 * MS + 15 * MS)
        assert len(lab.edges(CONFIRM_EYE)) == 2 * track - 1
        lab.command(RETRACT, 0, track)
        lab.claim(track, outcome if track == 1 else SORTED, chute=SORT_CHUTE, is_confirmed=True)
    results = finish(lab)
    assert (results["wedged"], results["diverted"]) == (3, 0)
    assert results["undetectable_by_cause"]["gone_after_last_eye"] == undetectable
    assert never(results) == forbidden
