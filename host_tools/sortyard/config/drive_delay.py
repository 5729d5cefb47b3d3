"""How late a drive obeys: one on a Modbus line, or one that is told by the width of its pulses.

A board talks to one inverter of a line after the other, and asks each for its state. A command waits for the exchange
that is under way and for those of the others on the line, then it is sent. The board looks at its line every LOOK_MS
only, and each part of an exchange is over at a look. An inverter that does not answer takes longer
(`sorter_io.modbus_bus`: 50 ms), and so does one that has to be told twice. A pulse of another width comes when the
one before it has had its time: 20 ms later at most, where a servo has 50 of them a second.
"""

from math import ceil
from typing import Any, NamedTuple

from sortyard.config.driver_tables import driver_of, map_of
from sortyard.config.line import Line, Motor
from sortyard.config.timing import STEP_MS

NO_REGISTER = 65535
"""What a register's option says where the make has none."""
LOOK_MS = 17
"""From one look of a busy board's chores at its drives to the next; an idle one's come every 8 ms. Measured with two on
the bus of hub16, in five runs of 60 and 100 parcels: obeyed 131.5 ms late at most, of 140."""
_REQUEST_BYTES = 8
_ANSWER_BYTES = 5
"""Of the answer about the state, besides two for each register."""
_SILENCE_BYTES = 3.5
_LEAST_SILENCE_MS = 1.75


class Delay(NamedTuple):
    """From the gate logic's command to the drive's obeying it, ms; (0, 0) of a drive that is told by a level."""

    soonest_ms: float
    latest_ms: float


def drive_delay(line: Line, motor: Motor | None) -> Delay:
    """Of a motor of the line; of none where nothing is wired."""
    if motor is None:
        return Delay(0, 0)
    if "tx" not in motor.pins:
        return Delay(0, _pulse_ms(motor))
    sharing = [one for one in line.motor if (one.ecu, one.pins.get("tx")) == (motor.ecu, motor.pins["tx"])]
    options = _options(motor)
    told_ms = _REQUEST_BYTES * _byte_ms(options)
    others_ms = sum(_exchange_ms(_options(one)) for one in sharing)
    if options["speed_permille"] and options["speed"] != NO_REGISTER:
        others_ms += _exchange_ms(options)  # it is told its speed before each start
    return Delay(told_ms, others_ms + told_ms)


def _pulse_ms(motor: Motor) -> float:
    """From one pulse to the next, where that is longer than a step of the gate logic; 0 of a drive without pulses, or
    whose rate says how fast."""
    driver = driver_of("motor", motor)
    is_pulsed = any(driver.pins[wire] == "pwm" for wire in motor.pins if wire in driver.pins)
    rate = driver.pulses_a_second(motor)
    return 1000 / rate if is_pulsed and 0 < rate * STEP_MS < 1000 else 0


def _options(motor: Motor) -> dict[str, Any]:
    driver = driver_of("motor", motor)
    options = driver.options_of(motor)
    return {**options, **map_of(driver, str(options["map"]))}


def _byte_ms(options: dict[str, Any]) -> float:
    bits = 9 + options["stop"] + (options["parity"] != "none")
    return bits * 1000 / options["baud"]


def _exchange_ms(options: dict[str, Any]) -> float:
    """Question for the state, answer, a look at it as a whole, and silence; each is over at the next look."""
    byte_ms = _byte_ms(options)
    silence_ms = max(_SILENCE_BYTES * byte_ms, _LEAST_SILENCE_MS)
    answer_ms = silence_ms + (_ANSWER_BYTES + 2 * options["status_words"]) * byte_ms
    phases = (_REQUEST_BYTES * byte_ms, answer_ms, 0, silence_ms)
    return LOOK_MS * sum(max(ceil(phase / LOOK_MS), 1) for phase in phases)
