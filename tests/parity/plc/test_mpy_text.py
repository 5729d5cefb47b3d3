"""Texts of numbers once more, with MicroPython in slices beside the reference; test_suite.py has the others."""

import functools

import pytest

from parity.plc.mpy_twins import twins
from sortyard.plc.runtime import Runtime
from unit.plc import st
from unit.plc.test_text import (  # noqa: F401
    test_a_character_that_a_string_cannot_have_is_refused,
    test_a_text_longer_than_any_number_is_refused,
    test_read,
    test_real_is_read_with_one_rounding,
    test_real_is_written_shortest_and_read_back,
    test_what_cannot_be_read_is_a_fault,
)

__all__ = ["test_read"]


@pytest.fixture(autouse=True)
def with_micropython(monkeypatch):
    monkeypatch.setattr(st, "Runtime", functools.partial(Runtime, machine=twins))
