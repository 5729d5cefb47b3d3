"""End switches of a diverter on expanders: its board sees where it is as the gate logic alone does."""

from pathlib import Path

import pytest
from firmware_runs import dispositions, sorted_by
from sim_runs import Run
from sites import site

from sortyard.config.assign import assign_pins, with_pins
from sortyard.config.check import check_site
from sortyard.config.site import Site, load_site

PARCELS = 12


def wired(folder: Path, kind: str, switches: str, more: str = "") -> Site:
    """`starter`, the end switches of its first pusher on an expander that has pins of its own."""
    expander = f'[[expander]]\nname = "io"\nkind = "{kind}"\necu = "line"\n\n[[motor]]'
    pusher = f'pins = {{ extend = "GP12", {switches} }}\nfeedback = true\ndwell_ms = 20\n{more}'
    path = site(
        folder,
        "starter",
        ("[[motor]]", expander),
        ('pins = { extend = "GP12" }', pusher),
        ("feedback = true  ", "feedback = false "),
        (', home = "GP20", extended = "GP21"', ""),
        ('start = "GP26"', 'start = "GP11"'),  # the clock of a chain has few pins
    )
    line = load_site(path)
    found = assign_pins(line.located)
    assert not found.findings
    return with_pins(line, found)


def ends(run: Run) -> list[tuple[int, int]]:
    """(gate, end position) of each that was told."""
    return [(one.p, one.r) for one in run.inputs("GATE_END")]


@pytest.mark.parametrize(
    ("kind", "switches", "more"),
    [
        ("hc165", 'home = "io.2", extended = "io.6"', ""),
        ("hc165", 'home = "io.7", extended = "GP21"', ""),
        ("mcp23017", 'home = "io.1", extended = "io.12"', "options = { at_end = 0 }"),
    ],
    ids=["shift register", "one at a pin", "low while it is there, on a bus"],
)
def test_a_pusher_is_seen_at_its_ends_and_told_when_it_sticks(
    kind: str, switches: str, more: str, tmp_path: Path
):
    line = wired(tmp_path, kind, switches, more)
    assert check_site(line).count("error") == 0
    for fault in ({}, {"gate_stuck_home": 200_000, "gate_stuck_out": 200_000}):
        plain = sorted_by("compiled", PARCELS, 3, line, **fault)
        board = sorted_by("firmware", PARCELS, 3, line, **fault)
        assert len(ends(plain)) > 8
        assert dispositions(board) == dispositions(plain)
        assert ends(board) == ends(plain)
        assert board.result.firmware is not None
        assert board.result.firmware.bytes_allocated == 0
