"""Parameters that the standard declares as ANY_INT: CONCAT_DATE, SPLIT_DATE and their like (library/dates.st).

There they are LINT inputs and INT outputs; here any integer is given to the first, and the second are taken by every
integer variable that has room for all years, or for all hours, there are.
"""

from sortyard.plc import ir
from sortyard.plc.lower_convert import Converter
from sortyard.plc.symbols import Pou, Variable
from sortyard.plc.types import Elementary, Type, kind_of

_PREFIXES = ("CONCAT_", "SPLIT_")
_YEARS = range(1678, 2262)
_RANGES = {"YEAR": _YEARS, "MILLISECOND": range(1000)}
_OTHERS = range(60)
"""Months, days, hours, minutes, seconds."""


def converted(convert: Converter, pou: Pou, variable: Variable, value: ir.Expr, wanted: Type) -> ir.Expr:
    """What a parameter of such a function takes or gives, as an integer of the wanted type where that can be; other
    values as they are.
    """
    is_one = pou.is_library and pou.name.startswith(_PREFIXES) and kind_of(variable.type) == "int"
    if not is_one or not isinstance(wanted, Elementary) or wanted.kind not in ("int", "uint"):
        return value
    if kind_of(value.type) not in ("int", "uint"):
        return value
    values = _RANGES.get(variable.name, _OTHERS) if variable.section == "VAR_OUTPUT" else range(1)
    has_room = values[-1] < 1 << (8 * wanted.size - (wanted.kind == "int"))
    return convert.explicit(value, wanted) if has_room else value
