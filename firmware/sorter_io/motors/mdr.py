"""Motor-driven rollers with a card of their own: run contact or 0-10 V, direction, and an error output that pulls low.

    motor = Mdr({"speed": 14, "fault": 19}, options)
    motor.run(1)
    motor.poll(now_us)                    # every turn of the loop: the ramp

The speed is a pulse width that a filter and an amplifier outside make 0-10 V. Cards of this kind stand still below
some 2.3 V, so that a wire that breaks stops them; a lower speed is a lower voltage in proportion. The ramp waits at
that voltage, where it would be less: rollers start when they are told to.
"""

from time import ticks_us

from machine import PWM, Pin
from micropython import const

from sorter_core.ramp import Ramp
from sorter_io.chip import input_bit
from sorter_io.wires import output

DRIVER = "Mdr"
PINS = {"run": "gate", "speed": "pwm", "direction": "gate", "fault": "in"}
OPTIONAL_PINS = ("run", "speed", "direction", "fault")
ANY_OF = ("run", "speed")
ON_EXPANDER = ("run", "direction")
SPEED_BY = "speed_mv"
OPTIONS = (
    ("speed_mv", 8000, 2300, 10000, "mV", "of the speed input while it runs"),
    ("ramp_ms", 300, 0, 10000, "ms", "from rest to full speed; the same to come to rest"),
    ("freq", 1000, 100, 40000, "Hz", "of the pulses that make the voltage"),
    ("reverse", 0, 0, 1, "", "level of the direction wire"),
)

_LEAST = const(15074)  # duty of 2.3 V
_WHOLE = const(4096)
_SHARE_BITS = const(12)


class Mdr:
    """Stopped from its construction on. It runs, as far as anybody knows, when it is told to and reports no error."""

    def __init__(self, pins, options):
        self.is_failed = 0
        self.is_running = 0
        self._run = output(pins["run"]) if "run" in pins else None
        self._speed = PWM(Pin(pins["speed"]), freq=options["freq"], duty_u16=0) if "speed" in pins else None
        self._ramp = Ramp(options["speed_mv"] * 65535 // 10000, options["ramp_ms"], 0)
        self.needs_poll = 1 if self._speed is not None else 0
        self._duty = 0
        self._share = _WHOLE
        self._wanted = 0
        if "direction" in pins:
            output(pins["direction"]).value(options["reverse"])
        self._fault_bit = 0
        if "fault" in pins:
            Pin(pins["fault"], Pin.IN, Pin.PULL_UP)
            self._fault_bit = input_bit(pins["fault"])

    def run(self, is_on):
        """Run or stop. The contact switches at once, the voltage follows its ramp."""
        self._wanted = 1 if is_on else 0
        if self._run is not None:
            self._run.value(self._wanted)
        if self._speed is not None:
            now_us = ticks_us()
            self._ramp.aim(self._wanted, now_us)
            self.poll(now_us)
        self._tell()

    def set_share(self, share):
        """Run at share / 4096 of its voltage from now on."""
        self._share = share

    def off(self):
        """Nothing drives it any more, at once: it coasts."""
        self.run(0)
        self._ramp.stop()
        if self._speed is not None:
            self._speed.duty_u16(0)
        self._duty = 0

    def poll(self, now_us):
        """Go on with the ramp; `now_us` wraps at 28 bits."""
        if self._speed is None:
            return
        duty = self._ramp.step(now_us) * self._share >> _SHARE_BITS
        if 0 < duty < _LEAST:
            duty = _LEAST
        if duty != self._duty:
            self._duty = duty
            self._speed.duty_u16(duty)

    def look(self, inputs):
        """See whether the card reports an error."""
        self.is_failed = 1 if self._fault_bit and not inputs & self._fault_bit else 0
        self._tell()

    def _tell(self):
        self.is_running = 1 if self._wanted and not self.is_failed else 0
