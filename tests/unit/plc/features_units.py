"""The standard's features, Tables 40 to 72 without sequential charts and instruction lists: blocks, programs, classes,
namespaces, operators, statements; rows as in features_elements.py."""

from unit.plc.features_elements import DAY, MS, Row

BLOCK = """VAR_GLOBAL g : INT := 3; END_VAR
FUNCTION_BLOCK F VAR_INPUT a : INT := 2; b : BOOL R_EDGE; c : BOOL F_EDGE; END_VAR
VAR_INPUT RETAIN d : INT := 4; END_VAR VAR_INPUT NON_RETAIN e : INT; END_VAR
VAR_OUTPUT o : INT; rises, falls : INT; END_VAR VAR_OUTPUT RETAIN p : INT := 6; END_VAR VAR_IN_OUT io : INT;
END_VAR
VAR CONSTANT k : INT := 10; END_VAR VAR RETAIN r : INT := 1; END_VAR VAR NON_RETAIN n : INT; END_VAR
VAR_TEMP t : INT; END_VAR
VAR_EXTERNAL g : INT; END_VAR VAR inner : ARRAY[1..2] OF R_TRIG; END_VAR
t := a + k; o := t + d + g; io := io + 1; r := r + 1; p := r; IF b THEN rises := rises + 1; END_IF;
IF c THEN falls := falls + 1; END_IF; n := n + e;
END_FUNCTION_BLOCK"""
CLASSES = """INTERFACE ROOM METHOD daytime END_METHOD METHOD light : INT VAR_INPUT level : INT; END_VAR END_METHOD
END_INTERFACE
INTERFACE ROOM2 EXTENDS ROOM METHOD night END_METHOD END_INTERFACE
CLASS Base VAR PROTECTED n : INT := 1; END_VAR VAR PUBLIC open : INT := 5; END_VAR
METHOD PUBLIC up : INT VAR_INPUT inc : INT := 2; END_VAR VAR_OUTPUT twice : INT; END_VAR n := n + inc;
twice := 2 * n; up := n; END_METHOD
METHOD PUBLIC FINAL get : INT get := n; END_METHOD
METHOD PRIVATE hidden n := 99; END_METHOD END_CLASS
CLASS Room1 EXTENDS Base IMPLEMENTS ROOM2 VAR is_day : BOOL; m : INT; END_VAR
METHOD PUBLIC OVERRIDE up : INT VAR_INPUT inc : INT := 2; END_VAR VAR_OUTPUT twice : INT; END_VAR
up := SUPER.up(inc := 10 * inc, twice => twice); END_METHOD
METHOD PUBLIC daytime is_day := TRUE; THIS.night(); END_METHOD
METHOD PUBLIC light : INT VAR_INPUT level : INT; END_VAR light := level + n; END_METHOD
METHOD PUBLIC night m := m + 1; END_METHOD END_CLASS
CLASS FINAL Other IMPLEMENTS ROOM METHOD PUBLIC daytime ; END_METHOD
METHOD PUBLIC light : INT VAR_INPUT level : INT; END_VAR light := -level; END_METHOD END_CLASS
FUNCTION_BLOCK Switch VAR_INPUT room : ROOM; END_VAR VAR_OUTPUT seen : INT; END_VAR
IF room <> NULL THEN room.daytime(); seen := room.light(level := 7); END_IF; END_FUNCTION_BLOCK"""
BLOCKS = """INTERFACE Counts METHOD count : INT END_METHOD END_INTERFACE
FUNCTION_BLOCK Upper IMPLEMENTS Counts VAR_INPUT a : INT := 1; END_VAR VAR_OUTPUT n : INT; END_VAR
METHOD PUBLIC count : INT n := n + a; count := n; END_METHOD n := n + 100; END_FUNCTION_BLOCK
FUNCTION_BLOCK Lower EXTENDS Upper VAR_OUTPUT m : INT; END_VAR
METHOD PUBLIC OVERRIDE count : INT count := SUPER.count() * 2; m := THIS.n; END_METHOD SUPER(); m := m + 1;
END_FUNCTION_BLOCK
FUNCTION_BLOCK ABSTRACT Plan METHOD PUBLIC ABSTRACT go : INT END_METHOD END_FUNCTION_BLOCK
FUNCTION_BLOCK FINAL Done EXTENDS Plan METHOD PUBLIC OVERRIDE go : INT go := 4; END_METHOD END_FUNCTION_BLOCK"""
SPACES = """NAMESPACE Standard.Timers FUNCTION INTERNAL hidden : INT hidden := 3; END_FUNCTION
FUNCTION shown : INT shown := hidden() + 1; END_FUNCTION TYPE Len : INT := 8; END_TYPE END_NAMESPACE
NAMESPACE Outer NAMESPACE Inner FUNCTION_BLOCK F VAR_OUTPUT n : INT; END_VAR n := n + 1;
END_FUNCTION_BLOCK END_NAMESPACE
NAMESPACE INTERNAL Own FUNCTION five : INT five := 5; END_FUNCTION END_NAMESPACE
FUNCTION six : INT six := Own.five() + 1; END_FUNCTION END_NAMESPACE
FUNCTION user : INT USING Standard.Timers, Outer; VAR l : Len; END_VAR user := shown() + six() + l;
END_FUNCTION"""

UNITS: list[Row] = [
    (
        "40 sections of a block",
        BLOCK,
        "f : F; x : INT := 5;",
        "f(b := TRUE, c := FALSE, e := 3, io := x); f(b := TRUE, io := x);",
        {"f.o": 19, "f.rises": 1, "f.falls": 0, "x": 7, "f.p": 3, "f.n": 6, "f.d": 4},
    ),
    (
        "40 F_EDGE",
        BLOCK,
        "f : F; x : INT;",
        "f(c := TRUE, io := x); f(c := FALSE, io := x); f(io := x);",
        {"f.falls": 1},
    ),
    (
        "41 instances, arrays of them, initial values",
        BLOCK,
        "f, h : F; t : TON := (PT := T#1s); v : ARRAY[1..2] OF CTU; w : F := (a := 7); x : INT;",
        "v[2](CU := TRUE, PV := 1); w(io := x);",
        {"v[2].CV": 1, "v[1].CV": 0, "w.o": 24, "t.PT": 1000 * MS},
    ),
    (
        "42.1 call by names, outputs",
        "",
        "c : CTU; n : INT; q : BOOL;",
        "c(CU := TRUE, PV := 1, Q => q, CV => n);",
        {"n": 1, "q": 1},
    ),
    ("42.2 call by position", "", "c : CTU;", "c(TRUE, FALSE, 1);", {"c.CV": 1, "c.Q": 1}),
    (
        "42.3 inputs before the call, outputs behind it",
        "",
        "c : CTU; n : INT;",
        "c.CU := TRUE; c.PV := 5; c(); n := c.CV;",
        {"n": 1},
    ),
    ("42.4 NOT at an output", "", "c : CTU; q : BOOL;", "c(CU := TRUE, PV := 5, NOT Q => q);", {"q": 1}),
    (
        "43 SR, RS",
        "",
        "s : SR; r : RS; a, b : BOOL;",
        "s(S1 := TRUE, R := TRUE); r(S := TRUE, R1 := TRUE); a := s.Q1; b := r.Q1;",
        {"a": 1, "b": 0},
    ),
    (
        "43 SR, RS with long names",
        "",
        "s : SR; r : RS; a, b, c : BOOL;",
        "s(SET1 := TRUE, RESET := TRUE); r(SET := TRUE, RESET1 := TRUE); a := s.Q1; b := r.Q1; c := s.RESET;",
        {"a": 1, "b": 0, "c": 1},
    ),
    (
        "44 R_TRIG, F_TRIG",
        "",
        "r : R_TRIG; f : F_TRIG; a, b : BOOL;",
        "r(CLK := TRUE); a := r.Q; f(CLK := TRUE); f(CLK := FALSE); b := f.Q;",
        {"a": 1, "b": 1},
    ),
    (
        "45 CTU, CTD, CTUD",
        "",
        "a : CTU_DINT; b : CTD; c : CTUD_ULINT; d : CTU_LINT; e : CTD_UDINT;",
        (
            "a(CU := TRUE, PV := 9); b(LD := TRUE, PV := 3); b(CD := TRUE, LD := FALSE); "
            "c(CU := TRUE, PV := 2);"
        ),
        {"a.CV": 1, "b.CV": 2, "c.CV": 1, "d.CV": 0},
    ),
    (
        "46 TP, TON, TOF",
        "",
        "a : TP; b : TON; c : TOF; d : TON_LTIME; e : TP_TIME;",
        (
            "a(IN := TRUE, PT := T#1s); b(IN := TRUE, PT := T#1s); c(IN := TRUE, PT := T#1s); "
            "d(IN := TRUE, PT := LT#0s);"
        ),
        {"a.Q": 1, "b.Q": 0, "c.Q": 1, "d.Q": 1},
    ),
    (
        "48 classes: methods, access, FINAL, OVERRIDE",
        CLASSES,
        "a : Base; b : Room1; x, y, z, w : INT;",
        "x := a.up(inc := 3); y := b.up(1, z); w := b.get() + a.open;",
        {"x": 4, "y": 11, "z": 22, "w": 16},
    ),
    (
        "49 instances of classes",
        CLASSES,
        "a : Base := (open := 8); v : ARRAY[0..1] OF Room1; x, y : INT;",
        "x := a.open; v[1].daytime(); y := v[1].up();",
        {"x": 8, "y": 21, "v[1].m": 1, "v[0].m": 0},
    ),
    (
        "50 calls of methods",
        CLASSES,
        "a : Base; x, y, z : INT;",
        "x := a.up(); y := a.up(4); a.up(inc := 1, twice => z);",
        {"x": 3, "y": 7, "z": 16},
    ),
    (
        "51 interfaces",
        CLASSES,
        "s : Switch; a : Room1; b : Other; x, y : INT; i : ROOM2; j : ROOM;",
        "s(room := a); x := s.seen; s(room := b); y := s.seen; i := a; j := i; j.daytime();",
        {"x": 8, "y": -7, "a.m": 2},
    ),
    (
        "52 assignment attempt",
        CLASSES,
        (
            "a : Room1; b : Other; i : ROOM; j : ROOM2; x, y : BOOL; r : REF_TO Base; "
            "q : REF_TO Room1; c : Base;"
        ),
        (
            "i := a; j ?= i; x := j <> NULL; i := b; j ?= i; y := j = NULL; r := REF(a); q ?= r; "
            "IF q <> NULL THEN q^.night(); END_IF; r := REF(c); q ?= r; "
            "IF q = NULL THEN a.night(); END_IF;"
        ),
        {"x": 1, "y": 1, "a.m": 2},
    ),
    (
        "53 object oriented blocks",
        BLOCKS,
        "u : Upper; l : Lower; i : Counts; x, y, z : INT; d : Done;",
        "u(); x := u.count(); l(a := 5); i := l; y := i.count(); z := d.go();",
        {"x": 101, "y": 210, "z": 4, "l.m": 105},
    ),
    (
        "64 to 66 namespaces",
        SPACES,
        "f : Outer.Inner.F; x, y : INT; l : Standard.Timers.Len;",
        "f(); x := Standard.Timers.shown() + f.n; y := user();",
        {"x": 5, "y": 18, "l": 8},
    ),
    (
        "71.1 to 3 parentheses, calls, dereference",
        "",
        "r : REF_TO INT := REF(n); n : INT := 4; a : INT;",
        "a := (2 + 3) * MAX(1, r^);",
        {"a": 20},
    ),
    (
        "71.4 to 6 minus, plus, NOT",
        "",
        "a : INT := 3; b : INT; c : BOOL; d : INT;",
        "b := -a; c := NOT (a = 3); d := +a;",
        {"b": -3, "c": 0, "d": 3},
    ),
    (
        "71.7 powers",
        "",
        "a, b : REAL;",
        "a := REAL#2.0 ** 3; b := REAL#2.0 ** 3 ** 2;",
        {"a": 8.0, "b": 64.0},
    ),
    (
        "71.8 to 12 arithmetic",
        "",
        "a, b, c, d : INT;",
        "a := 7 - 3 - 2; b := 12 / 5 * 2; c := -7 MOD 3; d := 2 + 3 * 4;",
        {"a": 2, "b": 4, "c": -1, "d": 14},
    ),
    (
        "71.13 to 16 comparison",
        "",
        "a, b, c, d : BOOL;",
        "a := 1 < 2 = TRUE; b := 2 <> 3; c := 'a' <= 'b'; d := T#1s >= T#2s;",
        {"a": 1, "b": 1, "c": 1, "d": 0},
    ),
    (
        "71.17 to 19 AND, XOR, OR",
        "",
        "a, b, c : BOOL; d : BYTE;",
        (
            "a := TRUE OR FALSE AND FALSE; b := TRUE & FALSE; c := TRUE XOR TRUE OR TRUE; "
            "d := BYTE#12 AND BYTE#10 XOR BYTE#1;"
        ),
        {"a": 1, "b": 0, "c": 1, "d": 9},
    ),
    (
        "72.1 assignments",
        "TYPE S : STRUCT a : INT; v : ARRAY[1..2] OF INT; END_STRUCT; END_TYPE",
        "s, t : S; a : REAL; v : ARRAY[1..2] OF INT := [4, 5];",
        "s.v := v; t := s; a := INT#3;",
        {"t.v[2]": 5, "a": 3.0},
    ),
    (
        "72.2 calls and RETURN",
        (
            "FUNCTION f : INT VAR_INPUT x : INT; END_VAR f := 1; IF x > 0 THEN f := 2; RETURN; "
            "END_IF; f := 3; END_FUNCTION"
        ),
        "a, b : INT;",
        "a := f(1); b := f(0); RETURN; a := 9;",
        {"a": 2, "b": 3},
    ),
    (
        "72.3 IF",
        "",
        "a : INT := 2; b : INT;",
        "IF a = 1 THEN b := 1; ELSIF a = 2 THEN b := 2; ELSE b := 3; END_IF;",
        {"b": 2},
    ),
    (
        "72.4 CASE",
        "TYPE E : (A1, B1, C1); END_TYPE",
        "a : INT := 5; e : E := B1; x, y, z : INT;",
        (
            "CASE a OF 1: x := 1; 2, 4..6: x := 2; y := 2; ELSE x := 3; END_CASE; "
            "CASE e OF A1: z := 1; E#B1, C1: z := 2; END_CASE;"
        ),
        {"x": 2, "y": 2, "z": 2},
    ),
    (
        "72.4 CASE of bits and characters",
        "",
        "b : BYTE := 16#12; c : CHAR := 'b'; x, y : INT;",
        ("CASE b OF 16#11..16#13: x := 1; END_CASE; CASE c OF 'a': y := 1; 'b', 'c': y := 2; END_CASE;"),
        {"x": 1, "y": 2},
    ),
    (
        "72.5 FOR",
        "",
        "i, s, t : INT; k : USINT; u : INT;",
        (
            "FOR i := 1 TO 4 DO s := s + i; END_FOR; FOR i := 10 TO 1 BY -3 DO t := t + i; "
            "END_FOR; FOR k := 250 TO 255 DO u := u + 1; END_FOR;"
        ),
        {"s": 10, "t": 22, "u": 6},
    ),
    ("72.6 WHILE", "", "i : INT;", "WHILE i < 5 DO i := i + 2; END_WHILE;", {"i": 6}),
    ("72.7 REPEAT", "", "i : INT;", "REPEAT i := i + 2; UNTIL i >= 5 END_REPEAT;", {"i": 6}),
    (
        "72.8 CONTINUE",
        "",
        "i, s : INT;",
        "FOR i := 1 TO 5 DO IF i = 3 THEN CONTINUE; END_IF; s := s + i; END_FOR;",
        {"s": 12},
    ),
    (
        "72.9 EXIT",
        "",
        "i, j, s : INT;",
        ("FOR i := 1 TO 3 DO FOR j := 1 TO 9 DO IF j > i THEN EXIT; END_IF; s := s + 1; END_FOR; END_FOR;"),
        {"s": 6},
    ),
    ("72.10 an empty statement", "", "i : INT;", "; i := 1;; IF i = 1 THEN ; END_IF;", {"i": 1}),
    (
        "characters of texts by their places",
        "",
        "s : STRING[5] := 'abc'; c : CHAR; w : WSTRING := \"xyz\"; d : WCHAR;",
        "c := s[2]; s[3] := 'X'; d := w[1]; w[2] := \"q\";",
        {"c": "b", "s": "abX", "d": "x", "w": "xqz"},
    ),
    (
        "6.5.6 constants in expressions and bounds",
        "VAR_GLOBAL CONSTANT n : INT := 3; END_VAR",
        "a : ARRAY[0..n - 1] OF INT; s : STRING[n]; x : DINT;",
        "x := UPPER_BOUND(a, 1); s := 'abcde';",
        {"x": 2, "s": "abc"},
    ),
    (
        "date of a day",
        "",
        "d : DATE; x : BOOL;",
        "d := D#1970-01-02; x := d = D#1970-01-02;",
        {"d": DAY, "x": 1},
    ),
]
