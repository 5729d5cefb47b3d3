"""Calls: of functions and blocks written in ST, of standard functions, and of what only the compiler can answer."""

from sortyard.plc import ir, lower_bytes
from sortyard.plc import tree as t
from sortyard.plc.conversion_names import bit_pattern, conversion_types, find_conversion, is_legal
from sortyard.plc.diagnostics import nearest
from sortyard.plc.faults import PlcFault
from sortyard.plc.lower_convert import is_unknown, settle, unknown
from sortyard.plc.lower_expr import ExpressionLowerer
from sortyard.plc.lower_places import Part, mark, path_of, refer
from sortyard.plc.lower_text import from_string, is_text, to_string
from sortyard.plc.operators import COMPARISONS
from sortyard.plc.source import Span
from sortyard.plc.standard import OPERATOR_FUNCTIONS, STANDARD, Standard
from sortyard.plc.symbols import Pou, Variable
from sortyard.plc.types import (
    BOOL,
    DINT,
    ELEMENTARY,
    LTIME,
    MAX_STRING_LENGTH,
    TIME,
    UDINT,
    UNKNOWN,
    VOID,
    ArrayType,
    BlockType,
    RefType,
    StringType,
    Type,
    in_group,
    is_kind_of,
    kind_of,
    plain,
)

_SPECIAL = {"REF", "ADR", "SIZEOF", "LOWER_BOUND", "UPPER_BOUND", "TIME", "__CLOCK"}
_CONTROLS = ("EN", "ENO")
_TEXTS = ("string", "wstring", "char", "wchar")


class CallLowerer(ExpressionLowerer):
    """Adds `call` to expressions."""

    def is_function(self, key: str) -> bool:
        return (
            key in STANDARD
            or key in OPERATOR_FUNCTIONS
            or key in _SPECIAL
            or bool(find_conversion(key) or conversion_types(key))
        )

    def call(self, node: t.Call) -> ir.Expr:
        """The value of a function call."""
        path = path_of(node.callee)
        pou = self._unit(path)
        if pou is not None and pou.kind == "FUNCTION":
            found = self.unit_call(node, pou, None)
            return self._fold_call(found) if pou.is_library and pou.result is not None else found
        if path is not None and pou is None and not self._is_variable(path):
            return self._standard_call(node, path)
        span = node.span
        if pou is not None:
            self.sink.tell(
                "SY1402", span, f"{pou.name} is a type of blocks", f"declare one: x : {pou.name}; then x(...)"
            )
            return unknown(span)
        place = self.place(node.callee)
        if isinstance(place, ir.Place) and isinstance(place.type, BlockType):
            self.sink.tell(
                "SY1403", span, "a block has no value of its own", "call it, then read its outputs"
            )
        elif place is not None:
            self.sink.tell("SY1402", node.callee.span, "this is not a function", "remove the parentheses")
        return unknown(span)

    def call_statement(self, node: t.Call) -> ir.Expr | None:
        """A call that stands alone: a block's, or a function's whose result is dropped."""
        path = path_of(node.callee)
        if path is None or self._is_variable(path):
            place = self.place(node.callee)
            if isinstance(place, ir.Place) and isinstance(place.type, BlockType):
                self.note_call(place, node.span)
                return self.unit_call(node, place.type.pou, place)
        result = self.call(node)
        return None if is_unknown(result) else result

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
        variable = self.scope.variable(path.partition(".")[0])
        if variable is None or "." in path or kind_of(variable.type) == "block":
            return variable is not None
        return self.scope.find(self.project.pous, path) is None and not self.is_function(path)

    # ---- units written in ST ----

    def unit_call(self, node: t.Call, pou: Pou, instance: ir.Place | None) -> ir.Call:
        """The call of a function, or of a block or program on its instance."""
        if pou.owner is None or pou.owner.kind != "INTERFACE":
            self.calls.setdefault(pou, node.span)
        result = pou.result.type if pou.result else VOID
        call = ir.Call(result, node.span, pou, instance, [], [], [])
        given: set[str] = set()
        order = [v for v in pou.variables.values() if v.section in ("VAR_INPUT", "VAR_IN_OUT")]
        for position, argument in enumerate(node.arguments):
            if (
                argument.name is not None
                and argument.name.key in _CONTROLS
                and argument.name.key not in pou.variables
            ):
                self._control(call, argument)
                continue
            variable = self._parameter(pou, argument, position, order)
            if variable is not None and variable.name.upper() in given:
                self.sink.tell("SY1404", argument.span, f"{variable.name} is given twice", "remove one")
            elif variable is not None:
                given.add(variable.name.upper())
                self._pass(call, variable, argument)
        for variable in order:
            if variable.by_reference and variable.name.upper() not in given:
                self.sink.tell(
                    "SY1405", node.span, f"VAR_IN_OUT {variable.name} is not given", f"{variable.name} := ..."
                )
        return call

    def _parameter(
        self, pou: Pou, argument: t.Argument, position: int, order: list[Variable]
    ) -> Variable | None:
        if argument.name is None:
            if position < len(order):
                return order[position]
            self.sink.tell(
                "SY1406", argument.span, f"{pou.name} takes {len(order)} arguments", "remove the rest"
            )
            return None
        sections = ("VAR_OUTPUT", "VAR_IN_OUT") if argument.is_output else ("VAR_INPUT", "VAR_IN_OUT")
        variable = pou.variables.get(argument.name.key)
        if variable is not None and variable.section in sections:
            return variable
        if variable is not None and variable.section in ("VAR_OUTPUT", "VAR_INPUT"):
            sign = "=>" if variable.section == "VAR_OUTPUT" else ":="
            what = "an output" if sign == "=>" else "an input"
            self.sink.tell(
                "SY1407", argument.span, f"{variable.name} is {what} of {pou.name}", f"write {sign}"
            )
            return None
        names = [v.name for v in pou.parameters("VAR_INPUT", "VAR_OUTPUT", "VAR_IN_OUT")]
        message = f"{pou.name} has no parameter {argument.name.text}"
        self.sink.tell("SY1408", argument.name.span, message, nearest(argument.name.text, names))
        return None

    def _pass(self, call: ir.Call, variable: Variable, argument: t.Argument) -> None:
        if argument.is_output:
            store = self._output(argument, ir.CalleeValue(variable.type, argument.span, variable))
            call.outputs += [(variable, store)] if store else []
        elif variable.by_reference:
            place = self._reference(variable, argument)
            call.references += [(variable, place)] if place else []
        else:
            value = self.expr(argument.value, variable.type)
            call.inputs.append((variable, self.convert.to(value, variable.type, variable.name)))

    def _output(self, argument: t.Argument, value: ir.Expr) -> ir.Stmt | None:
        target = self.target(argument.value)
        if target is None:
            return None
        if argument.is_negated:
            value = ir.Complement(value.type, value.span, value)
        return self.store(target, value, argument.span)

    def _reference(self, variable: Variable, argument: t.Argument) -> ir.Place | None:
        place = self.target(argument.value)
        if isinstance(place, Part):
            self.sink.tell(
                "SY1409", argument.span, "a bit cannot be given to VAR_IN_OUT", "copy it to a BOOL first"
            )
            return None
        if place is None:
            return None
        refer(place)
        wanted = variable.type
        if self._is_reference_ok(place.type, wanted):
            return place
        hint = "the types are the same for VAR_IN_OUT: it is the variable itself"
        self.sink.tell("SY1314", argument.span, f"{variable.name} is {wanted}, given is {place.type}", hint)
        return None

    @staticmethod
    def _is_reference_ok(given: Type, wanted: Type) -> bool:
        if isinstance(wanted, ArrayType) and wanted.is_open:
            return (
                isinstance(given, ArrayType)
                and given.element == wanted.element
                and len(given.bounds) == len(wanted.bounds)
                and all(w is None or w == g for w, g in zip(wanted.bounds, given.bounds, strict=True))
            )
        return given == wanted or (isinstance(wanted, BlockType) and is_kind_of(given, wanted))

    def _control(self, call: ir.Call, argument: t.Argument) -> None:
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

    # ---- standard functions ----

    def _standard_call(self, node: t.Call, path: str) -> ir.Expr:
        if path in _SPECIAL:
            return self._special(node, path)
        if path in OPERATOR_FUNCTIONS:
            return self._operator_call(node, OPERATOR_FUNCTIONS[path], path)
        types = conversion_types(path)
        if types is not None:
            return self._conversion(node, path, *types)
        standard = STANDARD.get(path) or find_conversion(path)
        if standard is not None:
            return self._apply(node, standard)
        assert isinstance(node.callee, (t.NameRef, t.Member))
        known = [*self.scope.visible_names(), *STANDARD, *OPERATOR_FUNCTIONS]
        self.sink.tell(
            "SY1401",
            node.callee.span,
            f"there is no function {node.callee.span.text()}",
            nearest(path, known),
        )
        return unknown(node.span)

    def _conversion(self, node: t.Call, name: str, source: Type | None, target: Type) -> ir.Expr:
        """X_TO_Y, TO_Y."""
        arguments = self._arguments(node, ["IN"], name)
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
                value, target, self.convert, lambda unit, values: self._library(unit, values, node.span)
            )
        pattern = bit_pattern(value.type, target) if source is not None and self.scope.is_strict else None
        if pattern is not None:
            assert pattern.function is not None
            return self.fold(ir.Intrinsic(target, node.span, pattern.name, pattern.function, [value]))
        return self.convert.explicit(value, target)

    def _arguments(self, node: t.Call, names: list[str], title: str) -> list[t.Expr] | None:
        """Argument expressions in the order of `names`, whether given by position or by name."""
        found: dict[str, t.Expr] = {}
        for position, argument in enumerate(node.arguments):
            name = argument.name.key if argument.name else names[position] if position < len(names) else ""
            if name not in names or name in found or argument.is_output:
                shown = argument.name.text if argument.name else f"argument {position + 1}"
                hint = nearest(shown, names) or f"parameters: {', '.join(names[:8])}"
                self.sink.tell("SY1408", argument.span, f"{title} has no parameter {shown}", hint)
                return None
            found[name] = argument.value
        return [found[name] for name in names if name in found]

    def _operator_call(self, node: t.Call, op: str, title: str) -> ir.Expr:
        """ADD(a, b, c) is a + b + c; GT(a, b, c) is a > b and b > c."""
        names = [f"IN{i + 1}" for i in range(max(2, len(node.arguments)))]
        arguments = self._arguments(node, names, title)
        if arguments is None:
            return unknown(node.span)
        if len(arguments) < 2:
            self.sink.tell("SY1406", node.span, f"{title} takes two arguments or more", f"{title}(a, b)")
            return unknown(node.span)
        values = [self.expr(a) for a in arguments]
        result = self.binary(node, op, values[0], values[1])
        for i in range(2, len(values)):
            if op in COMPARISONS:
                result = self.binary(node, "AND", result, self.binary(node, op, values[i - 1], values[i]))
            else:
                result = self.binary(node, op, result, values[i])
        return result

    def _apply(self, node: t.Call, standard: Standard) -> ir.Expr:
        names = standard.names(len(node.arguments))
        arguments = self._arguments(node, names, standard.name)
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
        values = self._fit(standard, values, names)
        if is_unknown(*values):
            return unknown(node.span)
        function = standard.function
        if standard.name in lower_bytes.NAMES:
            return lower_bytes.in_order(
                standard.name, values[0], self.convert, lambda name, v: self._library(name, v, node.span)
            )
        if function is None:
            return self.library_call(standard.name, values, node.span)
        result = self._result(standard, values)
        return self.fold(ir.Intrinsic(result, node.span, standard.name, function, values))

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
        loose = not self.scope.is_strict and kind_of(value.type) in ("int", "uint", "bits", "enum")
        if (
            is_unknown(value)
            or in_group(value.type, group)
            or (loose and group in ("ANY_NUM", "ANY_INT", "ANY_BIT", "ANY_MAGNITUDE"))
        ):
            return value
        message = f"{name} of {standard.name} is {group}; this is {value.type}"
        self.sink.tell("SY1315", value.span, message, "convert it")
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
        return self._library(f"{name}__{plain(values[0].type)}", values, span)

    def _library(self, name: str, values: list[ir.Expr], span: Span) -> ir.Expr:
        """The call of one of the library's own functions with exactly these values, or what it yields for constants."""
        pou = self.project.library[name]
        self.project.declare(pou)
        self.calls.setdefault(pou, span)
        assert pou.result is not None
        inputs = list(zip(pou.parameters("VAR_INPUT"), values, strict=True))
        return self._fold_call(ir.Call(pou.result.type, span, pou, None, inputs, [], []))

    def _fold_call(self, call: ir.Call) -> ir.Expr:
        """A call of the library with nothing but constants, as the constant that it yields."""
        is_plain = not (call.outputs or call.references or call.enable or call.enable_out)
        if self.scope.is_library or not is_plain or not all(isinstance(e, ir.Const) for _, e in call.inputs):
            return call
        constants = [e for _, e in call.inputs if isinstance(e, ir.Const)]
        if any((kind_of(e.type) in _TEXTS) != isinstance(e.value, str) for e in constants):
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
        if name == "ADR" and self.scope.is_strict:
            self.sink.tell(
                "SY1307", node.span, "ADR is not in the standard", "write REF, or use --dialect codesys"
            )
        if place.base == "local" and self.scope.pou is not None and self.scope.pou.kind != "FUNCTION":
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
        assert place.is_open is not None
        slot = place.is_open.member(8 * (dimension.value - 1) + 4 * upper, DINT, node.span)
        return ir.Load(DINT, node.span, slot)
