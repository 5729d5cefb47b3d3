"""Calls of units: a FUNCTION is a C function of its inputs, a block one of its instance."""

from sortyard.plc import ir
from sortyard.plc.c.code import ON_STACK, Group, Operand, Text, Value
from sortyard.plc.c.intrinsics import Intrinsics
from sortyard.plc.c.names import identifier, scalar
from sortyard.plc.c.places import Spot
from sortyard.plc.faults import FaultKind
from sortyard.plc.layout import slot_of
from sortyard.plc.operators import default_of
from sortyard.plc.source import Span
from sortyard.plc.symbols import Pou, Variable
from sortyard.plc.types import ArrayType, StringType, Type, plain

BUDGET_DETAIL = "the scan's budget of loop turns and calls is used up"


class Calls(Intrinsics):
    """Adds `call`, `store_value` and the budget. `budget` is the C variable that counts down.

    `counted` is False where the budget is known to last for all that runs.
    """

    budget = "plc->left"
    counted = True
    _results: dict[Variable, Operand]

    def initial_value(self, pou: Pou, variable: Variable) -> bytes:
        """What a variable of one call starts with."""
        raise NotImplementedError

    def function_name(self, pou: Pou) -> str:
        """The C function of a unit."""
        name = self.unit.structs.functions.of(pou, pou.name)
        return f"plc_{'run' if self.counted else 'fast'}_{name}"

    def charge(self, turns: str, span: Span) -> None:
        """Take loop turns or a call from the budget."""
        if not self.counted:
            return
        self.check(f"{self.budget} < {turns}", FaultKind.BUDGET, span, BUDGET_DETAIL)
        self.emit(f"{self.budget} -= {turns};")

    # ---- storing ----

    def store_value(self, spot: Spot, value: Operand) -> None:
        """Replace the value at a spot."""
        type_ = plain(spot.type)
        if isinstance(value, Text):
            assert isinstance(type_, StringType)
            width = 16 if type_.is_wide else 8
            self.emit(f"plc_store{width}({spot.address}, {type_.length + 1}, {value.at}, {value.length});")
        elif isinstance(value, Group):
            self.emit(f"memmove({spot.address}, {value.at}, {spot.type.size});")
        else:
            text = value.text
            if value.ctype in ("float", "double") and not (value.is_number or spot.is_own):
                text = f"plc_real{32 if value.ctype == 'float' else 64}({text})"
            self.emit(f"{spot.lvalue} = {text};")
        self.clobbers += 1

    # ---- calls ----

    def call(self, expr: ir.Call, dispatch: ir.Dispatch | None = None) -> Operand:
        """The value of a call, in a variable of its own."""
        if expr.enable is None:
            found = self._called(expr, dispatch)
            self._tell_enabled(expr, "1")
            return found
        enabled = self.temporary(self.whole(expr.enable), "enabled")
        result = self._result_variable(expr.type)
        with self.aside() as lines:
            value = self._called(expr, dispatch)
            if result is not None:
                self.store_value(result, value)
        self.out += [f"if ({enabled.text}) {{", lines, "}"]
        self._tell_enabled(expr, enabled.text)
        if result is None:
            return Value("0", "int32_t", 0, 0, is_stable=True)
        found = self.read(result)
        found.is_stable = True
        return found

    def _tell_enabled(self, expr: ir.Call, enabled: str) -> None:
        if expr.enable_out is not None:
            self.enabled = enabled
            self.statement(expr.enable_out)

    def statement(self, statement: ir.Stmt) -> None:
        raise NotImplementedError

    def _result_variable(self, type_: Type) -> Spot | None:
        """A C variable for the result of a call that may not happen; holds what it is then."""
        if str(type_) == "nothing":
            return None
        spot = self._room(type_, "r")
        if scalar(type_) is None:
            self.emit(f"memset(&{spot.text}, 0, sizeof {spot.text});")
        else:
            value = default_of(type_)
            self.emit(f"{spot.text} = {ord(value) if isinstance(value, str) else int(value)};")
        return spot

    def _room(self, type_: Type, stem: str) -> Spot:
        """A C variable for a result; a large one in the program's work area."""
        structs = self.unit.structs
        if scalar(type_) is not None or type_.size <= ON_STACK:
            name = self.names.fresh(stem)
            self.emit(f"{structs.declare(type_, name)};")
            return Spot(name, type_)
        name, room = self.names.fresh(stem), self.buffer(type_.size, False)
        self.emit(f"{structs.pointer(type_, f'const {name}')} = ({structs.pointer(type_, '')}){room};")
        return Spot(f"(*{name})", type_)

    def _called(self, expr: ir.Call, dispatch: ir.Dispatch | None) -> Operand:
        pou = expr.pou
        instance = self._instance(expr.instance)
        number = self._type_number(dispatch) if dispatch is not None else ""
        values = self.operands([value for _, value in expr.inputs])
        mark, before = len(self.out), self.clobbers
        references = [self._reference(variable, place) for variable, place in expr.references]
        if self.clobbers != before:
            lines = self.out[mark:]
            del self.out[mark:]
            values = [self.kept(value) for value in values]
            self.out += lines
        self.charge("1", expr.span)
        for target in dispatch.targets.values() if dispatch is not None else [pou]:
            self._tell_caller(target, expr.span)
        inputs = [(variable, value) for (variable, _), value in zip(expr.inputs, values, strict=True)]
        targets = dispatch.targets if dispatch is not None else {0: pou}
        if instance is None or pou.type is None:
            return self._function(expr, inputs, references, instance, number, targets)
        self._block(expr, instance, inputs, references, number, targets)
        return Value("0", "int32_t", 0, 0, is_stable=True)

    def _type_number(self, dispatch: ir.Dispatch) -> str:
        """The number of the object's type, checked to be one that has the method."""
        number = self.temporary(self.whole(dispatch.type_id)).text
        wrong = " && ".join(f"{number} != {known}" for known in dispatch.targets) or "1"
        detail = "{value} is not the type of an object"
        self.check(wrong, FaultKind.BAD_REFERENCE, dispatch.span, detail, number)
        return number

    def _tell_caller(self, pou: Pou, span: Span) -> None:
        """A fault inside of the library has its place at the user's call."""
        if self.function_name(pou) not in self.unit.faulting:
            return
        self.may_fault = True
        if pou.is_library and not (self.unit.pou and self.unit.pou.is_library):
            self.emit(f"plc->caller = {self.site(FaultKind.DOMAIN, span, '')};")

    def _instance(self, place: ir.Place | None) -> str | None:
        """A pointer to the block's instance, computed once."""
        if place is None:
            return None
        spot = self.spot(place)
        pointer = (
            f"(({self.unit.structs.declare(place.type, '*')})({spot.address}))"
            if spot.is_raw
            else spot.address
        )
        if place.indexings or spot.is_raw:
            name = self.names.fresh("block")
            self.emit(f"{self.unit.structs.pointer(place.type, f'const {name}')} = {pointer};")
            return name
        return pointer

    def _reference(self, variable: Variable, place: ir.Place) -> tuple[Variable, str, str | None]:
        """(variable, pointer, bounds of an open array) of a VAR_IN_OUT."""
        spot = self.spot(place)
        type_ = variable.type
        structs = self.unit.structs
        is_open = isinstance(type_, ArrayType) and type_.is_open
        target = type_.element if isinstance(type_, ArrayType) and is_open else type_
        name = self.names.fresh("to")
        pointer = structs.pointer(target, name)
        kind = structs.pointer(target, "")
        at = spot.text if spot.is_raw or (is_open and place.is_open) else f"&{spot.text}"
        self.emit(f"{pointer} = ({kind})({at});")
        if spot.is_raw and place.type.align > 1:
            wrong = f"((uintptr_t){name} & {place.type.align - 1}) != 0"
            self.check(wrong, FaultKind.BAD_REFERENCE, place.span, "the reference is not aligned")
        return variable, name, self._bounds_of(place) if is_open else None

    def _bounds_of(self, place: ir.Place) -> str:
        """A C array with both ends of each dimension of an array that is given as an open one."""
        assert isinstance(place.type, ArrayType)
        name = self.names.fresh("bounds")
        ends = []
        for dimension, pair in enumerate(place.type.bounds):
            if pair is not None:
                ends += [str(pair[0]), str(pair[1])]
            else:
                assert place.variable is not None
                own = f"plc_bounds_{self.local_names[place.variable]}"
                ends += [f"{own}[{2 * dimension}]", f"{own}[{2 * dimension + 1}]"]
        self.emit(f"const int32_t {name}[{len(ends)}] = {{{', '.join(ends)}}};")
        return name

    def _function(
        self,
        expr: ir.Call,
        inputs: list[tuple[Variable, Operand]],
        references: list,
        instance: str | None,
        number: str,
        targets: dict[int, Pou],
    ) -> Operand:
        """Call a function, or a method: of several targets the one with the object's number."""
        pou = expr.pou
        given = {variable.name.upper(): value for variable, value in inputs}
        bound = {variable.name.upper(): (name, bounds) for variable, name, bounds in references}
        outputs = {
            variable: self._room(variable.type, "out" if variable.section == "VAR_OUTPUT" else "r")
            for variable in results_of(pou)
        }
        rooms = {variable.name.upper(): spot for variable, spot in outputs.items()}
        if pou.result is not None:
            rooms[""] = outputs[pou.result]
        calls: dict[int, str] = {}
        for known, target in targets.items():
            arguments = ["plc", *self._object(target, instance), *self._arguments(target, given, bound)]
            for variable in results_of(target):
                arguments.append(f"&{rooms['' if variable is target.result else variable.name.upper()].text}")
            calls[known] = f"{self.function_name(target)}({', '.join(arguments)});"
        self._choose(number, calls)
        self._outputs(expr, None, outputs)
        if pou.result is None:
            return Value("0", "int32_t", 0, 0, is_stable=True)
        found = self.read(outputs[pou.result])
        found.is_stable = True
        return found

    def _choose(self, number: str, calls: dict[int, str]) -> None:
        """Of several calls the one with the object's number; without a number there is one."""
        if number:
            self.out += [
                f"switch ({number}) {{",
                [f"case {k}: {call} break;" for k, call in calls.items()],
                "}",
            ]
        else:
            self.out += calls.values()
        self.clobbers += 1

    def _object(self, target: Pou, instance: str | None) -> list[str]:
        """The object of a method, as one of the type that declares it."""
        if target.block is None:
            return []
        return [f"({self.unit.structs.struct(target.block)} *)({instance})"]

    def _arguments(self, pou: Pou, given: dict[str, Operand], bound: dict) -> list[str]:
        """What a unit's C function gets, in the order of its variables."""
        arguments: list[str] = []
        for variable in pou.variables.values():
            key = variable.name.upper()
            if variable.by_reference:
                arguments += [part for part in bound[key] if part is not None]
            elif variable.section == "VAR_INPUT" and variable.storage in ("work", "frame"):
                arguments += self._passed(given[key] if key in given else self._initial(pou, variable))
        return arguments

    def _passed(self, value: Operand) -> list[str]:
        if isinstance(value, Text):
            return [value.at, value.length]
        return [value.at] if isinstance(value, Group) else [value.text]

    def _initial(self, pou: Pou, variable: Variable) -> Operand:
        """The value of an input that is not given."""
        data = self.initial_value(pou, variable)
        type_ = plain(variable.type)
        if isinstance(type_, StringType):
            width = type_.align
            units = [int.from_bytes(data[i : i + width], "little") for i in range(0, len(data), width)]
            return self.string_constant(type_, "".join(map(chr, units)).partition("\0")[0])  # pyright: ignore
        if scalar(type_) is None:
            return Group(self.bytes_constant(data), type_.size, is_stable=True)
        return Value(scalar_text(type_, data), scalar(type_) or "", is_stable=True, is_number=True)

    def _block(
        self,
        expr: ir.Call,
        instance: str,
        inputs: list[tuple[Variable, Operand]],
        references: list,
        number: str,
        targets: dict[int, Pou],
    ) -> None:
        """Call a block's body: of several targets the one with the object's number."""
        pou = expr.pou
        assert pou.type is not None
        kept = [value if i == 0 else self.kept(value) for i, (_, value) in enumerate(inputs)]
        arguments: list[str] = []
        for (variable, _), value in zip(inputs, kept, strict=True):
            self.store_value(self._member_spot(instance, pou, variable), value)
        bound = {variable: (name, bounds) for variable, name, bounds in references}
        for variable in (v for v in pou.variables.values() if v in bound):
            name, bounds = bound[variable]
            self._bind(instance, variable, name, bounds)
            arguments += [part for part in (name, bounds) if part is not None]
        calls = {}
        for known, target in targets.items():
            given = ", ".join(["plc", *self._object(target, instance), *arguments])
            calls[known] = f"{self.function_name(target)}({given});"
        self._choose(number, calls)
        self._outputs(expr, instance, {})

    def _member_spot(self, instance: str, pou: Pou, variable: Variable) -> Spot:
        """A variable of a block, seen from outside."""
        if variable.storage == "instance":
            return Spot(_member_of(instance, identifier(variable.name)), variable.type)
        if variable.storage == "image":
            return Spot(f"(uint8_t *)plc + {variable.offset}", variable.type, True)
        assert variable.storage == "retain"
        slot = _member_of(instance, "plc_retained")
        end = variable.offset + variable.type.size
        at = f"(uint8_t *)plc + plc_retained(plc, {slot}, {end}) + {variable.offset}"
        return Spot(at, variable.type, True)

    def _bind(self, instance: str, variable: Variable, name: str, bounds: str | None) -> None:
        """Keep the reference in the block's own slot."""
        member = _member_of(instance, identifier(variable.name))
        self.emit(f"{member} = plc_offset(plc, {name});")
        if bounds is not None:
            size = slot_of(variable)[0] - 4
            self.emit(f"memcpy({member}_bounds, {bounds}, {size});")
        self.clobbers += 1

    def _outputs(self, expr: ir.Call, instance: str | None, outputs: dict[Variable, Spot]) -> None:
        """All outputs are read before the first one is stored."""
        results: dict[Variable, Operand] = {}
        for variable, _ in expr.outputs:
            if variable not in results:
                spot = (
                    outputs[variable] if instance is None else self._member_spot(instance, expr.pou, variable)
                )
                value = self.read(spot)
                results[variable] = value if len(expr.outputs) == 1 else self.kept(value)
        for _, store in expr.outputs:
            self._results = results
            self.statement(store)


def results_of(pou: Pou) -> list[Variable]:
    """What a function or method gives back: its outputs, then its value."""
    found = [*pou.parameters("VAR_OUTPUT"), *([pou.result] if pou.result else [])]
    return [variable for variable in found if variable.storage in ("work", "frame")]


def _member_of(pointer: str, name: str) -> str:
    if not pointer.startswith("&"):
        return f"{pointer}->{name}"
    inner = pointer[1:]
    return f"self->{name}" if inner == "(*self)" else f"{inner}.{name}"


def scalar_text(type_: Type, data: bytes) -> str:
    """A scalar's bytes as a C constant."""
    from sortyard.plc.c.names import literal
    from sortyard.plc.codec import read

    value = read(bytearray(data), 0, type_)
    ctype = scalar(type_)
    assert ctype is not None
    return literal(ctype, ord(value) if isinstance(value, str) else value)
