"""What the tables of features only touch: the same things in combination; rows as in features_elements.py."""

from unit.plc.features_elements import DAY, MS, Row

MORE: list[Row] = [
    (
        "results that are structures and arrays",
        (
            "TYPE S : STRUCT a : INT; v : ARRAY[1..2] OF INT; END_STRUCT; V : ARRAY[0..2] OF INT; "
            "END_TYPE\nFUNCTION f : S VAR_INPUT x : INT; END_VAR f.a := x; f.v[2] := 2 * x; "
            "END_FUNCTION\nFUNCTION g : V VAR_INPUT x : INT; END_VAR g[0] := x; g[2] := x + 1; "
            "END_FUNCTION\nFUNCTION h : STRING[5] h := 'abcdefg'; END_FUNCTION"
        ),
        "s : S; v : V; t : STRING;",
        "s := f(3); v := g(7); t := h();",
        {"s.a": 3, "s.v[2]": 6, "v[2]": 8, "t": "abcde"},
    ),
    (
        "arrays of arrays and their first values",
        "",
        (
            "a : ARRAY[1..2] OF ARRAY[1..3] OF INT := [[1, 2, 3], [4, 5, 6]]; "
            "b : ARRAY[1..2] OF ARRAY[0..1] OF INT := [2([7, 8])];"
        ),
        "",
        {"a[2][3]": 6, "a[1][2]": 2, "b[2][0]": 7},
    ),
    (
        "structures in structures and their first values",
        (
            "TYPE I : STRUCT x, y : INT := 3; END_STRUCT; O : STRUCT p : I := (x := 1); "
            "q : ARRAY[1..2] OF I := [(y := 9)]; END_STRUCT; END_TYPE"
        ),
        "o : O; r : O := (p := (y := 5), q := [(x := 7), (x := 8)]);",
        "",
        {
            "o.p.x": 1,
            "o.p.y": 3,
            "o.q[1].y": 9,
            "o.q[2].y": 3,
            "r.p.x": 1,
            "r.p.y": 5,
            "r.q[2].x": 8,
            "r.q[1].y": 3,
        },
    ),
    (
        "references into structures and blocks",
        "TYPE S : STRUCT n : INT; r : REF_TO S; END_STRUCT; END_TYPE",
        ("a, b : S; r : REF_TO S; v : ARRAY[1..3] OF INT; p : REF_TO ARRAY[1..3] OF INT; q : REF_TO INT;"),
        (
            "a.r := REF(b); r := REF(a); r^.r^.n := 5; p := REF(v); p^[2] := 4; q := REF(v[3]); "
            "q^ := p^[2] + 1;"
        ),
        {"b.n": 5, "v[2]": 4, "v[3]": 5},
    ),
    (
        "several interfaces",
        (
            "INTERFACE A METHOD a : INT END_METHOD END_INTERFACE INTERFACE B METHOD b : "
            "INT END_METHOD END_INTERFACE INTERFACE C EXTENDS A, B METHOD c : INT "
            "END_METHOD END_INTERFACE\nCLASS K IMPLEMENTS C METHOD PUBLIC a : INT a := 1; "
            "END_METHOD METHOD PUBLIC b : INT b := 2; END_METHOD METHOD PUBLIC c : INT c := 3; "
            "END_METHOD END_CLASS\nCLASS L IMPLEMENTS A, B METHOD PUBLIC a : INT a := 4; "
            "END_METHOD METHOD PUBLIC b : INT b := 5; END_METHOD END_CLASS"
        ),
        "k : K; l : L; i : A; j : B; c : C; n : INT;",
        (
            "c := k; i := c; j := c; n := i.a() + 10 * j.b() + 100 * c.c(); i := l; j := l; "
            "n := n + 1000 * i.a() + 1000 * j.b();"
        ),
        {"n": 9321},
    ),
    (
        "sections of a class",
        (
            "VAR_GLOBAL g : INT := 4; END_VAR CLASS K VAR CONSTANT k : INT := 10; "
            "END_VAR VAR RETAIN r : INT := 1; END_VAR VAR_EXTERNAL g : INT; END_VAR\n"
            "VAR PUBLIC open : INT := 2; END_VAR VAR PRIVATE shut : INT; END_VAR\n"
            "METHOD PUBLIC m : INT VAR_INPUT x : INT; END_VAR VAR_TEMP t : INT; "
            "END_VAR VAR_IN_OUT io : INT; END_VAR VAR_OUTPUT o : INT; END_VAR VAR n : INT := 5; "
            "END_VAR\nt := k + r; n := n + t; io := io + n; o := g; shut := n; g := g + 1; "
            "m := shut + x; END_METHOD END_CLASS"
        ),
        "k : K; a, b, c : INT;",
        "a := k.m(x := 1, io := b, o => c); a := k.m(1, b, c) + k.open;",
        {"a": 19, "b": 32, "c": 5},
    ),
    (
        "methods are PROTECTED where nothing is said",
        (
            "FUNCTION_BLOCK F VAR_OUTPUT n : INT; END_VAR METHOD add : INT VAR_INPUT x : INT; "
            "END_VAR n := n + x; add := n; END_METHOD\nn := add(2) + THIS.add(x := 3); "
            "END_FUNCTION_BLOCK"
        ),
        "f : F;",
        "f();",
        {"f.n": 7},
    ),
    (
        "EN and ENO of methods and blocks",
        (
            "CLASS K VAR n : INT; END_VAR METHOD PUBLIC m : INT VAR_INPUT x : INT; "
            "END_VAR n := n + x; m := n; END_METHOD END_CLASS"
        ),
        "k : K; a : INT; c : CTU; p, q, r : BOOL;",
        (
            "a := k.m(EN := TRUE, x := 2, ENO => p); k.m(EN := FALSE, x := 5, ENO => q); "
            "c(EN := FALSE, CU := TRUE, PV := 1, NOT ENO => r);"
        ),
        {"a": 2, "k.n": 2, "p": 1, "q": 0, "r": 1, "c.CV": 0},
    ),
    (
        "USING in units",
        (
            "NAMESPACE N FUNCTION f : INT f := 3; END_FUNCTION TYPE T : INT := 4; "
            "END_TYPE NAMESPACE M FUNCTION g : INT g := f() + 1; "
            "END_FUNCTION END_NAMESPACE END_NAMESPACE\nFUNCTION_BLOCK B USING N, N.M; "
            "VAR_OUTPUT n : INT; t : T; END_VAR n := f() + g(); END_FUNCTION_BLOCK\n"
            "CLASS K USING N.M; METHOD PUBLIC m : INT m := g(); END_METHOD END_CLASS"
        ),
        "b : B; k : K; x : INT;",
        "b(); x := k.m();",
        {"b.n": 7, "b.t": 4, "x": 4},
    ),
    (
        "labels of CASE",
        "",
        "a : INT := -5; b : WORD := 16#10; x, y : INT;",
        (
            "CASE a OF -10..-6: x := 1; INT#-5, 3: x := 2; ELSE x := 3; END_CASE; "
            "CASE b OF WORD#16#10: y := 1; 2#1: y := 2; END_CASE;"
        ),
        {"x": 2, "y": 1},
    ),
    (
        "overloaded ADD, SUB, MUL, DIV of times",
        "",
        "a, b, c, d : TIME; e : TOD; f : DT; g : TIME; h : LTIME; i : LDT;",
        (
            "a := ADD(T#1s, T#2s, T#3s); b := SUB(T#1s, T#3s); c := MUL(T#2s, 3); "
            "d := DIV(T#3s, 2); e := ADD(TOD#00:00:01, T#1s); "
            "f := SUB(DT#1970-01-01-00:00:03, T#1s); g := SUB(D#1970-01-03, D#1970-01-02);"
            "h := MUL(LT#2s, 2.5); i := ADD(LDT#1970-01-01-00:00:01, LT#1s);"
        ),
        {
            "a": 6000 * MS,
            "b": -2000 * MS,
            "c": 6000 * MS,
            "d": 1500 * MS,
            "e": 2000 * MS,
            "f": 2000 * MS,
            "g": DAY,
            "h": 5000 * MS,
            "i": 2000 * MS,
        },
    ),
    (
        "long names of types in conversions",
        "",
        "d : DATE; t : TOD; u : LTOD; s : STRING;",
        (
            "d := DATE_AND_TIME_TO_DATE(DT#1970-01-02-00:00:01); "
            "t := DATE_AND_TIME_TO_TIME_OF_DAY(DT#1970-01-02-00:00:01); "
            "u := LDATE_AND_TIME_TO_LTIME_OF_DAY(LDT#1970-01-01-00:00:02);"
        ),
        {"d": DAY, "t": 1000 * MS, "u": 2000 * MS},
    ),
    (
        "comments of both kinds in each other",
        "",
        "n : INT;",
        "n := 1; (* /* *) n := n + 1; /* (* */ n := n + 1; // (* \n n := n + 1;",
        {"n": 4},
    ),
    (
        "comparison of texts",
        "",
        "a, b, c, d : BOOL; s : STRING := 'abc';",
        "a := s < 'abd'; b := 'ab' < s; c := s = 'abc'; d := \"b\" > \"abc\";",
        {"a": 1, "b": 1, "c": 1, "d": 1},
    ),
    (
        "constants of every kind",
        (
            "VAR_GLOBAL CONSTANT n : INT := 2; v : ARRAY[1..n] OF REAL := [1.5, 2.5]; "
            "END_VAR TYPE S : STRUCT a : INT; END_STRUCT; END_TYPE\n"
            "VAR_GLOBAL CONSTANT s : S := (a := n + 1); t : STRING := 'x'; END_VAR"
        ),
        "a : REAL; b : INT; c : STRING; d : ARRAY[1..n * 2] OF INT;",
        "a := v[n]; b := s.a; c := t; d[4] := n;",
        {"a": 2.5, "b": 3, "c": "x", "d[4]": 2},
    ),
    (
        "inputs of blocks that are arrays, structures and blocks",
        (
            "TYPE S : STRUCT a : INT; END_STRUCT; END_TYPE\nFUNCTION_BLOCK F VAR_INPUT s : S; "
            "v : ARRAY[1..2] OF INT; t : STRING[3]; END_VAR VAR_IN_OUT c : CTU; "
            "w : ARRAY[*] OF INT; END_VAR VAR_OUTPUT o : INT; END_VAR\nc(CU := TRUE, PV := 1); "
            "w[LOWER_BOUND(w, 1)] := 5; o := s.a + v[2] + LEN(t); END_FUNCTION_BLOCK"
        ),
        ("f : F; s : S := (a := 10); v : ARRAY[1..2] OF INT := [1, 2]; c : CTU; w : ARRAY[3..4] OF INT;"),
        "f(s := s, v := v, t := 'abcd', c := c, w := w);",
        {"f.o": 15, "c.CV": 1, "w[3]": 5},
    ),
    (
        "outputs into members, elements and bits",
        "FUNCTION_BLOCK F VAR_OUTPUT a : INT := 3; b : BOOL := TRUE; END_VAR END_FUNCTION_BLOCK",
        "f : F; v : ARRAY[1..2] OF INT; w : WORD; i : INT := 2;",
        "f(a => v[i], b => w.3);",
        {"v[2]": 3, "w": 8},
    ),
    (
        "numbers that are wider by themselves",
        "",
        "a : LINT; b : LREAL; c : UDINT; d : REAL; e : LWORD; f : LTIME; g : LDT;",
        (
            "a := INT#-1; b := REAL#1.5; c := USINT#7; d := INT#-3; e := BYTE#16#AB; f := T#1s; "
            "g := DT#1970-01-01-00:00:01;"
        ),
        {"a": -1, "b": 1.5, "c": 7, "d": -3.0, "e": 0xAB, "f": 1000 * MS, "g": 1000 * MS},
    ),
    (
        "subranges in loops, arrays and parameters",
        ("TYPE R : INT (1..3); END_TYPE FUNCTION f : R VAR_INPUT x : R; END_VAR f := x; END_FUNCTION"),
        "r : R := 2; v : ARRAY[1..3] OF R := [3(1)]; n : INT; a : ARRAY[0..2] OF SINT (-1..1);",
        "FOR r := 1 TO 3 DO v[r] := f(r); END_FOR; n := v[3]; a[0] := -1;",
        {"n": 3, "v[1]": 1, "a[0]": -1},
    ),
    (
        "enumerations in arrays, CASE, parameters and conversions",
        (
            "TYPE E : (A, B := 5, C); F : USINT (X := 200, Y) := Y; "
            "END_TYPE FUNCTION g : E VAR_INPUT e : E; END_VAR g := e; END_FUNCTION"
        ),
        "e : E; v : ARRAY[1..2] OF E := [C, 1(B)]; f : F; n, m : INT; u : USINT;",
        (
            "e := g(E#C); n := TO_INT(e); m := TO_INT(v[2]); u := TO_USINT(f); "
            "CASE e OF A, B: n := 0; C: n := n + 10; END_CASE;"
        ),
        {"e": 6, "n": 16, "m": 5, "u": 201},
    ),
    (
        "VAR_TEMP begins anew, VAR of a function too",
        (
            "FUNCTION f : INT VAR n : INT := 5; END_VAR n := n + 1; f := n; END_FUNCTION\n"
            "FUNCTION_BLOCK B VAR_TEMP t : INT := 2; END_VAR VAR_OUTPUT o : INT; "
            "END_VAR t := t + 1; o := t; END_FUNCTION_BLOCK"
        ),
        "b : B; x : INT;",
        "x := f(); x := f(); b(); b();",
        {"x": 6, "b.o": 3},
    ),
    (
        "first values on top of those of a type",
        (
            "TYPE S : STRUCT a : INT := 1; b : INT := 2; c : INT := 3; END_STRUCT; "
            "S2 : S := (a := 5, b := 6); W : STRUCT s : S2 := (b := 7); n : INT; END_STRUCT; "
            "END_TYPE\nFUNCTION_BLOCK F VAR_INPUT s : S2 := (c := 8); END_VAR VAR_OUTPUT o : INT; "
            "END_VAR o := s.a * 100 + s.b * 10 + s.c; END_FUNCTION_BLOCK"
        ),
        (
            "x : S2 := (b := 9); v : ARRAY[1..3] OF S2 := [(c := 4)]; w : W; "
            "z : W := (s := (c := 0)); f : F; g : F := (s := (a := 1)); "
            "u : ARRAY[1..2] OF W := [2((n := 3))];"
        ),
        "f(); g();",
        {
            "x.a": 5,
            "x.b": 9,
            "x.c": 3,
            "v[1].a": 5,
            "v[1].c": 4,
            "v[3].b": 6,
            "w.s.a": 5,
            "w.s.b": 7,
            "z.s.b": 7,
            "z.s.c": 0,
            "f.o": 568,
            "g.o": 168,
            "u[2].s.b": 7,
            "u[2].n": 3,
        },
    ),
]
