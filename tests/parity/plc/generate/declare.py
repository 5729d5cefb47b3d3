"""Types and variables of a generated program, and the places that they offer."""

from dataclasses import dataclass, field

from parity.plc.generate.choices import Choices

INTS = ("INT", "DINT", "SINT", "LINT", "USINT", "UINT", "UDINT", "ULINT")
BITS = ("WORD", "BYTE", "DWORD", "LWORD")
REALS = ("REAL", "LREAL")
SCALARS = (*INTS, "BOOL", *BITS, *REALS, "TIME", "LTIME", "STRING[5]", "STRING[20]", "WSTRING[7]", "CHAR", "DATE",
           "TIME_OF_DAY", "DATE_AND_TIME")  # fmt: skip
LIMITS = {
    "SINT": (-128, 127), "INT": (-(1 << 15), (1 << 15) - 1), "DINT": (-(1 << 31), (1 << 31) - 1),
    "LINT": (-(1 << 63), (1 << 63) - 1), "USINT": (0, 255), "UINT": (0, 65535), "UDINT": (0, (1 << 32) - 1),
    "ULINT": (0, (1 << 64) - 1), "BYTE": (0, 255), "WORD": (0, 65535), "DWORD": (0, (1 << 32) - 1),
    "LWORD": (0, (1 << 64) - 1),
}  # fmt: skip
TYPES = """
TYPE
    Color : (Red, Green := 5, Blue);
    Small : INT(-5..20);
    Point : STRUCT x : DINT; ok : BOOL; y : INT := 7; END_STRUCT;
    Box : STRUCT name : STRING[5]; corner : Point; weights : ARRAY[0..3] OF REAL; kind : Color; span : TIME; END_STRUCT;
    Frame : STRUCT head AT %B0 : BYTE := 126; jam AT %X1.3 : BOOL; go AT %X1.4 : BOOL := TRUE; weight AT %B3 : REAL;
        track AT %B7 : DINT := -1; small AT %B11 : INT; name AT %B13 : STRING[5] := 'ab'; big AT %B21 : LINT;
        corner AT %B29 : Point; row AT %B41 : ARRAY[0..3] OF REAL; after : TIME; END_STRUCT;
    Cover : STRUCT OVERLAP whole AT %D0 : DWORD; half AT %B1 : WORD; low AT %B0 : BYTE; bit AT %X2.7 : BOOL;
        number AT %B1 : INT; part AT %B0 : REAL; END_STRUCT;
END_TYPE
"""
STRUCTS: dict[str, dict[str, str]] = {
    "Point": {"x": "DINT", "ok": "BOOL", "y": "INT"},
    "Box": {
        "name": "STRING[5]",
        "corner": "Point",
        "weights": "ARRAY[0..3] OF REAL",
        "kind": "Color",
        "span": "TIME",
    },
    "Frame": {
        "head": "BYTE",
        "jam": "BOOL",
        "go": "BOOL",
        "weight": "REAL",
        "track": "DINT",
        "small": "INT",
        "name": "STRING[5]",
        "big": "LINT",
        "corner": "Point",
        "row": "ARRAY[0..3] OF REAL",
        "after": "TIME",
    },
    "Cover": {
        "whole": "DWORD",
        "half": "WORD",
        "low": "BYTE",
        "bit": "BOOL",
        "number": "INT",
        "part": "REAL",
    },
}
WITH_PLACES = frozenset({"Frame", "Cover"})
"""Structures whose members lie at any byte or bit, so that nothing refers to them."""
ARRAYS: dict[str, tuple[tuple[tuple[int, int], ...], str]] = {
    "ARRAY[0..3] OF REAL": (((0, 3),), "REAL"),
    "ARRAY[1..8] OF INT": (((1, 8),), "INT"),
    "ARRAY[-2..2] OF DINT": (((-2, 2),), "DINT"),
    "ARRAY[0..2, 1..3] OF SINT": (((0, 2), (1, 3)), "SINT"),
    "ARRAY[0..3] OF Point": (((0, 3),), "Point"),
    "ARRAY[1..2] OF Box": (((1, 2),), "Box"),
    "ARRAY[0..5] OF BOOL": (((0, 5),), "BOOL"),
    "ARRAY[0..1] OF STRING[5]": (((0, 1),), "STRING[5]"),
}
BLOCKS: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "TON": ({"IN": "BOOL", "PT": "TIME"}, {"Q": "BOOL", "ET": "TIME"}),
    "TOF": ({"IN": "BOOL", "PT": "TIME"}, {"Q": "BOOL", "ET": "TIME"}),
    "TP": ({"IN": "BOOL", "PT": "TIME"}, {"Q": "BOOL", "ET": "TIME"}),
    "TON_LTIME": ({"IN": "BOOL", "PT": "LTIME"}, {"Q": "BOOL", "ET": "LTIME"}),
    "CTU": ({"CU": "BOOL", "R": "BOOL", "PV": "INT"}, {"Q": "BOOL", "CV": "INT"}),
    "CTD_DINT": ({"CD": "BOOL", "LD": "BOOL", "PV": "DINT"}, {"Q": "BOOL", "CV": "DINT"}),
    "CTUD": (
        {"CU": "BOOL", "CD": "BOOL", "R": "BOOL", "LD": "BOOL", "PV": "INT"},
        {"QU": "BOOL", "CV": "INT"},
    ),
    "R_TRIG": ({"CLK": "BOOL"}, {"Q": "BOOL"}),
    "F_TRIG": ({"CLK": "BOOL"}, {"Q": "BOOL"}),
    "SR": ({"S1": "BOOL", "R": "BOOL"}, {"Q1": "BOOL"}),
    "RS": ({"S": "BOOL", "R1": "BOOL"}, {"Q1": "BOOL"}),
}
"""Standard blocks: inputs and outputs."""


@dataclass
class Leaf:
    """One scalar place: text parts, with the bounds of an index between them."""

    type: str
    parts: list["str | tuple[int, int]"]
    is_writable: bool = True
    is_referable: bool = True


@dataclass
class Unit:
    """A FUNCTION or FUNCTION_BLOCK that others may call: names and types of its parameters."""

    name: str
    result: str | None
    inputs: dict[str, str]
    outputs: dict[str, str]
    shared: dict[str, str]


@dataclass
class Scope:
    """What the code of one unit sees. `wholes` are variables of types that are assigned or passed as a whole."""

    choices: Choices
    units: list[Unit] = field(default_factory=list)
    leaves: dict[str, list[Leaf]] = field(default_factory=dict)
    wholes: dict[str, list[str]] = field(default_factory=dict)
    blocks: list[tuple[str, Unit]] = field(default_factory=list)
    counters: list[str] = field(default_factory=list)
    loops: int = 0
    budget: int = 60
    """Statements that the unit may still get."""

    def add(self, name: str, type_: str, is_writable: bool = True) -> None:
        """A variable and all scalars within."""
        self._add([name], type_, is_writable)
        if type_ in STRUCTS or type_ in ARRAYS:
            self.wholes.setdefault(type_, []).append(name)

    def _add(
        self, parts: list["str | tuple[int, int]"], type_: str, is_writable: bool, is_referable: bool = True
    ) -> None:
        if type_ in STRUCTS:
            is_referable = is_referable and type_ not in WITH_PLACES
            for member, inner in STRUCTS[type_].items():
                self._add([*parts, f".{member}"], inner, is_writable, is_referable)
        elif type_ in ARRAYS:
            bounds, element = ARRAYS[type_]
            inside: list[str | tuple[int, int]] = ["["]
            for i, pair in enumerate(bounds):
                inside += [", ", pair] if i else [pair]
            self._add([*parts, *inside, "]"], element, is_writable, is_referable)
        else:
            self.leaves.setdefault(type_, []).append(Leaf(type_, parts, is_writable, is_referable))

    def places(self, type_: str, writable: bool = False) -> list[Leaf]:
        """Scalars of that type."""
        return [leaf for leaf in self.leaves.get(type_, []) if leaf.is_writable or not writable]


def user_unit(name: str) -> Unit:
    """A standard block as a unit."""
    inputs, outputs = BLOCKS[name]
    return Unit(name, None, inputs, outputs, {})
