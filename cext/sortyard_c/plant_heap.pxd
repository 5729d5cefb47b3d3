"""A binary heap of numbered entities whose keys can change: one entry per entity, smallest (key, number) first."""

from sortyard_c.plant_world cimport NEVER, Heap, i64


cdef inline bint _before(Heap* h, int a, int b) noexcept nogil:
    return h.key[a] < h.key[b] or (h.key[a] == h.key[b] and a < b)


cdef inline void _up(Heap* h, int place) noexcept nogil:
    cdef int entity = h.order[place]
    cdef int above
    while place > 0:
        above = (place - 1) >> 1
        if not _before(h, entity, h.order[above]):
            break
        h.order[place] = h.order[above]
        h.place[h.order[place]] = place
        place = above
    h.order[place] = entity
    h.place[entity] = place


cdef inline void _down(Heap* h, int place) noexcept nogil:
    cdef int entity = h.order[place]
    cdef int below = 2 * place + 1
    while below < h.n:
        if below + 1 < h.n and _before(h, h.order[below + 1], h.order[below]):
            below += 1
        if not _before(h, h.order[below], entity):
            break
        h.order[place] = h.order[below]
        h.place[h.order[place]] = place
        place = below
        below = 2 * place + 1
    h.order[place] = entity
    h.place[entity] = place


cdef inline void heap_set(Heap* h, int entity, i64 key) noexcept nogil:
    """Give an entity a key; NEVER takes it out."""
    cdef int place = h.place[entity]
    cdef i64 old = h.key[entity]
    if place < 0:
        if key == NEVER:
            return
        h.key[entity] = key
        h.order[h.n] = entity
        h.n += 1
        _up(h, h.n - 1)
        return
    if key == NEVER:
        h.n -= 1
        h.place[entity] = -1
        if place == h.n:
            return
        entity = h.order[h.n]
        h.order[place] = entity
        h.place[entity] = place
        _down(h, place)
        _up(h, h.place[entity])
        return
    h.key[entity] = key
    if key < old:
        _up(h, place)
    else:
        _down(h, place)


cdef inline i64 heap_key(Heap* h) noexcept nogil:
    """The smallest key, NEVER if the heap is empty."""
    return h.key[h.order[0]] if h.n else NEVER
