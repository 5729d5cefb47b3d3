"""Shifts and rotations of bit strings of 32 and 64 bits in memory (see words.py)."""


def shift(H, d, words, kind, count):
    """Change the words at d: `kind` 0 SHL, 1 SHR, 2 ROL, 3 ROR, by `count` bits, 0 or more."""
    bits = 16 * words
    if kind < 2:
        if count >= bits:
            for i in range(d, d + words):
                H[i] = 0
            return
        if kind == 0:
            _left(H, d, words, count, False)
        else:
            _right(H, d, words, count)
        return
    count %= bits
    if kind == 3:
        count = (bits - count) % bits
    _left(H, d, words, count, True)


def _left(H, d, words, count, is_turned):
    """Up by less than the width; what leaves at the top comes in at the bottom if it is turned."""
    while count >= 16:
        last = H[d + words - 1]
        for k in range(words - 1, 0, -1):
            H[d + k] = H[d + k - 1]
        H[d] = last if is_turned else 0
        count -= 16
    carry = H[d + words - 1] >> (16 - count) if is_turned else 0
    for i in range(d, d + words):
        moved = H[i] << count | carry
        H[i] = moved & 65535
        carry = moved >> 16


def _right(H, d, words, count):
    """Down by less than the width, zeros come in."""
    while count >= 16:
        for k in range(d, d + words - 1):
            H[k] = H[k + 1]
        H[d + words - 1] = 0
        count -= 16
    carry = 0
    for k in range(d + words - 1, d - 1, -1):
        word = H[k]
        H[k] = word >> count | carry
        carry = (word << (16 - count)) & 65535
