"""Words for what wires ask of pins, and which pins of a board would do."""

from collections.abc import Iterable

from sortyard.config.board_file import Board

SAID = {
    "count": "count an encoder",
    "irq": "interrupt at an edge",
    "edge": "show the edges of an eye",
    "in": "be read",
    "pulled": "be read as open when its wire is cut",
    "out": "be an output",
    "gate": "drive what moves",
    "hold": "keep outputs off from power-up on",
    "pwm": "give pulses",
    "uart_tx": "send on a UART",
    "uart_rx": "receive on a UART",
    "spi_sck": "be the clock of an SPI bus",
    "spi_rx": "be the data input of an SPI bus",
    "spi_tx": "be the data output of an SPI bus",
    "i2c_sda": "be SDA of an I2C bus",
    "i2c_scl": "be SCL of an I2C bus",
    "adc": "measure a voltage",
}
"""What a driver's table PINS may ask of a pin, in words."""
_MOST_TOLD = 8


def would_do(board: Board, need: str, free: Iterable[str], *, or_expander: bool) -> str:
    """The remedy of an error: those of the free pins that can do what is needed.

    `or_expander`: the wire may end at an expander as well, as its driver says.
    """
    able = [pin for pin in free if board.can(pin, need)]
    if not able:
        use = "an expander, another board" if or_expander else "another board"
        return f"no free pin of {board.name} can {SAID[need]}: use {use}, or free a pin"
    more = f" ... ({len(able)} in all)" if len(able) > _MOST_TOLD else ""
    return f"free pins that would do: {', '.join(able[:_MOST_TOLD])}{more}"
