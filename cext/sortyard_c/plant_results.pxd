"""The counters as Python objects. See plant_results.pyx."""

from sortyard_c.plant_world cimport World

cdef dict results_of(World* w)
cdef list stories_of(World* w)
cdef list parcels_of(World* w)
cdef list gates_of(World* w)
