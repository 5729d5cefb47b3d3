"""LREAL, where MicroPython has double floats: its square root, and whole numbers of it."""

_SPLIT = 134217729.0


def lreal_root(D, d, value):
    """The square root of a double of 0 or more, rounded to nearest, as index d of D.

    The float function may be a little wrong: what its square leaves (Dekker's product) says by how much.
    """
    if value - value != 0 or value == 0:
        D[d] = value
        return
    scale = 1.0
    if value < 1e-270:
        value *= 1.298074214633707e33
        scale = 2.7755575615628914e-17
    elif value > 1e300:
        value *= 7.703719777548943e-34
        scale = 36028797018963968.0
    root = value**0.5
    high = _SPLIT * root
    high -= high - root
    low = root - high
    square = root * root
    lost = ((high * high - square) + 2.0 * high * low) + low * low
    lost = (value - square) - lost
    other = root + lost / (2.0 * root)
    # the middle of both is the bound between them
    half = (other - root) * 0.5
    if half and (lost - 2.0 * root * half > half * half) == (half > 0):
        root = other
    D[d] = root * scale


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
