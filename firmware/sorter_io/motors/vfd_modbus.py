"""Frequency inverter on Modbus RTU over RS-485: told to run or stop and how fast, asked whether it runs or has failed.

    motor = VfdModbus({"tx": 8, "rx": 9, "de": 10}, options)
    motor.run(1)
    motor.poll(now_us)                    # every turn of the loop; never waits
    motor.is_running, motor.is_failed
    motor.reset()                         # of a fault of its own: it stands until it is told to run again

Each make has its own registers: a file of data in `vfd_modbus_maps`, named by the option `map`. What a map does not
say is taken from the options of the same name, so that `generic` is a map of nothing. A command is repeated until
the inverter has confirmed it; after RETRIES silent ones `is_failed` is set and it goes on asking. Several inverters may
hang on one bus. Makes that do not speak functions 3 and 6 (Huanyang's own protocol) cannot be driven.
"""

from micropython import const

from sorter_io.by_name import table
from sorter_io.modbus_bus import ANSWERED, BUSY, REFUSED, bus_of, request, say

DRIVER = "VfdModbus"
PINS = {"tx": "uart_tx", "rx": "uart_rx", "de": "gate"}
OPTIONAL_PINS = ("de",)
SHARED = ("tx", "rx", "de")
SPEED_BY = "speed_permille"
OPTIONS = (
    ("unit", 1, 0, 3, "", "UART"),
    ("baud", 19200, 1200, 115200, "bit/s", "speed of the bus"),
    ("parity", "none", 3, 4, "text", "none, even or odd", ("none", "even", "odd")),
    ("stop", 1, 1, 2, "bits", "that end a byte"),
    ("address", 1, 1, 247, "", "of the inverter on the bus"),
    ("map", "delta", 1, 32, "maps", "registers of the make"),
    (
        "speed_permille",
        0,
        0,
        1000,
        "permille",
        "of full speed, told before each start; 0: as set in the inverter",
    ),
    ("command", 0, 0, 65535, "", "register of the run command, where the map does not say"),
    ("run", 1, 0, 65535, "", "value that runs it"),
    ("halt", 0, 0, 65535, "", "value that stops it"),
    ("speed", 65535, 0, 65535, "", "register of the set speed, 65535: there is none"),
    ("full_speed", 10000, 1, 65535, "", "value of full speed there"),
    ("status", 1, 0, 65535, "", "first register that is read"),
    ("status_words", 1, 1, 4, "registers", "that are read"),
    ("state_at", 0, 0, 3, "", "which of them tells whether it runs"),
    ("state_mask", 1, 0, 65535, "", "bits of it that do"),
    ("running", 1, 0, 65535, "", "their value while it runs"),
    ("fault_at", 0, 0, 3, "", "which of them tells of a fault"),
    ("fault_mask", 0, 0, 65535, "", "bits of it that do"),
    ("reset_at", 65535, 0, 65535, "", "register that resets a fault, 65535: there is none"),
    ("reset", 0, 0, 65535, "", "value that does"),
)

RETRIES = const(3)

_WRITE = const(6)
_READ = const(3)
_WRITE_BYTES = const(8)
_READ_BYTES = const(5)
_NO_REGISTER = const(65535)
_POLL_US = const(40000)
_MASK = const(0x0FFFFFFF)
_HALF = const(0x08000000)
_SPEED = const(1)
_COMMAND = const(2)
_NEW_SPEED = const(3)  # it runs already
_RESET = const(4)
_WHOLE = const(4096)
_SHARE_BITS = const(12)


def registers(options):
    """The registers of the make that `map` names, and of the options where it does not say."""
    found = dict(options)
    found.update(table("motors.vfd_modbus_maps." + options["map"]))
    return found


class VfdModbus:
    """One inverter. Stopped is what it is told first."""

    needs_poll = 1

    def __init__(self, pins, options):
        self.is_running = 0
        self.is_failed = 0
        self.refused = 0
        self._bus = bus_of(pins, options)
        at = registers(options)
        address = options["address"]
        self._run = request(address, _WRITE, at["command"], at["run"])
        self._stop = request(address, _WRITE, at["command"], at["halt"])
        self._speed = b""
        self._full = at["full_speed"] * options["speed_permille"] // 1000
        if self._full and at["speed"] != _NO_REGISTER:
            self._speed = request(address, _WRITE, at["speed"], self._full)
        self._share = self._told = _WHOLE
        self._reset = b""
        if at["reset_at"] != _NO_REGISTER:
            self._reset = request(address, _WRITE, at["reset_at"], at["reset"])
        self._is_to_reset = 0
        words = at["status_words"]
        self._status = request(address, _READ, at["status"], words)
        self._status_bytes = _READ_BYTES + 2 * words
        self._state_at = 3 + 2 * at["state_at"]
        self._state_mask = at["state_mask"]
        self._running = at["running"]
        self._fault_at = 3 + 2 * at["fault_at"]
        self._fault_mask = at["fault_mask"]
        self._frame = self._stop
        self._to_tell = _COMMAND
        self._wanted = 0
        self._due = -1
        self._misses = 0
        self._is_silent = 0
        self._is_faulty = 0

    def run(self, is_on):
        """Run or stop, as soon as the bus is free."""
        self._wanted = 1 if is_on else 0
        self._to_tell = _SPEED if self._wanted and self._speed else _COMMAND

    def reset(self):
        """Of its own fault, once it has been told to stop: whoever resets it starts nothing."""
        if self._is_faulty and self._reset:
            self._wanted = 0
            self._to_tell = _COMMAND
            self._is_to_reset = 1

    def set_share(self, share):
        """Run at share / 4096 of its speed, from now on: told at once, or with the next start."""
        self._share = share
        if self._speed and self._wanted and not self._to_tell:
            self._to_tell = _NEW_SPEED

    def off(self):
        """Told to stop: what takes its power at once is the relay of the emergency stop."""
        self.run(0)

    def figures(self, values):
        """What it has counted, as the link tells it."""
        values[1] = self.refused
        values[2] = self._bus.damaged

    def look(self, inputs):
        """Nothing of it is on a pin: `poll` knows whether it has failed."""

    def poll(self, now_us):
        """Go on with the conversation; `now_us` wraps at 28 bits."""
        now_us &= _MASK
        bus = self._bus
        if bus.owner is self:
            result = bus.poll(now_us)
            if result != BUSY:
                self._hear(result)
                self._due = (now_us + _POLL_US) & _MASK
        elif (self._to_tell or self._is_due(now_us)) and bus.is_free(self, now_us):
            self._ask()

    def _is_due(self, now_us):
        return self._due < 0 or ((now_us - self._due) & _MASK) < _HALF

    def _ask(self):
        """Send a command that is not confirmed yet, or else the question for the state."""
        size = _WRITE_BYTES
        if self._to_tell & _SPEED:  # both that and _NEW_SPEED
            say(self._speed, self._full * self._share >> _SHARE_BITS)
            self._told = self._share
            self._frame = self._speed
        elif self._to_tell == _RESET:
            self._frame = self._reset
        elif self._to_tell:
            self._frame = self._run if self._wanted else self._stop
        else:
            self._frame = self._status
            size = self._status_bytes
        self._bus.ask(self, self._frame, size)

    def _hear(self, result):
        """An answer, or none: a refused command is told again, as a silent one is."""
        if result != ANSWERED:
            self.refused += 1 if result == REFUSED else 0
            self._misses += 1
            if self._misses > RETRIES:
                self._misses = 0
                self._is_silent = 1
                self.is_running = 0
        else:
            self._misses = 0
            self._is_silent = 0
            if self._frame is self._status:
                self._read()
            else:
                self._confirm()
        self.is_failed = self._is_silent | self._is_faulty

    def _confirm(self):
        """The command that was sent is done, if it is still the one that is wanted."""
        if self._frame is self._reset:
            if self._to_tell == _RESET:
                self._to_tell = _COMMAND  # to stop: also where one register has both
        elif self._frame is self._speed:
            if self._to_tell == _SPEED:
                self._to_tell = _COMMAND
            elif self._to_tell == _NEW_SPEED and self._told == self._share:
                self._to_tell = 0
        elif self._frame is (self._run if self._wanted else self._stop) and self._to_tell == _COMMAND:
            self._to_tell = _RESET if self._is_to_reset else 0
            self._is_to_reset = 0

    def _read(self):
        answer = self._bus.answer
        at = self._state_at
        self.is_running = 1 if (answer[at] << 8 | answer[at + 1]) & self._state_mask == self._running else 0
        at = self._fault_at
        self._is_faulty = 1 if (answer[at] << 8 | answer[at + 1]) & self._fault_mask else 0
