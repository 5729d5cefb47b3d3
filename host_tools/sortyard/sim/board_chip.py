"""The virtual chip of a board, by its file."""

from sortyard.config.board_file import Board
from sortyard.vm.chip import Chip


def chip_of(board: Board) -> Chip:
    """The virtual chip of a board."""
    model = board.model
    return Chip(
        port=board.port,
        name=model.mcu,
        board=model.machine or "virtual board",
        fuel_per_us=model.fuel_per_us,
        interrupt_us=model.interrupt_us,
        deaf_us=model.deaf_us,
        pending=model.pending,
        console_baud=board.console_baud,
    )
