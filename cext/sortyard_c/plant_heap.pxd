"""A heap of numbered entities whose keys can change: one entry per entity, smallest (key, number) first.

An entry is one number, `key << ENTITY_BITS | entity`, so that one comparison orders two of them. Keys are from -FAR to
FAR - 2 (1.1e15: 35 years in microseconds, 1.1e6 km in micrometres); one that is further away never comes. Entries stand
at the leaves of a tree, LAST where there is none, and each node has the smaller of its two children: a key is changed
by as many comparisons as the tree has levels, without a branch that depends on them. An entity gets its leaf when it
comes in for the first time, so that the tree is as small as what is about.
"""

from sortyard_c.plant_world cimport ENTITY_BITS, FAR, LAST, NEVER, Heap, i64, u64

cdef enum:
    ENTITY = (1 << ENTITY_BITS) - 1


cdef int make_heap(Heap* h, int capacity) except -1
cdef void free_heap(Heap* h) noexcept
cdef int new_leaf(Heap* h, int entity) noexcept nogil


cdef inline void heap_set(Heap* h, int entity, i64 key) noexcept nogil:
    """Give an entity a key; NEVER, and what is as good as never, takes it out."""
    cdef i64 item = key << ENTITY_BITS | entity if key < FAR - 1 else LAST
    cdef int leaf = h.leaf[entity]
    cdef u64 at
    if leaf < 0:
        if item == LAST:
            return
        leaf = new_leaf(h, entity)
    at = <u64>(h.leaves + leaf)
    if h.entry[at] == item:
        return
    h.entry[at] = item
    while at > 1:
        item = min(item, h.entry[at ^ 1])
        at >>= 1
        h.entry[at] = item


cdef inline i64 heap_key(const Heap* h) noexcept nogil:
    """The smallest key, FAR - 1 if the heap is empty."""
    return h.entry[1] >> ENTITY_BITS


cdef inline int heap_first(const Heap* h) noexcept nogil:
    """The entity with the smallest key, while there is one."""
    return h.entry[1] & ENTITY


cdef inline i64 key_of(const Heap* h, int entity) noexcept nogil:
    """The key of an entity, NEVER if it is not in."""
    cdef i64 item = LAST if h.leaf[entity] < 0 else h.entry[h.leaves + h.leaf[entity]]
    return NEVER if item == LAST else item >> ENTITY_BITS
