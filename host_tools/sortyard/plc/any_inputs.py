"""Inputs of any type as CODESYS and TwinCAT have them: `x : ANY`, `x : ANY_INT`.

The caller gives a variable. The unit sees where it lies (`x.pValue`), its size in bytes (`x.diSize`) and what it is
(`x.TypeClass`, a value of __SYSTEM.TYPE_CLASS): three variables of its own.
"""

from sortyard.plc import ir
from sortyard.plc.lower_places import refer
from sortyard.plc.source import Span
from sortyard.plc.symbols import Variable
from sortyard.plc.types import (
    BYTE,
    DINT,
    GROUPS,
    INT,
    Elementary,
    EnumType,
    RefType,
    Type,
    in_group,
    kind_of,
    plain,
)

_CLASSES = """BOOL BIT BYTE WORD DWORD LWORD SINT INT DINT LINT USINT UINT UDINT ULINT REAL LREAL STRING WSTRING TIME
    DATE DATEANDTIME TIMEOFDAY POINTER REFERENCE SUBRANGE ENUM ARRAY PARAMS USERDEF NONE ANY ANYBIT ANYDATE ANYINT
    ANYNUM ANYREAL LAZY LTIME BITCONST UXINT XWORD XINT XSTRING VARLENARRAY ANYSTRING VECTOR LDATE LDATEANDTIME
    LTIMEOFDAY"""
TYPE_CLASS = EnumType("__SYSTEM.TYPE_CLASS", INT)
TYPE_CLASS.values = {f"TYPE_{name}": number for number, name in enumerate(_CLASSES.split())}
TYPE_CLASS.values["TYPE_INTERFACE"] = -0x1000  # 16#F000 as an INT
TYPE_CLASS.spelling = {name: name for name in TYPE_CLASS.values}
"""Its numbers are those of the vendors."""
ANY_TYPES: dict[str, Type] = {
    "__SYSTEM.TYPE_CLASS": TYPE_CLASS,
    "IBASELIBRARY.TYPECLASS": TYPE_CLASS,
    **{name: Elementary(name, "any", 1) for name in GROUPS if name != "ANY_WHOLE"},
}
"""What a program can name of all this."""
ANY_RECORD = "__SYSTEM.ANYTYPE"
"""An input of any type; of other variables a structure with what the unit sees of one."""
_NAMES = {
    "TIME_OF_DAY": "TIMEOFDAY",
    "DATE_AND_TIME": "DATEANDTIME",
    "LTIME_OF_DAY": "LTIMEOFDAY",
    "LDATE_AND_TIME": "LDATEANDTIME",
}
_OF_KIND = {
    "string": "STRING",
    "wstring": "WSTRING",
    "enum": "ENUM",
    "array": "ARRAY",
    "struct": "USERDEF",
    "block": "USERDEF",
    "ref": "POINTER",
}


def parts_of(variable: Variable) -> dict[str, Variable]:
    """What the unit sees of an input of any type, by the members' names."""
    types: dict[str, Type] = {"TypeClass": TYPE_CLASS, "pValue": RefType(BYTE, "POINTER"), "diSize": DINT}
    return {
        name.upper(): Variable(
            f"{variable.name}__{name}", variable.span, type_, "VAR_INPUT", scope=variable.scope, is_part=True
        )
        for name, type_ in types.items()
    }


def is_any(type_: Type) -> bool:
    return kind_of(type_) == "any"


def takes(wanted: Type, given: Type) -> bool:
    """True if a variable of the type may be given; everything to ANY."""
    return (
        wanted.name == "ANY"
        or in_group(given, wanted.name)
        or (kind_of(given) in ("bits", "enum") and wanted.name in ("ANY_NUM", "ANY_INT"))
    )


def values_of(variable: Variable, place: ir.Place, span: Span) -> list[tuple[Variable, ir.Expr]]:
    """What a call gives to the parts of an input for the variable at a place."""
    refer(place)
    part = variable.parts
    address = ir.AddressOf(part["PVALUE"].type, span, place)
    return [
        (part["TYPECLASS"], ir.Const(TYPE_CLASS, span, class_of(place.type))),
        (part["PVALUE"], address),
        (part["DISIZE"], ir.Const(DINT, span, place.type.size)),
    ]


def class_of(type_: Type) -> int:
    """The number of a type in TYPE_CLASS."""
    whole = plain(type_)
    name = _OF_KIND.get(kind_of(type_), "NONE")
    if isinstance(whole, Elementary):
        name = _NAMES.get(whole.name, whole.name)
    return TYPE_CLASS.values.get(f"TYPE_{name}", TYPE_CLASS.values["TYPE_NONE"])
