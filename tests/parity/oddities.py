"""What no recorded trace contains: configurations that are refused, outputs that nobody takes away."""

from array import array
from collections.abc import Iterator
from types import ModuleType

from parity.corpus import config_of, lines

BLOCKED, CLEARED = 1, 2
ROUNDS = 1500


def undrained(package: ModuleType) -> array:
    """Edges, 64 a step, and an outbox without room for what they cause; then some steps with room.

    Returns the outboxes with room. `package` holds the modules gate_logic and exchange.
    """
    logic = package.gate_logic.GateLogic(config_of(lines()["hub16"]))
    head, outbox = array("i", bytes(20)), array("i", bytes(4 * 2000))
    told = array("i")
    for step in range(ROUNDS + 3):
        edges = [BLOCKED, 1, 20 * step, 0, 0, CLEARED, 1, 20 * step + 9, 0, 0] * 32
        inbox = array("i", [64, 20 * step, 1000 * step, *edges])
        if step < ROUNDS:
            package.exchange.exchange(logic, inbox, head)
        else:
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
