"""The guest's linear memory, seen from the host."""

from __future__ import annotations

import ctypes
import struct
from typing import TYPE_CHECKING

from sortyard.vm.errors import GuestTrap

if TYPE_CHECKING:
    from wasmtime import Memory, Store

_U32 = struct.Struct("<I")
_U64 = struct.Struct("<Q")


class GuestMemory:
    """Checked access to the guest's memory, which grows but never moves (see `module_cache`).

    Addresses are the guest's: byte offsets from 0. Every access outside the memory raises `GuestTrap`.
    """

    def __init__(self, store: Store, memory: Memory) -> None:
        self._store = store
        self._memory = memory
        self._bytes = memoryview(b"")
        self._look_up()

    def _look_up(self) -> None:
        self.address = ctypes.addressof(self._memory.data_ptr(self._store).contents)
        """where it begins in this process"""
        self.size = self._memory.data_len(self._store)
        """bytes that are there at least; it may have grown since"""
        self._bytes = memoryview((ctypes.c_ubyte * self.size).from_address(self.address)).cast("B")

    def measure(self) -> int:
        """Return how many bytes are there now."""
        self._look_up()
        return self.size

    def view(self, address: int, size: int) -> memoryview:
        """Return `size` bytes at `address`, to read and write in place until the virtual machine is closed."""
        if address + size > len(self._bytes):
            self._look_up()
        if address < 0 or size < 0 or address + size > len(self._bytes):
            raise GuestTrap(f"{size} bytes at address {address} are outside its memory")
        return self._bytes[address : address + size]

    def ints(self, address: int, count: int) -> memoryview:
        """Return `count` signed 32-bit integers at `address`, to read and write in place."""
        return self.view(address, 4 * count).cast("i")

    def text(self, address: int, size: int) -> str:
        """Return the UTF-8 text of `size` bytes at `address`."""
        return str(self.view(address, size), "utf-8", "replace")

    def read_u32(self, address: int) -> int:
        """Return the unsigned 32-bit integer at `address`."""
        return _U32.unpack(self.view(address, 4))[0]

    def write_u32(self, address: int, value: int) -> None:
        """Store an unsigned 32-bit integer at `address`."""
        self.view(address, 4)[:] = _U32.pack(value)

    def write_u64(self, address: int, value: int) -> None:
        """Store an unsigned 64-bit integer at `address`."""
        self.view(address, 8)[:] = _U64.pack(value)

    def write(self, address: int, content: bytes) -> None:
        """Store `content` at `address`."""
        self.view(address, len(content))[:] = content
