"""Numbers that say no type: what stands beside them, or what the result is wanted as, decides what they are."""

import pytest

from unit.plc.st import codes, run

VARIABLES = "w : WORD := 16#FFFF; b : BYTE; d : DWORD; us : USINT; si : SINT; ul : ULINT; i : INT := 5; "
VARIABLES += "q : BOOL := TRUE; "
UNITS = """FUNCTION same : WORD VAR_INPUT a : WORD; END_VAR same := a; END_FUNCTION
FUNCTION_BLOCK masked VAR_INPUT mask : DWORD; END_VAR VAR_OUTPUT o : DWORD; END_VAR o := mask; END_FUNCTION_BLOCK
"""


@pytest.mark.parametrize(
    ("statement", "name", "expected"),
    [
        ("w := w AND (16#F0 OR 16#0F);", "w", 0xFF),
        ("w := w AND NOT 16#000F;", "w", 0xFFF0),
        ("w := NOT 16#000F AND w;", "w", 0xFFF0),
        ("w := NOT 16#000F;", "w", 0xFFF0),
        ("d := NOT 16#F0 AND w;", "d", 0xFF0F),
        ("q := (w AND NOT 16#F) = NOT 16#000F;", "q", 1),
        ("b := SHL(1, 3) OR SHL(1, 4);", "b", 24),
        ("w := SHL(16#1, 4);", "w", 16),
        ("w := ROL(16#8001, 1);", "w", 3),
        ("b := SEL(q, 255, 128);", "b", 128),
        ("w := MAX(16#F, 16#1F);", "w", 31),
        ("us := SEL(q, 0, 255);", "us", 255),
        ("si := MUX(1, 1, -3);", "si", -3),
        ("ul := SEL(q, 1, 2);", "ul", 2),
        ("i := LEN('abc');", "i", 3),
        ("w := same(NOT 16#FF00);", "w", 0xFF),
        ("m(mask := NOT 1, o => d);", "d", 0xFFFFFFFE),
    ],
)
def test_they_are_what_is_wanted(statement, name, expected):
    assert run(f"{VARIABLES} m : masked;", statement, UNITS).get(f"main.{name}") == expected


@pytest.mark.parametrize(
    ("statement", "name", "expected"),
    [
        ("i := i AND NOT 1;", "i", 4),
        ("i := NOT 5;", "i", -6),
        ("w := i OR 16#8000;", "w", 0x8005),
        ("b := b OR NOT 1;", "b", 254),
    ],
)
def test_vendors_take_bits_of_numbers_too(statement, name, expected):
    assert run(VARIABLES, statement, dialect="codesys").get(f"main.{name}") == expected


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("i := NOT 5;", "SY1313"),
        ("i := 6 AND 3;", "SY1313"),
        ("w := w OR 16#10000;", "SY1607"),
        ("b := SEL(q, 1, 256);", "SY1607"),
        ("us := SEL(q, 1, -1);", "SY1607"),
        ("i := SHL(1, 3);", "SY1315"),
    ],
)
def test_what_does_not_fit_is_told(statement, code):
    assert code in codes(VARIABLES, statement)
