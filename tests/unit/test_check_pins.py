"""The wiring rules of `check`: each refusal says which pins would do."""

from pathlib import Path

import pytest
from board_sites import starter_on
from sites import findings, site

from sortyard.config.board_file import load_board
from sortyard.config.check import check_site
from sortyard.config.check_context import Context
from sortyard.config.check_figures import line_figures
from sortyard.config.check_pins import _judge_frequencies
from sortyard.config.examples import example_names, line_file_of
from sortyard.config.line_pins import Wire
from sortyard.config.site import Site, load_site
from sortyard.errors import Finding


def errors(folder: Path, example: str, *changes: tuple[str, str]) -> list[str]:
    """What `check` says of an example after these changes: key, reason and remedy of each error."""
    found = check_site(load_site(site(folder, example, *changes))).findings
    return [f"{one.key}: {one.reason} -> {one.remedy}" for one in found if one.severity == "error"]


@pytest.mark.parametrize("name", example_names())
def test_the_examples_are_wired_to_pins_that_their_boards_have(name: str):
    assert [f for f in check_site(load_site(line_file_of(name))).findings if f.severity == "error"] == []


def test_a_pin_that_the_board_does_not_have_is_told_with_those_that_would_do(tmp_path: Path):
    (said,) = errors(tmp_path, "starter", ('signal = "GP7"', 'signal = "GP31"'))
    assert said.startswith("eye[3].pins.signal: pico has no pin GP31")
    assert "free pins that would do: GP7, GP11, GP28" in said


def test_a_pin_that_is_not_led_out_is_told_with_its_reason(tmp_path: Path):
    (said,) = errors(tmp_path, "starter", ('signal = "GP7"', 'signal = "GP24"'))
    assert "GP24 of pico cannot show the edges of an eye: it senses USB power" in said


def test_a_scanner_on_pins_without_uart_is_told_the_pins_that_have_one(tmp_path: Path):
    (said,) = errors(tmp_path, "starter", ('tx = "GP0", rx = "GP1"', 'tx = "GP0", rx = "GP28"'))
    assert "GP28 of pico cannot receive on a UART" in said
    assert "free pins that would do: GP1" in said


def test_both_wires_of_a_uart_belong_to_the_same_one(tmp_path: Path):
    said = errors(tmp_path, "starter", ('tx = "GP0", rx = "GP1"', 'tx = "GP0", rx = "GP25"'))
    assert "cannot receive on a UART" in said[0]
    (said,) = errors(
        tmp_path,
        "starter",
        ('tx = "GP0", rx = "GP1"', 'tx = "GP0", rx = "GP5"'),
        ('signal = "GP5"', 'signal = "GP1"'),
    )
    assert "GP0 and GP5 of pico belong to different UARTs, 0 and 1" in said


def test_two_devices_on_one_uart_are_told(tmp_path: Path):
    (said,) = errors(
        tmp_path,
        "starter",
        ('tx = "GP8", rx = "GP9"', 'tx = "GP12", rx = "GP13"'),
        ('extend = "GP12"', 'extend = "GP8"'),
        ('extend = "GP13"', 'extend = "GP9"'),
    )
    assert said.startswith("scanner[0].pins.tx: UART 0 of pico is taken by M-BELT")
    assert said.endswith("no free pin of pico can send on a UART there: use another board, or free a pin")


def test_a_pin_that_is_taken_is_told_with_those_that_would_do(tmp_path: Path):
    (found,) = findings(tmp_path / "pin", "starter", ('signal = "GP6"', 'signal = "GP5"'))
    assert "GP5 of line is taken" in found.reason
    assert found.remedy == "each wire needs a pin of its own; free pins that would do: GP6, GP11, GP28"
    (found,) = findings(tmp_path / "place", "hub16", ('signal = "in.1"', 'signal = "in.0"'))
    assert found.remedy.startswith("each wire needs a pin of its own; free places: in.1")


def test_two_pins_of_one_pwm_channel_are_told_with_pins_of_others(tmp_path: Path):
    motor = (INVERTER, 'driver = "h_bridge"\necu = "line"\npins = { pwm = "GP28" }')
    (told,) = errors(tmp_path, "starter", *SERVO, motor, (VALVES, 'pins = { pulse = "GP12" }'),
                     ('extend = "GP12"', 'extend = "GP14"'))  # fmt: skip
    assert "GP12 and GP28 of pico are one PWM channel, 6A" in told
    assert told.endswith("-> free pins that would do: GP8, GP9, GP10, GP11, GP15, GP20, GP21")


def test_a_gate_on_a_pin_that_moves_at_power_up_is_refused(tmp_path: Path):
    (said,) = errors(tmp_path, "express64", ('run = "IO47"', 'run = "IO3"'))
    assert "IO3 of esp32_s3 cannot drive what moves: it is read at power-up" in said
    assert "free pins that would do: IO47" in said


def test_an_emergency_stop_needs_a_pin_that_reads_as_open_when_its_wire_is_cut(tmp_path: Path):
    line = starter_on(tmp_path, "esp32_devkit").path
    whole = line.read_text("utf-8")
    line.write_text(
        whole.replace('estop = "IO13"', 'estop = "IO35"').replace('signal = "IO35"', 'signal = "IO13"')
    )
    found = check_site(load_site(line)).findings
    (told,) = [one for one in found if one.severity == "error"]
    assert told.key == "ecu[0].pins.estop"
    assert "IO35 of esp32_devkit cannot be read as open when its wire is cut" in told.reason
    assert "no pull resistors" in told.reason
    assert "no free pin" in told.remedy
    notes = [one.reason for one in found if one.severity == "note"]
    assert "IO34, IO36, IO39 of esp32_devkit: nothing holds an input there whose wire is cut" in notes


def test_a_motor_that_runs_by_pulses_goes_to_no_pin_that_is_high_at_power_up(tmp_path: Path):
    line = starter_on(tmp_path, "esp32_devkit").path
    text = line.read_text("utf-8")
    begin = text.index("[[motor]]")
    end = text.index("[[", begin + 2)
    motor = '[[motor]]\nname = "M"\ndriver = "h_bridge"\necu = "line"\npins = { pwm = "IO5" }\n\n'
    line.write_text(text[:begin] + motor + text[end:])
    (told,) = [one for one in check_site(load_site(line)).findings if one.severity == "error"]
    assert told.reason.startswith("IO5 of esp32_devkit cannot give pulses: it is pulled up from power-up on")
    assert told.remedy == "free pins that would do: IO2, IO4, IO16"


def test_an_encoder_on_a_chip_without_a_counter_is_refused_at_speed(tmp_path: Path):
    changes = [('board = "pico"', 'board = "esp32_c3"')]
    said = errors(tmp_path, "starter", *changes)
    assert any("esp32_c3 has no pin GP2" in one for one in said)
    small = [("um_per_count = 500\necu = \"line\"\npins = { a = \"GP2\", b = \"GP3\" }",
              "um_per_count = 500\necu = \"line\"\npins = { a = \"IO0\", b = \"IO1\" }")]  # fmt: skip
    said = errors(tmp_path, "starter", *changes, *small)
    (told,) = [one for one in said if "no counter" in one]
    assert "1600 counts a second would be as many interrupts, it can take 1000" in told
    assert "use a board that counts in hardware (esp32_c6, esp32_devkit" in told


def test_more_uarts_than_the_board_has_are_told(tmp_path: Path):
    roller = 'driver = "mdr", drives = "belt", ecu = "zone1", pins = { run = "IO21", fault = "IO12" }'
    inverter = (
        'driver = "vfd_modbus", drives = "belt", address = 1, ecu = "zone1", '
        'pins = { tx = "IO12", rx = "IO21", de = "IO38" }'
    )
    said = errors(tmp_path, "express64", (roller, inverter))
    assert any("is device 3 that needs a UART; esp32_s3 has 2" in one for one in said)


SERVO = (
    ('kind = "swing_arm"\nposition_mm = 5000', 'kind = "servo_arm"\nposition_mm = 5000'),
    ("feedback = true  ", "feedback = false  "),
)
VALVES = 'pins = { extend = "GP14", retract = "GP15", home = "GP20", extended = "GP21" }'
INVERTER = (
    'driver = "vfd_modbus"\ndrives = "belt"\naddress = 1\necu = "line"\n'
    'pins = { tx = "GP8", rx = "GP9", de = "GP10" }'
)


@pytest.mark.parametrize(
    ("motor", "pulse", "text"),
    [
        ('"h_bridge"\necu = "line"\npins = { pwm = "GP8" }', "GP9", "GP9 50 and GP8 20000"),
        ('"step_dir"\necu = "line"\npins = { step = "GP8" }', "GP9", "GP9 50 and GP8 one that changes"),
        ('"h_bridge"\necu = "line"\npins = { pwm = "GP8" }', "GP10", ""),
        ('"servo"\necu = "line"\npins = { pulse = "GP8" }', "GP9", ""),
    ],
)
def test_two_pins_of_one_pwm_slice_have_one_frequency(tmp_path: Path, motor: str, pulse: str, text: str):
    changes = (INVERTER, f"driver = {motor}"), (VALVES, f'pins = {{ pulse = "{pulse}" }}')
    said = errors(tmp_path, "starter", *SERVO, *changes)
    if not text:
        assert not said
        return
    (told,) = said
    assert "are one PWM slice, which has one frequency" in told
    assert told.endswith("-> free pins that would do: GP10, GP11, GP14, GP15, GP20, GP21, GP28")
    assert all(part in told for part in text.split(" and "))


def test_an_esp32_has_as_many_frequencies_of_pulses_as_timers(tmp_path: Path):
    line = starter_on(tmp_path, "esp32_s3")
    pins = ("IO21", "IO40", "IO41", "IO42", "IO47")
    arms = [
        line.line.diverter[0].model_copy(
            update={"name": f"D{n}", "kind": "servo_arm", "pins": {"pulse": pin}, "options": {"freq": 50 + n}}
        )
        for n, pin in enumerate(pins)
    ]
    assert load_board("esp32_s3").resources.pwm_timers == 4
    wires = [
        Wire(("diverter", n), "diverter", arm, "line", "pulse", arm.pins["pulse"])
        for n, arm in enumerate(arms)
    ]
    assert not found_by(line, wires[:4])
    (told,) = found_by(line, wires)
    assert told.reason.startswith(
        "IO47 needs pulses of a frequency of its own, and 5 are needed; esp32_s3 has 4"
    )
    same = [one._replace(part=one.part.model_copy(update={"options": {}})) for one in wires]
    assert not found_by(line, same)


def found_by(line: Site, wires: list[Wire]) -> list[Finding]:
    context = Context(line.located, line_figures(line.line), line.numbering, [])
    _judge_frequencies(context, load_board("esp32_s3"), wires, ())
    return context.findings
