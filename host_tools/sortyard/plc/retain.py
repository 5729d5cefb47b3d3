"""What survives a power cut: the retained variables with names and types, so that a changed program finds its own.

A block of data: `SYR2`, CRC-32 of all that follows, then the length of a JSON text (4 bytes each, little-endian), the
text {"hash": of layout and kinds, "layout": [[name, kind, offset, size, bit], ...], "kinds": [...], "targets": {...}},
and the bytes of the retain slice.

Each variable is looked up by its name, and taken if its type is the same. An enumeration may have got other numbers:
its value is looked up by name, too. A value must lie within its subrange. A reference or interface leads to the
variable of the same name and type as before, wherever that lies now. A string whose length has changed keeps its text,
or as much of it as it has room for. The slice is never copied whole: the instances in
it hold addresses, which another program may have elsewhere although it retains the same variables.
"""

import json
import os
import zlib
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from sortyard.errors import SortyardError
from sortyard.plc import codec
from sortyard.plc.image import Image
from sortyard.plc.types import BlockType, EnumType, InterfaceType, RefType, StringType, SubrangeType, Type
from sortyard.plc.watch import Watch

_MAGIC = b"SYR2"
_HEAD = 12


class Row(NamedTuple):
    """A retained scalar: name in upper case, `kind` (see `_kind`), offset in the slice, size, bit or -1."""

    name: str
    kind: list[Any]
    offset: int
    size: int
    bit: int


class Scalar(NamedTuple):
    """A retained scalar of a program that runs, with its path and type."""

    path: str
    type: Type
    row: Row


class RetainError(SortyardError):
    """Retained data that cannot be used: cut short, changed, or of something else."""


@dataclass(slots=True)
class Migration:
    """What a warm start did: names of variables `kept`, `dropped` (gone or of another type), `new` (initial value); of
    those that are kept, `cut` are strings that have lost their end.

    `is_same`: the data is of a program that retains the very same variables, by the hash of their layout.
    """

    kept: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)
    is_same: bool = False


def _kind(type_: Type) -> list[Any]:
    """A type as JSON: its name, then a subrange's bounds or an enumeration's values."""
    if isinstance(type_, EnumType):
        return [type_.name.upper(), type_.values]
    if isinstance(type_, SubrangeType):
        return [str(type_.base), type_.lower, type_.upper]
    return [str(type_)]


def layout_of(image: Image) -> str:
    """A hash of all that the image has, where and of which type: a whole image goes into no other program's."""
    scalars = Watch(image, bytearray(image.initial)).scalars()
    rows = [[path.upper(), _kind(type_), offset, type_.size, bit] for path, offset, type_, bit in scalars]
    return sha256(json.dumps([image.size, image.slices, rows]).encode()).hexdigest()


def _scalars(watch: Watch) -> list[Scalar]:
    """The retained scalar variables, in the order of the image."""
    start, end = watch.image.slices["retain"]
    found = [
        Scalar(path, type_, Row(path.upper(), _kind(type_), offset - start, type_.size, bit))
        for path, offset, type_, bit in watch.scalars((start, end))
    ]
    return sorted(found, key=lambda one: one.row.offset)


def pack(image: Image, memory: bytearray | memoryview) -> bytes:
    """The retained variables as data to store."""
    watch = Watch(image, memory)
    scalars = _scalars(watch)
    told = {**_layout(scalars), "targets": _targets(watch, scalars)}
    text = json.dumps(told, separators=(",", ":")).encode()
    start, end = image.slices["retain"]
    rest = len(text).to_bytes(4, "little") + text + bytes(memory[start:end])
    return _MAGIC + zlib.crc32(rest).to_bytes(4, "little") + rest


def _layout(scalars: list[Scalar]) -> dict[str, Any]:
    """Layout, kinds and their hash as JSON; each kind stands there once."""
    kinds: dict[str, int] = {}
    layout = [
        [row.name, kinds.setdefault(json.dumps(row.kind), len(kinds)), row.offset, row.size, row.bit]
        for _, _, row in scalars
    ]
    told = {"layout": layout, "kinds": [json.loads(kind) for kind in kinds]}
    return {"hash": sha256(json.dumps(told).encode()).hexdigest(), **told}


def _targets(watch: Watch, scalars: list[Scalar]) -> dict[str, list[str]]:
    """Name and type of the variable that each reference or interface leads to; none for one that is NULL."""
    found: dict[str, list[str]] = {}
    for path, type_, row in scalars:
        target = watch.target(path) if isinstance(type_, (RefType, InterfaceType)) else None
        if target is not None:
            found[row.name] = [target, str(watch.find(target)[1])]
    return found


class Stored(NamedTuple):
    """Retained data, taken apart: hash of the layout, `rows` by name, `targets` of references, bytes of the slice."""

    hash: str
    rows: dict[str, Row]
    targets: dict[str, list[str]]
    content: bytes


def unpack(data: bytes) -> Stored:
    """Take retained data apart. Raises RetainError."""
    rest = data[8:]
    if data[:4] != _MAGIC or len(data) < _HEAD or zlib.crc32(rest) != int.from_bytes(data[4:8], "little"):
        raise RetainError("the retained data is damaged or not of a PLC program", remedy="start cold")
    end = 4 + int.from_bytes(rest[:4], "little")
    told = json.loads(rest[4:end])
    rows = {name: Row(name, told["kinds"][kind], *place) for name, kind, *place in told["layout"]}
    return Stored(told["hash"], rows, told["targets"], rest[end:])


def restore(image: Image, memory: bytearray | memoryview, data: bytes) -> Migration:
    """Put stored data back into an image with its first content; tells what became of each variable."""
    stored = unpack(data)
    watch = Watch(image, memory)
    scalars = _scalars(watch)
    report = Migration(is_same=stored.hash == _layout(scalars)["hash"])
    for scalar in scalars:
        name = scalar.row.name
        value = _value(watch, scalar, stored)
        if value is None:
            report.new.append(name)
            continue
        _put(memory, image.slices["retain"][0] + scalar.row.offset, scalar.row.bit, value)
        report.kept.append(name)
        if isinstance(scalar.type, StringType) and _is_cut(scalar.type, stored, name):
            report.cut.append(name)
    kept = set(report.kept)
    report.dropped = [name for name in stored.rows if name not in kept]
    return report


def _put(memory: bytearray | memoryview, place: int, bit: int, value: bytes) -> None:
    if bit < 0:
        memory[place : place + len(value)] = value
    else:
        memory[place] = memory[place] & ~(1 << bit) | value[0] << bit


def _value(watch: Watch, scalar: Scalar, stored: Stored) -> bytes | None:
    """What a variable begins with; None if there is nothing stored that its type can have."""
    _, type_, own = scalar
    row = stored.rows.get(own.name)
    if row is not None and isinstance(type_, StringType):
        return _same_text(type_, row, stored)
    if row is None or row.kind[0] != own.kind[0] or row.size != own.size:
        return None
    value = stored.content[row.offset : row.offset + row.size]
    if row.bit >= 0:
        return bytes([value[0] >> row.bit & 1])
    if isinstance(type_, EnumType):
        return _same_name(type_, row.kind, value)
    if isinstance(type_, (RefType, InterfaceType)):
        return _same_target(watch, type_, stored.targets.get(own.name), value)
    is_within = not isinstance(type_, SubrangeType) or not codec.unfit(type_, _number(type_, value))
    return value if is_within else None


def _text(type_: StringType, row: Row, stored: Stored) -> str | None:
    """The stored text; None of what is no string of the same characters."""
    name = "WSTRING" if type_.is_wide else "STRING"
    if row.kind[0].partition("[")[0] != name:
        return None
    width = 2 if type_.is_wide else 1
    was = StringType(type_.is_wide, row.size // width - 1)
    return codec.read(bytearray(stored.content[row.offset : row.offset + row.size]), 0, was)


def _same_text(type_: StringType, row: Row, stored: Stored) -> bytes | None:
    """The stored text, or as much of it as there is room for."""
    text = _text(type_, row, stored)
    return None if text is None else codec.encode(type_, text[: type_.length])


def _is_cut(type_: StringType, stored: Stored, name: str) -> bool:
    return len(_text(type_, stored.rows[name], stored) or "") > type_.length


def _number(type_: Type, value: bytes) -> int:
    return codec.read(bytearray(value), 0, type_)


def _same_name(type_: EnumType, kind: list[Any], value: bytes) -> bytes | None:
    """The number that the value of this name has now; of a number without a name, itself if it still has none."""
    names: dict[str, int] = kind[1] if len(kind) == 2 else {}
    number = _number(type_, value)
    called = [name for name, its in names.items() if its == number]
    if not called:
        return value if number not in type_.values.values() else None
    now = [type_.values[name] for name in called if name in type_.values]
    return now[0].to_bytes(type_.size, "little", signed=type_.base.is_signed) if now else None


def _same_target(
    watch: Watch, type_: RefType | InterfaceType, target: list[str] | None, value: bytes
) -> bytes | None:
    """Where the variable of this name and type lies now; NULL stays NULL."""
    if target is None:
        return None if any(value) else value
    try:
        offset, found, bit = watch.find(target[0])
    except KeyError:
        return None
    if str(found) != target[1] or bit >= 0:
        return None
    number = found.pou.type_id if isinstance(type_, InterfaceType) and isinstance(found, BlockType) else 0
    return (offset | number << 32).to_bytes(type_.size, "little")


def beside(path: Path) -> Path:
    """The file that `save` writes before it takes the place of `path`."""
    return path.with_name(f".{path.name}.new")


def save(path: Path, data: bytes) -> None:
    """Replace a file of retained data: a power cut leaves the old one or the new one, never half.

    Raises OSError where it cannot be written; the old one is there as before then, and nothing beside it.
    """
    new = beside(path)
    try:
        with open(new, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, path)
    except OSError:
        new.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
