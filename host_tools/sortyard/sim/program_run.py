"""A line's program at work, after the gate logic's step: scans, faults, restarts, and what it tells of itself.

The loop calls `boot`, `scan` and `requested`, see `SimLoop.attach`. A fault leaves the line in its safe state: it
stops, nothing is fed, lamps and horn go out; the reset button starts the program again with what it RETAINs. Where a
task watches for faults (plc.fault_blocks), it goes on without being heard, and its reset lets the program go on as it
is; the line stands until somebody, perhaps the program, asks anew for its start.

On a machine that stands for a board a scan keeps the board busy: what comes due meanwhile begins late, and periods that
pass altogether are missed, as on the board itself.

After a power cut the program has what the board's memory has kept of what it RETAINs (plc.keeper): with flash, what it
was when the line stood.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sorter_core.codes import INPUTS
from sortyard.config.board_file import load_board
from sortyard.config.site import Site
from sortyard.plc import codec
from sortyard.plc.backends import machine_of
from sortyard.plc.diagnostics import Diagnostic
from sortyard.plc.faults import FaultKind, PlcFault
from sortyard.plc.force_plan import ForcePlan
from sortyard.plc.forces import Force, told
from sortyard.plc.keeper import Keeper, Wear
from sortyard.plc.line.channels import ASKED_CHANNELS, SEEN_CHANNELS
from sortyard.plc.line.load import BoundProgram
from sortyard.plc.line.parts import LAMPS
from sortyard.plc.machine import Machine
from sortyard.plc.program import Compiled
from sortyard.plc.python_values import shown
from sortyard.plc.runtime import Runtime
from sortyard.plc.types import Type
from sortyard.sim.program import MOST_EVENTS, MOST_LIGHTS, Note, ProgramEvent, ProgramFault, ProgramFigures
from sortyard_c.program_io import ProgramIo

_BUTTONS = ("start", "stop", "reset")
_PRESSED = tuple(SEEN_CHANNELS[f"{name}_button"] for name in _BUTTONS)
_RESET = 2
_STATE, _SPEED = SEEN_CHANNELS["state"], SEEN_CHANNELS["speed"]
_MOVING = (1, 2)
"""States of the gate logic in which the belt runs: RUNNING, STARTING."""
_LAMP_NAMES = tuple(name.partition("_")[0].lower() for name in LAMPS)
_STARTS = ("with power", "after a fault", "by its own reset")
_POWER, _FAULT, _OWN_RESET = range(3)


class ProgramWords:
    """Events of a program in words; `forces` are what the run holds at values."""

    def __init__(self, site: Site, bound: BoundProgram, forces: Sequence[Force] = ()) -> None:
        self._bound = bound
        self._forces = forces
        self._lights = [light.name for light in site.line.light]
        self._chutes = [chute.name for chute in site.numbering.chutes]
        self._gates = [gate.name for gate in site.numbering.gates]

    def as_dict(self, code: int, subject: int, value: int) -> dict[str, Any]:
        """An event's fields, the first one named after what it is."""
        if code == ProgramEvent.VARIABLE:
            watched = self._bound.watched[subject]
            return {"variable": watched.name, "value": _value(watched.type, value)}
        if code == ProgramEvent.LIGHT:
            lamps = {name: bool(value >> bit & 1) for bit, name in enumerate(_LAMP_NAMES)}
            return {"light": self._lights[subject], **lamps}
        if code == ProgramEvent.BUTTON:
            return {"button": _BUTTONS[subject]}
        if code == ProgramEvent.REQUEST:
            return {"request": INPUTS[subject], **self._target(subject, value >> 16), "value": value & 0xFFFF}
        if code == ProgramEvent.FAULT:
            return {"fault": FaultKind(subject & 0xFF).name, **self._source(subject >> 8), "line": value}
        if code == ProgramEvent.FORCED:
            return {"forced": self._forces[subject].path, "value": self._forces[subject].text}
        if code == ProgramEvent.RELEASED:
            return {"released": self._forces[subject].path}
        return {"started": _STARTS[subject]}

    def _source(self, number: int) -> dict[str, str]:
        return {"file": self._bound.files[number - 1]} if number else {}

    def _target(self, kind: int, index: int) -> dict[str, str]:
        if INPUTS[kind] == "CHUTE":
            return {"chute": self._chutes[index]}
        return {"gate": self._gates[index]} if INPUTS[kind] == "GATE_HEALTH" else {}


def _value(type_: Type, bits: int) -> Any:
    return shown(type_, codec.read(bytearray((bits & 0xFFFFFFFF).to_bytes(4, "little")), 0, type_))


class ProgramRun:
    """One run of a program; `note` is told every event. What `forces` name is held before and after each run of a task,
    whatever line and program write there, from the first scan at its time on.
    """

    def __init__(
        self,
        site: Site,
        bound: BoundProgram,
        backend: str,
        note: Note,
        machine: Callable[[Compiled], Machine] | None = None,
        forces: Sequence[Force] = (),
    ) -> None:
        line = site.line
        self.io = ProgramIo(
            len(site.numbering.gates),
            len(site.numbering.chutes),
            line.encoder.um_per_count,
            line.policy.restart == "flush",
        )
        self.io.connect(bound.reads, bound.writes)
        self._bound = bound
        self._note = note
        self._words = ProgramWords(site, bound, forces)
        watchdog_ms = line.program.watchdog_ms if line.program else None
        self._runtime = Runtime(
            bound.compiled, machine=machine or machine_of(backend), watchdog_ns=1_000_000 * (watchdog_ms or 0)
        )
        self._kept: bytes | None = None
        self._keeper = Keeper(Wear(load_board(line.ecu[0].board).retain.writes), self._keep)
        self._lamps = [0] * len(line.light)
        self._shown: list[int] = []
        self._start_us = self._busy_us = self._lit = 0
        file = line.program.file if line.program else ""
        self._figures = ProgramFigures(file, backend, self._runtime.tick_ns / 1e6)
        self._figures.forced = told(forces)
        self._plan = ForcePlan(self._runtime, forces)
        self._force(0)
        self._tell(0, ProgramEvent.STARTED, _POWER, 0)

    def _force(self, now_us: int) -> None:
        for change in self._plan.apply(1000 * now_us):
            self._figures.forcings.append({"t_ms": now_us / 1000, **self._plan.words(change)})
            code = ProgramEvent.FORCED if change.is_forced else ProgramEvent.RELEASED
            self._tell(now_us, code, change.number, 0)

    def boot(self, now_us: int) -> None:
        """The controller has power again: what is RETAINed is what was written last."""
        self.io.boot()
        self._restart(now_us, _POWER, self._kept)

    def scan(self, now_us: int) -> int:
        """Do the scans that are due by now; when the next one is."""
        for button, channel in enumerate(_PRESSED):
            if self.io.channel(channel):
                self._tell(now_us, ProgramEvent.BUTTON, button, 0)
                if button == _RESET and self._runtime.fault is not None:
                    self._restart(now_us, _FAULT, self._runtime.retained())
        while self._next_us() <= now_us:
            self._scan(now_us)
        return self._next_us()

    def requested(self, now_us: int, kind: int, index: int, a: int) -> None:
        """This request goes to the gate logic."""
        counts = self._figures.requests
        counts[INPUTS[kind]] = counts.get(INPUTS[kind], 0) + 1
        self._tell(now_us, ProgramEvent.REQUEST, kind, index << 16 | a)

    def figures(self) -> ProgramFigures:
        """What has come of it."""
        self._figures.overruns = self._runtime.missed_periods
        self._figures.tasks = self._runtime.figures()
        self._figures.retain_writes = self._keeper.writes
        self._figures.never_forced = self._plan.never_begun
        return self._figures

    def _due_us(self) -> int:
        """When the next scan is: multiples of the interval since the start, so that it does not drift."""
        return self._start_us + -(-self._runtime.scans * self._runtime.tick_ns // 1000)

    def _next_us(self) -> int:
        """When the next scan can begin: not while the board is busy with the last one."""
        return max(self._due_us(), self._busy_us)

    def _keep(self, data: bytes) -> None:
        self._kept = data

    def _restart(self, now_us: int, cause: int, retained: bytes | None) -> None:
        self._runtime.restart(retained)
        self._start_us, self._busy_us = now_us, 0
        self._shown = []
        self._tell(now_us, ProgramEvent.STARTED, cause, 0)

    def _scan(self, now_us: int) -> None:
        runtime, io = self._runtime, self.io
        was_failed = runtime.fault is not None
        if was_failed and not runtime.is_watched:
            runtime.scans += 1
            io.put(runtime.memory)  # what people press now is not for the program that starts after the reset
            return
        self._figures.scans += 1
        if self._due_us() < self._busy_us:
            self._runtime.miss_until(1000 * (now_us - self._start_us))
        self._force(now_us)
        io.put(runtime.memory)
        try:
            runtime.scan(late_ns=1000 * (now_us - self._due_us()))
        except PlcFault as fault:
            io.safe()
            self._failed(now_us, fault)
        else:
            if not was_failed:
                io.take(runtime.memory)
            elif runtime.fault is None:
                io.go_on()
                self._tell(now_us, ProgramEvent.STARTED, _OWN_RESET, 0)
        self._busy_us = now_us + -(-runtime.busy_ns // 1000)
        self._look_at_retained(now_us)
        self._tell_changes(now_us)

    def _look_at_retained(self, now_us: int) -> None:
        start, end = self._bound.compiled.image.slices["retain"]
        if start == end:
            return
        content = bytes(self._runtime.memory[start:end])
        is_at_rest = self.io.channel(_STATE) not in _MOVING and not self.io.channel(_SPEED)
        self._keeper.look(1000 * now_us, is_at_rest, content, self._runtime.retained)

    def _failed(self, now_us: int, fault: PlcFault) -> None:
        span = fault.span
        assert span is not None, "a fault of a program has a place in it"
        excerpt = Diagnostic("SY1", span, "").excerpt()
        place = (span.file, span.line, span.column, excerpt)
        self._figures.faults.append(ProgramFault(now_us / 1000, fault.kind.name, fault.detail, *place))
        files = self._bound.files
        number = files.index(span.file) + 1 if span.file in files else 0
        self._tell(now_us, ProgramEvent.FAULT, fault.kind | number << 8, span.line)

    def _tell_changes(self, now_us: int) -> None:
        memory = self._runtime.memory
        values = [
            int.from_bytes(memory[w.offset : w.offset + w.type.size], "little") for w in self._bound.watched
        ]
        if values != self._shown:
            before = self._shown or [None] * len(values)
            for subject, (old, new) in enumerate(zip(before, values, strict=True)):
                if old != new:
                    self._tell(now_us, ProgramEvent.VARIABLE, subject, _signed(new))
            self._shown = values
        for light, old in enumerate(self._lamps):
            first = ASKED_CHANNELS["lamps"] + len(LAMPS) * light
            lamps = self._bits(range(first, first + len(LAMPS)))
            if lamps != old:
                self._lamps[light] = lamps
                self._tell(now_us, ProgramEvent.LIGHT, light, lamps)

    def _bits(self, channels: Iterable[int]) -> int:
        return sum(self.io.request(channel) << bit for bit, channel in enumerate(channels))

    def _tell(self, now_us: int, code: ProgramEvent, subject: int, value: int) -> None:
        figures = self._figures
        self._lit += code == ProgramEvent.LIGHT
        is_room = len(figures.events) < MOST_EVENTS
        if is_room and (code != ProgramEvent.LIGHT or self._lit <= MOST_LIGHTS):
            figures.events.append((now_us / 1000, self._words.as_dict(code, subject, value)))
        else:
            figures.events_left_out += 1
        self._note(now_us, code, subject, value)


def _signed(value: int) -> int:
    return value - (1 << 32) if value >> 31 else value
