"""Motors and servo arms on pulses, at the ends of a virtual board's wires: what width or rate of pulses is in speed.

    drive = PulseDrive(driver, options, has_contact, on_share)
    drive.pulses(hertz, duty)              # the output is another one now; duty is of 65535
    drive.edge(time_us)                    # or: a step has come, of a motor whose steps are made one by one
    drive.contact(is_on)                   # its run contact, where it has one

`on_share(share)` gets its speed, 1 being the one that the line's belt is rated for. A motor goes as the options of its
driver say that it does: full width, `steps_s`, `speed_mv` or `run_us` are that speed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

from sortyard.vm.virtual_board import VirtualBoard

WIRES = {"h_bridge": "pwm", "step_dir": "step", "step_dir_pio": "step", "mdr": "speed", "servo": "pulse"}
"""The wire that has the pulses."""
IN_HAND = 1.25
"""What a DC motor whose speed is held has in hand for load: at full width it would be so much faster."""
DEAD_MV = 2300
"""Cards with a 0-10 V input stand still below."""
LEAST_SHARE = 0.01
"""A servo stands still at its pulse of rest, or so near to it."""
STEADY_SHARE = 0.001
"""Steps that come a cycle of their clock sooner or later change no speed."""
MOST_PAUSE_US = 100_000
"""After so long without a step a motor stands."""
LOOK_US = 5000
"""How often somebody looks whether steps still come."""
_FULL = 65535


class PulseDrive:
    """Stands until its wires say otherwise."""

    def __init__(
        self, driver: str, options: Mapping[str, Any], has_contact: bool, on_share: Callable[[float], None]
    ) -> None:
        self._share_of = _SHARES[driver]
        self._options = options
        self._is_closed = not has_contact
        self._on_share = on_share
        self._share = self._told = 0.0
        self._last_us = -MOST_PAUSE_US
        self.pause_us = MOST_PAUSE_US
        """without another step for so long it stands"""

    def pulses(self, hertz: int, duty: int) -> None:
        """The board has set its output so."""
        self._go(self._share_of(self._options, hertz, duty) if hertz and duty else 0.0)

    def edge(self, time_us: float) -> None:
        """A step begins; the first one starts the motor, how fast the next one tells."""
        took_us = time_us - self._last_us
        self._last_us = time_us
        if 0 < took_us < MOST_PAUSE_US:
            self.pause_us = min(3 * took_us, MOST_PAUSE_US)
            self._go(1e6 / took_us / self._options["steps_s"])
        elif took_us > 0:
            self._go(LEAST_SHARE)

    @property
    def is_turning(self) -> bool:
        """Whether it has a speed."""
        return self._told > 0

    def look(self, time_us: float) -> None:
        """Stand, if steps have stopped coming."""
        if time_us - self._last_us >= self.pause_us:
            self._go(0.0)

    def contact(self, is_on: bool) -> None:
        """The run contact is switched."""
        self._is_closed = is_on
        self._go(self._share)

    def _go(self, share: float) -> None:
        self._share = share
        now = share if self._is_closed else 0.0
        if now != self._told:
            self._told = now
            self._on_share(now)


class Trend:
    """Whether what a drive moves is told to run or to stand: `on_change(is_on)` when its speed begins to go there.

    A belt that brakes does so from the first narrower pulse on, not when the last one is over. One that is told another
    speed goes there by steps of `step` of its rated one.
    """

    def __init__(self, step: float, on_change: Callable[[bool], None]) -> None:
        self._on_change = on_change
        self._most = step + STEADY_SHARE
        self._is_on = False
        self._share = 0.0

    def tell(self, share: float) -> None:
        """The drive has another speed."""
        way, before = share - self._share, self._share
        self._share = share
        if not before or not share or abs(way) > self._most:
            is_on = way > 0
            if is_on != self._is_on:
                self._is_on = is_on
                self._on_change(is_on)


class Arm(NamedTuple):
    """A diverter's servo: its pulses at home and in place, us. Without pulses it is taken for one that is at home."""

    home_us: int
    extended_us: int

    def is_out(self, hertz: int, duty: int) -> bool:
        """Whether the output sends it to its place."""
        pulse_us = duty / _FULL / hertz * 1e6 if hertz else 0.0
        return pulse_us > 0 and abs(pulse_us - self.extended_us) < abs(pulse_us - self.home_us)


class PulseDrives:
    """All of one board, by the pins that have their pulses and their run contacts. `on_arm(now_us)`: an arm moves."""

    def __init__(self, board: VirtualBoard, on_arm: Callable[[int], None]) -> None:
        self.levels = 0
        """bit n: pin n sends its arm out"""
        self._board = board
        self._on_arm = on_arm
        self._arms: dict[int, Arm] = {}
        self._drives: dict[int, PulseDrive] = {}
        self._contacts: dict[int, PulseDrive] = {}
        self._watched: set[int] = set()
        board.analog.on_pulses = self._pulses
        board.analog.on_edge = self._edge

    def add(self, pin: int, run_bit: int, drive: PulseDrive) -> None:
        """Wire a motor: `run_bit` of its contact among the board's outputs, -1 where it has none."""
        self._drives[pin] = drive
        if run_bit >= 0:
            self._contacts[run_bit] = drive

    def add_arm(self, pin: int, arm: Arm) -> None:
        """Wire a diverter's servo."""
        self._arms[pin] = arm

    def outputs(self, changed: int, levels: int) -> None:
        """Outputs that the firmware has switched, and all of them now."""
        for bit, drive in self._contacts.items():
            if changed >> bit & 1:
                drive.contact(bool(levels >> bit & 1))

    def _pulses(self, now_us: int, pin: int, hertz: int, duty: int) -> None:
        arm = self._arms.get(pin)
        if arm is not None and arm.is_out(hertz, duty) != bool(self.levels >> pin & 1):
            self.levels ^= 1 << pin
            self._on_arm(now_us)
        if pin in self._drives:
            self._drives[pin].pulses(hertz, duty)

    def _edge(self, pin: int, time_us: float, level: int) -> None:
        """A state machine has changed the level of a step wire."""
        drive = self._drives.get(pin)
        if drive is None or not level:
            return
        drive.edge(time_us)
        if pin not in self._watched:
            self._watched.add(pin)
            self._board.at(round(time_us + MOST_PAUSE_US), partial(self._look, pin))

    def _look(self, pin: int, time_us: int) -> None:
        """Are there steps still?"""
        drive = self._drives[pin]
        drive.look(time_us)
        if drive.is_turning:
            self._board.at(time_us + LOOK_US, partial(self._look, pin))
        else:
            self._watched.discard(pin)


def _of_h_bridge(options: Mapping[str, Any], _hertz: int, duty: int) -> float:
    share = duty / (_FULL * options["duty_permille"] / 1000)
    return share * IN_HAND if options["speed_counts_s"] else share


def _of_steps(options: Mapping[str, Any], hertz: int, _duty: int) -> float:
    return hertz / options["steps_s"]


def _of_mdr(options: Mapping[str, Any], _hertz: int, duty: int) -> float:
    millivolts = duty * 10_000 / _FULL
    return millivolts / options["speed_mv"] if millivolts >= DEAD_MV else 0.0


def _of_servo(options: Mapping[str, Any], hertz: int, duty: int) -> float:
    pulse_us = duty / _FULL / hertz * 1e6
    share = (pulse_us - options["rest_us"]) / (options["run_us"] - options["rest_us"] or 1)
    return share if share >= LEAST_SHARE else 0.0


_SHARES: dict[str, Callable[[Mapping[str, Any], int, int], float]] = {
    "h_bridge": _of_h_bridge,
    "step_dir": _of_steps,
    "step_dir_pio": _of_steps,
    "mdr": _of_mdr,
    "servo": _of_servo,
}
