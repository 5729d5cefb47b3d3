"""What `check` says of links: wires, stations, and whether a serial line can carry what the line has to tell."""

from pathlib import Path

from sites import site

from sortyard.config.check import check_site
from sortyard.config.site import load_site

BELT = (
    'driver = "vfd_modbus"\ndrives = "belt"\naddress = 1\necu = "line"\n'
    'pins = { tx = "GP8", rx = "GP9", de = "GP10" }',
    'driver = "contactor"\necu = "line"\npins = { run = "GP11", closed = "GP28" }',
)
PINS = 'pins = { estop = "GP22", start = "GP26", reset = "GP27" }\n'
WIRED = 'pins = { tx = "GP8", rx = "GP9", de = "GP10" }'


def said(folder: Path, link: str, *changes: tuple[str, str]) -> list[str]:
    """Severity, key and reason of what is found about links."""
    path = site(folder, "starter", BELT, (PINS, f"{PINS}link = {{ {link} }}\n"), *changes)
    found = check_site(load_site(path)).findings
    return [f"{one.severity} {one.key}: {one.reason}" for one in found if "link" in one.key]


def test_a_line_of_its_own_that_is_fast_enough_needs_no_word(tmp_path: Path):
    assert said(tmp_path, 'driver = "uart", pins = { tx = "GP8", rx = "GP9" }') == []


def test_a_shared_line_is_told_with_its_cycle_and_its_load(tmp_path: Path):
    (note,) = said(tmp_path, f'driver = "rs485", {WIRED}')
    # (17 + 138 bytes) x 10 bits at 115,200 bit/s and 42 ms of turns
    assert note.startswith("note ecu[0].link: RS-485 line of 1 board at 115200 bit/s: a cycle of up to 55 ms")


def test_a_line_that_is_too_slow_is_refused_with_both_figures(tmp_path: Path):
    change = ("rate_per_h = ", "rate_per_h = 12000 # ")
    reasons = said(tmp_path, f'driver = "rs485", {WIRED}, options = {{ baud = 9600 }}', change)
    assert any("of its time; allowed: 80 %" in one and one.startswith("error") for one in reasons)


def test_a_link_that_is_not_wired_or_wrongly_is_refused(tmp_path: Path):
    (bare,) = said(tmp_path, 'driver = "uart"')
    assert bare == "error ecu[0].link.driver: links.uart is not wired: no pins are given"
    found = said(tmp_path, 'driver = "rs485", pins = { tx = "GP8", rx = "GP9" }')
    assert any("links.rs485 needs de too" in one for one in found)
    found = said(tmp_path, 'driver = "uart", pins = { tx = "GP10", rx = "GP9" }')
    assert any("GP10 of pico cannot" in one for one in found)
    found = said(tmp_path, f'driver = "rs485", {WIRED}, options = {{ station = 300, bauds = 5 }}')
    assert any("station is 300; allowed: 1 to 247" in one for one in found)
    assert any('has no option "bauds"' in one for one in found)


def test_a_line_file_names_only_links_that_there_are(tmp_path: Path):
    from sites import findings

    change = (PINS, f'{PINS}link = {{ driver = "usd" }}\n')
    (found,) = findings(tmp_path, "starter", BELT, change)
    assert "usb" in found.reason + found.remedy
