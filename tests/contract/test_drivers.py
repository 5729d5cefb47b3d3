"""Every driver in firmware/sorter_io, found by itself: its tables are whole, and its class takes them."""

import ast
from pathlib import Path

import pytest

from sortyard.config.check_pins import _NEEDS, _OF_KIND
from sortyard.config.drivers import driver_options

ROOT = Path(__file__).resolve().parents[2] / "firmware" / "sorter_io"
TABLES = ("DRIVER", "PINS", "OPTIONS", "OPTIONAL_PINS", "PORT")


def tables(path: Path) -> dict:
    """The tables that stand in a driver's file, as data."""
    return {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id in TABLES
    }


DRIVERS = {path: found for path in sorted(ROOT.rglob("*.py")) if "DRIVER" in (found := tables(path))}
drivers = pytest.mark.parametrize("path", DRIVERS, ids=lambda path: path.stem)


def test_the_drivers_of_the_shipped_firmware_are_found():
    names = {path.stem for path in DRIVERS}
    assert names >= {
        "photo_eye",
        "quadrature_pio",
        "pusher",
        "swing_arm",
        "serial_line",
        "vfd_modbus",
        "contacts",
    }


@drivers
def test_a_driver_is_named_after_its_file_and_says_what_it_is(path: Path):
    tree = ast.parse(path.read_text("utf-8"))
    name = "".join(word.capitalize() for word in path.stem.split("_"))
    assert DRIVERS[path]["DRIVER"] == name
    (driver,) = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == name]
    assert len(ast.get_docstring(tree) or "") > 60
    (init,) = [node for node in driver.body if isinstance(node, ast.FunctionDef) and node.name == "__init__"]
    assert [argument.arg for argument in init.args.args][:3] == ["self", "pins", "options"]


@drivers
def test_every_wire_of_a_driver_is_one_that_check_can_judge(path: Path):
    found = DRIVERS[path]
    for wire, need in found["PINS"].items():
        kind = path.stem if path.parent.name == "expanders" else path.parent.name.removesuffix("s")
        assert need == (_OF_KIND.get((kind, wire)) or _NEEDS[wire])
    assert set(found.get("OPTIONAL_PINS", ())) <= set(found["PINS"])


@drivers
def test_every_option_has_a_default_within_its_limits_and_a_text(path: Path):
    for name, default, least, most, unit, text in DRIVERS[path]["OPTIONS"]:
        assert name.isidentifier()
        size = len(default) if isinstance(default, str) else default
        assert least <= size <= most
        assert isinstance(unit, str)
        assert len(text) > 2 or unit
    relative = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    assert driver_options(relative) == {row[0]: row[1] for row in DRIVERS[path]["OPTIONS"]}
