"""What MicroPython asks of its operating system (WASI preview 1), answered from the host's memory.

Time is virtual, files are read-only, standard output is kept, standard input is what the host puts there:
so a guest does the same thing in every run and can touch nothing of the host. Layouts and numbers: the witx files of
WASI snapshot preview 1.
"""

from __future__ import annotations

import posixpath
import struct
from collections.abc import Callable
from dataclasses import dataclass, field

from sortyard.vm.clock import VirtualClock
from sortyard.vm.files import ReadOnlyFiles
from sortyard.vm.memory import GuestMemory
from sortyard_c.guest_calls import FuelClock

SUCCESS, BAD_FD, INVALID, NO_ENTRY = 0, 8, 28, 44
IS_FOLDER, NOT_FOLDER, READ_ONLY, NOT_SEEKABLE = 31, 54, 69, 70
_CHARACTER_DEVICE, _FOLDER, _FILE = 2, 3, 4
_STDOUT, _STDERR, _ROOT = 1, 2, 3
_CREATE_OR_TRUNCATE, _WANTS_FOLDER = 1 | 8, 2
_CLOCK_EVENT, _ABSOLUTE_TIME = 0, 1
_ALL_RIGHTS = (1 << 30) - 1
_PIECE = struct.Struct("<II")

# One letter per argument: i = 32 bits, q = 64 bits.
SIGNATURES = {
    "args_get": "ii",
    "args_sizes_get": "ii",
    "clock_time_get": "iqi",
    "environ_get": "ii",
    "environ_sizes_get": "ii",
    "fd_close": "i",
    "fd_fdstat_get": "ii",
    "fd_prestat_dir_name": "iii",
    "fd_prestat_get": "ii",
    "fd_read": "iiii",
    "fd_readdir": "iiiqi",
    "fd_seek": "iqii",
    "fd_sync": "i",
    "fd_write": "iiii",
    "path_create_directory": "iii",
    "path_filestat_get": "iiiii",
    "path_open": "iiiiiqqii",
    "path_readlink": "iiiiii",
    "path_remove_directory": "iii",
    "path_rename": "iiiiii",
    "path_unlink_file": "iii",
    "poll_oneoff": "iiii",
    "sched_yield": "",
}


@dataclass
class _OpenFile:
    path: str
    content: bytes
    is_folder: bool
    offset: int = 0


@dataclass
class Wasi:
    """The WASI functions over one guest's `memory`, which is set once the guest is instantiated."""

    arguments: list[bytes]
    files: ReadOnlyFiles
    clock: VirtualClock | FuelClock
    memory: GuestMemory | None = None
    stdout: bytearray = field(default_factory=bytearray)
    stderr: bytearray = field(default_factory=bytearray)
    stdin: bytearray = field(default_factory=bytearray)

    def __post_init__(self) -> None:
        self._open = {_ROOT: _OpenFile("/", b"", True)}

    def function(self, name: str) -> Callable[..., int]:
        """Return the implementation of the WASI function `name`."""
        return getattr(self, name)

    def _mem(self) -> GuestMemory:
        assert self.memory is not None, "a guest cannot call before it exists"
        return self.memory

    # --- arguments, environment, clock ---

    def args_sizes_get(self, count_at: int, size_at: int) -> int:
        self._mem().write_u32(count_at, len(self.arguments))
        self._mem().write_u32(size_at, sum(len(argument) + 1 for argument in self.arguments))
        return SUCCESS

    def args_get(self, pointers_at: int, text_at: int) -> int:
        for argument in self.arguments:
            self._mem().write_u32(pointers_at, text_at)
            self._mem().write(text_at, argument + b"\0")
            pointers_at += 4
            text_at += len(argument) + 1
        return SUCCESS

    def environ_sizes_get(self, count_at: int, size_at: int) -> int:
        self._mem().write_u32(count_at, 0)
        self._mem().write_u32(size_at, 0)
        return SUCCESS

    def environ_get(self, _pointers_at: int, _text_at: int) -> int:
        return SUCCESS

    def clock_time_get(self, _clock: int, _precision: int, result_at: int) -> int:
        self._mem().write_u64(result_at, self.clock.now_us * 1000)
        return SUCCESS

    def poll_oneoff(self, wants_at: int, events_at: int, count: int, result_at: int) -> int:
        """Wait for the first of `count` wishes: files are always ready, clocks make the virtual time jump."""
        wishes = [bytes(self._mem().view(wants_at + 48 * index, 48)) for index in range(count)]
        ready = [(wish, 0) for wish in wishes if wish[8] != _CLOCK_EVENT]
        if not ready:
            alarms = [(self._wake_us(wish), wish) for wish in wishes]
            if not alarms:
                return INVALID
            wake_us = min(moment for moment, _ in alarms)
            self.clock.sleep_until(wake_us)
            ready = [(wish, 0) for moment, wish in alarms if moment <= wake_us]
        for index, (wish, error) in enumerate(ready):
            event = wish[:8] + struct.pack("<HBxxxxxQHxxxxxx", error, wish[8], 0, 0)
            self._mem().write(events_at + 32 * index, event)
        self._mem().write_u32(result_at, len(ready))
        return SUCCESS

    def _wake_us(self, wish: bytes) -> int:
        timeout_ns, _precision, flags = struct.unpack_from("<QQH", wish, 24)
        wake_us = (timeout_ns + 999) // 1000
        return wake_us if flags & _ABSOLUTE_TIME else self.clock.now_us + wake_us

    def sched_yield(self) -> int:
        return SUCCESS

    # --- open files ---

    def fd_write(self, fd: int, pieces_at: int, count: int, written_at: int) -> int:
        kept = {_STDOUT: self.stdout, _STDERR: self.stderr}.get(fd)
        if kept is None:
            return BAD_FD
        written = 0
        for address, size in self._pieces(pieces_at, count):
            kept += self._mem().view(address, size)
            written += size
        self._mem().write_u32(written_at, written)
        return SUCCESS

    def fd_read(self, fd: int, pieces_at: int, count: int, read_at: int) -> int:
        if fd == 0:
            return self._read_stdin(pieces_at, count, read_at)
        file = self._open.get(fd)
        if file is None:
            return BAD_FD
        if file.is_folder:
            return IS_FOLDER
        start = file.offset
        for address, size in self._pieces(pieces_at, count):
            part = file.content[file.offset : file.offset + size]
            self._mem().write(address, part)
            file.offset += len(part)
        self._mem().write_u32(read_at, file.offset - start)
        return SUCCESS

    def _read_stdin(self, pieces_at: int, count: int, read_at: int) -> int:
        taken = 0
        for address, size in self._pieces(pieces_at, count):
            part = bytes(self.stdin[:size])
            self._mem().write(address, part)
            del self.stdin[:size]
            taken += len(part)
        self._mem().write_u32(read_at, taken)
        return SUCCESS

    def _pieces(self, pieces_at: int, count: int) -> list[tuple[int, int]]:
        return list(_PIECE.iter_unpack(self._mem().view(pieces_at, 8 * count)))

    def fd_seek(self, fd: int, offset: int, whence: int, result_at: int) -> int:
        file = self._open.get(fd)
        if file is None:
            return NOT_SEEKABLE if fd < _ROOT else BAD_FD
        target = (0, file.offset, len(file.content))[whence] + offset if whence in (0, 1, 2) else -1
        if target < 0:
            return INVALID
        file.offset = target
        self._mem().write_u64(result_at, target)
        return SUCCESS

    def fd_close(self, fd: int) -> int:
        return SUCCESS if fd < _ROOT or self._open.pop(fd, None) else BAD_FD

    def fd_sync(self, _fd: int) -> int:
        return SUCCESS

    def fd_fdstat_get(self, fd: int, result_at: int) -> int:
        if fd < _ROOT:
            kind = _CHARACTER_DEVICE
        elif fd in self._open:
            kind = _FOLDER if self._open[fd].is_folder else _FILE
        else:
            return BAD_FD
        self._mem().write(result_at, struct.pack("<BxHxxxxQQ", kind, 0, _ALL_RIGHTS, _ALL_RIGHTS))
        return SUCCESS

    def fd_readdir(self, fd: int, buffer_at: int, size: int, cookie: int, used_at: int) -> int:
        """List a folder from entry number `cookie` on; a last entry that is cut off says that there is more."""
        file = self._open.get(fd)
        if file is None or not file.is_folder:
            return BAD_FD if file is None else NOT_FOLDER
        listing = bytearray()
        for index, name in enumerate(self.files.names(file.path) or []):
            if index >= cookie:
                is_folder = self.files.names(posixpath.join(file.path, name)) is not None
                encoded = name.encode()
                listing += (
                    struct.pack("<QQII", index + 1, 0, len(encoded), _FOLDER if is_folder else _FILE)
                    + encoded
                )
        self._mem().write(buffer_at, bytes(listing[:size]))
        self._mem().write_u32(used_at, min(len(listing), size))
        return SUCCESS

    # --- paths ---

    def fd_prestat_get(self, fd: int, result_at: int) -> int:
        if fd != _ROOT:
            return BAD_FD
        self._mem().write(result_at, struct.pack("<II", 0, 1))
        return SUCCESS

    def fd_prestat_dir_name(self, fd: int, path_at: int, size: int) -> int:
        if fd != _ROOT or size < 1:
            return BAD_FD
        self._mem().write(path_at, b"/")
        return SUCCESS

    def _path(self, fd: int, path_at: int, size: int) -> str | None:
        """Return the absolute path that the guest means, or None if `fd` is no folder."""
        folder = self._open.get(fd)
        if folder is None or not folder.is_folder:
            return None
        path = posixpath.join(folder.path, self._mem().text(path_at, size))
        return "/" + posixpath.normpath(path).lstrip("/")

    def path_open(
        self,
        fd: int,
        _lookup_flags: int,
        path_at: int,
        path_size: int,
        open_flags: int,
        _rights: int,
        _inherited_rights: int,
        _fd_flags: int,
        result_at: int,
    ) -> int:
        path = self._path(fd, path_at, path_size)
        if path is None:
            return BAD_FD
        if open_flags & _CREATE_OR_TRUNCATE:
            return READ_ONLY
        content = self.files.content(path)
        if content is None and self.files.names(path) is None:
            return NO_ENTRY
        if content is not None and open_flags & _WANTS_FOLDER:
            return NOT_FOLDER
        opened = max(self._open) + 1
        self._open[opened] = _OpenFile(path, content or b"", content is None)
        self._mem().write_u32(result_at, opened)
        return SUCCESS

    def path_filestat_get(self, fd: int, _flags: int, path_at: int, size: int, result_at: int) -> int:
        path = self._path(fd, path_at, size)
        if path is None:
            return BAD_FD
        content = self.files.content(path)
        if content is None and self.files.names(path) is None:
            return NO_ENTRY
        kind = _FOLDER if content is None else _FILE
        status = struct.pack("<QQBxxxxxxxQQQQQ", 0, 0, kind, 1, len(content or b""), 0, 0, 0)
        self._mem().write(result_at, status)
        return SUCCESS

    def path_readlink(self, *_arguments: int) -> int:
        return INVALID

    def path_create_directory(self, *_arguments: int) -> int:
        return READ_ONLY

    def path_remove_directory(self, *_arguments: int) -> int:
        return READ_ONLY

    def path_rename(self, *_arguments: int) -> int:
        return READ_ONLY

    def path_unlink_file(self, *_arguments: int) -> int:
        return READ_ONLY
