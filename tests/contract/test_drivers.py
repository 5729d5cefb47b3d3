"""Every driver in firmware/sorter_io, found by itself: its tables are whole, and its class does what its kind does.

The classes run in a real MicroPython on a virtual board, with their defaults, and their ticks allocate nothing.
"""

import ast
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest
from board_bench import Bench

from sortyard.config.board_file import load_board
from sortyard.config.check_drivers import lacking
from sortyard.config.driver_docs import driver_docs
from sortyard.config.driver_tables import FOLDERS, Driver, all_drivers, tables_of
from sortyard.config.pin_words import SAID
from sortyard.sim.board_chip import chip_of

ROOT = Path(__file__).resolve().parents[2] / "firmware" / "sorter_io"
BOARDS = {"": load_board("pico"), "rp2": load_board("pico"), "esp32": load_board("esp32_devkit")}
"""What a driver is tried on, by its port."""
IDLE_HIGH = {"spi_latch", "hold"}
drivers = pytest.mark.parametrize("driver", all_drivers().values(), ids=lambda driver: driver.name)


def source_of(driver: Driver) -> str:
    return (ROOT / (driver.path.replace(".", "/") + ".py")).read_text("utf-8")


def kind_of(driver: Driver) -> str:
    folders = {folder: kind for kind, folder in FOLDERS.items()}
    return folders.get(driver.path.partition(".")[0], driver.name)


def test_every_driver_of_the_shipped_firmware_is_found():
    named = {path for path in ROOT.rglob("*.py") if "DRIVER" in tables_of(path.read_text("utf-8"))}
    assert len(named) == len(all_drivers())
    assert {driver.name for driver in all_drivers().values()} == {path.stem for path in named}
    assert {kind_of(driver) for driver in all_drivers().values()} >= {*FOLDERS, "photo_eye", "contacts"}


@drivers
def test_a_driver_is_named_after_its_file_and_says_what_it_is(driver: Driver):
    tree = ast.parse(source_of(driver))
    name = "".join(word.capitalize() for word in driver.name.split("_"))
    assert tables_of(source_of(driver))["DRIVER"] == name
    (found,) = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == name]
    assert len(driver.text) > 60
    inits = [node for node in found.body if isinstance(node, ast.FunctionDef) and node.name == "__init__"]
    for init in inits:  # a class without one takes its parent's
        assert [argument.arg for argument in init.args.args][:3] == ["self", "pins", "options"]
    assert inits or found.bases


@drivers
def test_what_a_driver_says_of_its_wires_is_about_wires_that_it_has(driver: Driver):
    assert set(driver.pins.values()) <= set(SAID)
    assert {*driver.optional, *driver.any_of, *driver.shared, *driver.on_expander} <= set(driver.pins)
    assert driver.takes in ("", "pio", "pcnt", "timers", "network")
    assert driver.port in ("", "rp2", "esp32")


@drivers
def test_a_driver_says_what_its_kind_asks_for(driver: Driver):
    kind = kind_of(driver)
    assert bool(driver.moves) == (kind == "diverter")
    assert driver.moves in ("", "pusher", "swing_arm", "popup_wheel")
    assert bool(driver.places[0]) == (kind == "expander")
    assert bool(driver.trigger[0]) == (kind == "scanner" and "trigger" in driver.defaults())


@drivers
def test_every_option_has_a_default_within_its_limits_and_a_text(driver: Driver):
    for option in driver.options:
        assert option.name.isidentifier()
        assert option.takes(option.default)
        assert len(option.text) > 2 or option.unit
    names = [option.name for option in driver.options]
    assert len(set(names)) == len(names)


@drivers
def test_tables_of_data_beside_a_driver_are_data_and_nothing_else(driver: Driver):
    for option in driver.options:
        if option.unit != "maps":
            continue
        for name in option.choices:
            path = ROOT / (driver.path.replace(".", "/") + "_maps") / f"{name}.py"
            *_, table = ast.parse(path.read_text("utf-8")).body
            assert isinstance(table, ast.Assign)
            assert isinstance(ast.literal_eval(table.value), dict)


def test_the_reference_beside_the_drivers_is_what_they_say():
    said = (ROOT / "README.md").read_text("utf-8")
    assert said == driver_docs(), "sortyard docs drivers > firmware/sorter_io/README.md"


EACH_TURN = {
    "scanner": "part.poll()",
    "motor": "part.run(turn >> 6 & 1); part.poll(1000 * turn & 0xFFFFFFF); part.look(inputs)",
    "diverter": "part.extend() if turn & 64 else part.retract(); part.switches.end(inputs)",
    "encoder": "part.count()",
    "expander": "work(part, turn)",
    "photo_eye": "eye_news(ring, turn)",
    "contacts": "part.poll(inputs)",
    "link": "part.read(room); part.is_free() and part.write(room, 0)",
    "stack_light": "part.show(turn >> 5 & 3, turn)",
}
SAFE = {"motor": "part.off(); part.poll(300000)", "diverter": "part.off()"}
PROGRAM = """
import micropython
from time import sleep_us
from sorter_io.chip import read_inputs
from sorter_io.photo_eye import EdgeRing, eye_news
from sorter_io.{path} import {name}

class Still:
    def count(self):
        return 0
    def latch(self, index, is_blocked, count):
        pass

def work(part, turn):
    if hasattr(part, "flush"):
        place.value(turn & 1)
        part.flush()
    if hasattr(part, "poll") and part.poll(turn, read_inputs()):
        part.tell(ring)

room = bytearray(6)
ring = EdgeRing(Still(), 1)
sleep_us(1000)
part = {name}({pins}, {options}{more})
parts = [part]
place = part.place(0) if hasattr(part, "place") else None
sleep_us(1000)

def turns(first, last):
    turn = first
    while turn < last:
        inputs = read_inputs()
        {each}
        sleep_us(1000)
        turn += 1

turns(0, 4)
micropython.heap_lock()
turns(4, 300)
micropython.heap_unlock()
{safe}
print("done")
while True:
    sleep_us(1000)
"""


def wired(driver: Driver) -> dict[str, int]:
    """A pin of its board for every wire, all units on the same one."""
    board = BOARDS[driver.port]
    free = list(board.pins)
    pins = {}
    for wire, need in driver.pins.items():
        able = [pin for pin in free if board.can(pin, need)]
        pin = next(pin for pin in able if not board.units(pin, need) or 0 in board.units(pin, need))
        free.remove(pin)
        pins[wire] = board.pins[pin].number
    return pins


def bench_of(driver: Driver) -> tuple[Bench, dict[str, int], list[tuple[int, ...]]]:
    """The driver at work for 300 turns, with its defaults and every wire: bench, pins, pulse outputs."""
    pulses: list[tuple[int, ...]] = []
    pins, kind = wired(driver), kind_of(driver)
    program = PROGRAM.format(
        path=driver.path,
        name="".join(word.capitalize() for word in driver.name.split("_")),
        pins=pins,
        options=driver.defaults(),
        more=", 0, ring" if kind == "photo_eye" else "",
        each=EACH_TURN.get(kind, "part.poll(inputs)"),
        safe=SAFE.get(kind, ""),
    )

    # what these programs print is not for the console's host
    chip = chip_of(BOARDS[driver.port])._replace(console_baud=0)

    def wire(board):
        board.analog.on_pulses = lambda *told: pulses.append(told)
        for name in ("fault", "estop"):
            if name in pins:
                board.set_pin(pins[name], 1, 0)
        if kind == "expander" and "latch" in pins:
            board.chains.add(0, 1, pins["latch"], pins.get("enable", -1))

    network = b'{"ssid": "hall", "key": "none"}'
    bench = Bench(program, wire=wire, chip=chip, until_us=900_000)
    return bench.run(network__json=network), pins, pulses


@drivers
def test_a_driver_does_its_work_on_a_board_and_allocates_nothing(driver: Driver):
    bench, pins, pulses = bench_of(driver)
    assert bench.lines == ["done"]
    moving = sum(1 << pin for wire, pin in pins.items() if driver.pins[wire] == "gate" and wire != "de")
    assert not bench.levels or not bench.levels[0][0] < 1000 or not bench.levels[0][1] & moving
    if kind_of(driver) in SAFE:
        assert not bench.levels or not bench.levels[-1][1] & moving
    if kind_of(driver) in SAFE and "tx" not in pins:
        assert len(bench.levels) + len(pulses) >= 2


def wirings(driver: Driver) -> Iterator[dict[str, int]]:
    """Every choice of wires that `check` takes."""
    pins = wired(driver)
    for left_out in (
        some for n in range(len(driver.optional) + 1) for some in combinations(driver.optional, n)
    ):
        chosen = {wire: pin for wire, pin in pins.items() if wire not in left_out}
        if not lacking(driver, chosen):
            yield chosen


MADE = """
from time import sleep_us
from sorter_io.{path} import {name}
for pins in {wirings}:
    try:
        {name}(pins, {options})
    except Exception as error:
        print(pins, repr(error))
print("done")
while True:
    sleep_us(1000)
"""


@pytest.mark.parametrize(
    "driver", [one for one in all_drivers().values() if one.optional], ids=lambda driver: driver.name
)
def test_a_driver_takes_whatever_wires_check_takes(driver: Driver):
    ways = list(wirings(driver))
    assert len(ways) > 1
    name = tables_of(source_of(driver))["DRIVER"]
    program = MADE.format(path=driver.path, name=name, wirings=ways, options=driver.defaults())
    chip = chip_of(BOARDS[driver.port])._replace(console_baud=0)
    assert Bench(program, chip=chip, until_us=5_000).run().lines == ["done"]
