"""Arrays, structures and strings: bytes in memory. `B` is memory, `V` a memoryview of it."""

_BY_HAND = 16


def copy(B, V, d, a, size):
    """Copy bytes from a to d. More than a few go through slices, which take some bytes of heap."""
    if size > _BY_HAND:
        V[d : d + size] = V[a : a + size]
        return
    if d <= a:
        for i in range(size):
            B[d + i] = B[a + i]
    else:
        for i in range(size - 1, -1, -1):
            B[d + i] = B[a + i]
