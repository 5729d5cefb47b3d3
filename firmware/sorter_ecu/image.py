"""The ECU's configuration as one file, `ecu.img`, made and judged on the host by `sortyard.config.ecu_image`.

    bytes 0-3   "SYEC"
    byte 4      version of this layout
    sections    tag (1 byte), length (3 bytes, low byte first), content
    CRC-16      of all that stands before it, low byte first

Sections: 1 the parts and their pins (JSON), 2 the gate logic's table, 3 the sort plan's table (both of
integers, low byte first: 32 bits each, of the plan as many as the section's first byte says, 16 or 32), 4 the sort
plan's bytes.
"""

import json
from array import array

from micropython import const

from sorter_core.frames import crc16

MAGIC = b"SYEC"
VERSION = const(3)
PARTS = const(1)
GATES = const(2)
PLAN_TABLE = const(3)
PLAN_BYTES = const(4)
_SHORT = const(16)

_NAMES = ((PARTS, "parts"), (GATES, "gate table"), (PLAN_TABLE, "plan table"), (PLAN_BYTES, "plan bytes"))


class ImageError(Exception):
    """Why the configuration cannot be used, in words for the host's log."""


class Image:
    """What the file holds."""

    def __init__(self, content):
        sections = _sections(content)
        for tag, name in _NAMES:
            if tag not in sections:
                raise ImageError("configuration without " + name)
        self.parts = json.loads(bytes(sections[PARTS]))
        self.gates = array("i", bytes(sections[GATES]))
        table = sections[PLAN_TABLE]
        self.plan_table = array("h" if table[0] == _SHORT else "i", bytes(table[1:]))
        self.plan_bytes = bytes(sections[PLAN_BYTES])


def _sections(content):
    size = len(content)
    if size < 7 or content[:4] != MAGIC:
        raise ImageError("no configuration in ecu.img")
    if content[4] != VERSION:
        raise ImageError("configuration of version %d, this firmware has %d" % (content[4], VERSION))
    if crc16(content, 0, size):
        raise ImageError("configuration is damaged or cut off")
    view = memoryview(content)
    found = {}
    at = 5
    while at + 4 <= size - 2:
        length = content[at + 1] | content[at + 2] << 8 | content[at + 3] << 16
        if at + 4 + length > size - 2:
            raise ImageError("configuration section %d is longer than the file" % content[at])
        found[content[at]] = view[at + 4 : at + 4 + length]
        at += 4 + length
    return found


def load(path):
    """The image in a file. Raises ImageError."""
    try:
        with open(path, "rb") as stream:
            content = stream.read()
    except OSError:
        raise ImageError("no file " + path) from None
    return read(content)


def read(content):
    """The image in these bytes. Raises ImageError, whatever they are."""
    try:
        return Image(content)
    except (ValueError, KeyError, IndexError) as error:
        raise ImageError("configuration cannot be read: " + str(error)) from None
