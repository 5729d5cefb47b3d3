"""Scanners that an eye tells to read: from the edge of the parcel until its last code has been told."""

from typing import Any

import pytest
from firmware_here import firmware_module

EYE, OTHER_EYE, FREE_EYE = 3, 1, 0
MASK = 0x0FFFFFFF


class Told(list):
    """A scanner that keeps what it has been told."""

    def trigger(self, is_on: int) -> None:
        self.append(int(is_on))


@pytest.fixture
def scanners() -> list[Told]:
    return [Told(), Told(), Told()]


@pytest.fixture
def triggers(scanners: list[Told]) -> Any:
    """Two scanners that listen to one eye, one that listens to another."""
    made = firmware_module("sorter_ecu.triggers").Triggers
    return made(((0, EYE, 250), (1, OTHER_EYE, 80), (2, EYE, 300)), scanners, 4)


@pytest.mark.parametrize("start", [0, MASK - 100, MASK])
def test_a_scanner_reads_until_its_parcel_has_gone_far_enough(triggers, scanners, start: int):
    triggers.edge(EYE, True, start)
    triggers.edge(EYE, False, (start + 400) & MASK)
    triggers.close((start + 649) & MASK)
    assert scanners == [[1], [], [1]]
    triggers.close((start + 650) & MASK)
    assert scanners == [[1, 0], [], [1]]
    triggers.close((start + 700) & MASK)
    triggers.close((start + 701) & MASK)
    assert scanners == [[1, 0], [], [1, 0]]


def test_the_next_parcel_keeps_it_reading(triggers, scanners):
    triggers.edge(EYE, True, 0)
    triggers.edge(EYE, False, 400)
    triggers.edge(EYE, True, 500)
    triggers.close(2000)
    assert scanners == [[1, 1], [], [1, 1]]
    triggers.edge(EYE, False, 2000)
    triggers.close(2250)
    assert scanners == [[1, 1, 0], [], [1, 1]]


def test_one_scanner_is_told_to_stop_at_a_time(triggers, scanners):
    triggers.edge(EYE, False, 0)
    triggers.close(1000)
    assert scanners == [[0], [], []]
    triggers.close(1000)
    assert scanners == [[0], [], [0]]


def test_a_belt_that_stands_leaves_it_time(triggers, scanners):
    triggers.edge(OTHER_EYE, True, 7)
    triggers.edge(OTHER_EYE, False, 7)
    for _ in range(100):
        triggers.close(7)
    assert scanners[1] == [1]


def test_an_eye_that_tells_nobody_is_heard_by_none(triggers, scanners):
    triggers.edge(FREE_EYE, True, 0)
    triggers.edge(FREE_EYE, False, 0)
    triggers.close(1000)
    assert scanners == [[], [], []]
