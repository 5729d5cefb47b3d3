"""What a virtual board says over its link, for the books, and for what no wire carries."""

from __future__ import annotations

from sorter_core import messages
from sorter_core.codes import FAULTS
from sortyard.bundle.kept import KeptFirmware
from sortyard.device.session import Message, records_of
from sortyard.sim.board_count import BoardCount
from sortyard.sim.board_wires import BoardWires
from sortyard.sim.output_kinds import DEST_REQUEST, DISPOSITION, EVENT, EXTEND, FAULT, HOLD, STRAY_SEEN


class BoardBooks(BoardWires):
    """The books of one board; they are its host's."""

    statistics: dict[str, int]
    said: list[str]
    _built: KeptFirmware
    _counts: BoardCount
    _places: dict[bytes, int]
    """of codes"""
    _asked: dict[int, int]
    """slot of each track that the host was asked about"""
    _tracks: dict[int, int]
    _nameless: dict[int, int]
    """gates that move for nobody knows whom, and the belt's count when their wires were switched"""
    _waiting: int
    """messages that the board keeps, as its last heartbeat has it; -1 as long as there was none"""
    _has_reported: bool
    _is_hosted_here: bool
    _pressed_at: int
    """belt's count when the emergency stop was pressed"""

    def _take(self, message: Message) -> bool:
        """Books what the board says."""
        kind, values = message.kind, message.fields
        if kind == messages.RECORDS:
            for turn, (tag, *fields) in records_of(message):
                if tag < messages.RECORD_OUT:
                    fields[1] = self._counts.of_belt(fields[1], turn)
                    self._told(tag, *fields)
                else:
                    fields[3] = self._counts.of_belt(fields[3], turn)
                    self._said(tag - messages.RECORD_OUT, *fields)
                    self._do(tag - messages.RECORD_OUT, *fields)
        elif kind == messages.DISPOSITION:
            track, result, slot, position, turn, *_ = values
            position = self._counts.of_belt(position, turn)
            self._said(DISPOSITION, track, result, slot, position)
            self._plant.command(DISPOSITION, track, result, slot, position)
        elif kind == messages.TRACK:
            event, track, detail, position, turn, *_ = values
            position = self._counts.of_belt(position, turn)
            self._said(EVENT, event, track, detail, position)
            *told, place = self._outward(EVENT, event, track, detail)
            if event == STRAY_SEEN and not self._counts.is_fresh(position):
                place = -1
            self._plant.command(EVENT, *told, place, position)
        elif kind == messages.FAULT:
            code, index, detail, position, turn, *_ = values
            self._said(FAULT, code, index, detail, self._counts.of_belt(position, turn))
        elif kind == messages.DEST_REQUEST:
            self._said(DEST_REQUEST, values[0], values[1], 0, 0)
            self._asked[values[0]] = values[1]
            # of a code that noise has made the host knows nothing
            if self._is_hosted_here and message.tail in self._places:
                self._plant.ask_host(values[0], self._places[message.tail])
        elif kind == messages.HEARTBEAT:
            self._waiting = values[4]
        elif kind == messages.STATISTICS:
            self.statistics = dict(zip(messages.FIELDS[kind][1:], values, strict=False))
            self._has_reported = True
        elif kind == messages.LOG:
            self.said.append(self._built.meanings.readable(message.tail.decode("utf-8", "replace")))
        elif kind == messages.OLD_FAULT:
            boots_ago, code, index, detail, *_ = values
            self.said.append(
                f"{boots_ago} boots ago: {FAULTS.get(code, code)}, index {index}, detail {detail}"
            )
        return True

    def _told(self, kind: int, index: int, position: int, a: int, b: int) -> None:
        """An input of the board's gate logic, for the books."""
        self._loop.told(kind, index, position, a, b)

    def _said(self, kind: int, a: int, b: int, c: int, position: int) -> None:
        """An output of the board's gate logic, for the books."""
        self._loop.said(kind, *self._outward(kind, a, b, c), position)

    def _do(self, kind: int, a: int, b: int, c: int, position: int) -> None:
        """What no contact and no bus carries: pulses, for one. A gate's wire does not tell for whom it moves.

        A gate is done with what has waited for the link for long.
        """
        if kind == EXTEND:
            switched = self._nameless.get(a)
            if switched is not None and self._counts.is_fresh(position, switched):
                del self._nameless[a]
                self._plant.own(self._outward(EXTEND, a, b, c)[0], b)
            elif self._counts.is_fresh(position):
                self._tracks[a] = b
        elif kind == HOLD and not self._is_of_now(position):
            return
        elif kind not in self._by_wire:
            self._plant.command(kind, *self._outward(kind, a, b, c), position)

    def _is_of_now(self, position: int) -> bool:
        """Whether a gate that was held at `position` may be held still: its wire does not change for that."""
        if self._is_estop and not self._counts.is_since(position, self._pressed_at):
            return False
        return self._counts.is_fresh(position)
