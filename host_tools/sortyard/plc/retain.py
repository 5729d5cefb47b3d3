"""What survives a power cut: the retained variables with names and types, so that a changed program finds its own.

A block of data: `SYR1`, CRC-32 of all that follows, then the length of a JSON text (4 bytes each, little-endian), the
text {"hash": of the layout, "layout": [[name, type, offset, size], ...]}, and the bytes of the retain slice.
With the same layout the slice is copied whole. Else each variable is looked up by name, and taken if its type is the
same.
"""

import json
import os
import zlib
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from sortyard.errors import SortyardError
from sortyard.plc.image import Image
from sortyard.plc.watch import Watch

_MAGIC = b"SYR1"
_HEAD = 12
Row = tuple[str, str, int, int]
"""Name in upper case, type, offset in the slice, size. `BOOL.3` is bit 3 of its byte."""
_BIT = "BOOL."


class RetainError(SortyardError):
    """Retained data that cannot be used: cut short, changed, or of something else."""


@dataclass(slots=True)
class Migration:
    """What a warm start did: names of variables `kept`, `dropped` (gone or of another type), `new` (initial value)."""

    kept: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)


def layout_of(image: Image, memory: bytearray | memoryview) -> list[Row]:
    """The retained scalar variables, in the order of the image."""
    start, end = image.slices["retain"]
    rows = [
        (path.upper(), str(type_) if bit < 0 else f"{_BIT}{bit}", offset - start, type_.size)
        for path, offset, type_, bit in Watch(image, memory).scalars((start, end))
    ]
    return sorted(rows, key=lambda row: row[2])


def _hash(rows: list[Row]) -> str:
    return sha256(json.dumps(rows).encode()).hexdigest()


def pack(image: Image, memory: bytearray | memoryview) -> bytes:
    """The retained variables as data to store."""
    rows = layout_of(image, memory)
    text = json.dumps({"hash": _hash(rows), "layout": rows}, separators=(",", ":")).encode()
    start, end = image.slices["retain"]
    rest = len(text).to_bytes(4, "little") + text + bytes(memory[start:end])
    return _MAGIC + zlib.crc32(rest).to_bytes(4, "little") + rest


def unpack(data: bytes) -> tuple[list[Row], str, bytes]:
    """Layout, its hash and the slice. Raises RetainError."""
    rest = data[8:]
    if data[:4] != _MAGIC or len(data) < _HEAD or zlib.crc32(rest) != int.from_bytes(data[4:8], "little"):
        raise RetainError("the retained data is damaged or not of a PLC program", remedy="start cold")
    end = 4 + int.from_bytes(rest[:4], "little")
    told = json.loads(rest[4:end])
    return [tuple(row) for row in told["layout"]], told["hash"], rest[end:]


def restore(image: Image, memory: bytearray | memoryview, data: bytes) -> Migration:
    """Put stored data back into an image with its first content; tells what became of each variable."""
    stored, stored_hash, content = unpack(data)
    own = layout_of(image, memory)
    start, end = image.slices["retain"]
    if stored_hash == _hash(own) and len(content) == end - start:
        memory[start:end] = content
        return Migration(kept=[row[0] for row in own])
    known = {name: (type_, offset, size) for name, type_, offset, size in stored}
    report = Migration()
    for name, type_, offset, size in own:
        found = known.pop(name, None)
        is_bit = type_.startswith(_BIT)
        if found is None or not (
            found[0].startswith(_BIT) if is_bit else found[0] == type_ and found[2] == size
        ):
            report.new.append(name)
            report.dropped += [name] if found is not None else []
            continue
        if is_bit:
            bit, was = (int(text.removeprefix(_BIT)) for text in (type_, found[0]))
            memory[start + offset] &= ~(1 << bit)
            memory[start + offset] |= (content[found[1]] >> was & 1) << bit
        else:
            memory[start + offset : start + offset + size] = content[found[1] : found[1] + size]
        report.kept.append(name)
    report.dropped += list(known)
    return report


def save(path: Path, data: bytes) -> None:
    """Replace a file of retained data: a power cut leaves the old one or the new one, never half."""
    beside = path.with_name(f".{path.name}.new")
    with open(beside, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
