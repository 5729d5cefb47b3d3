"""What `check` says of links: wires, stations, and whether a serial line can carry what the line has to tell."""

from pathlib import Path

import pytest
from sites import site

from sortyard.config.check import check_site
from sortyard.config.check_link import load_of
from sortyard.config.site import load_site

BELT = (
    'driver = "vfd_modbus"\ndrives = "belt"\naddress = 1\necu = "line"\n'
    'pins = { tx = "GP8", rx = "GP9", de = "GP10" }',
    'driver = "contactor"\necu = "line"\npins = { run = "GP11", closed = "GP28" }',
)
PINS = 'pins = { estop = "GP22", start = "GP26", reset = "GP27" }\n'
WIRED = 'pins = { tx = "GP8", rx = "GP9", de = "GP10" }'


TANDEM_BELT = (
    '"vfd_modbus", drives = "belt", address = 1, ecu = "west", pins = { tx = "GP8", rx = "GP9", de = "GP10" }',
    '"contactor", drives = "belt", ecu = "west", pins = { run = "GP11", closed = "GP28" }',
)


def shared(ecu: str, tx: str, rx: str, de: str, station: int) -> tuple[str, str]:
    """The change that makes one of tandem's boards a station of a shared line at 19,200 bit/s."""
    pins = f'{{ tx = "{tx}", rx = "{rx}", de = "{de}" }}'
    link = f'link = {{ driver = "rs485", pins = {pins}, options = {{ station = {station}, baud = 19200 }} }}'
    board = f'name = "{ecu}", board = "pico"'
    return board, f"{board}, {link}"


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


def test_hand_overs_between_boards_count_in_cycle_and_load_of_the_line_that_they_share(tmp_path: Path):
    """tandem's boards, each a station: 30 bytes of a hand-over, 138 of an answer, and 42 ms of turns for each."""
    wires = (("west", "GP8", "GP9", "GP10", 1), ("east", "GP0", "GP1", "GP8", 2))
    path = site(tmp_path, "tandem", TANDEM_BELT, *(shared(*one) for one in wires))
    found = [one.reason for one in check_site(load_site(path)).findings if "RS-485" in one.reason]
    assert any("a cycle takes up to 259 ms; allowed: 250 ms" in one for one in found)
    line = load_site(path).line
    alone = line.model_copy(update={"ecu": line.ecu[:1]})
    more = load_of(line, line.ecu).frames - load_of(alone, line.ecu).frames
    assert more == pytest.approx(line.parcels.rate_per_h / 3600)


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
