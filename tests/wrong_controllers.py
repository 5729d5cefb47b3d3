"""Controllers that are wrong on purpose, each in one way: what must never happen then happens, and is counted.

They are the pure gate logic with one habit changed. Run one with `Settings(runtime="pure", controller=...)`.
"""

from sorter_core.gate_logic import GateLogic

NEVER = 1 << 26
DISPOSITION, GATES_SAFE = 8, 4


class FirstInFirstOut(GateLogic):
    """The next edge at an eye is the next parcel in the row, whenever it comes; nobody is missed."""

    def _at_station(self, s, position):
        t = self.tracks.head[s]
        if t < 0:
            super()._at_station(s, position)
        else:
            self._seen(t, s, position, 0)

    def _expect(self, t):
        self.tracks.eye_due[t] = NEVER

    def _station_cleared(self, s, position):
        t = self.in_eye[s]
        if t >= 0:
            self.tracks.length[t] = 0
        super()._station_cleared(s, position)


class NoLengthCheck(GateLogic):
    """Two parcels that have closed up are one, whatever its length."""

    def _station_cleared(self, s, position):
        t = self.in_eye[s]
        if t >= 0:
            self.tracks.length[t] = 0
        super()._station_cleared(s, position)

    def _overlong(self, t):
        self.tracks.trail_due[t] = NEVER


class LateRetract(GateLogic):
    """Every barrier stays out for 600 counts too long."""

    def _run_gate(self, g):
        late = self.gate_lateness[g]
        if self.gates_out[g >> 4] >> (g & 15) & 1 and not late:
            self.gate_lateness[g] = 1
            self.agenda.put(self.gate_entity + g, (self.position + 600) & 0x0FFFFFFF)
            return
        self.gate_lateness[g] = 0
        super()._run_gate(g)

    def __init__(self, config):
        super().__init__(config)
        self.gate_lateness = [0] * self.n_gates


class DoubleDisposition(GateLogic):
    """Tells every tenth disposition again."""

    def _emit(self, kind, a, b, c, position):
        super()._emit(kind, a, b, c, position)
        if kind == DISPOSITION and a % 10 == 0:
            super()._emit(kind, a, b, c, position)


class Forgetful(GateLogic):
    """Never tells how every tenth track ended."""

    def _emit(self, kind, a, b, c, position):
        if kind != DISPOSITION or a % 10:
            super()._emit(kind, a, b, c, position)


class KeepsMoving(GateLogic):
    """Leaves gates where they are in an emergency stop."""

    def _emit(self, kind, a, b, c, position):
        if kind != GATES_SAFE:
            super()._emit(kind, a, b, c, position)
