"""`check` of lines on boards with other chips: eyes that are sampled, counters, units that go to any pin."""

from pathlib import Path

import pytest
from board_sites import starter_on
from sim_runs import example

from sortyard.config.board_file import load_board
from sortyard.config.check import check_site
from sortyard.config.site import Site, load_site
from sortyard.config.units import units_of


def said(site: Site) -> list[str]:
    return [f"{one.severity}: {one.reason}" for one in check_site(site).findings]


def test_eyes_of_an_esp32_are_sampled_and_check_says_what_that_costs(tmp_path: Path):
    floating, bare, note = sorted(said(starter_on(tmp_path, "esp32_devkit")))
    assert note.startswith("note: PE-INFEED ... PE-C3 (8): esp32_devkit cannot latch a count at an edge")
    assert "up to 0.4 mm wrong" in note
    assert bare.startswith("note: IO34, IO35, IO36, IO39 of esp32_devkit: nothing holds an input there")
    assert floating.startswith("note: IO21, IO22, IO23 of esp32_devkit: nobody drives them from power-up")
    assert not [one for one in said(starter_on(tmp_path, "pico2")) if "RP2350-E9" not in one]


def test_a_chip_that_may_hold_a_cut_wire_high_is_told_and_with_an_emergency_stop_it_is_a_warning(
    tmp_path: Path,
):
    site = starter_on(tmp_path, "pico2")
    (told,) = [one for one in check_site(site).findings if "RP2350-E9" in one.reason]
    assert told.severity == "warning"
    assert "GP22" in told.reason.partition(" of pico2")[0].split(", ")  # the emergency stop
    assert told.remedy == "fit a resistor of 8.2 kohm or less to ground to each"
    text = site.path.read_text("utf-8")
    site.path.write_text(text.replace('estop = "GP22", ', "").replace('estop = "GP22"\n', ""), "utf-8")
    (told,) = [one for one in check_site(load_site(site.path)).findings if "RP2350-E9" in one.reason]
    assert (told.severity, "GP22" in told.reason) == ("note", False)
    assert not [one for one in said(example("starter")) if "E9" in one]


def test_uarts_of_an_esp32_are_given_out_behind_the_console_s(tmp_path: Path):
    line = starter_on(tmp_path, "esp32_devkit").line
    assert units_of(line, "line", load_board("esp32_devkit")) == {"IO2": 1, "IO15": 2}
    line = starter_on(tmp_path, "pico2").line
    assert units_of(line, "line", load_board("pico2")) == {"GP8": 1, "GP0": 0}


def test_a_c3_counts_a_coarse_encoder_and_refuses_a_fine_one(tmp_path: Path):
    site = starter_on(tmp_path, "esp32_c3")
    assert not [one for one in said(site) if one.startswith("error")]
    path = site.path
    path.write_text(path.read_text("utf-8").replace("um_per_count = 800", "um_per_count = 500"), "utf-8")
    (error,) = [one for one in said(load_site(path)) if one.startswith("error")]
    assert "esp32_c3 has no counter: 1600 counts a second" in error


@pytest.mark.parametrize(
    ("changes", "remedy"),
    [
        (
            (('"pusher"', '"swing_arm"'), ('extend = "IO10"', 'extend = "IO10"\nretract = "IO2"')),
            "drive what moves: use an expander, another board, or free a pin",
        ),
        (
            (('rx = "IO7"', 'rx = "IO18"'), ('run = "IO6"', 'run = "IO6"\nclosed = "IO7"')),
            "receive on a UART: use another board, or free a pin",
        ),
    ],
)
def test_an_expander_is_advised_only_for_wires_that_may_end_there(
    tmp_path: Path, changes: tuple[tuple[str, str], ...], remedy: str
):
    """A scanner's wires were sent to one, too."""
    path = starter_on(tmp_path, "esp32_c3").path
    whole = path.read_text("utf-8")
    for old, new in changes:
        assert old in whole
        whole = whole.replace(old, new, 1)
    path.write_text(whole, "utf-8")
    told = [one.remedy for one in check_site(load_site(path)).findings if one.severity == "error"]
    assert told == [f"no free pin of esp32_c3 can {remedy}"]


def test_an_encoder_counted_by_handlers_goes_to_no_pin_without_an_interrupt(tmp_path: Path):
    path = starter_on(tmp_path, "esp32_devkit").path
    whole = path.read_text("utf-8").replace("um_per_count = 500", "um_per_count = 800")
    whole = whole.replace('signal = "IO39"', 'signal = "IO19"').replace(
        'a = "IO18"\nb = "IO19"', 'a = "IO39"\nb = "IO18"'
    )
    path.write_text(whole, "utf-8")
    assert not [
        one for one in said(load_site(path)) if one.startswith("error")
    ]  # a counter passes over a dip
    path.write_text(whole.replace("[encoder]", '[encoder]\ndriver = "quadrature_irq"'), "utf-8")
    (told,) = [one for one in check_site(load_site(path)).findings if one.severity == "error"]
    assert (
        told.key,
        told.reason.partition(": ")[0],
    ) == ("encoder.pins.a", "IO39 of esp32_devkit cannot interrupt at an edge")
    assert "low for 80 ns" in told.reason
    assert (
        told.remedy
        == "no free pin of esp32_devkit can interrupt at an edge: use another board, or free a pin"
    )
