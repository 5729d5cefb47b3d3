"""Every standard function at the edges of its arguments; expected values are the hand-written tables edges_*.py.

Arguments come from variables: a call of constants is folded by the compiler and would not reach a back end.
"""

import math
import struct

import pytest

from sortyard.plc import standard_time
from sortyard.plc.faults import FaultKind
from sortyard.plc.library import library_files
from sortyard.plc.standard import OPERATOR_FUNCTIONS, STANDARD
from sortyard.plc.tree import PouDecl
from unit.plc import edges_numeric, edges_text, edges_time
from unit.plc.edges_blocks import BLOCKS
from unit.plc.st import fault_of, program, run, start

EDGES: dict[str, list[tuple]] = {
    **edges_numeric.NUMERIC,
    **edges_numeric.SELECTION,
    **edges_numeric.COMPARISON,
    **edges_numeric.BITS,
    **edges_text.STRINGS,
    **edges_text.TRUNC,
    **edges_text.BCD,
    **edges_time.TIMES,
    **edges_time.DATES,
}
ROUNDED = {"LN", "LOG", "EXP", "SIN", "COS", "TAN", "ASIN", "ACOS", "ATAN", "ATAN2", "EXPT"}
"""Functions that may be 1 unit in the last place off."""
_SPECIAL = {
    "REAL": {"nan": "DWORD_TO_REAL(16#7FC0_0000)", "inf": "DWORD_TO_REAL(16#7F80_0000)",
             "-inf": "DWORD_TO_REAL(16#FF80_0000)"},
    "LREAL": {"nan": "LWORD_TO_LREAL(16#7FF8_0000_0000_0000)", "inf": "LWORD_TO_LREAL(16#7FF0_0000_0000_0000)",
              "-inf": "LWORD_TO_LREAL(16#FFF0_0000_0000_0000)"},
}  # fmt: skip


def declared(arguments: str, stem: str) -> tuple[str, str]:
    """Variables with the arguments as initial values, and the arguments of a call with them."""
    variables, names = [], []
    for position, argument in enumerate(arguments.split(";")):
        type_name, _, text = argument.strip().partition(" ")
        text = _SPECIAL.get(type_name, {}).get(text, text)
        names.append(f"{stem}_{position}")
        variables.append(f"{names[-1]} : {type_name} := {text};")
    return "\n".join(variables), ", ".join(names)


def is_same(found, expected, name: str, type_name: str) -> bool:
    """Bit for bit; transcendental functions within 1 unit in the last place."""
    if not isinstance(expected, float):
        return found == expected
    form = "<f" if type_name == "REAL" else "<d"
    wanted = struct.unpack(form, struct.pack(form, expected))[0]
    if struct.pack(form, found) == struct.pack(form, wanted) or (math.isnan(found) and math.isnan(wanted)):
        return True
    ulp = math.ulp(wanted) if type_name == "LREAL" else max(2.0**-149, math.ulp(wanted) * 2**29)
    return name in ROUNDED and wanted != 0 and abs(found - wanted) <= ulp


@pytest.mark.parametrize("name", EDGES)
def test_values_at_the_edges(name):
    rows = [row for row in EDGES[name] if not isinstance(row[2], FaultKind)]
    variables, body = [], []
    for i, (result, arguments, expected) in enumerate(rows):
        declaration, names = declared(arguments, f"a{i}")
        variables.append(declaration)
        if isinstance(expected, tuple):
            outputs = [f"r{i}_{output}" for output in result.split()]
            variables.append(f"{', '.join(outputs)} : INT;")
            given = "".join(f", {one} => r{i}_{one}" for one in result.split())
            body.append(f"{name}({names}{given});")
        else:
            variables.append(f"r{i} : {result};")
            body.append(f"r{i} := {name}({names});")
    done = run("\n".join(variables), "\n".join(body))
    wrong = []
    for i, (result, arguments, expected) in enumerate(rows):
        if isinstance(expected, tuple):
            found = tuple(done.get(f"main.r{i}_{one}") for one in result.split())
        else:
            found = done.get(f"main.r{i}")
        if not is_same(found, expected, name, result):
            wrong.append(f"{name}({arguments}) is {found!r}, not {expected!r}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("name", "result", "arguments", "kind"),
    [
        pytest.param(name, *row, id=f"{name}({row[1]})")
        for name, rows in EDGES.items()
        for row in rows
        if isinstance(row[2], FaultKind)
    ],
)
def test_faults_at_the_edges(name, result, arguments, kind):
    variables, names = declared(arguments, "a")
    fault = fault_of(f"{variables} r : {result};", f"r := {name}({names});")
    assert fault.kind is kind
    assert fault.span is not None
    assert fault.span.text().startswith(name)


@pytest.mark.parametrize(
    ("block", "row"),
    [
        pytest.param(block, row, id=f"{block}-{i}")
        for block, rows in BLOCKS.items()
        for i, row in enumerate(rows)
    ],
)
def test_blocks_at_the_edges(block, row):
    inputs, initial, outputs, scans = row
    typed = [one.split() for one in inputs.split(", ")]
    variables = " ".join(f"{name} : {type_name};" for name, type_name in typed)
    given = ", ".join(f"{name} := {name}" for name, _ in typed)
    runtime = start(
        program(f"b : {block}{f' := ({initial})' if initial else ''}; {variables}", f"b({given});")
    )
    found = []
    for values, _ in scans:
        for (name, _), value in zip(typed, values, strict=True):
            runtime.set(f"main.{name}", value)
        runtime.scan()
        found.append(tuple(runtime.get(f"main.b.{name}") for name in outputs.split()))
    assert found == [expected for _, expected in scans]


def units_of_the_library(kind: str) -> set[str]:
    """What users may call of the library."""
    units = [unit for file in library_files() for unit in file.units if isinstance(unit, PouDecl)]
    return {unit.name.text.upper() for unit in units if unit.kind == kind and "__" not in unit.name.text}


def test_every_standard_function_and_block_has_values_at_its_edges():
    assert standard_time.FUNCTIONS.keys() <= STANDARD.keys()
    functions = {"NOT"} | STANDARD.keys() | OPERATOR_FUNCTIONS.keys() | units_of_the_library("FUNCTION")
    blocks = units_of_the_library("FUNCTION_BLOCK") - {"PLC_FAULT"}  # the runtime's own: test_fault_blocks.py
    missing = (functions - EDGES.keys()) | (blocks - BLOCKS.keys())
    assert not missing, f"no edge values: {', '.join(sorted(missing))}"
    assert all(len(rows) >= 2 for rows in EDGES.values())
