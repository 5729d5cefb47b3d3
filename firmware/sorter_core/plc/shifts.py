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
            _left(H, d, words, count)
        else:
            _right(H, d, words, count)
        return
    count %= bits
    if kind == 3:
        count = (bits - count) % bits
    _turn(H, d, words, count)


def _left(H, d, words, count):
    """Up by less than the width, zeros come in."""
    far, near = count >> 4, count & 15
    stays, down = 65535 >> near, 16 - near
    for k in range(words - 1, -1, -1):
        i = d + k - far
        word = (H[i] & stays) << near if i >= d else 0
        if i > d:
            word |= H[i - 1] >> down
        H[d + k] = word


def _right(H, d, words, count):
    """Down by less than the width, zeros come in."""
    far, near = count >> 4, count & 15
    leaves, up = (1 << near) - 1, 16 - near
    end = d + words
    for k in range(words):
        i = d + k + far
        word = H[i] >> near if i < end else 0
        if i + 1 < end:
            word |= (H[i + 1] & leaves) << up
        H[d + k] = word


def _turn(H, d, words, count):
    """Up by less than the width; what leaves at the top comes in at the bottom."""
    last = d + words - 1
    while count >= 16:
        top = H[last]
        for k in range(words - 1):
            H[last - k] = H[last - k - 1]
        H[d] = top
        count -= 16
    stays = 65535 >> count
    carry = H[last] >> (16 - count)
    for i in range(d, d + words):
        word = H[i]
        H[i] = (word & stays) << count | carry
        carry = word >> (16 - count)
