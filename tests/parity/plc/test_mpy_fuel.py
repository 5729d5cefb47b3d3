"""The fuel that the compiler thinks a support function takes is what it takes in the virtual machine."""

import pytest

from parity.plc.support_cases import cases
from parity.plc.support_fuel import Bench
from sortyard.plc.mpy.support import SUPPORT

TIMES = 250


@pytest.fixture(scope="module")
def worst() -> dict[str, int]:
    return Bench(cases(TIMES)).run()


@pytest.mark.parametrize("name", sorted(SUPPORT))
def test_no_call_takes_more_than_the_table_says_and_the_table_exaggerates_little(name, worst):
    assert SUPPORT[name].fuel / 3 - 2_000 < worst[name] <= SUPPORT[name].fuel
