"""What Cython sees of a shared source: constants as literals, no local names for tables, the rest as it is."""

import re
from pathlib import Path

import pytest

import shared_source

ROOT = Path(__file__).resolve().parents[2]
SHARED = sorted((ROOT / "firmware" / "sorter_core").glob("*.py"))
SOURCE = """\
_ROW = const(4)  # integers
_NONE = const(-1)
_SIZE = const(2 * _ROW + 1)


def far(st, t):
    tr = st.tracks
    if tr.length[t] > _ROW:
        return tr
    return st.tr.at(tr)


def near(st, other):
    tr = st.tracks
    if other:
        tr = other.tracks
    return tr.first
"""


def test_a_constant_may_be_made_of_those_before_it():
    assert shared_source.constants(SOURCE) == {"_ROW": 4, "_NONE": -1, "_SIZE": 9}


def test_constants_become_names_of_c_for_their_values():
    assert shared_source.declared({"_ROW": 4, "_NONE": -1}) == (
        'cdef extern from *:\n    int _ROW "(4)"\n    int _NONE "(-1)"\n'
    )
    assert shared_source.declared({}) == ""


def test_a_local_name_for_a_table_is_written_out_unless_it_is_given_twice():
    lines = shared_source.bare(SOURCE).splitlines()
    assert lines[:3] == ["", "", ""]
    assert lines[5:10] == [
        "def far(st, t):",
        "    pass",
        "    if st.tracks.length[t] > _ROW:",
        "        return st.tracks",
        "    return st.tr.at(st.tracks)",
    ]
    assert lines[12:] == SOURCE.splitlines()[12:]


@pytest.mark.parametrize("path", SHARED, ids=lambda path: path.stem)
def test_lines_keep_their_numbers(path):
    source = path.read_text("utf-8")
    bare = shared_source.bare(source)
    assert bare.count("\n") == source.count("\n")
    assert re.findall(r"^.*\bdef .*$", bare, re.MULTILINE) == re.findall(
        r"^.*\bdef .*$", source, re.MULTILINE
    )


def test_tables_are_what_a_line_state_gets_once():
    pxd = (ROOT / "cext" / "sortyard_c" / "line_state.pxd").read_text("utf-8")
    assert sorted(shared_source.TABLES) == sorted(
        re.findall(r"cdef public [A-Z]\w+ (\w+)$", pxd, re.MULTILINE)
    )
    given = re.compile(rf"\.(?:{'|'.join(shared_source.TABLES)}) = ")
    line_state = ROOT / "firmware" / "sorter_core" / "line_state.py"
    constructor = line_state.read_text("utf-8").split("class LineState(Tables):")[1].split("\ndef ")[0]
    assert len(given.findall(constructor)) == len(shared_source.TABLES)
    assert sum(len(given.findall(path.read_text("utf-8"))) for path in SHARED) == len(shared_source.TABLES)
