"""What no recorded trace contains: configurations that are refused, outputs that nobody takes away."""

from array import array
from collections.abc import Iterator
from types import ModuleType

from parity.corpus import config_of, lines

STOP = 13
ROUNDS = 400


def undrained(package: ModuleType) -> array:
    """More inputs than are taken, each loss reported, and an outbox that has no room for any report.

    Returns the two outboxes after that, with room. `package` holds the modules gate_logic and exchange.
    """
    logic = package.gate_logic.GateLogic(config_of(lines()["hub16"]))
    head, outbox = array("i", bytes(20)), array("i", bytes(4 * 2000))
    for step in range(ROUNDS):
        inbox = array("i", [64, 0, 1000 * step] + [STOP, 0, 0, 0, 0] * 64)
        package.exchange.exchange(logic, inbox, head)
    told = array("i")
    for step in range(ROUNDS, ROUNDS + 2):
        inbox = array("i", [64, 0, 1000 * step] + [STOP, 0, 0, 0, 0] * 64)
        told.extend(outbox[: package.exchange.exchange(logic, inbox, outbox)])
    return told


def damaged_configs() -> Iterator[array]:
    """A real configuration with one value wrong, for each of its values and several wrong ones; and cut ones."""
    config = config_of(lines()["starter"])
    for place in range(len(config)):
        for value in (-7, 33, 1 << 20, 1 << 29, -(1 << 30)):
            damaged = array("i", config)
            damaged[place] = value
            yield damaged
    for length in (0, 1, 39, len(config) - 1):
        yield config[:length]


def refusal(package: ModuleType, config: array) -> str:
    """What the constructor says against `config`, "" if it takes it."""
    try:
        package.gate_logic.GateLogic(config)
    except ValueError as error:
        return str(error)
    return ""
