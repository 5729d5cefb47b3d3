"""Servo, hobby or industrial: a pulse of 500 to 2,500 us says where to, or for one that turns on, how fast.

    motor = Servo({"pulse": 14}, options)
    motor.run(1)
    motor.poll(now_us)                    # every turn of the loop: it does not jump, where slew_ms is given

`servo_arm` makes a diverter of it.
"""

from time import ticks_us

from machine import PWM, Pin
from micropython import const

from sorter_core.ramp import Ramp

DRIVER = "Servo"
PINS = {"pulse": "pwm"}
OPTIONS = (
    ("freq", 50, 40, 333, "Hz", "of the pulses: 50 for analogue servos, more for digital ones"),
    ("rest_us", 1500, 500, 2500, "us", "pulse at rest"),
    ("run_us", 2000, 500, 2500, "us", "pulse while it runs"),
    ("slew_ms", 0, 0, 10000, "ms", "from one pulse to the other, 0: at once"),
)
DIFFER = ("rest_us", "run_us")

_UNITS_A_US = const(3906)  # 1,000,000 / 65,536 of the period, times 256


def duty_of(pulse_us, freq):
    """Duty, of 65,535, of a pulse at so many a second."""
    return (pulse_us * freq << 8) // _UNITS_A_US


class Servo:
    """At rest from its construction on."""

    is_failed = 0

    def __init__(self, pins, options):
        self.is_running = 0
        self.needs_poll = 1 if options["slew_ms"] else 0
        self._freq = options["freq"]
        self._rest = options["rest_us"]
        self._way = options["run_us"] - options["rest_us"]
        self._ramp = Ramp(abs(self._way) or 1, options["slew_ms"], 0)
        self._duty = duty_of(self._rest, self._freq)
        self._pwm = PWM(Pin(pins["pulse"]), freq=self._freq, duty_u16=self._duty)

    def run(self, is_on):
        """Run, or go to rest."""
        self.is_running = 1 if is_on else 0
        now_us = ticks_us()
        self._ramp.aim(is_on, now_us)
        if self.needs_poll:
            self.poll(now_us)
        else:
            self._jump()

    def off(self):
        """To rest at once: a servo that turns on needs the pulse of rest to stand still."""
        self.run(0)
        self._jump()

    def poll(self, now_us):
        """Go on with the slew; `now_us` wraps at 28 bits."""
        if self._ramp.is_moving:
            self._give(self._ramp.step(now_us))

    def look(self, inputs):
        """A servo says nothing."""

    def _jump(self):
        self._ramp.jump()
        self._give(self._ramp.step(0))

    def _give(self, gone):
        duty = duty_of(self._rest + (gone if self._way >= 0 else -gone), self._freq)
        if duty != self._duty:
            self._duty = duty
            self._pwm.duty_u16(duty)
