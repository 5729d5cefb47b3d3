"""What no recorded trace contains: configurations that are refused, outputs that nobody takes away."""

from array import array
from collections.abc import Iterator
from types import ModuleType

from parity.corpus import config_of, lines

BLOCKED, CLEARED, GATE_END, START = 1, 2, 7, 11
ROUNDS = 1500
NOT_HOME = 2


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


def overfull(package: ModuleType) -> array:
    """A full outbox, and then the end positions of 64 gates are overdue, more than the reserve of the ring holds.

    Returns the outboxes with room, for two records each.
    """
    line = lines()["express64"]
    gates = [gate.model_copy(update={"feedback": True}) for gate in line.diverter]
    logic = package.gate_logic.GateLogic(config_of(line.model_copy(update={"diverter": gates})))
    head, outbox = array("i", bytes(20)), array("i", bytes(4 * (5 + 13)))
    told = array("i")
    end_of_edges = 500 + ROUNDS
    for step in range(3 * ROUNDS):
        records: list[int] = []
        if step == 0:
            for gate in range(len(gates)):
                records += [GATE_END, gate, 0, NOT_HOME, 0]
            records += [START, 0, 0, 0, 0]
        elif 500 <= step < end_of_edges:
            records = [CLEARED if step % 2 else BLOCKED, 1, 20 * step, 0, 0]
        # All are sent home, and the ring is filled with edges, long before the first end position is overdue.
        ticks = 10 * step if step < end_of_edges else 1_000_000 + step
        inbox = array("i", [len(records) // 5, 20 * step, ticks, *records])
        if 500 <= step < end_of_edges + 100:
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
