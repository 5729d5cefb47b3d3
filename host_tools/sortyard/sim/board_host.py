"""The host's end of one board's link in a simulation: a session, what the host has to say, and the link's faults."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from sorter_core import messages
from sortyard.device.session import Message, Session
from sortyard.sim.outside_host import OutsideHost
from sortyard.sim.station_line import StationVoice
from sortyard.sim.wire_faults import BoardFaults, WireFaults

States = dict[tuple[int, int], int]
"""Last state of each chute and gate: by kind of message and number."""


class Order(NamedTuple):
    """What the host of the board that drives the belt has to say by itself, and at which time of the simulation."""

    at_us: int
    kind: int
    fields: tuple[int, ...]


_UNTOLD = {messages.CHUTE: 0, messages.GATE: 1}
"""What a board takes for granted as long as nobody tells it: chutes are free, gates are healthy."""


class BoardHost:
    """Talks to one boot of a board. `states` outlives it: the next boot is told what it cannot know."""

    def __init__(
        self, session: Session | OutsideHost | StationVoice, states: States, faults: WireFaults | BoardFaults
    ) -> None:
        self._session = session
        self._states = states
        self._faults = faults
        self._to_say: deque[tuple[int, ...]] = deque()
        """what the host has to say, once it is connected"""
        self._known: States = {}
        """what the board has acknowledged"""
        self._sent: deque[tuple[int, tuple[int, int], int]] = deque()
        """states on their way, each with its ticket"""
        self._was_attached = False

    def say(self, kind: int, *fields: int) -> None:
        """Say this, now or when the board is connected."""
        if kind in _UNTOLD:
            self._states[kind, fields[0]] = fields[1]
        self._to_say.append((kind, *fields))

    def exchange(self, data: bytes, now_us: int, accept: Callable[[Message], bool]) -> bytes:
        """Take what the board has written; what it gets to read. `accept` as in `Session.feed`."""
        session = self._session
        heard = self._faults.carried(data) if data else data
        if heard:
            session.feed(heard, now_us, accept)
        is_attached = session.is_attached
        if is_attached and not self._was_attached:
            self._sent.clear()
            self._to_say.extendleft(self._news())
        self._was_attached = is_attached
        if self._to_say or self._sent:
            self._send()
        said = session.outgoing(now_us)
        return self._faults.carried(said) if said else said

    def _news(self) -> list[tuple[int, ...]]:
        """States that the board does not know for certain."""
        return [
            (*key, state)
            for key, state in self._states.items()
            if self._known.get(key, _UNTOLD[key[0]]) != state
        ]

    def _send(self) -> None:
        session, sent = self._session, self._sent
        while self._to_say:
            kind, *fields = self._to_say[0]
            ticket = session.send(kind, *fields)
            if not ticket:
                break
            self._to_say.popleft()
            if kind in _UNTOLD:
                sent.append((ticket, (kind, fields[0]), fields[1]))
        while sent and session.is_done(sent[0][0]):
            _, key, state = sent.popleft()
            self._known[key] = state
