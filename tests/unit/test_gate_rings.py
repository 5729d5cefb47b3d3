"""Rings that are full, configurations that are not one, and what the public face promises."""

import pytest

from sorter_core import codes
from sorter_core.gate_logic import GateLogic
from sorter_core.line_state import emit
from unit.gate_driver import BLOCKED, CHUTE, CLEARED, DESTINATION, ESTOP, MASK, Yard
from unit.gate_line import (
    CONFIRM_LOOP,
    END,
    GROUPS,
    HOST_ONLY,
    NO_RULE,
    PUSH,
    TO_B,
    TO_END,
    TO_LOOP,
    V2,
    WHEEL,
    A,
    late_confirms,
    small_config,
    small_line,
    small_logic,
)

ROOM = 5 * 256


def faults(logic: GateLogic) -> list[tuple[str, int]]:
    buffer = [0] * ROOM
    n = logic.drain(buffer, 0)
    records = [buffer[i : i + 5] for i in range(0, 5 * n, 5)]
    return [(codes.FAULTS[a], c) for kind, a, _, c, _ in records if kind == 11]


def test_a_full_input_ring_refuses_counts_and_reports():
    logic = small_logic()
    taken = [logic.feed(CHUTE, 0, 0, 1, 0) for _ in range(300)]
    assert taken == [1] * 256 + [0] * 44
    for ms in range(10):
        logic.step(0, 1000 * ms)
    assert faults(logic) == [("INPUTS_LOST", 44)]


def test_a_line_that_has_lost_inputs_stops_and_starts_again_with_a_flush():
    yard = Yard().start()
    parcel = yard.send(answer=TO_B)
    for _ in range(300):
        yard.feed(CHUTE, A, 0)
    yard.run(400)
    assert set(yard.faults()) == {"INPUTS_LOST"}
    assert [said.a for said in yard.tell("LINE")] == [1, 0]
    yard.recover(0)
    yard.finish()
    assert yard.how(parcel) == "REJECTED/FLUSHED"


def test_a_track_that_has_ended_ends_once_though_inputs_go_first():
    """Overdue gates keep the steps busy and inputs pile up: an edge comes before the track is forgotten."""
    yard = Yard().start()
    parcel = yard.send(answer=TO_END)
    yard.until(parcel, 3400)
    yard.lift(parcel)
    yard.run(170)
    for _ in range(10):
        yard.feed(BLOCKED, V2)
        yard.feed(CLEARED, V2)
    for _ in range(30):
        yard.make_overdue(3)
        yard.run(1)
    assert [end.reason for end in yard.ended if end.track == 1] == ["NOT_SEEN"]


def test_a_hosts_answer_for_a_track_that_has_ended_is_late_and_keeps_it_no_longer():
    yard = Yard(small_line(host=True)).start()
    parcel = yard.send(answer=HOST_ONLY)
    yard.until(parcel, 1400)
    yard.lift(parcel)
    while not yard.ended:
        yard.run(1)
    yard.feed(DESTINATION, parcel.slot, 1, NO_RULE)
    for _ in range(10):
        yard.feed(CHUTE, A, 0)
    yard.make_overdue(1)
    yard.run(100)
    assert yard.how(parcel) == "LOST/NOT_SEEN"
    assert [said.b for said in yard.events("LATE_ANSWER")] == [1]
    assert yard.events("CONDEMNED") == []
    assert yard.gl.tracks.count == 0


def test_a_confirm_edge_for_a_track_that_has_ended_is_unexpected():
    """Its gate failed, the end eye sees it, and then an edge comes in its chute: they wait while a gate is overdue."""
    yard = Yard(late_confirms("LOOP", 1900, parcels={"min_length_mm": 20})).start()
    parcel = yard.send(20, answer=TO_LOOP, fails=frozenset({WHEEL}))
    yard.until(parcel, 7790)
    yard.feed(BLOCKED, END)
    yard.feed(CLEARED, END)
    for _ in range(2):
        yard.feed(CHUTE, A, 0)
    yard.feed(BLOCKED, CONFIRM_LOOP)
    for _ in range(9):
        yard.feed(CHUTE, A, 0)
    yard.run(1)
    yard.make_overdue(1)
    yard.run(6)
    assert yard.ended == []
    yard.run(1)
    assert len(yard.ended) == 1
    yard.run(2)
    assert len(yard.events("UNEXPECTED_CONFIRM")) == 1
    assert yard.gl.tracks.count == 0


def test_an_emergency_stop_finds_room_in_a_full_ring():
    logic = small_logic()
    for _ in range(300):
        logic.feed(CHUTE, 0, 0, 1, 0)
    assert logic.feed(ESTOP, 0, 0, 1, 0) == 1
    logic.step(0, 0)
    buffer = [0] * ROOM
    assert logic.drain(buffer, 0) >= 1
    assert codes.OUTPUTS[buffer[0]] == "GATES_SAFE"


def test_inputs_are_taken_however_much_is_due():
    """Every gate has work in each step, and still 40 inputs are taken in 80 steps."""
    logic = small_logic()
    logic.step(0, 0)
    for _ in range(40):
        logic.feed(CHUTE, 0, 0, 1, 0)
    for ms in range(1, 80):
        for gate in range(logic.gates.n):
            logic.gate_agenda.put(gate, ms)
        logic.step(ms, 1000 * ms)
    assert logic.in_count <= 7


def test_a_gate_waits_for_no_track_however_many_were_due_before_it():
    """A gate that is a step late is a millisecond late at the belt; nobody sees that of a track."""
    logic = small_logic()
    logic.step(0, 0)
    for track in range(5):
        logic.agenda.put(track, 90 + track)
    logic.gate_agenda.put(PUSH, 99)
    logic.step(100, 100_000)
    assert logic.gate_agenda.bucket[PUSH] < 0
    assert [logic.agenda.bucket[track] >= 0 for track in range(5)] == [True] * 5
    assert logic.due_position <= 100
    for step in range(5):
        logic.step(102 + 2 * step, 102_000 + 2000 * step)
    assert [logic.agenda.bucket[track] >= 0 for track in range(5)] == [False] * 5


def test_a_gate_waits_for_no_input_that_has_waited_for_tracks():
    """Its turn comes behind seven of them; a gate that is due goes first then, and the input in the next step."""
    logic = small_logic()
    for ms in range(2):
        logic.step(ms, 1000 * ms)
    logic.feed(CHUTE, 0, 100, 1, 0)
    for ms in range(100, 107):
        logic.next_track, logic.due_position = 0, ms  # there is something to do at once for it
        logic.step(ms, 1000 * ms)
    assert (logic.is_input_next, logic.in_count) == (1, 1)
    logic.gate_agenda.put(PUSH, 107)
    logic.step(107, 107_000)
    assert (logic.gate_agenda.bucket[PUSH], logic.in_count) == (-1, 1)
    logic.step(108, 108_000)
    assert logic.in_count == 0


def test_the_speed_is_measured_although_a_gate_is_due_and_in_the_step_behind_it():
    logic = small_logic()
    logic.step(0, 0)
    at = logic.due_ticks
    logic.gate_agenda.put(PUSH, 99)
    logic.step(100, at)
    assert logic.speed == 0
    logic.step(101, at + 1000)
    assert logic.speed > 0


def test_a_timer_and_the_speed_wait_for_no_track_however_long_there_is_something_to_do_at_once():
    """A pusher that is to go home was told so 44 ms late, and the next parcel came to it."""
    logic = small_logic()
    for ms in range(2):
        logic.step(ms, 1000 * ms)
    at = logic.due_ticks
    logic.next_track, logic.due_position = 0, 100
    logic.step(100, at)
    assert logic.speed > 0
    assert logic.next_track == 0
    logic.step(101, at + 1000)
    assert logic.next_track < 0


def test_what_waits_in_the_ring_keeps_its_latched_position():
    logic = small_logic()
    for position in range(100, 130):
        logic.feed(BLOCKED if position % 2 == 0 else CLEARED, 1, position, 0, 0)
    for ms in range(200):
        logic.step(5000, 1000 * ms)
    buffer = [0] * ROOM
    n = logic.drain(buffer, 0)
    strays = [buffer[i + 2] for i in range(0, 5 * n, 5) if buffer[i : i + 2] == [10, 8]]
    assert len(strays) == 15
    assert logic.in_count == logic.is_pending == 0


def test_an_edge_said_to_be_further_on_than_the_belt_is_taken_where_the_belt_is():
    """The belt has slipped back by 20 mm since the edge, and stands: the stranger is told at once all the same."""
    yard = Yard().start()
    here = int(yard.position)
    yard.set_belt(False)
    yard.feed(BLOCKED, V2, position=here + 20)
    yard.run(10)
    (stray,) = yard.events("STRAY_SEEN")
    assert (stray.c, stray.position) == (V2, here)
    t = yard.gl.tracks.find(stray.b)
    assert yard.gl.tracks.origin[t] == here - 3500 & MASK


def test_a_full_output_ring_makes_inputs_wait_and_loses_nothing():
    """Nobody drains: 1,000 edges pile up as far as the input ring goes; afterwards every stray is told."""
    logic = small_logic()
    refused = 0
    for ms in range(1500):
        refused += not logic.feed(BLOCKED if ms % 2 == 0 else CLEARED, 1, 20 * ms, 0, 0)
        logic.step(20 * ms, 1000 * ms)
    assert logic.out_count <= 256
    assert refused > 0
    assert logic.outputs_lost == 0
    told = sum(count for fault, count in faults(logic) if fault == "INPUTS_LOST")
    assert told + logic.inputs_lost == refused


def test_records_that_find_no_room_are_counted_and_reported():
    """Also those beyond the reserve that the gate logic keeps for what cannot wait."""
    logic = small_logic()
    for place in range(300):
        emit(logic, 10, 1, place, 0, 0)
    assert logic.outputs_lost == 45
    assert faults(logic) == []
    logic.feed(ESTOP, 0, 0, 1, 0)
    logic.step(0, 0)
    assert faults(logic) == [("OUTPUTS_LOST", 45)]


@pytest.mark.parametrize(
    ("size", "offset", "taken"),
    [(0, 0, 0), (4, 0, 0), (5, 0, 1), (9, 0, 1), (9, 5, 0), (100, -1, 0), (10, 5, 1)],
)
def test_drain_writes_whole_records_inside_the_buffer(size, offset, taken):
    logic = small_logic()
    logic.feed(ESTOP, 0, 0, 1, 0)
    logic.step(77, 0)
    assert logic.drain([0] * size, offset) == taken


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({0: 99}, "wrong version"),
        ({2: 48}, "power of two"),
        ({2: 4}, "power of two"),
        ({3: 31}, "bucket"),
        ({4: -4}, "counts"),
        ({4: 11}, "length"),
        ({6: 4}, "length"),
        ({10: 9}, "station"),
        ({11: 7}, "end eye"),
        ({12: 1 << 29}, "small integer"),
        ({14: -5}, "length"),
        ({18: 1 << 20}, "speed"),
        ({26: 4}, "recirculation"),
        ({29: -1}, "end chute"),
        ({40: 1}, "first eye"),
        ({44: 3}, "station"),
        ({60 + 3: 9}, "confirm eye"),
        ({43: 4}, "chute of"),
        ({60: 0}, "role"),
        ({27: 256}, "lap limit"),
        ({84: 2}, "kind of a gate"),
        ({84 + 8: 3}, "safe state"),
        ({84 + 9: 2}, "feedback"),
        ({123: 3}, "kind of a chute"),
        ({123 + 4: 2}, "confirm eye of a chute"),
    ],
)  # fmt: skip
def test_a_configuration_that_is_none_is_refused(change, words):
    config = small_config()
    for place, value in change.items():
        config[place] = value
    with pytest.raises(ValueError, match=words):
        GateLogic(config)


def test_groups_of_more_chutes_than_a_track_can_number_are_refused():
    config = small_config()
    config += [0] * (0x10000 - config[9])
    config[9] = 0x10000
    with pytest.raises(ValueError, match="all groups' chutes is 65536"):
        GateLogic(config)


def test_places_in_the_tables_are_checked_one_by_one():
    """Each value exchanged for a huge and for a negative one: refused, or harmless in use."""
    good = small_config()
    for place in range(40, len(good)):
        for value in (1 << 28, -3):
            config = [*good[:place], value, *good[place + 1 :]]
            try:
                logic = GateLogic(config)
            except ValueError:
                continue
            for kind in range(1, 14):
                for index in range(10):
                    logic.feed(kind, index, 500, 1, 1)
            for ms in range(400):
                logic.step(8 * ms, 1000 * ms)


@pytest.mark.parametrize("groups", [[[]], [[0], []], [[0, 9]], [[-1]]])
def test_groups_that_name_nothing_are_refused(groups):
    with pytest.raises(ValueError, match="group"):
        GateLogic(small_config(groups=groups))


def test_too_short_and_too_long_are_refused():
    good = small_config(groups=GROUPS)
    for config in ([], good[:39], good[:-1], [*good, 0]):
        with pytest.raises(ValueError, match="gate configuration"):
            GateLogic(config)
