"""Well-known algorithms in ST against published values: calendars, check digits, checksums, texts, numbers."""

import pytest

from unit.plc import st
from unit.plc.st import program

CALENDAR = """
(* Gregorian Easter Sunday after Meeus, Jones and Butcher *)
FUNCTION easter : DATE
VAR_INPUT year : INT; END_VAR
VAR a, b, c, h, l, m, n : INT; END_VAR
a := year MOD 19; b := year / 100; c := year MOD 100;
h := (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) MOD 30;
l := (32 + 2 * (b MOD 4) + 2 * (c / 4) - h - c MOD 4) MOD 7;
m := (a + 11 * h + 22 * l) / 451;
n := h + l - 7 * m + 114;
easter := CONCAT_DATE(year, n / 31, n MOD 31 + 1);
END_FUNCTION
(* days from 1970-01-01 to a date *)
FUNCTION days : DINT
VAR_INPUT d : DATE; END_VAR
VAR span : TIME; END_VAR
span := SUB_DATE_DATE(d, D#1970-01-01);
days := LINT_TO_DINT(TIME_TO_LINT(span) / TIME_TO_LINT(T#1d));
END_FUNCTION
(* 1 Monday to 7 Sunday *)
FUNCTION weekday : INT
VAR_INPUT d : DATE; END_VAR
weekday := DINT_TO_INT(((days(d) + 3) MOD 7 + 7) MOD 7) + 1;
END_FUNCTION
(* ISO 8601: the week that has the year's first Thursday is its first *)
FUNCTION iso_week : INT
VAR_INPUT d : DATE; END_VAR
VAR thursday, first : DINT; year, month, day : INT; on : DATE; END_VAR
thursday := days(d) - INT_TO_DINT(weekday(d)) + 4;
on := ADD_DATE(thursday);
SPLIT_DATE(IN := on, YEAR => year, MONTH => month, DAY => day);
first := days(CONCAT_DATE(year, 1, 1));
iso_week := DINT_TO_INT((thursday - first) / 7) + 1;
END_FUNCTION
FUNCTION ADD_DATE : DATE
VAR_INPUT n : DINT; END_VAR
ADD_DATE := DT_TO_DATE(ADD_DT_TIME(DT#1970-01-01-00:00:00, MUL_TIME(T#1d, n)));
END_FUNCTION
FUNCTION julian_day : DINT VAR_INPUT d : DATE; END_VAR julian_day := days(d) + 2440588; END_FUNCTION
"""

NUMBERS = """
FUNCTION gcd : DINT
VAR_INPUT a, b : DINT; END_VAR
VAR rest : DINT; END_VAR
WHILE b <> 0 DO rest := a MOD b; a := b; b := rest; END_WHILE;
gcd := a;
END_FUNCTION
FUNCTION fibonacci : DINT
VAR_INPUT n : INT; END_VAR
VAR i : INT; before, now, next : DINT; END_VAR
now := 1;
FOR i := 1 TO n DO next := before + now; before := now; now := next; END_FOR;
fibonacci := before;
END_FUNCTION
FUNCTION primes : INT
VAR_INPUT below : INT; END_VAR
VAR sieve : ARRAY[0..1000] OF BOOL; i, k : INT; END_VAR
FOR i := 2 TO below - 1 DO
    IF NOT sieve[i] THEN
        primes := primes + 1;
        FOR k := i TO 1000 BY i DO sieve[k] := TRUE; END_FOR;
    END_IF;
END_FOR;
END_FUNCTION
FUNCTION collatz : INT
VAR_INPUT n : UDINT; END_VAR
WHILE n <> 1 DO
    IF n MOD 2 = 0 THEN n := n / 2; ELSE n := 3 * n + 1; END_IF;
    collatz := collatz + 1;
END_WHILE;
END_FUNCTION
FUNCTION power_mod : UDINT
VAR_INPUT base, exponent, modulus : UDINT; END_VAR
power_mod := 1;
WHILE exponent > 0 DO
    IF exponent MOD 2 = 1 THEN power_mod := power_mod * base MOD modulus; END_IF;
    base := base * base MOD modulus;
    exponent := exponent / 2;
END_WHILE;
END_FUNCTION
FUNCTION catalan : LINT
VAR_INPUT n : INT; END_VAR
VAR i : INT; END_VAR
catalan := 1;
FOR i := 0 TO n - 1 DO catalan := catalan * 2 * (2 * INT_TO_LINT(i) + 1) / (INT_TO_LINT(i) + 2); END_FOR;
END_FUNCTION
"""

CHECKS = """
FUNCTION code : INT
VAR_INPUT s : STRING; spot : INT; END_VAR
code := UINT_TO_INT(CHAR_TO_UINT(STRING_TO_CHAR(MID(s, 1, spot))));
END_FUNCTION
FUNCTION digit : INT VAR_INPUT s : STRING; spot : INT; END_VAR digit := code(s, spot) - 48; END_FUNCTION
FUNCTION luhn : BOOL
VAR_INPUT s : STRING; END_VAR
VAR i, sum, d : INT; END_VAR
FOR i := 0 TO LEN(s) - 1 DO
    d := digit(s, LEN(s) - i);
    IF i MOD 2 = 1 THEN d := d * 2; END_IF;
    sum := sum + d / 10 + d MOD 10;
END_FOR;
luhn := sum MOD 10 = 0;
END_FUNCTION
(* GS1: weights 3 and 1 from the right *)
FUNCTION gs1 : INT
VAR_INPUT s : STRING; END_VAR
VAR i, sum : INT; END_VAR
FOR i := 0 TO LEN(s) - 1 DO sum := sum + digit(s, LEN(s) - i) * SEL(i MOD 2 = 0, 1, 3); END_FOR;
gs1 := (10 - sum MOD 10) MOD 10;
END_FUNCTION
(* S10 of the Universal Postal Union *)
FUNCTION s10 : INT
VAR_INPUT s : STRING; END_VAR
VAR weights : ARRAY[1..8] OF INT := [8, 6, 4, 2, 3, 5, 9, 7]; i, sum : INT; END_VAR
FOR i := 1 TO 8 DO sum := sum + weights[i] * digit(s, i); END_FOR;
s10 := 11 - sum MOD 11;
IF s10 = 10 THEN s10 := 0; ELSIF s10 = 11 THEN s10 := 5; END_IF;
END_FUNCTION
FUNCTION crc : DWORD
VAR_INPUT s : STRING; polynomial, start : DWORD; END_VAR
VAR i, k : INT; END_VAR
crc := start;
FOR i := 1 TO LEN(s) DO
    crc := crc XOR TO_DWORD(code(s, i));
    FOR k := 1 TO 8 DO
        IF crc.0 THEN crc := SHR(crc, 1) XOR polynomial; ELSE crc := SHR(crc, 1); END_IF;
    END_FOR;
END_FOR;
END_FUNCTION
FUNCTION crc_msb : WORD
VAR_INPUT s : STRING; start : WORD; END_VAR
VAR i, k : INT; END_VAR
crc_msb := start;
FOR i := 1 TO LEN(s) DO
    crc_msb := crc_msb XOR SHL(TO_WORD(code(s, i)), 8);
    FOR k := 1 TO 8 DO
        IF crc_msb.15 THEN crc_msb := SHL(crc_msb, 1) XOR WORD#16#1021; ELSE crc_msb := SHL(crc_msb, 1); END_IF;
    END_FOR;
END_FOR;
END_FUNCTION
FUNCTION adler : DWORD
VAR_INPUT s : STRING; END_VAR
VAR i : INT; a : DINT := 1; b : DINT; END_VAR
FOR i := 1 TO LEN(s) DO a := (a + code(s, i)) MOD 65521; b := (b + a) MOD 65521; END_FOR;
adler := SHL(DINT_TO_DWORD(b), 16) OR DINT_TO_DWORD(a);
END_FUNCTION
FUNCTION fnv1a : DWORD
VAR_INPUT s : STRING; END_VAR
VAR i : INT; h : UDINT := 16#811C9DC5; END_VAR
FOR i := 1 TO LEN(s) DO h := DWORD_TO_UDINT(UDINT_TO_DWORD(h) XOR TO_DWORD(code(s, i))) * 16777619; END_FOR;
fnv1a := UDINT_TO_DWORD(h);
END_FUNCTION
"""

TEXTS = """
FUNCTION roman : STRING
VAR_INPUT n : INT; END_VAR
VAR
    worth : ARRAY[1..13] OF INT := [1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1];
    sign : ARRAY[1..13] OF STRING[2] := ['M', 'CM', 'D', 'CD', 'C', 'XC', 'L', 'XL', 'X', 'IX', 'V', 'IV', 'I'];
    i : INT;
END_VAR
FOR i := 1 TO 13 DO WHILE n >= worth[i] DO roman := CONCAT(roman, sign[i]); n := n - worth[i]; END_WHILE; END_FOR;
END_FUNCTION
FUNCTION in_base : STRING
VAR_INPUT n : UDINT; base : UDINT; END_VAR
REPEAT
    in_base := CONCAT(MID('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', 1, UDINT_TO_INT(n MOD base) + 1), in_base);
    n := n / base;
UNTIL n = 0 END_REPEAT;
END_FUNCTION
FUNCTION rot13 : STRING
VAR_INPUT s : STRING; END_VAR
VAR i, spot : INT; c : STRING[1]; END_VAR
FOR i := 1 TO LEN(s) DO
    c := MID(s, 1, i);
    spot := FIND('ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLM', c);
    IF spot > 0 THEN c := MID('ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLM', 1, spot + 13); END_IF;
    spot := FIND('abcdefghijklmnopqrstuvwxyzabcdefghijklm', MID(s, 1, i));
    IF spot > 0 THEN c := MID('abcdefghijklmnopqrstuvwxyzabcdefghijklm', 1, spot + 13); END_IF;
    rot13 := CONCAT(rot13, c);
END_FOR;
END_FUNCTION
FUNCTION run_lengths : STRING
VAR_INPUT s : STRING; END_VAR
VAR i, n : INT; END_VAR
FOR i := 1 TO LEN(s) DO
    n := n + 1;
    IF i = LEN(s) OR MID(s, 1, i) <> MID(s, 1, i + 1) THEN
        run_lengths := CONCAT(run_lengths, INT_TO_STRING(n), MID(s, 1, i));
        n := 0;
    END_IF;
END_FOR;
END_FUNCTION
FUNCTION distance : INT
VAR_INPUT a, b : STRING[20]; END_VAR
VAR d : ARRAY[0..20, 0..20] OF INT; i, k, swap : INT; END_VAR
FOR i := 0 TO LEN(a) DO d[i, 0] := i; END_FOR;
FOR k := 0 TO LEN(b) DO d[0, k] := k; END_FOR;
FOR i := 1 TO LEN(a) DO
    FOR k := 1 TO LEN(b) DO
        swap := SEL(MID(a, 1, i) = MID(b, 1, k), 1, 0);
        d[i, k] := MIN(d[i - 1, k] + 1, d[i, k - 1] + 1, d[i - 1, k - 1] + swap);
    END_FOR;
END_FOR;
distance := d[LEN(a), LEN(b)];
END_FUNCTION
"""

REALS = """
FUNCTION machin : LREAL
VAR i, k : INT; term, sum : ARRAY[0..1] OF LREAL; x : ARRAY[0..1] OF LREAL := [5.0, 239.0]; END_VAR
FOR k := 0 TO 1 DO
    term[k] := 1.0 / x[k];
    FOR i := 0 TO 20 DO
        sum[k] := sum[k] + SEL(i MOD 2 = 0, -term[k], term[k]) / INT_TO_LREAL(2 * i + 1);
        term[k] := term[k] / (x[k] * x[k]);
    END_FOR;
END_FOR;
machin := 4.0 * (4.0 * sum[0] - sum[1]);
END_FUNCTION
FUNCTION euler : LREAL
VAR i : INT; term : LREAL := 1.0; END_VAR
FOR i := 1 TO 25 DO euler := euler + term; term := term / INT_TO_LREAL(i); END_FOR;
END_FUNCTION
FUNCTION simpson : LREAL
VAR_INPUT steps : INT; END_VAR
VAR i : INT; h : LREAL; END_VAR
h := 3.141592653589793 / INT_TO_LREAL(steps);
FOR i := 1 TO steps - 1 DO
    simpson := simpson + SIN(INT_TO_LREAL(i) * h) * SEL(i MOD 2 = 0, LREAL#4.0, LREAL#2.0);
END_FOR;
simpson := simpson * h / 3.0;
END_FUNCTION
FUNCTION newton : LREAL
VAR_INPUT x : LREAL; END_VAR
VAR i : INT; END_VAR
newton := x;
FOR i := 1 TO 12 DO newton := (newton + x / newton) / 2.0; END_FOR;
END_FUNCTION
FUNCTION hypotenuse : REAL VAR_INPUT a, b : REAL; END_VAR hypotenuse := SQRT(a * a + b * b); END_FUNCTION
FUNCTION celsius : REAL VAR_INPUT f : REAL; END_VAR celsius := (f - 32.0) * 5.0 / 9.0; END_FUNCTION
"""


def value_of(before: str, type_name: str, expression: str):
    runtime = st.start(program(f"result : {type_name};", f"result := {expression};", before))
    runtime.scan()
    return runtime.get("main.result")


def rows(text: str) -> list[tuple[str, str]]:
    pairs = [row.split("=>") for row in text.strip().splitlines()]
    return [(call.strip(), expected.strip()) for call, expected in pairs]


@pytest.mark.parametrize(
    ("year", "date"),
    [(1818, "1818-3-22"), (1943, "1943-4-25"), (2000, "2000-4-23"), (2008, "2008-3-23"), (2016, "2016-3-27"),
     (2019, "2019-4-21"), (2024, "2024-3-31"), (2038, "2038-4-25"), (2100, "2100-3-28")],
)  # fmt: skip
def test_easter(year, date):
    assert value_of(CALENDAR, "BOOL", f"easter({year}) = D#{date}") == 1


@pytest.mark.parametrize(
    ("call", "expected"),
    rows("""
    weekday(D#1969-07-20) => 7
    weekday(D#1999-12-31) => 5
    weekday(D#2000-02-29) => 2
    weekday(D#1970-01-01) => 4
    iso_week(D#2005-01-01) => 53
    iso_week(D#2007-01-01) => 1
    iso_week(D#2008-12-29) => 1
    iso_week(D#2010-01-03) => 53
    iso_week(D#2020-12-31) => 53
    iso_week(D#2021-01-04) => 1
    julian_day(D#2000-01-01) => 2451545
    julian_day(D#1858-11-17) => 2400001
    days(D#2001-09-09) => 11574
    """),
)
def test_days(call, expected):
    assert value_of(CALENDAR, "DINT", call) == int(expected)


@pytest.mark.parametrize(
    ("call", "expected"),
    rows("""
    gcd(1071, 462) => 21
    gcd(17, 5) => 1
    fibonacci(20) => 6765
    fibonacci(46) => 1836311903
    primes(100) => 25
    primes(1000) => 168
    collatz(27) => 111
    collatz(97) => 118
    power_mod(4, 13, 497) => 445
    power_mod(3, 200, 13) => 9
    catalan(10) => 16796
    catalan(30) => 3814986502092304
    """),
)
def test_whole_numbers(call, expected):
    assert value_of(NUMBERS, "LINT", call) == int(expected)


@pytest.mark.parametrize(
    ("call", "expected"),
    rows("""
    BOOL_TO_DWORD(luhn('79927398713')) => 1
    BOOL_TO_DWORD(luhn('79927398710')) => 0
    BOOL_TO_DWORD(luhn('4111111111111111')) => 1
    INT_TO_DWORD(gs1('400638133393')) => 1
    INT_TO_DWORD(gs1('978014300723')) => 4
    INT_TO_DWORD(gs1('03600029145')) => 2
    INT_TO_DWORD(s10('47312482')) => 9
    crc('123456789', 16#EDB88320, 16#FFFFFFFF) XOR 16#FFFFFFFF => 16#CBF43926
    crc('123456789', 16#A001, 0) => 16#BB3D
    crc('123456789', 16#A001, 16#FFFF) => 16#4B37
    crc('123456789', 16#8408, 0) => 16#2189
    crc_msb('123456789', 16#FFFF) => 16#29B1
    crc_msb('123456789', 0) => 16#31C3
    adler('Wikipedia') => 16#11E60398
    fnv1a('') => 16#811C9DC5
    fnv1a('a') => 16#E40C292C
    fnv1a('foobar') => 16#BF9CF968
    """),
)
def test_check_digits_and_checksums(call, expected):
    number = int(expected.removeprefix("16#"), 16 if "#" in expected else 10)
    assert value_of(CHECKS, "DWORD", call) == number


@pytest.mark.parametrize(
    ("call", "expected"),
    rows("""
    roman(4) => IV
    roman(1994) => MCMXCIV
    roman(2024) => MMXXIV
    roman(3999) => MMMCMXCIX
    in_base(255, 16) => FF
    in_base(4294967295, 2) => 11111111111111111111111111111111
    in_base(1234, 36) => YA
    in_base(0, 10) => 0
    rot13('Why did the chicken cross the road?') => Jul qvq gur puvpxra pebff gur ebnq?
    run_lengths('WWWWWWWWWWWWBWWWWWWWWWWWWBBBWWWWWWWWWWWWWWWWWWWWWWWWBWWWWWWWWWWWWWW') => 12W1B12W3B24W1B14W
    INT_TO_STRING(distance('kitten', 'sitting')) => 3
    INT_TO_STRING(distance('Saturday', 'Sunday')) => 3
    INT_TO_STRING(distance('', 'gate')) => 4
    """),
)
def test_texts(call, expected):
    assert value_of(TEXTS, "STRING", call) == expected


@pytest.mark.parametrize(
    ("type_name", "call", "expected", "tolerance"),
    [
        ("LREAL", "machin()", 3.141592653589793, 1e-14),
        ("LREAL", "euler()", 2.718281828459045, 1e-15),
        ("LREAL", "simpson(100)", 2.0, 1e-7),
        ("LREAL", "newton(2.0)", 1.4142135623730951, 1e-15),
        ("REAL", "hypotenuse(3.0, 4.0)", 5.0, 0.0),
        ("REAL", "celsius(451.0)", 232.77777, 1e-5),
        ("REAL", "celsius(-40.0)", -40.0, 0.0),
    ],
)
def test_reals(type_name, call, expected, tolerance):
    assert abs(value_of(REALS, type_name, call) - expected) <= tolerance * abs(expected)
