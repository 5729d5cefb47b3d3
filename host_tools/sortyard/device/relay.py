"""What the host does between the boards of one line: it carries tracks over borders, and tells each how the others are.

    relay = Relay(wires_of(line))
    relay.restarted(zone)                      # another boot than was known
    relay.beat(zone, now_us, state, position)  # a HEARTBEAT; relay.stopped(zone) as soon as a board says so
    relay.given(zone, now_us, kind, a)         # an input of its gate logic: buttons and drives are for the others, too
    relay.happened(zone, event, track, detail) # a TRACK; relay.ended(track, outcome)
    relay.hand_over(zone, track, origin, length, bound, facts)
    relay.look(now_us)                         # who has fallen silent?
    relay.speak(zone, session)                 # whatever its board is to be told, and
    relay.speak_of_chutes(zone, session)       # of chutes downstream, behind what the host has said of them
    relay.closed                               # tracks that no board has any more

Every board counts the same belt from its own zero. What that is worth on another board is learnt while the belt stands:
two heartbeats with one position from every board, and all of those are the same place. A board that has restarted has
a zero of its own again, and is dead to the others until it is known: they do not start before.

A hand-over is sent until the board has acknowledged it, over cuts of its link, and one at a time: so a board can tell
the only one that it may get twice, which is the last. So is, on a line with a loop, how a track has ended that the
first board has handed over.

Whether a chute is full by its confirm eye its own board knows. Those upstream have to know it, too: a destination may
have another chute there, which none of them can choose any more once the parcel is past it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from sorter_core import messages
from sorter_core.codes import EVENTS, INPUTS, OUTCOMES
from sortyard.config.line import Line
from sortyard.config.zones import zones_of

SILENT_US = 1_000_000
"""A board that has not been heard for so long is dead to the others."""
FOLLOW_US = 1_500_000
"""A board that does not start within this time after another one stops it."""
ECHO_US = 2_000_000
"""In which a board tells of a command that the host has given."""
_NUMBERS = {name: number for number, name in INPUTS.items()}
PEER, DRIVE = _NUMBERS["PEER"], _NUMBERS["DRIVE"]
BUTTONS = {key: _NUMBERS[key.upper()] for key in ("reset", "start", "stop")}
INDUCTED, STRAY_SEEN, CHUTE_FULL, CHUTE_FREE = (
    next(number for number, one in EVENTS.items() if one == name)
    for name in ("INDUCTED", "STRAY_SEEN", "CHUTE_FULL", "CHUTE_FREE")
)
LOST = next(number for number, name in OUTCOMES.items() if name == "LOST")
STOPPED, ALIVE, DEAD = 0, 1, 2
SAFE_MODE = 255
_MASK = 0x0FFF_FFFF
_MOVING = (1, 2)
"""States of a board that runs or starts."""


class Wires(NamedTuple):
    """What of the whole line is wired to one board: the kinds of input that its buttons give, and the belt's drive."""

    buttons: frozenset[int]
    has_belt: bool
    counts_laps: bool = False
    """It reads the codes of a line with a loop, and keeps them until it is told how their tracks have ended."""


def wires_of(line: Line) -> list[Wires]:
    """For each zone of a line, from the infeed on."""
    return [
        Wires(
            frozenset(kind for key, kind in BUTTONS.items() if key in zone.ecu.pins),
            any(motor.drives == "belt" for motor in zone.line.motor),
            line.recirculation is not None and not zone.stretch.takes_over,
        )
        for zone in zones_of(line)
    ]


class Voice(Protocol):
    """The host's end of a board's conversation, as `sortyard.device.session.Session` has it."""

    @property
    def is_attached(self) -> bool: ...

    @property
    def conversations(self) -> int: ...

    def send(self, kind: int, *fields: int) -> int: ...

    def is_done(self, ticket: int) -> bool: ...


@dataclass
class _Coming:
    """A track that is on its way to a board, or its end; `conversation` and `ticket` of when it was sent last."""

    fields: tuple[int, ...]
    conversation: int = 0
    ticket: int = 0


class Relay:
    """Of a line with these zones, from the infeed on."""

    def __init__(self, wires: Sequence[Wires]) -> None:
        n = len(wires)
        self.owner: dict[int, int] = {}
        """zone of each track that is open"""
        self.closed: deque[int] = deque()
        """for somebody to take away"""
        self._slots: dict[int, int] = {}
        """where the first board keeps the codes of open tracks that it has handed over, plus 1"""
        self.is_alive = [False] * n
        """to the others"""
        self.states: Sequence[Mapping[tuple[int, int], int]] = [{} for _ in wires]
        """what the host itself has said of chutes and gates to each board, by kind of message and number"""
        self._filled: dict[int, int | None] = {}
        """zone whose board has found each chute full by its confirm eye; None: it is free again"""
        self._known: list[dict[int, tuple[int, int]]] = [{} for _ in wires]
        """what each board was told of such a chute: the host's word, and whether it is full"""
        self._wires = list(wires)
        self._to_say: list[deque[tuple[int, ...]]] = [deque() for _ in wires]
        self._coming: list[deque[_Coming]] = [deque() for _ in wires]
        self._conversation = [0] * n
        self._heard_us: list[int | None] = [None] * n
        self._position: list[int | None] = [None] * n
        self._is_resting = [False] * n
        self._zero: list[int | None] = [None] * n
        """what each board counts where the belt stood when all of them were asked"""
        self._state = [0] * n
        self._moving_us: list[int | None] = [None] * n
        """since when each board runs or starts"""
        self._was_alive = [False] * n
        self._is_driven: int | None = None
        self._echoes: dict[tuple[int, int], int] = {}
        """until when a board may tell of a command because the host has given it"""

    # --- what boards say ---

    def restarted(self, zone: int) -> None:
        """A board begins anew: nobody has its tracks any more, and what was on its way to it is not for this one."""
        self._zero[zone] = self._position[zone] = self._moving_us[zone] = None
        self._is_resting[zone] = False
        self._state[zone] = self._conversation[zone] = 0
        self._to_say[zone].clear()
        self._coming[zone].clear()
        self._die(zone)
        self._filled.update({chute: None for chute, by in self._filled.items() if by == zone})
        if not zone:
            self._slots.clear()
        for track in sorted(track for track, owner in self.owner.items() if owner == zone):
            self._close(track)

    def beat(self, zone: int, now_us: int, state: int, position: int) -> None:
        """A board's heartbeat. In safe mode it is there, and runs nothing."""
        self._heard_us[zone] = now_us
        self._is_resting[zone] = position == self._position[zone] and state != SAFE_MODE
        self._position[zone] = position
        if state == SAFE_MODE:
            self._die(zone)
            return
        self._note_state(zone, now_us, state)
        if all(self._is_resting) and None in self._zero:
            self._zero = list(self._position)
        if self._zero[zone] is not None and not self.is_alive[zone]:
            self.is_alive[zone] = self._was_alive[zone] = True
            self._tell_others(zone, ALIVE)

    def _note_state(self, zone: int, now_us: int, state: int) -> None:
        was_moving, is_moving = self._state[zone] in _MOVING, state in _MOVING
        self._state[zone] = state
        if is_moving:
            self._moving_us[zone] = self._moving_us[zone] if was_moving else now_us
            return
        self._moving_us[zone] = None
        is_left_behind = any(since is not None and now_us - since >= FOLLOW_US for since in self._moving_us)
        if was_moving or is_left_behind:
            self._tell_others(zone, STOPPED)

    def stopped(self, zone: int) -> None:
        """A board has stopped the belt."""
        self._state[zone] = 0
        self._moving_us[zone] = None
        self._tell_others(zone, STOPPED)

    def given(self, zone: int, now_us: int, kind: int, a: int) -> None:
        """An input of a board's gate logic: what only this one is wired to the others have to be told."""
        wires = self._wires[zone]
        if kind == DRIVE and wires.has_belt:
            self._is_driven = a
            for other in range(len(self._wires)):
                self._tell_drive(other)
        elif kind in wires.buttons and self._echoes.pop((zone, kind), now_us) <= now_us:
            for other, its in enumerate(self._wires):
                if kind not in its.buttons:
                    self._to_say[other].append((messages.COMMAND, kind, a))

    def happened(self, zone: int, event: int, track: int, detail: int) -> None:
        """A board has a new track, or finds a chute full or free."""
        if event in (INDUCTED, STRAY_SEEN):
            self.owner[track] = zone
        elif event in (CHUTE_FULL, CHUTE_FREE):
            self._filled[detail] = zone if event == CHUTE_FULL else None

    def ended(self, track: int, outcome: int) -> None:
        """A track is disposed of."""
        self.owner.pop(track, None)
        self._tell_end(track, outcome)

    def hand_over(self, zone: int, track: int, origin: int, length: int, bound: int, facts: int) -> None:
        """Carry a track to the next zone; it is closed if nobody knows where it would be there."""
        self.owner[track] = zone + 1
        slot = facts >> 16
        if self._wires[zone].counts_laps and slot:
            self._slots[track] = slot
        here, there = self._zero[zone], self._zero[zone + 1]
        if here is None or there is None:
            self._close(track)
            return
        place = (origin - here + there) & _MASK
        fields = messages.HAND_OVER, track, place, length, bound & 0xFFFF, facts & 0xFFFF
        self._coming[zone + 1].append(_Coming(fields))

    # --- what the host does ---

    def commanded(self, zone: int, now_us: int, kind: int) -> None:
        """The host itself gives a board this command: what the board tells of it is no button."""
        self._echoes[zone, kind] = now_us + ECHO_US

    def look(self, now_us: int) -> None:
        """Boards that have fallen silent are dead to the others."""
        for zone, heard_us in enumerate(self._heard_us):
            if heard_us is not None and now_us - heard_us >= SILENT_US:
                self._die(zone)

    def speak(self, zone: int, session: Voice) -> bool:
        """Give the session what its board is to be told; whether there was anything."""
        if not session.is_attached:
            return False
        if session.conversations != self._conversation[zone]:
            self._conversation[zone] = session.conversations
            self._remind(zone)
        has_said = False
        waiting = self._to_say[zone]
        while waiting and session.send(*waiting[0]):
            waiting.popleft()
            has_said = True
        return self._speak_of_tracks(zone, session) or has_said

    def speak_of_chutes(self, zone: int, session: Voice) -> bool:
        """Tell a board of the chutes downstream that are full, or are not any more; whether there was anything."""
        if not session.is_attached:
            return False
        has_said = False
        known = self._known[zone]
        for chute, by in self._filled.items():
            said = self.states[zone].get((messages.CHUTE, chute), 0), int(by is not None and by > zone)
            if known.get(chute, (said[0], 0)) != said and session.send(messages.CHUTE, chute, max(said)):
                known[chute] = said
                has_said = True
        return has_said

    def _speak_of_tracks(self, zone: int, session: Voice) -> bool:
        coming = self._coming[zone]
        while coming:
            first = coming[0]
            if first.conversation == session.conversations:
                if not session.is_done(first.ticket):
                    return False
                coming.popleft()
                continue
            first.ticket = session.send(*first.fields)
            if not first.ticket:
                return False
            first.conversation = session.conversations
            return True
        return False

    def _remind(self, zone: int) -> None:
        """What the last conversation may have taken with it."""
        self._known[zone] = dict.fromkeys(self._known[zone], (-1, 0))
        self._tell_drive(zone)
        for other, is_alive in enumerate(self.is_alive):
            if other != zone and self._was_alive[other]:
                self._tell(zone, other, ALIVE if is_alive else DEAD)

    def _die(self, zone: int) -> None:
        if self.is_alive[zone]:
            self.is_alive[zone] = False
            self._tell_others(zone, DEAD)

    def _close(self, track: int) -> None:
        if self.owner.pop(track, None) is not None:
            self.closed.append(track)
            self._tell_end(track, LOST)

    def _tell_end(self, track: int, outcome: int) -> None:
        """The first board may forget the code of a track that it has handed over, or has to count a lap."""
        slot = self._slots.pop(track, 0)
        if slot:
            self._coming[0].append(_Coming((messages.TRACK_END, track, slot, outcome)))

    def _tell_drive(self, zone: int) -> None:
        if self._is_driven is not None and not self._wires[zone].has_belt:
            self._to_say[zone].append((messages.COMMAND, DRIVE, self._is_driven))

    def _tell_others(self, zone: int, what: int) -> None:
        for other in range(len(self._wires)):
            if other != zone:
                self._tell(other, zone, what)

    def _tell(self, to: int, zone: int, what: int) -> None:
        self._to_say[to].append((messages.COMMAND, PEER, what + 4 * zone))
