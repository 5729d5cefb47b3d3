"""A cheap belt that gives the gate logic a plausible life: parcels pass eyes in order, and things go wrong.

No physics and no truth to judge by: that is the plant's. What counts here is that every input arrives in
an order and at positions that a real line could produce, that parcels follow the gates, and that all of it
repeats with the same random numbers. Positions are encoder counts that never wrap, times microseconds;
both wrap only in the inboxes.
"""

import heapq
from dataclasses import dataclass, field
from random import Random

from parity.belt_layout import Layout

BLOCKED, CLEARED, READ, DESTINATION, CHUTE, GATE_HEALTH, GATE_END = 1, 2, 3, 4, 5, 6, 7
DRIVE, ESTOP, RESET, START, RESTART_POLICY, STOP = 8, 9, 10, 11, 12, 13
GATE_EXTEND, GATE_RETRACT, GATES_SAFE, OUT_LINE, OUT_INFEED, OUT_MERGE, DEST_REQUEST = 1, 2, 4, 5, 6, 7, 9
MASK = 0x0FFFFFFF
NEW_SLOT = 1024
Record = tuple[int, int, int, int, int]


@dataclass(frozen=True)
class Mood:
    """Chances out of 1000, per parcel of what goes wrong, and per second of what happens to the line.

    `gap_mm`: least ordinary gap; `bias_mm`: what a parcel gains or loses from eye to eye; `outage_s`: longest
    outage of a chute or gate; `slots`: how many code slots go round.
    """

    lifted: int = 0
    thrown_on: int = 0
    slips: int = 0
    close_gap: int = 0
    odd_length: int = 0
    no_read: int = 0
    second_code: int = 0
    late_read: int = 0
    no_rule: int = 0
    host_only: int = 0
    host_silent: int = 0
    host_late: int = 0
    divert_fails: int = 0
    confirm_missing: int = 0
    confirm_sticks: int = 0
    eye_sticks: int = 0
    end_missing: int = 0
    latched_late: int = 0
    chute_full: int = 0
    chute_disabled: int = 0
    gate_faulty: int = 0
    estop: int = 0
    stop: int = 0
    encoder: int = 0
    merge_sticks: int = 0
    same_group: int = 0
    bias_mm: int = 0
    gap_mm: int = 400
    outage_s: int = 30
    slots: int = 512


CALM = Mood()
ROUGH = Mood(
    lifted=15, thrown_on=15, slips=4, close_gap=60, odd_length=15, no_read=30, second_code=30, late_read=10,
    no_rule=20, host_only=20, host_silent=60, host_late=30, divert_fails=30, confirm_missing=20,
    confirm_sticks=5, eye_sticks=1, end_missing=10, latched_late=30, chute_full=20, chute_disabled=15,
    gate_faulty=15, estop=4, stop=4, encoder=4, merge_sticks=50,
)  # fmt: skip
WRONG_DATA = Mood(
    odd_length=250, no_read=150, second_code=600, late_read=30, no_rule=250, host_only=250, host_silent=400,
    host_late=100, close_gap=150, slots=8,
)  # fmt: skip
WRONG_BODIES = Mood(
    lifted=50, thrown_on=80, slips=15, close_gap=250, divert_fails=150, confirm_missing=80, latched_late=50,
    confirm_sticks=10, slots=64, same_group=500, bias_mm=40, merge_sticks=100,
)  # fmt: skip
CROWDED = Mood(gap_mm=120, same_group=700, slips=5, close_gap=50, lifted=10, divert_fails=50, estop=5)
PANIC = Mood(gap_mm=200, same_group=600, estop=150, stop=50, gate_faulty=50, slips=5)
BLOCKED_CHUTES = Mood(
    chute_full=900, chute_disabled=500, gate_faulty=100, host_silent=20, host_only=100, outage_s=120
)  # fmt: skip


@dataclass
class Parcel:
    """`origin` is the belt position at which its leading edge passes x = 0."""

    length: int
    origin: int
    slot: int
    is_new: bool = True
    is_gone: bool = False
    group: int = 0
    shadows: set[int] = field(default_factory=set)


class BeltMimic:
    """Drives one gate logic: `collect` makes its next inputs, `react` follows its outputs."""

    def __init__(self, layout: Layout, mood: Mood, rng: Random, position: int = 0, time_us: int = 0) -> None:
        self.layout = layout
        self.mood = mood
        self.rng = rng
        self.position = position
        self.time_us = time_us
        self.inputs: list[Record] = []
        self._sub_counts = 0
        self._serial = 0
        self._at_position: list[tuple[int, int, str, tuple]] = []
        self._at_time: list[tuple[int, int, str, tuple]] = []
        self._is_running = False
        self._encoder = "sound"
        self._is_infeed_stopped = False
        self._eye_load: dict[int, int] = {}
        self._extended_us: dict[int, int] = {}
        self._waiting: list[Parcel] = []
        self._next_slot = 0
        self._gap = layout.counts(mood.gap_mm)
        self._last_group = 0
        self._bias = layout.counts(mood.bias_mm) * rng.choice((-1, 0, 1))
        self._give(START, 0)
        self._give(DRIVE, 0, 1)
        self._is_running = True
        self._at(position + self._gap, "spawn")
        self._later(1_000_000, "second")

    # --- time and place ---

    def _at(self, position: int, what: str, *arguments: object) -> None:
        self._serial += 1
        heapq.heappush(self._at_position, (position, self._serial, what, arguments))

    def _later(self, delay_us: int, what: str, *arguments: object) -> None:
        self._serial += 1
        heapq.heappush(self._at_time, (self.time_us + delay_us, self._serial, what, arguments))

    def _give(self, kind: int, index: int, a: int = 0, b: int = 0) -> None:
        self.inputs.append((kind, index, self.position & MASK, a, b))

    def _happens(self, chance: int) -> bool:
        return self.rng.randrange(1000) < chance

    def _counts_per_s(self) -> int:
        if not self._is_running:
            return self.layout.speed // 2 if self._encoder == "drifting" else 0
        factor = {"stalled": 0, "fast": 5, "reversed": -1}.get(self._encoder, 1)
        return factor * self.layout.speed

    def next_time_us(self, due_us: int | None) -> int:
        """The next moment of the 1 ms grid at which anything happens here or is due there."""
        moments = [self.time_us + 50_000]
        if due_us is not None:
            moments.append(due_us)
        if self._at_time:
            moments.append(self._at_time[0][0])
        speed = self._counts_per_s()
        if self._at_position and speed > 0:
            ahead = self._at_position[0][0] - self.position
            moments.append(self.time_us + ahead * 1_000_000 // speed)
        return max(self.time_us // 1000 + 1, -(-min(moments) // 1000)) * 1000

    def collect(self, time_us: int) -> None:
        """Let the belt run until `time_us`; what happened on the way is in `inputs`."""
        travelled = self._sub_counts + self._counts_per_s() * (time_us - self.time_us)
        target = self.position + travelled // 1_000_000
        self._sub_counts = travelled % 1_000_000
        while self._at_position and self._at_position[0][0] <= target:
            position, _, what, arguments = heapq.heappop(self._at_position)
            self.position = max(self.position, position)
            getattr(self, "_on_" + what)(*arguments)
        self.position = target
        self.time_us = time_us
        while self._at_time and self._at_time[0][0] <= time_us:
            _, _, what, arguments = heapq.heappop(self._at_time)
            getattr(self, "_on_" + what)(*arguments)

    # --- parcels ---

    def _on_spawn(self) -> None:
        layout, rng, mood = self.layout, self.rng, self.mood
        gap = self._gap + rng.randrange(self._gap)
        if self._happens(mood.close_gap):
            gap = rng.choice([-layout.counts(30), 0, layout.counts(40), layout.counts(150)])
        longest = layout.max_length if self._happens(150) else layout.max_length * 2 // 3
        length = rng.randrange(layout.min_length, longest)
        if self._happens(mood.odd_length):
            length = rng.choice(
                [layout.min_length // 3] * 9 + [layout.max_length * 9 // 8] * 9 + [layout.max_length * 2]
            )
        if self._is_infeed_stopped:
            self._at(self.position + self._gap // 2, "spawn")
            return
        parcel = Parcel(length, self.position, self._new_slot())
        parcel.group = self._plan_answer()
        if layout.meter is not None:
            index, place = layout.meter
            parcel.origin -= place
            self._at(self.position, "block", index, parcel)
            self._at(self.position + length, "clear", index, parcel)
        self._send(parcel)
        self._at(self.position + length + gap, "spawn")

    def _new_slot(self) -> int:
        self._next_slot = (self._next_slot + 1) % self.mood.slots
        return self._next_slot

    def _plan_answer(self) -> int:
        if self._happens(self.mood.no_rule):
            return 0
        if self._happens(self.mood.host_only):
            return 255
        if not self._happens(self.mood.same_group):
            self._last_group = self.rng.randrange(1, self.layout.groups + 1)
        return self._last_group

    def _send(self, parcel: Parcel, beyond: int = -1) -> None:
        """Plan the parcel's way past everything that stands downstream of `beyond` on the belt."""
        layout = self.layout
        slip = 0
        for index, place in layout.eyes:
            if place > beyond:
                slip += self._bias if place else 0
                if self._happens(self.mood.slips):
                    slip += self.rng.randrange(-layout.counts(90), layout.counts(90))
                shake = self.rng.randrange(-2, 3)
                at = parcel.origin + place + slip + shake
                self._at(at, "block", index, parcel)
                stuck = layout.counts(4000) if self._happens(self.mood.eye_sticks) else 0
                self._at(at + parcel.length + stuck, "clear", index, parcel)
        for index, place in layout.scanners:
            if place > beyond and not self._happens(self.mood.no_read):
                late = layout.counts(600) if self._happens(self.mood.late_read) else 0
                self._at(parcel.origin + place + parcel.length // 2 + late, "read", index, parcel)
        for gate, (place, _zone) in enumerate(layout.gates):
            if place > beyond:
                self._at(parcel.origin + place + slip + self._hit(gate, parcel), "gate", gate, parcel)
        self._at(parcel.origin + layout.length + parcel.length + slip + 50, "leave", parcel)
        if self._happens(self.mood.lifted):
            self._at(parcel.origin + self.rng.randrange(layout.length), "leave", parcel)
        if self._happens(self.mood.thrown_on):
            self._at(parcel.origin + self.rng.randrange(layout.length), "throw_on")

    def _hit(self, gate: int, parcel: Parcel) -> int:
        """Travel beyond the start of the sweep zone at which the gate takes the parcel."""
        return (self.layout.gates[gate][1] + parcel.length) // 2 if self.layout.is_impulse[gate] else 0

    def _on_throw_on(self) -> None:
        place = self.rng.randrange(self.layout.length)
        stray = Parcel(self.layout.counts(200), self.position - place, self._new_slot())
        self._send(stray, beyond=place)

    def _on_leave(self, parcel: Parcel) -> None:
        parcel.is_gone = True
        for eye in sorted(parcel.shadows):
            self._on_clear(eye, parcel)

    def _on_block(self, eye: int, parcel: Parcel) -> None:
        if parcel.is_gone or eye in parcel.shadows:
            return
        parcel.shadows.add(eye)
        self._eye_load[eye] = self._eye_load.get(eye, 0) + 1
        if self._eye_load[eye] == 1:
            self._edge(BLOCKED, eye)

    def _on_clear(self, eye: int, parcel: Parcel) -> None:
        if eye not in parcel.shadows:
            return
        parcel.shadows.discard(eye)
        self._eye_load[eye] -= 1
        if self._eye_load[eye] == 0:
            self._edge(CLEARED, eye)

    def _edge(self, kind: int, eye: int) -> None:
        if self._happens(self.mood.latched_late):
            self._later(self.rng.randrange(1000, 9000), "deliver", (kind, eye, self.position & MASK, 0, 0))
        else:
            self._give(kind, eye)

    def _on_deliver(self, record: Record) -> None:
        self.inputs.append(record)

    def _on_read(self, scanner: int, parcel: Parcel) -> None:
        if parcel.is_gone:
            return
        priority = 256 * self.rng.choice([0, 0, 0, 1, 255])
        new = NEW_SLOT if parcel.is_new else 0
        parcel.is_new = False
        self._give(READ, scanner, parcel.slot + new, parcel.group + priority)
        if self._happens(self.mood.second_code):
            other = self.rng.choice([parcel.slot, self._new_slot() + NEW_SLOT])
            self._give(READ, scanner, other, self._plan_answer() + 256 * self.rng.choice([0, 0, 1]))

    # --- gates and chutes ---

    def _on_gate(self, gate: int, parcel: Parcel) -> None:
        extended_us = self._extended_us.get(gate)
        if parcel.is_gone or extended_us is None:
            return
        if self.layout.is_impulse[gate] and self.time_us - extended_us > self.layout.stroke_us[gate]:
            return
        if self._happens(self.mood.divert_fails):
            return
        self._on_leave(parcel)
        if gate in self.layout.loop_gates:
            self._at(self.position + self.layout.loop_length, "return", parcel)
        if gate in self.layout.confirm and not self._happens(self.mood.confirm_missing):
            eye, travel = self.layout.confirm[gate]
            seen = Parcel(parcel.length, parcel.origin, parcel.slot)
            stuck = self.layout.counts(6000) if self._happens(self.mood.confirm_sticks) else 0
            at = self.position - self._hit(gate, parcel) + travel
            self._at(at, "block", eye, seen)
            self._at(at + parcel.length + stuck, "clear", eye, seen)

    def _on_return(self, parcel: Parcel) -> None:
        """A parcel has come round the loop: it waits at the merge eye for its release."""
        parcel.is_gone = False
        self._waiting.append(parcel)
        if self.layout.merge is None:
            self._on_release()
        else:
            self._on_block(self.layout.merge, parcel)

    def _on_release(self) -> None:
        if self._waiting and self._happens(self.mood.merge_sticks):
            self._later(15_000_000, "release")
        elif self._waiting:
            parcel = self._waiting.pop(0)
            parcel.origin = self.position + self.layout.merge_distance
            if self.layout.merge is not None:
                self._at(self.position + parcel.length, "clear", self.layout.merge, parcel)
            self._send(parcel)

    def react(self, kind: int, a: int, b: int, _c: int, _position: int) -> None:
        """Follow one output record of the gate logic."""
        if kind == GATE_EXTEND:
            self._extended_us[a] = self.time_us
            self._report_end(a, 2)
        elif kind == GATE_RETRACT:
            self._extended_us.pop(a, None)
            self._report_end(a, 1)
        elif kind == GATES_SAFE:
            self._extended_us.clear()
        elif kind == OUT_LINE:
            self._later(self.rng.randrange(1000, 400_000), "drive", a)
        elif kind == OUT_INFEED:
            self._is_infeed_stopped = a == 1
        elif kind == OUT_MERGE and a == 1:
            self._on_release()
        elif kind == DEST_REQUEST and not self._happens(self.mood.host_silent):
            slow = 5_000_000 if self._happens(self.mood.host_late) else 40_000
            answer = self._plan_answer() % 255
            self._later(self.rng.randrange(1000, slow), "deliver", (DESTINATION, b, 0, a, answer))

    def _report_end(self, gate: int, end: int) -> None:
        if 0 <= gate < len(self.layout.gates) and self.layout.has_feedback[gate]:
            self._give(GATE_END, gate, 0)
            if not self._happens(self.mood.end_missing):
                self._later(self.layout.travel_us[gate], "give", GATE_END, gate, end)

    def _on_give(self, kind: int, index: int, a: int = 0) -> None:
        self._give(kind, index, a)

    # --- the line ---

    def _on_drive(self, is_running: int) -> None:
        self._is_running = bool(is_running)
        self._give(DRIVE, 0, is_running)
        if not is_running:
            pause_us = self.rng.randrange(200_000, 3_000_000)
            if self._happens(10 * self.mood.encoder):
                self._encoder = "drifting"
                pause_us = 8_000_000
            self._later(pause_us, "restart")

    def _on_restart(self) -> None:
        """The operator: clears what hangs, releases, resets, chooses what becomes of the parcels, starts."""
        self._encoder = "sound"
        self._give(ESTOP, 0, 0)
        self._give(RESTART_POLICY, 0, self.rng.randrange(2))
        self._give(RESET, 0)
        self._later(300_000, "give", START, 0)
        self._later(301_000, "start")

    def _on_start(self) -> None:
        if not self._is_running:
            self._later(4_000_000, "restart")

    def _on_second(self) -> None:
        """Once a second: what may befall chutes, gates, buttons and the encoder."""
        mood, rng = self.mood, self.rng
        chute = rng.choice(self.layout.sort_chutes * 60 + list(range(self.layout.chutes)))
        gate = rng.randrange(len(self.layout.gates))
        for chance, kind, index, bad, good in (
            (mood.chute_full, CHUTE, chute, 1, 0),
            (mood.chute_disabled, CHUTE, chute, 2, 0),
            (mood.gate_faulty, GATE_HEALTH, gate, 0, 1),
        ):
            if self._happens(chance):
                self._give(kind, index, bad)
                self._later(rng.randrange(1, mood.outage_s) * 1_000_000, "give", kind, index, good)
        if self._happens(mood.estop):
            self._give(ESTOP, 0, 1)
            self._later(rng.randrange(1000, 600_000), "drive", 0)
        if self._happens(mood.stop):
            self._give(STOP, 0)
        if self._happens(mood.encoder):
            self._encoder = rng.choice(["stalled", "fast", "reversed"])
            self._later(rng.randrange(100_000, 2_000_000), "encoder_recovers")
        self._later(1_000_000, "second")

    def _on_encoder_recovers(self) -> None:
        self._encoder = "sound"
