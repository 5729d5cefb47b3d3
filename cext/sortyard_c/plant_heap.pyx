"""The memory of a heap: see plant_heap.pxd."""

from libc.stdlib cimport calloc, free


cdef int make_heap(Heap* h, int capacity) except -1:
    """An empty heap for the entities 0 to capacity - 1."""
    cdef int n, leaves = 1
    while leaves < capacity:
        leaves *= 2
    h.entry = <i64*> calloc(2 * leaves, sizeof(i64))
    h.leaf = <int*> calloc(capacity, sizeof(int))
    if h.entry == NULL or h.leaf == NULL:
        raise MemoryError
    h.leaves = 1
    h.used = 0
    h.entry[1] = LAST
    for n in range(capacity):
        h.leaf[n] = -1
    return 0


cdef void free_heap(Heap* h) noexcept:
    free(h.entry)
    free(h.leaf)


cdef void _grow(Heap* h) noexcept nogil:
    """Twice as many leaves."""
    cdef int n
    for n in range(h.leaves):
        h.entry[2 * h.leaves + n] = h.entry[h.leaves + n]
        h.entry[3 * h.leaves + n] = LAST
    h.leaves *= 2
    for n in range(h.leaves - 1, 0, -1):
        h.entry[n] = min(h.entry[2 * n], h.entry[2 * n + 1])


cdef int new_leaf(Heap* h, int entity) noexcept nogil:
    """The leaf of an entity that has none yet."""
    if h.used == h.leaves:
        _grow(h)
    h.leaf[entity] = h.used
    h.used += 1
    return h.leaf[entity]
