"""Records of a run: every input that the gate logic got and every output that it gave, in words.

record = Record(12_345_678, 4_210, 1, 3, 4_200, 0)      # as the simulation keeps it
Words(numbering, um_per_count).as_dict(record)           # as `--events` writes it
"""

import struct
from typing import TYPE_CHECKING, Any, NamedTuple

from sorter_core.codes import DOUBTS, EVENTS, FAULTS, INPUTS, OUTCOMES, OUTPUTS, REASONS
from sortyard.config.numbering import Numbering
from sortyard.sim.program import PROGRAM

if TYPE_CHECKING:
    from sortyard.sim.program_run import ProgramWords

OUTPUT = 32
"""Added to the kind of an output, so that one number tells inputs from outputs."""

GATE_COMMANDS = (1, 2, 3)
_CHUTE_STATES = {0: "free", 1: "full", 2: "disabled"}
_END_STATES = {0: "moving", 1: "home", 2: "extended"}
_CHUTE_EVENTS = {4, 9, 14, 15}
_GATE_EVENTS = {7, 18}
_SLOT_EVENTS = {3, 10}
_INDEX = {1: "eye", 2: "eye", 3: "scanner", 5: "chute", 6: "gate", 7: "gate"}
_SWITCHES = {
    6: {0: "faulty", 1: "healthy"},
    8: {0: "stopped", 1: "running"},
    9: {0: "released", 1: "active"},
    12: {0: "resume", 1: "flush"},
    14: {0: "nothing", 1: "infeed", 2: "merge", 3: "infeed and merge"},
}
_LEVELS = {5: {0: "stop", 1: "run"}, 6: {0: "run", 1: "stop"}, 7: {0: "hold", 1: "release"}}


class Record(NamedTuple):
    """One input (kind 1..14: index, position, a, b in p..s), output (kind 33..43: a, b, c, position), or event of the
    line's program (kind PROGRAM: code, subject, value, see sim.program)."""

    t_us: int
    belt_counts: int
    kind: int
    p: int
    q: int
    r: int
    s: int

    @property
    def is_output(self) -> bool:
        return OUTPUT < self.kind < PROGRAM


_PACKED = struct.Struct("=q6i")


def unpacked(packed: bytes) -> list[Record]:
    """Records that the books gave away as they are in memory."""
    return [Record(*fields) for fields in _PACKED.iter_unpack(packed)]


class Disposition(NamedTuple):
    """The fields of a DISPOSITION record. `chute` is -1 where no place is claimed."""

    track: int
    outcome: int
    reason: int
    chute: int
    is_confirmed: bool

    @classmethod
    def of(cls, record: Record) -> "Disposition":
        b = record.q
        return cls(record.p, b & 15, (b >> 4) & 31, ((b >> 9) & 255) - 1, bool(b >> 17 & 1))


class Words:
    """Turns records into words with the names of one line."""

    def __init__(
        self, numbering: Numbering, um_per_count: int, program: "ProgramWords | None" = None
    ) -> None:
        self.names = {
            "eye": [eye.name for eye in numbering.eyes],
            "gate": [gate.name for gate in numbering.gates],
            "chute": [chute.name for chute in numbering.chutes],
        }
        self.um_per_count = um_per_count
        self._program = program

    def name(self, family: str, index: int) -> str | int:
        """Name of an eye, gate or chute; the number itself where the line has no such one."""
        names = self.names.get(family, [])
        return names[index] if 0 <= index < len(names) else index

    def as_dict(self, record: Record) -> dict[str, Any]:
        """One line of the event file: time, belt count, what, and its fields by name."""
        head = {"t_ms": record.t_us / 1000, "belt_counts": record.belt_counts}
        if record.kind == PROGRAM:
            return head | {"program": self._of_program(record)}
        if record.is_output:
            return head | {"out": OUTPUTS[record.kind - OUTPUT]} | self._output(record)
        return head | {"in": INPUTS[record.kind]} | self._input(record)

    def text(self, record: Record) -> str:
        """The same in one line of prose, for stories."""
        fields = self.as_dict(record)
        what = fields.pop("out", None) or fields.pop("in")
        arrow = "<-" if record.is_output else "->"
        rest = " ".join(
            f"{key}={value}" for key, value in fields.items() if key not in ("t_ms", "belt_counts")
        )
        return f"{arrow} {what} {rest}".rstrip()

    def _of_program(self, record: Record) -> dict[str, Any]:
        if self._program is None:
            return {"code": record.p, "subject": record.q, "value": record.r}
        return self._program.as_dict(record.p, record.q, record.r)

    def _input(self, record: Record) -> dict[str, Any]:
        kind, index, position, a, b = record.kind, record.p, record.q, record.r, record.s
        family = _INDEX.get(kind)
        fields: dict[str, Any] = {family: self.name(family, index)} if family else {}
        if kind in (1, 2):
            fields["at_counts"] = position
        elif kind == 3:
            answer = b & 255
            fields |= {"at_counts": position, "slot": a & 1023, "is_new": bool(a >> 10)}
            fields["board"] = {0: "no rule", 255: "host only"}.get(answer, f"group {answer - 1}")
        elif kind == 4:
            fields |= {"track": a, "host": f"group {b - 1}" if b else "no rule"}
        elif kind == 5:
            fields["state"] = _CHUTE_STATES.get(a, a)
        elif kind == 7:
            fields["state"] = _END_STATES.get(a, a)
        elif kind in _SWITCHES:
            fields["state"] = _SWITCHES[kind].get(a, a)
        return fields

    def _output(self, record: Record) -> dict[str, Any]:
        kind, a, b, c = record.kind - OUTPUT, record.p, record.q, record.r
        at = {"at_counts": record.s}
        if kind in GATE_COMMANDS:
            return {"gate": self.name("gate", a), "track": b} | at
        if kind in _LEVELS:
            return {"to": _LEVELS[kind].get(a, a)} | at
        if kind == 8:
            return self._disposition(record) | at
        if kind == 9:
            return {"track": a, "slot": b} | at
        if kind == 10:
            return {"event": EVENTS.get(a, a), "track": b, **self._event_detail(a, c)} | at
        if kind == 11:
            return {"fault": FAULTS.get(a, a), "index": b, "detail": c} | at
        return at

    def _disposition(self, record: Record) -> dict[str, Any]:
        end = Disposition.of(record)
        fields: dict[str, Any] = {"track": end.track, "outcome": OUTCOMES.get(end.outcome, end.outcome)}
        if end.reason:
            fields["reason"] = REASONS.get(end.reason, end.reason)
        if end.chute >= 0:
            fields |= {"chute": self.name("chute", end.chute), "is_confirmed": end.is_confirmed}
        return fields

    def _event_detail(self, event: int, detail: int) -> dict[str, Any]:
        if event == 2:
            return {"length_mm": round(detail * self.um_per_count / 1000)}
        if event in _CHUTE_EVENTS:
            return {"chute": self.name("chute", detail)}
        if event in _GATE_EVENTS:
            return {"gate": self.name("gate", detail)}
        if event in _SLOT_EVENTS:
            return {"slot": detail}
        if event == 5:
            return {"reason": REASONS.get(detail, detail)}
        if event == 6:
            return {"cause": DOUBTS.get(detail, detail)}
        if event == 8:
            return {"eye": self.name("eye", detail)}
        if event == 16:
            return {"gate": self.name("gate", detail & 127), "late_ms": detail >> 7}
        return {"detail": detail} if detail else {}
