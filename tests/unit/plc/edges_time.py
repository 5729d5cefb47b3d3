"""Edge values of functions of durations and dates, in nanoseconds; rows as in edges_numeric.py."""

import re

from sortyard.plc.faults import FaultKind

DAY = 86_400 * 10**9
SECOND = 10**9
LAST = 2**63 - 1
FIRST = -(2**63)
DOMAIN, OVERFLOW, DIVIDE = FaultKind.DOMAIN, FaultKind.OVERFLOW, FaultKind.DIVIDE_BY_ZERO
_LONGEST = "T#106751d23h47m16s854ms775us807ns"
_TO_MIDNIGHT = "TOD#23:59:59.999999999"


def _long(rows: list[tuple]) -> list[tuple]:
    """The same rows with the long forms of all durations and dates; names of outputs stay."""
    found = []
    for result, arguments, expected in rows:
        shown = re.sub(r"\b(TIME|DATE|TOD|DT) (T|D|TOD|DT)#", r"L\1 L\2#", arguments)
        found.append((f"L{result}" if result in ("TIME", "TOD", "DT") else result, shown, expected))
    return found


_ADD_TIME = [
    ("TIME", "TIME T#0s; TIME T#0s", 0),
    ("TIME", f"TIME {_LONGEST}; TIME T#1ns", FIRST),
    ("TIME", "TIME T#1d; TIME T#-1d", 0),
]
_SUB_TIME = [
    ("TIME", "TIME T#0s; TIME T#1ns", -1),
    ("TIME", f"TIME T#-1ns; TIME {_LONGEST}", FIRST),
    ("TIME", f"TIME T#-2ns; TIME {_LONGEST}", LAST),
]
_ADD_TOD = [
    ("TOD", f"TOD {_TO_MIDNIGHT}; TIME T#1ns", 0),
    ("TOD", "TOD TOD#00:00:00; TIME T#-1ns", DAY - 1),
    ("TOD", "TOD TOD#12:00:00; TIME T#3d", DAY // 2),
]
_SUB_TOD = [
    ("TOD", "TOD TOD#00:00:00; TIME T#1ns", DAY - 1),
    ("TOD", f"TOD {_TO_MIDNIGHT}; TIME T#23h59m59s999ms999us999ns", 0),
    ("TOD", "TOD TOD#01:00:00; TIME T#-23h", 0),
]
_TOD_TOD = [
    ("TIME", f"TOD TOD#00:00:00; TOD {_TO_MIDNIGHT}", 1 - DAY),
    ("TIME", "TOD TOD#12:00:00; TOD TOD#12:00:00", 0),
]
_DATE_DATE = [
    ("TIME", "DATE D#1970-01-01; DATE D#1970-01-01", 0),
    ("TIME", "DATE D#2024-03-01; DATE D#2024-02-28", 2 * DAY),
    ("TIME", "DATE D#2100-03-01; DATE D#2100-02-28", DAY),
    ("TIME", "DATE D#1969-12-31; DATE D#1970-01-01", -DAY),
]
_ADD_DT = [
    ("DT", "DT DT#2023-12-31-23:59:59; TIME T#1s", 1_704_067_200 * SECOND),
    ("DT", "DT DT#1970-01-01-00:00:00; TIME T#-1ns", -1),
    ("DT", "DT DT#2000-02-28-12:00:00; TIME T#1d", 951_825_600 * SECOND),
]
_SUB_DT = [
    ("DT", "DT DT#1970-01-01-00:00:00; TIME T#1ns", -1),
    ("DT", "DT DT#2000-03-01-00:00:00; TIME T#1d", 951_782_400 * SECOND),
]
_DT_DT = [
    ("TIME", "DT DT#1970-01-01-00:00:00; DT DT#1969-12-31-23:59:59.5", SECOND // 2),
    ("TIME", "DT DT#1970-01-01-00:00:00; DT DT#1970-01-02-00:00:00", -DAY),
]
_MUL = [
    ("TIME", "TIME T#1s; INT 0", 0),
    ("TIME", "TIME T#1s; INT -32768", -32768 * SECOND),
    ("TIME", f"TIME {_LONGEST}; INT 2", -2),
    ("TIME", f"TIME {_LONGEST}; ULINT 18446744073709551615", -LAST),
    ("TIME", "TIME T#1ns; REAL 0.5", 0),
    ("TIME", "TIME T#3ns; REAL 0.5", 2),
    ("TIME", "TIME T#1s; LREAL -0.25", -SECOND // 4),
    ("TIME", f"TIME {_LONGEST}; REAL 2.0", OVERFLOW),
    ("TIME", "TIME T#1s; REAL nan", OVERFLOW),
]
_DIV = [
    ("TIME", "TIME T#1s; INT 3", 333_333_333),
    ("TIME", "TIME T#-1s; INT 3", -333_333_333),
    ("TIME", "TIME T#1ns; ULINT 18446744073709551615", 0),
    ("TIME", "TIME T#1s; REAL 4.0", SECOND // 4),
    ("TIME", "TIME T#1s; INT 0", DIVIDE),
    ("TIME", "TIME T#1s; REAL 0.0", DIVIDE),
    ("TIME", "TIME T#1d; REAL 1.0E-30", OVERFLOW),
]

TIMES = {
    "ADD_TIME": _ADD_TIME,
    "ADD_LTIME": _long(_ADD_TIME),
    "SUB_TIME": _SUB_TIME,
    "SUB_LTIME": _long(_SUB_TIME),
    "ADD_TOD_TIME": _ADD_TOD,
    "ADD_LTOD_LTIME": _long(_ADD_TOD),
    "SUB_TOD_TIME": _SUB_TOD,
    "SUB_LTOD_LTIME": _long(_SUB_TOD),
    "SUB_TOD_TOD": _TOD_TOD,
    "SUB_LTOD_LTOD": _long(_TOD_TOD),
    "SUB_DATE_DATE": _DATE_DATE,
    "SUB_LDATE_LDATE": _long(_DATE_DATE),
    "ADD_DT_TIME": _ADD_DT,
    "ADD_LDT_LTIME": _long(_ADD_DT),
    "SUB_DT_TIME": _SUB_DT,
    "SUB_LDT_LTIME": _long(_SUB_DT),
    "SUB_DT_DT": _DT_DT,
    "SUB_LDT_LDT": _long(_DT_DT),
    "MUL_TIME": _MUL,
    "MUL_LTIME": _long(_MUL),
    "DIV_TIME": _DIV,
    "DIV_LTIME": _long(_DIV),
    "MULTIME": _MUL,
    "DIVTIME": _DIV,
}

_DATE = [
    ("DATE", "INT 1970; INT 1; INT 1", 0),
    ("DATE", "INT 1969; INT 12; INT 31", -DAY),
    ("DATE", "INT 2000; INT 2; INT 29", 11_016 * DAY),
    ("DATE", "INT 1678; INT 1; INT 1", -106_650 * DAY),
    ("DATE", "INT 2261; INT 12; INT 31", 106_650 * DAY),
    ("DATE", "INT 1677; INT 12; INT 31", DOMAIN),
    ("DATE", "INT 2262; INT 1; INT 1", DOMAIN),
    ("DATE", "INT 2023; INT 2; INT 29", DOMAIN),
    ("DATE", "INT 2100; INT 2; INT 29", DOMAIN),
    ("DATE", "INT 2024; INT 4; INT 31", DOMAIN),
    ("DATE", "INT 2024; INT 0; INT 1", DOMAIN),
    ("DATE", "INT 2024; INT 13; INT 1", DOMAIN),
    ("DATE", "INT 2024; INT 1; INT 0", DOMAIN),
    ("DATE", "LINT 9223372036854775807; LINT 1; LINT 1", DOMAIN),
    ("DATE", "INT 2024; LINT -9223372036854775808; INT 1", DOMAIN),
]
_TOD = [
    ("TOD", "INT 0; INT 0; INT 0; INT 0", 0),
    ("TOD", "INT 23; INT 59; INT 59; INT 999", DAY - 1_000_000),
    ("TOD", "INT 24; INT 0; INT 0; INT 0", DOMAIN),
    ("TOD", "INT 0; INT 60; INT 0; INT 0", DOMAIN),
    ("TOD", "INT 0; INT 0; INT 60; INT 0", DOMAIN),
    ("TOD", "INT 0; INT 0; INT 0; INT 1000", DOMAIN),
    ("TOD", "INT 0; INT -1; INT 0; INT 0", DOMAIN),
]
_DT = [
    ("DT", "INT 1970; INT 1; INT 1; INT 0; INT 0; INT 0; INT 0", 0),
    ("DT", "INT 1969; INT 12; INT 31; INT 23; INT 59; INT 59; INT 999", -1_000_000),
    ("DT", "INT 2024; INT 2; INT 30; INT 0; INT 0; INT 0; INT 0", DOMAIN),
    ("DT", "INT 2024; INT 2; INT 1; INT 24; INT 0; INT 0; INT 0", DOMAIN),
]
_DATE_TOD = [
    ("DT", "DATE D#1970-01-01; TOD TOD#00:00:00", 0),
    ("DT", f"DATE D#1969-12-31; TOD {_TO_MIDNIGHT}", -1),
]
_SPLIT_DATE = [
    ("YEAR MONTH DAY", "DATE D#1970-01-01", (1970, 1, 1)),
    ("YEAR MONTH DAY", "DATE D#1969-12-31", (1969, 12, 31)),
    ("YEAR MONTH DAY", "DATE D#2000-02-29", (2000, 2, 29)),
    ("YEAR MONTH DAY", "DATE D#1678-01-01", (1678, 1, 1)),
    ("YEAR MONTH DAY", "DATE D#2261-12-31", (2261, 12, 31)),
]
_CLOCK = "HOUR MINUTE SECOND MILLISECOND"
_SPLIT_TOD = [(_CLOCK, "TOD TOD#00:00:00", (0, 0, 0, 0)), (_CLOCK, f"TOD {_TO_MIDNIGHT}", (23, 59, 59, 999))]
_ALL = f"YEAR MONTH DAY {_CLOCK}"
_SPLIT_DT = [
    (_ALL, "DT DT#1970-01-01-00:00:00", (1970, 1, 1, 0, 0, 0, 0)),
    (_ALL, "DT DT#1969-12-31-23:59:59.999999", (1969, 12, 31, 23, 59, 59, 999)),
]


DATES = {
    "CONCAT_DATE": _DATE,
    "CONCAT_TOD": _TOD,
    "CONCAT_LTOD": _long(_TOD),
    "CONCAT_DT": _DT,
    "CONCAT_LDT": _long(_DT),
    "CONCAT_DATE_TOD": _DATE_TOD,
    "CONCAT_DATE_LTOD": _long(_DATE_TOD),
    "SPLIT_DATE": _SPLIT_DATE,
    "SPLIT_TOD": _SPLIT_TOD,
    "SPLIT_LTOD": _long(_SPLIT_TOD),
    "SPLIT_DT": _SPLIT_DT,
    "SPLIT_LDT": _long(_SPLIT_DT),
    "DAY_OF_WEEK": [
        ("USINT", "DATE D#1970-01-01", 4),
        ("USINT", "DATE D#1969-12-31", 3),
        ("USINT", "DATE D#2000-02-29", 2),
        ("USINT", "LDATE LD#1678-01-01", 6),
        ("USINT", "DATE D#2261-12-31", 2),
        ("USINT", "DATE D#2024-01-07", 0),
    ],
}
