"""Ctrl-C while a guest runs: it is kept until the guest calls the host the next time.

An exception in the middle of what wasmtime's binding does between guest and host is lost there, or ends the process.
"""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Any


class Interrupts:
    """Keeps Ctrl-C inside its `with`, where it would raise KeyboardInterrupt; elsewhere it changes nothing."""

    def __init__(self) -> None:
        self._is_pressed = False
        self._before: Any = None

    def __enter__(self) -> Interrupts:
        is_ours = threading.current_thread() is threading.main_thread()
        if is_ours and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            self._before = signal.signal(signal.SIGINT, self._press)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)
            self._before = None
        if kind is None:
            self.check()

    def _press(self, _number: int, _frame: FrameType | None) -> None:
        self._is_pressed = True

    def check(self) -> None:
        """Raise the KeyboardInterrupt that has been kept, once."""
        if self._is_pressed:
            self._is_pressed = False
            raise KeyboardInterrupt
