"""A zone's borders, from the gate logic's side: who is handed over, what is known of it, and what is no hand-over."""

from typing import NamedTuple

import pytest

from sortyard.config.compile import gate_config
from sortyard.config.line import Line
from sortyard.config.zones import Zone, zones_of
from unit import gate_driver
from unit.gate_driver import START, STOP, Yard
from unit.gate_line import B_THEN_A, GROUPS, NO_RULE, REJECT, TO_A, TO_B, TO_END, A, B, small_line

HANDED, BOUND, PEER = 15, 16, 17
STOPPED, ALIVE, DEAD = 0, 1, 2
STRAY, UNCERTAIN, FLUSHED = 1, 2, 32
V2, V3 = 3500, 5500
OTHER = 1 << 24
"""Handles of the second zone begin here."""


class Handed(NamedTuple):
    """A track on its way to the next zone."""

    track: int
    length: int
    slot: int
    origin: int
    group: int
    reason: int
    facts: int


def two_zones(**policy) -> Line:
    """The small line without its loop: the pusher PUSH (A) to the border eye V2, then ARM (B) from V3 on."""
    line = small_line(**policy)
    boards = [line.ecu[0], line.ecu[0].model_copy(update={"name": "east"})]

    def owned(parts, west):
        return [
            one if one.name in west else one.model_copy(update={"ecu": "east"})
            for one in parts
            if one.name not in ("WHEEL", "C-LOOP", "MERGE")
        ]

    update = {
        "ecu": boards,
        "eye": owned(line.eye, ("INFEED", "METER", "V1", "V2", "C-A")),
        "diverter": [
            one.model_copy(update={"position_mm": 6800}) if one.name == "ARM" else one
            for one in owned(line.diverter, ("PUSH",))
        ],
        "chute": [one for one in line.chute if one.kind != "recirculate"],
        "recirculation": None,
    }
    return line.model_copy(update=update)


LOOPLESS = tuple(tuple(min(chute, 2) for chute in group) for group in GROUPS[:5])
"""Without the loop the reject chute is number 2."""


def logic_of(zone: Zone):
    return gate_driver.GateLogic(gate_config(zone.line, LOOPLESS, 1, zone.stretch))


class West(Yard):
    """The first zone: parcels come, and whoever passes V2 is handed over."""

    def __init__(self, **policy) -> None:
        zone = zones_of(two_zones(**policy))[0]
        super().__init__(zone.line, logic_of(zone))
        self.eye_x = {0: 0, 1: 1500, 2: V2}
        self.blocked = dict.fromkeys(self.eye_x, False)

    def _on_gates_safe(self, _) -> None:
        self.is_out[0] = False
        self.moves.pop(0, None)

    @property
    def handed(self) -> list[Handed]:
        first, second = self.tell("HANDED"), self.tell("BOUND")
        assert [one.a for one in first] == [one.a for one in second]
        return [
            Handed(one.a, one.b, one.c - 1, one.position, two.b & 255, two.b >> 8, two.c)
            for one, two in zip(first, second, strict=True)
        ]


class East:
    """The second zone, driven by hand: what it is told and what it says."""

    def __init__(self) -> None:
        self.gl = logic_of(zones_of(two_zones())[1])
        self.now, self.position = 0, 10_000
        self.said: list[tuple[int, ...]] = []
        self.is_running = False
        self.feed(START)
        self.run(400)

    def feed(self, kind: int, index: int = 0, a: int = 0, b: int = 0, position: int | None = None) -> None:
        self.gl.feed(kind, index, self.position if position is None else position, a, b)

    def run(self, ms: int) -> "East":
        from array import array

        buffer = array("i", bytes(4 * 5 * 256))
        for _ in range(ms):
            self.now += 1
            self.position += self.is_running
            self.gl.step(self.position, self.now * 1000 & 0x0FFFFFFF)
            n = self.gl.drain(buffer, 0)
            for i in range(0, 5 * n, 5):
                record = tuple(buffer[i : i + 5])
                self.said.append(record)
                if record[0] == 5:
                    self.is_running = bool(record[1])
                    self.feed(8, 0, record[1])
        return self

    def hand(self, track: int, length: int = 300, group: int = TO_B, reason: int = 0, facts: int = 0) -> int:
        """Somebody has just passed the border eye; its origin."""
        origin = self.position - V2
        self.feed(HANDED, 4, track, length, origin)
        self.feed(BOUND, facts, track, group + 256 * reason)
        return origin

    def pass_eye(self, eye: int, x: int, origin: int, length: int = 300) -> None:
        """The parcel whose nose was at 0 at that count goes through the eye at x."""
        self.run(x + origin - self.position)
        self.feed(1, eye)
        self.run(length)
        self.feed(2, eye)

    def ends(self) -> list[tuple[int, int, int, int]]:
        """Track, outcome, reason and chute of every disposition."""
        found = [one for one in self.said if one[0] == 8]
        return [(one[1], one[2] & 15, one[2] >> 4 & 31, (one[2] >> 9 & 255) - 1) for one in found]

    def tracks(self) -> int:
        return self.gl.tracks.count


SORTED, REJECTED, LOST, CARRIED = 1, 3, 4, 5
NO_READ, LATE_DATA, CHUTE_FULL, IS_UNCERTAIN, IS_FLUSHED, NOT_SEEN = 1, 4, 5, 10, 11, 13


def test_a_parcel_for_the_next_zone_is_handed_over_at_the_border_eye_and_nothing_is_claimed_here():
    yard = West().start()
    parcel = yard.send(300, slot=7, answer=TO_B)
    yard.until(parcel, V2 + 20)
    (handed,) = yard.handed
    assert handed == (1, 300, 7, handed.origin, TO_B, 0, 0)
    assert abs(handed.origin + V2 - (yard.position - 20)) <= 2
    yard.run(600)
    assert yard.gl.tracks.count == 0
    assert yard.ended == []


def test_a_parcel_for_this_zone_is_claimed_here_and_not_handed_over():
    yard = West().start()
    parcel = yard.send(300, slot=7, answer=TO_A)
    yard.finish()
    assert yard.how(parcel) == "SORTED"
    assert yard.handed == []


@pytest.mark.parametrize(
    ("slot", "answer", "reason"), [(-1, TO_A, NO_READ), (3, NO_RULE, 3)], ids=["no label", "no rule"]
)
def test_what_cannot_be_sorted_goes_on_with_its_reason(slot, answer, reason):
    yard = West().start()
    yard.until(yard.send(300, slot=slot, answer=answer), V2 + 20)
    assert yard.handed == [(1, 300, slot, yard.handed[0].origin, 0, reason, 0)]


def test_a_failed_divert_is_handed_over_as_uncertain():
    yard = West().start()
    parcel = yard.send(300, answer=TO_A, fails=frozenset({0}))
    yard.until(parcel, V2 + 20)
    (handed,) = yard.handed
    assert (handed.group, handed.reason, handed.facts) == (0, IS_UNCERTAIN, UNCERTAIN)


def test_a_full_chute_gives_way_to_one_of_the_next_zone():
    yard = West().start()
    yard.feed(5, A, 1)
    yard.until(yard.send(300, answer=3), V2 + 20)
    assert yard.handed[0].group == 3
    assert yard.handed[0].reason == CHUTE_FULL


def test_who_is_still_waiting_for_an_answer_at_the_border_goes_on_as_late():
    yard = West(host=True).start()
    parcel = yard.put(300, slot=1, answer=255)
    yard.until(parcel, V2 + 20)
    assert yard.handed[0].group == 0
    assert yard.handed[0].reason == LATE_DATA


def test_after_a_flush_it_is_handed_over_as_flushed():
    yard = West().start()
    parcel = yard.send(300, answer=TO_B)
    yard.estop()
    yard.run(50)
    yard.recover(policy=1)
    yard.until(parcel, V2 + 20)
    assert yard.handed[0].facts & FLUSHED


def test_a_stray_at_the_border_eye_is_told_and_handed_over():
    yard = West().start()
    yard.put(300, nose=float(V2 - 50))
    yard.run(100)
    (handed,) = yard.handed
    assert (handed.length, handed.group, handed.facts) == (0, 0, STRAY)
    assert [one.b for one in yard.events("STRAY_SEEN")] == [handed.track]


def test_a_parcel_that_stands_in_the_border_eye_is_still_a_jam():
    yard = West().start()
    parcel = yard.send(300, answer=TO_B)
    yard.until(parcel, V2 + 20)
    parcel.is_stuck = True
    yard.run(1200)
    assert yard.faults() == ["JAM"]


def test_what_was_handed_over_is_sorted_by_the_next_zone_under_its_name():
    yard = East()
    origin = yard.hand(5)
    yard.pass_eye(1, V3, origin)
    yard.run(origin + 6800 + 600 - yard.position)
    extends = [one for one in yard.said if one[0] == 1]
    assert [one[1:3] for one in extends] == [(0, 5)]
    assert abs(extends[0][4] - origin - (6800 - 30 - 115)) <= 6
    yard.feed(1, 3)
    yard.run(100)
    yard.feed(2, 3)
    yard.run(100)
    assert yard.ends() == [(5, SORTED, 0, B)]
    assert yard.tracks() == 0


def test_who_was_not_handed_over_is_a_stray_and_goes_to_the_end():
    yard = East()
    origin = yard.position - V2
    yard.pass_eye(1, V3, origin)
    yard.pass_eye(2, 7800, origin)
    yard.run(100)
    assert [one for one in yard.said if one[0] in (1, 2)] == []
    assert yard.ends() == [(OTHER + 1, CARRIED, 17, -1)]


def test_who_is_handed_over_too_late_is_lost_and_the_stray_keeps_no_name():
    yard = East()
    origin = yard.position - V2
    yard.pass_eye(1, V3, origin)
    yard.feed(HANDED, 4, 5, 300, origin)
    yard.feed(BOUND, 0, 5, TO_B)
    yard.pass_eye(2, 7800, origin)
    yard.run(100)
    assert yard.ends() == [(5, LOST, NOT_SEEN, -1), (OTHER + 1, CARRIED, 17, -1)]


def test_who_is_handed_over_and_does_not_come_is_lost():
    yard = East()
    yard.hand(5)
    yard.run(V3 - V2 + 300)
    assert yard.ends() == [(5, LOST, NOT_SEEN, -1)]


@pytest.mark.parametrize(
    ("group", "reason", "facts", "end"),
    [
        (0, NO_READ, 0, (5, REJECTED, NO_READ, REJECT - 1)),
        (0, 0, 0, (5, REJECTED, LATE_DATA, REJECT - 1)),
        (0, IS_UNCERTAIN, UNCERTAIN, (5, REJECTED, IS_UNCERTAIN, REJECT - 1)),
        (TO_B, 0, FLUSHED, (5, REJECTED, IS_FLUSHED, REJECT - 1)),
        (TO_A, 0, 0, (5, REJECTED, LATE_DATA, REJECT - 1)),
        (TO_END, 0, 0, (5, SORTED, 0, REJECT - 1)),
        (0, 0, STRAY, (5, CARRIED, 17, -1)),
    ],
    ids=["no read", "nothing known", "uncertain", "flushed", "behind it", "the end", "stray"],
)
def test_the_facts_of_a_track_are_true_in_the_next_zone_too(group, reason, facts, end):
    yard = East()
    origin = yard.hand(5, group=group, reason=reason, facts=facts)
    yard.pass_eye(1, V3, origin)
    yard.pass_eye(2, 7800, origin)
    yard.run(200)
    assert yard.ends() == [end]


def test_of_a_group_the_chute_behind_is_passed_over_without_a_reason_of_its_own():
    yard = East()
    yard.feed(5, B, 1)
    origin = yard.hand(5, group=3)
    yard.pass_eye(1, V3, origin)
    yard.pass_eye(2, 7800, origin)
    yard.run(200)
    assert yard.ends() == [(5, REJECTED, CHUTE_FULL, REJECT - 1)]


def test_a_longer_parcel_than_was_handed_over_is_doubted():
    yard = East()
    origin = yard.hand(5, length=300)
    yard.pass_eye(1, V3, origin, length=420)
    yard.pass_eye(2, 7800, origin, length=420)
    yard.run(200)
    assert yard.ends() == [(5, LOST, 16, -1)]


def test_facts_of_another_track_or_of_none_change_nothing():
    yard = East()
    yard.feed(BOUND, 0, 9, TO_B)
    origin = yard.position - V2
    yard.feed(HANDED, 4, 5, 300, origin)
    yard.feed(BOUND, 0, 9, TO_B)
    yard.pass_eye(1, V3, origin)
    yard.pass_eye(2, 7800, origin)
    yard.run(200)
    assert yard.ends() == [(5, REJECTED, LATE_DATA, REJECT - 1)]


def test_a_full_table_of_tracks_loses_nobody_without_saying_so():
    yard = East()
    capacity = yard.gl.tracks.capacity
    for track in range(1, capacity + 2):
        yard.hand(track)
        yard.run(4)
    assert (capacity + 1, LOST, NOT_SEEN, -1) in yard.ends()
    assert [one[1] for one in yard.said if one[0] == 11] == [8]


def test_another_zone_that_stops_stops_this_one_and_it_starts_again_by_a_start_alone():
    yard = East()
    yard.feed(PEER, 0, STOPPED + 4 * 1)
    yard.run(20)
    assert not yard.is_running
    yard.feed(PEER, 0, STOPPED + 4 * 1)
    yard.feed(START)
    yard.run(100)
    assert yard.is_running
    assert [one for one in yard.said if one[0] == 11] == []


def test_a_dead_zone_is_a_fault_and_nobody_starts_before_it_is_back():
    yard = East()
    yard.feed(PEER, 0, DEAD + 4 * 3)
    yard.feed(PEER, 0, DEAD + 4 * 3)
    yard.run(20)
    assert [one[1:3] for one in yard.said if one[0] == 11] == [(14, 3)]
    assert not yard.is_running
    yard.feed(10)
    yard.feed(START)
    yard.run(100)
    assert not yard.is_running
    yard.feed(PEER, 0, ALIVE + 4 * 3)
    yard.feed(START)
    yard.run(100)
    assert yard.is_running


def test_a_line_of_one_zone_takes_nothing_from_neighbours():
    yard = Yard().start()
    for kind in (HANDED, BOUND, PEER, 200):
        yard.feed(kind, 4, DEAD, 300)
    yard.run(50)
    assert yard.gl.tracks.count == 0
    assert yard.gl.state == 1


def test_the_first_zone_takes_no_tracks_over():
    yard = West().start()
    yard.feed(HANDED, 4, 9, 300)
    yard.feed(STOP)
    yard.run(20)
    assert yard.gl.tracks.count == 0


def test_a_zone_that_hands_over_needs_its_border_eye():
    zone = zones_of(two_zones())[0]
    config = gate_config(zone.line, LOOPLESS, 1, zone.stretch)
    config[11] = 0
    with pytest.raises(ValueError, match="border eye"):
        gate_driver.GateLogic(config)


def test_a_destination_in_two_zones_is_tried_in_the_order_of_its_group():
    yard = West().start()
    yard.until(yard.send(300, answer=B_THEN_A), V2 + 20)
    assert (yard.handed[0].group, yard.handed[0].reason) == (B_THEN_A, 0)
