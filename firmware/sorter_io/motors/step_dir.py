"""Stepper motor behind a driver with step and direction inputs: steps at a rate that follows a trapezoid or an S-curve.

    motor = StepDir({"step": 14, "direction": 11, "enable": 12}, options)
    motor.run(1)
    motor.poll(now_us)                    # every turn of the loop

The steps are pulses of the chip's own timers: LEDC on ESP32, a PWM slice on RP2040. On an RP2040 `step_dir_pio` changes
its rate without a pulse that is too short. Stepper drivers hold while they are enabled, which is while it runs.
"""

from machine import PWM, Pin
from micropython import const

from sorter_core.ramp import Ramp
from sorter_io.chip import input_bit
from sorter_io.wires import output

DRIVER = "StepDir"
PINS = {"step": "pwm", "direction": "gate", "enable": "gate", "fault": "in"}
OPTIONAL_PINS = ("direction", "enable", "fault")
ON_EXPANDER = ("direction", "enable")
SPEED_BY = "steps_s"
OPTIONS = (
    ("steps_s", 4000, 20, 100000, "steps/s", "while it runs"),
    ("ramp_ms", 500, 0, 10000, "ms", "from rest to full speed; the same to come to rest"),
    (
        "round_permille",
        0,
        0,
        500,
        "permille",
        "of the ramp, at either end, without a corner: 0 trapezoid, 500 S-curve",
    ),
    ("reverse", 0, 0, 1, "", "level of the direction wire"),
    ("enabled", 1, 0, 1, "", "level of the enable wire that lets the motor turn"),
)

LEAST_HZ = const(16)
_HALF_DUTY = const(32768)
_WHOLE = const(4096)
_SHARE_BITS = const(12)


class StepDir:
    """Stopped, without current, from its construction on."""

    needs_poll = 1

    def __init__(self, pins, options):
        self.is_failed = 0
        self.is_running = 0
        self._ramp = Ramp(options["steps_s"], options["ramp_ms"], options["round_permille"])
        self._rate = 0
        self._share = _WHOLE
        self._least = LEAST_HZ
        if "direction" in pins:
            output(pins["direction"]).value(options["reverse"])
        self._enabled = options["enabled"]
        self._enable = output(pins["enable"]) if "enable" in pins else None
        self._fault_bit = 0
        if "fault" in pins:
            Pin(pins["fault"], Pin.IN, Pin.PULL_UP)
            self._fault_bit = input_bit(pins["fault"])
        self._let_turn(0)
        self._begin(pins)

    def _begin(self, pins):
        self._pwm = PWM(Pin(pins["step"]), freq=LEAST_HZ, duty_u16=0)

    def run(self, is_on):
        """Run or stop; a stop makes good what the driver has reported."""
        if not is_on:
            self.is_failed = 0
        self._ramp.aim(is_on and not self.is_failed)

    def set_share(self, share):
        """Run at share / 4096 of its steps a second, from now on."""
        self._share = share

    def off(self):
        """Nothing drives it any more, at once: it coasts."""
        self.run(0)
        self._ramp.stop()
        self._step_at(0)
        self._rate = 0
        self.is_running = 0
        self._let_turn(0)

    def poll(self, now_us):
        """Go on with the ramp; `now_us` wraps at 28 bits."""
        rate = self._ramp.step(now_us) * self._share >> _SHARE_BITS
        if rate < self._least:
            rate = 0
        if rate != self._rate:
            if not self._rate:
                self._let_turn(1)
            self._step_at(rate)
            self._rate = rate
            if not rate:
                self._let_turn(0)
        self.is_running = 1 if rate else 0

    def look(self, inputs):
        """See whether the stepper's driver reports a fault (low): then there are no more steps."""
        if self._fault_bit and not inputs & self._fault_bit:
            self.off()
            self.is_failed = 1

    def _let_turn(self, is_on):
        if self._enable is not None:
            self._enable.value(self._enabled if is_on else 1 - self._enabled)

    def _step_at(self, rate):
        """So many steps a second from now on; 0: none."""
        if rate:
            self._pwm.freq(rate)
        self._pwm.duty_u16(_HALF_DUTY if rate else 0)
