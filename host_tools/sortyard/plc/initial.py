"""First contents: the initial value of every type and variable as bytes."""

from typing import NamedTuple

from sortyard.plc import ir
from sortyard.plc import tree as t
from sortyard.plc.codec import encode
from sortyard.plc.diagnostics import nearest
from sortyard.plc.lower_convert import is_unknown
from sortyard.plc.lower_stmt import StatementLowerer
from sortyard.plc.operators import default_of
from sortyard.plc.start_needs import has_init, is_dynamic, needs_start, sets_property
from sortyard.plc.symbols import Pou, Project, Scope, Variable
from sortyard.plc.types import ArrayType, BlockType, Field, StructType, Type


class Template(NamedTuple):
    """First contents of a unit's variables that live for one call: its work area, and its frame in the image.

    Places of references are zero.
    """

    work: bytes
    frame: bytes


class Initial:
    """Computes initial contents; the one of each type once."""

    def __init__(self, project: Project) -> None:
        self.sink = project.sink
        self._of_type: dict[Type, bytes] = {}

    def variable(self, variable: Variable) -> bytes:
        """The first content of a variable that is not passed by reference."""
        if variable.init is None or variable.scope is None:
            return self.type(variable.type)
        if needs_start(variable):
            return self.value(variable.type, variable.init, variable.scope)
        return self.constant(variable.type, variable.init, variable.scope)

    def constant(self, type_: Type, node: t.Expr, scope: Scope) -> bytes:
        """The bytes of a written initial value that nothing gives at the start."""
        if is_dynamic(node, scope):
            hint = "use constants"
            self.sink.tell("SY1609", node.span, "an initial value is known before the program runs", hint)
        return self.value(type_, node, scope)

    def type(self, type_: Type) -> bytes:
        """The first content of a type that says nothing else."""
        if type_ not in self._of_type:
            self._of_type[type_] = self._default(type_)
        return self._of_type[type_]

    def _default(self, type_: Type) -> bytes:
        match type_:
            case ArrayType():
                return self.type(type_.element) * type_.count
            case StructType():
                data = bytearray(type_.size)
                for field in type_.fields.values():
                    content = (
                        self.value(field.type, field.init, field.scope)
                        if field.init
                        else self.type(field.type)
                    )
                    if not type_.is_union or field.init:
                        _put(data, field, content)
                return bytes(data)
            case BlockType():
                return self.block(type_, "instance", type_.size)
        return encode(type_, default_of(type_))

    def block(self, type_: BlockType, storage: str, size: int) -> bytes:
        """One part of a block's data: what it keeps itself, or what it retains."""
        data = bytearray(size)
        if type_.has_type_id and storage == "instance":
            data[:4] = type_.pou.type_id.to_bytes(4, "little")
        for variable in type_.pou.variables.values():
            if variable.storage == storage and not variable.by_reference:
                content = self.variable(variable)
                data[variable.offset : variable.offset + len(content)] = content
        return bytes(data)

    def template(self, pou: Pou) -> Template:
        """What a unit's variables of one call start with."""
        data = {"work": bytearray(pou.work_size), "frame": bytearray(pou.frame_size)}
        for variable in pou.work:
            if not variable.by_reference:
                content = self.variable(variable)
                data[variable.storage][variable.offset : variable.offset + len(content)] = content
        return Template(bytes(data["work"]), bytes(data["frame"]))

    def value(self, type_: Type, node: t.Expr, scope: Scope, below: bytes | None = None) -> bytes:
        """The bytes of a written initial value; of what is done at the start (lower_start.py), the type's. What it
        leaves out of a structure is as in `below`."""
        if isinstance(node, t.ArrayInit):
            return self._array(type_, node, scope)
        if isinstance(node, t.StructInit):
            below = self.type(type_) if below is None else below
            return below if has_init(type_) else self._members(type_, node, scope, below)
        if is_dynamic(node, scope):
            return self.type(type_)
        lowerer = StatementLowerer(scope)
        found = lowerer.expr(node, type_)
        value = lowerer.convert.to(found, type_, "the initial value")
        if is_unknown(found, value):
            return self.type(type_)
        if isinstance(value, ir.Const):
            return encode(type_, value.value)
        self.sink.tell(
            "SY1609", node.span, "an initial value is known before the program runs", "use constants"
        )
        return self.type(type_)

    def _array(self, type_: Type, node: t.ArrayInit, scope: Scope) -> bytes:
        if not isinstance(type_, ArrayType):
            self.sink.tell(
                "SY1319", node.span, f"[...] is the value of an array; this is {type_}", "remove the brackets"
            )
            return self.type(type_)
        parts, left, default = [], type_.count, self.type(type_.element)
        for repetition, values in node.items:
            count = min(repetition * max(1, len(values)), left + 1)
            contents = [self.value(type_.element, value, scope) for value in values[:count]] or [default]
            left -= count
            if left < 0:
                self.sink.tell(
                    "SY1610", node.span, f"the array has {type_.count} elements, here are more", "remove some"
                )
                return self.type(type_)
            parts.append(b"".join(contents) * (count // len(contents)))
        return b"".join(parts) + default * left

    def _members(self, type_: Type, node: t.StructInit, scope: Scope, below: bytes) -> bytes:
        data = bytearray(below)
        if not isinstance(type_, (StructType, BlockType)):
            self.sink.tell(
                "SY1319", node.span, f"(a := ...) is the value of a structure; this is {type_}", ""
            )
            return bytes(data)
        for name, value in node.fields:
            if isinstance(type_, StructType):
                member = type_.fields.get(name.key)
                known = [f.name for f in type_.fields.values()]
            else:
                member = type_.pou.variables.get(name.key)
                known = [v.name for v in type_.pou.variables.values()]
                member = member if member is not None and member.storage == "instance" else None
                if member is None and sets_property(type_, t.StructInit(node.span, 1, [(name, value)])):
                    continue
            if member is None:
                self.sink.tell(
                    "SY1310", name.span, f"{type_} has no member {name.text}", nearest(name.text, known)
                )
                continue
            if member.address is not None:
                what = f"{name.text} lies at {member.address}: its first value is that of its type"
                self.sink.tell("SY1609", value.span, what, "assign it when the program starts")
                continue
            was = bytes(data[member.offset : member.offset + member.type.size])
            _put(data, member, self.value(member.type, value, scope, was))
        return bytes(data)


def _put(data: bytearray, member: Field | Variable, content: bytes) -> None:
    """Let a member have its content; some are one bit."""
    at = member.offset
    if member.bit >= 0:
        data[at] = data[at] & ~(1 << member.bit) | content[0] << member.bit
    else:
        data[at : at + len(content)] = content
