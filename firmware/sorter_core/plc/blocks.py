"""Arrays, structures and strings: bytes in memory. `B` is memory, `H` its words, `V` a memoryview of it."""

_BY_HAND = 16


def copy(B, H, V, d, a, size):
    """Copy bytes from a to d. More than a few go through slices, which take some bytes of heap."""
    if size > _BY_HAND:
        # assigned to a view of its own: else MicroPython also moves everything behind it, to where it is
        V[d : d + size][:] = V[a : a + size]
        return
    if (d | a | size) & 1:
        _by_hand(B, d, a, size)
    else:
        _by_hand(H, d >> 1, a >> 1, size >> 1)


def _by_hand(view, d, a, count):
    if d <= a:
        for i in range(count):
            view[d + i] = view[a + i]
    else:
        for i in range(count - 1, -1, -1):
            view[d + i] = view[a + i]
