"""Where a board is: `/dev/ttyACM0`, `COM3`, `tcp://10.0.0.7`, `tcp://10.0.0.7:5333`."""

from __future__ import annotations

import re
from typing import NamedTuple

from sortyard.errors import Finding, InputError

TCP_PORT = 5333
DEFAULT_BAUD = 115_200
_TCP = re.compile(r"tcp://(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(?::(?P<port>\d{1,5}))?/?")


class Address(NamedTuple):
    """A serial port (`host` is "") or a TCP one."""

    text: str
    host: str
    port: int
    baud: int

    @property
    def is_serial(self) -> bool:
        return not self.host


def parse_address(text: str, baud: int = DEFAULT_BAUD) -> Address:
    """The address that a user has written. `baud` is for a UART; USB does not care. Raises InputError."""
    if "://" not in text:
        if text:
            return Address(text, "", 0, baud)
    else:
        match = _TCP.fullmatch(text)
        port = int(match["port"] or TCP_PORT) if match else 0
        if match and 0 < port < 65536:
            return Address(text, match["host"].strip("[]"), port, baud)
    reason = f'"{text}" is no address of a board'
    remedy = "give a serial port (/dev/ttyACM0, COM3) or tcp://HOST[:PORT], the port 1 to 65535"
    raise InputError([Finding("command line", None, "PORT", reason, remedy)])
