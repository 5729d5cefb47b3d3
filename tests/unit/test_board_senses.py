"""What of a scanner's line the simulation takes for another code: what noise has changed, or stands before."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from sortyard.sim.board_senses import BoardSenses

WHOLE, SPOILT = (b"A1\r", True), (b"A3\r", False)


class Senses(BoardSenses):
    """Tells which codes may be others by the time they have arrived, and what comes in on UART 1."""

    def __init__(self) -> None:
        self.misread: list[int] = []
        self.heard: list[bytes] = []
        self._noisy = set()
        self._faults: Any = SimpleNamespace(junk=lambda: b"~~")
        self._plant: Any = SimpleNamespace(misread=self.misread.append)
        self.board: Any = SimpleNamespace(receive=lambda unit, data, now_us: self.heard.append(data))

    def outputs(self, now_us: int, levels: int) -> None:
        raise AssertionError("nothing is switched here")

    def reads(self, *reads: tuple[bytes, bool], unit: int = 1) -> list[int]:
        """Reads of codes 0, 1, ... that come in one after the other; those that may be others."""
        self.misread.clear()
        for code, (data, is_whole) in enumerate(reads):
            self._hear_read(unit, code, data, is_whole, 0)
        return list(self.misread)


def test_without_noise_every_read_is_that_of_its_parcel():
    senses = Senses()
    assert senses.reads(WHOLE, WHOLE) == []
    assert senses.heard == [b"A1\r"] * 2


def test_the_first_read_behind_noise_may_be_another_code_and_no_later_one():
    senses = Senses()
    senses._hear_junk(1, 0)
    assert senses.heard == [b"~~"]
    assert senses.reads(WHOLE, WHOLE) == [0]


def test_a_read_that_noise_has_changed_may_have_lost_its_end_and_spoils_the_next_one():
    assert Senses().reads(WHOLE, SPOILT, WHOLE, WHOLE) == [1, 2]


def test_noise_on_the_line_of_one_scanner_is_none_on_that_of_another():
    senses = Senses()
    senses._hear_junk(2, 0)
    assert senses.reads(WHOLE) == []


def test_a_scanner_that_says_nothing_ends_no_line_of_noise():
    senses = Senses()
    senses._hear_junk(1, 0)
    assert senses.reads((b"", True), WHOLE) == [1]
