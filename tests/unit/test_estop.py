"""The two channels of an emergency-stop relay: either stops, a difference is latched, no release starts anything."""

import pytest
from board_bench import Bench

PROGRAM = """
from sorter_io.chip import read_inputs
from sorter_io.contacts import Contacts
from time import sleep_us, ticks_ms
pins = {"estop": 22, "estop2": 20, "start": 26, "reset": 27}
contacts = Contacts(pins, {"settle_turns": 20, "discrepancy_turns": 100})
was = 0
while True:
    while contacts.poll(read_inputs()):
        print(ticks_ms(), contacts.kind, contacts.level)
    if contacts.is_discrepant != was:
        was = contacts.is_discrepant
        print(ticks_ms(), -1, was)
    sleep_us(1000)
"""
FIRST, SECOND, RESET_PIN = 22, 20, 27
ESTOP, RESET, DISCREPANT = 9, 10, -1


def told(*changes: tuple[int, int, int], until_ms: int = 900) -> list[tuple[int, int, int]]:
    """(ms, kind, level) when pins change at these milliseconds: (ms, pin, level); both channels are closed at first."""

    def wire(board):
        board.set_pin(FIRST, 1, 0)
        board.set_pin(SECOND, 1, 0)

    def begin(bench):
        for ms, pin, level in changes:
            bench.after(1000 * ms, lambda us, pin=pin, level=level: bench.board.set_pin(pin, level, us))

    bench = Bench(PROGRAM, begin, wire, until_us=1000 * until_ms).run()
    zero = bench.zero_us // 1000
    lines = [tuple(map(int, line.split())) for line in bench.lines]
    return [(ms - zero, kind, level) for ms, kind, level in lines]


@pytest.mark.parametrize("channel", [FIRST, SECOND])
def test_either_channel_stops_at_once(channel: int):
    ((at, kind, level), *_) = told((100, channel, 0))
    assert (kind, level) == (ESTOP, 1)
    assert 100 <= at <= 103


def test_both_channels_within_the_time_are_no_discrepancy_and_both_are_needed_for_the_release():
    stop, release = told((100, FIRST, 0), (160, SECOND, 0), (300, SECOND, 1), (360, FIRST, 1))
    assert stop[1:] == (ESTOP, 1)
    assert release[1:] == (ESTOP, 0)
    assert release[0] >= 380


def test_a_channel_that_stays_behind_is_latched_until_both_have_opened():
    news = told(
        (100, FIRST, 0), (300, FIRST, 1), (500, FIRST, 0), (510, SECOND, 0), (600, FIRST, 1), (605, SECOND, 1)
    )
    assert [one[1:] for one in news] == [(ESTOP, 1), (DISCREPANT, 1), (DISCREPANT, 0), (ESTOP, 0)]
    assert 195 <= news[1][0] <= 260
    assert news[3][0] >= 620


def test_a_reset_alone_neither_releases_a_latched_stop_nor_a_held_one():
    news = told((100, FIRST, 0), (300, FIRST, 1), (400, RESET_PIN, 1), (500, RESET_PIN, 0))
    assert [one[1:] for one in news] == [(ESTOP, 1), (DISCREPANT, 1), (RESET, 1)]
