"""What a virtual board writes to its flash: what the host keeps of it is what a power cut leaves.

`File` is a file of an RP2040's littlefs that is written, which has no other place than the flash: what `flush` has
written is there whole, or what was there before. Its memory is a board's: the file system's cache for it.
"""

# pyright: reportMissingImports=false, reportOptionalCall=false, reportAttributeAccessIssue=false

import builtins

import image_layout as at
from host import call
from uctypes import addressof
from virtual_board import sleep_us, state

_shared = bytearray(at.FLASH_BYTES)
_WRITE_US = 45000
"""A write that has a page or sector of the flash erased for it; most need none."""
_ENOENT = 2
_FULL = OSError(28)  # made before: a board has memory for it when its heap is locked
_CACHE_BYTES = 1024  # VfsLfs2's cache_size: four times the 256 bytes that are programmed at once


def begin():
    """Tell the host where values are on their way."""
    call("flash", str(addressof(_shared)))


def put(key, value, size):
    """In the flash at its end: cut off before, the flash has the value from before. OSError when it takes none.

    Before it has a watchdog a board starts: that takes as long as the host says, whatever is written."""
    if state[at.WDT_MS]:
        sleep_us(_WRITE_US)
    _give(key, value, size)


def _give(key, value, size):
    _shared[0] = size
    i = 0
    while i < size:
        i += 1
        _shared[i] = value[i - 1]
    if call("flash_put", key):
        raise _FULL


def get(key, buffer):
    """Into `buffer`, from its beginning on; how many bytes, -1 when there is no such value."""
    size = int(call("flash_get", key))
    for i in range(size):
        buffer[i] = _shared[i + 1]
    return size


class File:
    """Open for reading and writing. OSError when it is to be there and is not."""

    def __init__(self, name, is_new):
        self._name = name
        self._cache = bytearray(_CACHE_BYTES)
        self._at = 0
        if is_new:
            _give(name, b"", 0)
        self._size = get(name, self._cache)
        if self._size < 0:
            raise OSError(_ENOENT)

    def seek(self, place):
        self._at = place

    def readinto(self, buffer):
        size = min(len(buffer), self._size - self._at)
        buffer[:size] = self._cache[self._at : self._at + size]
        self._at += size
        return size

    def write(self, data):
        at_, i, size = self._at, 0, len(data)
        while i < size:
            self._cache[at_ + i] = data[i]
            i += 1
        self._at = at_ + size
        if self._at > self._size:
            self._size = self._at
        return size

    def flush(self):
        put(self._name, self._cache, self._size)


_read_only = builtins.open


def open_file(name, mode="r"):
    """The built-in `open`: a file that is written is in the flash, what the host has put there is read."""
    if "+" in mode:
        return File(name, "w" in mode)
    return _read_only(name, mode)
