"""The numbered items of meaning, each with its tests."""

import re
from pathlib import Path

import pytest

from unit.plc.items import ITEMS

_TESTS = re.compile(r"(?m)^def test_item_(\d\d)_")


@pytest.mark.parametrize("number", ITEMS)
def test_every_item_has_its_tests(number):
    found = [
        int(n) for path in Path(__file__).parent.glob("test_*.py") for n in _TESTS.findall(path.read_text())
    ]
    assert found.count(number) >= 2, f"item {number}: {ITEMS[number]}"
    assert set(found) <= ITEMS.keys()
