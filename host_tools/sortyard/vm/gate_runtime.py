"""The gate logic in a real MicroPython: the third runtime beside the compiled and the pure one.

The guest owns the loop (a virtual machine cannot be paused), so the host hands over two functions:

    def prepare(inbox) -> bool: ...    # fill in the next inbox; False ends the run
    def finish(outbox) -> None: ...    # take what the step said

    cost = run_in_vm(config, prepare, finish)

Both get a view of the guest's own memory, to be used only until they return. An exchange costs the host
some 25 us on top of the step; `replay_in_vm` moves many steps at once, `run_zones_in_vm` has the gate logics of
all zones of a line.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import resources

from sortyard.vm.errors import VmError
from sortyard.vm.files import package_files
from sortyard.vm.machine import DEFAULT_HEAP_BYTES, MicroPythonVM
from sortyard.vm.step_cost import StepCost, StepCostMeter
from sortyard.vm.trace import IN_HEAD, RECORD, batches, turns

INBOX_RECORDS = 64
OUTBOX_INTS = 5 + 5 * 256  # sorter_core.exchange.OUTBOX_INTS: whatever one step may say
_BATCH_IN_INTS = 1 << 17
_BATCH_OUT_INTS = 1 << 17
_IDLE_TURNS = 16
_FUEL_LIMIT = 20_000_000_000  # some seconds: only an endless loop needs more between two host calls

Prepare = Callable[[memoryview], bool]
Finish = Callable[[memoryview], None]
PrepareZone = Callable[[memoryview], int]
FinishZone = Callable[[int, memoryview], None]


@dataclass(frozen=True, slots=True)
class VmReplay:
    """Result of a replay: all outboxes one after the other, and what the guest's heap grew by."""

    outboxes: array[int]
    steps: int
    allocated_bytes: int


def run_in_vm(
    config: Sequence[int],
    prepare: Prepare,
    finish: Finish,
    *,
    inbox_records: int = INBOX_RECORDS,
    is_heap_locked: bool = True,
) -> StepCost:
    """Run the gate logic of `config` (from `sortyard.config.compile`) until `prepare` returns False.

    `prepare` gets an inbox for up to `inbox_records` inputs and is called before each step, `finish` after
    it. The heap is locked around the steps, as a board's control loop has it: a step that allocates fails
    with the guest's MemoryError and its line, and calls keep their frames on the stack, which nearly
    halves their cost. Inputs beyond 30 bits, which need allocated integers, go with `is_heap_locked=False`.
    Exceptions of both functions come out unchanged; see `MicroPythonVM.run` for the others.
    """
    return run_zones_in_vm(
        [config],
        lambda inbox: 0 if prepare(inbox) else -1,
        lambda _zone, outbox: finish(outbox),
        inbox_records=inbox_records,
        is_heap_locked=is_heap_locked,
    )


def run_zones_in_vm(
    configs: Sequence[Sequence[int]],
    prepare: PrepareZone,
    finish: FinishZone,
    *,
    inbox_records: int = INBOX_RECORDS,
    is_heap_locked: bool = True,
) -> StepCost:
    """As `run_in_vm` with a gate logic of each of the `configs` in one virtual machine.

    `prepare` returns the number of the one that is to make the step, -1 at the end; `finish` gets it again.
    """
    inbox_ints = IN_HEAD + RECORD * inbox_records
    host = _LiveHost(configs, prepare, finish, inbox_ints, is_heap_locked)
    _run(host)
    return host.meter.result()


def measure_in_vm(config: Sequence[int], trace: array[int], *, is_heap_locked: bool = True) -> StepCost:
    """Replay a recorded trace step by step, measuring the fuel of each. See `run_in_vm`."""
    steps = iter(list(turns(trace)))
    whole = memoryview(trace)

    def prepare(inbox: memoryview) -> bool:
        for start, end in steps:
            inbox[: end - start] = whole[start:end]
            return True
        return False

    longest = max((end - start for start, end in turns(trace)), default=IN_HEAD)
    return run_in_vm(
        config,
        prepare,
        lambda _outbox: None,
        inbox_records=(longest - IN_HEAD) // RECORD,
        is_heap_locked=is_heap_locked,
    )


def replay_in_vm(config: Sequence[int], trace: array[int]) -> VmReplay:
    """Replay a recorded trace in large batches and return every outbox; 100,000 steps take a few seconds."""
    host = _BatchHost(config, trace)
    _run(host)
    return VmReplay(host.outboxes, sum(1 for _ in turns(trace)), host.meter.allocated_bytes)


class _Host:
    """The host's half of `guest_gate.py`; subclasses say what happens in a turn."""

    is_batched = False
    is_heap_locked = False

    def __init__(self, configs: Sequence[Sequence[int]], inbox_ints: int, outbox_ints: int) -> None:
        self.meter = StepCostMeter()
        self._configs = [array("i", config) for config in configs]
        self._sizes = (inbox_ints, outbox_ints, 2, *map(len, self._configs))
        self._idle_turns = 0
        self.vm: MicroPythonVM
        self.inbox: memoryview
        self.outbox: memoryview
        self.span: memoryview

    def turn(self, fuel: int) -> bool:
        """Take the outbox of the last step, which used `fuel`, and fill the next inbox; False at the end."""
        raise NotImplementedError

    def answer(self, name: str, text: str) -> str:
        """Answer the guest's calls: `turn` very often, the others once."""
        if name == "turn":
            fuel = self.vm.fuel_used()
            is_more = self.turn(fuel) if self._idle_turns > _IDLE_TURNS else self._calibrate(fuel)
            self.vm.refuel()
            return name if is_more else ""
        if name == "setup":
            return " ".join(str(int(one)) for one in (self.is_batched, self.is_heap_locked, *self._sizes))
        if name == "addresses":
            self._locate([int(word) for word in text.split()])
        elif name == "allocated":
            self.meter.allocated_bytes = int(text)
        return ""

    def _calibrate(self, fuel: int) -> bool:
        """The guest turns idly at first: what that takes is the loop's, not the step's."""
        self.meter.overhead_fuel = fuel
        self._idle_turns += 1
        return self._idle_turns <= _IDLE_TURNS

    def _locate(self, addresses: list[int]) -> None:
        self.inbox, self.outbox, self.span, *configs = (
            self.vm.memory.ints(address, size) for address, size in zip(addresses, self._sizes, strict=True)
        )
        for there, config in zip(configs, self._configs, strict=True):
            there[:] = memoryview(config)


class _LiveHost(_Host):
    def __init__(
        self,
        configs: Sequence[Sequence[int]],
        prepare: PrepareZone,
        finish: FinishZone,
        inbox_ints: int,
        is_heap_locked: bool,
    ) -> None:
        super().__init__(configs, inbox_ints, OUTBOX_INTS)
        self.is_heap_locked = is_heap_locked
        self._prepare = prepare
        self._finish = finish
        self._zone = -1

    def turn(self, fuel: int) -> bool:
        if self._zone >= 0:
            self.meter.add(fuel)
            self._finish(self._zone, self.outbox)
        self._zone = self._prepare(self.inbox)
        self.span[0] = max(self._zone, 0)
        return self._zone >= 0


class _BatchHost(_Host):
    is_batched = True

    def __init__(self, config: Sequence[int], trace: array[int]) -> None:
        super().__init__([config], _BATCH_IN_INTS, _BATCH_OUT_INTS)
        self.outboxes = array("i")
        self._trace = memoryview(trace)
        self._batches = batches(trace, _BATCH_IN_INTS)

    def turn(self, fuel: int) -> bool:
        used = self.outbox[0]
        if used > 1:
            self.outboxes.frombytes(self.outbox[1:used].cast("B"))
        self.outbox[0] = 1
        if self.span[0] < self.span[1]:
            return True
        for start, end in self._batches:
            if end - start > len(self.inbox):
                raise VmError(f"a step with {self._trace[start]} inputs is too long", "record shorter steps")
            self.inbox[: end - start] = self._trace[start:end]
            self.span[0], self.span[1] = 0, end - start
            return True
        return False


def _run(host: _Host) -> None:
    program = (resources.files("sortyard.vm") / "guest_gate.py").read_bytes()
    files = {**package_files("sorter_core"), "/guest_gate.py": program}
    with MicroPythonVM(
        files, host_call=host.answer, heap_bytes=DEFAULT_HEAP_BYTES, fuel_limit=_FUEL_LIMIT
    ) as vm:
        host.vm = vm
        vm.run("/guest_gate.py")
