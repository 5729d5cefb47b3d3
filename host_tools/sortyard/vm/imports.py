"""Functions of the host that a guest calls, its integers read where they are in memory.

wasmtime's Python binding makes objects of every argument and of its type at each call, which takes longer than a turn
of a control loop does in the guest. So functions are defined through its C API, whose values have 16 bytes each
(`wasmtime_val_raw_t`): the arguments, and then in the place of the first one the result.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from struct import Struct
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wasmtime import Linker

_VALUE_BYTES = 16
_FORMATS = {"i": "i12x", "q": "q8x"}
_Callback = ctypes.CFUNCTYPE(
    ctypes.c_size_t, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t
)
_Finalizer = ctypes.CFUNCTYPE(None, ctypes.c_void_p)


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
        self._callbacks: list[Any] = []

    def define(
        self, module: str, name: str, letters: str, function: Callable[..., Any], has_result: bool = True
    ) -> None:
        """Let the guest call `function`, with an argument for each letter: i = 32 bits, q = 64 bits, both signed."""
        from wasmtime import FuncType, ValType, WasmtimeError, _ffi

        kinds = [ValType.i64() if letter == "q" else ValType.i32() for letter in letters]
        kind = FuncType(kinds, [ValType.i32()] if has_result else [])
        callback = self._callback(letters, function, has_result)
        self._callbacks.append(callback)
        error = _ffi.wasmtime_linker_define_func_unchecked(
            self._linker.ptr(),
            ctypes.create_string_buffer(module.encode()),
            len(module),
            ctypes.create_string_buffer(name.encode()),
            len(name),
            kind.ptr(),
            ctypes.cast(callback, _ffi.wasmtime_func_unchecked_callback_t),
            None,
            _Finalizer(),
        )
        if error:
            raise WasmtimeError._from_ptr(error)

    def _callback(self, letters: str, function: Callable[..., Any], has_result: bool) -> Any:
        from wasmtime import Trap

        arguments = Struct("<" + "".join(_FORMATS[letter] for letter in letters)).unpack
        size = _VALUE_BYTES * len(letters)
        check, keep = self._check, self._keep
        bytes_at, result_at = ctypes.string_at, ctypes.c_int32.from_address

        def call(_data: int, _caller: int, values: int, _count: int) -> int:
            try:
                check()
                result = function(*arguments(bytes_at(values, size)))
                if has_result:
                    result_at(values).value = result
            except BaseException as error:
                keep(error)
                return ctypes.cast(Trap("the host has raised")._consume(), ctypes.c_void_p).value or 0
            return 0

        return _Callback(call)
