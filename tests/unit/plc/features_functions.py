"""The standard's features, Tables 18 to 39: calls of functions and the standard functions; rows as in
features_elements.py."""

from unit.plc.features_elements import DAY, MS, Row

FUNCTIONS_ALL = """VAR_GLOBAL g : INT := 3; END_VAR
VAR_GLOBAL CONSTANT most : INT := 9; END_VAR
FUNCTION Both : INT VAR_INPUT a : INT := 2; b : INT := 5; END_VAR VAR_OUTPUT sum : INT; END_VAR
VAR_IN_OUT c : INT; END_VAR VAR t : INT := 1; END_VAR VAR_TEMP u : INT; END_VAR VAR CONSTANT k : INT := 100;
END_VAR
VAR_EXTERNAL g : INT; END_VAR VAR_EXTERNAL CONSTANT most : INT; END_VAR
u := a + b; t := t + u; sum := t + g + most; c := c + k; Both := u; g := g + 1; END_FUNCTION
FUNCTION Nothing VAR_INPUT a : INT; END_VAR VAR_OUTPUT b : INT; END_VAR b := 2 * a; END_FUNCTION"""
ENABLED = """FUNCTION Half : INT VAR_INPUT EN : BOOL := TRUE; a : INT; END_VAR VAR_OUTPUT ENO : BOOL; END_VAR
ENO := a MOD 2 = 0; Half := a / 2; END_FUNCTION"""

FUNCTIONS: list[Row] = [
    (
        "18 EN and ENO",
        "",
        "a, b : INT := 7; x, y : BOOL := TRUE;",
        (
            "a := ADD(EN := FALSE, IN1 := 1, IN2 := 2, ENO => x); "
            "b := ADD(EN := TRUE, IN1 := 1, IN2 := 2, ENO => y);"
        ),
        {"b": 3, "x": 0, "y": 1},
    ),
    (
        "18 ENO of a function's own",
        ENABLED,
        "a, b : INT; x, y : BOOL;",
        "a := Half(a := 8, ENO => x); b := Half(a := 7, ENO => y);",
        {"a": 4, "x": 1, "y": 0},
    ),
    (
        "19 sections of a function",
        FUNCTIONS_ALL,
        "c, n, s : INT;",
        "n := Both(a := 4, c := c, sum => s);",
        {"n": 9, "s": 22, "c": 100},
    ),
    (
        "20.1 all by names, some left out",
        FUNCTIONS_ALL,
        "c, n, s : INT;",
        "n := Both(c := c, b := 6);",
        {"n": 8, "c": 100},
    ),
    (
        "20.2 by position",
        FUNCTIONS_ALL,
        "c, n, s : INT;",
        "n := Both(1, 2, s, c);",
        {"n": 3, "s": 16, "c": 100},
    ),
    ("20.3 a function without a result", FUNCTIONS_ALL, "n : INT;", "Nothing(a := 4, b => n);", {"n": 8}),
    (
        "21.1 overloaded",
        "",
        "a : INT; b : REAL; t : TIME;",
        "a := ADD(1, 2); b := ADD(REAL#1.5, 2.0); t := ADD(T#1s, T#1ms);",
        {"a": 3, "b": 3.5, "t": 1001 * MS},
    ),
    (
        "21.2 typed",
        "",
        "a : INT; b : REAL; c : BOOL; d : WORD;",
        (
            "a := ADD_INT(1, 2); b := MUL_REAL(1.5, 2.0); c := GT_INT(2, 1); "
            "d := SHL_WORD(WORD#1, 3); "
            "a := a + MAX_INT(3, 4) + ABS_INT(INT#-1) + SEL_INT(TRUE, 0, 2);"
        ),
        {"a": 10, "b": 3.0, "c": 1, "d": 8},
    ),
    (
        "22.1 X_TO_Y",
        "",
        "a : INT; b : REAL; c : STRING; d : WORD; e : DINT;",
        (
            "a := REAL_TO_INT(2.5); b := INT_TO_REAL(-3); c := INT_TO_STRING(-12); "
            "d := INT_TO_WORD(-1); e := STRING_TO_DINT('77');"
        ),
        {"a": 2, "b": -3.0, "c": "-12", "d": 0xFFFF, "e": 77},
    ),
    (
        "22.2 TO_Y",
        "",
        "a : INT; b : REAL; c : STRING;",
        "a := TO_INT(3.5); b := TO_REAL(INT#4); c := TO_STRING(TRUE);",
        {"a": 4, "b": 4.0, "c": "TRUE"},
    ),
    (
        "22.3 X_TRUNC_Y, old TRUNC",
        "",
        "a, b : INT; c : DINT;",
        "a := REAL_TRUNC_INT(-1.6); b := REAL_TRUNC_INT(1.6); c := TRUNC(REAL#2.9);",
        {"a": -1, "b": 1, "c": 2},
    ),
    (
        "22.4 TRUNC_Y",
        "",
        "a : INT; b : USINT;",
        "a := TRUNC_INT(-1.6); b := TRUNC_USINT(LREAL#200.9);",
        {"a": -1, "b": 200},
    ),
    (
        "22.5 X_BCD_TO_Y, BCD_TO_Y",
        "",
        "a : UINT; b : USINT;",
        "a := WORD_BCD_TO_UINT(WORD#16#3698); b := BCD_TO_USINT(BYTE#16#42);",
        {"a": 3698, "b": 42},
    ),
    (
        "22.6 X_TO_BCD_Y, TO_BCD_Y",
        "",
        "a : WORD; b : BYTE;",
        "a := UINT_TO_BCD_WORD(UINT#3698); b := TO_BCD_BYTE(USINT#25);",
        {"a": 0x3698, "b": 0x25},
    ),
    (
        "23 numbers, rounded half to even",
        "",
        "a, b, c, d : INT; e : SINT; f : LINT;",
        (
            "a := REAL_TO_INT(1.5); b := REAL_TO_INT(-1.5); c := LREAL_TO_INT(0.5); "
            "d := REAL_TO_INT(1.4); e := INT_TO_SINT(-7); f := UDINT_TO_LINT(4294967295);"
        ),
        {"a": 2, "b": -2, "c": 0, "d": 1, "e": -7, "f": 4294967295},
    ),
    (
        "24 bit strings",
        "",
        "a : WORD; b : BYTE; c : BOOL; d : LWORD;",
        (
            "a := BYTE_TO_WORD(16#AB); b := WORD_TO_BYTE(16#1234); c := BYTE_TO_BOOL(3); "
            "d := DWORD_TO_LWORD(16#89ABCDEF);"
        ),
        {"a": 0xAB, "b": 0x34, "c": 1, "d": 0x89ABCDEF},
    ),
    (
        "25 bit strings and numbers",
        "",
        "a : REAL; b : DWORD; c : INT; d : BYTE; e : LREAL; f : LWORD;",
        (
            "a := DWORD_TO_REAL(16#3F800000); b := REAL_TO_DWORD(1.0); c := WORD_TO_INT(16#FFFF); "
            "d := SINT_TO_BYTE(-1); e := LWORD_TO_LREAL(16#3FF0000000000000); "
            "f := LREAL_TO_LWORD(1.0);"
        ),
        {"a": 1.0, "b": 0x3F800000, "c": -1, "d": 0xFF, "e": 1.0, "f": 0x3FF0000000000000},
    ),
    (
        "26 dates and times",
        "",
        "a : LTIME; b : TIME; c : DATE; d : TOD; e : LDT; f : DT; g : LTOD; h : LDATE;",
        (
            "a := TIME_TO_LTIME(T#1s); b := LTIME_TO_TIME(LT#2s); "
            "c := DT_TO_DATE(DT#1970-01-02-01:00:00); d := DT_TO_TOD(DT#1970-01-02-00:00:01);"
            "e := DT_TO_LDT(DT#1970-01-01-00:00:01); f := LDT_TO_DT(LDT#1970-01-01-00:00:02); "
            "g := DT_TO_LTOD(DT#1970-01-02-00:00:03); h := LDT_TO_DATE(LDT#1970-01-03-00:00:01);"
        ),
        {
            "a": 1000 * MS,
            "b": 2000 * MS,
            "c": DAY,
            "d": 1000 * MS,
            "e": 1000 * MS,
            "f": 2000 * MS,
            "g": 3000 * MS,
            "h": 2 * DAY,
        },
    ),
    (
        "26 long dates and times",
        "",
        "a : LTOD; b : TOD; c : TOD;",
        (
            "a := LDT_TO_LTOD(LDT#1970-01-02-00:00:01); b := LDT_TO_TOD(LDT#1970-01-02-00:00:02); "
            "c := LTOD_TO_TOD(LTOD#00:00:03);"
        ),
        {"a": 1000 * MS, "b": 2000 * MS, "c": 3000 * MS},
    ),
    (
        "27 characters and texts",
        "",
        ("a : STRING; b : WSTRING; c : CHAR; d : WCHAR; e : STRING; f : STRING; g : WSTRING; h : CHAR;"),
        (
            "a := WSTRING_TO_STRING(\"ab\"); b := STRING_TO_WSTRING('cd'); "
            "c := WCHAR_TO_CHAR(WCHAR#\"x\"); d := CHAR_TO_WCHAR(CHAR#'y'); "
            "e := CHAR_TO_STRING(CHAR#'z'); g := WCHAR_TO_WSTRING(WCHAR#\"w\"); "
            "h := STRING_TO_CHAR('pq');"
        ),
        {"a": "ab", "b": "cd", "c": "x", "d": "y", "e": "z", "g": "w", "h": "p"},
    ),
    (
        "27 characters and bit strings",
        "",
        "a : BYTE; b : CHAR; c : WORD; d : WCHAR;",
        (
            "a := CHAR_TO_BYTE(CHAR#'A'); b := BYTE_TO_CHAR(16#42); "
            'c := WCHAR_TO_WORD(WCHAR#"C"); d := WORD_TO_WCHAR(16#44);'
        ),
        {"a": 65, "b": "B", "c": 67, "d": "D"},
    ),
    (
        "28 numbers",
        "",
        "a : INT; b, c, d, e : REAL; f : LREAL;",
        (
            "a := ABS(INT#-5); b := SQRT(REAL#6.25); c := LN(REAL#1.0); d := LOG(REAL#100.0); "
            "e := EXP(REAL#0.0); f := ATAN2(Y := LREAL#0.0, X := LREAL#1.0);"
        ),
        {"a": 5, "b": 2.5, "c": 0.0, "d": 2.0, "e": 1.0, "f": 0.0},
    ),
    (
        "28 angles",
        "",
        "a, b, c, d, e, f : REAL;",
        (
            "a := SIN(REAL#0.0); b := COS(REAL#0.0); c := TAN(REAL#0.0); d := ASIN(REAL#0.0); "
            "e := ACOS(REAL#1.0); f := ATAN(REAL#0.0);"
        ),
        {"a": 0.0, "b": 1.0, "c": 0.0, "d": 0.0, "e": 0.0, "f": 0.0},
    ),
    (
        "29 arithmetic",
        "",
        "a, b, c, d : INT; e : REAL; f : INT;",
        (
            "a := ADD(1, 2, 3); b := MUL(2, 3, 4); c := SUB(7, 9); d := DIV(-7, 2); "
            "e := EXPT(REAL#2.0, 3); f := MOD(-7, 2);"
        ),
        {"a": 6, "b": 24, "c": -2, "d": -3, "e": 8.0, "f": -1},
    ),
    ("29 MOVE", "", "a : INT; s : STRING;", "a := MOVE(5); s := MOVE('ab');", {"a": 5, "s": "ab"}),
    (
        "30 shifts",
        "",
        "a, b, c, d : BYTE;",
        (
            "a := SHL(IN := BYTE#16#81, N := 1); b := SHR(BYTE#16#81, 1); c := ROL(BYTE#16#81, 1); "
            "d := ROR(BYTE#16#81, 1);"
        ),
        {"a": 2, "b": 0x40, "c": 3, "d": 0xC0},
    ),
    (
        "31 bits",
        "",
        "a, b, c, d : BYTE;",
        (
            "a := AND(BYTE#12, BYTE#10); b := OR(BYTE#12, BYTE#10, BYTE#1); "
            "c := XOR(BYTE#12, BYTE#10); d := NOT(BYTE#16#F0);"
        ),
        {"a": 8, "b": 15, "c": 6, "d": 15},
    ),
    (
        "32 selection",
        "",
        "a, b, c, d, e : INT; s : STRING;",
        (
            "a := SEL(G := FALSE, IN0 := 3, IN1 := 5); b := MAX(1, 4, 2); c := MIN(3, 1, 2); "
            "d := LIMIT(MN := 0, IN := 7, MX := 5); "
            "e := MUX(K := 2, IN0 := 10, IN1 := 11, IN2 := 12); s := MAX('a', 'b');"
        ),
        {"a": 3, "b": 4, "c": 1, "d": 5, "e": 12, "s": "b"},
    ),
    (
        "33 comparison",
        "",
        "a, b, c, d, e, f : BOOL;",
        (
            "a := GT(3, 2, 1); b := GE(2, 2); c := EQ('a', 'a'); d := LE(T#1s, T#2s); "
            "e := LT(1, 3, 2); f := NE(1, 2);"
        ),
        {"a": 1, "b": 1, "c": 1, "d": 1, "e": 0, "f": 1},
    ),
    (
        "34 texts",
        "",
        "n, m : INT; a, b, c, d, e, f, g : STRING;",
        (
            "n := LEN('ASTRING'); a := LEFT(IN := 'ASTR', L := 3); b := RIGHT('ASTR', 3); "
            "c := MID(IN := 'ASTR', L := 2, P := 2); d := CONCAT('AB', 'CD', 'E');"
            "e := INSERT(IN1 := 'ABC', IN2 := 'XY', P := 2); "
            "f := DELETE(IN := 'ABXYC', L := 2, P := 3); "
            "g := REPLACE(IN1 := 'ABCDE', IN2 := 'X', L := 2, P := 3); m := FIND('ABCBC', 'BC');"
        ),
        {
            "n": 7,
            "a": "AST",
            "b": "STR",
            "c": "ST",
            "d": "ABCDE",
            "e": "ABXYC",
            "f": "ABC",
            "g": "ABXE",
            "m": 2,
        },
    ),
    (
        "34 wide texts",
        "",
        "n : INT; a, b : WSTRING;",
        'n := LEN("abc"); a := CONCAT("ab", "c"); b := MID("abcd", 2, 2);',
        {"n": 3, "a": "abc", "b": "bc"},
    ),
    (
        "35 ADD, SUB of times",
        "",
        "a, b : TIME; c, d : TOD; e, f : DT; g, h, i : TIME;",
        (
            "a := ADD_TIME(T#1s, T#2s); b := SUB_TIME(T#1s, T#2s); "
            "c := ADD_TOD_TIME(TOD#00:00:01, T#1s); d := SUB_TOD_TIME(TOD#00:00:03, T#1s); "
            "e := ADD_DT_TIME(DT#1970-01-01-00:00:01, T#1s);"
            "f := SUB_DT_TIME(DT#1970-01-01-00:00:03, T#1s); "
            "g := SUB_DATE_DATE(D#1970-01-03, D#1970-01-02); "
            "h := SUB_TOD_TOD(TOD#00:00:02, TOD#00:00:01); "
            "i := SUB_DT_DT(DT#1970-01-01-00:00:03, DT#1970-01-01-00:00:01);"
        ),
        {
            "a": 3000 * MS,
            "b": -1000 * MS,
            "c": 2000 * MS,
            "d": 2000 * MS,
            "e": 2000 * MS,
            "f": 2000 * MS,
            "g": DAY,
            "h": 1000 * MS,
            "i": 2000 * MS,
        },
    ),
    (
        "35 ADD, SUB of long times",
        "",
        "a, b : LTIME; c : LTOD; e : LDT; g, h, i : LTIME;",
        (
            "a := ADD_LTIME(LT#1s, LT#2s); b := SUB_LTIME(LT#1s, LT#2s); "
            "c := ADD_LTOD_LTIME(LTOD#00:00:01, LT#1s); "
            "e := ADD_LDT_LTIME(LDT#1970-01-01-00:00:01, LT#1s);"
            "g := SUB_LDATE_LDATE(LD#1970-01-03, LD#1970-01-02); "
            "h := SUB_LTOD_LTOD(LTOD#00:00:02, LTOD#00:00:01); "
            "i := SUB_LDT_LDT(LDT#1970-01-01-00:00:03, LDT#1970-01-01-00:00:01);"
        ),
        {
            "a": 3000 * MS,
            "b": -1000 * MS,
            "c": 2000 * MS,
            "e": 2000 * MS,
            "g": DAY,
            "h": 1000 * MS,
            "i": 2000 * MS,
        },
    ),
    (
        "35 MUL, DIV of times",
        "",
        "a, b, c : TIME; d, e : LTIME;",
        (
            "a := MUL_TIME(T#1s, 3); b := DIV_TIME(T#3s, 2); c := T#1s * 2.5; "
            "d := MUL_LTIME(LT#1s, 2); e := DIV_LTIME(LT#3s, 2);"
        ),
        {"a": 3000 * MS, "b": 1500 * MS, "c": 2500 * MS, "d": 2000 * MS, "e": 1500 * MS},
    ),
    (
        "35 operators of times",
        "",
        "a : TIME; b : TOD; c : DT; d : TIME; x : BOOL;",
        (
            "a := T#1s + T#2s; b := TOD#00:00:01 + T#1s; c := DT#1970-01-01-00:00:01 + T#1s; "
            "d := D#1970-01-03 - D#1970-01-02; x := D#1970-01-03 > D#1970-01-02;"
        ),
        {"a": 3000 * MS, "b": 2000 * MS, "c": 2000 * MS, "d": DAY, "x": 1},
    ),
    (
        "36 CONCAT of dates",
        "",
        "a : DT; b : LDT; c : DATE; d : TOD; e : LTOD; f : DT; g : LDT;",
        (
            "a := CONCAT_DATE_TOD(D#1970-01-02, TOD#00:00:01); "
            "b := CONCAT_DATE_LTOD(D#1970-01-02, LTOD#00:00:01); "
            "c := CONCAT_DATE(YEAR := 1970, MONTH := 1, DAY := 3);"
            "d := CONCAT_TOD(HOUR := 0, MINUTE := 1, SECOND := 2, MILLISECOND := 3); "
            "e := CONCAT_LTOD(0, 0, 0, 4); f := CONCAT_DT(1970, 1, 1, 0, 0, 1, 0); "
            "g := CONCAT_LDT(1970, 1, 2, 0, 0, 0, 1);"
        ),
        {
            "a": DAY + 1000 * MS,
            "b": DAY + 1000 * MS,
            "c": 2 * DAY,
            "d": 62_003 * MS,
            "e": 4 * MS,
            "f": 1000 * MS,
            "g": DAY + MS,
        },
    ),
    (
        "36 SPLIT",
        "",
        "y, m, d, h, mi, s, ms, y2, d3, s4 : INT;",
        (
            "SPLIT_DATE(IN := D#2012-02-29, YEAR => y, MONTH => m, DAY => d); "
            "SPLIT_TOD(IN := TOD#15:36:55.360, HOUR => h, MINUTE => mi, SECOND => s, "
            "MILLISECOND => ms);SPLIT_DT(IN := DT#1984-06-25-01:02:03, YEAR => y2); "
            "SPLIT_LDT(IN := LDT#1970-01-05-01:02:03, DAY => d3); "
            "SPLIT_LTOD(IN := LTOD#01:02:03, SECOND => s4);"
        ),
        {"y": 2012, "m": 2, "d": 29, "h": 15, "mi": 36, "s": 55, "ms": 360, "y2": 1984, "d3": 5, "s4": 3},
    ),
    (
        "36 CONCAT, SPLIT of any integers",
        "",
        "y : UINT; m : USINT; d : SINT; h : UDINT; ms : LINT; y2 : ULINT; c : DATE; t : TOD; u : ULINT := 20;",
        (
            "SPLIT_DATE(D#2012-02-29, y, m, d); c := CONCAT_DATE(y, m, d); "
            "SPLIT_LDT(IN := LDT#2261-06-25-23:02:03.999, YEAR => y2, HOUR => h, MILLISECOND => ms); "
            "t := CONCAT_TOD(u, ULINT#0, UDINT#1, ULINT#34);"
        ),
        {
            "y": 2012,
            "m": 2,
            "d": 29,
            "h": 23,
            "ms": 999,
            "y2": 2261,
            "c": 15_399 * DAY,
            "t": 72_001_034 * MS,
        },
    ),
    (
        "36 DAY_OF_WEEK",
        "",
        "a, b : INT;",
        "a := DAY_OF_WEEK(D#2026-11-29); b := DAY_OF_WEEK(D#1970-01-01);",
        {"a": 0, "b": 4},
    ),
    (
        "37 order of bytes",
        "",
        "a, b : WORD; c, d : DINT; e : UINT;",
        (
            "a := TO_BIG_ENDIAN(WORD#16#1234); b := FROM_BIG_ENDIAN(a); "
            "c := TO_LITTLE_ENDIAN(DINT#16#12345678); d := FROM_LITTLE_ENDIAN(c); "
            "e := TO_BIG_ENDIAN(UINT#1);"
        ),
        {"a": 0x3412, "b": 0x1234, "c": 0x12345678, "d": 0x12345678, "e": 256},
    ),
    (
        "37 order of bytes of REAL and dates",
        "",
        "r, s : REAL; l, m : LREAL; d, e : DATE; t, u : TOD; a, b : DT; w : DWORD; x : LTIME;",
        (
            "r := TO_BIG_ENDIAN(REAL#1.0); s := FROM_BIG_ENDIAN(r); w := REAL_TO_DWORD(r); "
            "l := TO_BIG_ENDIAN(LREAL#-2.5); m := FROM_BIG_ENDIAN(l); "
            "d := TO_BIG_ENDIAN(D#1970-01-03); e := FROM_BIG_ENDIAN(d);"
            "t := TO_BIG_ENDIAN(TOD#00:00:01); u := FROM_BIG_ENDIAN(t); "
            "a := TO_BIG_ENDIAN(DT#1970-01-01-00:00:01); b := FROM_BIG_ENDIAN(a); "
            "x := TO_BIG_ENDIAN(LT#1ns);"
        ),
        {"s": 1.0, "w": 0x803F, "m": -2.5, "e": 2 * DAY, "u": 1000 * MS, "b": 1000 * MS, "x": 1 << 56},
    ),
    (
        "38 enumerations",
        "TYPE C : (RED, AMBER, GREEN); END_TYPE",
        "a, b : C; x, y : BOOL;",
        (
            "a := SEL(TRUE, C#RED, C#GREEN); b := MUX(1, C#RED, C#AMBER, C#GREEN); "
            "x := EQ(a, C#GREEN); y := NE(a, b);"
        ),
        {"a": 2, "b": 1, "x": 1, "y": 1},
    ),
    (
        "39 IS_VALID, IS_VALID_BCD",
        "",
        "a, b, c : BOOL;",
        ("a := IS_VALID(REAL#1.5); b := IS_VALID_BCD(WORD#16#1298); c := IS_VALID_BCD(WORD#16#12A8);"),
        {"a": 1, "b": 1, "c": 0},
    ),
]
