"""See plant_strikes.pyx."""

from sortyard_c.plant_world cimport World

cdef void strike(World* w, int g, int i) noexcept nogil
