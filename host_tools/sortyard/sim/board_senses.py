"""The plant's inputs as levels and bytes at a virtual board's wires, and what faults of wires make of them."""

from __future__ import annotations

from sorter_core import messages
from sortyard.sim.board_link import BoardLink
from sortyard.sim.output_kinds import LINE, SAFE
from sortyard.sim.wire_faults import Strike

SAFE_US = 5000
"""From an emergency stop to the look at the gates' wires."""
PRESS_US = 150_000
"""How long a button is pressed."""
BOUNCES_US = (150, 280, 430, 700, 1000, 1600)
"""When a contact that bounces opens or closes again, after each of its edges; at last it is as it should be."""
JUNK_US = (0, 20_000, 130_000, 310_000)
"""When noise comes in on a silent serial line."""


class BoardReset(Exception):
    """The board has been reset while it ran."""


class BoardSenses(BoardLink):
    """What one board sees."""

    _noisy: set[int]
    """UARTs of scanners with noise on the line since the last whole read"""

    def _happen(self, now_us: int, kind: int, index: int, position: int, a: int, b: int) -> None:
        board = self.board
        if kind <= 2:
            self._see(now_us, index, int(kind == 1))
        elif kind == 3:
            scanner, hold_us = self._scanners[index]
            data = scanner.read(self._codes[a])
            heard = self._faults.spoilt(data)
            wait_us = max(0, hold_us - round(len(data) * scanner.byte_us))
            board.at(
                now_us + wait_us,
                lambda time_us: self._hear_read(scanner.unit, a, heard, heard == data, time_us),
            )
        elif kind == 7:
            ends = self._ends[index]
            assert ends is not None, "only diverters with feedback tell their ends"
            ends.show(a, now_us)
        elif kind == 8:
            if self._inverter is not None:
                self._inverter.is_running = a != 0
            self._show_closed(LINE, a != 0, now_us)
        elif kind == 9:
            for pin in self._estop_pins:
                board.set_pin(pin, not a, now_us)
            self._is_estop = a != 0
            if a:
                for motor in self._closed.keys() - {LINE}:
                    self._show_closed(motor, False, now_us)
                self._pressed_at = self._counts.belt
                board.at(now_us + SAFE_US, self._see_whether_safe)
        else:
            self._press_or_send(now_us, kind, index, a, b)

    def _hear_read(self, unit: int, code: int, heard: bytes, is_whole: bool, now_us: int) -> None:
        """A read comes in on a scanner's line. What noise has left on it may stand before the code: a line of text is
        whatever came since the last one."""
        if not heard:  # its gate is closed
            return
        if not is_whole or unit in self._noisy:
            self._plant.misread(code)
        if is_whole:
            self._noisy.discard(unit)
        else:
            self._noisy.add(unit)
        self.board.receive(unit, heard, now_us)

    def _hear_junk(self, unit: int, now_us: int) -> None:
        self._noisy.add(unit)
        self.board.receive(unit, self._faults.junk(), now_us)

    def _press_or_send(self, now_us: int, kind: int, index: int, a: int, b: int) -> None:
        """A button where one is wired; what no wire carries comes over the link."""
        button = {10: "reset", 11: "start", 13: "stop"}.get(kind, "")
        if button in self._contacts:
            pin = self._contacts[button]
            self.board.set_pin(pin, 1, now_us)
            self.board.at(now_us + PRESS_US, lambda time_us: self.board.set_pin(pin, 0, time_us))
        elif kind == 4:
            self._host.say(messages.DEST_ANSWER, a, b, self._asked.pop(a, 0))
        elif kind == 5:
            self._host.say(messages.CHUTE, index, a)
        elif kind == 6:
            self._host.say(messages.GATE, index, a)
        else:
            self._host.say(messages.COMMAND, kind, a)

    def _see(self, now_us: int, eye: int, level: int) -> None:
        """An eye's signal changes, as far as its wire and its contact are whole."""
        self._eye_levels[eye] = level
        if self._is_at("cut_wire", eye):
            return
        self._set_eye(eye, level, now_us)
        if self._is_at("contact_bounce", eye):
            for number, after_us in enumerate(BOUNCES_US):
                flip = 1 - number % 2
                self.board.at(
                    now_us + after_us,
                    lambda time_us, flip=flip: self._set_eye(eye, self._eye_levels[eye] ^ flip, time_us),
                )

    def _set_eye(self, eye: int, level: int, now_us: int) -> None:
        """An eye is blocked (1) or free (0), as its wire says it at the board's end, if it has one."""
        wire = self._eye_wires[eye]
        if wire is not None:
            wire(level ^ self._free_levels[eye], now_us)

    def _is_at(self, fault: str, eye: int) -> bool:
        return self._faults.is_on(fault) and self._faults.place(fault) % len(self._eye_levels) == eye

    def _see_whether_safe(self, now_us: int) -> None:
        """In an emergency stop: gates whose wires are all as they have to be are in their safe states."""
        if self._is_estop and not self._driven & self._safe_mask:
            self._command(SAFE)

    def _befall(self, strike: Strike, now_us: int) -> None:
        """A fault of the wires begins, or is over."""
        name, is_on, place = strike
        if name == "cut_wire":
            eye = place % len(self._eye_levels)
            self._set_eye(eye, 0 if is_on else self._eye_levels[eye], now_us)
        elif name == "uart_noise" and is_on:
            units = {scanner.unit for scanner, _ in self._scanners} | {unit for unit, _ in self._inverters}
            for unit in sorted(units):
                for after_us in JUNK_US:
                    self.board.at(
                        now_us + after_us, lambda time_us, unit=unit: self._hear_junk(unit, time_us)
                    )
        elif name == "encoder_reversed":
            self._plant.miscount()
        elif name == "link_cut" and self._is_networked:
            self._is_reachable = not is_on
            if is_on:
                self.board.network.hang_up()
        elif name == "ecu_reset" and is_on:
            raise BoardReset
        elif name == "watchdog_bite" and is_on:
            self.board.hang()
