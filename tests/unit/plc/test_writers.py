"""A warning where several programs, or placed blocks, write one output; none where one program writes it often."""

import pytest

from unit.plc.st import check, told

TWO = "PROGRAM A{own}\n{a}\nEND_PROGRAM\nPROGRAM B{other}\n{b}\nEND_PROGRAM\n"
LAMP = "VAR_GLOBAL lamp AT %QX0.1 : BOOL; level AT %QW1 : INT; row AT %QB8 : ARRAY[0..3] OF BYTE; i : INT; END_VAR\n"
END = "the last one in a scan wins"
HINT = "let one of them write it, and hand it the other's wish in a variable"


def rivals(text: str) -> list[str]:
    return [message for message in told(text) if " SY2116 " in message]


@pytest.mark.parametrize(
    ("a", "b", "mine", "others"),
    [
        ("lamp := TRUE;", "lamp := FALSE;", "lamp AT %QX0.1", "lamp AT %QX0.1"),
        ("lamp := TRUE;", "%QB0 := 1;", "%QB0", "lamp AT %QX0.1"),
        ("lamp := TRUE;", "%QW0 := 16#FF;", "%QW0", "lamp AT %QX0.1"),
        ("%QL0 := 1;", "level := 3;", "level AT %QW1", "%QL0"),
        ("%QX9.7 := TRUE;", "row[i] := 1;", "row AT %QB8", "%QX9.7"),
        ("%QW0 := 1;", "IF i > 3 THEN %QX1.7 := TRUE; END_IF;", "%QX1.7", "%QW0"),
        ("FOR level := 1 TO 3 DO i := i + 1; END_FOR;", "level := 2;", "level AT %QW1", "level AT %QW1"),
    ],
)
def test_two_programs_that_write_one_place_are_told_with_both_places(
    a: str, b: str, mine: str, others: str
) -> None:
    (message,) = rivals(LAMP + TWO.format(own="", other="", a=a, b=b))
    column = b.index(mine.split(" AT ")[0]) + 1
    assert message == f"6:{column} SY2116 B writes {mine}, and so does A ({others}, t.st:3): {END} | {HINT}"


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("lamp := TRUE; lamp := FALSE; %QW0 := 3;", "level := 3;"),
        ("%QX0.0 := TRUE;", "%QX0.2 := TRUE; %QB1 := 1;"),
        ("row[0] := 1;", "%QB12 := 1; %QB7 := 1;"),
        ("lamp := TRUE;", "i := BOOL_TO_INT(lamp);"),
        ("%MX0.1 := TRUE;", "%MX0.1 := FALSE; lamp := TRUE;"),
    ],
)
def test_places_of_their_own_memory_and_what_one_program_writes_often_are_not_told(a: str, b: str) -> None:
    assert rivals(LAMP + TWO.format(own="", other="", a=a, b=b)) == []


def test_an_output_is_told_once_for_each_program_that_comes_later() -> None:
    text = LAMP + TWO.format(
        own="", other="", a="lamp := TRUE; lamp := FALSE;", b="lamp := TRUE;\nlamp := FALSE;"
    )
    assert len(rivals(text)) == 1
    third = "PROGRAM C\nlamp := lamp;\nEND_PROGRAM\n"
    assert [message.split()[2] for message in rivals(text + third)] == ["B", "C"]


def test_what_a_program_writes_through_units_that_it_calls_counts() -> None:
    units = (
        "FUNCTION_BLOCK Lights\nVAR_EXTERNAL lamp : BOOL; END_VAR\nlamp := TRUE;\nEND_FUNCTION_BLOCK\n"
        "FUNCTION_BLOCK Gives VAR_OUTPUT o : BOOL; END_VAR o := TRUE; END_FUNCTION_BLOCK\n"
    )
    lamp = "VAR_GLOBAL lamp AT %QX0.1 : BOOL; END_VAR\n"
    sets = TWO.format(
        own=" VAR f : Gives; END_VAR", other=" VAR f : Lights; END_VAR", a="f(o => lamp);", b="f();"
    )
    (message,) = rivals(lamp + units + sets)
    assert " A writes lamp AT %QX0.1, and so does B (lamp AT %QX0.1, t.st:4)" in message


def test_an_output_that_is_lent_to_a_block_that_writes_it_counts() -> None:
    text = (
        "VAR_GLOBAL level AT %QW1 : INT; END_VAR\n"
        "FUNCTION_BLOCK Sets VAR_IN_OUT o : INT; END_VAR o := o + 1; END_FUNCTION_BLOCK\n"
        "FUNCTION_BLOCK Looks VAR_IN_OUT o : INT; END_VAR VAR n : INT; END_VAR n := n + o; END_FUNCTION_BLOCK\n"
        "PROGRAM A VAR f : {}; END_VAR f(o := level); END_PROGRAM\n"
        "PROGRAM B\nlevel := 1;\nEND_PROGRAM\n"
    )
    assert len(rivals(text.format("Sets"))) == 1
    assert rivals(text.format("Looks")) == []


def test_two_instances_of_one_program_write_its_places_both() -> None:
    text = (
        "PROGRAM P VAR own AT %QW0 : INT; END_VAR\nown := 1;\nEND_PROGRAM\n"
        "CONFIGURATION C TASK T(INTERVAL := T#10ms); PROGRAM One WITH T : P; PROGRAM Two WITH T : P;\n"
        "END_CONFIGURATION\n"
    )
    (message,) = rivals(text)
    assert message.startswith("2:1 SY2116 Two writes own AT %QW0, and so does One (own AT %QW0, t.st:2)")


PLACED = """
FUNCTION_BLOCK Valve VAR_OUTPUT o AT %Q* : INT; END_VAR VAR_INPUT w : INT; END_VAR o := w; END_FUNCTION_BLOCK
PROGRAM P VAR v, u : Valve; END_VAR
v(w := 1); u(w := 2); {}
END_PROGRAM
CONFIGURATION C TASK T(INTERVAL := T#10ms); PROGRAM One WITH T : P;
VAR_CONFIG
One.v.o AT %QW0 : INT;
One.u.o AT {} : INT;
END_VAR END_CONFIGURATION
"""


def test_blocks_that_var_config_puts_at_one_place_are_told() -> None:
    (message,) = rivals(PLACED.format("", "%QW0"))
    assert message.startswith("9:1 SY2116 One.u.o writes One.u.o, and so does One.v.o (One.v.o, t.st:8)")
    assert rivals(PLACED.format("", "%QW1")) == []


def test_a_program_that_writes_where_var_config_puts_a_block_is_told() -> None:
    (message,) = rivals(PLACED.format("%QX2.7 := TRUE;", "%QW1"))
    assert message.startswith("9:1 SY2116 One.u.o writes One.u.o, and so does One (%QX2.7, t.st:4)")


def test_a_block_that_only_reads_its_place_is_no_writer() -> None:
    text = PLACED.replace("o := w;", "IF o > w THEN w := o; END_IF;").format("%QW0 := 3;", "%QW1")
    assert rivals(text) == []


def test_tests_and_programs_that_others_call_are_no_writers_of_their_own() -> None:
    text = "PROGRAM A VAR o AT %QX0.1 : BOOL; END_VAR o := TRUE; END_PROGRAM\n"
    text += "TEST 't' VAR a : A; END_VAR a(); END_TEST\n"
    assert rivals(text) == []
    caller = "PROGRAM B\nA();\nEND_PROGRAM\n"
    assert [d.code for d in check(text + caller, "codesys").diagnostics if d.code == "SY2116"] == []


# --- through references ---

REF = "VAR_GLOBAL lamp AT %QB0 : BYTE; other AT %QB1 : BYTE; row AT %QB8 : ARRAY[0..3] OF BYTE; END_VAR\n"


def through(own: str, a: str, b: str, dialect: str = "strict", units: str = "") -> list[str]:
    text = REF + units + TWO.format(own=f" VAR {own} END_VAR", other="", a=a, b=b)
    return [message for message in told(text, dialect) if " SY2116 " in message]


@pytest.mark.parametrize(
    ("own", "a"),
    [
        ("r : REF_TO BYTE;", "r := REF(lamp); r^ := 1;"),
        ("r : REF_TO BYTE;", "IF r = NULL THEN r := REF(lamp); END_IF; r^ := 1; r := NULL;"),
        ("r : REF_TO BYTE := REF(lamp);", "r^ := 1;"),
    ],
)
def test_what_a_reference_to_one_output_writes_is_told(own: str, a: str) -> None:
    (message,) = through(own, a, "lamp := 2;")
    expected = f"SY2116 B writes lamp AT %QB0, and so does A (lamp AT %QB0 through r, t.st:3): {END} | {HINT}"
    assert message.endswith(expected)


@pytest.mark.parametrize(
    ("own", "a"),
    [
        ("r : REFERENCE TO BYTE;", "r REF= lamp; r := 1;"),
        ("r : REFERENCE TO BYTE REF= lamp;", "r := 1;"),
        ("r : POINTER TO BYTE;", "r := ADR(lamp); r^ := 1;"),
    ],
)
def test_what_a_vendors_reference_to_one_output_writes_is_told(own: str, a: str) -> None:
    (message,) = through(own, a, "lamp := 2;", "codesys")
    assert "so does A (lamp AT %QB0 through r, t.st:3)" in message


@pytest.mark.parametrize(
    ("own", "a"),
    [
        (
            "r : REF_TO BYTE; x : BYTE;",
            "IF x > 3 THEN r := REF(lamp); ELSE r := REF(other); END_IF; r^ := 1;",
        ),
        ("r : REF_TO BYTE; x : BYTE;", "r := REF(lamp); r := REF(x); r^ := 1;"),
        ("r, s : REF_TO BYTE;", "s := REF(lamp); r := s; r^ := 1;"),
        ("r : REF_TO BYTE; x : BYTE;", "r := REF(lamp); x := r^;"),
        ("r : REF_TO BYTE; i : INT;", "r := REF(row[i]); r^ := 1;"),
        ("r : REF_TO BYTE := REF(other);", "r := REF(lamp); r^ := 1;"),
        ("r : REF_TO BYTE;", "r := REF(other); r^ := 1;"),
        ("r : REF_TO BYTE;", "r^ := 1;"),
    ],
)
def test_a_reference_that_may_lead_elsewhere_or_only_reads_is_not_told(own: str, a: str) -> None:
    assert through(own, a, "lamp := 2; row[1] := 3;") == []


CHOICE = "IF x > 3 THEN r := REF(lamp); ELSE r := REF(other); END_IF; r^ := 1;"


def test_a_reference_that_leads_to_one_of_two_outputs_is_told_where_another_program_writes_both() -> None:
    own = "r : REF_TO BYTE; x : INT;"
    (message,) = through(own, CHOICE, "other := 3; lamp := 2;")
    assert "B writes lamp AT %QB0, and so does A (lamp AT %QB0 through r, t.st:3)" in message
    third = "PROGRAM C\nother := 3;\nEND_PROGRAM\n"
    text = REF + TWO.format(own=f" VAR {own} END_VAR", other="", a=CHOICE, b="lamp := 2;") + third
    assert [message.split()[2] for message in rivals(text)] == ["B"]


@pytest.mark.parametrize(
    ("own", "a", "b"),
    [
        ("r : REF_TO BYTE; x : INT;", CHOICE, "other := 3;"),
        ("r : REF_TO BYTE; x : INT; y : BYTE;", CHOICE.replace("other", "y"), "lamp := 3; other := 3;"),
        ("r, s : REF_TO BYTE; x : INT;", f"s := REF(row[0]); r := s; {CHOICE}", "lamp := 3; other := 3;"),
        (
            "r : REF_TO BYTE; x : INT; y : BYTE;",
            CHOICE.replace("r^ := 1", "y := r^"),
            "lamp := 3; other := 3;",
        ),
    ],
)
def test_a_reference_that_may_lead_where_nobody_else_writes_is_not_told(own: str, a: str, b: str) -> None:
    assert through(own, a, b) == []


def test_a_part_of_what_a_reference_leads_to_is_told_as_far_as_it_goes() -> None:
    own, writes = "r : REF_TO ARRAY[0..3] OF BYTE; i : INT;", "r := REF(row); r^[i] := 1;"
    (message,) = through(own, writes, "%QB9 := 3;")
    assert "(row AT %QB8 through r, t.st:3)" in message
    assert through(own, writes, "%QB12 := 3;") == []


SETS = (
    "FUNCTION_BLOCK Sets VAR_INPUT r : REF_TO BYTE; END_VAR\n"
    "IF r <> NULL THEN r^ := 1; END_IF;\nEND_FUNCTION_BLOCK\n"
)


def test_a_reference_that_a_block_is_given_counts_for_the_program_that_gives_it() -> None:
    gives, idle = "f(r := REF(lamp));", "lamp := 2;"
    (message,) = through("f : Sets;", gives, idle, units=SETS)
    assert "B writes lamp AT %QB0, and so does A (lamp AT %QB0 through r, t.st:3)" in message
    other = "PROGRAM C VAR f : Sets; END_VAR\nf();\nEND_PROGRAM\n"  # its block has no reference
    alone = REF + SETS + TWO.format(own=" VAR f : Sets; END_VAR", other="", a=gives, b="") + other
    assert rivals(alone) == []
    assert through("f, g : Sets;", f"{gives} g(r := REF(other));", idle, units=SETS) == []
