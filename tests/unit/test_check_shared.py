"""Rules of `check` for parts on one bus: what they have in common, and what each has of its own."""

from pathlib import Path

import pytest
from sites import site

from sortyard.config.check import check_site
from sortyard.config.site import load_site

METER = 'driver = "mdr", drives = "meter", ecu = "line", pins = { run = "GP14", fault = "GP19" }'
INVERTER = (
    'driver = "vfd_modbus", drives = "meter", address = 2, ecu = "line", pins = { tx = "GP20", rx = "GP21"'
)
CHIPS = """[[expander]]
name = "{name}"
kind = "mcp23017"
count = {count}
ecu = "line"
options = {{ freq = {freq}, first = {first} }}
pins = {{ sda = "GP16", scl = "GP17" }}

"""


def errors(folder: Path, example: str, *changes: tuple[str, str]) -> list[str]:
    """Key and reason of each."""
    found = check_site(load_site(site(folder, example, *changes))).findings
    return [f"{one.key}: {one.reason}" for one in found if one.severity == "error"]


@pytest.mark.parametrize(
    ("inverter", "said"),
    [
        (', de = "GP22" }, options = { baud = 19200 }', []),
        (
            ', de = "GP22" }, options = { baud = 9600 }',
            [
                "motor[1].options.baud: M-METER is on the bus of M-BELT, where baud is 19200; it has 9600",
            ],
        ),
        (
            ', de = "GP22" }, options = { parity = "even", stop = 2 }',
            [
                "motor[1].options.parity: M-METER is on the bus of M-BELT, where parity is none; it has even",
                "motor[1].options.stop: M-METER is on the bus of M-BELT, where stop is 1; it has 2",
            ],
        ),
        (" }", ["motor[1].pins: M-METER is on the bus of M-BELT and has no pin for de; the bus has GP22"]),
    ],
    ids=["as the first", "another speed", "other frames", "no direction"],
)
def test_inverters_of_a_bus_have_one_way_to_speak(inverter: str, said: list[str], tmp_path: Path):
    told = errors(tmp_path, "hub16", (METER, INVERTER + inverter))
    assert [one for one in told if " is on the bus of " in one] == said


def on_a_bus(folder: Path, *chips: tuple[str, int, int, int]) -> list[str]:
    """What is wrong with starter's expanders: name, count, first address and frequency of each."""
    tables = [
        CHIPS.format(name=name, count=count, first=first, freq=freq) for name, count, first, freq in chips
    ]
    free = [('signal = "GP16"', 'signal = "GP11"'), ('signal = "GP17"', 'signal = "GP28"')]
    return errors(folder, "starter", ("[[motor]]", "".join(tables) + "[[motor]]"), *free)


FAST = 1_000_000


@pytest.mark.parametrize(
    ("chips", "said"),
    [
        ([("a", 4, 32, FAST), ("b", 4, 36, FAST)], []),
        (
            [("a", 2, 32, FAST), ("b", 2, 33, FAST)],
            ["expander[1].options.first: b and a have address 33 on the same bus"],
        ),
        (
            [("a", 4, 38, FAST)],
            ["expander[0].options.first: the last of 4 chips of a would have address 41; there are 32 to 39"],
        ),
        (
            [("a", 1, 32, FAST), ("b", 1, 33, 400_000)],
            ["expander[1].options.freq: b is on the bus of a, where freq is 1000000; it has 400000"],
        ),
    ],
    ids=["one behind the other", "an address twice", "beyond the last", "two clocks"],
)
def test_chips_of_a_bus_have_addresses_of_their_own(
    chips: list[tuple[str, int, int, int]], said: list[str], tmp_path: Path
):
    assert on_a_bus(tmp_path, *chips) == said
