"""A board as the programs of its host see it: events, commands, clock. What carries its bytes is a `carrier`.

    await board.attached(5.0)                  # or an error that says why not
    await board.command(START)                 # returns when the board has it
    async for event in board.events():         # see `sortyard.device.events`
        ...

Nothing that the board keeps gets lost on the way: a message is acknowledged when it is in the queue of events, and when
the queue is full, because its reader is slow, it stays with the board. Edges and commands of gates drop then, counted.
"""

from __future__ import annotations

import asyncio
import inspect
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from typing import Protocol

from sorter_core import messages
from sorter_core.codes import INPUTS
from sortyard.config.plan import HostPlan
from sortyard.device.clock import BoardClock, TurnClock
from sortyard.device.errors import LinkError, NotConfirmedError, RefusedError
from sortyard.device.events import (
    At,
    Connected,
    Disconnected,
    Disposition,
    Event,
    MotorFigures,
    Request,
    ScannerFigures,
    SpeedSet,
    Statistics,
    events_of,
)
from sortyard.device.session import Message, Session
from sortyard.device.trouble import why_hopeless, why_silent

RESET, START, STOP = (
    next(n for n, name in INPUTS.items() if name == word) for word in ("RESET", "START", "STOP")
)
CHUTE_STATES = {"free": 0, "full": 1, "disabled": 2}
GATE_STATES = {"faulty": 0, "healthy": 1}
_AT_BOOT = {messages.CHUTE: 0, messages.GATE: 1}
"""What a board takes for granted until it is told: chutes are free, gates are healthy."""
QUEUE = 4096
"""Events that wait for their reader."""
ANSWERS = 64
"""Questions that wait for their answers."""
HELD_TOO_LONG_US = 65_535
"""What a board says when it held the question for so long or longer."""
TICK_S = 0.01
SPEED_ANSWER_S = 3.0
"""From a speed that is acknowledged to what the board says of it, at most; it tells what it has kept before."""
QUICK_ASKS, QUICK_ASK_US, ASK_US = 8, 250_000, 2_000_000
"""How often the board's clock is asked for, at first and later."""
SILENCE = "the board has fallen silent"

Answer = Callable[[Request], "int | Awaitable[int]"]
"""Group of the plan, from 1; 0: nobody knows the code."""


def answer_by(plan: HostPlan) -> Answer:
    """The sort plan as it decides on the host."""

    def answer(request: Request) -> int:
        found = plan.decide(request.code)
        return found[0] + 1 if found else 0

    return answer


def now_us() -> int:
    """The clock by which hosts count: that of the event loop which runs them."""
    return int(1e6 * asyncio.get_running_loop().time())


class Listener(Protocol):
    """Who has to know at once what becomes of a board's conversation: see `Board.listener`."""

    def met(self, is_new: bool) -> None:
        """A conversation has begun. `is_new`: it does not go on from the one before."""
        ...

    def took(self, message: Message) -> None:
        """The board has said this, and it is acknowledged."""
        ...

    def heard(self) -> None:
        """Some bytes have been taken: what was sent may be acknowledged."""
        ...


class Board:
    """`name` is for errors; `expected_hash`: of the configuration that it must have (`config.ecu_image`), "" any."""

    def __init__(
        self,
        name: str,
        session: Session,
        *,
        answer: Answer | None = None,
        expected_hash: str = "",
        queue: int = QUEUE,
    ) -> None:
        self.name = name
        self.session = session
        self.statistics: Statistics | None = None
        self.scanners: dict[int, ScannerFigures] = {}
        """what each has counted, as far as it was told"""
        self.motors: dict[int, MotorFigures] = {}
        """likewise, and its current"""
        self.clock = BoardClock()
        self.dropped = 0
        """events that found no room and that the board does not keep"""
        self.connections = 0
        self.answer_us: deque[int] = deque(maxlen=QUEUE)
        """from a question's last byte to its answer's first, the last ones"""
        self.listener: Listener | None = None
        self.codes: dict[int, bytes] = {}
        """of tracks that another board has read: its dispositions are told with them"""
        self.state: int | None = None
        """of the line, as the board's last heartbeat has it"""
        self.waiting = 0
        """messages that the board keeps, likewise"""
        self.fatal: LinkError | None = None
        """why trying again cannot help"""
        self.trouble: LinkError | None = None
        """why there is no wire"""
        self.kick = asyncio.Event()
        """set when there is something to send at once"""
        self.heard_bytes = 0
        self.was_attached = False
        self._answer = answer
        self._expected_hash = expected_hash
        self._most = queue
        self._turns = TurnClock()
        self._events: asyncio.Queue[Event] = asyncio.Queue()
        self._restarts = 0
        self._commands: dict[int, tuple[asyncio.Future[None], str]] = {}
        self._answers: set[asyncio.Future[int]] = set()
        self.states: dict[tuple[int, int], int] = {}
        """what this host has said of chutes and gates, by kind of message and number"""
        self._speeds: list[tuple[int, asyncio.Future[SpeedSet]]] = []
        self._asked: tuple[int, int] | None = None
        self._asks = 0
        self._epoch_us = time.time_ns() // 1000 - now_us()

    # --- for its user ---

    async def attached(self, timeout_s: float) -> None:
        """Wait for a conversation. Raises the LinkError that says best why there is none."""
        end_us = now_us() + 1e6 * timeout_s
        while not self.session.is_attached:
            if self.fatal is not None:
                raise self.fatal
            if now_us() >= end_us:
                raise self.trouble or why_silent(self.name, self.session, self.heard_bytes)
            await asyncio.sleep(TICK_S)

    async def events(self) -> AsyncIterator[Event]:
        """Everything that happens from now on, reconnects included. Raises LinkError where trying again cannot help."""
        while True:
            if self.fatal is not None and self._events.empty():
                raise self.fatal
            event = None
            with suppress(TimeoutError):
                async with asyncio.timeout(0.1):
                    event = await self._events.get()
            if event is not None:
                yield event

    async def command(self, command: int, value: int = 0) -> None:
        """RESET, START or STOP; returns when the board has it. Raises LinkError, NotConfirmedError."""
        await self.say(INPUTS[command].lower(), messages.COMMAND, command, value)

    async def set_chute(self, chute: int, state: str) -> None:
        """Say that a chute is "free", "full" or "disabled", by its number on the line; see `set_state`."""
        await self.set_state(messages.CHUTE, chute, CHUTE_STATES[state])

    async def set_gate(self, gate: int, state: str) -> None:
        """Say that a diverter is "healthy" or "faulty", by its number on the board; see `set_state`."""
        await self.set_state(messages.GATE, gate, GATE_STATES[state])

    async def set_state(self, kind: int, part: int, state: int) -> None:
        """Say it by the numbers of the link, CHUTE or GATE; returns when the board has it, and says it again to every
        boot that comes, as long as this host is there. Raises LinkError, NotConfirmedError."""
        self.states[kind, part] = state
        await self.say(f"{messages.FIELDS[kind][0].lower()} {part}", kind, part, state)

    async def set_speed(self, mm_s: int) -> None:
        """Let the belt go to another speed, 1 to 65,535 mm/s; returns when the board has taken it, before it is there.

        Raises RefusedError with the reason, LinkError, NotConfirmedError.
        """
        what = f"speed {mm_s} mm/s"
        if not 0 < mm_s < 1 << 16:
            raise RefusedError(f"{what}: no belt runs at that", "give 1 to 65,535 mm/s")
        answer: asyncio.Future[SpeedSet] = asyncio.get_running_loop().create_future()
        self._speeds.append((mm_s, answer))
        try:
            await self.say(what, messages.SPEED, mm_s)
            async with asyncio.timeout(SPEED_ANSWER_S):
                told = await answer
        except TimeoutError:
            raise NotConfirmedError(what) from None
        finally:
            self._speeds.remove((mm_s, answer))
        if told.why:
            raise RefusedError(f"{what} is refused: {told.why}", f"the belt goes to {told.aim_mm_s} mm/s")

    async def say(self, what: str, kind: int, *fields: int) -> None:
        """Any message that the board is to have; `what` names it in errors."""
        ticket = self.session.send(kind, *fields)
        if not ticket:
            raise LinkError(f"{what}: the board is not connected", "wait until it is") from self.trouble
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._commands[ticket] = future, what
        self.kick.set()
        await future

    def when(self, turn: int) -> At | None:
        """The host's time of a turn of the board's loop."""
        on_board = self._turns.ticks(turn)
        if on_board is None:
            return None
        on_host = self.clock.host_us(on_board[0])
        if on_host is None:
            return None
        return At((on_host[0] + self._epoch_us) / 1e6, (on_host[1] + on_board[1]) / 1e6)

    def when_low(self, low: int, bits: int) -> At | None:
        """The same of the last turn whose number ends in these bits, low ones."""
        turn = self._turns.last_turn
        if turn is None:
            return None
        half = 1 << bits - 1
        return self.when(turn + (low - turn + half) % (2 * half) - half)

    @property
    def clock_error_s(self) -> float | None:
        """How far off the time of what happens now may be; None before it is known."""
        turn = self._turns.last_turn
        at = None if turn is None else self.when(turn)
        return None if at is None else at.error_s

    # --- for what carries its bytes ---

    def close(self) -> None:
        """Nobody waits for answers any more."""
        for one in self._answers:
            one.cancel()

    def begin(self) -> None:
        """A wire is open."""
        self.session.heard_us, self.heard_bytes = now_us(), 0
        self.trouble = None

    def heard(self) -> None:
        """Some bytes of its wire have been taken."""
        self.fatal = self.fatal or why_hopeless(self.name, self.session, self._expected_hash)
        self.note_state("the board has begun anew")
        for ticket in [one for one in self._commands if self.session.is_done(one)]:
            self._commands.pop(ticket)[0].set_result(None)
        if self.listener is not None:
            self.listener.heard()

    def cut(self) -> None:
        """The conversation is over: commands that were on their way are not sent again."""
        self.session.cut()
        self._asked = None
        for future, what in self._commands.values():
            if not future.done():
                future.set_exception(NotConfirmedError(what))
        self._commands.clear()

    def note_state(self, reason: str) -> None:
        """Tell of a conversation that has begun or ended."""
        session = self.session
        if session.is_attached == self.was_attached:
            return
        self.was_attached = session.is_attached
        if not session.is_attached:
            self.cut()
            self._events.put_nowait(Disconnected(reason))
            return
        assert session.hello is not None, "a conversation begins with a HELLO"
        is_new = session.restarts != self._restarts or not self.connections
        self._restarts = session.restarts
        self.connections += 1
        if is_new:
            self.clock, self._turns, self._asks = BoardClock(), TurnClock(), 0
        for (kind, part), state in self.states.items():
            if state != _AT_BOOT[kind]:
                session.send(kind, part, state)
        self._events.put_nowait(Connected(session.hello, is_new))
        if self.listener is not None:
            self.listener.met(is_new)

    def tell(self, event: Event) -> None:
        """Put an event into the queue of its reader."""
        if isinstance(event, Disposition):
            code = self.codes.pop(event.track, b"")
            event = event if event.code else replace(event, code=code)
        self._events.put_nowait(event)

    def ask_time(self) -> None:
        """Ask for its clock, if it is time for that."""
        now = now_us()
        pause = QUICK_ASK_US if self._asks < QUICK_ASKS else ASK_US
        if self.session.is_attached and (self._asked is None or now - self._asked[1] >= pause):
            self._asks += 1
            self._asked = self._asks & 0xFF, now
            self.session.post(messages.TIME_ASK, self._asked[0])

    def accept(self, message: Message) -> bool:
        """Take a message, or leave it with the board."""
        self.note_state("")
        if message.kind == messages.TIME_TELL:
            self._set_clock(message)
            return True
        if message.kind == messages.HEARTBEAT:
            self._turns.pair(message.fields[5], message.fields[2])
            self.state, self.waiting = message.fields[0], message.fields[4]
        room = self._most - self._events.qsize()
        found = list(events_of(message, self.when))
        if message.is_kept and len(found) > room:
            return False
        for event in found:
            if isinstance(event, Request) and not self._answer_to(event):
                return False
            if isinstance(event, Statistics):
                self.statistics = event
            if isinstance(event, ScannerFigures):
                self.scanners[event.index] = event
            if isinstance(event, MotorFigures):
                self.motors[event.index] = event
            if isinstance(event, SpeedSet):
                self._note_speed(event)
        if self.listener is not None:
            self.listener.took(message)
        for event in found[:room]:
            self.tell(event)
        self.dropped += len(found) - len(found[:room])
        return True

    # --- answers and clock ---

    def _note_speed(self, told: SpeedSet) -> None:
        """Who has asked for this speed first knows what has become of it."""
        for mm_s, answer in self._speeds:
            if mm_s == told.asked_mm_s and not answer.done():
                answer.set_result(told)
                return

    def _answer_to(self, request: Request) -> bool:
        """Answer now, or when the answer is there; False: too many wait already."""
        if self._answer is None:
            return True
        if len(self._answers) >= ANSWERS:
            return False
        heard_us = now_us()
        answer = self._answer(request)
        if not inspect.isawaitable(answer):
            self._send_answer(request, answer, heard_us)
            return True
        future = asyncio.ensure_future(answer)
        self._answers.add(future)

        def answered(done: asyncio.Future[int]) -> None:
            self._answers.discard(done)
            if not done.cancelled() and done.exception() is None:
                self._send_answer(request, done.result(), heard_us)

        future.add_done_callback(answered)
        return True

    def _send_answer(self, request: Request, group: int, heard_us: int) -> None:
        if self.session.send(messages.DEST_ANSWER, request.track, group, request.slot):
            self.answer_us.append(now_us() - heard_us)
            self.kick.set()

    def _set_clock(self, message: Message) -> None:
        """A round trip is complete."""
        answered_us = now_us()
        token, heard, held_us = message.fields
        heard_us = self._turns.unwrapped(heard)
        if self._asked is None or token != self._asked[0] or heard_us is None or held_us == HELD_TOO_LONG_US:
            return
        self.clock.sample(self._asked[1], heard_us, heard_us + held_us, answered_us)
