"""What a board tells, as lines for people and as objects for --json."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sorter_core.codes import FAULTS, INPUTS, OUTCOMES, OUTPUTS, REASONS
from sortyard.bundle.meanings import Meanings
from sortyard.config.line import Line
from sortyard.config.numbering import Numbering, number
from sortyard.device.events import (
    At,
    Connected,
    Disconnected,
    Disposition,
    Event,
    Fault,
    HandedOver,
    Happened,
    Heartbeat,
    Log,
    MotorFigures,
    OldFault,
    PartFigures,
    PartState,
    Request,
    ScannerFigures,
    Statistics,
)
from sortyard.device.session import Hello
from sortyard.sim.events import OUTPUT, Record, Words

STATES = {0: "stopped", 1: "running", 2: "starting", 3: "emergency stop", 4: "fault", 255: "safe mode"}
CAUSES = {1: "power", 2: "reset pin", 3: "watchdog", 4: "sleep", 5: "restart", 6: "brown-out"}
"""Of a board's last reset, by the numbers of MicroPython; 6 is the firmware's own."""
NOBODY = Numbering((), (), ())
"""The parts of a line that is not known: they are told by their numbers."""
NAMELESS = Meanings({}, {})
LEVELS = {0: "debug", 1: "info", 2: "warning", 3: "error"}


def hello_dict(hello: Hello) -> dict[str, Any]:
    """Who is there, with state and cause of the last reset in words."""
    cause = CAUSES.get(hello.reset_cause, str(hello.reset_cause))
    return asdict(hello) | {"state": state_of(hello.state), "reset_cause": cause}


def state_of(state: int) -> str:
    """A state of the line in words."""
    return STATES.get(state, str(state))


def news_of(event: Event) -> tuple[object, ...]:
    """What is worth a line of an event that comes again and again, behind what tells one such event from another;
    empty for events that are all news. A motor's current always changes: `info` tells it."""
    if isinstance(event, Heartbeat):
        return "", event.state, event.speed_mm_s
    if isinstance(event, Statistics):
        return "", event.overruns, event.dropped, event.lost, event.lost_edges
    if isinstance(event, ScannerFigures):
        return event.index, event.no_reads, event.overlong, event.damaged, event.late
    if isinstance(event, MotorFigures):
        return event.index, event.refused, event.damaged
    return ()


class Lines:
    """Words for the events of one board; `line` is its stretch of the line, None where it is not known.

    `meanings`: of the short names of a built firmware, NAMELESS where they are not known.
    """

    def __init__(self, line: Line | None, meanings: Meanings = NAMELESS) -> None:
        self._words = Words(number(line), line.encoder.um_per_count) if line else Words(NOBODY, 1000)
        for kind in ("scanner", "motor") if line else ():
            self._words.names[kind] = [one.name for one in getattr(line, kind)]
        self._meanings = meanings

    def as_dict(self, event: Event) -> dict[str, Any]:
        """The event's name, when it was (ISO 8601, UTC; with its uncertainty), and its fields."""
        name = "figures" if isinstance(event, PartFigures) else type(event).__name__.lower()
        if isinstance(event, Connected):
            return {"event": name, "is_new": event.is_new} | hello_dict(event.hello)
        head: dict[str, Any] = {"event": name}
        at: At | None = getattr(event, "at", None)
        if at is not None:
            head |= {"at": datetime.fromtimestamp(at.s, UTC).isoformat(timespec="milliseconds")}
            head |= {"error_ms": round(1000 * at.error_s, 1)}
        return head | self._fields(event)

    def _fields(self, event: Event) -> dict[str, Any]:
        if isinstance(event, Disposition):
            fields: dict[str, Any] = {"track": event.track, "code": event.code.decode("utf-8", "replace")}
            fields |= {"outcome": OUTCOMES.get(event.outcome, event.outcome)}
            fields |= {"reason": REASONS.get(event.reason, event.reason)}
            if event.chute >= 0:
                fields |= {
                    "chute": self._words.name("chute", event.chute),
                    "is_confirmed": event.is_confirmed,
                }
            return fields
        if isinstance(event, Fault):
            return {"fault": FAULTS.get(event.code, event.code), "index": event.index, "detail": event.detail}
        if isinstance(event, OldFault):
            return asdict(event) | {"code": FAULTS.get(event.code, event.code)}
        if isinstance(event, PartState):
            name = self._words.name(event.part, event.index)
            state = {"part": event.part, "which": name, "is_failed": event.is_failed}
            return state | ({"why": event.why} if event.why else {})
        if isinstance(event, Request):
            return {"track": event.track, "code": event.code.decode("utf-8", "replace")}
        if isinstance(event, HandedOver):
            fields = {
                "track": event.track,
                "latency_ms": event.latency_ms,
                "latency_error_ms": event.error_ms,
            }
            return (
                fields
                | {"deadline_ms": event.deadline_ms, "link_ms": event.link_ms}
                | {
                    "is_late": event.is_late,
                    "is_slow": event.is_slow,
                }
            )
        if isinstance(event, Happened):
            return self._happened(event)
        fields = asdict(event)
        if isinstance(event, PartFigures):
            part = "scanner" if isinstance(event, ScannerFigures) else "motor"
            return {"part": part, "which": self._words.name(part, fields.pop("index"))} | fields
        if isinstance(event, Log):
            fields["text"] = self._meanings.readable(event.text)
        if isinstance(event, Heartbeat):
            fields["state"] = state_of(event.state)
        return fields

    def _happened(self, event: Happened) -> dict[str, Any]:
        kind = event.kind
        if kind not in (OUTPUTS if event.is_output else INPUTS):
            return {"kind": kind, "values": list(event.values)}
        record = Record(0, 0, kind + (OUTPUT if event.is_output else 0), *event.values)
        fields = self._words.as_dict(record)
        del fields["t_ms"], fields["belt_counts"]
        if "event" in fields:
            fields["what"] = fields.pop("event")
        return fields

    def text(self, event: Event) -> str:
        """The event in one line."""
        if isinstance(event, Connected):
            hello = event.hello
            anew = "" if event.is_new else ", going on where it was cut"
            return (
                f"connected: {hello.line}/{hello.ecu}, {state_of(hello.state)}{anew}; firmware {hello.firmware}, "
                f"configuration {hello.config_hash}, board {hello.number}, boot {hello.boot}"
            )
        if isinstance(event, Disconnected):
            return f"cut: {event.reason}; trying again"
        if isinstance(event, Log):
            return (
                f"board says ({LEVELS.get(event.level, event.level)}): {self._meanings.readable(event.text)}"
            )
        if isinstance(event, HandedOver):
            return _handed_over(event)
        fields = self.as_dict(event)
        name, at, error = fields.pop("event"), fields.pop("at", None), fields.pop("error_ms", None)
        when = f"{at[11:23]} ±{error} ms " if at else ""
        rest = " ".join(f"{key}={value}" for key, value in fields.items() if value != "")
        return f"{when}{name} {rest}"


def _handed_over(event: HandedOver) -> str:
    took = f"{event.latency_ms} \u00b1{event.error_ms} ms"
    told = f"track {event.track} handed over in {took}, {event.deadline_ms:.0f} ms are allowed"
    if event.is_late:
        return f"WARNING: {told}: it comes too late, and counts as a stray"
    if event.is_slow:
        return f"WARNING: {told}: the links should need {event.link_ms:.0f} ms at worst"
    return told
