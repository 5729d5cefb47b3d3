"""Bytes to and from a board: a serial port (USB or UART) or a TCP connection.

wire = await open_wire(parse_address("tcp://10.0.0.7"))     # NoWireError says why not
data = await wire.read()                                    # b"" when the wire has gone
await wire.write(data)
"""

from __future__ import annotations

import asyncio
import errno
import socket
from contextlib import suppress
from threading import Thread
from typing import TYPE_CHECKING, Protocol

from sortyard.device.address import Address
from sortyard.device.errors import NoWireError

if TYPE_CHECKING:
    from serial import Serial

CONNECT_S = 3.0
READ_BYTES = 4096
WRITE_S = 1.0
"""A wire that takes nothing for so long has gone."""
_LOOK_S = 0.05
"""How long a serial port's thread waits before it looks whether it is to end."""
_WAITING_READS = 64


class Wire(Protocol):
    """An open connection."""

    patience_us: int | None
    """Silence after which it is opened anew; None: opening it again would not help."""

    async def read(self) -> bytes:
        """Some bytes, as soon as there are any; b"" when the wire has gone."""
        ...

    async def write(self, data: bytes) -> None:
        """Send. Raises OSError when the wire has gone."""
        ...

    def close(self) -> None: ...


async def open_wire(address: Address) -> Wire:
    """Connect. Raises NoWireError."""
    return await (_open_serial(address) if address.is_serial else _open_tcp(address))


class TcpWire:
    """A TCP connection."""

    patience_us: int | None = 3_000_000

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def read(self) -> bytes:
        try:
            return await self._reader.read(READ_BYTES)
        except OSError:
            return b""

    async def write(self, data: bytes) -> None:
        self._writer.write(data)
        async with asyncio.timeout(WRITE_S):
            await self._writer.drain()

    def close(self) -> None:
        self._writer.close()


async def _open_tcp(address: Address) -> TcpWire:
    try:
        async with asyncio.timeout(CONNECT_S):
            reader, writer = await asyncio.open_connection(address.host, address.port)
    except TimeoutError:
        raise NoWireError(
            f"{address.text} does not answer",
            "check that the board is on, on the same network, and its address",
        ) from None
    except socket.gaierror:
        raise NoWireError(f"{address.text}: there is no host of that name", "check the name") from None
    except OSError as error:
        if error.errno == errno.ECONNREFUSED:
            remedy = f"check that the board's link is tcp, and its port is {address.port}"
            raise NoWireError(f"{address.text} refuses the connection", remedy) from None
        raise NoWireError(f"{address.text}: {error.strerror or error}", "check network and address") from None
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return TcpWire(reader, writer)


class SerialWire:
    """A serial port; a thread waits for its bytes, because not every system can wait for ports and sockets at once."""

    patience_us: int | None = None

    def __init__(self, port: Serial) -> None:
        self._port = port
        self._loop = asyncio.get_running_loop()
        self._heard: asyncio.Queue[bytes] = asyncio.Queue()
        self._is_closing = False
        self._thread = Thread(target=self._listen, name="serial port", daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        from serial import SerialException

        data = b"-"
        while data and not self._is_closing:
            try:
                data = self._port.read(max(1, min(self._port.in_waiting, READ_BYTES)))
            except (SerialException, OSError, TypeError):  # unplugged, or closed meanwhile
                data = b""
            else:
                if not data:  # time-out
                    data = b"-"
                    continue
            with suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._heard.put_nowait, data)

    async def read(self) -> bytes:
        return await self._heard.get()

    async def write(self, data: bytes) -> None:
        from serial import SerialException

        try:
            await asyncio.to_thread(self._port.write, data)
        except SerialException as error:
            raise OSError(str(error)) from None

    def close(self) -> None:
        self._is_closing = True
        self._port.close()


async def _open_serial(address: Address) -> SerialWire:
    from serial import Serial, SerialException

    def opened() -> Serial:
        return Serial(address.text, address.baud, timeout=_LOOK_S, write_timeout=WRITE_S, exclusive=True)

    try:
        return SerialWire(await asyncio.to_thread(opened))
    except (SerialException, OSError, ValueError) as error:
        raise _why_no_port(address, error) from None


def _why_no_port(address: Address, error: Exception) -> NoWireError:
    number = getattr(error, "errno", None)
    text = str(error)
    if number == errno.EACCES:
        return NoWireError(
            f"{address.text} may not be opened",
            "ask for the right to use serial ports (on Linux the group dialout)",
        )
    if number in (errno.EBUSY, errno.EWOULDBLOCK) or "lock" in text:
        return NoWireError(f"{address.text} is in use by another program", "close that program")
    if number == errno.ENOENT or "could not open port" in text.lower():
        return NoWireError(f"there is no port {address.text}", _ports_there())
    return NoWireError(f"{address.text} cannot be opened: {text}", "check cable and port")


def _ports_there() -> str:
    from serial.tools.list_ports import comports

    ports = [
        f"{one.device} ({one.description})" if one.description != "n/a" else one.device for one in comports()
    ]
    return f"ports here: {', '.join(ports)}" if ports else "no serial port is here; is the cable plugged in?"
