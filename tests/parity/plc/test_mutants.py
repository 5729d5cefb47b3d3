"""The random programs find bugs: each of a list, put into the C back end on purpose."""

import pytest

from parity.plc.mutants import BUGS, MOST, programs_until_found

FIRST = {
    "missing wrap": 13, "floored MOD": 63, "late TP": 15, "wrong TIME carry": 38, "REAL not rounded": 93,
    "halves away from zero": 12, "rotation of a byte as of 32 bits": 55, "tail of a string kept": 1,
    "CASE range without its end": 42, "FOR counted one too few": 8, "FOR without its end": 2,
    "quotient rounded down": 28, "string cut one too early": 1, "string cut one too late": 22, "EN not heeded": 36,
    "ENO always TRUE": 61, "retained part four bytes off": 46, "ARRAY[*] one longer": 38,
}  # fmt: skip
"""The seed at which the search begins: where a longer search ended, to keep this test short.

The bugs that take longer are for `python -m parity.plc.mutants`, which begins at 0.
"""


@pytest.mark.parametrize("bug", FIRST)
def test_random_programs_find(bug, monkeypatch, tmp_path):
    monkeypatch.setenv("SORTYARD_CACHE", str(tmp_path))
    assert bug in BUGS
    assert programs_until_found(bug, MOST, FIRST[bug]) is not None
