"""The host between the boards of one line: positions from one count to the other, who is dead to whom, and what one
board alone is wired to."""

import pytest

from sorter_core import messages
from sortyard.device.relay import (
    ALIVE,
    BUTTONS,
    CHUTE_FREE,
    CHUTE_FULL,
    DEAD,
    DRIVE,
    ECHO_US,
    FOLLOW_US,
    INDUCTED,
    LOST,
    PEER,
    SAFE_MODE,
    STOPPED,
    STRAY_SEEN,
    Relay,
    Wires,
)

STANDING, RUNNING = 0, 1
START, RESET = BUTTONS["start"], BUTTONS["reset"]
ORIGIN, LENGTH, BOUND, FACTS = 1000, 300, 2, 4
SORTED, RECIRCULATED = 1, 2


class Voice:
    """A board's conversation: what it is told, and what of that it has acknowledged."""

    def __init__(self) -> None:
        self.is_attached, self.conversations = True, 1
        self.told: list[tuple[int, ...]] = []
        self.acknowledged = self.room = 64

    def send(self, kind: int, *fields: int) -> int:
        if len(self.told) == self.room:
            return 0
        self.told.append((kind, *fields))
        return len(self.told)

    def is_done(self, ticket: int) -> bool:
        return ticket <= self.acknowledged

    def cut(self) -> None:
        """The link is cut and back: what was on its way is gone."""
        self.told = self.told[: self.acknowledged]
        self.acknowledged = 0
        self.told.clear()
        self.conversations += 1


class Line:
    """A relay and its boards; west has the buttons and the belt."""

    def __init__(self, boards: int = 2, *, has_loop: bool = False) -> None:
        west = Wires(frozenset({START, RESET}), True, has_loop)
        self.relay = Relay([west] + [Wires(frozenset(), False)] * (boards - 1))
        self.voices = [Voice() for _ in range(boards)]

    def told(self, zone: int) -> list[tuple[int, ...]]:
        """What a board has been told since the last time; all of it is acknowledged."""
        voice = self.voices[zone]
        self.relay.speak(zone, voice)
        new, voice.told = voice.told, []
        return new

    def peers(self, zone: int) -> list[tuple[int, int]]:
        """What of that is about the others: (zone, how it is)."""
        return [(one[2] >> 2, one[2] & 3) for one in self.told(zone) if one[:2] == (messages.COMMAND, PEER)]

    def tracks(self, zone: int) -> list[int]:
        return [one[1] for one in self.told(zone) if one[0] == messages.HAND_OVER]

    def chutes(self, zone: int) -> list[tuple[int, ...]]:
        """What of chutes a board is told now: (chute, state)."""
        voice = self.voices[zone]
        self.relay.speak(zone, voice)
        voice.told.clear()
        self.relay.speak_of_chutes(zone, voice)
        new, voice.told = voice.told, []
        assert all(one[0] == messages.CHUTE for one in new)
        return [one[1:] for one in new]

    def hand(self, track: int) -> None:
        self.relay.hand_over(0, track, ORIGIN, LENGTH, BOUND + (77 << 16), FACTS + (9 << 16))


def standing(*positions: int, has_loop: bool = False) -> Line:
    """A line whose boards know each other: they have been asked while the belt stood, the last time at 250 ms."""
    line = Line(len(positions), has_loop=has_loop)
    for now_us in (-250_000, 0, 250_000):
        for zone, position in enumerate(positions):
            line.relay.beat(zone, now_us, STANDING, position)
    for zone in range(len(positions)):
        line.told(zone)
    return line


def test_a_track_arrives_in_the_counts_of_the_other_board_also_where_they_wrap():
    line = standing(500, 0x0FFF_FFF0)
    line.hand(7)
    assert line.told(1) == [(messages.HAND_OVER, 7, ORIGIN - 500 - 16 & 0x0FFF_FFFF, LENGTH, BOUND, FACTS)]
    assert line.relay.owner == {7: 1}


def test_boards_are_alive_to_each_other_when_all_have_been_asked_at_rest():
    line = Line()
    for now_us, east in ((0, 0), (250_000, 3)):
        line.relay.beat(0, now_us, STANDING, 5)
        line.relay.beat(1, now_us, STANDING, east)
    assert (line.peers(0), line.peers(1)) == ([], [])
    line.relay.beat(0, 500_000, STANDING, 5)
    line.relay.beat(1, 500_000, STANDING, 3)
    assert line.peers(0) == [(1, ALIVE)]
    line.relay.beat(0, 750_000, STANDING, 5)
    assert line.peers(1) == [(0, ALIVE)]


def test_nobody_is_alive_to_the_others_while_one_is_missing():
    line = Line(3)
    for now_us in range(0, 3_000_000, 250_000):
        line.relay.beat(0, now_us, STANDING, 5)
        line.relay.beat(1, now_us, STANDING, 5)
        line.relay.look(now_us)
    assert [line.peers(zone) for zone in (0, 1)] == [[], []]


def test_a_track_whose_place_nobody_knows_is_closed_by_the_host():
    line = Line()
    line.relay.happened(0, INDUCTED, 7, 0)
    line.hand(7)
    assert list(line.relay.closed) == [7]
    assert (line.tracks(1), line.relay.owner) == ([], {})


def test_a_board_that_falls_silent_is_dead_to_the_others_once():
    line = standing(0, 0, 0)
    for now_us in (500_000, 1_000_000, 1_200_000):
        line.relay.beat(0, now_us, RUNNING, now_us)
        line.relay.beat(2, now_us, RUNNING, now_us)
        line.relay.look(now_us)
    assert line.peers(0) == []
    line.relay.look(1_250_000)
    line.relay.look(1_260_000)
    assert (line.peers(0), line.peers(1), line.peers(2)) == ([(1, DEAD)], [], [(1, DEAD)])


def test_a_board_in_safe_mode_is_dead_though_it_speaks():
    line = standing(0, 0)
    line.relay.beat(1, 500_000, SAFE_MODE, 0)
    assert line.peers(0) == [(1, DEAD)]
    fresh = Line()
    for now_us in range(0, 2_000_000, 250_000):
        fresh.relay.beat(0, now_us, STANDING, 0)
        fresh.relay.beat(1, now_us, SAFE_MODE, 0)
    assert fresh.peers(0) == []


def test_a_board_that_begins_anew_is_dead_until_the_belt_stands_and_counts_from_another_zero():
    line = standing(100, 40)
    line.relay.restarted(1)
    assert line.peers(0) == [(1, DEAD)]
    for now_us, moved in ((500_000, 900), (750_000, 1100), (1_000_000, 1100)):
        line.relay.beat(0, now_us, STANDING, 100 + moved)
        line.relay.beat(1, now_us, STANDING, moved - 900)
    assert line.peers(0) == [(1, ALIVE)]
    line.told(1)
    line.relay.hand_over(0, 7, 1150, LENGTH, BOUND, FACTS)
    assert line.told(1)[0][2] == 150


def test_a_board_that_begins_anew_has_none_of_its_tracks_nor_of_those_on_their_way_to_it():
    line = standing(0, 0)
    line.relay.happened(0, STRAY_SEEN, 6, 0)
    line.relay.happened(0, INDUCTED, 7, 0)
    line.hand(7)
    line.relay.happened(1, INDUCTED, 1 << 24, 0)
    line.relay.happened(1, INDUCTED, 2 << 24, 0)
    line.relay.ended(2 << 24, SORTED)
    line.relay.restarted(1)
    assert list(line.relay.closed) == [7, 1 << 24]
    assert line.tracks(1) == []
    assert line.relay.owner == {6: 0}


def test_a_board_that_stops_is_told_to_the_others_by_itself_or_by_its_heartbeat():
    line = standing(0, 0)
    line.relay.beat(1, 300_000, RUNNING, 0)
    line.relay.stopped(1)
    assert line.peers(0) == [(1, STOPPED)]
    line.relay.beat(1, 500_000, RUNNING, 10)
    line.relay.beat(1, 750_000, STANDING, 20)
    assert line.peers(0) == [(1, STOPPED)]
    line.relay.beat(1, 1_000_000, STANDING, 20)
    assert line.peers(0) == []


@pytest.mark.parametrize(("after_us", "stops"), [(FOLLOW_US - 1, []), (FOLLOW_US, [(1, STOPPED)])])
def test_a_board_that_does_not_start_after_another_one_stops_it(after_us: int, stops: list):
    line = standing(0, 0)
    line.relay.beat(0, 500_000, RUNNING, 0)
    line.relay.beat(0, 750_000, RUNNING, 50)
    line.relay.beat(1, 500_000 + after_us, STANDING, 50)
    assert line.peers(0) == stops


def test_hand_overs_are_said_one_at_a_time_until_each_is_acknowledged():
    line, voice = standing(0, 0), Voice()
    line.voices[1] = voice
    line.relay.speak(1, voice)
    voice.told.clear()
    voice.acknowledged = 0
    line.hand(7)
    line.hand(8)
    assert line.relay.speak(1, voice)
    assert not line.relay.speak(1, voice)
    assert [one[1] for one in voice.told] == [7]
    voice.acknowledged = 1
    assert line.relay.speak(1, voice)
    assert [one[1] for one in voice.told] == [7, 8]


def test_a_hand_over_that_was_cut_off_is_said_again_when_the_board_is_back_and_so_is_how_the_others_are():
    line = standing(0, 0)
    voice = line.voices[1]
    voice.acknowledged = 0
    line.relay.given(0, 0, DRIVE, 1)
    line.hand(7)
    line.relay.speak(1, voice)
    voice.is_attached = False
    voice.cut()
    assert not line.relay.speak(1, voice)
    voice.is_attached = True
    line.relay.speak(1, voice)
    assert voice.told == [
        (messages.COMMAND, DRIVE, 1),
        (messages.COMMAND, PEER, ALIVE),
        (messages.HAND_OVER, 7, ORIGIN, LENGTH, BOUND, FACTS),
    ]


def test_how_a_track_ended_is_told_where_its_code_was_read_if_the_line_has_a_loop():
    line = standing(0, 0, 0, has_loop=True)
    for track in (7, 8, 9):
        line.hand(track)
    line.relay.hand_over(1, 8, ORIGIN, LENGTH, BOUND, FACTS)
    line.relay.ended(7, RECIRCULATED)
    line.relay.ended(8, SORTED)
    line.relay.ended(8, SORTED)
    line.relay.ended(6, SORTED)
    assert line.told(0) == [(messages.TRACK_END, 7, 9, RECIRCULATED)]
    assert line.told(0) == [(messages.TRACK_END, 8, 9, SORTED)]
    assert line.told(0) == []
    loopless = standing(0, 0)
    loopless.hand(7)
    loopless.relay.ended(7, SORTED)
    assert loopless.told(0) == []


def test_the_end_of_a_track_is_said_again_after_a_cut_and_not_to_a_board_that_has_begun_anew():
    line = standing(0, 0, has_loop=True)
    voice = line.voices[0]
    voice.acknowledged = 0
    for track in (7, 8):
        line.hand(track)
        line.relay.ended(track, RECIRCULATED)
    line.relay.speak(0, voice)
    voice.cut()
    line.relay.speak(0, voice)
    ends = [one[1] for one in voice.told if one[0] == messages.TRACK_END]
    assert ends == [7]
    line.hand(9)
    line.relay.restarted(0)
    line.relay.ended(9, RECIRCULATED)
    voice.acknowledged = voice.room
    assert [one for one in line.told(0)[2:] if one[0] == messages.TRACK_END] == []


def test_of_a_track_that_nobody_has_any_more_the_code_may_be_forgotten():
    line = standing(0, 0, has_loop=True)
    line.hand(7)
    line.relay.restarted(1)
    assert (messages.TRACK_END, 7, 9, LOST) in line.told(0)


def test_what_a_board_has_no_room_for_waits():
    line = standing(0, 0)
    voice = line.voices[1]
    voice.room = 1
    line.relay.stopped(0)
    line.relay.given(0, 0, DRIVE, 0)
    assert line.told(1) == [(messages.COMMAND, PEER, STOPPED)]
    assert line.told(1) == [(messages.COMMAND, DRIVE, 0)]


def test_buttons_and_the_belt_of_one_board_are_told_to_those_that_have_none():
    line = standing(0, 0)
    line.relay.given(0, 0, START, 0)
    line.relay.given(0, 0, DRIVE, 1)
    assert line.told(1) == [(messages.COMMAND, START, 0), (messages.COMMAND, DRIVE, 1)]
    line.relay.given(1, 0, START, 0)
    line.relay.given(1, 0, DRIVE, 1)
    assert (line.told(0), line.told(1)) == ([], [])


@pytest.mark.parametrize(("after_us", "told"), [(ECHO_US - 1, []), (ECHO_US, [(messages.COMMAND, START, 0)])])
def test_a_command_of_the_host_itself_is_no_button(after_us: int, told: list):
    line = standing(0, 0)
    line.relay.commanded(0, 0, START)
    line.relay.given(0, after_us, START, 0)
    assert line.told(1) == told
    line.relay.given(0, after_us, START, 0)
    assert line.told(1) == [(messages.COMMAND, START, 0)]


def test_a_chute_that_is_full_by_its_eye_is_told_upstream_once_and_so_is_that_it_is_free():
    line = standing(0, 0, 0)
    line.relay.happened(1, CHUTE_FULL, 0, 4)
    assert [line.chutes(zone) for zone in range(3)] == [[(4, 1)], [], []]
    assert line.chutes(0) == []
    line.relay.happened(1, CHUTE_FREE, 0, 4)
    assert [line.chutes(zone) for zone in range(3)] == [[(4, 0)], [], []]
    line.relay.happened(0, CHUTE_FULL, 0, 1)
    assert [line.chutes(zone) for zone in range(3)] == [[], [], []]


def test_of_the_hosts_own_word_and_a_full_chute_the_worse_is_told():
    line, said = standing(0, 0), {}
    line.relay.states = [said, {}]
    said[messages.CHUTE, 4] = 2
    line.relay.happened(1, CHUTE_FULL, 0, 4)
    assert line.chutes(0) == [(4, 2)]
    said[messages.CHUTE, 4] = 0
    assert line.chutes(0) == [(4, 1)]
    said[messages.CHUTE, 4] = 2
    line.relay.happened(1, CHUTE_FREE, 0, 4)
    assert line.chutes(0) == [(4, 2)]


def test_what_a_cut_may_have_taken_of_chutes_is_said_again_and_a_board_that_begins_anew_has_found_none_full():
    line = standing(0, 0)
    line.relay.happened(1, CHUTE_FULL, 0, 4)
    line.chutes(0)
    line.voices[0].cut()
    line.relay.happened(1, CHUTE_FREE, 0, 4)
    assert line.chutes(0) == [(4, 0)]
    line.relay.happened(1, CHUTE_FULL, 0, 4)
    assert line.chutes(0) == [(4, 1)]
    line.voices[0].is_attached = False
    line.relay.restarted(1)
    assert line.chutes(0) == []
    line.voices[0].is_attached = True
    assert line.chutes(0) == [(4, 0)]


def test_what_a_board_has_no_room_for_of_chutes_waits():
    line = standing(0, 0)
    line.relay.happened(1, CHUTE_FULL, 0, 4)
    line.voices[0].room = 0
    assert line.chutes(0) == []
    line.voices[0].room = 64
    assert line.chutes(0) == [(4, 1)]
