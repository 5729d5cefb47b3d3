"""Boards that stay in safe mode: configurations that are wrong inside, and what a board says of one."""

import json
from collections.abc import Callable
from typing import Any

from board_bench import Bench

from sorter_core import messages
from sorter_core.frames import crc16
from sortyard.device.session import Session
from sortyard.vm.chip import RP2040, Chip

MAIN = "from sorter_ecu.start import run\nrun()\n"
SAFE_MODE = 255
"""The state of a line whose board is in it."""


def altered(image: bytes, change: Callable[[dict[str, Any]], object]) -> bytes:
    """An image with other parts in it, sound in itself."""
    size = int.from_bytes(image[6:9], "little")
    parts = json.loads(image[9 : 9 + size])
    change(parts)
    section = json.dumps(parts).encode()
    body = image[:6] + len(section).to_bytes(3, "little") + section + image[9 + size : -2]
    return body + crc16(body, 0, len(body)).to_bytes(2, "little")


def safe_mode(image: bytes, chip: Chip = RP2040) -> str:
    """What a board says that stays in safe mode with this image."""
    bench = Bench(MAIN, until_us=100_000, chip=chip, host=Session()).run(ecu__img=image)
    assert bench.told[0].kind == messages.HELLO
    assert bench.told[0].fields[2] == SAFE_MODE
    assert bench.levels == []
    (text,) = bench.logged
    return text
