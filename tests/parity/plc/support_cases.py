"""Hostile values for the functions that generated code calls: what makes each of them take longest."""

import random
import struct
from collections.abc import Iterator

from parity.plc.support_fuel import Case

_EDGES = (0, 1, -1, 2, 3, 7, 10, 255, 256, 1023, 8191, 8192, 16383, 16384, 65535, 65536, 65537, 10**6, 10**9,
          2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**32 + 1, 2**48 - 1, 2**62, 2**63 - 1, -(2**63), 2**64 - 1,
          0xC90FDAA22168C234)  # fmt: skip
_REALS = (0.0, 1.0, 2.0**-149, 2.0**-126, 3.4e38, 2.5, 0.5, 1e10, 2.0**31, 2.0**62)
_EIGHT = (1 << 64) - 1
LONGEST, LONG = 254, 7000
"""Characters of strings that are handled at once, and of such as go in steps."""


def _whole(draw: random.Random) -> int:
    bits = draw.choice((64, draw.randrange(1, 65)))
    return draw.choice((draw.choice(_EDGES), draw.getrandbits(bits), -draw.getrandbits(bits)))


def _real(draw: random.Random) -> float:
    bits = draw.getrandbits(31) % 0x7F800000
    return draw.choice((struct.unpack("<f", struct.pack("<I", bits))[0], draw.choice(_REALS)))


def _numbers(draw: random.Random) -> Iterator[Case]:
    """Every function on whole numbers once."""
    a, b, c = (_whole(draw) for _ in "abc")
    two = struct.pack("<QQQ", a & _EIGHT, b & _EIGHT, c & _EIGHT or 1)
    sign = draw.randrange(2)
    for name in ("add64", "sub64", "and64", "or64", "xor64", "mul32", "mul64"):
        yield name, two, (64, 0, 4)
    yield "neg64", two, (64, 0)
    yield "not64", two, (64, 0)
    alike = draw.choice((two, two[:8] * 2, two[:8] + bytes([two[0] ^ 1]) + two[1:8]))
    yield "cmp64", alike, (0, 4)
    yield "ucmp64", alike, (0, 4)
    yield "mul64_by_small", two, (64, 0, draw.randrange(1, 16384))
    yield "div64_by_small", two, (64, 0, draw.randrange(1, 16384))
    yield "shift", two, (0, draw.choice((2, 4)), draw.randrange(4), draw.randrange(70))
    yield "div32", two, (64, 0, 4, sign)
    yield "div64_begin", two, (64, 0, 4, draw.randrange(3))
    if b:
        for _ in range(12):
            yield "div64_step", None, (64,)
    yield "trips_begin", two, (64, 0, 4, 8, sign, draw.randrange(2))
    counted = struct.pack("<HH", draw.getrandbits(16), draw.getrandbits(13)) + bytes(60) + b"\1\0"
    yield "trips_end", counted, (0,)


def _reals(draw: random.Random) -> Iterator[Case]:
    value = _real(draw)
    bits = struct.pack("<f", value * draw.choice((1, -1)))
    yield "real_to_whole", bits, (8, 0, draw.choice((8, 16, 32, 64)), draw.randrange(2), draw.randrange(2))
    yield "whole_to_real", struct.pack("<Q", _whole(draw) & _EIGHT), (64, 0, draw.randrange(2))
    yield "root", b"", (8, value)
    yield "lreal_root", b"", (8, value)
    size = draw.choice((8, 16, 32, 64))
    double = struct.pack("<d", value * draw.choice((1, -1)))
    rest = (8, 0, size, draw.randrange(2), draw.randrange(2))
    yield "whole_begin", double, (8,)
    for _ in range(3):
        yield "whole_step", None, rest
    span = struct.pack("<Q", _whole(draw) & _EIGHT) + struct.pack("<f", value or 1.0)
    yield "span_begin", span, (16,)
    is_division = draw.randrange(2)
    for _ in range(16):
        yield "span_step", None, (16, 0, 4, is_division)


def _decimals(draw: random.Random) -> Iterator[Case]:
    digits = draw.choice((2, 4, 8, 16))
    number = int(str(draw.randrange(10**digits)), 16)
    yield "bcd_begin", bytes(16) + struct.pack("<Q", number), (0, digits)
    for _ in range((digits + 3) // 4):
        yield "from_bcd_step", None, (0, 8)
    yield "bcd_begin", bytes(16) + struct.pack("<Q", _whole(draw) & _EIGHT), (0, digits)
    for _ in range((digits + 3) // 4):
        yield "to_bcd_step", None, (0, 8, digits)


def _text(draw: random.Random, most: int, width: int) -> tuple[bytes, int]:
    """A string of at most so many characters as it lies in memory, and its length."""
    count = draw.choice((0, 1, most // 3, most // 2, most))
    letter = draw.choice("abA" if width == 1 else "aA\u0100\u4100")
    text = "".join(draw.choice(letter * 20 + "a") for _ in range(count))
    data = text.encode("latin-1" if width == 1 else "utf-16-le")
    return data.ljust((most + 1) * width, b"\0"), count


def _texts(draw: random.Random, most: int, width: int) -> Iterator[Case]:
    """Every function on strings of at most so many characters once."""
    (first, n), (second, m) = (_text(draw, most, width) for _ in "ab")
    if draw.randrange(3) == 0:
        second, m = first, n
    size = len(first)
    content, to = first + second, (2 * size + 15) // 8 * 8
    near, far = draw.randrange(-1, most + 2), draw.randrange(most + 2)
    yield "measure", content, (0, most, width)
    state = bytes(16)
    yield "length_step", state + content, (0, 16, most, width)
    yield "assign_step", state + content, (0, 16 + to, most, width, 16, n)
    yield "append_step", state + content, (0, 16 + to, most, width, 16, n)
    yield "end_step", state + content, (0, 16 + to, most, width)
    yield "take", state, (0, n, draw.choice((-3, 0, n // 2)), far)
    yield "insert", state, (0, n, m, near)
    yield "replace", state, (0, n, m, far, near)
    for name in ("find_step", "compare_step"):
        yield name, state + content, (0, 16, n, 16 + size, m, width)
        yield name, None, (0, 16, n, 16 + size, m, width)
    yield "recode_step", state + content, (0, 16 + to, 16, n, width)


def cases(times: int = 400, seed: int = 1) -> Iterator[Case]:
    """So many cases of each function."""
    draw = random.Random(seed)
    for turn in range(times):
        yield from _numbers(draw)
        yield from _reals(draw)
        yield from _decimals(draw)
        most, width = draw.choice((0, 1, 5, 20, 80, LONGEST)), turn % 2 + 1
        if turn % 10 == 0:
            most = LONGEST if turn % 20 else LONG // width
        yield from _texts(draw, most, width)
        size = draw.choice((1, 2, 15, 16, 17, 100, 4000))
        yield "copy_step", bytes(16), (4, 8192, 16384, draw.choice((8193, 16000)))
        yield "copy", b"", (*draw.choice(((0, 8192), (8192, 0), (1, 8193))), size)
