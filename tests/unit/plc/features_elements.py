"""The standard's features, Tables 1 to 17: characters, literals, types, variables. A row is (number and feature,
declarations, variables, body, what the variables hold after one scan); expected values are by hand."""

from typing import Any

Row = tuple[str, str, str, str, dict[str, Any]]

DAY = 86_400 * 10**9
MS = 1_000_000
ANALOG = "TYPE Signal : (SINGLE_ENDED, DIFFERENTIAL) := DIFFERENTIAL; END_TYPE"
COLORS = """TYPE Colors : DWORD (Red := 16#00FF0000, Green := 16#0000FF00, Blue := 16#000000FF, White := Red OR Green
OR Blue)
:= Green; END_TYPE"""
RANGE = "TYPE Analog : INT (-4095..4095) := -3; END_TYPE"
ROWS_16 = "TYPE Range : INT (-9..9) := 1; Inputs : ARRAY[1..16] OF Range := [8(-5), 8(5)]; END_TYPE"
CHANNEL = """TYPE Kind : (LOW, HIGH); Span : INT (0..100) := 40;
Channel : STRUCT kind : Kind := HIGH; most : Span; low : REAL := -1.5; END_STRUCT;
Card : STRUCT name : STRING[4] := 'card'; channels : ARRAY[1..2] OF Channel := [(most := 7), (kind := LOW)];
END_STRUCT;
END_TYPE"""
BLOCK = """FUNCTION_BLOCK Count VAR_INPUT step : INT := 2; END_VAR VAR_OUTPUT n : INT; END_VAR n := n + step;
END_FUNCTION_BLOCK
CLASS Store VAR kept : INT := 3; END_VAR METHOD PUBLIC put : INT VAR_INPUT x : INT; END_VAR
kept := kept + x; put := kept; END_METHOD END_CLASS"""
RELATIVE = """TYPE Com1 : STRUCT head AT %B0 : BYTE := 1; length AT %B1 : USINT := 26; flag1 AT %X2.0 : BOOL;
last AT %B25 : BYTE := 9; END_STRUCT; END_TYPE"""
OVERLAPPING = """TYPE Com2 : STRUCT OVERLAP head AT %B0 : BYTE; length AT %B1 : USINT; flag2 AT %X2.2 : BOOL;
data1 AT %B5 : BYTE; data2 AT %B5 : REAL; last AT %B19 : BYTE; END_STRUCT; END_TYPE"""
HARDWARE = """TYPE Hw : STRUCT inp AT %I* : BOOL; outp AT %Q* : WORD := 200; internal : REAL := 1.5; END_STRUCT;
END_TYPE"""

ELEMENTS: list[Row] = [
    ("1.1 lower and upper case are one", "", "aBc : INT;", "ABC := 5; Abc := abC + 1;", {"abc": 6}),
    (
        "1.2 number sign, dollar, vertical bar",
        "",
        "s : STRING; n : INT;",
        "s := '#$$|'; n := INT#5;",
        {"s": "#$|", "n": 5},
    ),
    (
        "2.1 names of letters and digits",
        "",
        "IW215 : INT; QX75 : INT;",
        "IW215 := 1; QX75 := 2;",
        {"iw215": 1, "qx75": 2},
    ),
    ("2.2 and underscores inside", "", "LIM_SW_5 : INT; L : INT;", "LIM_SW_5 := 3; L := 1;", {"lim_sw_5": 3}),
    (
        "2.3 and underscores before",
        "",
        "_MAIN : INT; _12V7 : INT;",
        "_MAIN := 4; _12V7 := 5;",
        {"_main": 4, "_12v7": 5},
    ),
    (
        "3.1 comment to the end of the line",
        "",
        "n : INT; // one\n",
        "n := 1; // n := 2;\n// n := 3;",
        {"n": 1},
    ),
    ("3.2a comment (* *)", "", "n : INT; (* one\ntwo *)", "n := (* 2 *) 1;", {"n": 1}),
    ("3.2b comment /* */", "", "n : INT; /* one\ntwo */", "n := /* 2 */ 1;", {"n": 1}),
    ("3.3a nested (* *)", "", "n : INT;", "n := 1; (* a (* n := 2; *) n := 3; *)", {"n": 1}),
    ("3.3b nested /* */", "", "n : INT;", "n := 1; /* a /* n := 2; */ n := 3; */", {"n": 1}),
    ("3.4 quotes in comments", "", "n : INT;", "(* it's *) n := 1; // \"\n n := n + 1;", {"n": 2}),
    ("4.1 pragmas", "", "n : INT;", "{VERSION 2.0} n := 1; {x := 256, y := 384}", {"n": 1}),
    (
        "5.1 whole numbers",
        "",
        "a, b, c, d : INT;",
        "a := -12; b := 0; c := 12_3; d := +986;",
        {"a": -12, "b": 0, "c": 123, "d": 986},
    ),
    (
        "5.2 reals",
        "",
        "a, b, c : REAL;",
        "a := 0.0; b := -12.5; c := 3.141_592_6;",
        {"b": -12.5, "c": 3.1415925025939941},
    ),
    (
        "5.3 reals with an exponent",
        "",
        "a, b : LREAL;",
        "a := -1.34E-12; b := 1.0e+6;",
        {"a": -1.34e-12, "b": 1e6},
    ),
    ("5.4 base 2", "", "a, b : UINT;", "a := 2#1111_1111; b := UINT#2#1110_0000;", {"a": 255, "b": 224}),
    ("5.5 base 8", "", "a, b : USINT;", "a := 8#377; b := USINT#8#340;", {"a": 255, "b": 224}),
    (
        "5.6 base 16",
        "",
        "a : UINT; b : BYTE; c : LWORD;",
        "a := 16#ff; b := BYTE#16#E0; c := LWORD#16#FFFF_FFFF_FFFF_FFFF;",
        {"a": 255, "b": 224, "c": 2**64 - 1},
    ),
    ("5.7 0 and 1 as BOOL", "", "a, b : BOOL;", "a := 1; b := BOOL#0;", {"a": 1, "b": 0}),
    ("5.8 FALSE and TRUE", "", "a, b : BOOL;", "a := TRUE; b := BOOL#FALSE;", {"a": 1, "b": 0}),
    (
        "5.9 typed literals",
        "",
        "a : INT; b : REAL; c : WORD; d : LREAL; e : SINT;",
        "a := INT#-123; b := REAL#-1.5E1; c := WORD#16#AFF; d := LREAL#2.0; e := SINT#-128;",
        {"a": -123, "b": -15.0, "c": 0xAFF, "d": 2.0, "e": -128},
    ),
    (
        "6.1 STRING literals",
        "",
        "a, b, c, d, e : STRING;",
        "a := ''; b := 'A'; c := '$''; d := '\"'; e := '$R$L';",
        {"a": "", "b": "A", "c": "'", "d": '"', "e": "\r\n"},
    ),
    (
        "6.1 codes of characters",
        "",
        "a, b : STRING;",
        "a := '$$1.00'; b := '$C4$CB';",
        {"a": "$1.00", "b": "\xc4\xcb"},
    ),
    (
        "6.2 WSTRING literals",
        "",
        "a, b, c, d : WSTRING;",
        'a := ""; b := "$""; c := "\'"; d := "$00C4$00CB";',
        {"a": "", "b": '"', "c": "'", "d": "\xc4\xcb"},
    ),
    (
        "6.3 typed texts",
        "",
        "a : STRING; b : WSTRING; c : CHAR; d : WCHAR;",
        "a := STRING#'OK'; b := WSTRING#\"OK\"; c := CHAR#'X'; d := WCHAR#\"$0041\";",
        {"a": "OK", "b": "OK", "c": "X", "d": "A"},
    ),
    (
        "7 two-character codes",
        "",
        "a : STRING; w : WSTRING;",
        "a := '$l$n$p$r$t$L$N$P$R$T'; w := \"$$$'$\"\";",
        {"a": "\n\n\f\r\t" * 2, "w": "$'\""},
    ),
    (
        "8.1a to 1d short prefixes",
        "",
        "a : TIME; b : LTIME; c : TIME;",
        "a := T#14ms; b := LT#14.7s; c := t#-14.5m;",
        {"a": 14 * MS, "b": 14_700 * MS, "c": -870_000 * MS},
    ),
    (
        "8.1 hours and days",
        "",
        "a, b : TIME;",
        "a := T#14.7h; b := TIME#5d14h12m18s3.5ms;",
        {"a": 52_920_000 * MS, "b": 483_138_003_500_000},
    ),
    (
        "8.2 underscores, small units",
        "",
        "a : LTIME; b : TIME;",
        "a := LTIME#5m_30s_500ms_100.1us; b := t#12h4m34ms230us400ns;",
        {"a": 330_500_100_100, "b": 43_440_034_230_400},
    ),
    (
        "8 both ends of a duration",
        "",
        "a, b : TIME; c : LTIME := LT#-106751d23h47m16s854ms775us808ns;",
        "a := T#-9223372036854775808ns; b := T#9223372036854775807ns; a := a + b; c := c + LT#1ns;",
        {"a": -1, "b": 2**63 - 1, "c": 1 - 2**63},
    ),
    ("8.3 more than the unit above has", "", "a : TIME;", "a := T#25h_15m;", {"a": 90_900_000 * MS}),
    ("9.1 DATE", "", "a, b : DATE;", "a := DATE#1984-06-25; b := d#1970-01-02;", {"a": 5289 * DAY, "b": DAY}),
    (
        "9.2 LDATE",
        "",
        "a, b : LDATE;",
        "a := LDATE#2012-02-29; b := LD#1970-01-02;",
        {"a": 15_399 * DAY, "b": DAY},
    ),
    (
        "9.3 TIME_OF_DAY",
        "",
        "a, b : TOD;",
        "a := TIME_OF_DAY#15:36:55.36; b := TOD#00:00:01;",
        {"a": 56_215_360 * MS, "b": 1000 * MS},
    ),
    (
        "9.4 LTIME_OF_DAY",
        "",
        "a, b : LTOD;",
        "a := LTOD#15:36:55.36; b := LTIME_OF_DAY#00:00:00.000_000_1;",
        {"a": 56_215_360 * MS, "b": 100},
    ),
    (
        "9.5 DATE_AND_TIME",
        "",
        "a, b : DT;",
        "a := DATE_AND_TIME#1970-01-02-15:36:55.36; b := DT#1970-01-01-00:00:01;",
        {"a": DAY + 56_215_360 * MS, "b": 1000 * MS},
    ),
    (
        "9.6 LDATE_AND_TIME",
        "",
        "a, b : LDT;",
        "a := LDT#1970-01-02-15:36:55.360_227_400; b := LDATE_AND_TIME#1970-01-01-00:00:00.5;",
        {"a": DAY + 56_215_360_227_400, "b": 500 * MS},
    ),
    (
        "10.1 to 9 whole numbers at their ends",
        "",
        (
            "a : SINT := -128; b : INT := -32768; c : DINT := -2147483648; "
            "d : LINT := -9223372036854775808;e : USINT := 255; f : UINT := 65535; "
            "g : UDINT := 4294967295; h : ULINT := 18446744073709551615;"
        ),
        "",
        {
            "a": -128,
            "b": -(2**15),
            "c": -(2**31),
            "d": -(2**63),
            "e": 255,
            "f": 2**16 - 1,
            "g": 2**32 - 1,
            "h": 2**64 - 1,
        },
    ),
    (
        "10.10 and 11 REAL, LREAL",
        "",
        "a : REAL := 3.4E38; b : LREAL := 1.7E308;",
        "a := a * 0.5;",
        {"a": 1.6999999760721821e38, "b": 1.7e308},
    ),
    (
        "10.12 to 16 texts, default of each type",
        "",
        "a : TIME; b : DATE; c : TOD; d : DT; e : STRING; f : CHAR; g : WCHAR; h : LWORD;",
        "",
        {"a": 0, "b": 0, "c": 0, "d": 0, "e": "", "f": "\0", "g": "\0", "h": 0},
    ),
    (
        "10.17 STRING[length]",
        "",
        "a : STRING[3]; b : WSTRING[2];",
        "a := 'abcd'; b := \"xyz\";",
        {"a": "abc", "b": "xy"},
    ),
    (
        "11.1 enumeration",
        ANALOG,
        "a, b : Signal; c : BOOL;",
        "b := SINGLE_ENDED; c := a = Signal#DIFFERENTIAL;",
        {"a": 1, "b": 0, "c": 1},
    ),
    (
        "11.2 enumeration with named values",
        COLORS,
        "a, b : Colors;",
        "b := Colors#White;",
        {"a": 0xFF00, "b": 0xFFFFFF},
    ),
    (
        "11.2 enumeration of a namespace",
        "NAMESPACE N.M TYPE E : (LOW, HIGH := 5, MOST); END_TYPE END_NAMESPACE",
        "a : N.M.E := N.M.E#MOST; f : ARRAY[0..1] OF N.M.E := [2(N.M.E#HIGH)]; n : INT; b : BOOL;",
        "b := a <> N.M.E#LOW; CASE f[1] OF N.M.E#LOW: n := 1; n.m.e#high..N.M.E#MOST: n := 2; END_CASE;",
        {"a": 6, "b": 1, "f[0]": 5, "n": 2},
    ),
    ("11.3 subrange", RANGE, "a, b : Analog;", "b := 4095;", {"a": -3, "b": 4095}),
    ("11.4 array", ROWS_16, "a : Inputs;", "a[16] := a[16] + 1;", {"a[8]": -5, "a[9]": 5, "a[16]": 6}),
    (
        "11.5 blocks and classes in arrays",
        BLOCK,
        "a : ARRAY[0..1] OF Count; s : ARRAY[1..2, 0..1] OF Store; x : INT;",
        "a[1](step := 5); a[1](); x := s[2, 1].put(4);",
        {"a[0].n": 0, "a[1].n": 10, "x": 7, "s[1,1].kept": 3},
    ),
    (
        "11.6 structure",
        CHANNEL,
        "c : Channel; k : Card := (channels := [(most := 8)], name := 'new');",
        "c.most := c.most + 1;",
        {
            "c.kind": 1,
            "c.most": 41,
            "c.low": -1.5,
            "k.name": "new",
            "k.channels[1].most": 8,
            "k.channels[1].kind": 1,
        },
    ),
    (
        "11.7 blocks and classes in structures",
        f"{BLOCK}\nTYPE Cooler : STRUCT c : Count; s : Store; END_STRUCT; END_TYPE",
        "a : Cooler; x : INT;",
        "a.c(step := 4); x := a.s.put(2);",
        {"a.c.n": 4, "x": 5},
    ),
    (
        "11.8 relative addresses",
        RELATIVE,
        "a : Com1; b : ARRAY[0..1] OF Com1;",
        "a.flag1 := TRUE; b[1] := a; b[1].length := a.length + 1;",
        {
            "a.head": 1,
            "a.length": 26,
            "a.flag1": 1,
            "a.last": 9,
            "b[0].flag1": 0,
            "b[1].flag1": 1,
            "b[1].length": 27,
            "b[1].last": 9,
        },
    ),
    (
        "11.9 relative addresses that overlap",
        OVERLAPPING,
        "a : Com2; f : BOOL;",
        "a.data2 := -1.5; a.flag2 := TRUE; f := a.flag2; a.last := 3;",
        {"a.data1": 0, "f": 1, "a.last": 3, "a.data2": -1.5},
    ),
    (
        "11.10 members at %I*, %Q*",
        HARDWARE,
        "a, b : Hw;",
        "a.outp := 7; a.internal := 2.0;",
        {"a.outp": 7, "b.outp": 200, "a.inp": 0, "b.internal": 1.5},
    ),
    (
        "11.11 derived from another type",
        "TYPE CNT : UINT := 7; FREQ : CNT := 9; END_TYPE",
        "a : CNT; b : FREQ;",
        "",
        {"a": 7, "b": 9},
    ),
    (
        "11.12 initial values that are computed",
        "TYPE PIx2 : REAL := 2.0 * 1.5; END_TYPE",
        "a : PIx2; b : INT := 3 * 4 + 1;",
        "",
        {"a": 3.0, "b": 13},
    ),
    (
        "11 initial values for one variable",
        f"{RANGE}\n{ANALOG}",
        "a : Analog := 5; b : Signal := SINGLE_ENDED;",
        "",
        {"a": 5, "b": 0},
    ),
    (
        "12.1 REF_TO, of types and of blocks",
        f"{BLOCK}\nTYPE R : REF_TO INT; END_TYPE",
        "r : R; b : REF_TO Count; c : Count; n : INT;",
        "r := REF(n); r^ := 5; b := REF(c); b^(step := 3);",
        {"n": 5, "c.n": 3},
    ),
    (
        "12.2 references that are assigned, NULL",
        "",
        "a, b : REF_TO INT; n : INT := 4; x, y : BOOL;",
        "x := a = NULL; a := REF(n); b := a; b^ := b^ + 1; y := b = a AND b <> NULL;",
        {"n": 5, "x": 1, "y": 1},
    ),
    (
        "12.2 initial value of a reference",
        "",
        "n : INT := 4; r : REF_TO INT := REF(n); q : REF_TO INT := NULL; m : INT; x : BOOL;",
        "m := r^; x := q = NULL;",
        {"m": 4, "x": 1},
    ),
    (
        "12.3 into structures and arrays",
        "TYPE S : STRUCT a : ARRAY[1..3] OF INT; END_STRUCT; END_TYPE",
        "s : S; r : REF_TO S; q : REF_TO ARRAY[1..3] OF INT;",
        "r := REF(s); r^.a[2] := 5; q := REF(s.a); q^[3] := 6;",
        {"s.a[2]": 5, "s.a[3]": 6},
    ),
    (
        "12.4 ?= of references",
        f"{BLOCK}\nFUNCTION_BLOCK More EXTENDS Count END_FUNCTION_BLOCK",
        "m : More; c : Count; r : REF_TO Count; q : REF_TO More; x, y : BOOL;",
        "r := REF(m); q ?= r; x := q <> NULL; r := REF(c); q ?= r; y := q = NULL;",
        {"x": 1, "y": 1},
    ),
    (
        "13.1 to 4 variables",
        RANGE,
        "a : INT; b : Analog; c : ARRAY[0..1] OF INT; d : REF_TO INT;",
        "d := REF(c[1]); d^ := 4;",
        {"a": 0, "b": -3, "c[1]": 4},
    ),
    (
        "14.1 to 3 initial values",
        CHANNEL,
        (
            "a : REAL := 2.5; s : STRING[10] := 'SPAM'; "
            "b : ARRAY[0..7] OF BOOL := [1, 1, 0, 0, 0, 1, 0, 0];"
            "c : ARRAY[1..2, 1..3] OF INT := [1, 2, 3(4), 6]; "
            "d : ARRAY[1..2] OF Channel := [(low := 1.0), (most := 5)];"
        ),
        "",
        {
            "a": 2.5,
            "s": "SPAM",
            "b[5]": 1,
            "b[6]": 0,
            "c[1,3]": 4,
            "c[2,2]": 4,
            "c[2,3]": 6,
            "d[1].most": 40,
            "d[2].most": 5,
        },
    ),
    (
        "15.1 ARRAY[*]",
        """FUNCTION total : REAL VAR_IN_OUT v : ARRAY[*, *] OF REAL; END_VAR VAR i, j : DINT; END_VAR
FOR i := LOWER_BOUND(v, 1) TO UPPER_BOUND(v, 1) DO FOR j := LOWER_BOUND(v, 2) TO UPPER_BOUND(v, 2) DO
total := total + v[i, j]; v[i, j] := 0.5; END_FOR; END_FOR; END_FUNCTION""",
        "a : ARRAY[-1..0, 2..4] OF REAL := [6(1.5)]; x, y : REAL;",
        "x := total(a); y := total(v := a);",
        {"x": 9.0, "y": 3.0},
    ),
    (
        "16.1 to 3 places and sizes",
        "",
        (
            "a AT %IX1.0 : BOOL; b AT %QB2 : BYTE; c AT %MW3 : INT; d AT %MD4 : REAL; "
            "e AT %ML5 : LINT; f AT %M1 : BOOL;"
        ),
        "a := 1; b := 5; c := -2; d := 1.5; e := 9; f := 1;",
        {"a": 1, "b": 5, "c": -2, "d": 1.5, "e": 9, "f": 1},
    ),
    ("16.5 several levels", "", "a AT %QW2.5.7.1 : INT;", "a := 4;", {"a": 4}),
    ("16.6 %Q* in a program", "", "a AT %Q* : BOOL; b AT %MW* : INT;", "a := 1; b := 2;", {"a": 1, "b": 2}),
    (
        "16 addresses in statements",
        "",
        "n : WORD;",
        "%QW3 := 16#1234; n := %QW3; %MX2.1 := TRUE;",
        {"n": 0x1234},
    ),
    (
        "16 arrays at addresses",
        "",
        (
            "a AT %MW10 : ARRAY[1..3] OF INT := [1, 2, 3]; b AT %MW11 : INT; "
            "s AT %MB40 : STRING[20] := 'abc'; t AT %MW44 : WSTRING[3];"
        ),
        'a[3] := b; t := "xy";',
        {"a[3]": 2, "b": 2, "s": "abc", "t": "xy"},
    ),
    (
        "16 arrays and structures at any byte",
        "TYPE P : STRUCT x : INT := 4; r : REAL; END_STRUCT; END_TYPE",
        "a AT %MB1 : ARRAY[1..3] OF INT := [1, 2, 3]; b AT %MB1 : BYTE; i : INT; t AT %MB9 : WSTRING[3]; "
        "s AT %MB21 : ARRAY[0..1] OF P;",
        'FOR i := 1 TO 3 DO a[i] := a[i] * 300; END_FOR; t := "xy"; s[1].r := 2.5; s[1].x := s[1].x + 1;',
        {"a[3]": 900, "b": 300 - 256, "t": "xy", "s[1].r": 2.5, "s[1].x": 5},
    ),
    (
        "16 structures at addresses",
        CHANNEL,
        "c AT %MD20 : Channel; n AT %MD21 : DINT;",
        "c.low := 1.0;",
        {"c.most": 40, "c.low": 1.0},
    ),
    (
        "17.1 parts of bit strings",
        "",
        "b : BYTE; w : WORD; d : DWORD; l : LWORD; x : BOOL;",
        "b.%X7 := 1; x := b.7; w.%B1 := b; d.%W1 := w; l.%D1 := d; l.%W0 := 16#AB;",
        {"b": 0x80, "x": 1, "w": 0x8000, "d": 0x80000000, "l": 0x80000000000000AB},
    ),
]
