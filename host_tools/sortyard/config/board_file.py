"""A board as data (`boards/<board>/board.toml`): its pins, what each one can do, and why not the rest.

    board = load_board("pico")                     # KeyError: there is no such board
    board.can("GP4", "irq"), board.why_not("IO34", "out"), board.pins_for("uart_tx")

What a pin can do: `functions` of the board, less what its limits take, plus what the chip multiplexes to it
(`mux`; `uart0_tx` is a function of the first UART only). `gate` is an output that drives something which moves:
its level from power-up on matters, as that of pulses (`pwm`) does. `hold` is an output that must not be driven by
anybody else before. `pulled` is an input that the chip's own resistor holds where its wire is cut. `edge` is an eye's
input: an interrupt where a handler can latch the encoder's count, else one that is sampled.
"""

import re
from functools import cache
from typing import Annotated, Literal

from pydantic import Field, model_validator

from sortyard.config.toml_file import Table, load_model
from sortyard.shipped import shipped

Boot = Literal["down", "up", "float", "glitch"]
PinName = Annotated[str, Field(pattern=r"^(GP|IO)\d{1,2}$")]
Function = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]

_BOOT_REASON = {
    "up": "it is pulled up from power-up on, and what it drives would move",
    "glitch": "the chip drives it for a moment at power-up, and what it drives would move",
}
_INSTANCE = re.compile(r"^([a-z0-9]*[a-z])(\d)_([a-z]+)$")


class Limit(Table):
    """A reason that takes functions away from the pins that name it."""

    takes: list[Function] = Field(
        min_length=1, description='functions that such a pin does not have, or "all"'
    )
    why: str = Field(min_length=10, description="as the end of a sentence: IO34 cannot ...: WHY")


class BoardPin(Table):
    """One pin of the chip, led out or not."""

    number: int = Field(ge=0, le=63, description="as machine.Pin takes it")
    boot: Boot = Field(description="level from power-up until the firmware sets the pin")
    limits: list[str] = Field(default=[], description="names of the limits that hold for it")
    mux: list[Function] = Field(
        default=[], description="functions of this pin alone, with their unit: uart0_tx"
    )
    pwm: str | None = Field(default=None, pattern=r"^\d+[AB]$", description="PWM slice and channel")


class FirstUnits(Table):
    """Number of the first unit that the firmware may use, where any can be put on any pin: the console's is 0."""

    uart: int = Field(default=0, ge=0, le=3)
    spi: int = Field(default=0, ge=0, le=3)
    i2c: int = Field(default=0, ge=0, le=3)


class Model(Table):
    """How fast the board is and when its handlers run, for the virtual one that `sortyard sim --firmware` runs."""

    mcu: str = Field(description="the chip as MicroPython has it in sys.implementation")
    machine: str = Field(
        default="",
        description="the board as its build of MicroPython has it there; without it any board with the chip will do",
    )
    fuel_per_us: int = Field(
        ge=20, le=5000, description="of MicroPython in the host, for a microsecond of the board"
    )
    interrupt_us: int = Field(ge=0, le=1000, description="from an edge to its handler")
    deaf_us: int = Field(default=0, ge=0, le=1000, description="end of a sleep in which no handler is called")
    pending: int = Field(
        default=0, ge=0, le=64, description="handlers that may wait for their call; 0: none waits"
    )


class PullDown(Table):
    """Of a chip whose own pull-downs do not hold an input low in all cases."""

    ohm: int = Field(ge=100, le=100_000, description="that a resistor outside, to ground, may have at most")
    why: str = Field(min_length=10, description="what happens without it")


class Resources(Table):
    """How many of each the firmware may use; what the console takes is not counted."""

    timers: int = Field(ge=0, le=64)
    pwm: int = Field(ge=0, le=64)
    pwm_timers: int = Field(
        default=0,
        ge=0,
        le=16,
        description="frequencies of pulses at a time; 0 where each pin's slice has its own (`pwm` of the pin)",
    )
    pio: int = Field(ge=0, le=64)
    uart: int = Field(ge=0, le=8)
    spi: int = Field(ge=0, le=8)
    i2c: int = Field(ge=0, le=8)
    pcnt: int = Field(ge=0, le=16)
    network: int = Field(ge=0, le=1, description="radio that the port of MicroPython can use for Wi-Fi")


class Retain(Table):
    """The memory in which a program keeps what it RETAINs. Flash wears out and stops the board while it is written, so
    it is written at rest only: what changes while the line moves is lost if the power fails. FRAM knows neither.
    """

    memory: Literal["flash", "fram"]
    writes: int = Field(default=0, ge=0, le=100_000_000, description="that flash bears; 0 for FRAM")

    @model_validator(mode="after")
    def _wears_out(self) -> "Retain":
        if (self.memory == "flash") != (self.writes > 0):
            raise ValueError(
                f"{self.memory} with writes = {self.writes}", "flash bears a number of them, FRAM 0"
            )
        return self


class PlcRoom(Table):
    """What a program in Structured Text may take of the board's memory and stack, beside the firmware.

    `stack` is what MicroPython's limit leaves after five calls of the firmware with 30 locals each: a program's locals
    lie on the C stack, because the heap is locked while it runs (plc/mpy/stack.py).
    """

    code: int = Field(gt=0, le=1 << 24, description="plc_program.mpy, which is loaded into RAM")
    memory: int = Field(gt=0, le=1 << 24, description="process image, work areas and constants")
    retain: int = Field(gt=0, le=1 << 20, description="retained variables as they are stored")
    stack: int = Field(gt=0, le=1 << 16, description="calls within calls, with their locals, on the C stack")
    call: int = Field(
        gt=0, le=1 << 12, description="of the stack, taken by the interpreter itself for one call"
    )


class Board(Table):
    """A board: chip, resources and pins."""

    format: Literal[1] = Field(description="version of this file format")
    name: str
    title: str
    port: Literal["rp2", "esp32"] = Field(description="port of MicroPython that runs on it")
    chip: Literal["rp2040", "rp2350a", "esp32", "esp32s3", "esp32c3", "esp32c6"]
    functions: list[Function] = Field(description="what every pin can do that no limit takes it from")
    resources: Resources
    first: FirstUnits = FirstUnits()
    console_baud: int = Field(
        default=0,
        ge=0,
        le=921600,
        description="bit/s of a console behind a USB bridge; 0: the chip's own USB",
    )
    model: Model
    pull_down: PullDown | None = None
    retain: Retain
    plc: PlcRoom
    limits: dict[str, Limit]
    pins: dict[PinName, BoardPin]

    @model_validator(mode="after")
    def _is_whole(self) -> "Board":
        for name, pin in self.pins.items():
            for limit in pin.limits:
                if limit not in self.limits:
                    raise ValueError(
                        f'{name} names the limit "{limit}", which is not there', "add [limits.NAME]"
                    )
        numbers = [pin.number for pin in self.pins.values()]
        if len(set(numbers)) != len(numbers):
            raise ValueError("two pins have the same number", "give each pin its own number")
        return self

    @property
    def latches(self) -> bool:
        """Whether a handler runs at the edge of its pin, so that it can latch the encoder's count."""
        return not self.model.pending

    def why_not(self, pin: str, function: str) -> str:
        """Why a pin cannot do something; "" if it can. `function` without unit is any unit's: uart_tx."""
        one = self.pins[pin]
        base = {"gate": "out", "hold": "out", "pulled": "in"}.get(function, function)
        if function == "edge":
            base = "irq" if self.latches else "in"
        for name in one.limits:
            if {base, function, "all"} & set(self.limits[name].takes):
                return self.limits[name].why
        if function in ("gate", "pwm") and one.boot in _BOOT_REASON:
            return _BOOT_REASON[one.boot]
        if function == "hold" and one.boot == "glitch":
            return _BOOT_REASON["glitch"]
        if base in self.functions or self.units(pin, function) or self._measures(one, function):
            return ""
        return f"it has no {function} on this chip"

    def _measures(self, pin: BoardPin, function: str) -> bool:
        """Whether a converter of the chip has a channel there; limits say which of them is not to be relied on."""
        return function == "adc" and any(one.startswith("adc") for one in pin.mux)

    def can(self, pin: str, function: str) -> bool:
        """Whether a pin can do something."""
        return not self.why_not(pin, function)

    def units(self, pin: str, function: str) -> list[int]:
        """Numbers of the units that the chip multiplexes to a pin: uart_tx of GP4 is [1] (UART1)."""
        found = []
        for one in self.pins[pin].mux:
            match = _INSTANCE.match(one)
            if match and f"{match.group(1)}_{match.group(3)}" == function:
                found.append(int(match.group(2)))
        return found

    def pins_for(self, function: str) -> list[str]:
        """Pins that can do something, in the board's order."""
        return [name for name in self.pins if self.can(name, function)]


def board_names() -> list[str]:
    """The boards that sortyard knows."""
    return sorted(path.parent.name for path in shipped("boards").glob("*/board.toml"))


@cache
def load_board(name: str) -> Board:
    """A board by its folder's name. KeyError if there is none, InputError if its file is wrong."""
    if name not in board_names():
        raise KeyError(name)
    return load_model(shipped("boards") / name / "board.toml", Board)
