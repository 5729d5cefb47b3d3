"""Character values and check digits of barcodes, over bytes and integers alone.

A code is a bytes-like buffer. Digits count 0..9 and capital letters 10..35; every other byte has no value.
Nothing here allocates after import. Each function takes any numbers: a part outside its buffer has no value.
"""

try:
    from micropython import const
except ImportError:

    def const(value):
        return value


DIGIT = const(128)
LETTER = const(129)
ALNUM = const(130)

_NO_VALUE = const(255)


def _value_table():
    table = bytearray(256)
    for char in range(256):
        table[char] = _NO_VALUE
    for digit in range(10):
        table[48 + digit] = digit
    for letter in range(26):
        table[65 + letter] = 10 + letter
    return bytes(table)


_VALUES = _value_table()


def value_of(char):
    """Value of one character code: 0..9, A = 10 .. Z = 35; -1 if it has none."""
    if char < 0 or char > 255 or _VALUES[char] == _NO_VALUE:
        return -1
    return _VALUES[char]


def is_made_of(code, start, count, kind):
    """1 if `count` characters from `start` are all DIGIT, LETTER, ALNUM or, for kind < 128, that character."""
    if start < 0 or count < 0 or start > len(code) or count > len(code) - start:
        return 0
    at = start
    end = start + count
    while at < end:
        char = code[at]
        if kind < DIGIT:
            if char != kind:
                return 0
        else:
            value = _VALUES[char]
            if value == _NO_VALUE:
                return 0
            if value > 9:
                if kind == DIGIT:
                    return 0
            elif kind == LETTER:
                return 0
        at += 1
    return 1


def weighted_sum(code, start, count, weights, weights_at, is_digit_sum, is_ups):
    """Sum of value x weight over `count` characters; -1 if one has no value or a part is outside its buffer.

    `weights` is a buffer with one weight a character from `weights_at`. is_digit_sum: a product adds its
    decimal digits (Luhn; weights 1 and 2). is_ups: letters count A = 2, B = 3 .. H = 9, I = 0, J = 1 ..
    """
    if start < 0 or count < 0 or start > len(code) or count > len(code) - start:
        return -1
    if weights_at < 0 or weights_at > len(weights) or count > len(weights) - weights_at:
        return -1
    total = 0
    place = 0
    while place < count:
        value = _VALUES[code[start + place]]
        if value > 9:
            if value == _NO_VALUE:
                return -1
            if is_ups:
                value = (value - 8) % 10
        product = value * weights[weights_at + place]
        if is_digit_sum and product > 9:
            product -= 9
        total += product
        place += 1
        if total > 0xFFFFFF:
            return -1
    return total


def hybrid_check(code, start, count, modulus):
    """Check value 0..modulus-1 by ISO 7064 "hybrid systems": modulus 36 is MOD 37,36 and 10 is MOD 11,10.

    -1 if a character has no value below the modulus, or a part is outside the code.
    """
    if modulus < 2 or modulus > 36:
        return -1
    if start < 0 or count < 0 or start > len(code) or count > len(code) - start:
        return -1
    product = modulus
    at = start
    end = start + count
    while at < end:
        value = _VALUES[code[at]]
        if value >= modulus:
            return -1
        product = (product + value) % modulus
        if product == 0:
            product = modulus
        product = product * 2 % (modulus + 1)
        at += 1
    return (modulus + 1 - product) % modulus
