"""Connects a wire, and connects it again, and carries the bytes of the boards that hang on it.

carrier = Carrier(address, boards, feed, outgoing)      # feed(data, now_us), outgoing(now_us) -> data
carrier.start(); await carrier.stop()
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence

from sortyard.device.address import Address
from sortyard.device.board import SILENCE, Board, now_us
from sortyard.device.errors import LinkError, NoWireError
from sortyard.device.wires import Wire, open_wire

TICK_S = 0.01
"""How often somebody looks whether there is something to send."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 5.0
"""Between two attempts to connect: it doubles."""
_CLOSED = "the connection was closed"


class Carrier:
    """One wire at a time, to one address; it gives up when trying again cannot help any board."""

    def __init__(
        self,
        address: Address,
        boards: Sequence[Board],
        feed: Callable[[bytes, int], None],
        outgoing: Callable[[int], bytes],
        tick_s: float = TICK_S,
    ) -> None:
        self._address = address
        self._boards = boards
        self._feed = feed
        self._outgoing = outgoing
        self._tick_s = tick_s
        self._kick = asyncio.Event()
        for board in boards:
            board.kick = self._kick
        self._is_over = False

    def start(self) -> None:
        """Begin to connect."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Let go of the wire."""
        self._is_over = True
        for board in self._boards:
            board.close()
        self._task.cancel()
        await asyncio.wait({self._task})

    @property
    def _is_wanted(self) -> bool:
        return not self._is_over and any(board.fatal is None for board in self._boards)

    async def _run(self) -> None:
        pause = FIRST_PAUSE_S
        while self._is_wanted:
            try:
                wire = await open_wire(self._address)
            except LinkError as error:
                self._tell_trouble(error)
            else:
                try:
                    reason = await self._serve(wire)
                finally:
                    wire.close()
                    for board in self._boards:
                        board.cut()
                if any(board.was_attached for board in self._boards):
                    pause = FIRST_PAUSE_S
                elif reason == _CLOSED and not any(board.heard_bytes for board in self._boards):
                    self._tell_trouble(
                        NoWireError(
                            f"{self._address.text} closes the connection at once",
                            "a board has one host at a time: end the other one",
                        )
                    )
                for board in self._boards:
                    board.note_state(reason)
            if self._is_wanted:
                await asyncio.sleep(pause * random.uniform(0.8, 1.2))
                pause = min(2 * pause, LONGEST_PAUSE_S)

    def _tell_trouble(self, error: LinkError) -> None:
        for board in self._boards:
            board.trouble = error

    async def _serve(self, wire: Wire) -> str:
        """One wire until it has gone; why."""
        for board in self._boards:
            board.begin()
        reading: asyncio.Task[bytes] = asyncio.create_task(wire.read())
        kicked = asyncio.create_task(self._kick.wait())
        try:
            while self._is_wanted:
                for board in self._boards:
                    board.ask_time()
                data = self._outgoing(now_us())
                if data:
                    await wire.write(data)
                done, _ = await asyncio.wait(
                    {reading, kicked}, timeout=self._tick_s, return_when="FIRST_COMPLETED"
                )
                if kicked in done:
                    self._kick.clear()
                    kicked = asyncio.create_task(self._kick.wait())
                if reading in done:
                    data = reading.result()
                    if not data:
                        return _CLOSED
                    self._hear(data)
                    reading = asyncio.create_task(wire.read())
                if self._are_silent(wire.patience_us):
                    return SILENCE
            return "given up"
        except (OSError, TimeoutError) as error:
            return f"the connection is broken: {error or type(error).__name__}"
        finally:
            reading.cancel()
            kicked.cancel()

    def _hear(self, data: bytes) -> None:
        for board in self._boards:
            board.heard_bytes += len(data)
        self._feed(data, now_us())
        for board in self._boards:
            board.heard()

    def _are_silent(self, patience_us: int | None) -> bool:
        """End the conversations of boards that have fallen silent; whether to open the wire anew."""
        for board in self._boards:
            if board.session.is_attached and board.session.is_silent(now_us()):
                board.cut()
            board.note_state(SILENCE)
        heard_us = max(board.session.heard_us for board in self._boards)
        return patience_us is not None and now_us() - heard_us > patience_us
