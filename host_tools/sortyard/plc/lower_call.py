"""Calls of functions and blocks written in ST; standard functions are in lower_standard.py."""

from sortyard.plc import hints, ir
from sortyard.plc import tree as t
from sortyard.plc.any_inputs import takes, values_of
from sortyard.plc.any_integers import converted
from sortyard.plc.lower_convert import is_unknown, unknown
from sortyard.plc.lower_enabled import CONTROLS, enabled_call, is_controlled
from sortyard.plc.lower_places import Part, path_of, refer
from sortyard.plc.lower_query import QUERIES, query_call
from sortyard.plc.lower_standard import StandardLowerer
from sortyard.plc.lower_vendor import input_name
from sortyard.plc.source import Span
from sortyard.plc.symbols import Pou, Variable
from sortyard.plc.types import (
    BOOL,
    BYTE,
    UNKNOWN,
    VOID,
    ArrayType,
    BlockType,
    RefType,
    StringType,
    StructType,
    Type,
    is_kind_of,
    kind_of,
)

_DIRECTIONS = {
    "VAR_INPUT": ("an input", ":="),
    "VAR_OUTPUT": ("an output", "=>"),
    "VAR_IN_OUT": ("an input and output", ":="),
}


class CallLowerer(StandardLowerer):
    """Adds `call` to expressions."""

    def call(self, node: t.Call) -> ir.Expr:
        """The value of a function call."""
        path = path_of(node.callee)
        pou = self._unit(path)
        if pou is not None and pou.kind == "FUNCTION":
            found = self.unit_call(node, pou, None)
            return self._fold_call(found) if pou.is_library and pou.result is not None else found
        if path in QUERIES and pou is None and not self.scope.is_strict:
            return query_call(self, node, path)
        if path is not None and pou is None and not self._is_variable(path):
            return enabled_call(self, node, path) if is_controlled(node) else self.standard_call(node, path)
        span = node.span
        if pou is not None:
            message, hint = f"{pou.name} is a type of blocks", f"declare one: x : {pou.name}; then x(...)"
            if pou.kind == "PROGRAM":
                message, hint = (
                    f"{pou.name} is a program, which a task runs",
                    "make it a FUNCTION_BLOCK to call it",
                )
            self.sink.tell("SY1402", span, message, hint)
            return unknown(span)
        place = self.place(node.callee)
        if isinstance(place, ir.Place) and isinstance(place.type, BlockType):
            self.sink.tell(
                "SY1403", span, "a block has no value of its own", "call it, then read its outputs"
            )
        elif place is not None and place.type is not UNKNOWN:
            hint = "remove the parentheses"
            if isinstance(place, ir.Place) and isinstance(place.type, ArrayType):
                hint = f"an index stands in brackets: {node.callee.span.text()}[...]"
            self.sink.tell("SY1402", node.callee.span, "this is not a function", hint)
        return unknown(span)

    def call_statement(self, node: t.Call) -> ir.Expr | None:
        """A call that stands alone: a block's, or a function's whose result is dropped."""
        path = path_of(node.callee)
        if path is None or self._is_variable(path):
            place = self.place(node.callee)
            if isinstance(place, ir.Place) and isinstance(place.type, BlockType):
                self.note_call(place, node.span)
                return self.block_call(node, place)
        result = self.call(node)
        return None if is_unknown(result) else result

    def block_call(self, node: t.Call, place: ir.Place) -> ir.Expr:
        """Run the body of the block at a place."""
        raise NotImplementedError

    def note_call(self, place: ir.Place, span: Span) -> None:
        """Remember that the block at a place is called here."""
        raise NotImplementedError

    def _unit(self, path: str | None) -> Pou | None:
        if path is None or self._is_variable(path):
            return None
        pou: Pou | None = self.scope.find(self.project.pous, path)
        if pou is not None:
            self.project.declare(pou)
        return pou

    def _is_variable(self, path: str) -> bool:
        """True if the callee is a variable: LIMIT(...) is the function beside a variable `limit` that is no block."""
        steps = path.split(".")
        if any(self.scope.shared(".".join(steps[:n])) for n in range(2, len(steps) + 1)):
            return True
        variable = self.scope.variable(steps[0])
        if variable is None or "." in path or kind_of(variable.type) == "block":
            return variable is not None
        return self.scope.find(self.project.pous, path) is None and not self.is_function(path)

    # ---- units written in ST ----

    def unit_call(self, node: t.Call, pou: Pou, instance: ir.Place | None) -> ir.Call:
        """The call of a function, or of a block or program on its instance."""
        if pou.kind == "FUNCTION":
            self.scope.check_internal(pou, node.span)
        if pou.owner is None or pou.owner.kind != "INTERFACE":
            self.calls.setdefault(pou, node.span)
        result = pou.result.type if pou.result else VOID
        call = ir.Call(result, node.span, pou, instance, [], [], [])
        given: set[str] = set()
        order = pou.parameters("VAR_INPUT", "VAR_IN_OUT")
        by_place = self._by_place(pou, order, node.arguments)
        for position, argument in enumerate(node.arguments):
            if (
                argument.name is not None
                and argument.name.key in CONTROLS
                and argument.name.key not in pou.variables
            ):
                self.control(call, argument)
                continue
            variable = self.parameter(pou, argument, position, by_place)
            if variable is not None and variable.name.upper() in given:
                self.sink.tell("SY1404", argument.span, f"{variable.name} is given twice", "remove one")
            elif variable is not None:
                given.add(variable.name.upper())
                self._pass(call, variable, argument)
        for variable in order:
            if variable.by_reference and variable.name.upper() not in given:
                self.sink.tell(
                    "SY1405",
                    node.span,
                    f"{variable.section} {variable.name} is not given",
                    f"{variable.name} := ...",
                )
        if given and node.arguments[0].name is None and pou.kind in ("FUNCTION", "METHOD"):
            self._all_by_position(node, pou, order, given)
        return call

    def _by_place(self, pou: Pou, order: list[Variable], arguments: list[t.Argument]) -> list[Variable]:
        """What values without names are for: inputs and in-outs. Where there are more of them, every parameter of a
        function in the order of its declaration; to vendors outputs come last."""
        if pou.kind not in ("FUNCTION", "METHOD") or sum(a.name is None for a in arguments) <= len(order):
            return order
        if self.scope.is_strict:
            return pou.parameters("VAR_INPUT", "VAR_IN_OUT", "VAR_OUTPUT")
        return [*order, *pou.parameters("VAR_OUTPUT")]

    def _all_by_position(self, node: t.Call, pou: Pou, order: list[Variable], given: set[str]) -> None:
        """Values that are given by position are given to all inputs but those with a value of their own."""
        left = [v for v in order if v.name.upper() not in given and v.init is None and not v.by_reference]
        if left and not pou.is_library:
            missing, hint = " and ".join(v.name for v in left), ", ".join(v.name for v in order)
            self.sink.tell("SY1406", node.span, f"{pou.name} also needs {missing}", f"parameters: {hint}")

    def parameter(
        self, pou: Pou, argument: t.Argument, position: int, order: list[Variable]
    ) -> Variable | None:
        if argument.name is None:
            if position < len(order):
                return order[position]
            message = hints.too_many(pou.name, len(order))
            self.sink.tell("SY1406", argument.span, message, "remove the rest")
            return None
        sections = ("VAR_OUTPUT",) if argument.is_output else ("VAR_INPUT", "VAR_IN_OUT")
        variable = pou.variables.get(input_name(pou, argument.name.key, self.scope))
        if variable is not None and variable.section in sections:
            return variable
        if variable is not None and variable.section in _DIRECTIONS:
            what, sign = _DIRECTIONS[variable.section]
            self.sink.tell(
                "SY1407", argument.span, f"{variable.name} is {what} of {pou.name}", f"write {sign}"
            )
            return None
        names = [v.name for v in pou.parameters("VAR_INPUT", "VAR_OUTPUT", "VAR_IN_OUT")]
        message = f"{pou.name} has no parameter {argument.name.text}"
        self.sink.tell("SY1408", argument.name.span, message, hints.for_parameter(argument.name.text, names))
        return None

    def _pass(self, call: ir.Call, variable: Variable, argument: t.Argument) -> None:
        self.address_type = variable.type if self.connects else None
        is_output = argument.is_output or variable.section == "VAR_OUTPUT"
        if variable.bit >= 0 and variable.storage == "image" and not is_output:
            why = f"{variable.name} lies at the bit {variable.address}: a call does not write it"
            self.sink.tell("SY1409", argument.span, why, f"assign to it before: {variable.name} := ...")
        elif is_output:
            store = self._output(argument, self._yielded(variable, argument.span), call.pou)
            call.outputs += [(variable, store)] if store else []
        elif variable.parts:
            call.inputs += self._any(variable, argument)
        elif variable.by_reference:
            place = self._reference(variable, argument)
            call.references += [(variable, place)] if place else []
            if place and place.variable is not None and isinstance(place.type, BlockType):
                self.project.lent.append((place.variable, variable))
        elif isinstance(variable.type, RefType) and variable.type.kind == "REFERENCE":
            value = self._to_reference(variable.type, variable, argument)
            call.inputs += [(variable, value)] if value else []
        else:
            value = self.expr(argument.value, variable.type)
            value = converted(self.convert, call.pou, variable, value, variable.type)
            call.inputs.append((variable, self.convert.to(value, variable.type, variable.name)))

    def _yielded(self, variable: Variable, span: Span) -> ir.Expr:
        """An output of the unit that was called."""
        if variable.bit < 0 or variable.storage != "image":
            return ir.CalleeValue(variable.type, span, variable)
        return self.load(Part(ir.Place("image", variable.offset, BYTE, span), variable.bit, BOOL), span)

    def _to_reference(self, wanted: RefType, variable: Variable, argument: t.Argument) -> ir.Expr | None:
        """An input that is a REFERENCE TO: it leads to the variable that is given, or where a given reference leads."""
        node, span = argument.value, argument.span
        if self.is_yielded(node):
            return self.convert.to(self.expr(node, wanted), wanted, variable.name)
        slot = self.unfollowed(node)
        if isinstance(slot, ir.Place) and slot.type == wanted:
            return self.load(slot, span)
        place = self.place(node) if slot is not None else None
        if not isinstance(place, ir.Place) or place.type is UNKNOWN:
            return None
        if not self.may_refer_to(place, span):
            return None
        given, target = place.type, wanted.target
        if not self.may_refer(given, target) and not _is_longer(given, target):
            hint = "give a variable of exactly that type"
            self.sink.tell("SY1314", span, f"{variable.name} refers to {target}, given is {given}", hint)
            return None
        refer(place)
        return ir.AddressOf(wanted, span, place)

    def _any(self, variable: Variable, argument: t.Argument) -> list[tuple[Variable, ir.Expr]]:
        """An input of any type: the variable that is given, or what the unit itself was given for such an input."""
        node, span = argument.value, argument.span
        own = self.scope.variable(node.key) if isinstance(node, t.NameRef) else None
        if own is not None and own.parts:
            pairs = zip(variable.parts.values(), own.parts.values(), strict=True)
            return [(part, self.load(self.variable_place(given, span), span)) for part, given in pairs]
        place = self.place(node)
        if isinstance(place, Part):
            self.sink.tell("SY1409", span, "a bit has no place of its own", "copy it to a BOOL first")
        if not isinstance(place, ir.Place) or place.type is UNKNOWN:
            return []
        if not takes(variable.type, place.type):
            message = f"{variable.name} is {variable.type}; this is {place.type}"
            self.sink.tell("SY1315", span, message, "give a variable of another type")
            return []
        return values_of(variable, place, span)

    def _output(self, argument: t.Argument, value: ir.Expr, pou: Pou | None = None) -> ir.Stmt | None:
        target = self.target(argument.value)
        if target is None:
            return None
        if pou is not None and isinstance(value, ir.CalleeValue):
            value = converted(self.convert, pou, value.variable, value, target.type)
        if argument.is_negated:
            value = ir.Complement(value.type, value.span, value)
        return self.store(target, value, argument.span)

    def _reference(self, variable: Variable, argument: t.Argument) -> ir.Place | None:
        is_input = variable.section == "VAR_INPUT"
        place = self.place(argument.value) if is_input else self.target(argument.value)
        if isinstance(place, Part):
            self.sink.tell(
                "SY1409", argument.span, "a bit cannot be given to VAR_IN_OUT", "copy it to a BOOL first"
            )
            return None
        if place is None:
            return None
        refer(place)
        wanted = variable.type
        if not self.may_refer_to(place, argument.span):
            return None
        if self.may_refer(place.type, wanted):
            return place
        hint = "the types are the same for VAR_IN_OUT: it is the variable itself"
        self.sink.tell("SY1314", argument.span, f"{variable.name} is {wanted}, given is {place.type}", hint)
        return None

    @staticmethod
    def may_refer(given: Type, wanted: Type) -> bool:
        """True if what refers to a variable of the wanted type may lead to one of the given type."""
        if isinstance(wanted, ArrayType) and wanted.is_open:
            return (
                isinstance(given, ArrayType)
                and given.element == wanted.element
                and len(given.bounds) == len(wanted.bounds)
                and all(w is None or w == g for w, g in zip(wanted.bounds, given.bounds, strict=True))
            )
        return given == wanted or (isinstance(wanted, (BlockType, StructType)) and is_kind_of(given, wanted))

    def control(self, call: ir.Call, argument: t.Argument) -> None:
        """EN and ENO of a call."""
        assert argument.name is not None
        if argument.name.key == "EN" and not argument.is_output:
            call.enable = self.convert.to(self.expr(argument.value), BOOL, "EN")
        elif argument.name.key == "ENO" and argument.is_output:
            call.enable_out = self._output(argument, ir.Enabled(BOOL, argument.span))
        else:
            self.sink.tell(
                "SY1407", argument.span, "EN is an input, ENO an output", "write EN := ..., ENO => ..."
            )

    def target(self, node: t.Expr) -> ir.Place | Part | None:
        raise NotImplementedError

    def store(self, target: ir.Place | Part, value: ir.Expr, span: Span) -> ir.Stmt | None:
        raise NotImplementedError


def _is_longer(given: Type, wanted: Type) -> bool:
    """True for a string that has room for all that is written through a reference to the other."""
    return (
        isinstance(given, StringType)
        and isinstance(wanted, StringType)
        and given.is_wide == wanted.is_wide
        and given.length >= wanted.length
    )
