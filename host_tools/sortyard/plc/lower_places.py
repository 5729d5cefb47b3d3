"""Names, members, indices and references to places of the image."""

from sortyard.plc import hints, ir
from sortyard.plc import tree as t
from sortyard.plc.declare_objects import find_method
from sortyard.plc.layout import has_places
from sortyard.plc.lower_convert import Converter, is_unknown, settle, unknown
from sortyard.plc.lower_vendor import input_name
from sortyard.plc.source import Span
from sortyard.plc.symbols import Pou, Scope, Variable
from sortyard.plc.types import (
    BOOL,
    BYTE,
    CHAR,
    DWORD,
    MAX_SIZE,
    UDINT,
    UNKNOWN,
    WCHAR,
    WORD,
    ArrayType,
    BlockType,
    Elementary,
    EnumType,
    Field,
    RefType,
    StringType,
    StructType,
    Type,
    kind_of,
    plain,
)

_AT_ADDRESSES = frozenset({"bits", "int", "uint", "real", "time"})
PART_TYPES = {"X": BOOL, "B": BYTE, "W": WORD, "D": DWORD}


class Part:
    """`width` bits of a place from `shift` on, as a value of `type`."""

    def __init__(self, place: ir.Place, shift: int, type_: Elementary) -> None:
        self.place = place
        self.shift = shift
        self.width = type_.bits
        self.type = type_


class PlaceLowerer:
    """Lowers what can stand left of `:=`. `expr` comes from lower_expr.py."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.project = scope.project
        self.sink = scope.sink
        self.convert = Converter(self.sink, scope.is_strict)
        self.calls: dict[Pou, Span] = scope.pou.calls if scope.pou else {}

    connects = False
    """It lowers the connections of a program in a CONFIGURATION, where an address has the type of what it is for."""
    address_type: Type | None = None

    def expr(self, node: t.Expr, wanted: Type | None = None) -> ir.Expr:
        raise NotImplementedError

    # ---- variables ----

    def variable_place(self, variable: Variable, span: Span) -> ir.Place:
        """Where a variable lies; one that is passed by reference, where it leads."""
        place = self._slot(variable, span)
        place.variable = variable
        if not variable.by_reference:
            return place
        slot = self._slot(variable, span)
        slot.type = UDINT
        target = ir.Place("pointer", 0, variable.type, span, ir.Load(UDINT, span, slot), [], variable)
        if isinstance(variable.type, ArrayType) and variable.type.is_open:
            target.is_open = slot.member(4, UDINT, span)
        return target

    def _slot(self, variable: Variable, span: Span) -> ir.Place:
        if variable.storage == "retain":
            assert self.scope.block is not None
            return retained_place(ir.Place("self", 0, self.scope.block, span), variable, span)
        if variable.storage == "work":
            return ir.Place("local", 0, variable.type, span, variable=variable)
        base = {"instance": "self", "image": "image"}[variable.storage]
        place = ir.Place(base, variable.offset, variable.type, span)
        place.is_loose = base == "image" and variable.offset % variable.type.align != 0
        return place

    def unfollowed(self, node: t.Expr) -> "ir.Place | Part | None":
        """The place of a REFERENCE TO itself, not of its target."""
        follow, self._follow = self._follow, lambda place: place
        found = self.place(node)
        self._follow = follow
        return found

    def place(self, node: t.Expr) -> ir.Place | Part | None:
        """The place that an expression names; None, and told, if it names none."""
        match node:
            case t.NameRef():
                return self._name(node)
            case t.Address():
                return self._address(node)
            case t.Member():
                return self._member(node)
            case t.Index():
                return self._index(node)
            case t.Dereference():
                return self._dereference(node)
        hint = "give a variable"
        if isinstance(node, t.Call) and self._is_array(node.callee):
            hint = f"an index stands in brackets: {node.callee.span.text()}[...]"
        self.sink.tell("SY1208", node.span, "this is a value, not a variable", hint)
        return None

    def _is_array(self, node: t.Expr) -> bool:
        variable = self.scope.variable(node.key) if isinstance(node, t.NameRef) else None
        return variable is not None and isinstance(variable.type, ArrayType)

    def _name(self, node: t.NameRef) -> ir.Place | Part | None:
        variable = self.scope.variable(node.key)
        if variable is None and node.key == "THIS" and self.scope.block is not None:
            return ir.Place("self", 0, self.scope.block, node.span)
        if variable is None:
            self.unknown_name(node)
            return None
        if variable.storage == "none":
            self.sink.tell("SY1209", node.span, f"{node.text} is a constant", "give a variable")
            return None
        if variable.parts:
            hint = f"use {node.text}.pValue, {node.text}.diSize or {node.text}.TypeClass"
            self.sink.tell("SY1208", node.span, f"{node.text} may be of any type: it has no value here", hint)
            return None
        if variable.edge_found is not None and self.scope.block is not None:
            mark(ir.Place("self", 0, variable.type, node.span, variable=variable), read=True)
            variable = variable.edge_found
        place = self.variable_place(variable, node.span)
        if variable.bit >= 0:
            place.type = BYTE
            return Part(place, variable.bit, BOOL)
        return self._follow(place)

    def unknown_name(self, node: t.NameRef) -> None:
        if node.key in ("THIS", "SUPER"):
            self.sink.tell(
                "SY1229",
                node.span,
                f"{node.text} is not a variable here",
                "call its methods in a class or block",
            )
            return
        if self.sink.was_told("SY1228", node.span):
            return
        hint = hints.for_variable(node.text, self.scope)
        self.sink.tell("SY1200", node.span, f"{node.text} is not declared", hint)

    def _address(self, node: t.Address) -> ir.Place | Part | None:
        """Every address of a statement has its variable (declare_addresses.py); what is none has been told."""
        for variable in self.project.located:
            if variable.address == node.text.upper():
                place = self.variable_place(variable, node.span)
                if variable.bit >= 0:
                    place.type = BYTE
                    return Part(place, variable.bit, BOOL)
                wanted = self.address_type
                if wanted is not None and kind_of(wanted) in _AT_ADDRESSES and wanted.size == place.type.size:
                    place.type = wanted
                return place
        return None

    def _follow(self, place: ir.Place) -> ir.Place:
        """A REFERENCE TO is its target wherever it is used."""
        if _is_reference(place.type):
            return self._target(ir.Load(place.type, place.span, place), place.span)
        return place

    def _target(self, pointer: ir.Expr, span: Span) -> ir.Place:
        assert isinstance(pointer.type, RefType)
        return ir.Place("pointer", 0, pointer.type.target, span, pointer)

    def _dereference(self, node: t.Dereference) -> ir.Place | None:
        if isinstance(node.base, t.NameRef) and node.base.key == "THIS":
            found = self._name(node.base)
            return found if isinstance(found, ir.Place) else None
        own = self.scope.block
        if isinstance(node.base, t.NameRef) and node.base.key == "SUPER" and own is not None:
            base = own.pou.base
            if base is not None and base.type is not None and not self.scope.is_strict:
                return ir.Place("self", 0, base.type, node.span)
        variable = self.scope.variable(node.base.key) if isinstance(node.base, t.NameRef) else None
        if variable is not None and _is_reference(variable.type) and not self.scope.is_strict:
            found = self.place(node.base)
            return found if isinstance(found, ir.Place) else None
        pointer = self.expr(node.base)
        if is_unknown(pointer):
            return None
        if not isinstance(pointer.type, RefType):
            self.sink.tell("SY1309", node.span, f"^ follows a reference; this is {pointer.type}", "remove ^")
            return None
        return self._target(pointer, node.span)

    # ---- members ----

    def _member(self, node: t.Member) -> ir.Place | Part | None:
        shared = self._qualified_global(node)
        if shared is not None:
            return self._follow(self.variable_place(shared, node.span))
        part = self._part_of_any(node)
        if part is not None:
            return self.variable_place(part, node.span)
        base = self.place(node.base)
        if base is None or base.type is UNKNOWN:
            return None
        if isinstance(base, Part):
            what = "a bit" if base.width == 1 else "a part"
            hint = "name bits and parts of the whole variable, or copy this to a variable"
            self.sink.tell("SY1310", node.name.span, f"{what} has no parts of its own", hint)
            return None
        if node.name.text[0] in "0123456789%":
            return self._part(base, node.name)
        if isinstance(base.type, StructType):
            return self._field(base, base.type, node)
        if isinstance(base.type, BlockType):
            return self._block_member(base, base.type, node)
        is_behind = isinstance(base.type, RefType) and isinstance(base.type.target, (StructType, BlockType))
        hint = f"write {node.base.span.text()}^.{node.name.text}" if is_behind else ""
        self.sink.tell("SY1310", node.name.span, f"{base.type} has no member {node.name.text}", hint)
        return None

    def _part_of_any(self, node: t.Member) -> Variable | None:
        """What `x.pValue` and its like name of an input of any type."""
        variable = self.scope.variable(node.base.key) if isinstance(node.base, t.NameRef) else None
        return variable.parts.get(node.name.key) if variable is not None else None

    def _qualified_global(self, node: t.Member) -> Variable | None:
        path = path_of(node)
        return None if path is None or "." not in path else self.scope.shared(path)

    def _field(self, base: ir.Place, struct: StructType, node: t.Member) -> ir.Place | Part | None:
        field = struct.fields.get(node.name.key)
        if field is None:
            hint = hints.for_member(node.name.text, [f.name for f in struct.fields.values()])
            self.sink.tell("SY1310", node.name.span, f"{struct} has no member {node.name.text}", hint)
            return None
        found = member_of(base, field, node.span)
        return found if isinstance(found, Part) else self._follow(found)

    def _block_member(self, base: ir.Place, block: BlockType, node: t.Member) -> ir.Place | Part | None:
        variable = block.pou.variables.get(input_name(block.pou, node.name.key, self.scope))
        if variable is None and self.sink.was_told("SY1228", node.span):
            return None
        if variable is None or not self._is_visible(base, block, variable):
            known = [v.name for v in block.pou.parameters("VAR_INPUT", "VAR_OUTPUT")]
            why = "has no input or output" if variable is None else "keeps to itself its variable"
            hint = hints.for_member(node.name.text, known)
            if variable is not None and variable.section == "VAR_IN_OUT":
                why, hint = (
                    "has within its calls only its VAR_IN_OUT",
                    "use the variable that is given for it",
                )
            if find_method(block.pou, node.name.key) is not None:
                why, hint = "has a method, and no input or output", f"call it: {node.name.text}(...)"
            self.sink.tell("SY1310", node.name.span, f"{block} {why} {node.name.text}", hint)
            return None
        if isinstance(node.base, t.NameRef) and node.base.key == "THIS":
            variable.is_read = variable.is_written = True
        if variable.by_reference:
            return self._follow(self.variable_place(variable, node.span))
        place = block_variable(base, variable, node.span)
        if variable.bit >= 0:
            place.type = BYTE
            return Part(place, variable.bit, BOOL)
        return self._follow(place)

    def _is_visible(self, base: ir.Place, block: BlockType, variable: Variable) -> bool:
        """Inputs and outputs are everybody's, PUBLIC variables too; all of an object are its own code's, and a TEST's.
        To vendors the others are everybody's too, where they are not PRIVATE or PROTECTED."""
        is_test = self.scope.pou is not None and self.scope.pou.kind == "TEST"
        is_open = is_test or (not self.scope.is_strict and variable.access not in ("PRIVATE", "PROTECTED"))
        if variable.section in ("VAR_INPUT", "VAR_OUTPUT") or variable.access == "PUBLIC":
            return True
        is_this = base.base == "self" and base.offset == 0 and block is self.scope.block
        return (
            (is_this or is_open)
            and variable.section != "VAR_TEMP"
            and (is_this or not variable.by_reference)
            and variable.storage != "none"
        )

    def _part(self, base: ir.Place, name: t.Name) -> Part | None:
        """`.3` and `.%X3` a bit, `.%B1` a byte, `.%W1`, `.%D0`."""
        text = name.text.upper().lstrip("%")
        letter, number = (text[0], text[1:]) if text[0] in PART_TYPES else ("X", text)
        type_ = PART_TYPES.get(letter)
        allowed = ("bits",) if self.scope.is_strict else ("bits", "int", "uint")
        if type_ is None or kind_of(base.type) not in allowed:
            self.sink.tell(
                "SY1310", name.span, f"{base.type} has no bits to name", "use a bit string: BYTE to LWORD"
            )
            return None
        number = number.replace("_", "")
        if not number.isdecimal():
            return None  # a word that begins with a digit has been told
        shift = int(number) * type_.bits
        whole = plain(base.type)
        if shift + type_.bits > whole.size * 8:
            self.sink.tell(
                "SY1605", name.span, f"{base.type} has no part {name.text}", f"it has {whole.size * 8} bits"
            )
            return None
        return Part(base, shift, type_)

    # ---- arrays ----

    def _index(self, node: t.Index) -> ir.Place | None:
        base = self.place(node.base)
        indices = [self._index_value(i) for i in node.indices]
        if base is None or base.type is UNKNOWN or any(i is None for i in indices):
            return None
        left = [i for i in indices if i is not None]
        if not isinstance(base, Part):
            base = self._as_array(base, node.span)
        if isinstance(base, Part) or not isinstance(base.type, ArrayType):
            hint = "bits stand behind a point: w.3" if kind_of(base.type) == "bits" else "remove the index"
            self.sink.tell("SY1311", node.span, f"{base.type} is not an array", hint)
            return None
        while left and isinstance(base.type, ArrayType):
            base, left = self._index_once(base, base.type, left, node.span)
            if base is None:
                return None
        if left:
            count = len(node.indices) - len(left)
            enough = f"{count} {'index is' if count == 1 else 'indices are'} enough"
            message = f"{enough}, {len(node.indices)} given"
            self.sink.tell("SY1311", node.span, message, "remove the others")
            return None
        return self._follow(base)

    def _as_array(self, base: ir.Place, span: Span) -> ir.Place:
        """A string's characters count from 1 on. Vendors index strings as bytes or words from 0 on, and what a pointer
        leads to, from 0 on."""
        type_ = base.type
        if isinstance(type_, StringType):
            if self.scope.pou is not None:
                self.scope.pou.indexes_texts = True
            if self.scope.is_strict:
                own = ArrayType(WCHAR if type_.is_wide else CHAR, ((1, type_.length),))
            else:
                own = ArrayType(WORD if type_.is_wide else BYTE, ((0, type_.length),))
            return base.member(0, own, span)
        if isinstance(type_, RefType) and type_.kind == "POINTER":
            place = self._target(self.load(base, span), span)
            place.type = ArrayType(type_.target, ((0, MAX_SIZE // max(type_.target.size, 1) - 1),))
            return place
        return base

    def _index_value(self, node: t.Expr) -> ir.Expr | None:
        value = settle(self.expr(node))
        if is_unknown(value):
            return None
        if kind_of(value.type) in ("int", "uint") or (
            not self.scope.is_strict and kind_of(value.type) in ("bits", "enum")
        ):
            return value
        self.sink.tell(
            "SY1312", node.span, f"an index is a whole number; this is {value.type}", "use an integer"
        )
        return None

    def _index_once(
        self, base: ir.Place, array: ArrayType, indices: list[ir.Expr], span: Span
    ) -> tuple[ir.Place | None, list[ir.Expr]]:
        """Apply as many indices as `array` has dimensions."""
        wanted = len(array.bounds)
        if len(indices) < wanted:
            self.sink.tell(
                "SY1311", span, f"{wanted} indices are needed, {len(indices)} given", f"it is {array}"
            )
            return None, []
        own, rest = indices[:wanted], indices[wanted:]
        for index, pair in zip(own, array.bounds, strict=True):
            if isinstance(index, ir.Const) and pair and not pair[0] <= index.value <= pair[1]:
                self.sink.tell(
                    "SY1605", index.span, f"index {index.value} is not within {pair[0]}..{pair[1]}", ""
                )
                return None, []
        place = base.member(0, array.element, span)
        place.indexings.append(ir.Indexing(array, own, span, base.is_open))
        return place, rest

    # ---- reading ----

    def load(self, found: ir.Place | Part | None, span: Span) -> ir.Expr:
        """The value at a place."""
        if found is None:
            return unknown(span)
        if isinstance(found, Part):
            mark(found.place, read=True)
            return ir.ReadPart(found.type, span, found.place, found.shift, found.width)
        mark(found, read=True)
        if isinstance(found.type, (ArrayType, StructType)) and has_places(found.type):
            hint = "take its members one by one, or use VAR_IN_OUT"
            self.sink.tell("SY1504", span, f"{found.type} has places at addresses and is no value", hint)
        return ir.Load(found.type, span, found)

    def may_refer_to(self, place: ir.Place, span: Span) -> bool:
        """False, and told, for what lies at a byte where no reference leads to."""
        if not place.is_loose or place.type.align == 1:
            return True
        message = (
            f"{span.text()} does not begin at a multiple of {place.type.align} bytes, so nothing refers to it"
        )
        self.sink.tell("SY1409", span, message, "copy it to a variable first")
        return False


def member_of(base: ir.Place, field: Field, span: Span) -> ir.Place | Part:
    """A member of the structure at a place; some are a bit of it."""
    if field.bit >= 0:
        return Part(base.member(field.offset, BYTE, span), field.bit, BOOL)
    place = base.member(field.offset, field.type, span)
    place.is_loose |= field.is_loose
    return place


def _is_reference(type_: Type) -> bool:
    """True for a REFERENCE TO, which needs no `^`; some write it all the same."""
    return isinstance(type_, RefType) and type_.kind == "REFERENCE"


def mark(place: ir.Place, read: bool = False, written: bool = False) -> None:
    """Note that the variable under a place is used."""
    if place.variable is not None:
        place.variable.is_read |= read
        place.variable.is_written |= written


def refer(place: ir.Place) -> None:
    """Note that something will refer to the place: it may be read and written there, and lies in the image."""
    mark(place, read=True, written=True)
    if place.variable is not None and place.base == "local":
        place.variable.is_addressed = True


def retained_place(instance: ir.Place, variable: Variable, span: Span) -> ir.Place:
    """A retained variable of a block: behind the hidden offset in its instance."""
    block = instance.type
    assert isinstance(block, BlockType)
    assert block.retain_slot is not None
    slot = instance.member(block.retain_slot, UDINT, span)
    return ir.Place("pointer", variable.offset, variable.type, span, ir.Load(UDINT, span, slot))


def block_variable(instance: ir.Place, variable: Variable, span: Span) -> ir.Place:
    """An input or output of a block's instance, seen from outside."""
    if variable.storage == "retain":
        return retained_place(instance, variable, span)
    if variable.storage == "image":
        place = ir.Place("image", variable.offset, variable.type, span)
        place.is_loose = variable.offset % variable.type.align != 0
        return place
    return instance.member(variable.offset, variable.type, span)


def path_of(node: t.Expr) -> str | None:
    """`A.B.C` in upper case if the expression is nothing but names and dots."""
    names = []
    while isinstance(node, t.Member):
        names.append(node.name.key)
        node = node.base
    if not isinstance(node, t.NameRef):
        return None
    return ".".join([node.key, *reversed(names)])


def enum_of(type_: Type | None) -> EnumType | None:
    return type_ if isinstance(type_, EnumType) else None
