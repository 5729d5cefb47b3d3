"""Where variables lie. One unit's data here; the whole image in image.py.

Natural alignment, in the order of declaration. A block's data has two parts: its own, and what it RETAINs, which lies
in the image's retain slice; a hidden 32-bit offset in the first part leads to the second.
"""

from sortyard.plc.symbols import Pou, Variable
from sortyard.plc.types import ArrayType, BlockType, StructType, Type, aligned

REFERENCE_SIZE = 4
CLOCK_OFFSET = 8
AREAS_START = 16


class Area:
    """Places variables one after another from `start` on."""

    def __init__(self, start: int = 0) -> None:
        self.end = start
        self.align = 1

    def take(self, size: int, align: int) -> int:
        """The offset of the next `size` bytes."""
        offset = aligned(self.end, align)
        self.end = offset + size
        self.align = max(self.align, align)
        return offset


def slot_of(variable: Variable) -> tuple[int, int]:
    """Size and alignment of the variable's own place: a reference, with bounds if open, or the value itself."""
    if not variable.by_reference:
        return variable.type.size, variable.type.align
    is_open = isinstance(variable.type, ArrayType) and variable.type.is_open
    bounds = len(variable.type.bounds) if is_open else 0  # pyright: ignore[reportAttributeAccessIssue]
    return REFERENCE_SIZE + 8 * bounds, REFERENCE_SIZE


TYPE_ID_SIZE = 4


def lay_out(pou: Pou) -> None:
    """Give each variable of a unit its storage and offset; set the sizes of its block type.

    A function's variables, and a block's VAR_TEMP, get theirs from `place_locals`.
    """
    own, retained = _inherited(pou)
    known = set(pou.base.variables.values()) if pou.base is not None else set()
    for variable in pou.variables.values():
        if variable in known:
            continue
        if variable.storage in ("none", "image", "parts"):
            continue
        if variable.section == "VAR_INST" and pou.owner is not None:
            continue  # in the owner's data
        size, align = slot_of(variable)
        if pou.type is None or variable.section == "VAR_TEMP":
            variable.storage = "work"
            pou.work.append(variable)
        elif variable.is_retained and not variable.by_reference:
            variable.storage, variable.offset = "retain", retained.take(size, align)
        else:
            variable.storage, variable.offset = "instance", own.take(size, align)
    if pou.type is not None:
        _finish(pou.type, own, retained)
    pou.is_laid_out = True


def _inherited(pou: Pou) -> tuple[Area, Area]:
    """Where a unit's own data goes on behind that of its base, so that the base's code works on both."""
    own, retained = Area(), Area()
    if pou.type is None:
        return own, retained
    base = pou.base.type if pou.base is not None else None
    if base is not None:
        own.take(base.size, base.align)
        retained.take(base.retain_size, base.retain_align)
        pou.type.retain_slot, pou.type.has_type_id = base.retain_slot, base.has_type_id
    elif pou.type.has_type_id:
        own.take(TYPE_ID_SIZE, TYPE_ID_SIZE)
    return own, retained


def place_locals(pou: Pou) -> None:
    """Give the variables that live for one call their places, once it is known whose address is taken."""
    work, frame = Area(), Area()
    for variable in pou.work:
        if variable.is_addressed:
            variable.storage = "frame"
        area = frame if variable.is_addressed else work
        variable.offset = area.take(*slot_of(variable))
    pou.work_size, pou.frame_size = work.end, frame.end


def _finish(block: BlockType, own: Area, retained: Area) -> None:
    if retained.end and block.retain_slot is None:
        block.retain_slot = own.take(REFERENCE_SIZE, REFERENCE_SIZE)
    block.retain_size = aligned(retained.end, retained.align)
    block.retain_align = retained.align
    block.align = own.align
    block.size = max(aligned(own.end, own.align), 1)


def has_places(type_: Type) -> bool:
    """True if a variable of that type has blocks whose variables lie at addresses (`AT %I*`)."""
    match type_:
        case ArrayType():
            return has_places(type_.element)
        case StructType():
            return any(field.address is not None or has_places(field.type) for field in type_.fields.values())
        case BlockType():
            own = [v for v in type_.pou.variables.values() if v.storage in ("instance", "retain")]
            return any(v.address is not None or (not v.by_reference and has_places(v.type)) for v in own)
    return False


def has_retained(type_: Type) -> bool:
    """True if a variable of that type has parts in the retain slice of its own."""
    match type_:
        case ArrayType():
            return has_retained(type_.element)
        case StructType():
            return any(has_retained(field.type) for field in type_.fields.values())
        case BlockType():
            variables = type_.pou.variables.values()
            return type_.retain_slot is not None or any(
                has_retained(v.type)
                for v in variables
                if v.storage in ("instance", "retain") and not v.by_reference
            )
    return False
