"""Stepper motor behind a driver with step and direction inputs, its steps made by a PIO state machine (RP2040, RP2350).

    motor = StepDirPio({"step": 14, "direction": 11, "enable": 12}, options)
    motor.run(1)
    motor.poll(now_us)                    # every turn of the loop

The state machine takes a new half period between two steps, or goes on with the last one, so that no step is cut short
however the rate changes. A half period of 0 lets it rest.
"""

# the assembler of PIO programs brings its own names
# pyright: reportUndefinedVariable=false, reportCallIssue=false
# ruff: noqa: F821

import rp2
from machine import Pin
from micropython import const

from sorter_io.motors.step_dir import StepDir

PORT = "rp2"
TAKES = "pio"
DRIVER = "StepDirPio"
PINS = {"step": "gate", "direction": "gate", "enable": "gate", "fault": "in"}
OPTIONAL_PINS = ("direction", "enable", "fault")
ON_EXPANDER = ("direction", "enable")
SPEED_BY = "steps_s"
OPTIONS = (
    ("unit", 1, 0, 7, "", "state machine"),
    ("steps_s", 4000, 20, 50000, "steps/s", "while it runs"),
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

_CLOCK_HZ = const(1000000)
_OVERHEAD = const(9)  # cycles of a step besides its two half periods


@rp2.asm_pio(set_init=rp2.PIO.OUT_LOW)
def _steps():
    label("rest")
    pull(block)
    mov(x, osr)
    wrap_target()
    pull(noblock)
    mov(x, osr)
    jmp(not_x, "rest")
    set(pins, 1)
    mov(y, x)
    label("high")
    jmp(y_dec, "high")
    set(pins, 0)
    mov(y, x)
    label("low")
    jmp(y_dec, "low")
    wrap()


class StepDirPio(StepDir):
    """The same motor, with steps from a state machine."""

    def __init__(self, pins, options):
        self._unit = options["unit"]
        self._half = 0
        self._sent = 0
        super().__init__(pins, options)

    def _begin(self, pins):
        self._machine = rp2.StateMachine(
            self._unit, _steps, freq=_CLOCK_HZ, set_base=Pin(pins["step"], Pin.OUT, value=0)
        )
        self._machine.active(1)

    def poll(self, now_us):
        StepDir.poll(self, now_us)
        if self._half != self._sent:
            self._send()

    def _has_stepped(self):
        """The state machine sees to that."""
        return 1

    def _step_at(self, rate):
        # what the program counts down in each half of a step, 1 or more; 50,000 steps a second are 5
        self._half = (_CLOCK_HZ // rate - _OVERHEAD) >> 1 if rate else 0
        self._send()

    def _send(self):
        """At most one word waits, so that a new rate is not behind old ones: the next step takes it."""
        if not self._machine.tx_fifo():
            self._sent = self._half
            self._machine.put(self._half)
