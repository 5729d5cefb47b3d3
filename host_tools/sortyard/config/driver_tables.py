"""The drivers of the firmware, as their own files describe them: found in firmware/sorter_io, read without running.

    drivers_of("scanner")["gm65"].options        # a file's name is its driver's name

Adding a driver is adding its file. What stands in it for the host, all of it data:

    DRIVER      name of its class
    PINS        wire -> what its pin must be able to do (the functions of boards/*/board.toml)
    OPTIONAL_PINS, ANY_OF, SHARED, ON_EXPANDER   wires that may be left out, of which there must be one, that several
                parts of one kind may have in common (a bus), and that may end at an expander
    TOGETHER    wires, in groups, of which there are all or none
    OPTIONS     (name, default, least, most, unit, text): limits of a number, or of the length of a text. A text whose
                unit is "maps" is the name of a file in the folder FOLDER_maps beside the driver's own
    DIFFER      two options that say where a part is at rest and where not: they must not be equal
    PORT, TAKES the one port of MicroPython that it is for; the resource of the chip that one of it takes
    PLACES      of an expander: how many a chip has, and whether they are "in", "out" or "either"
    SPEED_BY    of a motor whose `set_share` sets its speed: the option that says its full one, 0 where it is not told
    ACCUMULATES of a motor that lets parcels come to eyes of its own before it holds them: 1
    TRIGGER     of a scanner that can be told by its line to read: the bytes that begin a read and that end it
    MOVES       of a diverter: the model of its movement, "pusher", "swing_arm" or "popup_wheel"
"""

import ast
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sortyard.shipped import shipped

if TYPE_CHECKING:
    from sortyard.config.board_file import Board

FOLDERS = {
    "scanner": "scanners",
    "motor": "motors",
    "diverter": "diverters",
    "expander": "expanders",
    "encoder": "encoders",
    "link": "links",
}
"""Kind of part -> folder of its drivers; other kinds have one driver, a file beside these folders."""
_ONLY = {"eye": "photo_eye", "ecu": "contacts", "light": "stack_light"}
TABLES = (
    "DRIVER", "PINS", "OPTIONAL_PINS", "ANY_OF", "SHARED", "ON_EXPANDER", "OPTIONS", "PORT", "TAKES", "PLACES", "MOVES",
    "SPEED_BY", "TRIGGER", "TOGETHER", "ACCUMULATES", "DIFFER",
)  # fmt: skip


class Option(NamedTuple):
    """A row of a driver's table. `least` and `most` limit a number, or the length of a text."""

    name: str
    default: int | str
    least: int
    most: int
    unit: str
    text: str
    choices: tuple[str, ...] = ()

    def allowed(self) -> str:
        """What may be given, in words."""
        if self.choices:
            return ", ".join(self.choices)
        unit = f" {self.unit}" if self.unit and self.unit != "text" else ""
        if isinstance(self.default, str):
            return f"a text of {self.least} to {self.most} characters"
        return f"{self.least} to {self.most}{unit}"

    def takes(self, value: int | str) -> bool:
        """Whether a value has the option's type and is within its limits."""
        if isinstance(value, str) != isinstance(self.default, str):
            return False
        if self.choices:
            return value in self.choices
        return self.least <= (len(value) if isinstance(value, str) else value) <= self.most


UNIT_PINS = ("uart_tx", "spi_sck", "i2c_scl")
"""Needs whose pin says which unit of the chip a part is on."""


class Driver(NamedTuple):
    """One driver's file."""

    path: str
    """below sorter_io: "motors.vfd_modbus" """
    text: str
    """what its docstring says"""
    pins: Mapping[str, str]
    optional: tuple[str, ...]
    any_of: tuple[str, ...]
    shared: tuple[str, ...]
    on_expander: tuple[str, ...]
    options: tuple[Option, ...]
    port: str
    takes: str
    places: tuple[int, str]
    moves: str
    speed_by: str
    trigger: tuple[bytes, bytes]
    together: tuple[tuple[str, ...], ...]
    accumulates: int
    differ: tuple[str, ...]

    @property
    def name(self) -> str:
        """As the line file says it."""
        return self.path.rpartition(".")[2]

    def defaults(self) -> dict[str, int | str]:
        """Every option with its default."""
        return {option.name: option.default for option in self.options}

    def options_of(self, part: Any) -> dict[str, int | str]:
        """Every option of a part: as it is given, or its default where it is not. What the driver does not take is told
        elsewhere, and counts as not given."""
        given = getattr(part, "options", {})
        values = {one: given.get(one.name, one.default) for one in self.options}
        return {one.name: value if one.takes(value) else one.default for one, value in values.items()}

    def pulses_a_second(self, part: Any) -> int:
        """Of the pulses on a wire of `part`; 0: the rate changes while the part runs."""
        return int(self.options_of(part).get("freq", 0))


def tables_of(source: str) -> dict[str, Any]:
    """The tables of one file, as data; without DRIVER it is no driver's."""
    return {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id in TABLES
    }


@cache
def all_drivers() -> Mapping[str, Driver]:
    """Every driver of the firmware by its path below sorter_io, in the order of their paths."""
    root = shipped("firmware") / "sorter_io"
    found = (_read(root, path) for path in sorted(root.rglob("*.py")))
    return {driver.path: driver for driver in found if driver is not None}


def _read(root: Path, path: Path) -> Driver | None:
    source = path.read_text("utf-8")
    if "\nDRIVER = " not in source:
        return None
    table = tables_of(source)
    return Driver(
        path=".".join(path.relative_to(root).with_suffix("").parts),
        text=ast.get_docstring(ast.parse(source)) or "",
        pins=table["PINS"],
        optional=table.get("OPTIONAL_PINS", ()),
        any_of=table.get("ANY_OF", ()),
        shared=table.get("SHARED", ()),
        on_expander=table.get("ON_EXPANDER", ()),
        options=tuple(_option(row, path) for row in table["OPTIONS"]),
        port=table.get("PORT", ""),
        takes=table.get("TAKES", ""),
        places=table.get("PLACES", (0, "")),
        moves=table.get("MOVES", ""),
        speed_by=table.get("SPEED_BY", ""),
        trigger=table.get("TRIGGER", (b"", b"")),
        together=table.get("TOGETHER", ()),
        accumulates=table.get("ACCUMULATES", 0),
        differ=table.get("DIFFER", ()),
    )


def _option(row: tuple[Any, ...], path: Path) -> Option:
    option = Option(*row)
    if option.unit != "maps":
        return option
    files = path.with_name(f"{path.stem}_maps").glob("[!_]*.py")
    return option._replace(choices=tuple(sorted(one.stem for one in files)))


def map_of(driver: Driver, name: str) -> dict[str, int]:
    """The data file of a make that a driver's option `map` names."""
    *folders, stem = driver.path.split(".")
    path = shipped("firmware").joinpath("sorter_io", *folders, f"{stem}_maps", f"{name}.py")
    *_, table = ast.parse(path.read_text("utf-8")).body
    assert isinstance(table, ast.Assign), "a map's file ends with MAP = {...}"
    return ast.literal_eval(table.value)


def _counts_on(encoder: Driver, board: "Board | None") -> bool:
    """Whether an encoder's driver uses a counter that the chip of this board has."""
    return board is not None and encoder.port == board.port and getattr(board.resources, encoder.takes) > 0


@cache
def drivers_of(kind: str) -> Mapping[str, Driver]:
    """The drivers that a part of this kind may have, by name; empty for a kind that has one only."""
    folder = FOLDERS.get(kind, "-") + "."
    return {driver.name: driver for path, driver in all_drivers().items() if path.startswith(folder)}


def driver_of(kind: str, part: Any, board: "Board | None" = None) -> Driver:
    """The driver of a line's part. An encoder that names none gets one that counts in hardware, if its board can."""
    if kind in _ONLY:
        return all_drivers()[_ONLY[kind]]
    name = part.kind if kind in ("diverter", "expander") else part.driver
    if name is None:
        name = next(
            (one.name for one in drivers_of(kind).values() if _counts_on(one, board)), "quadrature_irq"
        )
    return drivers_of(kind)[name]
