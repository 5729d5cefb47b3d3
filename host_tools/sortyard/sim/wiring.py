"""What stands at the ends of a virtual board's wires besides plant and scanners: the belt's inverter.

It is another implementation of the real thing's interface: bytes with their time on the line, registers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sorter_core.frames import crc16
from sortyard.config.driver_tables import drivers_of, map_of

SILENCE_BYTES = 3.5
"""Modbus RTU: a frame ends with so much silence."""


class Inverter:
    """An inverter with its make's registers. Silent to what is not for it or damaged; it refuses what it lacks."""

    def __init__(
        self,
        options: Mapping[str, Any],
        address: int,
        on_run: Callable[[bool], None],
        on_speed: Callable[[int], None] = lambda value: None,
    ) -> None:
        self.is_running = False
        self.is_failed = False
        self.speed = 0
        bits = 9 + options["stop"] + (options["parity"] != "none")
        self.byte_us = bits * 1e6 / options["baud"]
        self._at = {**options, **map_of(drivers_of("motor")["vfd_modbus"], options["map"])}
        self._address = address
        self._on_run = on_run
        self._on_speed = on_speed
        self._heard = bytearray()
        self._last_us = 0

    def hear(self, byte: int, now_us: int) -> int:
        """A byte of the bus; when to ask for an answer, if none comes behind it."""
        if now_us - self._last_us > SILENCE_BYTES * self.byte_us + self.byte_us:
            self._heard.clear()
        self._heard.append(byte)
        self._last_us = now_us
        return now_us + round(SILENCE_BYTES * self.byte_us)

    def answer(self, now_us: int) -> bytes:
        """What it says to a frame that has ended before `now_us`; nothing to one that goes on or is not its own."""
        request = bytes(self._heard)
        if now_us - self._last_us < SILENCE_BYTES * self.byte_us - 1 or not request:
            return b""
        self._heard.clear()
        if len(request) != 8 or request[0] != self._address or crc16(request, 0, 8):
            return b""
        function = request[1]
        register, value = int.from_bytes(request[2:4], "big"), int.from_bytes(request[4:6], "big")
        if function == 6 and self._write(register, value):
            return request
        if function == 3 and self._at["status"] <= register <= register + value - 1 < self._end_of_status:
            words = [self._word(number - self._at["status"]) for number in range(register, register + value)]
            body = b"".join(word.to_bytes(2, "big") for word in words)
            return _sealed(bytes([self._address, 3, len(body)]) + body)
        return _sealed(bytes([self._address, function | 0x80, 2]))

    @property
    def full_speed(self) -> int:
        """What it is told for the speed that its options call its own; 0 where it is not told."""
        return self._at["full_speed"] * self._at["speed_permille"] // 1000

    @property
    def _end_of_status(self) -> int:
        return self._at["status"] + self._at["status_words"]

    def _write(self, register: int, value: int) -> bool:
        if (register, value) == (self._at["reset_at"], self._at["reset"]):
            self.is_failed = False
        elif register == self._at["command"]:
            self._on_run(value == self._at["run"])
        elif register == self._at["speed"]:
            self.speed = value
            self._on_speed(value)
        else:
            return False
        return True

    def _word(self, number: int) -> int:
        at, word = self._at, 0
        tells_fault = number == at["fault_at"] and self.is_failed
        if number == at["state_at"] and self.is_running:
            word |= at["running"]
        elif (
            number == at["state_at"] and not tells_fault
        ):  # a number of its own stands for each state, or bits do
            word |= at.get("stopped", 0)
        if tells_fault:
            word |= at["fault_mask"] & -at["fault_mask"]
        return word


def _sealed(body: bytes) -> bytes:
    return body + crc16(body, 0, len(body)).to_bytes(2, "little")
