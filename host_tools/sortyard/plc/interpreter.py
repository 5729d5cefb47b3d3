"""Runs typed operations on the process image: the reference that says what a program means.

Plain on purpose: one method for each kind of operation, nothing cached, nothing clever.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sortyard.plc import codec, ir
from sortyard.plc.budget import Budget, trip_count
from sortyard.plc.conversions import convert
from sortyard.plc.faults import FaultKind, PlcFault
from sortyard.plc.layout import AREAS_START, CLOCK_OFFSET
from sortyard.plc.operators import binary, complement, default_of, negate, wrap
from sortyard.plc.symbols import Pou, Variable
from sortyard.plc.types import LTIME, ArrayType, BlockType, StructType, Type

if TYPE_CHECKING:
    from sortyard.plc.program import Compiled


class _Leave(Exception):
    """EXIT, CONTINUE or RETURN on its way out."""

    def __init__(self, kind: str) -> None:
        self.kind = kind


_RECURSION_LIMIT = 200_000
"""Python's own calls: for 60 of a program's, each in the depth of the deepest expression."""


@contextmanager
def deep_run() -> Iterator[None]:
    """Room for deep calls; those of Python's functions take none of the C stack."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _RECURSION_LIMIT))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


class Interpreter:
    """A Machine. `memory` is the image, then the units' work areas."""

    def __init__(self, compiled: "Compiled") -> None:
        work_size = max((pou.work_offset + pou.work_size for pou in compiled.pous), default=0)
        self.work_start = compiled.image.size
        self.memory = bytearray(compiled.image.initial) + bytearray(work_size)
        self.tasks = compiled.tasks
        self.templates = compiled.templates
        self.budget = Budget(0)
        self.pou: Pou | None = None
        self.instance = 0
        self._results: dict[Variable, Any] = {}
        self._enabled = 1
        # each method is named after the class of ir.py that it does: eval_shortcircuit, exec_storepart
        classes = {name.lower(): value for name, value in vars(ir).items()}
        names = [name for name in dir(self) if name.startswith(("eval_", "exec_"))]
        self._do = {classes[name[5:]]: getattr(self, name) for name in names}

    # ---- running ----

    def run(self, task: int, budget: int) -> None:
        """One run of a task; see Machine."""
        self.budget = Budget(budget)
        with deep_run():
            for instance in self.tasks[task].instances:
                assert instance.call is not None
                self.eval(instance.call)

    def body(self, pou: Pou, instance: int) -> None:
        """Run a unit's body on the instance at that image offset (0 for a function)."""
        outer = self.pou, self.instance
        self.pou, self.instance = pou, instance
        try:
            assert pou.body is not None
            self.block(pou.body)
        except _Leave:
            pass  # only RETURN comes this far: EXIT and CONTINUE stand inside of loops
        finally:
            self.pou, self.instance = outer

    def block(self, body: list[ir.Stmt]) -> None:
        for statement in body:
            self.do(statement)

    def do(self, statement: ir.Stmt) -> None:
        """Run one statement; a fault without a place gets the statement's."""
        try:
            self._do[type(statement)](statement)
        except PlcFault as fault:
            fault.span = fault.span or statement.span
            raise

    def eval(self, expr: ir.Expr) -> Any:
        """The value of an expression; a fault without a place gets the expression's."""
        try:
            return self._do[type(expr)](expr)
        except PlcFault as fault:
            fault.span = fault.span or expr.span
            raise

    # ---- places ----

    def address(self, place: ir.Place) -> int:
        """Offset of a place in `memory`, checked."""
        match place.base:
            case "image":
                start = 0
            case "self":
                start = self.instance
            case "local":
                assert self.pou is not None
                assert place.variable is not None
                start = self._variable(place.variable, self.pou, self.instance)
            case _:
                start = self._pointer(place)
        start += place.offset
        for indexing in place.indexings:
            start += self._index(indexing)
        if place.base == "pointer" and not AREAS_START <= start <= self.work_start - place.type.size:
            raise PlcFault(FaultKind.BAD_REFERENCE, f"{start} is not the place of a variable", place.span)
        return start

    def _pointer(self, place: ir.Place) -> int:
        assert place.pointer is not None
        target = self.eval(place.pointer)
        if target == 0:
            raise PlcFault(FaultKind.NULL_REFERENCE, "the reference is NULL", place.span)
        return target

    def _index(self, indexing: ir.Indexing) -> int:
        linear = 0
        for dimension, expr in enumerate(indexing.indices):
            lower, upper = self._bounds(indexing, dimension)
            index = self.eval(expr)
            if not lower <= index <= upper:
                detail = f"index {index} is not within {lower}..{upper}"
                raise PlcFault(FaultKind.INDEX_OUT_OF_BOUNDS, detail, indexing.span)
            linear = linear * (upper - lower + 1) + index - lower
        return linear * indexing.array.element.size

    def _bounds(self, indexing: ir.Indexing, dimension: int) -> tuple[int, int]:
        pair = indexing.array.bounds[dimension]
        if pair is not None:
            return pair
        assert indexing.descriptor is not None
        at = self.address(indexing.descriptor) + 8 * dimension
        data = self.memory
        return int.from_bytes(data[at : at + 4], "little", signed=True), int.from_bytes(
            data[at + 4 : at + 8], "little", signed=True
        )

    # ---- expressions ----

    def eval_const(self, expr: ir.Const) -> Any:
        return expr.value

    def eval_load(self, expr: ir.Load) -> Any:
        return codec.read(self.memory, self.address(expr.place), expr.type)

    def eval_readpart(self, expr: ir.ReadPart) -> int:
        at = self.address(expr.place)
        whole = int.from_bytes(self.memory[at : at + expr.place.type.size], "little")
        return (whole >> expr.shift) & ((1 << expr.width) - 1)

    def eval_addressof(self, expr: ir.AddressOf) -> int:
        return self.address(expr.place)

    def eval_negate(self, expr: ir.Negate) -> Any:
        return negate(expr.type, self.eval(expr.operand))

    def eval_complement(self, expr: ir.Complement) -> int:
        return complement(expr.type, self.eval(expr.operand))

    def eval_binary(self, expr: ir.Binary) -> Any:
        left = self.eval(expr.left)
        return binary(expr.op, expr.left.type, left, self.eval(expr.right))

    def eval_shortcircuit(self, expr: ir.ShortCircuit) -> int:
        left = self.eval(expr.left)
        decided = 0 if expr.op == "AND_THEN" else 1
        return left if left == decided else self.eval(expr.right)

    def eval_convert(self, expr: ir.Convert) -> Any:
        return convert(expr.operand.type, expr.type, self.eval(expr.operand))

    def eval_restrict(self, expr: ir.Restrict) -> int:
        value = self.eval(expr.operand)
        if not expr.lower <= value <= expr.upper:
            raise PlcFault(FaultKind.SUBRANGE, f"{value} is not within {expr.lower}..{expr.upper}")
        return value

    def eval_intrinsic(self, expr: ir.Intrinsic) -> Any:
        return expr.function(expr.type, *[self.eval(operand) for operand in expr.operands])

    def eval_clock(self, expr: ir.Clock) -> int:
        return codec.read(self.memory, CLOCK_OFFSET, LTIME)

    def eval_enabled(self, expr: ir.Enabled) -> int:
        return self._enabled

    def eval_calleevalue(self, expr: ir.CalleeValue) -> Any:
        return self._results[expr.variable]

    # ---- calls ----

    def eval_call(self, expr: ir.Call) -> Any:
        enabled = 1 if expr.enable is None else self.eval(expr.enable)
        result = self._call(expr) if enabled else None
        if expr.enable_out is not None:
            self._enabled = enabled
            self.do(expr.enable_out)
        return _nothing(expr.type) if result is None else result

    def eval_dispatch(self, expr: ir.Dispatch) -> Any:
        call = expr.call
        enabled = 1 if call.enable is None else self.eval(call.enable)
        result = self._call(call, expr) if enabled else None
        if call.enable_out is not None:
            self._enabled = enabled
            self.do(call.enable_out)
        return _nothing(call.type) if result is None else result

    def eval_interfaceof(self, expr: ir.InterfaceOf) -> int:
        address = self.address(expr.place)
        return address | self.eval(expr.type_id) << 32

    def _target(self, dispatch: ir.Dispatch) -> Pou:
        number = self.eval(dispatch.type_id)
        if number not in dispatch.targets:
            raise PlcFault(FaultKind.BAD_REFERENCE, f"{number} is not the type of an object", dispatch.span)
        return dispatch.targets[number]

    def _call(self, expr: ir.Call, dispatch: ir.Dispatch | None = None) -> Any:
        instance = self.address(expr.instance) if expr.instance is not None else 0
        pou = expr.pou if dispatch is None else self._target(dispatch)
        own = {v: pou.variables[v.name.upper()] for v in expr.pou.variables.values()} if dispatch else {}
        values = [(own.get(variable, variable), self.eval(value)) for variable, value in expr.inputs]
        references = [(own.get(v, v), self.address(place), place) for v, place in expr.references]
        self.budget.charge(1, expr.span)
        self._clear_locals(pou)
        for variable, value in values:
            codec.write(self.memory, self._variable(variable, pou, instance), variable.type, value)
        for variable, address, place in references:
            self._bind(self._variable(variable, pou, instance), variable, address, place)
        try:
            self.body(pou, instance)
        except PlcFault as fault:
            fault.span = expr.span if pou.is_library else fault.span
            raise
        result = 0 if pou.result is None else self._value(pou.result, pou, instance)
        results = {v: self._value(own.get(v, v), pou, instance) for v, _ in expr.outputs}
        for _, store in expr.outputs:
            self._results = results
            self.do(store)
        return result

    def _clear_locals(self, pou: Pou) -> None:
        """Give the variables of one call their initial values."""
        work, frame = self.templates[pou]
        at = self.work_start + pou.work_offset
        self.memory[at : at + len(work)] = work
        self.memory[pou.frame_offset : pou.frame_offset + len(frame)] = frame

    def _value(self, variable: Variable, pou: Pou, instance: int) -> Any:
        return codec.read(self.memory, self._variable(variable, pou, instance), variable.type)

    def _variable(self, variable: Variable, pou: Pou, instance: int) -> int:
        """The place of a callee's own variable."""
        match variable.storage:
            case "work":
                return self.work_start + pou.work_offset + variable.offset
            case "frame":
                return pou.frame_offset + variable.offset
            case "image":
                return variable.offset
            case "retain":
                assert pou.type is not None
                assert pou.type.retain_slot is not None
                slot = instance + pou.type.retain_slot
                return int.from_bytes(self.memory[slot : slot + 4], "little") + variable.offset
        return instance + variable.offset

    def _bind(self, slot: int, variable: Variable, address: int, place: ir.Place) -> None:
        """Store a reference, and the bounds for an open array."""
        data = address.to_bytes(4, "little")
        if isinstance(variable.type, ArrayType) and variable.type.is_open:
            assert isinstance(place.type, ArrayType)
            given = ir.Indexing(place.type, [], place.span, place.is_open)
            for dimension in range(len(place.type.bounds)):
                for end in self._bounds(given, dimension):
                    data += end.to_bytes(4, "little", signed=True)
        self.memory[slot : slot + len(data)] = data

    # ---- statements ----

    def exec_store(self, statement: ir.Store) -> None:
        value = self.eval(statement.value)
        codec.write(self.memory, self.address(statement.place), statement.place.type, value)

    def exec_storepart(self, statement: ir.StorePart) -> None:
        value = self.eval(statement.value)
        at, size = self.address(statement.place), statement.place.type.size
        mask = ((1 << statement.width) - 1) << statement.shift
        whole = int.from_bytes(self.memory[at : at + size], "little") & ~mask
        self.memory[at : at + size] = (whole | value << statement.shift).to_bytes(size, "little")

    def exec_evaluate(self, statement: ir.Evaluate) -> None:
        self.eval(statement.value)

    def exec_if(self, statement: ir.If) -> None:
        for condition, body in statement.branches:
            if self.eval(condition):
                self.block(body)
                return
        self.block(statement.otherwise)

    def exec_case(self, statement: ir.Case) -> None:
        value = self.eval(statement.selector)
        for ranges, body in statement.branches:
            if any(lower <= value <= upper for lower, upper in ranges):
                self.block(body)
                return
        self.block(statement.otherwise)

    def exec_fault(self, statement: ir.Fault) -> None:
        raise PlcFault(statement.kind, statement.detail, statement.span)

    def exec_jump(self, statement: ir.Jump) -> None:
        raise _Leave(statement.kind)

    def _turn(self, body: list[ir.Stmt]) -> bool:
        """One turn of a loop; True if EXIT ended it."""
        try:
            self.block(body)
        except _Leave as leaving:
            if leaving.kind == "RETURN":
                raise
            return leaving.kind == "EXIT"
        return False

    def exec_while(self, statement: ir.While) -> None:
        while self.eval(statement.condition):
            self.budget.charge(1, statement.span)
            if self._turn(statement.body):
                return

    def exec_repeat(self, statement: ir.Repeat) -> None:
        while True:
            self.budget.charge(1, statement.span)
            if self._turn(statement.body) or self.eval(statement.until):
                return

    def exec_for(self, statement: ir.For) -> None:
        start, end, step = self.eval(statement.start), self.eval(statement.end), self.eval(statement.step)
        if step == 0:
            raise PlcFault(FaultKind.DOMAIN, "the step of FOR is 0", statement.step.span)
        at, type_ = self.address(statement.place), statement.place.type
        codec.write(self.memory, at, type_, start)
        trips = trip_count(start, end, step)
        self.budget.charge(trips, statement.span)
        for _ in range(trips):
            if self._turn(statement.body):
                return
            value = wrap(type_, codec.read(self.memory, at, type_) + step)
            codec.write(self.memory, at, type_, value)
            if value > end if step > 0 else value < end:
                return


def _nothing(type_: Type) -> Any:
    """What a call yields that EN kept from running."""
    if isinstance(type_, (ArrayType, StructType, BlockType)):
        return bytes(type_.size)
    return default_of(type_)
