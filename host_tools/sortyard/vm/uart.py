"""One UART of a virtual board: bytes on their way in both directions, at the speed of its line."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sortyard.vm.board_shim import image_layout as layout

UARTS = 4
_RING = layout.UART_BYTES - 1
_RECEIVED, _SENT, _IS_SENDING = 0, 2, 3
_COUNT_MASK = 0xFFFFFFF


class Uart:
    """`at(time_us, happen)` calls `happen(time_us)` then; `on_byte(number, byte, time_us)` gets what has been sent."""

    def __init__(
        self,
        number: int,
        at: Callable[[int, Callable[[int], None]], None],
        on_byte: Callable[[int, int, int], None],
    ) -> None:
        self.byte_us = 0.0
        """what a byte takes, 0 as long as the guest has not opened it"""
        self._number = number
        self._at = at
        self._on_byte = on_byte
        self._free_us = 0.0
        """when the last byte that is on its way in has come"""
        self._is_sending = False
        self._taken = 0
        self._row = self._received = self._sent = memoryview(b"")

    def locate(self, state: memoryview, received: memoryview, sent: memoryview) -> None:
        """Where its counters and its two rings stand in the guest's memory."""
        first = layout.UART_ROW + layout.UART_FIELDS * self._number
        self._row = state[first : first + layout.UART_FIELDS]
        self._received, self._sent = received, sent

    def receive(self, data: bytes, begin_us: int) -> None:
        """Bytes begin to come in; each takes its time on the line."""
        start = max(float(begin_us), self._free_us)
        for number, byte in enumerate(data, start=1):
            self._at(int(start + number * self.byte_us), partial(self._put, byte))
        self._free_us = start + len(data) * self.byte_us

    def look(self, now_us: int) -> None:
        """Begin to send what the guest has written, if that is not under way."""
        if self.byte_us and not self._is_sending and self._row[_SENT] != self._taken:
            self._is_sending = True
            self._at(int(now_us + self.byte_us), self._byte_sent)

    def _byte_sent(self, time_us: int) -> None:
        byte = self._sent[self._taken & _RING]
        self._taken = (self._taken + 1) & _COUNT_MASK
        if self._row[_SENT] != self._taken:
            self._at(int(time_us + self.byte_us), self._byte_sent)
        else:
            self._is_sending = False
            self._row[_IS_SENDING] = 0
        self._on_byte(self._number, byte, time_us)

    def _put(self, byte: int, _time_us: int) -> None:
        written = self._row[_RECEIVED]
        self._received[written & _RING] = byte
        self._row[_RECEIVED] = (written + 1) & _COUNT_MASK
