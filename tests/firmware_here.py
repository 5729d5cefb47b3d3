"""Parsers of firmware/sorter_io in this Python: `machine` is a wire that a test holds, and nothing else of a board."""

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

from sortyard.shipped import shipped


class Uart:
    """Bytes that have come in, and what has been written."""

    def __init__(self, *_arguments: Any, **settings: Any) -> None:
        self.settings = settings
        self.waiting = bytearray()
        self.written = bytearray()

    def any(self) -> int:
        return len(self.waiting)

    def readinto(self, buffer: bytearray, most: int | None = None) -> int | None:
        size = min(len(self.waiting), len(buffer) if most is None else most)
        buffer[:size] = self.waiting[:size]
        del self.waiting[:size]
        return size or None

    def write(self, data: bytes) -> int:
        self.written += data
        return len(data)

    def txdone(self) -> bool:
        return True


class Pin:
    """A pin that nothing is wired to."""

    IN, OUT, PULL_UP, PULL_DOWN = 0, 1, 1, 2

    def __init__(self, *_arguments: Any, **_settings: Any) -> None:
        self.level = 0

    def value(self, level: int | None = None) -> int:
        if level is not None:
            self.level = level
        return self.level


def driver_class(path: str) -> type:
    """The class of a driver by its path: "scanners.gm65"."""
    module = firmware_module(f"sorter_io.{path}")
    return getattr(module, module.DRIVER)


def firmware_module(name: str) -> ModuleType:
    """A module of the firmware with that `machine` below it."""
    machine, micropython = ModuleType("machine"), ModuleType("micropython")
    machine.__dict__.update(UART=Uart, Pin=Pin, PWM=Pin, ADC=Pin, I2C=Pin, SPI=Uart)
    micropython.__dict__["const"] = lambda value: value
    there = {one: sys.modules.get(one) for one in ("machine", "micropython")}
    sys.modules.update(machine=machine, micropython=micropython)
    sys.path.insert(0, str(shipped("firmware")))
    try:
        return import_module(name)
    finally:
        sys.path.pop(0)
        for one, before in there.items():
            if before is None:
                del sys.modules[one]
            else:
                sys.modules[one] = before
