"""Functions of the host that a guest calls, its integers read where they are in memory.

wasmtime's Python binding makes objects of every argument and of its type at each call, which takes longer than a turn
of a control loop does in the guest. So functions are defined through its C API (`sortyard_c.guest_calls`).
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from sortyard_c.guest_calls import Fuel, GuestCall

if TYPE_CHECKING:
    from wasmtime import Linker, Store

_Finalizer = ctypes.CFUNCTYPE(None, ctypes.c_void_p)


class Callee(Protocol):
    """What wasmtime is to call: the addresses of a function, and of what it gets."""

    @property
    def callback(self) -> int: ...

    @property
    def data(self) -> int: ...


def fuel_of(store: Store, limit: int) -> Fuel:
    """The fuel of a store's guest, `limit` units at each time that it gets any."""
    from wasmtime import _ffi

    def address(pointer: Any) -> int:
        return ctypes.cast(pointer, ctypes.c_void_p).value or 0

    library = _ffi.dll
    functions = (library.wasmtime_context_get_fuel, library.wasmtime_context_set_fuel)
    return Fuel(address(store._context()), *map(address, functions), limit)


class Imports:
    """Defines functions in `linker`; to be kept for as long as a guest may call them.

    `check` is called before each of them. What it or a function raises goes to `keep`, and ends the guest with a trap.
    """

    def __init__(
        self, linker: Linker, check: Callable[[], None], keep: Callable[[BaseException], None]
    ) -> None:
        self._linker = linker
        self._check = check
        self._keep = keep
        self._callees: list[Callee] = []

    def define(
        self, module: str, name: str, letters: str, function: Callable[..., Any], has_result: bool = True
    ) -> None:
        """Let the guest call `function`, with an argument for each letter: i = 32 bits, q = 64 bits, both signed."""
        call = GuestCall(letters, function, has_result, self._check, self._fail)
        self.define_at(module, name, letters, call, has_result)

    def define_at(
        self, module: str, name: str, letters: str, callee: Callee, has_result: bool = True
    ) -> None:
        """Let the guest call what is compiled."""
        from wasmtime import FuncType, ValType, WasmtimeError, _ffi

        self._callees.append(callee)
        kinds = [ValType.i64() if letter == "q" else ValType.i32() for letter in letters]
        kind = FuncType(kinds, [ValType.i32()] if has_result else [])
        error = _ffi.wasmtime_linker_define_func_unchecked(
            self._linker.ptr(),
            ctypes.create_string_buffer(module.encode()),
            len(module),
            ctypes.create_string_buffer(name.encode()),
            len(name),
            kind.ptr(),
            _ffi.wasmtime_func_unchecked_callback_t(callee.callback),
            ctypes.c_void_p(callee.data),
            _Finalizer(),
        )
        if error:
            raise WasmtimeError._from_ptr(error)

    def _fail(self, error: BaseException) -> int:
        """Address of the trap that ends the guest."""
        from wasmtime import Trap

        self._keep(error)
        return ctypes.cast(Trap("the host has raised")._consume(), ctypes.c_void_p).value or 0
