"""The values of literals. Durations and dates are integers of nanoseconds; dates count from 1970-01-01.

Every reader returns a value or raises `BadLiteral` with cause and remedy.
"""

import re
from datetime import date

NS = {"d": 86_400 * 10**9, "h": 3_600 * 10**9, "m": 60 * 10**9, "s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}
UNITS = list(NS)
DAY_NS = NS["d"]
_EPOCH = date(1970, 1, 1).toordinal()
_PART = re.compile(r"([0-9][0-9_]*(?:\.[0-9_]+)?)_?(ms|us|ns|d|h|m|s)_?", re.IGNORECASE)
_DATE = re.compile(r"(\d+)-(\d+)-(\d+)")
_CLOCK = re.compile(r"(\d+):(\d+)(?::(\d+)(?:\.(\d{1,9}))?)?")
_ESCAPES = {"$": "$", "'": "'", '"': '"', "L": "\n", "N": "\n", "P": "\f", "R": "\r", "T": "\t"}
_DIGITS = "0123456789ABCDEF"
SHORT_NAMES = {
    "T": "TIME", "LT": "LTIME", "D": "DATE", "LD": "LDATE", "TOD": "TIME_OF_DAY", "LTOD": "LTIME_OF_DAY",
    "DT": "DATE_AND_TIME", "LDT": "LDATE_AND_TIME",
}  # fmt: skip
"""Short type names and what they stand for."""


class BadLiteral(Exception):
    """A literal that means nothing: `args` are cause and remedy."""


def integer(text: str) -> int:
    """`1_000` or `16#FF`; bases 2, 8, 10 and 16."""
    base_text, hash_sign, digits = text.rpartition("#")
    base = int(base_text) if hash_sign else 10
    if base not in (2, 8, 10, 16):
        raise BadLiteral(f"base {base} is not known", "write 2#, 8# or 16#")
    if digits.startswith("_") or digits.endswith("_") or "__" in digits:
        raise BadLiteral("an underscore stands between two digits", "remove the other ones")
    wrong = next((c for c in digits.upper() if c != "_" and c not in _DIGITS[:base]), None)
    if wrong is not None:
        raise BadLiteral(f"{wrong} is not a digit in base {base}", f"digits of base {base}: {_DIGITS[:base]}")
    value = int(digits.replace("_", ""), base)
    if value >= 1 << 64:
        raise BadLiteral("the number has more than 64 bits", "the largest is 18446744073709551615")
    return value


def real(text: str) -> float:
    """`1.5e-3`; a number beyond LREAL is refused."""
    value = float(text.replace("_", ""))
    if value in (float("inf"), float("-inf")):
        raise BadLiteral("the number is beyond LREAL", "the largest is about 1.8E308")
    return value


def duration(text: str) -> tuple[str, int]:
    """`T#-1d2h3.5s` -> (TIME or LTIME, nanoseconds). Units fall from left to right, only the last has a fraction."""
    prefix, _, rest = text.partition("#")
    sign = -1 if rest.startswith("-") else 1
    rest = rest.lstrip("+-")
    if "," in rest:
        raise BadLiteral("a duration has a decimal point", f"write {text.replace(',', '.')}")
    total, at, last = 0, 0, -1
    while at < len(rest):
        part = _PART.match(rest, at)
        if part is None:
            raise BadLiteral(
                f"{rest[at:]!r} is not a duration", "write numbers with d, h, m, s, ms, us or ns: T#1m30s"
            )
        number, unit = part[1].replace("_", ""), part[2].lower()
        if UNITS.index(unit) <= last:
            raise BadLiteral(f"{unit} stands behind a unit that is not larger", "order: d h m s ms us ns")
        last = UNITS.index(unit)
        at = part.end()
        if "." in number and at < len(rest):
            raise BadLiteral("only the last unit has a fraction", "write the rest with smaller units")
        total += _scaled(number, NS[unit])
    total *= sign
    if not -(1 << 63) <= total < 1 << 63:
        raise BadLiteral("the duration is beyond 64 bits of nanoseconds", "the longest is about 292 years")
    name = prefix.upper()
    return SHORT_NAMES.get(name, name), total


def _scaled(number: str, unit_ns: int) -> int:
    """`1.5` units in nanoseconds, rounded down, exactly."""
    whole, _, fraction = number.partition(".")
    return int(whole) * unit_ns + (int(fraction) * unit_ns // 10 ** len(fraction) if fraction else 0)


def calendar(text: str) -> tuple[str, int]:
    """`D#`, `TOD#`, `DT#` and long forms -> (type name, nanoseconds since 1970 or since midnight)."""
    prefix, _, rest = text.partition("#")
    name = SHORT_NAMES.get(prefix.upper(), prefix.upper())
    rest = rest.replace("_", "")
    if name.endswith("TIME_OF_DAY"):
        return name, _clock(rest)
    if name.endswith("AND_TIME"):
        day, _, clock = rest.rpartition("-")
        return name, _day(day) + _clock(clock)
    return name, _day(rest)


def _day(text: str) -> int:
    parts = _DATE.fullmatch(text)
    if parts is None:
        raise BadLiteral(f"{text!r} is not a date", "write year-month-day: D#2024-02-29")
    try:
        ordinal = date(*(int(part) for part in parts.groups())).toordinal()
    except (ValueError, OverflowError):
        raise BadLiteral(f"there is no day {text}", "check month and day") from None
    value = (ordinal - _EPOCH) * DAY_NS
    if not -(1 << 63) <= value < 1 << 63:
        raise BadLiteral(f"{text} is beyond 64 bits of nanoseconds", "years 1678 to 2261 can be kept")
    return value


def _clock(text: str) -> int:
    parts = _CLOCK.fullmatch(text)
    if parts is None:
        raise BadLiteral(f"{text!r} is not a time of day", "write hours:minutes:seconds: TOD#15:36:55.36")
    hours, minutes, seconds = int(parts[1]), int(parts[2]), int(parts[3] or 0)
    if hours > 23 or minutes > 59 or seconds > 59:
        raise BadLiteral(f"{text} is not a time of day", "00:00:00 to 23:59:59.999999999")
    fraction = int((parts[4] or "").ljust(9, "0"))
    return ((hours * 60 + minutes) * 60 + seconds) * 10**9 + fraction


LOST = "\ufffd"
"""What a converter of files leaves where it could not read a character."""


def string(text: str, is_wide: bool) -> str:
    """The characters of a quoted literal: one for each byte of a STRING, each 16-bit unit of a WSTRING. A lost one is
    a question mark in a STRING, as in other single-byte texts."""
    body, out, at = text[1:-1], [], 0
    digits = 4 if is_wide else 2
    while at < len(body):
        c = body[at]
        if c != "$":
            out.append(_units(c, is_wide))
            at += 1
            continue
        code = body[at + 1 : at + 1 + digits]
        escaped = _ESCAPES.get(body[at + 1 : at + 2].upper())
        if escaped is not None:
            out.append(escaped)
            at += 2
        elif re.fullmatch(rf"[0-9A-Fa-f]{{{digits}}}", code):
            out.append(chr(int(code, 16)))
            at += 1 + digits
        else:
            hint = f"write $$ for a dollar sign, ${'0041' if is_wide else '41'} for a character's code"
            raise BadLiteral(f"${code} is no character", hint)
    if "\0" in out:
        raise BadLiteral("a character with code 0 ends the string", "remove it")
    return "".join(out)


def _units(c: str, is_wide: bool) -> str:
    if is_wide:
        data = c.encode("utf-16-le", "surrogatepass")
        return "".join(chr(int.from_bytes(data[i : i + 2], "little")) for i in range(0, len(data), 2))
    if c == LOST:
        return "?"
    if ord(c) > 255:
        raise BadLiteral(f"{c!r} does not fit into one byte of a STRING", 'use a WSTRING: "..."')
    return c
