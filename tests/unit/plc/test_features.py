"""The standard's tables of features, one small program for each."""

import pytest

from unit.plc.features_elements import ELEMENTS, Row
from unit.plc.features_functions import FUNCTIONS
from unit.plc.features_more import MORE
from unit.plc.features_units import UNITS
from unit.plc.st import run


def _name(row: Row) -> str:
    return row[0]


@pytest.mark.parametrize("row", [*ELEMENTS, *FUNCTIONS, *UNITS, *MORE], ids=_name)
def test_a_feature_of_the_standard(row):
    _, before, variables, body, expected = row
    done = run(variables, body, before)
    assert {name: done.get(f"main.{name}") for name in expected} == expected
