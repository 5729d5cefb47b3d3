"""A board's host in asyncio: connects and connects again, answers destinations, hands out what the board tells.

    async with BoardClient(parse_address("/dev/ttyACM0"), answer=answer_by(site.host_plan)) as board:
        await board.attached(5.0)              # or an error that says why not
        await board.command(START)             # returns when the board has it
        async for event in board.events():     # see `sortyard.device.events`
            ...

Nothing that the board keeps gets lost on the way: a message is acknowledged when it is in the queue of events, and when
the queue is full, because its reader is slow, it stays with the board. Edges and commands of gates drop then, counted.
"""

from __future__ import annotations

import asyncio
import inspect
import random
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress

from sorter_core import messages
from sorter_core.codes import INPUTS
from sortyard.config.plan import HostPlan
from sortyard.device.address import Address
from sortyard.device.clock import BoardClock, TurnClock
from sortyard.device.errors import (
    ConfigError,
    LinkError,
    NotConfirmedError,
    NoWireError,
    ProtocolError,
    RefusedError,
    SilentError,
)
from sortyard.device.events import (
    At,
    Connected,
    Disconnected,
    Event,
    Request,
    SpeedSet,
    Statistics,
    events_of,
)
from sortyard.device.session import Message, Session
from sortyard.device.wires import Wire, open_wire

RESET, START, STOP = (
    next(n for n, name in INPUTS.items() if name == word) for word in ("RESET", "START", "STOP")
)
QUEUE = 4096
"""Events that wait for their reader."""
ANSWERS = 64
"""Questions that wait for their answers."""
HELD_TOO_LONG_US = 65_535
"""What a board says when it held the question for so long or longer."""
TICK_S = 0.01
SPEED_ANSWER_S = 3.0
"""From a speed that is acknowledged to what the board says of it, at most; it tells what it has kept before."""
_CLOSED = "the connection was closed"
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 5.0
"""Between two attempts to connect: it doubles."""
QUICK_ASKS, QUICK_ASK_US, ASK_US = 8, 250_000, 2_000_000
"""How often the board's clock is asked for, at first and later."""

Answer = Callable[[Request], "int | Awaitable[int]"]
"""Group of the plan, from 1; 0: nobody knows the code."""


def answer_by(plan: HostPlan) -> Answer:
    """The sort plan as it decides on the host."""

    def answer(request: Request) -> int:
        found = plan.decide(request.code)
        return found[0] + 1 if found else 0

    return answer


def _now_us() -> int:
    return time.monotonic_ns() // 1000


class BoardClient:
    """One board. `expected_hash`: of the configuration that it must have, "" for any (see `config.ecu_image`)."""

    def __init__(
        self, address: Address, *, answer: Answer | None = None, expected_hash: str = "", queue: int = QUEUE
    ) -> None:
        self.address = address
        self.session = Session()
        self.statistics: Statistics | None = None
        self.clock = BoardClock()
        self.dropped = 0
        """events that found no room and that the board does not keep"""
        self.connections = 0
        self.answer_us: deque[int] = deque(maxlen=QUEUE)
        """from a question's last byte to its answer's first, the last ones"""
        self._answer = answer
        self._expected_hash = expected_hash
        self._most = queue
        self._turns = TurnClock()
        self._events: asyncio.Queue[Event] = asyncio.Queue()
        self._kick = asyncio.Event()
        self._is_over = False
        self._was_attached = False
        self._restarts = 0
        self._bytes = 0
        self._trouble: LinkError | None = None
        self._fatal: LinkError | None = None
        self._commands: dict[int, tuple[asyncio.Future[None], str]] = {}
        self._answers: set[asyncio.Future[int]] = set()
        self._speeds: list[tuple[int, asyncio.Future[SpeedSet]]] = []
        self._asked: tuple[int, int] | None = None
        self._asks = 0
        self._epoch_us = time.time_ns() // 1000 - _now_us()

    async def __aenter__(self) -> BoardClient:
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._is_over = True
        for one in self._answers:
            one.cancel()
        self._task.cancel()
        await asyncio.wait({self._task})

    # --- for its user ---

    async def attached(self, timeout_s: float) -> None:
        """Wait for a conversation. Raises the LinkError that says best why there is none."""
        end = time.monotonic() + timeout_s
        while not self.session.is_attached:
            if self._fatal is not None:
                raise self._fatal
            if time.monotonic() >= end:
                raise self._trouble or self._silence()
            await asyncio.sleep(TICK_S)

    async def events(self) -> AsyncIterator[Event]:
        """Everything that happens from now on, reconnects included. Raises LinkError where trying again cannot help."""
        while True:
            if self._fatal is not None and self._events.empty():
                raise self._fatal
            event = None
            with suppress(TimeoutError):
                async with asyncio.timeout(0.1):
                    event = await self._events.get()
            if event is not None:
                yield event

    async def command(self, command: int, value: int = 0) -> None:
        """RESET, START or STOP; returns when the board has it. Raises LinkError, NotConfirmedError."""
        await self.say(INPUTS[command].lower(), messages.COMMAND, command, value)

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
            raise LinkError(f"{what}: the board is not connected", "wait until it is") from self._trouble
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._commands[ticket] = future, what
        self._kick.set()
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

    # --- connecting ---

    async def _run(self) -> None:
        pause = FIRST_PAUSE_S
        while not self._is_over and self._fatal is None:
            try:
                wire = await open_wire(self.address)
            except LinkError as error:
                self._trouble = error
            else:
                self._trouble = None
                try:
                    reason = await self._serve(wire)
                finally:
                    wire.close()
                    self._cut()
                if self._was_attached:
                    pause = FIRST_PAUSE_S
                elif not self._bytes and reason == _CLOSED:
                    self._trouble = NoWireError(
                        f"{self.address.text} closes the connection at once",
                        "a board has one host at a time: end the other one",
                    )
                self._note_state(reason)
            if self._fatal is None:
                await asyncio.sleep(pause * random.uniform(0.8, 1.2))
                pause = min(2 * pause, LONGEST_PAUSE_S)

    async def _serve(self, wire: Wire) -> str:
        """One wire until it has gone; why."""
        session = self.session
        session.heard_us, self._bytes = _now_us(), 0
        reading: asyncio.Task[bytes] = asyncio.create_task(wire.read())
        kicked = asyncio.create_task(self._kick.wait())
        try:
            while not self._is_over and self._fatal is None:
                self._ask_time()
                data = session.outgoing(_now_us())
                if data:
                    await wire.write(data)
                done, _ = await asyncio.wait({reading, kicked}, timeout=TICK_S, return_when="FIRST_COMPLETED")
                if kicked in done:
                    self._kick.clear()
                    kicked = asyncio.create_task(self._kick.wait())
                if reading in done:
                    data = reading.result()
                    if not data:
                        return _CLOSED
                    self._hear(data)
                    reading = asyncio.create_task(wire.read())
                if session.is_silent(_now_us()):
                    self._fall_silent()
                    if wire.patience_us is not None and _now_us() - session.heard_us > wire.patience_us:
                        return "the board has fallen silent"
            return "given up"
        except (OSError, TimeoutError) as error:
            return f"the connection is broken: {error or type(error).__name__}"
        finally:
            reading.cancel()
            kicked.cancel()

    def _hear(self, data: bytes) -> None:
        self._bytes += len(data)
        self.session.feed(data, _now_us(), self._accept)
        self._judge_hello()
        self._note_state("the board has begun anew")
        for ticket in [one for one in self._commands if self.session.is_done(one)]:
            self._commands.pop(ticket)[0].set_result(None)

    def _fall_silent(self) -> None:
        if self.session.is_attached:
            self._cut()
            self._note_state("the board has fallen silent")

    def _cut(self) -> None:
        """The conversation is over: commands that were on their way are not sent again."""
        self.session.cut()
        self._asked = None
        for future, what in self._commands.values():
            if not future.done():
                future.set_exception(NotConfirmedError(what))
        self._commands.clear()

    def _note_state(self, reason: str) -> None:
        """Tell of a conversation that has begun or ended."""
        session = self.session
        if session.is_attached == self._was_attached:
            return
        self._was_attached = session.is_attached
        if not session.is_attached:
            self._cut()
            self._events.put_nowait(Disconnected(reason))
            return
        assert session.hello is not None, "a conversation begins with a HELLO"
        is_new = session.restarts != self._restarts or not self.connections
        self._restarts = session.restarts
        self.connections += 1
        if is_new:
            self.clock, self._turns, self._asks = BoardClock(), TurnClock(), 0
        self._events.put_nowait(Connected(session.hello, is_new))

    def _judge_hello(self) -> None:
        """A board that is the wrong one stays so, however often one connects."""
        hello, foreign = self.session.hello, self.session.reader.foreign
        ours = messages.PROTOCOL
        if hello is not None and hello.protocol != ours:
            self._fatal = ProtocolError(
                f"{self.address.text}: the board speaks version {hello.protocol} of the link, this host {ours}",
                "put firmware on the board that is of the same release as this program",
            )
        elif hello is None and foreign >= 0:
            self._fatal = ProtocolError(
                f"{self.address.text}: frames of version {foreign} come, this host knows none but its own",
                "put firmware on the board that is of the same release as this program",
            )
        elif (
            hello is not None and self._expected_hash and hello.config_hash not in ("-", self._expected_hash)
        ):
            self._fatal = ConfigError(
                f"{self.address.text}: the board ({hello.line}, {hello.ecu}) has configuration {hello.config_hash}, "
                f"the line file makes {self._expected_hash}",
                "put the line file's configuration on the board, or name the line file that it has",
            )

    def _silence(self) -> LinkError:
        """Why there is no conversation though the wire is open."""
        where = self.address.text
        if not self._bytes:
            return SilentError(
                f"{where} is open, and nothing comes", "check that the board has its firmware and runs it"
            )
        if not self.session.reader.frames:
            return SilentError(
                f"{where}: {self._bytes} bytes came, and no whole frame of the link among them",
                "check that this is the board's link and no console or scanner, and the baud rate of a UART",
            )
        return SilentError(
            f"{where}: the board is there and does not answer", "look whether another host is connected to it"
        )

    # --- what the board says ---

    def _accept(self, message: Message) -> bool:
        """Take a message, or leave it with the board."""
        self._note_state("")
        if message.kind == messages.TIME_TELL:
            self._set_clock(message)
            return True
        if message.kind == messages.HEARTBEAT:
            self._turns.pair(message.fields[5], message.fields[2])
        room = self._most - self._events.qsize()
        found = list(events_of(message, self.when))
        if message.is_kept and len(found) > room:
            return False
        for event in found:
            if isinstance(event, Request) and not self._answer_to(event):
                return False
            if isinstance(event, Statistics):
                self.statistics = event
            if isinstance(event, SpeedSet):
                self._note_speed(event)
        for event in found[:room]:
            self._events.put_nowait(event)
        self.dropped += len(found) - len(found[:room])
        return True

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
        heard_us = _now_us()
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
            self.answer_us.append(_now_us() - heard_us)
            self._kick.set()

    # --- the board's clock ---

    def _ask_time(self) -> None:
        now = _now_us()
        pause = QUICK_ASK_US if self._asks < QUICK_ASKS else ASK_US
        if self.session.is_attached and (self._asked is None or now - self._asked[1] >= pause):
            self._asks += 1
            self._asked = self._asks & 0xFF, now
            self.session.post(messages.TIME_ASK, self._asked[0])

    def _set_clock(self, message: Message) -> None:
        """A round trip is complete."""
        answered_us = _now_us()
        token, heard, held_us = message.fields
        heard_us = self._turns.unwrapped(heard)
        if self._asked is None or token != self._asked[0] or heard_us is None or held_us == HELD_TOO_LONG_US:
            return
        self.clock.sample(self._asked[1], heard_us, heard_us + held_us, answered_us)
