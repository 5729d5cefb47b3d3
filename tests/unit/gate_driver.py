"""A belt with parcels on it for the pure gate logic: true edges in, commands obeyed, truth remembered.

One step is 1 ms and, at full speed, 1 mm and 1 count. Parcels go where the gates put them; each gate takes its
nominal times. What gates hit and where parcels end is written down, to be compared with what was claimed.
"""

from array import array
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import NamedTuple, Self

from sorter_core import codes
from sorter_core.gate_logic import GateLogic
from sortyard.config.compile import gate_config
from sortyard.config.line import Line
from sortyard.config.numbering import number
from unit.gate_line import ARM, GROUPS, LOOP, PUSH, REJECT, WHEEL, A, B, small_line

BLOCKED, CLEARED, READ, DESTINATION, CHUTE, GATE_HEALTH, GATE_END = range(1, 8)
DRIVE, ESTOP, RESET, START, RESTART_POLICY, STOP, HOLD = range(8, 15)
MASK, HALF = 0x0FFFFFFF, 0x08000000
CHUTE_OF = {PUSH: A, ARM: B, WHEEL: LOOP}
GATE_AT = {PUSH: (2500, 2800), ARM: (4500, 4900), WHEEL: (6500, 6800)}
DELAY_MS, MOVE_MS = 10, 100
CONFIRM_TRAVEL_MM = {PUSH: 520, ARM: 600, WHEEL: 450}


class Ended(NamedTuple):
    """A disposition in words."""

    track: int
    outcome: str
    reason: str
    chute: int
    is_confirmed: int
    slot: int


class Said(NamedTuple):
    """An output record: kind in words, the rest as it came."""

    kind: str
    a: int
    b: int
    c: int
    position: int


@dataclass
class Parcel:
    """`nose` is the leading edge, mm downstream of the infeed eye; `place` the chute in which it ended."""

    length: int
    nose: float
    slot: int = -1
    answer: int = 0
    label: int = -1
    place: int = -1
    is_on_belt: bool = True
    is_read: bool = False
    is_stuck: bool = False
    fails: frozenset[int] = frozenset()
    confirms: dict[int, float] = field(default_factory=dict)

    @property
    def tail(self) -> float:
        return self.nose - self.length

    def covers(self, start: float, end: float) -> bool:
        return self.is_on_belt and self.nose > start and self.nose - self.length < end


class Yard:
    """`logic` may be another gate logic of the same line; `position` is where the encoder's count begins."""

    def __init__(
        self, line: Line | None = None, logic: GateLogic | None = None, position: int = 1000
    ) -> None:
        self.line = line or small_line()
        self.gl = logic or GateLogic(gate_config(self.line, GROUPS))
        eyes = number(self.line).eyes
        self.eye_x = {
            i: eye.position_mm or 0 for i, eye in enumerate(eyes) if eye.role in ("infeed", "verify", "end")
        }
        self.confirm_of = {
            gate: i
            for i, eye in enumerate(eyes)
            for gate, chute in CHUTE_OF.items()
            if eye.chute == self.line.chute[chute].name
        }
        self.meter = next(i for i, eye in enumerate(eyes) if eye.role == "meter")
        self.merge = self.meter + 1
        self.now, self.position, self.speed = 0, float(position), 0.0
        self.full_speed = 1.0
        self.every_ms = False
        self.marks = sorted((*self.eye_x.values(), *(start + 50 for start, _ in GATE_AT.values())))
        self.tail_marks = sorted((*self.eye_x.values(), 8000))
        self.obeys = True
        self.parcels: list[Parcel] = []
        self.blocked: dict[int, bool] = dict.fromkeys(self.eye_x, False)
        self.late: list[tuple[int, tuple[int, int, int, int, int]]] = []
        self.moves: dict[int, tuple[int, int, bool]] = {}
        self.is_out = dict.fromkeys(GATE_AT, False)
        self.said: list[Said] = []
        self.ended: list[Ended] = []
        self.parcel_of: dict[int, Parcel] = {}
        self.strikes: list[tuple[int, int]] = []
        self._buffer = array("i", bytes(4 * 5 * 256))

    # --- what people and parcels do ---

    def start(self, settle_ms: int = 600) -> Self:
        """Switch on and wait until the belt runs steadily."""
        self.feed(START)
        self.run(settle_ms)
        return self

    def put(
        self,
        length: int = 300,
        slot: int = 1,
        answer: int = 1,
        nose: float = -1.0,
        label: int = -1,
        fails: frozenset[int] = frozenset(),
    ) -> Parcel:
        """A parcel on the belt; answer: what the board's plan says of its code; slot -1: it has no label."""
        parcel = Parcel(length, nose, slot, answer, label if label >= 0 else length // 2, fails=fails)
        self.parcels.append(parcel)
        return parcel

    def send(
        self, length: int = 300, slot: int = 1, answer: int = 1, fails: frozenset[int] = frozenset()
    ) -> Parcel:
        """Induct one parcel and run until it is through the scanner."""
        parcel = self.put(length, slot, answer, fails=fails)
        self.until(parcel, 700 + length)
        return parcel

    def until(self, parcel: Parcel, x: float) -> None:
        """Run until the parcel's leading edge is at x or it has left the belt."""
        while parcel.is_on_belt and parcel.nose < x:
            moving = self.speed and not parcel.is_stuck
            self.run(max(1, int((x - parcel.nose) / self.speed)) if moving else 1)

    def run(self, ms: int) -> "Yard":
        """Let time pass; milliseconds in which nothing can happen are leapt over unless `every_ms`."""
        end = self.now + ms
        while self.now < end:
            self._step()
            quiet = 0 if self.every_ms else min(self._quiet_ms(), end - self.now - 1)
            if quiet > 0:
                self._pass(quiet)
        return self

    def _quiet_ms(self) -> int:
        """Milliseconds for which neither the yard nor the logic can have anything to do."""
        if self.gl.is_pending or self.moves or self.late or any(p.confirms for p in self.parcels):
            return 0
        ticks = (self.gl.due_ticks - self.now * 1000 + HALF & MASK) - HALF
        quiet = ticks // 1000
        if self.speed:
            way = float((self.gl.due_position - int(self.position) + HALF & MASK) - HALF)
            for parcel in self.parcels:
                if parcel.is_on_belt and not parcel.is_stuck:
                    way = min(way, self._way_free(parcel))
            quiet = min(quiet, int(way / self.speed))
        return quiet - 2

    def _way_free(self, parcel: Parcel) -> float:
        """Belt travel until a parcel comes to anything that looks at it."""
        ways = [400 + max(parcel.label, 0) - parcel.nose]
        for marks, place in ((self.marks, parcel.nose), (self.tail_marks, parcel.tail)):
            at = bisect_right(marks, place - 2)
            if at < len(marks):
                ways.append(marks[at] - place)
        return min((way for way in ways if way > -2), default=1000.0)

    def _pass(self, ms: int) -> None:
        self.now += ms
        self.position += ms * self.speed
        for parcel in self.parcels:
            if parcel.is_on_belt and not parcel.is_stuck:
                parcel.nose += ms * self.speed

    def finish(self) -> "Yard":
        """Run until the belt is empty and every window is over."""
        left = 30_000
        while left and any(parcel.is_on_belt for parcel in self.parcels):
            self.run(50)
            left -= 50
        return self.run(1500)

    def lift(self, parcel: Parcel) -> None:
        parcel.is_on_belt = False

    def feed(self, kind: int, index: int = 0, a: int = 0, b: int = 0, position: int | None = None) -> int:
        here = int(self.position) if position is None else position
        return self.gl.feed(kind, index, here & MASK, a, b)

    def make_overdue(self, gates: int) -> None:
        """So many gates come before any track in the steps to come, though they have nothing to do."""
        for gate in range(gates):
            self.gl.gate_agenda.put(gate, int(self.position) - 8000)

    def estop(self) -> None:
        """The relay has opened: the belt coasts, the logic is told."""
        self.feed(ESTOP, 0, 1)

    def recover(self, policy: int | None = None) -> None:
        """Release, reset, start."""
        self.feed(ESTOP, 0, 0)
        if policy is not None:
            self.feed(RESTART_POLICY, 0, policy)
        self.feed(RESET)
        self.start()

    # --- what was said ---

    def tell(self, kind: str) -> list[Said]:
        return [record for record in self.said if record.kind == kind]

    def events(self, name: str) -> list[Said]:
        return [record for record in self.tell("EVENT") if codes.EVENTS[record.a] == name]

    def faults(self) -> list[str]:
        return [codes.FAULTS[record.a] for record in self.tell("FAULT")]

    def outcome(self, parcel: Parcel) -> Ended:
        """The one disposition of the parcel's first track."""
        tracks = [track for track, other in self.parcel_of.items() if other is parcel]
        ends = [end for end in self.ended if end.track in tracks]
        assert len(ends) == 1, (tracks, self.ended)
        return ends[0]

    def how(self, parcel: Parcel) -> str:
        end = self.outcome(parcel)
        return end.outcome if end.reason == "NONE" else f"{end.outcome}/{end.reason}"

    def false_claims(self) -> list[Ended]:
        """Claims that the truth contradicts; parcels that are still under way do not count."""
        wrong = []
        for end in self.ended:
            parcel = self.parcel_of.get(end.track)
            if (
                parcel is not None
                and end.chute >= 0
                and parcel.place != end.chute
                and not parcel.covers(7000, 9000)
            ):
                wrong.append(end)
        return wrong

    # --- one millisecond ---

    def _step(self) -> None:
        self._pass(1)
        self._edges()
        self._reads()
        self._confirms()
        for due, record in [one for one in self.late if one[0] <= self.now]:
            self.late.remove((due, record))
            self.gl.feed(*record)
        self.gl.step(int(self.position) & MASK, (self.now * 1000) & MASK)
        self._obey()
        self._gates()
        for parcel in self.parcels:
            if parcel.is_on_belt and parcel.tail > 8000:
                parcel.is_on_belt, parcel.place = False, REJECT

    def _edges(self) -> None:
        on_belt = [(parcel.nose, parcel.tail) for parcel in self.parcels if parcel.is_on_belt]
        for eye, x in self.eye_x.items():
            is_blocked = False
            for nose, tail in on_belt:
                if nose > x - 0.5 and tail < x:
                    is_blocked = True
                    break
            if is_blocked != self.blocked[eye]:
                self.blocked[eye] = is_blocked
                self.feed(BLOCKED if is_blocked else CLEARED, eye)

    def _reads(self) -> None:
        for parcel in self.parcels:
            beyond = parcel.nose - parcel.label - 400
            if parcel.slot >= 0 and not parcel.is_read and parcel.is_on_belt and beyond >= 0:
                parcel.is_read = True
                if self.speed and beyond < 20:
                    # Decoded 20 ms later, where the belt is then.
                    position = int(self.position + 20 * self.speed) & MASK
                    self.late.append((self.now + 20, (READ, 0, position, parcel.slot + 1024, parcel.answer)))

    def _confirms(self) -> None:
        for parcel in self.parcels:
            for gate, at in list(parcel.confirms.items()):
                if self.position >= at + parcel.length // 2 + 30:
                    del parcel.confirms[gate]
                    self.feed(CLEARED, self.confirm_of[gate])
                elif at <= self.position < at + self.speed:
                    self.feed(BLOCKED, self.confirm_of[gate])

    def _obey(self) -> None:
        n = self.gl.drain(self._buffer, 0)
        for i in range(0, 5 * n, 5):
            kind, a, b, c, position = self._buffer[i : i + 5]
            said = Said(codes.OUTPUTS[kind], a, b, c, position)
            self.said.append(said)
            getattr(self, "_on_" + said.kind.lower(), lambda _: None)(said)

    def _on_line(self, said: Said) -> None:
        self.set_belt(bool(said.a))

    def set_belt(self, is_running: bool) -> None:
        """The drive follows at once and says so."""
        self.speed = self.full_speed if is_running else 0.0
        self.feed(DRIVE, 0, int(is_running))

    def _on_event(self, said: Said) -> None:
        if codes.EVENTS[said.a] == "INDUCTED":
            here = [p for p in self.parcels if p.covers(-2, 3)]
            if here:
                self.parcel_of[said.b] = here[0]

    def _on_disposition(self, said: Said) -> None:
        outcome, reason = codes.OUTCOMES[said.b & 15], codes.REASONS[said.b >> 4 & 31]
        chute, confirmed = (said.b >> 9 & 255) - 1, said.b >> 17
        self.ended.append(Ended(said.a, outcome, reason, chute, confirmed, said.c - 1))

    def _on_gate_extend(self, said: Said) -> None:
        self._move(said.a, said.b, True)

    def _on_gate_retract(self, said: Said) -> None:
        self._move(said.a, said.b, False)

    def _on_gates_safe(self, _: Said) -> None:
        for gate in self.is_out:
            safe_state = self.line.diverter[gate].safe_state
            if safe_state == "retract":
                self.is_out[gate] = False
            if safe_state != "hold":
                # Without power it stays where it was: at its old end, for want of anything between the two.
                self.moves.pop(gate, None)

    def _move(self, gate: int, track: int, is_out: bool) -> None:
        if self.obeys and (is_out != self.is_out[gate] or gate in self.moves):
            self.moves[gate] = (self.now, track, is_out)

    # --- the gates' truth ---

    def _gates(self) -> None:
        for gate, (since, track, is_out) in list(self.moves.items()):
            own = self.parcel_of.get(track)
            elapsed = self.now - since
            if DELAY_MS <= elapsed <= DELAY_MS + MOVE_MS:
                self._strike(gate, track, own)
            if gate == PUSH and is_out and elapsed == DELAY_MS + MOVE_MS // 2:
                self._push(gate)
            if elapsed >= DELAY_MS + MOVE_MS:
                self.is_out[gate] = is_out
                del self.moves[gate]
        for gate in (ARM, WHEEL):
            if self.is_out[gate]:
                self._deflect(gate)

    def _strike(self, gate: int, track: int, own: Parcel | None) -> None:
        for parcel in self.parcels:
            if parcel is not own and parcel.covers(*GATE_AT[gate]) and (gate, track) not in self.strikes:
                self.strikes.append((gate, track))

    def _push(self, gate: int) -> None:
        start, end = GATE_AT[gate]
        for parcel in self.parcels:
            if parcel.is_on_belt and start <= parcel.nose - parcel.length / 2 <= end:
                self._divert(parcel, gate)

    def _deflect(self, gate: int) -> None:
        start = GATE_AT[gate][0]
        for parcel in self.parcels:
            if parcel.is_on_belt and start + 50 <= parcel.nose < start + 52:
                self._divert(parcel, gate)

    def _divert(self, parcel: Parcel, gate: int) -> None:
        if gate in parcel.fails:
            return
        parcel.is_on_belt, parcel.place = False, CHUTE_OF[gate]
        if gate in self.confirm_of:
            parcel.confirms[gate] = self.position + GATE_AT[gate][0] + CONFIRM_TRAVEL_MM[gate] - parcel.nose
