"""A line in encoder counts and in the numbers that the gate logic uses."""

from sortyard.config.line import Line
from sortyard.config.numbering import number


class Layout:
    """Where everything stands. An (index, place) pair is a number of the gate logic and a belt position."""

    def __init__(self, line: Line, n_groups: int) -> None:
        numbering = number(line)
        self.groups = n_groups
        self.um_per_count = line.encoder.um_per_count
        self.speed = self.counts(line.belt.speed_mm_s)
        self.length = self.counts(line.belt.length_mm)
        self.min_length = self.counts(line.parcels.min_length_mm)
        self.max_length = self.counts(line.parcels.max_length_mm)
        self.eyes = [
            (index, self.counts(eye.position_mm or 0))
            for index, eye in enumerate(numbering.eyes)
            if eye.role in ("infeed", "verify", "end")
        ]
        self.meter = next(
            ((i, self.counts(eye.position_mm or 0)) for i, eye in enumerate(numbering.eyes) if eye.role == "meter"),
            None,
        )  # fmt: skip
        self.merge = next((i for i, eye in enumerate(numbering.eyes) if eye.role == "merge"), None)
        self.scanners = [(i, self.counts(one.position_mm)) for i, one in enumerate(line.scanner)]
        self.gates = [(self.counts(gate.position_mm), self.counts(gate.zone_mm)) for gate in numbering.gates]
        self.is_impulse = [gate.moves == "pusher" for gate in numbering.gates]
        self.has_feedback = [gate.feedback for gate in numbering.gates]
        self.stroke_us = [
            1000 * (gate.delay_ms + gate.extend_ms + gate.dwell_ms + gate.retract_ms)
            for gate in numbering.gates
        ]
        self.travel_us = [1000 * (gate.delay_ms + gate.extend_ms) for gate in numbering.gates]
        self.chutes = len(numbering.chutes)
        self.sort_chutes = [i for i, chute in enumerate(numbering.chutes) if chute.kind == "sort"]
        self.confirm: dict[int, tuple[int, int]] = {}
        self.loop_gates: set[int] = set()
        for chute in numbering.chutes:
            gate = numbering.gate_of(chute)
            if chute.kind == "recirculate":
                self.loop_gates.add(gate)
            for index, eye in enumerate(numbering.eyes):
                if eye.role == "confirm" and eye.chute == chute.name and gate >= 0 and eye.travel_mm:
                    self.confirm[gate] = (index, self.counts(sum(eye.travel_mm) // 2))
        loop = line.recirculation
        self.loop_length = self.counts(loop.loop_mm) if loop else 0
        self.merge_distance = self.counts(-loop.merge_position_mm) if loop else 0

    def counts(self, mm: int) -> int:
        """Millimetres as encoder counts."""
        return mm * 1000 // self.um_per_count
