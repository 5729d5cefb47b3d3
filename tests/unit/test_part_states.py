"""What the host says of a part that has failed, as its board tells it."""

import pytest

from sorter_core import messages
from sorter_core.zones import ARRIVAL_JAM, SENSOR_JAM
from sortyard.cli.link_lines import Lines
from sortyard.device.events import events_of
from sortyard.device.session import Message


def told(kind: int, is_failed: int) -> dict:
    message = Message(kind, (1, is_failed, 4000), b"", True)
    (event,) = events_of(message, lambda _turn: None)
    return Lines(None).as_dict(event)


@pytest.mark.parametrize("kind", [messages.MOTOR, messages.SCANNER, messages.EYE, messages.CONTACTS])
@pytest.mark.parametrize("is_failed", [0, 1])
def test_a_part_has_failed_or_works_again(kind, is_failed):
    fields = told(kind, is_failed)
    assert fields["is_failed"] is bool(is_failed)
    assert "why" not in fields


@pytest.mark.parametrize(
    ("zone", "jam", "why"),
    [
        (1, SENSOR_JAM, "zone 1 is jammed: the parcel does not leave its eye"),
        (2, ARRIVAL_JAM, "zone 2 is jammed: what has left its eye does not come to the one of zone 3"),
    ],
)
def test_a_jam_of_an_accumulating_conveyor_is_told_with_its_zone_and_kind(zone, jam, why):
    fields = told(messages.MOTOR, 16 * zone + jam)
    assert fields["is_failed"] is True
    assert fields["why"] == why
