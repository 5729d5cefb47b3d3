"""Options of drivers in a line file: judged by the tables in the drivers' own files, and handed to the board."""

import json
import shutil
from pathlib import Path

import pytest
from sites import site

from sortyard.config import driver_tables
from sortyard.config.check import check_site
from sortyard.config.driver_docs import driver_docs
from sortyard.config.ecu_image import ecu_image
from sortyard.config.site import load_site
from sortyard.errors import InputError
from sortyard.shipped import shipped

SCANNER = 'pins = { tx = "GP0", rx = "GP1" }'


def errors(folder: Path, options: str) -> list[str]:
    """What `check` says of starter with these options of its scanner."""
    path = site(folder, "starter", (SCANNER, f"{SCANNER}\noptions = {options}"))
    found = check_site(load_site(path)).findings
    return [f"{one.key}: {one.reason} -> {one.remedy}" for one in found if one.severity == "error"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            "{ bauds = 9600 }",
            'scanners.serial_line has no option "bauds" -> did you mean "baud"?',
        ),
        ("{ baud = 50 }", "scanner[0].options.baud: baud is 50; allowed: 1200 to 921600 bit/s"),
        ('{ baud = "fast" }', "allowed: 1200 to 921600 bit/s"),
        ("{ no_read = 7 }", "no_read is 7; allowed: a text of 0 to 16 characters"),
        ("{ unit = 1 }", "unit is not given here: it follows from the pins"),
    ],
)
def test_an_option_that_the_driver_does_not_have_or_take_is_told(tmp_path: Path, options: str, said: str):
    (told,) = errors(tmp_path, options)
    assert said in told


def test_options_reach_the_board_and_the_others_keep_their_defaults(tmp_path: Path):
    path = site(tmp_path, "starter", (SCANNER, f'{SCANNER}\noptions = {{ baud = 9600, no_read = "NR" }}'))
    image = ecu_image(load_site(path), "line")
    size = int.from_bytes(image[6:9], "little")
    (scanner,) = json.loads(image[9 : 9 + size])["scanners"]
    assert scanner[:2] == ["scanners.serial_line", {"tx": 0, "rx": 1}]
    given = {"unit": 0, "baud": 9600, "no_read": "NR"}
    defaults = {
        "bits": 8,
        "parity": "none",
        "stop": 1,
        "prefix": 0,
        "suffix": 13,
        "aim": 0,
        "heartbeat": "",
        "heartbeat_s": 0,
    }
    assert scanner[2] == {**given, **defaults}


WIRES = 'pins = { tx = "GP8", rx = "GP9", de = "GP10" }'
ENCODER = 'pins = { a = "GP2", b = "GP3" }'


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (
            WIRES,
            'pins = { tx = "GP8", rx = "GP9", dee = "GP10" }',
            'motors.vfd_modbus has no wire "dee" -> did you mean "de"? wires: tx, rx, de',
        ),
        (WIRES, 'pins = { tx = "GP8" }', "motor[0].pins: motors.vfd_modbus needs rx too"),
        (
            f'driver = "vfd_modbus"\ndrives = "belt"\naddress = 1\necu = "line"\n{WIRES}',
            'driver = "mdr"\necu = "line"\npins = { fault = "GP8" }',
            "motors.mdr needs run or speed too",
        ),
        (
            ENCODER,
            f'driver = "quadrature_pcnt"\n{ENCODER}',
            "is for the esp32 port of MicroPython; pico runs rp2 -> use quadrature_irq, quadrature_pio",
        ),
        (
            ENCODER,
            f'driver = "quadrature_irq"\n{ENCODER}',
            "quadrature_irq uses no counter: 1600 counts a second would be as many interrupts",
        ),
        (
            f'driver = "vfd_modbus"\ndrives = "belt"\naddress = 1\necu = "line"\n{WIRES}',
            'driver = "servo"\necu = "line"\npins = { pulse = "GP8" }\noptions = { run_us = 1500 }',
            "motor[0].options: rest_us and run_us are both 1500: M-BELT would not move -> let them differ",
        ),
    ],
)
def test_a_driver_s_wires_and_chip_are_judged_by_its_own_tables(tmp_path: Path, before, after, said):
    path = site(tmp_path, "starter", (before, after))
    found = check_site(load_site(path)).findings
    told = [f"{one.key}: {one.reason} -> {one.remedy}" for one in found if one.severity == "error"]
    assert any(said in one for one in told), told


BELT = f'driver = "vfd_modbus"\ndrives = "belt"\naddress = 1\necu = "line"\n{WIRES}'
ZONES = 'pins = {{ run1 = "GP8", eye1 = "GP9"{} }}'


def zones_errors(folder: Path, drives: str, more: str = "", example: str = "starter") -> list[str]:
    """What `check` says of such a conveyor instead of the belt's drive, or of the metering belt's."""
    conveyor = f'driver = "mdr_zpa"\ndrives = "{drives}"\necu = "line"\n{ZONES.format(more)}'
    meter = 'driver = "mdr", drives = "meter", ecu = "line", pins = { run = "GP14", fault = "GP19" }'
    change = (BELT, conveyor)
    if example == "hub16":
        change = (meter, conveyor.replace("\n", ", ").replace("GP8", "GP14").replace("GP9", "GP19"))
    found = check_site(load_site(site(folder, example, change))).findings
    return [f"{one.key}: {one.reason}" for one in found if one.severity == "error"]


@pytest.mark.parametrize(
    ("more", "missing"), [(', run2 = "GP10"', "eye2"), (', eye2 = "GP10", run3 = "GP11"', "run2, eye3")]
)
def test_wires_that_go_together_are_there_or_not(tmp_path: Path, more: str, missing: str):
    """The board did not start: its driver looked for the other wire."""
    (told,) = zones_errors(tmp_path, "meter", more)
    assert told == f"motor[0].pins: motors.mdr_zpa needs {missing} too"


def test_zones_that_accumulate_feed_a_line_and_are_no_belt_and_no_metering_belt(tmp_path: Path):
    assert zones_errors(tmp_path, "meter", ', run2 = "GP10", eye2 = "GP11"') == []
    (belt,) = zones_errors(tmp_path, "belt")
    assert belt.endswith("M-BELT cannot drive the belt")
    meter, loop = zones_errors(tmp_path, "meter", example="hub16")
    assert "([infeed_meter])" in meter
    assert "([recirculation])" in loop


def test_a_driver_that_the_firmware_does_not_have_is_told_with_the_nearest_one(tmp_path: Path):
    path = site(tmp_path, "starter", ('driver = "vfd_modbus"', 'driver = "vfd_modbuss"'))
    with pytest.raises(InputError) as caught:
        load_site(path)
    (finding,) = caught.value.findings
    assert (finding.key, 'did you mean "vfd_modbus"' in finding.remedy) == ("motor[0].driver", True)


def test_a_new_driver_is_its_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    root = tmp_path / "firmware"
    shutil.copytree(shipped("firmware"), root)
    text = (root / "sorter_io" / "diverters" / "pusher.py").read_text("utf-8")
    (root / "sorter_io" / "diverters" / "air_jet.py").write_text(
        text.replace('"Pusher"', '"AirJet"'), "utf-8"
    )
    monkeypatch.setattr(driver_tables, "shipped", lambda _folder: root)
    driver_tables.all_drivers.cache_clear()
    driver_tables.drivers_of.cache_clear()
    try:
        assert driver_tables.drivers_of("diverter")["air_jet"].moves == "pusher"
        assert "### air_jet" in driver_docs()
    finally:
        monkeypatch.undo()
        driver_tables.all_drivers.cache_clear()
        driver_tables.drivers_of.cache_clear()
