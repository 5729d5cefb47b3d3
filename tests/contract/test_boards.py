"""Every board's data file: whole, and what it says of pins is what the chips' datasheets say."""

import tomllib

import pytest

from sortyard.config.board_file import Board, board_names, load_board
from sortyard.shipped import shipped

ALL = board_names()
SHIPPED = {"esp32_c3", "esp32_c6", "esp32_devkit", "esp32_s3", "pico", "pico2", "pico_w"}
PINS = {"rp2040": 30, "rp2350a": 30, "esp32": 32, "esp32s3": 45, "esp32c3": 22, "esp32c6": 31}
WIRED = (
    "in",
    "pulled",
    "irq",
    "out",
    "gate",
    "hold",
    "pwm",
    "count",
    "uart_tx",
    "uart_rx",
    "spi_sck",
    "spi_tx",
    "spi_rx",
)

boards = pytest.mark.parametrize("board", [load_board(name) for name in ALL], ids=ALL)


def test_the_boards_are_there():
    assert set(ALL) >= SHIPPED


@boards
def test_a_board_lists_every_pin_of_its_chip_once(board: Board):
    assert len(board.pins) == PINS[board.chip]
    assert [int(name[2:]) for name in board.pins] == [pin.number for pin in board.pins.values()]
    assert {name[:2] for name in board.pins} == {"GP" if board.port == "rp2" else "IO"}


@boards
def test_every_limit_is_used_and_every_pin_without_a_use_says_why(board: Board):
    assert {limit for pin in board.pins.values() for limit in pin.limits} == set(board.limits)
    for name in board.pins:
        for function in WIRED:
            assert board.can(name, function) or len(board.why_not(name, function)) > 10


@boards
def test_what_a_limit_takes_is_a_function_that_some_pin_has(board: Board):
    known = {*board.functions, "all", "gate", "pulled"}
    known |= {"adc" for pin in board.pins.values() if any(one.startswith("adc") for one in pin.mux)}
    known |= {one[: one.index("_")].rstrip("0123456789") + one[one.index("_") :] for pin in board.pins.values()
              for one in pin.mux if "_" in one}  # fmt: skip
    for limit in board.limits.values():
        assert set(limit.takes) <= known


@boards
def test_gates_and_pulses_go_only_to_pins_that_are_quiet_while_the_board_starts(board: Board):
    for function in ("gate", "pwm"):
        able = board.pins_for(function)
        assert len(able) >= 5
        assert {board.pins[name].boot for name in able} <= {"down", "float"}
    assert {board.pins[name].boot for name in board.pins_for("hold")} <= {"down", "float", "up"}


def test_a_pico_leads_out_26_pins_and_every_one_is_low_at_power_up():
    for name in ("pico", "pico_w", "pico2"):
        board = load_board(name)
        for function in ("irq", "out", "pwm", "hold"):
            assert board.pins_for(function) == [f"GP{number}" for number in (*range(23), 26, 27, 28)]
        assert {pin.boot for pin in board.pins.values()} == {"down"}


def test_pico_pins_have_the_uart_spi_and_pwm_of_the_datasheet():
    pico = load_board("pico")
    assert [pico.units(pin, "uart_tx") for pin in ("GP0", "GP4", "GP8", "GP12")] == [[0], [1], [1], [0]]
    assert [pico.units(pin, "uart_rx") for pin in ("GP1", "GP5", "GP9", "GP2")] == [[0], [1], [1], []]
    assert [pico.units(pin, "spi_sck") for pin in ("GP2", "GP10", "GP18", "GP3")] == [[0], [1], [0], []]
    assert [pico.pins[pin].pwm for pin in ("GP0", "GP15", "GP16", "GP29")] == ["0A", "7B", "0A", "6B"]


@pytest.mark.parametrize(
    ("board", "pin", "function", "why"),
    [
        ("esp32_devkit", "IO34", "out", "no output driver"),
        ("esp32_devkit", "IO34", "pulled", "no pull resistors"),
        ("esp32_devkit", "IO36", "irq", "low for 80 ns"),
        ("esp32_devkit", "IO39", "irq", "low for 80 ns"),
        ("esp32_devkit", "IO5", "pwm", "pulled up from power-up"),
        ("esp32_c3", "IO8", "pwm", "pulled up from power-up"),
        ("esp32_devkit", "IO6", "in", "flash"),
        ("esp32_devkit", "IO12", "gate", "1.8 V"),
        ("esp32_devkit", "IO14", "gate", "power-up"),
        ("esp32_devkit", "IO1", "uart_tx", "console"),
        ("esp32_s3", "IO19", "out", "USB"),
        ("esp32_s3", "IO18", "gate", "power-up"),
        ("esp32_c3", "IO9", "irq", "BOOT button"),
        ("esp32_c3", "IO12", "out", "flash"),
        ("esp32_c6", "IO15", "in", "power-up"),
        ("esp32_c6", "IO24", "out", "flash"),
        ("esp32_c6", "IO14", "in", "only chips with flash in the package lead it out"),
        ("esp32_devkit", "IO27", "adc", "ADC2 measures there, which is the radio's while Wi-Fi is on"),
        ("esp32_devkit", "IO2", "adc", "ADC2 measures there, which is the radio's while Wi-Fi is on"),
        ("esp32_devkit", "IO16", "adc", "on this chip"),
        ("esp32_s3", "IO11", "adc", "ADC2 measures there, which is the radio's while Wi-Fi is on"),
        ("esp32_c3", "IO5", "adc", "ADC2 measures there, whose results may be wrong"),
        ("pico_w", "GP25", "out", "radio"),
        ("pico", "GP2", "uart_tx", "on this chip"),
    ],
)
def test_what_a_pin_cannot_do_it_says(board: str, pin: str, function: str, why: str):
    assert why in load_board(board).why_not(pin, function)


def test_a_voltage_is_measured_where_the_radio_does_not_take_the_converter():
    able = {name: load_board(name).pins_for("adc") for name in ("esp32_devkit", "esp32_c3", "pico")}
    assert able == {
        "esp32_devkit": ["IO32", "IO33", "IO34", "IO35", "IO36", "IO39"],
        "esp32_c3": ["IO0", "IO1", "IO2", "IO3", "IO4"],
        "pico": ["GP26", "GP27", "GP28"],
    }
    assert load_board("esp32_s3").pins_for("adc") == [f"IO{number}" for number in range(1, 11)]


def test_input_only_pins_can_be_read():
    board = load_board("esp32_devkit")
    assert [pin for pin in board.pins_for("in") if not board.can(pin, "out")] == [
        "IO34",
        "IO35",
        "IO36",
        "IO39",
    ]


def test_every_pin_that_can_be_read_can_interrupt_but_for_two_of_the_first_esp32():
    silent = {
        (name, pin)
        for name in SHIPPED
        for pin in load_board(name).pins_for("in")
        if not load_board(name).can(pin, "irq")
    }
    assert silent == {("esp32_devkit", "IO36"), ("esp32_devkit", "IO39")}


def test_an_eye_needs_an_interrupt_only_where_one_can_latch_a_count():
    assert load_board("esp32_devkit").can("IO36", "edge")
    assert {pin for pin in load_board("pico").pins if load_board("pico").can(pin, "edge")} == set(
        load_board("pico").pins_for("irq")
    )


def test_the_c3_alone_counts_no_encoder_in_hardware():
    counts = {name: load_board(name).resources.pcnt + load_board(name).resources.pio for name in ALL}
    assert [name for name, number in counts.items() if not number and name in SHIPPED] == ["esp32_c3"]


def test_a_board_file_is_data_only_and_lies_in_a_folder_of_its_name():
    for path in shipped("boards").glob("*/*"):
        assert path.name == "board.toml"
        assert tomllib.loads(path.read_text("utf-8"))["name"] == path.parent.name
