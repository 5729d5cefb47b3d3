"""What `sortyard link` does with the boards that it talks to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress

from sortyard.cli.link_options import Action
from sortyard.cli.link_orders import Asked
from sortyard.config.line import Line
from sortyard.device import board as commands
from sortyard.device.board import Answer, Board
from sortyard.device.errors import LinkError, RefusedError
from sortyard.device.events import (
    Connected,
    Disconnected,
    Event,
    Heartbeat,
    Log,
    PartFigures,
    Statistics,
)
from sortyard.device.line import LineClient
from sortyard.device.line_status import LineStatus
from sortyard.device.targets import Target, connected

Tell = Callable[[int, Event], None]
"""Gets the place of a board among the targets, and what it tells."""


class Talk:
    """One conversation of this program with the boards. `line`: of which these are all boards, None where they are not.

    `status_s`: how often the line's status is told meanwhile; None: at the end only.
    """

    def __init__(
        self,
        targets: Sequence[Target],
        line: Line | None,
        tell: Tell,
        tell_status: Callable[[LineStatus], None],
        wait: float,
        status_s: float | None = None,
    ) -> None:
        self._targets = targets
        self._line = line
        self._tell = tell
        self._tell_status = tell_status
        self._wait = wait
        self._status_s = status_s
        self._host: LineClient | None = None

    async def run(self, ask: Asked, for_s: float | None, answer: Answer | None) -> None:
        """Do what is asked. Raises LinkError."""
        action = ask.action
        async with self._connected(answer) as boards:
            there = await self._attached(boards)
            if action is Action.watch:
                await self._watch(boards, for_s)
            elif action is Action.info:
                await asyncio.gather(*(self._inform(place, board) for place, board in there))
                self._tell_how_it_is()
            elif action is Action.speed:
                await _set_speed([board for _, board in there], ask.mm_s)
            elif ask.states:
                await self._set_states(dict(there), ask.states)
            else:
                await self._command([board for _, board in there], action)
                if action is Action.start and self._host is not None:
                    await self._watch(boards, for_s)  # the line runs as long as it has its host

    @asynccontextmanager
    async def _connected(self, answer: Answer | None) -> AsyncIterator[list[Board]]:
        if self._line is None:
            async with connected(self._targets, answer) as boards:
                yield boards
            return
        async with LineClient(self._line, self._targets, answer=answer) as host:
            self._host = host
            yield host.boards

    async def _attached(self, boards: list[Board]) -> list[tuple[int, Board]]:
        """Those that are there; the others are told of, unless there is none."""
        found = await asyncio.gather(*(one.attached(self._wait) for one in boards), return_exceptions=True)
        there = []
        for place, (board, error) in enumerate(zip(boards, found, strict=True)):
            if error is None:
                there.append((place, board))
            elif not isinstance(error, LinkError) or all(one is not None for one in found):
                raise error
            else:
                self._tell(place, Disconnected(str(error)))
        return there

    async def _watch(self, boards: list[Board], for_s: float | None) -> None:
        """Everything until the time is over. A board whose events nobody takes keeps them itself."""

        async def follow(place: int, board: Board) -> None:
            try:
                async for event in board.events():
                    self._tell(place, event)
            except LinkError as error:
                if len(boards) == 1:
                    raise
                self._tell(place, Disconnected(str(error)))

        async def look() -> None:
            while self._status_s is not None:
                await asyncio.sleep(self._status_s)
                self._tell_how_it_is()

        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(for_s):
                    await asyncio.gather(
                        look(), *(follow(place, board) for place, board in enumerate(boards))
                    )
        finally:
            self._tell_how_it_is()

    async def _set_states(self, there: dict[int, Board], states: dict[int, tuple[int, int, int]]) -> None:
        """Of a chute or a gate, at every board that knows it."""
        await asyncio.gather(
            *(there[place].set_state(*one) for place, one in states.items() if place in there)
        )
        missing = [self._targets[place].name for place in states if place not in there]
        if missing:
            raise LinkError(
                f"{', '.join(missing)}: not connected, and not told", "say it again once it is there"
            )

    def _tell_how_it_is(self) -> None:
        if self._host is not None:
            self._tell_status(self._host.status())

    async def _inform(self, place: int, board: Board) -> None:
        """Who is there, its state, what it has logged, and the figures of its loop and its parts."""
        left = {Connected, Heartbeat, Statistics}
        heard: set[tuple[type, int]] = set()
        parts = 0
        try:
            async with asyncio.timeout(self._wait):
                async for event in board.events():
                    if isinstance(event, PartFigures) and Statistics not in left:
                        heard.add((type(event), event.index))
                        self._tell(place, event)
                    if type(event) in left or isinstance(event, Log):
                        left.discard(type(event))
                        self._tell(place, event)
                        parts = event.parts if isinstance(event, Statistics) else parts
                    if not left and len(heard) >= parts:
                        return
        except TimeoutError:
            return  # a board in safe mode has no loop, and no figures of one

    async def _command(self, boards: list[Board], action: Action) -> None:
        """Every board is told; a line is started when its boards know each other."""
        number = {"start": commands.START, "stop": commands.STOP, "reset": commands.RESET}[action.value]
        if self._host is None or len(boards) < len(self._host.boards):
            await asyncio.gather(*(board.command(number) for board in boards))
            return
        if action is Action.start:
            await self._host.ready(self._wait)
        await self._host.command(number)


async def _set_speed(boards: list[Board], mm_s: int) -> None:
    """A speed is for the board that drives the belt; who it is, they say themselves."""
    refused: list[RefusedError] = []
    for board in boards:
        try:
            await board.set_speed(mm_s)
        except RefusedError as error:
            refused.append(error)
    if len(refused) == len(boards):
        raise next((one for one in refused if "allowed" in str(one)), refused[0])
