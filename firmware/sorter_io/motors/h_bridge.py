"""DC motor on an H-bridge: pulses and a direction, a ramp, and where it is wired the current, to notice a stall.

    motor = HBridge({"pwm": 14, "direction": 11, "current": 26}, options)
    motor.run(1)
    motor.poll(now_us)                    # every turn of the loop
    motor.is_running, motor.is_failed

With `speed_counts_s` the duty follows the belt's encoder (`follow`), so that load does not slow it down. A current
above `limit_ma` for `stall_ms`, or the bridge's own fault output (low), switches it off at once; a stop clears that.
"""

from time import ticks_us

from machine import ADC, PWM, Pin
from micropython import const

from sorter_core.ramp import Ramp
from sorter_core.speed_loop import SpeedLoop
from sorter_io.chip import input_bit
from sorter_io.wires import output

DRIVER = "HBridge"
PINS = {"pwm": "pwm", "direction": "gate", "current": "adc", "fault": "in"}
OPTIONAL_PINS = ("direction", "current", "fault")
ON_EXPANDER = ("direction",)
SPEED_BY = "speed_counts_s"
OPTIONS = (
    ("freq", 20000, 100, 40000, "Hz", "of the pulses"),
    (
        "duty_permille",
        1000,
        1,
        1000,
        "permille",
        "of full voltage while it runs; the most, where speed is controlled",
    ),
    ("ramp_ms", 500, 0, 10000, "ms", "from rest to full speed; the same to come to rest"),
    ("reverse", 0, 0, 1, "", "level of the direction wire"),
    ("mv_per_a", 140, 1, 3300, "mV/A", "of the current output"),
    ("limit_ma", 5000, 10, 100000, "mA", "current that is too much"),
    ("stall_ms", 500, 1, 10000, "ms", "for which it may be"),
    ("speed_counts_s", 0, 0, 20000, "counts/s", "of the encoder, held by control; 0: no control"),
    ("kp", 2048, 0, 4096, "/256 duty", "(of 65,535) for each count a second that is missing"),
    ("ki", 512, 0, 1024, "/256 duty", "more in each 20 ms for each count a second that is missing"),
)

_FULL = const(65535)
_SUPPLY_MV = const(3300)
_WHOLE = const(4096)
_SHARE_BITS = const(12)
_MASK = const(0x0FFFFFFF)


class HBridge:
    """Stopped from its construction on."""

    needs_poll = 1

    def __init__(self, pins, options):
        self.is_failed = 0
        self.is_running = 0
        self.current_ma = 0
        self._pwm = PWM(Pin(pins["pwm"]), freq=options["freq"], duty_u16=0)
        if "direction" in pins:
            output(pins["direction"]).value(options["reverse"])
        self._sense = ADC(Pin(pins["current"])) if "current" in pins else None
        self._fault_bit = 0
        if "fault" in pins:
            Pin(pins["fault"], Pin.IN, Pin.PULL_UP)
            self._fault_bit = input_bit(pins["fault"])
        self._mv_per_a = options["mv_per_a"]
        self._limit = options["limit_ma"]
        self._stall_us = options["stall_ms"] * 1000
        most = _FULL * options["duty_permille"] // 1000
        target = options["speed_counts_s"]
        self._loop = SpeedLoop(options["kp"], options["ki"], most) if target else None
        self._ramp = Ramp(target or most, options["ramp_ms"], 0)
        self._encoder = None
        self._share = _WHOLE
        self._wanted = 0
        self._duty = 0
        self._last = 0
        self._over_us = -1  # it is not too much

    def follow(self, encoder):
        """The encoder whose speed is held, where there is control."""
        self._encoder = encoder

    def run(self, is_on):
        """Run or stop; a stop makes good what was too much current."""
        self._wanted = 1 if is_on else 0
        if not self._wanted:
            self.is_failed = 0
            self._over_us = -1
        now_us = ticks_us()
        self._ramp.aim(self._wanted and not self.is_failed, now_us)
        self.poll(now_us)

    def set_share(self, share):
        """Hold share / 4096 of its speed from now on, where there is control."""
        self._share = share

    def off(self):
        """Nothing drives it any more, at once: it coasts."""
        self.run(0)
        self._ramp.stop()
        self._give(0)

    def poll(self, now_us):
        """Go on with ramp, control and current; `now_us` wraps at 28 bits."""
        if self._sense is not None:
            self._watch(self._sense.read_u16(), (now_us - self._last) & _MASK)
        self._last = now_us
        duty = self._ramp.step(now_us)
        loop = self._loop
        if loop is not None:
            if not duty:
                loop.reset()
            elif self._encoder is not None:
                target = duty * self._share >> _SHARE_BITS
                duty = loop.step(target, self._encoder.count(), now_us)
        self._give(duty)

    def figures(self, values):
        """The current as it was last measured, as the link tells it."""
        values[0] = self.current_ma

    def look(self, inputs):
        """See whether the bridge reports a fault."""
        if self._fault_bit and not inputs & self._fault_bit:
            self._fail()

    def _watch(self, level, passed_us):
        """The current, and for how long it has been too much: since the first look that has found it so."""
        level_mv = level * _SUPPLY_MV >> 16
        self.current_ma = level_mv * 1000 // self._mv_per_a
        if self.current_ma <= self._limit:
            self._over_us = -1
            return
        if self._over_us < 0:
            self._over_us = 0
            return
        self._over_us += passed_us if passed_us < self._stall_us else self._stall_us
        if self._over_us >= self._stall_us:
            self._fail()

    def _fail(self):
        self.is_failed = 1
        self._ramp.stop()
        self._give(0)

    def _give(self, duty):
        if duty != self._duty:
            self._duty = duty
            self._pwm.duty_u16(duty)
        self.is_running = 1 if duty else 0
