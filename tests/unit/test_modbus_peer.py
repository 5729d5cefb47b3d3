"""The inverter's driver against pymodbus, which knows nothing of it: every make's registers, held by its server.

What stands in the registers is this test's, from the makes' manuals; framing, checksum and exceptions are pymodbus's.
"""

import asyncio
from collections.abc import Callable
from typing import Any, cast

import pytest
from board_bench import Bench
from firmware_fuzz import Modbus
from pymodbus.constants import ExcCodes
from pymodbus.framer import FramerRTU
from pymodbus.pdu import DecodePDU

from sortyard.config.driver_tables import drivers_of

PROGRAM = """
from sorter_io.motors.vfd_modbus import VfdModbus
from time import sleep_us, ticks_us
motors = [VfdModbus({"tx": 8, "rx": 9, "de": 10}, one) for one in OPTIONS]
turns = 0
last = None
while True:
    for motor in motors:
        motor.poll(ticks_us() & 0xFFFFFFF)
    turns += 1
    if turns == 100:
        motors[0].run(1)
    if turns == 400:
        motors[0].run(0)
    now = [(one.is_running, one.is_failed, one.refused > 0) for one in motors]
    if now != last:
        print(turns, now)
        last = now
    sleep_us(1000)
"""
# register on the bus (from 0) -> value at rest; (run, stop) commands; status register and its values
MAKES = {
    "delta": ({0x2000: 0, 0x2001: 0, 0x2100: 0, 0x2101: 0}, 0x2000, (0x12, 0x01), 0x2101, (3, 0)),
    "saj": ({0x1000: 0, 0x1001: 3}, 0x1000, (1, 5), 0x1001, (1, 3)),
    "danfoss": ({49999: 0, 50009: 0, 50199: 0}, 49999, (0x47C, 0x43C), 50199, (0x0F07, 0x0607)),
    "generic": ({7: 0, 8: 0}, 7, (0x55, 0xAA), 8, (0x80, 0)),
}
GENERIC = {"command": 7, "run": 0x55, "halt": 0xAA, "status": 8, "state_mask": 0x80, "running": 0x80}
SPEEDS = {"delta": (0x2001, 2500), "danfoss": (50009, 0x2000)}
"""Register and value of half speed."""


class Registers:
    """What pymodbus's requests read and write: the holding registers of each device."""

    def __init__(self, *makes: str) -> None:
        self.of = {number: dict(MAKES[make][0]) for number, make in enumerate(makes, 1)}

    async def async_getValues(self, number, _function, register, count=1):  # noqa: N802
        held = self.of[number]
        wanted = range(register, register + count)
        return [held[one] for one in wanted] if set(wanted) <= set(held) else ExcCodes.ILLEGAL_ADDRESS

    async def async_setValues(self, number, _function, register, values):  # noqa: N802
        held = self.of[number]
        if register not in held:
            return ExcCodes.ILLEGAL_ADDRESS
        held[register] = values[0]
        return None


class Server:
    """pymodbus's side of an RTU server, without its serial port: bytes in, bytes out."""

    def __init__(self, *makes: str) -> None:
        self.makes = makes
        self.registers = Registers(*makes)
        self.framer = FramerRTU(DecodePDU(True))
        self.heard = bytearray()
        self.is_tripped = False
        """it tells its fault, whatever it is told to do"""

    def value(self, number: int, register: int) -> int:
        """What stands in a register of a device."""
        return self.registers.of[number][register]

    def set(self, number: int, register: int, value: int) -> None:
        self.registers.of[number][register] = value

    def hear(self, byte: int) -> bytes:
        """A byte of the bus; the answer once a frame is whole."""
        self.heard.append(byte)
        used, pdu = self.framer.handleFrame(bytes(self.heard), 0, 0)
        if pdu is None:
            return b""
        del self.heard[:used]
        if pdu.dev_id not in self.registers.of:
            return b""
        answer = asyncio.run(pdu.datastore_update(cast(Any, self.registers), pdu.dev_id))
        answer.dev_id = pdu.dev_id
        self._turn(pdu.dev_id)
        return self.framer.buildFrame(answer)

    def _turn(self, number: int) -> None:
        """The motor does what stands in the command register."""
        if self.is_tripped:
            return
        _, command, (run, stop), status, (running, stopped) = MAKES[self.makes[number - 1]]
        told = self.value(number, command)
        if told in (run, stop):
            self.set(number, status, running if told == run else stopped)


def driven(
    server: Server,
    *given: dict,
    until_us: int = 900_000,
    program: str = PROGRAM,
    begin: Callable[[Bench], None] = lambda bench: None,
):
    """(turns, state of each motor) with that server on the bus."""
    options = [
        {**drivers_of("motor")["vfd_modbus"].defaults(), "speed_permille": 500, **one} for one in given
    ]

    def on_byte(unit, byte, now_us):
        answer = server.hear(byte)
        if answer:
            bench.board.at(now_us + 3000, lambda us: bench.board.receive(1, answer, us))

    bench = Bench(program.replace("OPTIONS", repr(options)), begin, until_us=until_us, on_byte=on_byte)
    bench.run()
    return [(int(turns), eval(state)) for turns, _, state in (line.partition(" ") for line in bench.lines)]


@pytest.mark.parametrize("make", MAKES)
def test_an_inverter_of_each_make_runs_and_stops(make: str):
    server = Server(make)
    states = driven(server, {"map": make, **(GENERIC if make == "generic" else {})})
    assert [state for _, state in states] == [[(0, 0, False)], [(1, 0, False)], [(0, 0, False)]]
    assert 100 <= states[1][0] <= 250
    _, command, (_, stop), _, _ = MAKES[make]
    assert server.value(1, command) == stop
    if make in SPEEDS:
        register, value = SPEEDS[make]
        assert server.value(1, register) == value


def test_two_inverters_on_one_bus_take_turns():
    server = Server("delta", "danfoss")
    states = driven(server, {"map": "danfoss", "address": 2}, {"map": "delta", "address": 1})
    assert [state for _, state in states] == [
        [(0, 0, False), (0, 0, False)],
        [(1, 0, False), (0, 0, False)],
        [(0, 0, False), (0, 0, False)],
    ]
    assert server.value(1, 0x2000) == 1


def test_a_register_that_the_inverter_lacks_is_refused_and_told_as_a_failure():
    server = Server("saj")
    states = driven(server, {"map": "delta"})
    assert states[-1][1] == [(0, 1, True)]


@pytest.mark.parametrize(
    ("make", "register", "told"),
    [("delta", 0x2100, 7), ("saj", 0x1001, 4), ("saj", 0x1001, 5), ("danfoss", 50199, 0x060F)],
)
def test_a_fault_of_the_inverter_is_a_failure(make: str, register: int, told: int):
    """SAJ's 4 is a fault, its 5 a supply that is too low; bit 3 of Danfoss' status word a trip."""
    server = Server(make)
    server.set(1, register, told)
    server.is_tripped = True
    states = driven(server, {"map": make}, until_us=100_000)
    assert states[-1][1] == [(0, 1, False)]


@pytest.mark.parametrize("make", ["delta", "saj", "danfoss"])
def test_the_simulation_s_inverter_tells_its_fault_as_the_make_does(make: str):
    bus = Modbus(make)
    for is_failed in (False, True, False):
        bus.inverter.is_failed = is_failed
        for _ in range(4):
            bus.conversation(lambda data: data)
            bus.now_us += 50_000
        assert bus.motor.is_failed == is_failed


RESETS = {
    "delta": (0x2100, 7, 0x2002, 2),
    "saj": (0x1001, 4, 0x1000, 7),
    "danfoss": (50199, 0x060F, 49999, 0x4BC),
}
"""Where a make tells a fault, how, and the register and value that reset it."""


class Tripping(Server):
    """An inverter that trips while it runs; a reset makes it stand by, unless it is told to run meanwhile."""

    def __init__(self, make: str) -> None:
        super().__init__(make)
        self.make = make
        self.starts = self.resets = 0
        self.told: list[int] = []
        if make == "delta":
            self.registers.of[1][0x2002] = 0

    def trip(self) -> None:
        register, value, _, _ = RESETS[self.make]
        _, _, _, status, (_, stopped) = MAKES[self.make]
        self.is_tripped = True
        self.set(1, status, stopped)
        self.set(1, register, value)

    def _turn(self, number: int) -> None:
        _, command, (run, _), status, (_, stopped) = MAKES[self.make]
        register, _, at, value = RESETS[self.make]
        told = self.value(1, command)
        self.told += [told] if told not in self.told[-1:] else []
        if self.is_tripped and self.value(1, at) == value:
            self.is_tripped = False
            self.resets += 1
            self.starts += self.told[-2 if at == command else -1] == run
            if register != status:
                self.set(1, register, 0)
            self.set(1, status, stopped)
        super()._turn(number)


@pytest.mark.parametrize("make", RESETS)
def test_a_reset_makes_a_tripped_inverter_work_again_and_starts_nothing(make: str):
    server = Tripping(make)
    program = PROGRAM.replace(
        "    if turns == 400:\n        motors[0].run(0)",
        "    if turns == 500:\n        motors[0].reset()\n    if turns == 900:\n        motors[0].run(1)",
    )

    def begin(bench: Bench) -> None:
        bench.after(250_000, lambda _us: server.trip())

    states = driven(server, {"map": make}, until_us=1_300_000, program=program, begin=begin)
    seen = [state[0][:2] for _, state in states]
    assert seen == [(0, 0), (1, 0), (0, 1), (0, 0), (1, 0)]
    assert (server.resets, server.starts) == (1, 0)
    turns = [turn for turn, _ in states]
    assert 500 < turns[3] < 900 < turns[4]


def test_an_inverter_that_has_not_tripped_hears_nothing_of_a_reset():
    server = Tripping("delta")
    program = PROGRAM.replace("        motors[0].run(0)", "        motors[0].reset()")
    states = driven(server, {"map": "delta"}, program=program)
    assert [state[0][:2] for _, state in states] == [(0, 0), (1, 0)]
    assert server.value(1, 0x2002) == 0
