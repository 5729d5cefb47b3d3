"""Random and mutated sources: no crash, every message has a place and text, and a program without errors runs."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unit.plc.fuzz import failure_of, survives
from unit.plc.fuzz_edits import edited
from unit.plc.fuzz_sources import SOURCES, WORDS

EDIT = st.tuples(st.integers(0, 4), st.integers(0, 4000), st.integers(1, 30), st.sampled_from(WORDS))


@settings(max_examples=250, deadline=None)
@given(
    st.sampled_from(SOURCES), st.lists(EDIT, min_size=1, max_size=6), st.sampled_from(["strict", "codesys"])
)
def test_mutated_sources(text, edits, dialect):
    survives(edited(text, edits), dialect)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=60))
def test_words_in_any_order(words):
    survives(" ".join(words), "strict")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80))
def test_any_text(text):
    survives(text, "strict")


@pytest.mark.parametrize("first", range(0, 200, 50))
def test_sources_of_the_campaign(first):
    """fuzz.py runs as many as one likes."""
    assert [failure for failure in map(failure_of, range(first, first + 50)) if failure] == []


@pytest.mark.parametrize(
    "text",
    [
        "FUNCTION_BLOCK F VAR_GLOBAL t : TON; END_VAR END_FUNCTION_BLOCK\n"
        "PROGRAM P VAR f : F; END_VAR VAR RETAIN n : INT; END_VAR f(); END_PROGRAM",
        "TYPE S : STRUCT a : ARRAY[0..7] OF USINT := BAD [8(0)]; END_STRUCT END_TYPE\n"
        "PROGRAM P VAR s : S; END_VAR s.a[1] := 1; END_PROGRAM",
        "PROGRAM P VAR f : ARRAY[0..1] OF Convey: BOOL; END_VAR END_PROGRAM",
        "PROGRAM P VAR b, c, d : UDINT; END_VAR d := 7 MOD (b * 0); c := 7 / (b * 0); END_PROGRAM",
        "FUNCTIOIN_OUT arr : ARRAY[*] OF INT; END_VAR VAR i : DINT; END_VAR\n"
        "FOR i := 1 TO UPPER_BOUND(arr, 1) DO total := arr[i]; END_FOR; E ND_FUNCTION",
    ],
)
def test_sources_that_once_ended_the_compiler(text):
    survives(text, "twincat", "runs")
