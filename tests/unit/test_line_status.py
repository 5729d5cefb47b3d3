"""How long hand-overs took, and what people are told of that."""

import pytest

from sortyard.cli.link_lines import Lines
from sortyard.cli.link_status import status_dict, status_lines
from sortyard.device.events import At, HandedOver
from sortyard.device.latency import Latency
from sortyard.device.line_status import BoardStatus, BorderStatus, LineStatus


@pytest.mark.parametrize(
    ("took_ms", "error_ms", "late", "slow"),
    [(100, 5, 0, 0), (117, 8, 0, 0), (121, 8, 0, 1), (500, 8, 0, 1), (501, 8, 1, 1)],
)
def test_a_hand_over_is_slow_when_it_took_certainly_longer_than_the_links_need_and_late_after_its_deadline(
    took_ms: float, error_ms: float, late: int, slow: int
):
    latency = Latency(deadline_ms=500, link_ms=112)
    latency.add(took_ms, error_ms)
    assert (latency.count, latency.late, latency.slow) == (1, late, slow)
    event = HandedOver(At(0.0, 0.0), 7, took_ms, error_ms, 500, 112)
    assert (event.is_late, event.is_slow) == (bool(late), bool(slow))
    text = Lines(None).text(event)
    assert text.startswith("WARNING") == bool(late or slow)
    assert ("counts as a stray" in text) == bool(late)
    assert Lines(None).as_dict(event)["is_slow"] == bool(slow)


def test_the_histogram_has_every_hand_over_in_the_class_that_it_belongs_to():
    latency = Latency(500, 112)
    for ms in (5, 5.1, 10, 1000, 1000.1, 30):
        latency.add(ms, 0)
    assert latency.histogram() == {"<= 5": 1, "<= 10": 2, "<= 30": 1, "<= 1000": 1, "> 1000": 1}
    assert latency.worst_ms == 1000.1
    assert (latency.percentile_ms(50), latency.percentile_ms(99)) == (30, 1000.1)


def test_a_line_s_status_says_how_each_board_is_and_how_hand_overs_do():
    west = BoardStatus("west", True, True, 1, 3, 2, 1.5, 4, 0, "")
    east = BoardStatus("east", False, False, None, None, 0, None, 0, 0, "COM4 is in use")
    border = BorderStatus(
        "west", "east", 531.0, 112.0, 3, 0, 1, 40.0, 120.0, 120.0, {"<= 40": 2, "<= 120": 1}
    )
    status = LineStatus([west, east], [border])
    first, second, third, *bars = status_lines(status)
    assert first.startswith(
        "west: running, known to the others, boot 3, connection 2, clock ±1.5 ms, 4 messages"
    )
    assert second == "east: not connected: COM4 is in use"
    assert third.startswith("west -> east: 3 hand-overs, half within 40 ms, 99 % within 120 ms")
    assert [bar.count("#") for bar in bars] == [40, 20]
    assert status_dict(status)["boards"][0]["state"] == "running"
