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
_MOST_CHARACTERS = const(1000)  # of which a sum stays far below 2**30


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
    if kind == DIGIT:
        for at in range(start, start + count):
            if code[at] < 48 or code[at] > 57:
                return 0
        return 1
    for at in range(start, start + count):
        char = code[at]
        if kind < DIGIT:
            if char != kind:
                return 0
        elif _VALUES[char] == _NO_VALUE or (kind == LETTER and char < 65):
            return 0
    return 1


def weighted_sum(code, start, count, weights, weights_at, is_digit_sum, is_ups):
    """Sum of value x weight over `count` characters; -1 if one has no value, a part is outside its
    buffer, or there are more than 1000.

    `weights` is a buffer with one weight a character from `weights_at`. is_digit_sum: a product adds its
    decimal digits (Luhn; weights 1 and 2). is_ups: letters count A = 2, B = 3 .. H = 9, I = 0, J = 1 ..
    """
    if start < 0 or count < 0 or start > len(code) or count > len(code) - start:
        return -1
    if weights_at < 0 or weights_at > len(weights) or count > len(weights) - weights_at:
        return -1
    if count > _MOST_CHARACTERS:
        return -1
    values = _VALUES
    total = 0
    for place in range(count):
        value = values[code[start + place]]
        if value > 9:
            if value == _NO_VALUE:
                return -1
            if is_ups:
                value = (value - 8) % 10
        value *= weights[weights_at + place]
        if value > 9 and is_digit_sum:
            value -= 9
        total += value
    return total


def hybrid_check(product, modulus):
    """Check value 0..modulus-1 of a whole product by `hybrid_product`; -1 if that is."""
    if product < 0 or modulus < 2:
        return -1
    return (modulus + 1 - product) % modulus


def hybrid_product(code, start, count, modulus, product):
    """Product by ISO 7064 "hybrid systems" behind `count` more characters: modulus 36 is MOD 37,36 and 10 is MOD 11,10.

    `product` is what it was before them, at first the modulus. -1 if a character has no value below the modulus, or
    a part is outside the code.
    """
    if modulus < 2 or modulus > 36:
        return -1
    if start < 0 or count < 0 or start > len(code) or count > len(code) - start:
        return -1
    values = _VALUES
    for at in range(start, start + count):
        value = values[code[at]]
        if value >= modulus:
            return -1
        product += value
        if product > modulus:
            product -= modulus
        product += product
        if product > modulus:
            product -= modulus + 1
    return product
