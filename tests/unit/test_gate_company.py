"""Whom a barrier takes along: one that has closed up to its parcel, one longer than it was, a stranger of long ago."""

import pytest

from sortyard.config.timing import gate_timings
from unit.gate_driver import GATE_END, STOP, Parcel, Yard
from unit.gate_line import ARM, TO_B, TO_END, V2, B, late_confirms, small_line
from unit.test_gate_fire import ORIGIN_MARGIN_MM, at, convoy, finished

SLOW = {"delay_ms": 390, "extend_ms": 450}
"""It begins to go out when the nose of its parcel is 120 mm past the eye before it."""


def closed_up(yard: Yard, length: int, fails: frozenset[int] = frozenset(), gap: int = 400) -> list[Parcel]:
    """A short one for B, the next one that has closed up to it before the eye ahead of the arm, and a third."""
    train = convoy(yard, (150, TO_B, 0), (length, TO_B, 20), (300, TO_B, gap))
    train[1].fails = fails
    yard.until(train[0], 3400)
    train[1].nose = train[0].tail
    return train


@pytest.mark.parametrize("fails", [frozenset(), frozenset({ARM})])
def test_a_barrier_stays_out_for_the_one_that_has_closed_up_to_its_parcel(fails: frozenset[int]):
    """They clear the eye 450 mm after the first's nose: one of them may be as long as that, wherever it begins."""
    yard = Yard(small_line(gate=SLOW)).start()
    first, second, third = closed_up(yard, 300, fails)
    yard.lift(third)
    finished(yard)
    assert at(yard, "GATE_RETRACT") >= 4900 + 750 + ORIGIN_MARGIN_MM - 3
    assert (first.place, yard.how(first)) == (B, "LOST/UNPROVEN")
    assert yard.how(second) == "LOST/MERGED"


def test_a_barrier_stays_out_while_what_has_come_for_it_hangs_in_the_eye_before():
    """Nobody knows yet how long both are together when the first alone would be past the arm."""
    yard = Yard(small_line(gate=SLOW, parcels={"max_length_mm": 2300})).start()
    first, second, third = closed_up(yard, 2000, frozenset({ARM}))
    yard.lift(third)
    yard.until(second, 5100)
    assert (yard.blocked[V2], yard.tell("GATE_RETRACT"), first.place) == (True, [], B)
    finished(yard)
    assert len(yard.tell("GATE_RETRACT")) == 1


def test_a_barrier_found_out_of_its_place_waits_for_all_that_hangs_in_the_eye_before():
    """The first alone, as it was measured, is past the arm; the long one that has closed up to it is not."""
    yard = Yard(
        small_line(gate={"feedback": True, "safe_state": "hold"}, parcels={"max_length_mm": 2300})
    ).start()
    first, second = convoy(yard, (150, TO_END, 0), (2000, TO_END, 20))
    yard.until(first, 3400)
    second.nose = first.tail
    yard.until(first, 4700)
    yard.feed(STOP)
    yard.run(600)
    yard.feed(GATE_END, ARM, 0)
    yard.run(5)
    yard.start()
    yard.until(first, 5200)
    assert yard.blocked[V2]
    while not yard.tell("GATE_RETRACT"):
        yard.run(1)
    assert second.tail > 4900
    yard.feed(GATE_END, ARM, 1)
    finished(yard)


def test_an_edge_of_one_that_has_closed_up_claims_nobody_who_is_sent_there_next():
    """It slides slowly; the next one, whom the arm is held for already, vanishes before its own edge is due."""
    yard = Yard(late_confirms("B", 1700, gate={**SLOW, "extend_ms": 700})).start()
    first, second, third = closed_up(yard, 100, gap=10)
    yard.until(third, 4540)
    assert second.place == B
    second.confirms[ARM] = yard.position + 600
    yard.lift(third)
    yard.finish().run(6000)
    assert yard.how(first) == "LOST/UNPROVEN"
    assert yard.how(third) == "LOST/UNPROVEN"
    assert yard.false_claims() == []


def test_strangers_are_awaited_from_the_first_of_two_blocks_to_the_last():
    yard = Yard(small_line(gate=SLOW)).start()
    gates, awaited = yard.gl.gates, []
    for _ in range(2):
        closed_up(yard, 300)
        yard.finish()
        awaited.append((gates.strange_first[ARM], gates.strange_last[ARM]))
    assert awaited[0][0] == awaited[1][0] < awaited[0][1] < awaited[1][1]


@pytest.mark.parametrize(
    ("longer", "how"), [(0, "SORTED"), (3, "SORTED"), (20, "RECIRCULATED/GAP_TOO_SMALL")]
)
@pytest.mark.parametrize("shrinks", [False, True])
def test_a_barrier_reckons_with_all_that_the_last_eye_has_seen_of_the_one_ahead(longer, how, shrinks):
    """The gap is what `check` demands. What is within the tolerance of the length check is no other parcel."""
    line = small_line()
    ahead, behind = convoy(
        yard := Yard(line).start(),
        (300, TO_END, 0),
        (300, TO_B, int(gate_timings(line)[ARM].need_ahead_mm) + 1),
    )
    yard.until(ahead, 1400)
    ahead.length += 20 if shrinks else 0
    yard.until(ahead, 3400)
    ahead.length = 300 + longer
    finished(yard)
    assert (yard.how(ahead), yard.how(behind)) == ("SORTED", how)


def test_a_stranger_of_long_ago_is_forgotten_before_the_counter_comes_round_to_it():
    """The barrier stayed out for it, nobody saw it in the chute, and no edge has told of it since."""
    yard = Yard().start()
    parcel = yard.send(600, answer=TO_B)
    yard.until(parcel, 4346)
    yard.put(300, slot=-1, nose=3499)
    finished(yard)
    assert yard.gl.gates.strange_first[ARM] >= 0
    for _ in range(3):
        yard.position += 0x00300000
        yard.run(1400)
    assert yard.gl.gates.strange_first[ARM] < 0


def test_while_strangers_go_on_coming_only_the_first_of_them_grows_old():
    """Over half of the counter after the first, it must not look as if it were still to come."""
    yard = Yard().start()
    gates = yard.gl.gates
    gates.strange_first[ARM] = gates.strange_last[ARM] = int(yard.position)
    for _ in range(50):
        yard.position += 0x00300000
        gates.strange_last[ARM] = int(yard.position)
        yard.run(1400)
        assert 0 <= int(yard.position) - gates.strange_first[ARM] <= 0x00C00000


@pytest.mark.parametrize(
    ("lifted", "how"), [(None, "REJECTED/UNCERTAIN"), (0, "LOST/NOT_SEEN"), (1, "LOST/UNPROVEN")]
)
def test_a_block_of_two_of_which_one_is_taken_off_proves_nothing_of_the_other(lifted: int | None, how: str):
    """Both run to the end as one. When an eye sees less of them than the last one did, nobody knows who is left."""
    yard = Yard().start()
    train = convoy(yard, (300, TO_END, 0), (200, TO_END, 40))
    yard.until(train[0], 3400)
    train[1].nose = train[0].tail
    yard.until(train[0], 5000)
    if lifted is not None:
        yard.lift(train[lifted])
    yard.finish()
    assert yard.false_claims() == []
    assert [yard.how(parcel) for parcel in train] == [how, "LOST/MERGED"]
