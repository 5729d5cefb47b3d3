"""Bytes from outside against the firmware's parsers, in this Python: answers on Modbus, and the configuration's file.

For campaigns (fuzz.py), and for tests. modbus: an inverter of any make answers with random bytes, or with what it would
say, mutated; no exception escapes, nothing grows, and the conversation after that is answered and heard. image: a file
that is mutated, half of them with a checksum that is right again, is refused with an ImageError or loaded, and nothing
else happens.
"""

import json
import sys
from random import Random
from types import ModuleType
from typing import Any

from firmware_here import Uart, driver_class, firmware_module

from sorter_core.frames import crc16
from sortyard.config.driver_tables import drivers_of
from sortyard.sim.wiring import Inverter

STEP_US = 4000
REGISTERS: dict[str, dict[str, int]] = {
    "delta": {},
    "saj": {},
    "danfoss": {},
    "generic": {"command": 7, "run": 0x55, "halt": 0xAA, "status": 8, "state_mask": 0x80, "running": 0x80},
}
"""Makes of inverters, and the options that say where the registers of one are."""
VERSION = 3
"""Of a configuration's layout, which the firmware loads."""


def mutated(rng: Random, data: bytes) -> bytes:
    """`data` cut, doubled, with bytes changed, inserted or taken out; sometimes nothing but noise."""
    if rng.random() < 0.2:
        return rng.randbytes(rng.randrange(60))
    out = bytearray(data)
    for _ in range(rng.randrange(1, 4)):
        at = rng.randrange(len(out) + 1)
        how = rng.randrange(6)
        if how == 0:
            del out[at:]
        elif how == 1 and out:
            out[at % len(out)] ^= 1 << rng.randrange(8)
        elif how == 2:
            out.insert(at, rng.randrange(256))
        elif how == 3 and out:
            del out[at % len(out)]
        elif how == 4:
            out += out[:at]
        elif how == 5:
            out[at:at] = rng.randbytes(rng.randrange(8))
    return bytes(out)


class Modbus:
    """A driver with a bus whose answers are spoilt or not."""

    def __init__(self, make: str = "delta") -> None:
        defaults = drivers_of("motor")["vfd_modbus"].defaults()
        options = {**defaults, "map": make, "speed_permille": 500, **REGISTERS[make]}
        firmware_module(
            "sorter_io.modbus_bus"
        )._buses.clear()  # as at a boot: a bus of another one would be busy
        self.motor: Any = driver_class("motors.vfd_modbus")({"tx": 8, "rx": 9}, options)
        self.uart: Uart = self.motor._bus._uart
        self.inverter = Inverter(options, 1, lambda is_on: setattr(self.inverter, "is_running", is_on))
        self.now_us = 0
        self.size = self.room()

    def room(self) -> int:
        """Bytes that the driver and its bus hold."""
        return sum(
            sys.getsizeof(one) for part in (self.motor, self.motor._bus) for one in vars(part).values()
        )

    def conversation(self, spoil: Any) -> None:
        """From one request to the end of what follows it."""
        for _ in range(60):
            self.now_us = (self.now_us + STEP_US) & 0x0FFFFFFF
            self.motor.poll(self.now_us)
            if self.uart.written:
                request = bytes(self.uart.written)
                self.uart.written.clear()
                for byte in request:
                    self.inverter.hear(byte, self.now_us)
                self.inverter._last_us = -1_000_000
                self.uart.waiting += spoil(self.inverter.answer(self.now_us))
                self.inverter._last_us = 0
            elif self.motor._bus.owner is None and self.motor._to_tell == 0:
                return

    def turn(self, rng: Random) -> None:
        """A command whose answers are spoilt, then one whose answers are not."""
        self.motor.run(rng.randrange(2))
        self.conversation(lambda data: mutated(rng, data))
        self.motor.run(is_on := rng.randrange(2))
        for _ in range(4):  # one for each of speed, command and state, and one that the noise may cost
            self.conversation(lambda data: data)
            self.now_us = (self.now_us + 50_000) & 0x0FFFFFFF
        assert (self.motor.is_running, self.motor.is_failed) == (is_on, 0)
        assert self.motor._bus.size <= len(self.motor._bus.answer)
        assert self.room() <= self.size + 64


def sealed(sections: list[tuple[int, bytes]], version: int = VERSION) -> bytes:
    """A configuration file of these sections, with its checksum."""
    body = b"SYEC" + bytes([version])
    for tag, content in sections:
        body += bytes([tag]) + len(content).to_bytes(3, "little") + content
    return body + crc16(body, 0, len(body)).to_bytes(2, "little")


class Image:
    """The loader of a board's configuration."""

    def __init__(self) -> None:
        self.module: ModuleType = firmware_module("sorter_ecu.image")
        parts = json.dumps({"line": "hub", "eyes": [["photo_eye", {"signal": 4}, {"blocked": 1}]]}).encode()
        self.sections = [(1, parts), (2, bytes(80)), (3, b"\x20" + bytes(40)), (4, b"RB" * 20)]
        self.loaded = self.refused = 0

    def turn(self, rng: Random) -> None:
        """A file that is wrong somewhere, as a whole or in a section with a checksum that is right."""
        if rng.randrange(2):
            content = mutated(rng, sealed(self.sections))
        else:
            at = rng.randrange(len(self.sections))
            sections = list(self.sections)
            sections[at] = (sections[at][0], mutated(rng, sections[at][1]))
            content = sealed(sections, rng.choice([VERSION, VERSION, VERSION, VERSION - 1, 0, 255]))
        why = None
        try:
            self.module.read(content)
        except self.module.ImageError as error:
            why = str(error)
        assert why != ""
        self.refused += why is not None
        self.loaded += why is None


def campaign(name: str, inputs: int, seed: int = 1) -> Any:
    """Run so many inputs; the parser with what it has come to."""
    rng = Random(seed)
    parser = Modbus(rng.choice(list(REGISTERS))) if name == "modbus" else Image()
    for _ in range(inputs):
        parser.turn(rng)
    return parser
