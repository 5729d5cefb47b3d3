"""LREAL, where MicroPython has double floats: its square root, and whole numbers of it."""

from math import sqrt


def lreal_root(D, d, value):
    """The square root of a double of 0 or more, rounded to nearest, as index d of D."""
    D[d] = sqrt(value) if value == value else value


def lreal_to_whole(H, d, value, bits, is_signed, is_cut):
    """A double as a whole number in the four words at d: to nearest, halves to even, or cut.

    1 if a type of that many bits has no such value, else 0.
    """
    if not -2e19 < value < 2e19:
        return 1
    whole = int(value) if is_cut else round(value)
    lowest = -(1 << (bits - 1)) if is_signed else 0
    if whole < lowest or whole >= lowest + (1 << bits):
        return 1
    for i in range(4):
        H[d + i] = whole & 65535
        whole >>= 16
    return 0
