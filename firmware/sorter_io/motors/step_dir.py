"""Stepper motor behind a driver with step and direction inputs: steps at a rate that follows a trapezoid or an S-curve.

    motor = StepDir({"step": 14, "direction": 11, "enable": 12}, options)
    motor.run(1)
    motor.poll(now_us)                    # every turn of the loop

The steps are pulses of the chip's own timers: LEDC on ESP32, a PWM slice on RP2040. On an RP2040 `step_dir_pio` changes
its rate without a pulse that is too short. Stepper drivers hold while they are enabled, which is while it runs.

LEDC of an S3, C3 or C6 begins a new period with each new rate (MicroPython, ports/esp32/machine_pwm.c: set_freq), so a
rate lasts for a whole step at least: changed sooner, there would be none. The first rate is the one at which a step
takes no longer than a steady ramp takes to come there; a ramp that begins gently comes there in its time.

RMT counts pulses, but the port's `esp32.RMT` cannot go over from one train of them to the next: `write_pulses` waits
until the train before has ended, in which the control loop stands, and one that is repeated is broken off in the middle
of a pulse by `loop(False)` (ports/esp32/esp32_rmt.c), on an ESP32 with a panic where the train is long. Trains that end
by themselves leave a gap of several turns between two of them. A belt is measured by its encoder; nobody asks how many
steps it took.
"""

from time import ticks_us

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
_SECOND_US = const(1000000)
_MASK = const(0x0FFFFFFF)


def least_rate(steps_s, ramp_ms):
    """Steps a second at which a steady ramp has taken as long as a step takes, the root of its acceleration, and up
    to an eighth more; no more than `steps_s`."""
    least = LEAST_HZ
    while least < steps_s and least * least * ramp_ms < 1000 * steps_s:
        least += least >> 3
    return min(least, steps_s)


class StepDir:
    """Stopped, without current, from its construction on."""

    needs_poll = 1

    def __init__(self, pins, options):
        self.is_failed = 0
        self.is_running = 0
        self._ramp = Ramp(options["steps_s"], options["ramp_ms"], options["round_permille"])
        self._rate = 0
        self._since_us = 0
        self._share = _WHOLE
        self._least = least_rate(options["steps_s"], options["ramp_ms"])
        self._is_steep = not options["round_permille"]
        self._wanted = 0
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
        self._wanted = 1 if is_on and not self.is_failed else 0
        now_us = ticks_us()
        self._ramp.aim(self._wanted, now_us)
        if self._is_steep:  # an S-curve has nothing to change yet
            self.poll(now_us)

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
            rate = self._least if rate and self._wanted and self._is_steep else 0
        if rate != self._rate and self._has_stepped():
            if not self._rate:
                self._let_turn(1)
            self._step_at(rate)
            self._rate = rate
            self._since_us = ticks_us()  # a turn sets it some time after it was due
            if not rate:
                self._let_turn(0)
        self.is_running = 1 if self._rate else 0

    def _has_stepped(self):
        """Whether there has been a whole step at this rate."""
        if not self._rate:
            return 1
        # the stubs hide that ticks are integers
        passed = (ticks_us() - self._since_us) & _MASK  # pyright: ignore[reportOperatorIssue]
        return passed >= _SECOND_US // self._rate

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
