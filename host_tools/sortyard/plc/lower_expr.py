"""Expressions: what type each has, which conversions it needs, and its value where it is constant."""

from sortyard.plc import ir
from sortyard.plc import tree as t
from sortyard.plc.any_inputs import ANY_TYPES
from sortyard.plc.conversion_hints import for_hidden_value
from sortyard.plc.diagnostics import nearest
from sortyard.plc.faults import PlcFault
from sortyard.plc.lower_convert import is_unknown, settle, unknown
from sortyard.plc.lower_places import PlaceLowerer, enum_of, path_of
from sortyard.plc.operators import COMPARISONS, binary, complement, default_of, negate
from sortyard.plc.source import Span
from sortyard.plc.standard_time import TIME_OPERATORS
from sortyard.plc.symbols import Variable
from sortyard.plc.types import (
    ALIASES,
    BOOL,
    DINT,
    ELEMENTARY,
    INT,
    INT_LITERAL,
    LINT,
    LREAL,
    NULL,
    REAL,
    REAL_LITERAL,
    UDINT,
    ArrayType,
    EnumType,
    StringType,
    Type,
    common_type,
    kind_of,
    plain,
)

SYMBOL = {
    "PLUS": "+", "MINUS": "-", "STAR": "*", "SLASH": "/", "POWER": "**", "EQ": "=", "NE": "<>", "LT": "<", "LE": "<=",
    "GT": ">", "GE": ">=",
}  # fmt: skip
_LOGIC = {"AND", "OR", "XOR", "AND_THEN", "OR_ELSE"}
_BITWISE = {"AND", "OR", "XOR"}
_LITERALS = {INT_LITERAL, REAL_LITERAL}
_NUMBERS = {"int", "uint", "real", "int_literal", "real_literal"}


def is_untyped(node: t.Expr) -> bool:
    """A number that says no type, or bits of such: what stands beside decides what it is."""
    match node:
        case t.Literal(kind="int", type_name=""):
            return True
        case t.Unary(op="NOT", operand=operand):
            return is_untyped(operand)
        case t.Binary(op="AND" | "OR" | "XOR", left=left, right=right):
            return is_untyped(left) and is_untyped(right)
    return False


class ExpressionLowerer(PlaceLowerer):
    """`expr` for values. Calls come from lower_call.py."""

    declared: EnumType | None = None
    """The enumeration whose values are being read, which may name those before them."""
    expected: Type | None = None
    """What the call that is about to be lowered is wanted as."""

    def expr(self, node: t.Expr, wanted: Type | None = None) -> ir.Expr:
        """The typed operation of an expression; `wanted` only decides between enumerations that share a name, and what
        numbers are that have no type: `NOT 16#F`."""
        match node:
            case t.Literal():
                return self._literal(node)
            case t.NameRef():
                return self._name_value(node, wanted)
            case t.Unary():
                return self._unary(node, wanted)
            case t.Binary():
                return self._binary(node, wanted)
            case t.Call():
                self.expected = wanted
                return self.call(node)
            case t.Member():
                constant = self._member_constant(node)
                return constant or self.load(self.place(node), node.span)
            case t.ArrayInit() | t.StructInit():
                self.sink.tell(
                    "SY1501",
                    node.span,
                    "this form is for initial values only",
                    "assign the members one by one",
                )
                return unknown(node.span)
        return self.load(self.place(node), node.span)

    def call(self, node: t.Call) -> ir.Expr:
        raise NotImplementedError

    # ---- literals and names ----

    def _literal(self, node: t.Literal) -> ir.Expr:
        if node.value is None:
            return unknown(node.span)
        if node.kind == "name":
            return self._typed_name(node)
        types: dict[str, Type] = {"int": INT_LITERAL, "real": REAL_LITERAL, "bool": BOOL, "null": NULL}
        if node.kind in ("time", "date"):
            return ir.Const(ELEMENTARY[node.type_name], node.span, node.value)
        if node.kind in ("string", "wstring"):
            is_wide = node.kind == "wstring"
            const = ir.Const(StringType(is_wide, max(1, len(node.value))), node.span, node.value)
        else:
            const = ir.Const(types[node.kind], node.span, node.value)
        return self._typed(const, node) if node.type_name else const

    def _typed(self, const: ir.Const, node: t.Literal) -> ir.Expr:
        """`INT#5`: the constant as a value of the type it names."""
        key = node.type_name.upper()
        if key in ("STRING", "WSTRING"):
            return const
        target: Type | None = ELEMENTARY.get(ALIASES.get(key, key))
        if target is None:
            entry = self.scope.find(self.project.types, key)
            target = entry.type if entry else None
        if target is None:
            self.sink.tell(
                "SY1203", node.span, f"there is no type {node.type_name}", nearest(node.type_name, ELEMENTARY)
            )
            return unknown(node.span)
        if isinstance(target, EnumType):
            return ir.Const(target, node.span, const.value)
        return self.convert.to(const, target)

    def _typed_name(self, node: t.Literal) -> ir.Expr:
        """`Color#Red`, or `BOOL#TRUE` spelled with a name."""
        entry = self.scope.find(self.project.types, node.type_name.upper())
        if entry is not None and isinstance(entry.type, EnumType):
            return self._enum_value(entry.type, node.value, node.span)
        self.sink.tell("SY1203", node.span, f"{node.type_name} is not an enumeration", "write Type#VALUE")
        return unknown(node.span)

    def _enum_value(self, enum: EnumType, name: str, span: Span) -> ir.Expr:
        value = enum.values.get(name.upper())
        if value is None:
            self.sink.tell(
                "SY1211", span, f"{enum} has no value {name}", nearest(name, enum.spelling.values())
            )
            return unknown(span)
        return ir.Const(enum, span, value)

    def _name_value(self, node: t.NameRef, wanted: Type | None) -> ir.Expr:
        variable = self.scope.variable(node.key)
        if variable is not None:
            return self.constant_of(variable, node.span) or self.load(self.place(node), node.span)
        enums = self.project.enum_values.get(node.key, [])
        chosen = wanted if isinstance(wanted, EnumType) and wanted in enums else None
        chosen = self.declared if chosen is None and self.declared in enums else chosen
        if chosen is None and len(set(map(id, enums))) > 1:
            names = " or ".join(f"{enum}#{node.text}" for enum in enums[:3])
            self.sink.tell(
                "SY1212", node.span, f"{node.text} is a value of several enumerations", f"write {names}"
            )
            return unknown(node.span)
        if chosen is not None or enums:
            return self._enum_value(chosen or enums[0], node.text, node.span)
        if node.key in self.project.pous or self.is_function(node.key):
            self.sink.tell(
                "SY1213", node.span, f"{node.text} is called with parentheses", f"write {node.text}(...)"
            )
            return unknown(node.span)
        self.unknown_name(node)
        return unknown(node.span)

    def is_function(self, key: str) -> bool:
        raise NotImplementedError

    def is_yielded(self, node: t.Expr) -> bool:
        """True for a call, and for a property: what they yield has no place."""
        raise NotImplementedError

    def constant_of(self, variable: Variable, span: Span) -> ir.Const | None:
        """The value of a scalar constant; None for everything else."""
        if variable.storage != "none":
            return None
        variable.is_read = True
        if variable.value is None:
            if variable.is_folding or variable.init is None:
                why = "is defined by itself" if variable.is_folding else "has no value"
                self.sink.tell(
                    "SY1608", variable.span, f"the constant {variable.name} {why}", "give it one with :="
                )
                variable.value = ir.Const(variable.type, span, default_of(variable.type))
                return variable.value
            variable.is_folding = True
            assert variable.scope is not None
            inner = type(self)(variable.scope)
            value = inner.convert.to(inner.expr(variable.init, variable.type), variable.type, variable.name)
            if not isinstance(value, ir.Const):
                self.sink.tell(
                    "SY1609", variable.init.span, f"{variable.name} is constant, this is not", "use constants"
                )
                value = unknown(variable.init.span)
            variable.value = value  # pyright: ignore[reportAttributeAccessIssue]
            variable.is_folding = False
        assert variable.value is not None
        return ir.Const(variable.value.type, span, variable.value.value)

    def _member_constant(self, node: t.Member) -> ir.Const | ir.Expr | None:
        """`Color.Red`, or a constant of a namespace."""
        path = path_of(node)
        if path is None or self.scope.variable(path.split(".")[0]) is not None:
            return None
        shared = self.scope.find(self.project.globals, path)
        if shared is not None:
            return self.constant_of(shared, node.span)
        name = path.rpartition(".")[0]
        entry = self.scope.find(self.project.types, name)
        found = entry.type if entry is not None else None if self.scope.is_strict else ANY_TYPES.get(name)
        if isinstance(found, EnumType):
            return self._enum_value(found, node.name.text, node.span)
        return self._value_in(name, node)

    def _value_in(self, name: str, node: t.Member) -> ir.Expr | None:
        """`Lib.MANUAL`: a value of an enumeration of that namespace. To vendors a library that is read from sources is
        one too."""
        classes = None if self.scope.is_strict else ANY_TYPES.get(f"{name}.TYPECLASS")
        if isinstance(classes, EnumType):
            return self._enum_value(classes, node.name.text, node.span)
        enums = self.project.enum_values.get(node.name.key, [])
        types = self.project.types
        inside = [e for e in enums if (own := types.get(f"{name}.{e.name.upper()}")) and own.type is e]
        is_known = any(self.scope.find(table, name) for table in (self.project.types, self.project.pous))
        if not inside and not self.scope.is_strict and not is_known:
            inside = enums
        return self._enum_value(inside[0], node.name.text, node.span) if len(inside) == 1 else None

    # ---- operators ----

    def _unary(self, node: t.Unary, wanted: Type | None) -> ir.Expr:
        operand = self.counted(self.expr(node.operand, wanted))
        if is_unknown(operand):
            return operand
        kind = kind_of(operand.type)
        if node.op == "NOT":
            operand = self.as_bits(operand, wanted)
            kind = kind_of(operand.type)
            if kind not in ("bool", "bits") and (self.scope.is_strict or kind not in ("int", "uint")):
                return self._refuse(node, "NOT", operand)
            return self.fold(ir.Complement(plain(operand.type), node.span, operand))
        if kind == "bits" and node.op == "MINUS" and not self.scope.is_strict:
            wider = {1: INT, 2: DINT}.get(operand.type.size, LINT)
            operand, kind = self.convert.explicit(operand, wider), "int"
        if kind not in _NUMBERS and not (kind == "time" and node.op == "MINUS"):
            return self._refuse(node, SYMBOL[node.op], operand)
        if node.op == "PLUS":
            return operand
        return self.fold(ir.Negate(plain(operand.type), node.span, operand))

    def _refuse(self, node: t.Expr, op: str, *operands: ir.Expr) -> ir.Expr:
        shown = " and ".join(str(settle(o).type) for o in operands)
        hint = ""
        kinds = {kind_of(settle(o).type) for o in operands}
        if op in _LOGIC | {"NOT"} and kinds <= {"int", "uint", "bits"}:
            hint = "convert to a bit string: INT_TO_WORD(...)"
        elif op in _LOGIC and {kind_of(o.type) for o in operands} & {"real", "int", "uint"}:
            hint = "compare first: x <> 0"
        elif op == "+" and {"string", "wstring"} & kinds:
            hint = "write CONCAT(...) of texts: CONCAT('n=', INT_TO_STRING(n))"
        elif len(operands) == 2:
            left, right = operands
            hint = for_hidden_value(left.span, right.type) or for_hidden_value(right.span, left.type)
        self.sink.tell("SY1313", node.span, f"{op} is not defined for {shown}", hint)
        return unknown(node.span)

    def _binary(self, node: t.Binary, wanted: Type | None) -> ir.Expr:
        bits = wanted if node.op in _BITWISE and self._has_bits(wanted) else None
        if node.op in _BITWISE and is_untyped(node.left) and not is_untyped(node.right):
            right = self.expr(node.right, bits)
            left = self.expr(node.left, right.type)
        else:
            left = self.expr(node.left, bits)
            beside = left.type if self._has_bits(left.type) else bits
            right = self.expr(node.right, beside or enum_of(left.type))
        if isinstance(right.type, EnumType) and is_unknown(left):
            left = self.expr(node.left, right.type)
        if bits is not None and left.type is right.type is INT_LITERAL:
            left, right = self.as_bits(left, bits), self.as_bits(right, bits)
        return self.binary(node, node.op, left, right)

    def as_bits(self, value: ir.Expr, wanted: Type | None) -> ir.Expr:
        """A number without a type as the bit string that is wanted."""
        if value.type is not INT_LITERAL or wanted is None or not self._has_bits(wanted):
            return value
        return self.convert.to(value, wanted)

    def _has_bits(self, type_: Type | None) -> bool:
        """True for BYTE to LWORD; vendors take bits of numbers, too."""
        kinds = ("bits",) if self.scope.is_strict else ("bits", "int", "uint")
        return type_ is not None and kind_of(type_) in kinds

    def binary(self, node: t.Expr, op: str, left: ir.Expr, right: ir.Expr) -> ir.Expr:
        """`left op right`; also what ADD(left, right) and the like mean."""
        if is_unknown(left, right):
            return unknown(node.span)
        if op not in COMPARISONS:
            left, right = self.counted(left), self.counted(right)
        if op == "POWER":
            return self._power(node, left, right)
        timed = TIME_OPERATORS.find(op, settle(left).type, settle(right).type)
        if timed is not None:
            name, function, result = timed
            return self.fold(ir.Intrinsic(result, node.span, name, function, [settle(left), settle(right)]))
        if op in ("PLUS", "MINUS") and kind_of(left.type) == "ref" and not self.scope.is_strict:
            return self._move_pointer(node, op, left, right)
        if op in COMPARISONS and not self.scope.is_strict:
            left, right = self._as_offsets(left, right)
        pair = self.unify(left, right)
        if pair is not None and is_unknown(*pair):
            return unknown(node.span)
        if pair is None or not self._is_defined(op, pair[0].type):
            return self._refuse(node, SYMBOL.get(op, op), left, right)
        a, b = pair
        if op in ("AND_THEN", "OR_ELSE"):
            return self.fold(ir.ShortCircuit(BOOL, node.span, op, a, b))
        if op in ("EQ", "NE") and kind_of(a.type) == "real":
            self.sink.tell(
                "SY2103", node.span, f"{a.type} values are rarely exactly equal", "compare the difference"
            )
        return self.fold(ir.Binary(BOOL if op in COMPARISONS else plain(a.type), node.span, op, a, b))

    def counted(self, value: ir.Expr) -> ir.Expr:
        """To vendors an enumeration's value is a number: `state := state + 1`. To everybody its earlier ones are while
        it is declared: `(RED := 1, BLUE := 2, BOTH := RED OR BLUE)`."""
        if not isinstance(value.type, EnumType) or (self.scope.is_strict and value.type is not self.declared):
            return value
        return self.convert.explicit(value, value.type.base)

    @staticmethod
    def _as_offsets(left: ir.Expr, right: ir.Expr) -> tuple[ir.Expr, ir.Expr]:
        """CODESYS compares pointers with each other and with numbers."""
        if NULL in (left.type, right.type) or "ref" not in (kind_of(left.type), kind_of(right.type)):
            return left, right
        sides = [ir.Convert(UDINT, e.span, e) if kind_of(e.type) == "ref" else e for e in (left, right)]
        return sides[0], sides[1]

    def _move_pointer(self, node: t.Expr, op: str, left: ir.Expr, right: ir.Expr) -> ir.Expr:
        """CODESYS counts pointers in bytes; the difference of two is a number."""
        number = ir.Convert(UDINT, left.span, left)
        if kind_of(right.type) == "ref":
            return ir.Binary(UDINT, node.span, op, number, ir.Convert(UDINT, right.span, right))
        if kind_of(right.type) not in ("int", "uint", "bits", "int_literal"):
            return self._refuse(node, SYMBOL[op], left, right)
        moved = ir.Binary(UDINT, node.span, op, number, self.convert.explicit(right, UDINT))
        return ir.Convert(left.type, node.span, moved)

    def unify(self, left: ir.Expr, right: ir.Expr) -> tuple[ir.Expr, ir.Expr] | None:
        """Both as values of one type; None if there is none."""
        a, b = plain(left.type), plain(right.type)
        if a in _LITERALS and b in _LITERALS:
            goal: Type | None = a if a == b else REAL_LITERAL
            return self._literal_as(left, goal), self._literal_as(right, goal)
        if a in _LITERALS or b in _LITERALS or NULL in (a, b):
            goal = b if a in _LITERALS or a is NULL else a
            is_number = NULL not in (a, b)
            if kind_of(goal) in ("string", "wstring", "char", "wchar") or (
                is_number and kind_of(goal) == "ref"
            ):
                return None
            if goal not in _LITERALS and kind_of(goal) in ("int", "uint", "bits") and REAL_LITERAL in (a, b):
                goal = common_type(goal, REAL) or LREAL
        elif isinstance(a, StringType) and isinstance(b, StringType) and a.is_wide == b.is_wide:
            goal = a if a.length >= b.length else b
        elif {kind_of(a), kind_of(b)} in ({"char", "string"}, {"wchar", "wstring"}):
            goal = StringType(kind_of(a)[0] == "w", max(getattr(a, "length", 1), getattr(b, "length", 1)))
            return self.convert.explicit(left, goal), self.convert.explicit(right, goal)
        else:
            goal = common_type(a, b)
            if goal is None and not self.scope.is_strict:
                goal = self._vendor_common(a, b)
        if goal is None or kind_of(goal) in ("array", "struct", "block"):
            return None
        return self.convert.to(left, goal), self.convert.to(right, goal)

    def _literal_as(self, expr: ir.Expr, goal: Type | None) -> ir.Expr:
        if goal is REAL_LITERAL and isinstance(expr, ir.Const):
            return ir.Const(REAL_LITERAL, expr.span, float(expr.value))
        return expr

    @staticmethod
    def _vendor_common(a: Type, b: Type) -> Type | None:
        """CODESYS mixes integers, bit strings and enumerations: the larger one, signed if either is."""
        family = ("int", "uint", "bits", "enum")
        a, b = (x.base if isinstance(x, EnumType) else x for x in (a, b))
        if kind_of(a) in family and kind_of(b) in family:
            signed = [x for x in (a, b) if kind_of(x) == "int"]
            largest = max((a, b), key=lambda x: x.size)
            return max(signed, key=lambda x: x.size) if signed and signed[0].size >= largest.size else largest
        if {kind_of(a), kind_of(b)} <= {*family, "real"}:
            return LREAL if LREAL in (a, b) else REAL
        return None

    def _is_defined(self, op: str, type_: Type) -> bool:
        kind = kind_of(type_)
        if op in ("AND_THEN", "OR_ELSE"):
            return kind == "bool"
        if op in ("AND", "OR", "XOR"):
            return kind in ("bool", "bits") or (
                not self.scope.is_strict and kind in ("int", "uint", "int_literal")
            )
        if op in ("EQ", "NE"):
            return not isinstance(plain(type_), ArrayType)
        if op in COMPARISONS:
            return kind not in ("ref", "interface")
        if op == "MOD":
            return kind in ("int", "uint", "int_literal") or (not self.scope.is_strict and kind == "bits")
        return (
            kind in _NUMBERS
            or (kind == "time" and op in ("PLUS", "MINUS"))
            or (not self.scope.is_strict and kind == "bits")
        )

    def _power(self, node: t.Expr, left: ir.Expr, right: ir.Expr) -> ir.Expr:
        """`a ** b` is EXPT: a REAL or LREAL result."""
        if kind_of(left.type) not in _NUMBERS or kind_of(right.type) not in _NUMBERS:
            return self._refuse(node, "**", left, right)
        wide = LREAL in (left.type, right.type)
        type_ = LREAL if wide else REAL
        values = [
            self.convert.to(side, type_) if side.type in _LITERALS else self.convert.explicit(side, type_)
            for side in (left, right)
        ]
        return self.library_call("EXPT", values, node.span)

    def library_call(self, name: str, values: list[ir.Expr], span: Span) -> ir.Expr:
        """The call of a standard function that the library has in ST."""
        raise NotImplementedError

    # ---- constants ----

    def fold(self, expr: ir.Expr) -> ir.Expr:
        """The operation, or its value if its operands are constant. A fault is told at compile time."""
        try:
            value = self._value(expr)
        except PlcFault as fault:
            self.sink.tell("SY1606", expr.span, fault.detail, "")
            return unknown(expr.span)
        if value is None:
            return expr
        if expr.type is INT_LITERAL and not -(1 << 63) <= value < 1 << 64:
            self.sink.tell("SY1606", expr.span, f"{value} has more than 64 bits", "")
            return unknown(expr.span)
        return ir.Const(expr.type, expr.span, value)

    def _value(self, expr: ir.Expr):
        match expr:
            case ir.Negate(operand=ir.Const() as a):
                return negate(expr.type, a.value)
            case ir.Complement(operand=ir.Const() as a):
                return complement(expr.type, a.value)
            case ir.Binary(op=op, left=ir.Const() as a, right=ir.Const() as b):
                return binary(op, a.type, a.value, b.value)
            case ir.ShortCircuit(op=op, left=ir.Const() as a, right=ir.Const() as b):
                return (a.value & b.value) if op == "AND_THEN" else (a.value | b.value)
            case ir.Intrinsic(operands=operands) if all(isinstance(o, ir.Const) for o in operands):
                return expr.function(expr.type, *(o.value for o in operands if isinstance(o, ir.Const)))
        return None
