"""How long what a board says takes to the host, and from there to another board, by the kinds of their links.

A board looks at its link once in so many turns of its loop, and takes so many bytes then; figures of turns are those of
`sorter_ecu.chores` and `sorter_ecu.link`, with a quarter as much again for turns that the gate logic needs. Measured in
the simulation of `tandem` at twice its rate: 5 to 19 ms to the host, 38 to 47 ms from there over USB.
"""

from math import ceil

from sorter_core import messages
from sorter_core.frames import HEAD, MAX_FRAME
from sortyard.config.board_file import load_board
from sortyard.config.driver_tables import driver_of
from sortyard.config.line import Ecu, Line
from sortyard.config.zones import zones_of

BITS = 10
"""Of a byte on a serial line: start, eight, stop."""
FRAME_BYTES = HEAD + 5
"""Of a frame besides its payload: head, CRC, the code of COBS, a zero at both ends."""
BOARD_TURN_MS = 30
"""From the end of a question to the beginning of its answer, at worst: turns of the control loop that hear and send
come round every few milliseconds. A board that is not asked needs no longer to begin a frame."""
HOST_TURN_MS = 12
"""From an answer to the next question: 10 ms in which the board lets go of the line, and what the host takes."""
NETWORK_MS = 40
"""A frame in a Wi-Fi network of a few devices, some repetitions included, where the line file says nothing else."""
_ROUND_MS = 8
_BYTES_A_ROUND = 8
_BUSY = 1.25
_HAND_OVER = FRAME_BYTES + sum(messages.widths(messages.HAND_OVER))


def options_of(ecu: Ecu) -> dict[str, int | str]:
    """What a board's link is set to."""
    return driver_of("link", ecu.wired_link).options_of(ecu.wired_link)


def question_bytes(boards: int) -> int:
    """The longest frame of the host on an RS-485 line of so many boards: several get hand-overs from each other."""
    longest = messages.HAND_OVER if boards > 1 else messages.DEST_ANSWER
    return FRAME_BYTES + sum(messages.widths(longest))


def cycle_ms(boards: int, baud: int) -> float:
    """Of an RS-485 line: until all have had their turn with the longest frames."""
    question = question_bytes(boards)
    return boards * ((question + MAX_FRAME) * BITS * 1000 / baud + BOARD_TURN_MS + HOST_TURN_MS)


def tell_ms(line: Line, ecu: Ecu) -> float:
    """From a board to its host, at worst: another frame may be on its way, or before it when the board is asked."""
    if ecu.link.driver == "rs485":
        return 2 * _cycle_ms(line, ecu)
    return BOARD_TURN_MS + _wire_ms(ecu, MAX_FRAME + _HAND_OVER)


def hear_ms(line: Line, ecu: Ecu) -> float:
    """From the host to a board's gate logic, at worst: a frame that only acknowledges may be before it."""
    if ecu.link.driver == "rs485":
        return _cycle_ms(line, ecu) + BOARD_TURN_MS
    size = FRAME_BYTES + _HAND_OVER
    return _BUSY * _ROUND_MS * (ceil(size / _BYTES_A_ROUND) + 2) + _wire_ms(ecu, size)


def relay_ms(line: Line, teller: Ecu, hearer: Ecu) -> float:
    """From the gate logic of one board to that of another, by way of the host, at worst."""
    return tell_ms(line, teller) + line.policy.relay_ms + hear_ms(line, hearer)


def relays_us(line: Line) -> list[list[int]]:
    """The same for every zone to every other one, in microseconds."""
    boards = [zone.ecu for zone in zones_of(line)]
    return [[round(1000 * relay_ms(line, one, other)) for other in boards] for one in boards]


def _cycle_ms(line: Line, ecu: Ecu) -> float:
    boards = sum(one.link.driver == "rs485" for one in line.ecu)
    return cycle_ms(boards, int(options_of(ecu)["baud"]))


def _wire_ms(ecu: Ecu, size: int) -> float:
    """Of so many bytes. A board whose USB is a converter's has a UART behind it."""
    if ecu.link.driver == "tcp":
        return ecu.link.network_ms or NETWORK_MS
    baud = int(options_of(ecu)["baud"]) if ecu.link.driver == "uart" else load_board(ecu.board).console_baud
    return size * BITS * 1000 / baud if baud else 1.0
