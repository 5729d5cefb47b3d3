"""Inducted, measured, expected at every verify eye: behaviours 1 to 3, and strays after a reboot."""

import pytest

from sorter_core import codes
from unit.gate_driver import BLOCKED, CHUTE, CLEARED, STOP, Yard
from unit.gate_line import (
    END,
    INFEED,
    MAX_LENGTH,
    NO_RULE,
    REJECT,
    TO_A,
    TO_B,
    TO_END,
    TO_LOOP,
    V1,
    V2,
    V3,
    A,
    small_line,
)  # fmt: skip


def reasons(yard: Yard, name: str) -> list[str]:
    """Details of the events of one kind, DOUBTED in words."""
    return [codes.DOUBTS.get(event.c, str(event.c)) for event in yard.events(name)]


def test_both_edges_give_position_and_length():
    yard = Yard().start()
    yard.send(345)
    inducted, measured = yard.events("INDUCTED")[0], yard.events("MEASURED")[0]
    assert inducted.b == measured.b == 1
    assert measured.c == 345
    assert measured.position - inducted.position == 345


@pytest.mark.parametrize(
    ("length", "how"), [(75, "REJECTED/LENGTH"), (90, "SORTED"), (620, "SORTED"), (640, "REJECTED/LENGTH")]
)
def test_a_length_outside_the_limits_is_rejected_and_the_line_runs_on(length, how):
    """Allowed are 100 to 600 mm; 12.5 and 25 mm more, for what a measurement may be off by."""
    yard = Yard().start()
    odd, next_one = yard.send(length, answer=TO_B), yard.send(slot=2, answer=TO_A)
    yard.finish()
    assert yard.how(odd) == how
    assert yard.how(next_one) == "SORTED"
    assert yard.faults() == []


def test_no_trailing_edge_within_one_and_a_half_times_the_limit_is_a_jam():
    yard = Yard().start()
    parcel = yard.put()
    yard.until(parcel, 10)
    parcel.is_stuck = True
    yard.run(MAX_LENGTH * 3 // 2 - 30)
    assert yard.faults() == []
    yard.run(30)
    assert yard.faults() == ["JAM"]
    assert yard.tell("LINE")[-1].a == 0
    assert yard.tell("INFEED")[-1].a == 1


def test_a_jam_that_nobody_clears_stops_the_line_again():
    yard = Yard().start()
    parcel = yard.put()
    yard.until(parcel, 1600)
    parcel.is_stuck = True
    yard.run(1500)
    assert yard.faults() == ["JAM"]
    assert yard.tell("FAULT")[-1].b == V1
    yard.recover()
    yard.run(1500)
    assert yard.faults() == ["JAM", "JAM"]


def test_each_verify_eye_re_zeroes_a_parcel_that_slips_a_little():
    """40 mm at each of two eyes: more than a window in all, and still it is sorted."""
    yard = Yard().start()
    parcel = yard.send(answer=TO_B)
    yard.until(parcel, 1000)
    parcel.nose -= 40
    yard.until(parcel, 3000)
    parcel.nose -= 40
    yard.finish()
    assert yard.how(parcel) == "SORTED"


def test_the_slip_of_a_section_is_learned():
    yard = Yard().start()
    for slot in range(8):
        parcel = yard.send(slot=slot, answer=TO_END)
        parcel.nose -= 30
        yard.run(1200)
    assert 15 <= yard.gl.eyes.slip[V1] <= 30


def test_lifted_off_is_lost_and_its_neighbours_are_untouched():
    """The classic fault of matching first in first out: the next parcel would take the lifted one's way."""
    yard = Yard().start()
    first, lifted, last = (yard.send(slot=slot, answer=to) for slot, to in ((1, TO_A), (2, TO_B), (3, TO_A)))
    yard.lift(lifted)
    yard.finish()
    assert yard.how(lifted) == "LOST/NOT_SEEN"
    assert [yard.how(first), yard.how(last)] == ["SORTED", "SORTED"]
    assert yard.outcome(last).slot == 3
    assert {said.b for said in yard.tell("GATE_EXTEND")} == {1, 3}


def test_a_lifted_parcel_is_lost_at_the_end_of_its_window():
    yard = Yard().start()
    parcel = yard.send(answer=TO_B)
    origin = yard.events("INDUCTED")[0].position
    yard.lift(parcel)
    yard.run(2000)
    lost = yard.tell("DISPOSITION")[0]
    window = yard.gl.eyes.window[V1] + yard.gl.eyes.late
    assert lost.position == origin + 1500 + window


def test_thrown_on_is_a_stray_and_runs_to_the_end():
    yard = Yard().start()
    known = yard.send(answer=TO_B)
    yard.until(known, 2000)
    stray = yard.put(200, slot=-1, nose=900)
    yard.finish()
    assert yard.how(known) == "SORTED"
    assert stray.place == REJECT
    assert [(end.outcome, end.reason, end.chute) for end in yard.ended if end.track == 2] == [
        ("STRAY", "CARRIED", -1)
    ]


def test_a_stray_that_is_lifted_again_has_vanished():
    yard = Yard().start()
    stray = yard.put(200, slot=-1, nose=1200)
    yard.until(stray, 2000)
    yard.lift(stray)
    yard.run(2500)
    assert [(end.outcome, end.reason) for end in yard.ended] == [("STRAY", "VANISHED")]


def test_a_stray_before_the_end_eye_does_not_hide_those_who_follow():
    yard = Yard().start()
    parcel = yard.send(answer=TO_END)
    yard.until(parcel, 6900)
    yard.put(200, slot=-1, nose=7500)
    yard.finish()
    assert yard.how(parcel) == "SORTED"
    assert [end.outcome for end in yard.ended] == ["STRAY", "SORTED"]


def wide_first_eye() -> Yard:
    """A line whose first verify eye expects a parcel within 200 mm to either side."""
    line = small_line()
    eyes = [eye.model_copy(update={"window_mm": 200}) if eye.name == "V1" else eye for eye in line.eye]
    return Yard(line.model_copy(update={"eye": eyes})).start()


def test_an_edge_in_two_windows_is_settled_by_order_and_both_lengths():
    """100 mm long and 60 mm apart: the first edge is where the second may be, too."""
    yard = wide_first_eye()
    first, second = yard.put(100, slot=1, answer=TO_END), yard.put(150, slot=2, answer=TO_END, nose=-161)
    yard.finish()
    assert [yard.how(first), yard.how(second)] == ["SORTED", "SORTED"]


def test_an_edge_in_two_windows_makes_both_uncertain_if_a_length_disagrees():
    yard = wide_first_eye()
    first, second = yard.put(100, slot=1, answer=TO_END), yard.put(150, slot=2, answer=TO_END, nose=-161)
    yard.until(first, 1200)
    yard.lift(first)
    yard.finish()
    assert {yard.how(first), yard.how(second)} == {"LOST/UNPROVEN", "LOST/NOT_SEEN"}


def test_an_equal_lengths_lifted_first_is_not_claimed_either():
    yard = wide_first_eye()
    first, second = yard.put(120, slot=1, answer=TO_A), yard.put(120, slot=2, answer=TO_END, nose=-131)
    yard.until(first, 1200)
    yard.lift(first)
    yard.finish()
    assert yard.false_claims() == []
    assert {yard.outcome(one).outcome for one in (first, second)} == {"LOST"}


def test_two_that_have_closed_up_are_one_track_that_is_never_sorted():
    yard = Yard().start()
    first, second = yard.put(300, slot=1, answer=TO_B), yard.put(300, slot=2, answer=TO_B, nose=-381)
    yard.until(second, 700)
    second.nose = first.tail
    yard.finish()
    assert "LENGTH" in reasons(yard, "DOUBTED")
    assert yard.tell("GATE_EXTEND") == []
    assert yard.how(second) == "LOST/MERGED"
    assert yard.how(first) == "REJECTED/UNCERTAIN"
    assert yard.false_claims() == []


@pytest.mark.parametrize(
    ("nose", "slot", "eyes", "reason"),
    [
        (290, -1, (V1, V2, V3, END), "NO_READ"),
        (310, -1, (V1, V2, V3, END), "NO_READ"),
        (6320, 1, (END,), "LATE_DATA"),
    ],
)
def test_a_parcel_whose_eyes_are_heard_before_its_read_window_is_over_is_left_without_a_chute(
    nose, slot, eyes, reason
):
    """The belt has run on without a step: inputs have their turn before the read window, or the gate's last chance.

    At 290 mm the infeed eye has not even seen its trailing edge.
    """
    yard = Yard().start()
    parcel = yard.put(300, slot=slot, answer=TO_LOOP)
    yard.until(parcel, nose)
    origin = int(yard.position - parcel.nose)
    parcel.is_stuck = True
    yard.position = origin + 8090.0
    for eye in eyes:
        for kind, behind in ((BLOCKED, 0), (CLEARED, 300)):
            yard.feed(kind, eye, position=origin + int(yard.eye_x[eye]) + behind)
    for _ in range(20):
        yard.feed(CHUTE, A, 0)
    for _ in range(30):
        yard.make_overdue(1)
        yard.run(1)
    yard.run(40)  # its end is to be told at once, but gates go first
    assert yard.how(parcel) == f"REJECTED/{reason}"


def test_grown_between_two_eyes_is_rejected():
    yard = Yard().start()
    parcel = yard.send(300, answer=TO_B)
    yard.until(parcel, 2000)
    parcel.length = 340
    yard.finish()
    assert set(reasons(yard, "DOUBTED")) == {"LENGTH"}
    assert yard.how(parcel) == "LOST/UNPROVEN"


def test_one_that_slips_in_the_beam_is_not_given_up_before_it_can_have_come():
    """It clears the eye 230 mm late, so it may be 230 mm late at the next one; until then its place is kept."""
    yard = Yard().start()
    parcel = yard.send(300, answer=TO_END)
    yard.until(parcel, 1790)
    parcel.nose -= 230
    yard.finish()
    inducted = yard.events("INDUCTED")[0].position
    (lost,) = [said for said in yard.tell("DISPOSITION") if said.a == 1]
    assert lost.position - inducted >= 3500 + 230
    assert [codes.OUTCOMES[said.b & 15] for said in yard.tell("DISPOSITION")] == ["LOST", "STRAY"]
    assert parcel.place == REJECT


def test_after_boot_nothing_is_claimed_of_what_is_on_the_belt():
    """Three parcels lie on the belt, one of them before an eye; nobody knows what they are."""
    yard = Yard()
    lying = [yard.put(300, nose=nose, answer=TO_A) for nose in (1000, 3520, 7000)]
    yard.start().finish()
    assert {(end.outcome, end.chute) for end in yard.ended} == {("STRAY", -1)}
    assert len(yard.ended) == 3
    assert [parcel.place for parcel in lying] == [REJECT] * 3
    assert yard.tell("GATE_EXTEND") == []


@pytest.mark.parametrize("nose", [20, 120, 250])
def test_a_parcel_under_the_infeed_eye_at_boot_is_a_stray(nose):
    """Nobody has seen its leading edge: not even its way to reject is claimed, and the next one goes right."""
    yard = Yard()
    found = yard.put(400, nose=nose, slot=1, answer=TO_A)
    yard.start()
    yard.until(found, 1000)
    follower = yard.send(slot=2, answer=TO_B)
    yard.finish()
    assert [event.b for event in yard.events("INDUCTED")] == [yard.outcome(follower).track]
    others = [end for end in yard.ended if end.track != yard.outcome(follower).track]
    assert {(end.outcome, end.chute) for end in others} == {("STRAY", -1)}
    assert found.place == REJECT
    assert yard.how(follower) == "SORTED"


def test_a_parcel_laid_into_the_infeed_eye_of_a_standing_belt_is_a_stray():
    yard = Yard().start()
    yard.feed(STOP)
    yard.run(400)
    laid = yard.put(400, nose=150, slot=1, answer=TO_A)
    yard.run(10)
    yard.start().finish()
    assert {end.outcome for end in yard.ended} == {"STRAY"}
    assert laid.place == REJECT
    assert yard.faults() == []


def test_a_second_edge_of_the_same_kind_is_no_news():
    yard = Yard().start()
    yard.feed(BLOCKED, INFEED)
    yard.feed(BLOCKED, INFEED)
    yard.run(200)
    yard.feed(CLEARED, INFEED)
    yard.feed(CLEARED, INFEED)
    yard.run(10)
    assert len(yard.events("INDUCTED")) == len(yard.events("MEASURED")) == 1


def test_more_tracks_than_places_stops_the_line():
    yard = Yard()
    capacity = yard.gl.tracks.capacity
    yard.start()
    for _ in range(capacity + 1):
        for kind in (BLOCKED, CLEARED):
            yard.feed(kind, INFEED)
            yard.run(2)
    assert yard.faults() == ["TRACKS_FULL"]
    assert yard.tell("LINE")[-1].a == 0
    assert len(yard.events("INDUCTED")) == capacity


def test_no_rule_on_the_board_runs_to_the_end():
    yard = Yard().start()
    parcel = yard.send(answer=NO_RULE)
    yard.finish()
    assert yard.how(parcel) == "REJECTED/NO_DATA"


def test_a_stray_for_which_there_is_no_place_stops_the_line():
    yard = Yard()
    capacity = yard.gl.tracks.capacity
    yard.start()
    for _ in range(capacity):
        for kind in (BLOCKED, CLEARED):
            yard.feed(kind, INFEED)
            yard.run(2)
    assert yard.faults() == []
    yard.feed(BLOCKED, V1)
    yard.run(3)
    assert [(codes.FAULTS[said.a], said.b) for said in yard.tell("FAULT")] == [("TRACKS_FULL", V1)]


def long_parcels(length: int) -> Yard:
    return Yard(small_line(parcels={"max_length_mm": length})).start()


def test_where_a_long_one_may_be_read_too_late_a_short_one_is_still_sorted():
    """Its read window closes with the last chance for its gate, or behind its tail, whichever is first."""
    yard = long_parcels(2200)
    parcel = yard.send(300, answer=TO_A)
    yard.finish()
    assert yard.how(parcel) == "SORTED"
