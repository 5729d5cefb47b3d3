"""Rules of `check` for expanders on I2C, and on SPI."""

from pathlib import Path

import pytest
from sites import site

from sortyard.config.check import check_site
from sortyard.config.site import load_site
from sortyard.errors import Finding

EYES = ("GP4", "GP5", "GP6", "GP7", "GP19")


def found(
    folder: Path, options: str = "", *, chips: int = 1, reset: str = "", board: str = "pico"
) -> list[Finding]:
    """What `check` says of starter's expander: a valve on its first chip, eyes on so many chips."""
    table = (
        f'[[expander]]\nname = "io"\nkind = "mcp23017"\ncount = {chips}\necu = "line"\n{options}'
        f'pins = {{ sda = "GP16", scl = "GP17"{reset} }}\n\n[[motor]]'
    )
    moved = [(f'signal = "{EYES[n]}"', f'signal = "io.{16 * n + 1}"') for n in range(chips)]
    free = [('signal = "GP16"', 'signal = "GP11"'), ('signal = "GP17"', 'signal = "GP28"')]
    changes = [
        ('board = "pico"', f'board = "{board}"'),
        ("[[motor]]", table),
        ('extend = "GP12"', 'extend = "io.0"'),
        *free,
        *moved,
    ]
    findings = check_site(load_site(site(folder, "starter", *changes))).findings
    return [one for one in findings if one.key.startswith("expander")]


def test_what_a_turn_waits_for_a_bus_is_told_and_too_much_is_refused(tmp_path: Path):
    """A Pico's worst turn is 170,000 of 187,000 units: 909 us."""
    (warning,) = [one for one in found(tmp_path / "one") if "waits" in one.reason]
    assert (warning.severity, warning.reason.partition(": ")[0]) == (
        "warning",
        "a turn of line waits 212 us for io; with the 909 us that the rest may take on a pico that is 121 us more than "
        "its millisecond",
    )
    assert "at 3.3 V 400000 is their limit" in warning.remedy
    (note,) = [one for one in found(tmp_path / "pico2", board="pico2") if "waits" in one.reason]
    assert (note.severity, note.reason) == (
        "note",
        "a turn of line waits 212 us for io; the rest takes 473 us at worst",
    )
    (note,) = [
        one for one in found(tmp_path / "quick", "options = { freq = 1000000 }\n") if "waits" in one.reason
    ]
    assert (note.severity, note.reason.partition(";")[0]) == ("note", "a turn of line waits 85 us for io")
    (error,) = [one for one in found(tmp_path / "two", chips=2) if one.severity == "error"]
    assert error.reason.startswith("a turn of line waits 330 us for io; it has 300 us")
    assert "set freq = 1000000" in error.remedy
    fast = found(tmp_path / "fast", "options = { freq = 1000000 }\n", chips=5)
    assert [one.severity for one in fast if "waits 273 us" in one.reason] == ["warning"]


@pytest.mark.parametrize(
    ("baud", "severity", "said"),
    [
        (4_000_000, "", ""),
        (500_000, "warning", "a turn of line waits 128 us for in, out; with the 909 us"),
        (100_000, "error", "a turn of line waits 640 us for in, out; it has 300 us"),
    ],
)
def test_shift_registers_with_a_slow_clock_are_told(baud: int, severity: str, said: str, tmp_path: Path):
    """40 bits to read, 24 to write."""
    slow = [
        (f'kind = "{kind}", ', f'kind = "{kind}", options = {{ baud = {baud} }}, ')
        for kind in ("hc165", "hc595")
    ]
    findings = check_site(load_site(site(tmp_path, "hub16", *slow))).findings
    told = [one for one in findings if "waits" in one.reason]
    assert [one.severity for one in told] == ([severity] if said else [])
    assert all(one.key == "expander[0].options" and one.reason.startswith(said) for one in told)
    assert all(one.remedy.startswith("leave baud out") for one in told)


def test_a_frequency_that_the_driver_does_not_take_is_one_error(tmp_path: Path):
    told = found(tmp_path, 'options = { freq = "fast" }\n')
    assert [one.severity for one in told if "freq" in one.reason] == ["error"]


def test_gates_that_a_reset_of_the_board_leaves_out_are_told_with_the_wire_that_brings_them_home(
    tmp_path: Path,
):
    (warning,) = [one for one in found(tmp_path / "bare") if "drives" in one.reason]
    assert warning.reason == "io drives D-NORTH on while line is reset, for a second or so"
    assert 'reset = "..."' in warning.remedy
    wired = found(tmp_path / "wired", reset=', reset = "GP12"')
    assert not [one for one in wired if "drives" in one.reason]
