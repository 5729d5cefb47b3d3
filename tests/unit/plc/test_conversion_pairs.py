"""Every legal pair of types, X_TO_Y with values at the edges of X; expected values from Python's own arithmetic."""

import ctypes
from fractions import Fraction
from typing import Any

import pytest

from sortyard.plc.faults import FaultKind, PlcFault
from unit.plc import st
from unit.plc.st import codes, start

WHOLE = {
    "BOOL": ctypes.c_bool, "BYTE": ctypes.c_uint8, "WORD": ctypes.c_uint16, "DWORD": ctypes.c_uint32,
    "LWORD": ctypes.c_uint64, "SINT": ctypes.c_int8, "INT": ctypes.c_int16, "DINT": ctypes.c_int32,
    "LINT": ctypes.c_int64, "USINT": ctypes.c_uint8, "UINT": ctypes.c_uint16, "UDINT": ctypes.c_uint32,
    "ULINT": ctypes.c_uint64,
}  # fmt: skip
UNITS = {
    "TIME": 10**6, "LTIME": 1, "DATE": 10**9, "LDATE": 1, "TIME_OF_DAY": 10**6, "LTOD": 1, "DATE_AND_TIME": 10**9,
    "LDT": 1,
}  # fmt: skip
"""Nanoseconds that the number 1 stands for."""
KINDS = {
    "TIME": "span", "LTIME": "span", "DATE": "date", "LDATE": "date", "TIME_OF_DAY": "clock", "LTOD": "clock",
    "DATE_AND_TIME": "both", "LDT": "both",
}  # fmt: skip
REALS = {"REAL": ctypes.c_float, "LREAL": ctypes.c_double}
LETTERS = {"CHAR": 0xFF, "WCHAR": 0xFFFF}
TEXTS = ("STRING", "WSTRING")
TYPES = (*WHOLE, *REALS, *UNITS, *LETTERS, *TEXTS)
DAY = 86_400 * 10**9
_REAL_EDGES = (0.0, -0.0, 1.0, -1.0, 0.5, 1.5, 2.5, -2.5, 127.5, 128.0, 255.5, 32767.5, 65535.0, 2147483648.0,
               -2147483648.0, 4294967296.0, 9.2e18, -9.3e18, 1.8e19, 1.0e30, 123456.789)  # fmt: skip
_LETTER_EDGES = ("\0", "A", "z", "\xff")


def edges(name: str) -> list[Any]:
    """Values of a type at its ends and where others end."""
    if name in REALS:
        return [REALS[name](value).value for value in _REAL_EDGES]
    if name in LETTERS:
        return [*_LETTER_EDGES, "\u20ac"] if name == "WCHAR" else list(_LETTER_EDGES)
    if name in TEXTS:
        return ["", "7", "A text"]
    if name in UNITS:
        clock = [0, 1, 999_999, 10**9, 43_200 * 10**9 + 123_456_789, DAY - 1]
        return clock if KINDS[name] == "clock" else [*clock, -1, -(10**9) - 1, 2**53 + 1, 2**63 - 1, -(2**62)]
    bits = 8 * ctypes.sizeof(WHOLE[name])
    if name == "BOOL":
        return [0, 1]
    low = WHOLE[name](1 << (bits - 1)).value
    rows = {
        0,
        1,
        2,
        100,
        WHOLE[name](-1).value,
        low,
        WHOLE[name](low - 1).value,
        WHOLE[name](0x5A5A5A5A5A5A5A5A).value,
    }
    return sorted(rows)


def is_legal(source: str, target: str) -> bool:
    """Durations and dates stay what they are, but for the parts of a DATE_AND_TIME; letters are numbers or text."""
    if source in KINDS and target in KINDS:
        a, b = KINDS[source], KINDS[target]
        return a == b or (a == "both" and b in ("date", "clock"))
    others = (*KINDS, *REALS)
    return not (source in LETTERS and target in others) and not (target in LETTERS and source in others)


def nearest_real(name: str, value: int) -> float:
    """The value of REAL or LREAL nearest to a whole number, halves to even."""
    if name == "LREAL":
        return float(value)
    about = ctypes.c_float(float(value))
    bits = ctypes.cast(ctypes.pointer(about), ctypes.POINTER(ctypes.c_uint32)).contents.value
    found = [about.value]
    for other in (bits - 1, bits + 1):
        pattern = ctypes.c_uint32(other)
        found.append(ctypes.cast(ctypes.pointer(pattern), ctypes.POINTER(ctypes.c_float)).contents.value)
    rows = [(abs(Fraction(one) - value), one) for one in found if abs(one) < 3.4e38]
    least = min(gap for gap, _ in rows)
    best = [one for gap, one in rows if gap == least]
    return (
        best[0]
        if len(best) == 1
        else next(one for one in best if Fraction(one).numerator % 4 == 0 or one == 0)
    )


def expected(source: str, target: str, value: Any) -> Any:
    """What X_TO_Y yields, or a kind of fault."""
    if source in LETTERS and (target in LETTERS or target in TEXTS):
        text = value if target in ("WCHAR", "WSTRING") or ord(value) < 256 else "?"
        return "" if target in TEXTS and text == "\0" else text
    if source in TEXTS and target in (*TEXTS, *LETTERS):
        return value if target in TEXTS else value[:1] or "\0"
    if source in LETTERS:
        return expected("UINT", target, ord(value))
    if target in LETTERS:
        return chr(int(value) & LETTERS[target])
    if source in UNITS and target in UNITS:
        return {"date": value - value % DAY, "clock": value % DAY}.get(KINDS[target], value) if (
            KINDS[source] == "both"
        ) else value  # fmt: skip
    if target == "BOOL":
        return value & 1 if source in ("BYTE", "WORD", "DWORD", "LWORD") else int(value != 0)
    if source in UNITS:
        count = abs(value) // UNITS[source]
        return expected("LINT", target, -count if value < 0 else count)
    if target in UNITS:
        return _in_units(target, value)
    if target in REALS:
        return REALS[target](value).value if isinstance(value, float) else nearest_real(target, value)
    if isinstance(value, float):
        whole = round(Fraction(value))
        return whole if WHOLE[target](whole).value == whole else FaultKind.OVERFLOW
    return int(WHOLE[target](value).value)


def _in_units(target: str, value: Any) -> Any:
    if not isinstance(value, float):
        return ctypes.c_int64(value * UNITS[target]).value
    whole = round(Fraction(value * UNITS[target]))
    return whole if -(2**63) <= whole < 2**63 else FaultKind.OVERFLOW


PAIRS = [(a, b) for a in TYPES for b in TYPES if a != b and is_legal(a, b)]
BITS = {("DWORD", "REAL"), ("REAL", "DWORD"), ("LWORD", "LREAL"), ("LREAL", "LWORD")}
"""These move bits, not the number."""
WITHOUT_TEXT = [(a, b) for a, b in PAIRS if ((a, b) not in BITS and (a in TEXTS) + (b in TEXTS) != 1)
                or (a in LETTERS and b in TEXTS) or (b in LETTERS and a in TEXTS)]  # fmt: skip


_started: dict[tuple[str, object], st.Runtime] = {}


def converter(source: str) -> st.Runtime:
    """A program with all conversions from a type, of which `k` chooses one; compiled once for each back end."""
    key = source, getattr(st.Runtime, "keywords", {}).get("machine")
    if key not in _started:
        goals = [target for one, target in WITHOUT_TEXT if one == source]
        rows = "".join(f"{TYPES.index(t)}: b{t} := {source}_TO_{t}(a);\n" for t in goals)
        results = " ".join(f"b{t} : {t};" for t in goals)
        _started[key] = st.start(
            f"PROGRAM main VAR k : INT; a : {source}; {results} END_VAR CASE k OF {rows} END_CASE; END_PROGRAM"
        )
    return _started[key]


@pytest.mark.parametrize(("source", "target"), WITHOUT_TEXT)
def test_values_at_the_edges(source, target):
    runtime = converter(source)
    runtime.set("main.k", TYPES.index(target))
    for value in edges(source):
        runtime.set("main.a", value)
        wanted = expected(source, target, value)
        try:
            runtime.scan()
            found = runtime.get(f"main.b{target}")
        except PlcFault as fault:
            found = fault.kind
            runtime.reset()
            runtime.set("main.k", TYPES.index(target))
        assert found == wanted, f"{value!r}"


@pytest.mark.parametrize("name", sorted({*WHOLE, *REALS, *UNITS}))
@pytest.mark.parametrize("text", TEXTS)
def test_values_become_text_and_are_read_back(name, text):
    values = [
        v for v in edges(name) if name not in KINDS or KINDS[name] in ("span", "clock") or 0 <= v < 2**62
    ]
    values = [v - v % DAY if KINDS.get(name) == "date" else v for v in values]
    body = f"s := {name}_TO_{text}(a); b := {text}_TO_{name}(s);"
    runtime = start(f"PROGRAM main VAR a, b : {name}; s : {text}; END_VAR {body} END_PROGRAM")
    for value in values:
        runtime.set("main.a", value)
        runtime.scan()
        assert runtime.get("main.b") == value
        if name in WHOLE and name != "BOOL":
            assert runtime.get("main.s") == str(value)


@pytest.mark.parametrize(("source", "target", "number", "pattern"), [
    ("REAL", "DWORD", -2.5, 0xC0200000), ("LREAL", "LWORD", -2.5, 0xC004000000000000),
])  # fmt: skip
def test_bits_of_reals_move_both_ways(source, target, number, pattern):
    body = f"b := {source}_TO_{target}(a); c := {target}_TO_{source}(b);"
    runtime = start(f"PROGRAM main VAR a, c : {source}; b : {target}; END_VAR {body} END_PROGRAM")
    runtime.set("main.a", number)
    runtime.scan()
    assert (runtime.get("main.b"), runtime.get("main.c")) == (pattern, number)


@pytest.mark.parametrize(
    ("source", "target"), [(a, b) for a in TYPES for b in TYPES if a != b and not is_legal(a, b)]
)
def test_other_pairs_are_refused(source, target):
    assert codes(f"a : {source}; b : {target};", f"b := TO_{target}(a);") == ["SY1315"]
    assert codes(f"a : {source}; b : {target};", f"b := {source}_TO_{target}(a);") == ["SY1401"]
