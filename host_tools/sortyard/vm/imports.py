"""Functions of the host that a guest calls, its integers read where they are in memory.

wasmtime's Python binding makes objects of every argument and of its type at each call, which takes longer than a turn
of a control loop does in the guest, and it calls Python from within the guest. So functions are defined through its C
API, and a guest that calls one stands until it is answered (`sortyard_c.guest_calls`).
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from sortyard_c.guest_calls import Fuel, GuestCall, GuestTask

if TYPE_CHECKING:
    from wasmtime import Func, Instance, Linker, Module, Store

_Finalizer = ctypes.CFUNCTYPE(None, ctypes.c_void_p)


class Callee(Protocol):
    """What wasmtime is to call: the addresses of a function, and of what it gets."""

    @property
    def callback(self) -> int: ...

    @property
    def data(self) -> int: ...


def _address(pointer: Any) -> int:
    return ctypes.cast(pointer, ctypes.c_void_p).value or 0


def fuel_of(store: Store, limit: int) -> Fuel:
    """The fuel of a store's guest, `limit` units at each time that it gets any."""
    from wasmtime import _ffi

    library = _ffi.dll
    functions = (library.wasmtime_context_get_fuel, library.wasmtime_context_set_fuel)
    return Fuel(_address(store._context()), *map(_address, functions), limit)


def task_of() -> GuestTask:
    """For the calls of one guest's functions, one after the other."""
    from wasmtime import _ffi

    library = _ffi.dll
    return GuestTask(
        _address(library.wasmtime_call_future_poll), _address(library.wasmtime_call_future_delete)
    )


class _Way:
    """How a call of a guest has ended: wasmtime writes it there."""

    def __init__(self) -> None:
        from wasmtime import _ffi

        self._trap = ctypes.POINTER(_ffi.wasm_trap_t)()
        self._error = ctypes.POINTER(_ffi.wasmtime_error_t)()
        self.places = ctypes.byref(self._trap), ctypes.byref(self._error)

    def judge(self) -> None:
        """Raise what the guest has ended by, if anything."""
        from wasmtime import Trap, WasmtimeError

        if self._error:
            raise WasmtimeError._from_ptr(self._error)
        if self._trap:
            raise Trap._from_ptr(self._trap)


def instance_of(linker: Linker, store: Store, module: Module) -> Instance:
    """A guest that has not begun yet; no function of Python may be called by its beginning."""
    from wasmtime import Instance, _ffi

    way, instance, task = _Way(), _ffi.wasmtime_instance_t(), task_of()
    future = _ffi.wasmtime_linker_instantiate_async(
        linker.ptr(), store._context(), module.ptr(), ctypes.byref(instance), *way.places
    )
    task.begin(_address(future))
    try:
        task.go_on()
    finally:
        task.end()
    way.judge()
    return Instance._from_raw(instance)


def begin(task: GuestTask, store: Store, function: Func) -> Callable[[], None]:
    """Have `task` call a function of the guest, which takes nothing and returns nothing.

    What is returned is to be called when the guest has ended: it raises what wasmtime raises.
    """
    from wasmtime import _ffi

    way = _Way()
    future = _ffi.wasmtime_func_call_async(
        store._context(), ctypes.byref(function._func), None, 0, None, 0, *way.places
    )
    task.begin(_address(future))
    return way.judge


class Imports:
    """Defines functions in `linker` for the guest of `task`; to be kept for as long as it may call them."""

    def __init__(self, linker: Linker, task: GuestTask) -> None:
        self._linker = linker
        self._task = task
        self._callees: list[Callee] = []

    def define(
        self, module: str, name: str, letters: str, function: Callable[..., Any], has_result: bool = True
    ) -> GuestCall:
        """Let the guest call `function`, with an argument for each letter: i = 32 bits, q = 64 bits, both signed."""
        from wasmtime import _ffi

        callee = GuestCall(len(letters), function, has_result, self._task)
        callback = _ffi.wasmtime_func_async_callback_t(callee.callback)
        self._define(
            _ffi.wasmtime_linker_define_async_func, callback, module, name, letters, callee, has_result
        )
        return callee

    def define_at(self, module: str, name: str, letters: str, callee: Callee) -> None:
        """Let the guest call what is compiled and tells at once; it has a result."""
        from wasmtime import _ffi

        callback = _ffi.wasmtime_func_unchecked_callback_t(callee.callback)
        self._define(
            _ffi.wasmtime_linker_define_func_unchecked, callback, module, name, letters, callee, True
        )

    def _define(
        self,
        define: Callable[..., Any],
        callback: Any,
        module: str,
        name: str,
        letters: str,
        callee: Callee,
        has_result: bool,
    ) -> None:
        from wasmtime import FuncType, ValType, WasmtimeError

        self._callees.append(callee)
        kinds = [ValType.i64() if letter == "q" else ValType.i32() for letter in letters]
        kind = FuncType(kinds, [ValType.i32()] if has_result else [])
        error = define(
            self._linker.ptr(),
            ctypes.create_string_buffer(module.encode()),
            len(module),
            ctypes.create_string_buffer(name.encode()),
            len(name),
            kind.ptr(),
            callback,
            ctypes.c_void_p(callee.data),
            _Finalizer(),
        )
        if error:
            raise WasmtimeError._from_ptr(error)
