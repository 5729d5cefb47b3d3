"""The host of a whole line: a conversation with every board, and between them what they have to tell each other.

    async with LineClient(site.line, targets, answer=answer_by(site.host_plan)) as host:
        await host.ready(10.0)                 # every board is there, and known to the others
        await host.command(START)
        async for event in host.boards[1].events():
            ...
        host.status()

A parcel that leaves a board's stretch is handed over to the next board through this host: it must run while the line
does, for boards without it stop. `sortyard check` computes how long a hand-over may take; what it did take is told
with each (`HandedOver`). A track that no board has any more, because its board has restarted or because nobody could
say where it would be, is disposed of here: LOST, REBOOT.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress

from sorter_core import messages
from sorter_core.codes import INPUTS, OUTCOMES, OUTPUTS, REASONS
from sortyard.config.border_figures import border_figures
from sortyard.config.line import Line
from sortyard.config.zones import zones_of
from sortyard.device.board import QUEUE, Answer, Board, now_us
from sortyard.device.errors import LinkError
from sortyard.device.events import At, Disposition, HandedOver
from sortyard.device.latency import Latency
from sortyard.device.line_status import LineStatus, board_status, border_status
from sortyard.device.relay import Relay, wires_of
from sortyard.device.session import Message, records_of
from sortyard.device.targets import Target, connected

TICK_S = 0.01
"""How often somebody looks whether a board has fallen silent."""
_LOW_BITS = 14
"""Of a turn in a hand-over."""
_LINE_OUT = messages.RECORD_OUT + next(n for n, name in OUTPUTS.items() if name == "LINE")
_HANDED = next(n for n, name in INPUTS.items() if name == "HANDED")
_LOST = next(n for n, name in OUTCOMES.items() if name == "LOST")
_REBOOT = next(n for n, name in REASONS.items() if name == "REBOOT")


class _Ear:
    """What becomes of one board's conversation, for the line."""

    def __init__(self, host: LineClient, zone: int) -> None:
        self._host = host
        self._zone = zone

    def met(self, is_new: bool) -> None:
        if is_new:
            self._host.relay.restarted(self._zone)

    def took(self, message: Message) -> None:
        self._host.took(self._zone, message)

    def heard(self) -> None:
        self._host.speak()


class LineClient:
    """`targets`: where the board of each zone of the line is, by its `ecu`; see `Board` for `answer` and `queue`."""

    def __init__(
        self, line: Line, targets: Sequence[Target], *, answer: Answer | None = None, queue: int = QUEUE
    ) -> None:
        by_ecu = {one.ecu: one for one in targets}
        self.targets = [by_ecu[zone.ecu.name] for zone in zones_of(line)]
        self.boards: list[Board] = []
        self.relay = Relay(wires_of(line))
        self._borders = border_figures(line)
        self._latencies = [Latency(one.deadline_ms, one.link_ms) for one in self._borders]
        self._told: dict[int, At | None] = {}
        """when the board upstream had told a track that is on its way"""
        self._answer = answer
        self._queue = queue
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> LineClient:
        self.boards = await self._stack.enter_async_context(
            connected(self.targets, self._answer, self._queue)
        )
        self.relay.states = [board.states for board in self.boards]
        for zone, board in enumerate(self.boards):
            board.listener = _Ear(self, zone)
        self._watch = asyncio.create_task(self._look())
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._watch.cancel()
        with suppress(asyncio.CancelledError):
            await self._watch
        await self._stack.aclose()

    # --- for its user ---

    async def ready(self, timeout_s: float) -> None:
        """Wait until the line can be started: every board is there, and the belt has stood long enough.

        Raises the LinkError that says who is missing.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                while not all(self.relay.is_alive):
                    await asyncio.sleep(TICK_S)
                return
        await asyncio.gather(*(board.attached(0) for board in self.boards))
        missing = [
            one.name for one, is_there in zip(self.targets, self.relay.is_alive, strict=True) if not is_there
        ]
        raise LinkError(
            f"{', '.join(missing)}: connected, and not known to the other boards",
            "let the belt stand for a second; look at the state of a board that says safe mode",
        )

    async def command(self, command: int) -> None:
        """RESET, START or STOP for every board; returns when all have it. Raises LinkError, NotConfirmedError."""
        for zone in range(len(self.boards)):
            self.relay.commanded(zone, now_us(), command)
        await asyncio.gather(*(board.command(command) for board in self.boards))

    def status(self) -> LineStatus:
        """How boards and borders do now."""
        names = [one.ecu for one in self.targets]
        return LineStatus(
            [board_status(*one) for one in zip(names, self.boards, self.relay.is_alive, strict=True)],
            [border_status(*one) for one in zip(self._borders, self._latencies, strict=True)],
        )

    # --- what boards say ---

    def took(self, zone: int, message: Message) -> None:
        """A board has said this."""
        relay, fields, now = self.relay, message.fields, now_us()
        if message.kind == messages.HEARTBEAT:
            relay.beat(zone, now, fields[0], fields[3])
        elif message.kind == messages.HAND_OVER:
            self._hand_over(zone, message)
        elif message.kind == messages.TRACK:
            relay.happened(zone, fields[0], fields[1], fields[2])
        elif message.kind == messages.DISPOSITION:
            relay.ended(fields[0], fields[1] & 15)
        elif message.kind == messages.RECORDS:
            for turn, (tag, *values) in records_of(message):
                if tag == _HANDED:
                    self._arrived(zone, turn, values[2])
                elif tag < messages.RECORD_OUT:
                    relay.given(zone, now, tag, values[2])
                elif tag == _LINE_OUT and not values[0]:
                    relay.stopped(zone)
        self.speak()

    def _hand_over(self, zone: int, message: Message) -> None:
        track, _, _, bound, _ = message.fields
        self._told[track] = self.boards[zone].when_low(bound >> 16, _LOW_BITS)
        if message.tail:
            self.boards[zone + 1].codes[track] = message.tail
        self.relay.hand_over(zone, *message.fields)

    def speak(self) -> None:
        """Whatever boards are to be told, and what has come of that."""
        for zone, board in enumerate(self.boards):
            has_said = self.relay.speak(zone, board.session)
            if self.relay.speak_of_chutes(zone, board.session) or has_said:
                board.kick.set()
        while self.relay.closed:
            track = self.relay.closed.popleft()
            self._told.pop(track, None)
            board = next((one for one in self.boards if track in one.codes), self.boards[0])
            board.tell(Disposition(None, track, _LOST, _REBOOT, -1, False, b"", 0))

    def _arrived(self, zone: int, turn: int, track: int) -> None:
        """The gate logic of a board has got a track from the board upstream."""
        begun, ended = self._told.pop(track, None), self.boards[zone].when(turn)
        if begun is None or ended is None:
            return
        latency = self._latencies[zone - 1]
        ms, error_ms = 1000 * (ended.s - begun.s), 1000 * (begun.error_s + ended.error_s)
        latency.add(max(0.0, ms), error_ms)
        limits = round(latency.deadline_ms, 1), round(latency.link_ms, 1)
        self.boards[zone].tell(HandedOver(ended, track, round(ms, 1), round(error_ms, 1), *limits))

    async def _look(self) -> None:
        while True:
            self.relay.look(now_us())
            self.speak()
            await asyncio.sleep(TICK_S)
