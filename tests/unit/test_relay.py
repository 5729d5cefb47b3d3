"""The host between the boards of one line: positions from one count to the other, and who is dead to whom."""

from sorter_core import messages
from sortyard.device.relay import ALIVE, DEAD, PEER, STOPPED, Relay

STANDING, RUNNING = 0, 1


def peers(relay: Relay, zone: int) -> list[tuple[int, int]]:
    """What a board has been told of the others since the last time: (zone, how it is)."""
    told = [message[2] for message in relay.to_say[zone] if message[:2] == (messages.COMMAND, PEER)]
    relay.to_say[zone].clear()
    return [(value >> 2, value & 3) for value in told]


def standing(*positions: int) -> Relay:
    """A line whose boards know each other: they have been asked while the belt stood, the last time at 250 ms."""
    relay = Relay(len(positions))
    for now_us in (-250_000, 0, 250_000):
        for zone, position in enumerate(positions):
            relay.beat(zone, now_us, STANDING, position)
    return relay


def test_a_track_arrives_in_the_counts_of_the_other_board_also_where_they_wrap():
    relay = standing(500, 0x0FFF_FFF0)
    for zone in (0, 1):
        peers(relay, zone)
    assert relay.hand_over(0, 7, 1000, 300, 2, 4)
    assert relay.to_say[1].popleft() == (messages.HAND_OVER, 7, 1000 - 500 - 16 & 0x0FFF_FFFF, 300, 2, 4)


def test_boards_are_alive_to_each_other_when_all_have_been_asked_at_rest():
    relay = Relay(2)
    relay.beat(0, 0, STANDING, 5)
    relay.beat(1, 0, STANDING, 0)
    relay.beat(0, 250_000, STANDING, 5)
    relay.beat(1, 250_000, STANDING, 3)
    assert (peers(relay, 0), peers(relay, 1)) == ([], [])
    relay.beat(0, 500_000, STANDING, 5)
    relay.beat(1, 500_000, STANDING, 3)
    assert peers(relay, 0) == [(1, ALIVE)]
    relay.beat(0, 750_000, STANDING, 5)
    assert peers(relay, 1) == [(0, ALIVE)]


def test_before_that_nobody_knows_where_a_track_would_be():
    relay = Relay(2)
    relay.beat(0, 0, RUNNING, 5)
    relay.beat(1, 0, RUNNING, 0)
    relay.beat(0, 250_000, RUNNING, 205)
    relay.beat(1, 250_000, RUNNING, 200)
    assert not relay.hand_over(0, 7, 1000, 300, 2, 4)


def test_a_board_that_falls_silent_is_dead_to_the_others_once():
    relay = standing(0, 0, 0)
    for zone in range(3):
        peers(relay, zone)
    for now_us in (500_000, 1_000_000, 1_200_000):
        relay.beat(0, now_us, RUNNING, now_us)
        relay.beat(2, now_us, RUNNING, now_us)
        relay.look(now_us)
    assert peers(relay, 0) == []
    relay.look(1_250_000)
    relay.look(1_260_000)
    assert (peers(relay, 0), peers(relay, 1), peers(relay, 2)) == ([(1, DEAD)], [], [(1, DEAD)])


def test_a_board_that_begins_anew_is_dead_until_the_belt_stands_and_counts_from_another_zero():
    relay = standing(100, 40)
    peers(relay, 0)
    relay.restarted(1)
    assert peers(relay, 0) == [(1, DEAD)]
    assert not relay.hand_over(0, 7, 1000, 300, 2, 4)
    for now_us, moved in ((500_000, 900), (750_000, 1100), (1_000_000, 1100)):
        relay.beat(0, now_us, STANDING, 100 + moved)
        relay.beat(1, now_us, STANDING, moved - 900)
    assert peers(relay, 0) == [(1, ALIVE)]
    relay.to_say[1].clear()
    assert relay.hand_over(0, 7, 1150, 300, 2, 4)
    assert relay.to_say[1].popleft()[2] == 150


def test_a_board_that_stops_is_told_to_the_others_by_itself_or_by_its_heartbeat():
    relay = standing(0, 0)
    relay.beat(1, 300_000, RUNNING, 0)
    peers(relay, 0)
    relay.stopped(1)
    assert peers(relay, 0) == [(1, STOPPED)]
    relay.beat(1, 500_000, RUNNING, 10)
    relay.beat(1, 750_000, STANDING, 20)
    assert peers(relay, 0) == [(1, STOPPED)]
    relay.beat(1, 1_000_000, STANDING, 20)
    assert peers(relay, 0) == []
