"""Swing arm moved by a servo: one pulse width in place, another at home, and no pulses when it is switched off."""

from machine import PWM, Pin

from sorter_io.end_switches import NO_SWITCHES
from sorter_io.motors.servo import duty_of

DRIVER = "ServoArm"
PINS = {"pulse": "pwm"}
MOVES = "swing_arm"
OPTIONS = (
    ("freq", 50, 40, 333, "Hz", "of the pulses"),
    ("home_us", 1000, 500, 2500, "us", "pulse at home"),
    ("extended_us", 2000, 500, 2500, "us", "pulse in place"),
)
DIFFER = ("home_us", "extended_us")


class ServoArm:
    """Without pulses, and so without force, until it is first told where to go."""

    switches = NO_SWITCHES

    def __init__(self, pins, options):
        self._home = duty_of(options["home_us"], options["freq"])
        self._extended = duty_of(options["extended_us"], options["freq"])
        self._pwm = PWM(Pin(pins["pulse"]), freq=options["freq"], duty_u16=0)

    def extend(self):
        self._pwm.duty_u16(self._extended)

    def retract(self):
        self._pwm.duty_u16(self._home)

    def off(self):
        """Nothing moves it any more: a servo without pulses lets go."""
        self._pwm.duty_u16(0)
