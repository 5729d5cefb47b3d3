"""The numbers of eyes and gates on a line of several zones: each board counts its own from 0."""

from sortyard_c.plant_world cimport MAX_EYES, MAX_GATES

cdef enum:                  # inputs
    EYE_CLEARED = 2
    READ = 3
    DESTINATION = 4
    GATE_HEALTH = 6
    GATE_END = 7

cdef enum:                  # outputs
    GATE_HOLD = 3
    GATES_SAFE = 4
    EVENT = 10
    FAULT = 11

cdef enum:                  # codes of events
    DIVERT_FAILED = 7
    STRAY_SEEN = 8
    GATE_SLOW = 16

cdef enum:
    EVERY_ZONE = -1


cdef inline bint _is_of_gate(int fault) noexcept:
    return fault == 6 or fault == 7 or fault == 11 or fault == 12


cdef inline bint _is_of_eye(int fault) noexcept:
    return fault == 1 or fault == 8


cdef class ZoneNumbers:
    """Which zone has which part of the line, and under which number. `zones`: of sortyard.config.zones, 16 at most."""

    def __init__(self, zones):
        cdef int z, place, number
        self.zones = len(zones)
        if self.zones > MAX_ZONES or any(len(zone.eyes) > MAX_EYES or len(zone.gates) > MAX_GATES for zone in zones):
            raise ValueError("more zones, eyes or gates than a line can have")
        for z, zone in enumerate(zones):
            self.n_gates[z] = len(zone.gates)
            for place, number in enumerate(zone.eyes):
                self.eyes[z][place] = number
                if number >= 0:
                    self.of_eye[number] = Place(z, place)
            for place, number in enumerate(zone.gates):
                self.gates[z][place] = number
                self.of_gate[number] = Place(z, place)

    cdef Place place_of(self, int kind, int index) noexcept:
        if kind <= EYE_CLEARED:
            return self.of_eye[index]
        if kind == READ or kind == DESTINATION:
            return Place(0, index)
        if kind == GATE_HEALTH or kind == GATE_END:
            return self.of_gate[index]
        return Place(EVERY_ZONE, index)

    cdef void to_line(self, int zone, int* record) noexcept:
        """Put an output of a zone (kind, a, b, c, position) into the numbers of the whole line."""
        cdef int kind = record[0]
        cdef int* gates = self.gates[zone]
        if kind <= GATE_HOLD:
            record[1] = gates[record[1]]
        elif kind == GATES_SAFE:
            record[1] = gates[0]
            record[2] = gates[self.n_gates[zone] - 1] + 1
        elif kind == EVENT:
            if record[1] == DIVERT_FAILED:
                record[3] = gates[record[3]]
            elif record[1] == STRAY_SEEN:
                record[3] = self.eyes[zone][record[3]]
            elif record[1] == GATE_SLOW:
                record[3] = gates[record[3] & 127] + (record[3] & ~127)
        elif kind == FAULT:
            if _is_of_gate(record[1]):
                record[2] = gates[record[2]]
            elif _is_of_eye(record[1]):
                record[2] = self.eyes[zone][record[2]]

    def inward(self, int kind, int index):
        """(zone, index there) of an input that is for one zone alone; (-1, index) of one that all of them get."""
        cdef Place place = self.place_of(kind, index)
        return place.zone, place.index

    def index_outward(self, int zone, int kind, int index):
        """The index of an input of a zone, in the numbers of the whole line."""
        if kind <= EYE_CLEARED:
            return self.eyes[zone][index]
        if kind == GATE_HEALTH or kind == GATE_END:
            return self.gates[zone][index]
        return index

    def outward(self, int zone, int kind, int a, int b, int c):
        """(a, b, c) of an output of a zone, in the numbers of the whole line."""
        cdef int[5] record = [kind, a, b, c, 0]
        self.to_line(zone, record)
        return record[1], record[2], record[3]
