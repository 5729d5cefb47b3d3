"""The soft PLC's tests once more, with C and MicroPython beside the reference: equal images after each scan and fault.

MicroPython runs in slices, and no slice of any of these programs takes longer than it may. All three run each program
together, so that it is compiled and interpreted once.
"""

import functools

import pytest

from parity.plc.mpy_twins import twins
from sortyard.plc.c.machine import CMachine
from sortyard.plc.runtime import Runtime
from unit.plc import st
from unit.plc.test_blocks import *  # noqa: F403
from unit.plc.test_chains import *  # noqa: F403
from unit.plc.test_configurations import *  # noqa: F403
from unit.plc.test_conversion_pairs import *  # noqa: F403
from unit.plc.test_facts import *  # noqa: F403
from unit.plc.test_features import *  # noqa: F403
from unit.plc.test_image_rules import *  # noqa: F403
from unit.plc.test_items_control import *  # noqa: F403
from unit.plc.test_items_instances import *  # noqa: F403
from unit.plc.test_items_values import *  # noqa: F403
from unit.plc.test_language import *  # noqa: F403
from unit.plc.test_math import *  # noqa: F403
from unit.plc.test_members import *  # noqa: F403
from unit.plc.test_objects import *  # noqa: F403
from unit.plc.test_order import *  # noqa: F403
from unit.plc.test_standard import *  # noqa: F403
from unit.plc.test_standard_edges import *  # noqa: F403
from unit.plc.test_start import *  # noqa: F403
from unit.plc.test_text import (  # noqa: F401
    test_characters_of_a_string_count_from_1_on,
    test_what_is_left_behind_the_end_of_a_string_is_never_copied,
    test_written,
)
from unit.plc.test_vendor_habits import *  # noqa: F403
from unit.plc.test_vendor_memory import *  # noqa: F403
from unit.plc.test_vendor_slips import *  # noqa: F403

__all__ = ["test_written"]

MACHINE = functools.partial(twins, beside=[functools.partial(CMachine, optimise="-O0")])


@pytest.fixture(autouse=True)
def on_all_back_ends(monkeypatch):
    monkeypatch.setattr(st, "Runtime", functools.partial(Runtime, machine=MACHINE))
