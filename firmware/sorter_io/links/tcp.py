"""The link's bytes over TCP: the board joins its Wi-Fi network and listens, and one host at a time connects.

    wire = Tcp({}, options)               # ValueError: /network.json is missing, or is not what it should be
    n = wire.read(buffer)                 # what has come in; never waits
    if wire.is_free(): wire.write(buffer, size)
    wire.care()                           # now and then, where memory may be taken: the network, and who connects

/network.json is put on the board when it is set up and is nowhere else: {"ssid": "...", "key": "..."}. Without a
network or a host, what is written is lost, as on a wire that nobody has plugged in. A connection takes memory when it
is made, its bytes do not. A host that has been silent for SILENT_CARES makes room for the next one, which is turned
away before.
"""

import json
import select
import socket

import network
from micropython import const

from sorter_core.frames import MAX_FRAME

DRIVER = "Tcp"
PINS = {}
TAKES = "network"
OPTIONS = (("port", 5333, 1, 65535, "", "where it listens"),)

SILENT_CARES = const(200)  # at 16 turns a care 3.2 s: a host that is there says something four times a second

_FILE = "/network.json"
_JOIN_CARES = const(600)


def credentials():
    """(name, key) of the network that this board belongs to. Raises ValueError."""
    try:
        with open(_FILE) as stream:
            known = json.load(stream)
        return known["ssid"], known["key"]
    except OSError:
        raise ValueError("no file " + _FILE + ': put {"ssid": ..., "key": ...} on the board') from None
    except (KeyError, TypeError, ValueError):
        raise ValueError(_FILE + ' is not {"ssid": ..., "key": ...}') from None


class Tcp:
    """Joining from its construction on."""

    address = 0  # nobody else is on this wire
    is_polled = 0
    room = 64  # bytes that are read at once

    def __init__(self, pins, options):
        self._ssid, self._key = credentials()
        self._station = network.WLAN(network.STA_IF)
        self._station.active(True)
        # A radio that naps hears a frame up to a beacon's 102 ms late; of an ESP32 it pulls pins low as it wakes, too.
        self._station.config(pm=network.WLAN.PM_NONE)
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind(("0.0.0.0", options["port"]))
        self._listener.listen(1)
        poll = select.poll()
        poll.register(self._listener, select.POLLIN)
        self._waiting = poll.ipoll
        self._peer = None
        self._quiet = 0
        self._unjoined = 0
        self._rest = bytearray(MAX_FRAME)  # of a frame that did not fit
        self._at = 0
        self._end = 0

    def care(self):
        """Join the network, if this board is not in it, and welcome a host. 1: that has left garbage in memory."""
        took = 0
        if not self._station.isconnected():
            if not self._unjoined:
                self._unjoined = _JOIN_CARES
                self._station.connect(self._ssid, self._key)
                took = 1
            self._unjoined -= 1
            return took
        self._unjoined = 0
        self._quiet += 1
        for _ in self._waiting(0):
            self._welcome()
            took = 1
        return took

    def _welcome(self):
        try:
            peer, _ = self._listener.accept()
        except OSError:  # it has gone already
            return
        if self._peer is not None and self._quiet < SILENT_CARES:
            peer.close()
            return
        self._drop()
        peer.setblocking(False)
        if hasattr(socket, "TCP_NODELAY"):  # else a frame waits for the answer to the one before
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._peer = peer
        self._quiet = 0

    def _drop(self):
        self._at = self._end = 0
        if self._peer is not None:
            self._peer.close()
            self._peer = None

    def is_free(self):
        """Whether a frame may be written: the one before has left, as far as this board goes."""
        if self._at < self._end:
            self._at += self._send(self._rest, self._at, self._end - self._at)
        return self._at >= self._end

    def read(self, buffer):
        """Bytes that have come in, as many as fit; never waits."""
        if self._peer is None:
            return 0
        try:
            n = self._peer.readinto(buffer)
        except OSError:
            n = 0
        if n:
            self._quiet = 0
            return n
        if n is not None:  # the end of the connection; None is nothing yet
            self._drop()
        return 0

    def write(self, buffer, size):
        """Send buffer[:size]."""
        sent = self._send(buffer, 0, size)
        self._at = 0
        self._end = size - sent
        rest = self._rest
        i = 0
        while sent < size:
            rest[i] = buffer[sent]
            sent += 1
            i += 1

    def _send(self, buffer, at, size):
        """How many of these bytes are done with: they are on their way, or there is nobody for whom they are."""
        if self._peer is None:
            return size
        try:
            # every stream's write takes a place and a length, though the stubs' does not say so: a slice would allocate
            return self._peer.write(buffer, at, size) or 0  # pyright: ignore[reportCallIssue]
        except OSError:
            self._drop()
            return size
