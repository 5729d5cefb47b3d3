"""Sliced scans, every pause ends one: in machine code where a `micropython` is on the PATH, else in the VM."""

import functools
import itertools

import pytest

from parity.plc.mpy_twins import twins
from parity.plc.native_machine import native_or_vm
from sortyard.plc.runtime import Runtime
from unit.plc import st
from unit.plc.test_blocks import *  # noqa: F403
from unit.plc.test_image_rules import *  # noqa: F403
from unit.plc.test_items_control import *  # noqa: F403
from unit.plc.test_items_instances import *  # noqa: F403
from unit.plc.test_items_values import *  # noqa: F403


@pytest.fixture(autouse=True)
def in_slices(tmp_path, monkeypatch):
    started = []
    numbers = itertools.count()

    def other(compiled):
        started.append(native_or_vm(compiled, tmp_path / str(next(numbers)), slice_fuel=1))
        return started[-1]

    machine = functools.partial(twins, other=other)
    monkeypatch.setattr(st, "Runtime", functools.partial(Runtime, machine=machine))
    yield
    for one in started:
        one.close()
