"""What is known about a program before any of it is written: what calls what, what may change what, odd pointers."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

from sortyard.plc import ir
from sortyard.plc.program import Compiled
from sortyard.plc.symbols import Pou, Variable
from sortyard.plc.types import ArrayType, BlockType, RefType, StringType, StructType, Type, kind_of

BULKY_TEXT, BULKY_WIDE_TEXT, BULKY_BLOCK = 256, 40, 8192
"""Bytes of strings, and of arrays and structures, beyond which storing one takes several steps."""
_DEEPEST = 3
"""Loops inside of each other that are tried as loops without pauses."""


def parts(node: Any) -> Iterator[Any]:
    """Every expression, place and statement in a node, itself included."""
    todo = [node]
    while todo:
        one = todo.pop()
        if isinstance(one, (list, tuple)):
            todo += reversed(one)
        elif (names := _names_of(type(one))) is not None:
            yield one
            todo += [getattr(one, name) for name in names]


@cache
def _names_of(kind: type) -> tuple[str, ...] | None:
    """The fields of a part, the last one first; None for what is no part."""
    if not (is_dataclass(kind) and issubclass(kind, (ir.Expr, ir.Stmt, ir.Place, ir.Indexing))):
        return None
    return tuple(field.name for field in reversed(fields(kind)))


def is_bulky(type_: Type) -> bool:
    """True if a value of the type is stored in several steps, between which the slice may end."""
    if isinstance(type_, StringType):
        return type_.size > (BULKY_WIDE_TEXT if type_.is_wide else BULKY_TEXT)
    return isinstance(type_, (ArrayType, StructType, BlockType)) and type_.size > BULKY_BLOCK


def may_pause(node: Any) -> bool:
    """True for an operation that takes several steps, between which the slice may end (support.in_steps)."""
    match node:
        case ir.Binary(op=op, left=left):
            return (op in ("SLASH", "MOD") and _is_long(left.type)) or isinstance(left.type, StringType)
        case ir.Intrinsic(name=name, operands=[first, *_]) if isinstance(first.type, StringType):
            return name not in ("LEN", "MOVE")
        case ir.Intrinsic(name=name, type=type_):
            has_real = any(kind_of(one.type) == "real" for one in node.operands)
            is_span = name.startswith("DIV_") or (name.startswith("MUL_") and has_real)
            return is_span or "BCD" in name or (name in ("SEL", "MUX") and isinstance(type_, StringType))
        case ir.Convert(type=type_, operand=operand):
            kinds = kind_of(type_), kind_of(operand.type)
            is_span = kinds[0] in ("time", "date", "tod", "dt") and kinds[1] == "real"
            return is_span or set(kinds) == {"string", "wstring"}
        case ir.Store(place=place):
            return is_bulky(place.type)
    return False


def breaks(node: Any) -> bool:
    """True for work in steps between which the slice may end: locals do not outlive it. They do outlive a rest, where
    cuts.cut has them put by."""
    match node:
        case ir.Call():
            return takes_texts(node) or is_bulky(node.type)
        case ir.Expr(type=type_):
            return may_pause(node) or is_bulky(type_)
    return may_pause(node)


def may_rest(node: Any) -> bool:
    """True for work that takes so long that the slice may end before or behind it, though it is no work in steps."""
    match node:
        case ir.Binary(op=op, left=left):
            return left.type.size >= 4 and kind_of(left.type) != "real" and op in ("STAR", "SLASH", "MOD")
        case ir.Convert(type=type_, operand=operand):
            groups = {_GROUPS.get(kind_of(one)) for one in (type_, operand.type)}
            return (groups != {None} and len(groups) == 2) or kind_of(operand.type) == "dt"
        case ir.Intrinsic(name=name):
            return name.startswith(_LONG_FUNCTIONS) or "TRUNC" in name
    return False


def takes_texts(call: ir.Call) -> bool:
    """True if storing the arguments takes so long that the slice may end between them."""
    types = [variable.type for variable, _ in call.inputs]
    types += [one.type for one in call.pou.work if one.section == "VAR_INPUT"]
    return sum(isinstance(one, StringType) for one in types) > 1 or any(is_bulky(one) for one in types)


_GROUPS = {"real": "real", "time": "time", "date": "time", "tod": "time", "dt": "time"}
_LONG_FUNCTIONS = ("LEN", "SH", "RO", "SQRT", "MUL_", "ADD_", "SUB_", "CONCAT_DATE_TOD", "DAY_OF_WEEK")


def _is_long(type_: Type) -> bool:
    return type_.size == 8 and kind_of(type_) != "real"


class Facts:
    """Of all units of a compiled program."""

    def __init__(self, pous: list[Pou], calls: list[ir.Call], shared: list[Variable]) -> None:
        self.pous = pous
        self.calls = calls
        self.referred: set[int] = set()
        self.has_loose_pointers = False
        for node in parts([calls, [pou.body for pou in pous]]):
            self._look_at(node)
        variables = [*shared, *(v for pou in pous for v in pou.variables.values())]
        self.has_unions = any(_has_union(v.type) for v in variables)

    def _look_at(self, node: Any) -> None:
        if (isinstance(node, ir.AddressOf) and node.place.variable is not None) or isinstance(
            node, ir.InterfaceOf
        ):
            self.referred.add(id(node.place.variable))
        elif isinstance(node, ir.Call):
            self.referred |= {id(place.variable) for _, place in node.references}
        elif (
            isinstance(node, ir.Convert)
            and kind_of(node.type) == "ref"
            and kind_of(node.operand.type) not in ("ref", "null")
        ):
            self.has_loose_pointers = True

    def fixed_instances(self) -> dict[Pou, int]:
        """The instance's offset of each unit that has only one."""
        found: dict[Pou, set[int | None]] = {}
        for call in self.calls:
            self._instance(found, call, None)
        for pou in reversed(self.pous):
            own = found.get(pou, set())
            at = next(iter(own)) if len(own) == 1 else None
            for call in parts(pou.body):
                if isinstance(call, ir.Call):
                    self._instance(found, call, at)
                elif isinstance(call, ir.Dispatch):
                    for target in call.targets.values():
                        found.setdefault(target, set()).add(None)
        return {
            pou: at
            for pou, (at, *more) in ((p, list(a)) for p, a in found.items())
            if at is not None and not more
        }

    @staticmethod
    def _instance(found: dict[Pou, set[int | None]], call: ir.Call, outer: int | None) -> None:
        place = call.instance
        if place is None:
            return
        at = None
        if not place.indexings and place.base == "image":
            at = place.offset
        elif not place.indexings and place.base == "self" and outer is not None:
            at = outer + place.offset
        found.setdefault(call.pou, set()).add(at)

    def may_change(self, body: list[ir.Stmt], place: ir.Place) -> bool:
        """True if the statements might store to a scalar variable at that fixed place."""
        if place.variable is not None and id(place.variable) in self.referred:
            return True
        for node in parts(body):
            if isinstance(node, (ir.Store, ir.StorePart)) and _overlaps(node.place, place):
                return True
            if isinstance(node, (ir.For)) and _overlaps(node.place, place):
                return True
            if isinstance(node, ir.Call) and self._call_may_change(node, place):
                return True
            if (
                isinstance(node, (ir.Store, ir.StorePart))
                and node.place.base == "pointer"
                and self.has_loose_pointers
            ):
                return True
        return False

    def _call_may_change(self, call: ir.Call, place: ir.Place) -> bool:
        if place.base == "local" and place.variable is not None and place.variable.storage == "work":
            return False
        if place.base == "self":
            own = call.instance
            is_elsewhere = (
                own is None or (own.base == "self" and not _overlaps(own, place)) or own.base == "local"
            )
            return not is_elsewhere or self.has_loose_pointers
        return True


def _overlaps(written: ir.Place, place: ir.Place) -> bool:
    """True unless the two lie apart for sure; places behind references are apart from variables nothing refers to."""
    if written.base != place.base:
        return False
    if place.base == "local" and written.variable is not place.variable:
        return False
    size = written.type.size + sum(one.array.size - one.array.element.size for one in written.indexings)
    return written.offset < place.offset + place.type.size and place.offset < written.offset + size


def is_apart(expr: ir.Expr, call: ir.Call) -> bool:
    """True if no store of an argument of the call can change what the expression reads."""
    target = call.instance
    for node in parts(expr):
        if not isinstance(node, ir.Place):
            continue
        if node.base == "pointer" or (target is not None and (target.base == "pointer" or target.indexings)):
            return False
        if node.base == "local" or target is None or node.base != target.base:
            continue
        if _overlaps(node, target):
            return False
    return True


def is_even(loop: ir.For, resumable: Any) -> bool:
    """True if a turn of the loop may be worth writing without pauses."""
    for node in parts(loop.body):
        if isinstance(node, (ir.While, ir.Repeat, ir.Dispatch)) or may_pause(node):
            return False
        if isinstance(node, ir.Call) and resumable(node.pou):
            return False
    return _depth(loop.body) < _DEEPEST


def _depth(body: list[ir.Stmt]) -> int:
    return max((_depth_of(node) for node in body), default=0)


def _depth_of(node: ir.Stmt) -> int:
    match node:
        case ir.For():
            return 1 + _depth(node.body)
        case ir.If():
            return max([_depth(node.otherwise), *(_depth(body) for _, body in node.branches)])
        case ir.Case():
            return max([_depth(node.otherwise), *(_depth(body) for _, body in node.branches)])
    return 0


def has_raw_texts(compiled: Compiled) -> bool:
    """True if strings are written character by character, or one lies among inputs, outputs or %M, where other
    variables may lie too."""
    if any(pou.indexes_texts for pou in compiled.pous):
        return True
    end = compiled.image.slices["memory"][1]
    types = [type_ for at, type_, _ in compiled.image.symbols.values() if at < end]
    types += [v.type for pou in compiled.pous for v in pou.variables.values() if v.address is not None]
    return any(_has_text(type_) for type_ in types)


def _has_text(type_: Type) -> bool:
    match type_:
        case ArrayType(element=element):
            return _has_text(element)
        case StructType(fields=members):
            return any(_has_text(member.type) for member in members.values())
    return isinstance(type_, StringType)


def _has_union(type_: Type) -> bool:
    match type_:
        case ArrayType():
            return _has_union(type_.element)
        case StructType():
            return type_.is_union or any(_has_union(field.type) for field in type_.fields.values())
        case RefType():
            return (
                _has_union(type_.target) if not isinstance(type_.target, (StructType, BlockType)) else False
            )
    return False


_OBJECTS = {"real", "string", "wstring", "array", "struct"}


def is_whole_only(pou: Pou) -> bool:
    """True if a unit computes with whole numbers and conditions only, and copies nothing larger."""
    for node in parts(pou.body):
        if isinstance(node, ir.Dispatch):
            return False
        if isinstance(node, ir.Expr) and kind_of(node.type) in {*_OBJECTS, "block"}:
            return False
        if isinstance(node, ir.Store) and kind_of(node.place.type) in {*_OBJECTS, "block"}:
            return False
        if isinstance(node, ir.Call) and any(kind_of(v.type) in _OBJECTS for v in node.pou.work):
            return False
    return not any(kind_of(variable.type) in _OBJECTS for variable in pou.work)
