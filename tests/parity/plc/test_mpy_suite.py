"""The soft PLC's tests once more, with MicroPython beside the reference: equal images after each scan and fault.

In slices, and no slice of any of these programs takes longer than it may.
"""

import functools

import pytest

from parity.plc.mpy_twins import twins
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
from unit.plc.test_text import *  # noqa: F403
from unit.plc.test_vendor_habits import *  # noqa: F403
from unit.plc.test_vendor_memory import *  # noqa: F403
from unit.plc.test_vendor_slips import *  # noqa: F403


@pytest.fixture(autouse=True)
def with_micropython(monkeypatch):
    monkeypatch.setattr(st, "Runtime", functools.partial(Runtime, machine=twins))
