"""Calls of standard functions, and of what only the compiler can answer."""

from functools import partial

from sortyard.plc import hints, ir, lower_bytes, lower_vendor
from sortyard.plc import tree as t
from sortyard.plc.conversion_names import bit_pattern, conversion_types, find_conversion, is_legal
from sortyard.plc.faults import PlcFault
from sortyard.plc.lower_convert import is_unknown, settle, unknown
from sortyard.plc.lower_expr import ExpressionLowerer
from sortyard.plc.lower_memory import MEMORY, memory_call, reference_to
from sortyard.plc.lower_places import Part, mark, path_of, refer
from sortyard.plc.lower_tests import ASSERTIONS
from sortyard.plc.lower_text import from_string, is_text, to_string
from sortyard.plc.operators import COMPARISONS
from sortyard.plc.source import Span
from sortyard.plc.standard import OPERATOR_FUNCTIONS, STANDARD, Standard
from sortyard.plc.symbols import Scope
from sortyard.plc.typed_functions import fitted, specialised, typed_function
from sortyard.plc.types import (
    DINT,
    ELEMENTARY,
    INT_LITERAL,
    LTIME,
    MAX_STRING_LENGTH,
    TIME,
    UDINT,
    UNKNOWN,
    ArrayType,
    RefType,
    StringType,
    Type,
    common_type,
    in_group,
    kind_of,
    plain,
)

_SPECIAL = {"REF", "ADR", "SIZEOF", "LOWER_BOUND", "UPPER_BOUND", "TIME", "__CLOCK"}
_LOOSE_GROUPS = frozenset({"ANY_NUM", "ANY_INT", "ANY_BIT", "ANY_MAGNITUDE"})
"""What vendors give numbers, bit strings and enumerations alike."""
_TEXTS = ("string", "wstring", "char", "wchar")


class StandardLowerer(ExpressionLowerer):
    """Adds the standard functions to expressions."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self.convert.checked = partial(lower_vendor.checked_range, self)

    def is_function(self, key: str) -> bool:
        return (
            key in STANDARD
            or key in OPERATOR_FUNCTIONS
            or key in _SPECIAL
            or (key in MEMORY and not self.scope.is_strict)
            or bool(find_conversion(key) or conversion_types(key))
        )

    def standard_call(self, node: t.Call, path: str) -> ir.Expr:
        path = lower_vendor.without_library(path, self.scope)
        if path in _SPECIAL:
            return self._special(node, path)
        if path in OPERATOR_FUNCTIONS:
            return self._operator_call(node, OPERATOR_FUNCTIONS[path], path)
        types = conversion_types(path)
        if types is not None:
            if self.scope.is_strict:
                lower_vendor.note_any_to(self.sink, node.callee.span, path)
            return self._conversion(node, path, *types)
        standard = STANDARD.get(path) or find_conversion(path)
        if standard is not None:
            return self._apply(node, standard)
        typed = typed_function(path)
        if typed is not None:
            return self._call_typed(node, path, *typed)
        if path in MEMORY and not self.scope.is_strict:
            return memory_call(self, node, path)
        if path == "__REF" and self.scope.is_library:
            return reference_to(self.expr(node.arguments[0].value))
        if path == "__ISVALIDREF" and not self.scope.is_strict:
            return lower_vendor.is_valid_reference(self, node)
        if lower_vendor.is_refused(self.sink, node.callee.span, path):
            return unknown(node.span)
        assert isinstance(node.callee, (t.NameRef, t.Member))
        known = [*self.scope.visible_names(), *STANDARD, *OPERATOR_FUNCTIONS]
        if self.scope.pou is not None and self.scope.pou.kind == "TEST":
            known += ASSERTIONS
        self.sink.tell(
            "SY1401",
            node.callee.span,
            f"there is no function {node.callee.span.text()}",
            hints.for_function(path, known),
        )
        return unknown(node.span)

    def _conversion(self, node: t.Call, name: str, source: Type | None, target: Type) -> ir.Expr:
        """X_TO_Y, TO_Y."""
        arguments = self.arguments(node, ["IN"], name)
        if not arguments:
            if arguments is not None:
                self.sink.tell("SY1406", node.span, f"{name} needs a value", f"{name}(x)")
            return unknown(node.span)
        value = self.expr(arguments[0])
        if isinstance(source, StringType):
            value = self._in_group(STANDARD["LEN"], value, "ANY_STRING", "IN")
        elif source is not None:
            value = self.convert.to(value, source, name)
        if is_unknown(value):
            return value
        value = settle(value)
        if kind_of(value.type) in ("array", "struct", "block", "ref", "void") or not is_legal(
            value.type, target
        ):
            self.sink.tell("SY1315", node.span, f"{value.type} does not become {target}", "")
            return unknown(node.span)
        if is_text(value.type, target):
            turn = to_string if kind_of(target) in ("string", "wstring") else from_string
            return turn(
                value,
                target,
                self.convert,
                lambda unit, values: self.unit_of_library(unit, values, node.span),
            )
        pattern = bit_pattern(value.type, target) if source is not None and self.scope.is_strict else None
        if pattern is not None:
            assert pattern.function is not None
            return self.fold(ir.Intrinsic(target, node.span, pattern.name, pattern.function, [value]))
        if kind_of(target) == "bool" and kind_of(value.type) == "bits" and self.scope.is_strict:
            value = self._rightmost_bit(value)
        return self.convert.explicit(value, target)

    def _rightmost_bit(self, value: ir.Expr) -> ir.Expr:
        """What the standard makes of a bit string as a BOOL; for vendors it is whether any bit is set."""
        one = ir.Const(value.type, value.span, 1)
        return self.fold(ir.Binary(value.type, value.span, "AND", value, one))

    def arguments(self, node: t.Call, names: list[str], title: str) -> list[t.Expr] | None:
        """Argument expressions in the order of `names`, whether given by position or by name."""
        found: dict[str, t.Expr] = {}
        for position, argument in enumerate(node.arguments):
            name = argument.name.key if argument.name else names[position] if position < len(names) else ""
            if name not in names or name in found or argument.is_output:
                shown = argument.name.text if argument.name else f"argument {position + 1}"
                hint = hints.for_parameter(shown, names)
                self.sink.tell("SY1408", argument.span, f"{title} has no parameter {shown}", hint)
                return None
            found[name] = argument.value
        return [found[name] for name in names if name in found]

    def _call_typed(self, node: t.Call, path: str, name: str, type_: Type) -> ir.Expr:
        """ADD_INT and its like: the overloaded function for one type."""
        if name in OPERATOR_FUNCTIONS:
            return self._operator_call(node, OPERATOR_FUNCTIONS[name], path, type_)
        return self._apply(node, specialised(name, type_), type_)

    def _operator_call(self, node: t.Call, op: str, title: str, type_: Type | None = None) -> ir.Expr:
        """ADD(a, b, c) is a + b + c; GT(a, b, c) is a > b and b > c. `type_`: what the operands have to be."""
        names = [f"IN{i + 1}" for i in range(max(2, len(node.arguments)))]
        arguments = self.arguments(node, names, title)
        if arguments is None:
            return unknown(node.span)
        if len(arguments) < 2:
            self.sink.tell("SY1406", node.span, f"{title} takes two arguments or more", f"{title}(a, b)")
            return unknown(node.span)
        values = [self.expr(a) for a in arguments]
        if type_ is not None:
            values = [fitted(self, title, type_, value, i) for i, value in enumerate(values)]
        result = self.binary(node, op, values[0], values[1])
        for i in range(2, len(values)):
            if op in COMPARISONS:
                result = self.binary(node, "AND", result, self.binary(node, op, values[i - 1], values[i]))
            else:
                result = self.binary(node, op, result, values[i])
        return result

    def _apply(self, node: t.Call, standard: Standard, type_: Type | None = None) -> ir.Expr:
        expected, self.expected = self.expected, None
        names = standard.names(len(node.arguments))
        if not self.scope.is_strict:
            lower_vendor.rename(standard.name, node)
        arguments = self.arguments(node, names, standard.name)
        if arguments is None:
            return unknown(node.span)
        if len(arguments) < len(standard.parameters):
            missing = standard.parameters[len(arguments)][0]
            self.sink.tell(
                "SY1406",
                node.span,
                f"{standard.name} also needs {missing}",
                f"parameters: {', '.join(names)}",
            )
            return unknown(node.span)
        values = [self.expr(a) for a in arguments]
        if is_unknown(*values):
            return unknown(node.span)
        if isinstance(type_, StringType):
            values = [
                fitted(self, standard.name, type_, value, i)
                if standard.group(i).endswith("ANY_STRING")
                else value
                for i, value in enumerate(values)
            ]
        values = self._fit(standard, self._wanted(standard, values, expected), names)
        if is_unknown(*values):
            return unknown(node.span)
        function = standard.function
        if standard.name in lower_bytes.NAMES:
            return lower_bytes.in_order(
                standard.name,
                values[0],
                self.convert,
                lambda name, v: self.unit_of_library(name, v, node.span),
            )
        if standard.name in lower_bytes.SHIFTS and kind_of(values[0].type) == "int":
            return lower_bytes.shifted(self, standard.name, values, node.span)
        if function is None:
            return self.library_call(standard.name, values, node.span)
        result = self._result(standard, values)
        return self.fold(ir.Intrinsic(result, node.span, standard.name, function, values))

    def _wanted(self, standard: Standard, values: list[ir.Expr], expected: Type | None) -> list[ir.Expr]:
        """`SHL(16#1, n)`, `SEL(g, 1, 2)`: if none of T has a type, they are what the result is wanted as, where their
        own type does not become that by itself."""
        shared = [i for i, _ in enumerate(values) if standard.group(i).startswith("T:")]
        if not shared or expected is None or kind_of(expected) not in ("bits", "int", "uint"):
            return values
        if not all(values[i].type is INT_LITERAL for i in shared):
            return values
        goal = plain(expected)
        if common_type(settle(values[shared[0]]).type, goal) == goal:
            return values
        return [self.convert.to(v, goal) if i in shared else v for i, v in enumerate(values)]

    def _fit(self, standard: Standard, values: list[ir.Expr], names: list[str]) -> list[ir.Expr]:
        """Arguments converted to their parameters' types; those of the generic type T to one common type."""
        groups = [standard.group(i) for i in range(len(values))]
        shared = [i for i, group in enumerate(groups) if group.startswith("T:")]
        values = list(values)
        for i in shared[1:]:
            pair = self.unify(values[shared[0]], values[i])
            if pair is None:
                types = f"{settle(values[shared[0]]).type} and {settle(values[i]).type}"
                self.sink.tell(
                    "SY1315",
                    values[i].span,
                    f"{standard.name} needs one type for all: {types}",
                    "convert one",
                )
                return [unknown(values[i].span)]
            values[shared[0]] = pair[0]
        goal = settle(values[shared[0]]).type if shared else UNKNOWN
        if shared and kind_of(goal) in ("int", "uint") and groups[shared[0]] == "T:ANY_REAL":
            goal = self._real_for(goal)
        for i, group in enumerate(groups):
            if group.startswith("T:"):
                values[i] = self.convert.to(values[i], goal, names[i])
                group = group[2:]
            elif group in ELEMENTARY:
                values[i] = self.convert.to(values[i], ELEMENTARY[group], names[i])
                continue
            values[i] = self._in_group(standard, settle(values[i]), group, names[i])
        return values

    @staticmethod
    def _real_for(type_: Type) -> Type:
        return ELEMENTARY["REAL" if type_.size <= 2 else "LREAL"]

    def _in_group(self, standard: Standard, value: ir.Expr, group: str, name: str) -> ir.Expr:
        if is_unknown(value) or in_group(value.type, group):
            return value
        if not self.scope.is_strict and group in _LOOSE_GROUPS:
            number = self.counted(value)
            if kind_of(number.type) in ("int", "uint", "bits"):
                return number
        message = f"{name} of {standard.name} is {group}; this is {value.type}"
        written = value.span.text()
        is_number = group == "ANY_BIT" and isinstance(value, ir.Const) and written[0].isdigit()
        hint = f"write WORD#{written}, or another bit string" if is_number else "convert it"
        if standard.name in lower_bytes.NAMES:
            hint = (
                "convert it to a number or bits; assign a whole array or structure to a variable of its type"
            )
        self.sink.tell("SY1315", value.span, message, hint)
        return unknown(value.span)

    def _result(self, standard: Standard, values: list[ir.Expr]) -> Type:
        if standard.result in ELEMENTARY:
            return ELEMENTARY[standard.result]
        if standard.result == "STRING":
            return StringType(False, 80)
        if standard.result == "WSTRING":
            return StringType(True, 80)
        strings = [v.type for v in values if isinstance(v.type, StringType)]
        if standard.result == "T+":
            return StringType(strings[0].is_wide, min(MAX_STRING_LENGTH, sum(s.length for s in strings)))
        index = next(i for i in range(len(values)) if standard.group(i).startswith("T:"))
        return values[index].type

    def library_call(self, name: str, values: list[ir.Expr], span: Span) -> ir.Expr:
        return self.unit_of_library(f"{name}__{plain(values[0].type)}", values, span)

    def unit_of_library(self, name: str, values: list[ir.Expr], span: Span) -> ir.Expr:
        """The call of one of the library's own functions with exactly these values, or what it yields for constants."""
        return self._fold_call(self.call_of_library(name, values, span))

    def call_of_library(self, name: str, values: list[ir.Expr], span: Span) -> ir.Call:
        """That call, done when the program runs."""
        pou = self.project.library[name]
        self.project.declare(pou)
        self.calls.setdefault(pou, span)
        assert pou.result is not None
        inputs = list(zip(pou.parameters("VAR_INPUT"), values, strict=True))
        return ir.Call(pou.result.type, span, pou, None, inputs, [], [])

    def _fold_call(self, call: ir.Call) -> ir.Expr:
        """A call of the library with nothing but constants, as the constant that it yields."""
        is_plain = not (call.outputs or call.references or call.enable or call.enable_out)
        if self.scope.is_library or not is_plain or not all(isinstance(e, ir.Const) for _, e in call.inputs):
            return call
        constants = [(v.type, e.value) for v, e in call.inputs if isinstance(e, ir.Const)]
        if any((kind_of(type_) in _TEXTS) != isinstance(value, str) for type_, value in constants):
            return unknown(call.span)  # an argument was told as wrong, 0 stands for it
        from sortyard.plc.lower_fold import evaluate

        try:
            return ir.Const(call.type, call.span, evaluate(self.project, call))
        except PlcFault as fault:
            self.sink.tell("SY1606", call.span, fault.detail, "")
            return unknown(call.span)

    # ---- what only the compiler can answer ----

    def _special(self, node: t.Call, name: str) -> ir.Expr:
        if name == "__CLOCK":
            return ir.Clock(LTIME, node.span)
        if name == "TIME":
            return ir.Convert(TIME, node.span, ir.Clock(LTIME, node.span))
        if not node.arguments:
            self.sink.tell("SY1406", node.span, f"{name} needs an argument", f"{name}(variable)")
            return unknown(node.span)
        if name == "SIZEOF":
            return self._size_of(node)
        place = self.place(node.arguments[0].value)
        if place is None or isinstance(place, Part):
            if place is not None:
                self.sink.tell("SY1409", node.span, "a bit has no reference", "use a BOOL variable")
            return unknown(node.span)
        if name in ("LOWER_BOUND", "UPPER_BOUND"):
            mark(place, read=True, written=True)
            return self._bound(node, name, place)
        refer(place)
        if not self.may_refer_to(place, node.span):
            return unknown(node.span)
        if name == "ADR" and self.scope.is_strict:
            self.sink.tell(
                "SY1307", node.span, "ADR is not in the standard", "write REF, or use --dialect codesys"
            )
        kind = self.scope.pou.kind if self.scope.pou is not None else ""
        if place.base == "local" and kind not in ("FUNCTION", "METHOD") and self.scope.is_strict:
            self.sink.tell("SY1410", node.span, "VAR_TEMP is gone after the call", "use VAR")
        kind = "REF_TO" if name == "REF" else "POINTER"
        return ir.AddressOf(RefType(place.type, kind), node.span, place)

    def _size_of(self, node: t.Call) -> ir.Expr:
        value = node.arguments[0].value
        entry = self.scope.find(self.project.types, path_of(value) or "")
        type_ = entry.type if entry else ELEMENTARY.get(path_of(value) or "")
        if type_ is None:
            place = self.place(value)
            type_ = place.type if place else UNKNOWN
        return ir.Const(UDINT, node.span, type_.size)

    def _bound(self, node: t.Call, name: str, place: ir.Place) -> ir.Expr:
        dimension = (
            self.expr(node.arguments[1].value) if len(node.arguments) > 1 else ir.Const(DINT, node.span, 1)
        )
        count = len(place.type.bounds) if isinstance(place.type, ArrayType) else 0
        if not isinstance(dimension, ir.Const) or not 1 <= dimension.value <= count:
            self.sink.tell(
                "SY1411", node.span, f"{name} needs an array and a constant dimension", f"{name}(array, 1)"
            )
            return unknown(node.span)
        assert isinstance(place.type, ArrayType)
        upper = name == "UPPER_BOUND"
        pair = place.type.bounds[dimension.value - 1]
        if pair is not None:
            return ir.Const(DINT, node.span, pair[upper])
        if place.is_open is None:  # declared where no open array may be, which has been told
            return unknown(node.span)
        slot = place.is_open.member(8 * (dimension.value - 1) + 4 * upper, DINT, node.span)
        return ir.Load(DINT, node.span, slot)
