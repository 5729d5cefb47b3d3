"""Edge values of string functions and of TRUNC and BCD conversions; rows as in edges_numeric.py."""

from sortyard.plc.faults import FaultKind

DOMAIN, OVERFLOW = FaultKind.DOMAIN, FaultKind.OVERFLOW
FULL = "x" * 80
"""As long as a STRING without a length."""

STRINGS = {
    "LEN": [
        ("INT", "STRING ''", 0),
        ("INT", f"STRING '{FULL}'", 80),
        ("INT", "STRING[255] 'abc'", 3),
        ("INT", 'WSTRING "→→"', 2),
    ],
    "LEFT": [
        ("STRING", "STRING ''; INT 3", ""),
        ("STRING", "STRING 'abc'; INT 0", ""),
        ("STRING", "STRING 'abc'; INT -1", ""),
        ("STRING", "STRING 'abc'; INT 3", "abc"),
        ("STRING", "STRING 'abc'; INT 32767", "abc"),
        ("STRING", "STRING 'abc'; ULINT 18446744073709551615", "abc"),
        ("STRING", "STRING 'abc'; LINT -9223372036854775808", ""),
        ("STRING", f"STRING '{FULL}'; INT 80", FULL),
        ("WSTRING", 'WSTRING "→b"; INT 1', "→"),
    ],
    "RIGHT": [
        ("STRING", "STRING ''; INT 3", ""),
        ("STRING", "STRING 'abc'; INT 0", ""),
        ("STRING", "STRING 'abc'; INT -32768", ""),
        ("STRING", "STRING 'abc'; INT 2", "bc"),
        ("STRING", "STRING 'abc'; INT 4", "abc"),
        ("WSTRING", 'WSTRING "a→"; INT 1', "→"),
    ],
    "MID": [
        ("STRING", "STRING ''; INT 1; INT 1", ""),
        ("STRING", "STRING 'abc'; INT 1; INT 3", "c"),
        ("STRING", "STRING 'abc'; INT 1; INT 4", ""),
        ("STRING", "STRING 'abc'; INT 3; INT 0", ""),
        ("STRING", "STRING 'abc'; INT 3; INT -1", ""),
        ("STRING", "STRING 'abc'; INT 0; INT 1", ""),
        ("STRING", "STRING 'abc'; INT -1; INT 1", ""),
        ("STRING", "STRING 'abc'; INT 32767; INT 2", "bc"),
        ("STRING", "STRING 'abc'; INT 1; INT 32767", ""),
        ("STRING", "STRING 'abc'; ULINT 18446744073709551615; LINT 1", "abc"),
        ("WSTRING", 'WSTRING "a→b"; INT 1; INT 2', "→"),
    ],
    "CONCAT": [
        ("STRING", "STRING ''; STRING ''", ""),
        ("STRING", "STRING 'a'; STRING ''; STRING 'b'", "ab"),
        ("STRING", f"STRING '{FULL}'; STRING 'y'", FULL),
        ("STRING[255]", f"STRING '{FULL}'; STRING '{FULL}'", FULL + FULL),
        ("STRING[3]", "STRING 'ab'; STRING 'cd'", "abc"),
        ("WSTRING", 'WSTRING "→"; WSTRING "←"', "→←"),
    ],
    "INSERT": [
        ("STRING", "STRING ''; STRING ''; INT 0", ""),
        ("STRING", "STRING ''; STRING 'a'; INT 5", "a"),
        ("STRING", "STRING 'abc'; STRING 'X'; INT 0", "Xabc"),
        ("STRING", "STRING 'abc'; STRING 'X'; INT -1", "Xabc"),
        ("STRING", "STRING 'abc'; STRING 'X'; INT 3", "abcX"),
        ("STRING", "STRING 'abc'; STRING 'X'; INT 32767", "abcX"),
        ("STRING", f"STRING '{FULL}'; STRING 'Y'; INT 0", "Y" + FULL[:79]),
    ],
    "DELETE": [
        ("STRING", "STRING ''; INT 1; INT 1", ""),
        ("STRING", "STRING 'abc'; INT 3; INT 1", ""),
        ("STRING", "STRING 'abc'; INT 0; INT 1", "abc"),
        ("STRING", "STRING 'abc'; INT -1; INT 2", "abc"),
        ("STRING", "STRING 'abc'; INT 9; INT 2", "a"),
        ("STRING", "STRING 'abc'; INT 1; INT 4", "abc"),
        ("STRING", "STRING 'abc'; INT 1; INT 0", "abc"),
        ("STRING", "STRING 'abc'; INT 32767; INT 3", "ab"),
    ],
    "REPLACE": [
        ("STRING", "STRING ''; STRING 'x'; INT 1; INT 1", "x"),
        ("STRING", "STRING 'abc'; STRING ''; INT 3; INT 1", ""),
        ("STRING", "STRING 'abc'; STRING 'X'; INT 0; INT 2", "aXbc"),
        ("STRING", "STRING 'abc'; STRING 'X'; INT 9; INT 3", "abX"),
        ("STRING", "STRING 'abc'; STRING 'X'; INT 1; INT 4", "abcX"),
        ("STRING", "STRING 'abc'; STRING 'X'; INT 1; INT 5", "abc"),
        ("STRING", "STRING 'abc'; STRING 'X'; INT 1; INT 0", "abc"),
        ("STRING", f"STRING '{FULL}'; STRING 'YY'; INT 1; INT 1", "YY" + FULL[:78]),
    ],
    "FIND": [
        ("INT", "STRING ''; STRING ''", 0),
        ("INT", "STRING ''; STRING 'a'", 0),
        ("INT", "STRING 'a'; STRING ''", 0),
        ("INT", "STRING 'abc'; STRING 'abcd'", 0),
        ("INT", "STRING 'aab'; STRING 'ab'", 2),
        ("INT", "STRING 'abc'; STRING 'c'", 3),
        ("INT", f"STRING '{FULL}'; STRING '{FULL}'", 1),
        ("INT", 'WSTRING "a→→b"; WSTRING "→b"', 3),
    ],
}

TRUNC = {
    "TRUNC": [
        ("DINT", "REAL -0.99", 0),
        ("DINT", "REAL 2147483520.0", 2147483520),
        ("DINT", "REAL -2147483648.0", -2147483648),
        ("DINT", "LREAL 2147483647.9", 2147483647),
        ("DINT", "REAL 2147483648.0", OVERFLOW),
        ("DINT", "REAL nan", OVERFLOW),
        ("DINT", "REAL -inf", OVERFLOW),
    ],
    "TRUNC_SINT": [
        ("SINT", "REAL -128.9", -128),
        ("SINT", "REAL 127.9", 127),
        ("SINT", "REAL 128.0", OVERFLOW),
    ],
    "TRUNC_INT": [("INT", "REAL 32767.9", 32767), ("INT", "REAL -32769.0", OVERFLOW)],
    "TRUNC_LINT": [
        ("LINT", "LREAL 9223372036854774784.0", 9223372036854774784),
        ("LINT", "LREAL -9223372036854775808.0", -9223372036854775808),
        ("LINT", "LREAL 9223372036854775808.0", OVERFLOW),
    ],
    "TRUNC_USINT": [
        ("USINT", "REAL 255.9", 255),
        ("USINT", "REAL -0.9", 0),
        ("USINT", "REAL -1.0", OVERFLOW),
    ],
    "REAL_TRUNC_UINT": [("UINT", "REAL 65535.5", 65535), ("UINT", "REAL 65536.0", OVERFLOW)],
    "LREAL_TRUNC_UDINT": [("UDINT", "LREAL 4294967295.9", 4294967295), ("UDINT", "LREAL inf", OVERFLOW)],
    "TRUNC_ULINT": [
        ("ULINT", "LREAL 18446744073709549568.0", 18446744073709549568),
        ("ULINT", "LREAL 18446744073709551616.0", OVERFLOW),
        ("ULINT", "LREAL nan", OVERFLOW),
    ],
}

BCD = {
    "BYTE_BCD_TO_USINT": [
        ("USINT", "BYTE 16#99", 99),
        ("USINT", "BYTE 0", 0),
        ("USINT", "BYTE 16#0A", DOMAIN),
    ],
    "WORD_BCD_TO_UINT": [("UINT", "WORD 16#9999", 9999), ("UINT", "WORD 16#A000", DOMAIN)],
    "WORD_BCD_TO_INT": [("INT", "WORD 16#9999", 9999), ("INT", "WORD 16#A000", DOMAIN)],
    "DWORD_BCD_TO_INT": [("INT", "DWORD 16#3_2768", -32768), ("INT", "DWORD 16#12", 12)],
    "BCD_TO_LINT": [
        ("LINT", "LWORD 16#9999_9999_9999_9999", 9999999999999999),
        ("LINT", "BYTE 16#0A", DOMAIN),
    ],
    "INT_TO_BCD_WORD": [
        ("WORD", "INT 1234", 0x1234),
        ("WORD", "INT -1", OVERFLOW),
        ("WORD", "INT 10000", OVERFLOW),
    ],
    "INT_TO_BCD": [("WORD", "INT 1234", 0x1234), ("WORD", "INT 10000", OVERFLOW)],
    "ULINT_TO_BCD": [("LWORD", "ULINT 9999999999999999", 0x9999_9999_9999_9999), ("LWORD", "ULINT 0", 0)],
    "WORD_BCD_TO_USINT": [("USINT", "WORD 16#0255", 255), ("USINT", "WORD 16#0256", 0)],
    "DWORD_BCD_TO_UDINT": [("UDINT", "DWORD 16#9999_9999", 99999999), ("UDINT", "DWORD 16#F", DOMAIN)],
    "LWORD_BCD_TO_ULINT": [
        ("ULINT", "LWORD 16#9999_9999_9999_9999", 9999999999999999),
        ("ULINT", "LWORD 16#B", DOMAIN),
    ],
    "BCD_TO_UINT": [
        ("UINT", "BYTE 16#42", 42),
        ("UINT", "WORD 16#1234", 1234),
        ("UINT", "WORD 16#123A", DOMAIN),
    ],
    "USINT_TO_BCD_BYTE": [("BYTE", "USINT 99", 0x99), ("BYTE", "USINT 100", OVERFLOW)],
    "UINT_TO_BCD_WORD": [("WORD", "UINT 9999", 0x9999), ("WORD", "UINT 10000", OVERFLOW)],
    "UDINT_TO_BCD_DWORD": [
        ("DWORD", "UDINT 99999999", 0x9999_9999),
        ("DWORD", "UDINT 4294967295", OVERFLOW),
    ],
    "ULINT_TO_BCD_LWORD": [
        ("LWORD", "ULINT 9999999999999999", 0x9999_9999_9999_9999),
        ("LWORD", "ULINT 10000000000000000", OVERFLOW),
    ],
    "TO_BCD_WORD": [("WORD", "UINT 0", 0), ("WORD", "ULINT 9999", 0x9999), ("WORD", "ULINT 10000", OVERFLOW)],
}
