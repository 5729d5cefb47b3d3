"""Options of drivers in a line file: judged by the tables in the drivers' own files, and handed to the board."""

import json
from pathlib import Path

import pytest
from sites import site

from sortyard.config.check import check_site
from sortyard.config.ecu_image import ecu_image
from sortyard.config.site import load_site

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
    assert scanner[2] == {"unit": 0, "baud": 9600, "prefix": 0, "suffix": 13, "aim": 0, "no_read": "NR"}
