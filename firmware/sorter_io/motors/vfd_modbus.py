"""Frequency inverter on Modbus RTU over RS-485: told to run or stop, asked whether it runs.

    motor = VfdModbus({"tx": 8, "rx": 9, "de": 10}, options)
    motor.run(1)
    motor.poll(now_us)                    # every turn of the loop; never waits
    motor.is_running, motor.is_failed

Each make has its own registers; those of `MAPS` are data. A command is repeated until the inverter has
confirmed it; after `RETRIES` silent ones `is_failed` is set and it goes on asking.
"""

from machine import UART, Pin
from micropython import const

from sorter_core.frames import crc16

DRIVER = "VfdModbus"
PINS = {"tx": "uart_tx", "rx": "uart_rx", "de": "gate"}
OPTIONAL_PINS = ("de",)
SHARED = ("tx", "rx", "de")
OPTIONS = (
    ("unit", 1, 0, 3, "", "UART"),
    ("baud", 19200, 1200, 115200, "bit/s", "speed of the bus, 8N1"),
    ("address", 1, 1, 247, "", "of the inverter on the bus"),
    ("map", "delta", 0, 16, "text", "registers: delta, saj"),
)

# command register, value for run, value for stop, status register, its mask, its value while running
MAPS = {
    "delta": (0x2000, 0x0012, 0x0001, 0x2101, 0x0003, 0x0003),
    "saj": (0x1000, 0x0001, 0x0005, 0x1001, 0x0007, 0x0001),
}

RETRIES = const(3)

_WRITE = const(6)
_READ = const(3)
_POLL_US = const(40000)
_ANSWER_US = const(50000)
_MASK = const(0x0FFFFFFF)
_HALF = const(0x08000000)
_IDLE = const(0)
_SENDING = const(1)
_WAITING = const(2)


def _request(address, function, register, value):
    """A whole request; the frames of a conversation are few, and made once."""
    frame = bytearray(8)
    frame[0] = address
    frame[1] = function
    frame[2] = register >> 8
    frame[3] = register & 255
    frame[4] = value >> 8
    frame[5] = value & 255
    crc = crc16(frame, 0, 6)
    frame[6] = crc & 255
    frame[7] = crc >> 8
    return frame


class VfdModbus:
    """One inverter. Stopped is what it is told first."""

    def __init__(self, pins, options):
        self.is_running = 0
        self.is_failed = 0
        self.needs_poll = 1
        self.bad_answers = 0
        self._de = Pin(pins["de"], Pin.OUT, value=0) if "de" in pins else None
        self._uart = UART(
            options["unit"], options["baud"], tx=Pin(pins["tx"]), rx=Pin(pins["rx"]), rxbuf=64, timeout=0
        )
        command, run, stop, status, self._mask, self._running = MAPS[options["map"]]
        address = options["address"]
        self._run = _request(address, _WRITE, command, run)
        self._stop = _request(address, _WRITE, command, stop)
        self._status = _request(address, _READ, status, 1)
        self._frame = self._stop
        self._answer = bytearray(16)
        self._expected = 0
        self._state = _IDLE
        self._wanted = 0
        self._confirmed = -1
        self._due = 0
        self._misses = 0

    def run(self, is_on):
        """Run or stop, as soon as the bus is free."""
        self._wanted = 1 if is_on else 0
        self._confirmed = -1

    def look(self, inputs):
        """Nothing of it is on a pin: `poll` knows whether it has failed."""

    def poll(self, now_us):
        """Go on with the conversation; `now_us` wraps at 28 bits."""
        now_us &= _MASK
        if self._state == _SENDING:
            if self._uart.txdone():
                if self._de is not None:
                    self._de.value(0)
                self._state = _WAITING
                self._due = (now_us + _ANSWER_US) & _MASK
        elif self._state == _WAITING:
            self._listen(now_us)
        elif self._confirmed < 0 or ((now_us - self._due) & _MASK) < _HALF:
            self._ask()

    def _ask(self):
        """Send a command that is not confirmed yet, or else the question for the state."""
        if self._confirmed < 0:
            self._expected = 8
            self._frame = self._run if self._wanted else self._stop
        else:
            self._expected = 7
            self._frame = self._status
        if self._uart.any():  # what came unasked is nobody's answer
            self._uart.readinto(self._answer, len(self._answer))
        if self._de is not None:
            self._de.value(1)
        self._uart.write(self._frame)
        self._state = _SENDING

    def _listen(self, now_us):
        """Wait for the whole answer; one that is late or short is none."""
        if self._uart.any() >= self._expected:
            self._uart.readinto(self._answer, self._expected)
            self._take(now_us)
        elif ((now_us - self._due) & _MASK) < _HALF:
            self._miss(now_us)

    def _take(self, now_us):
        """An answer is whole: if it is sound it counts, if not it is as if there were none."""
        answer = self._answer
        size = self._expected
        if crc16(answer, 0, size) or answer[0] != self._frame[0] or answer[1] != self._frame[1]:
            self.bad_answers += 1
            self._miss(now_us)
            return
        self._misses = 0
        self.is_failed = 0
        self._rest(now_us)
        if size == 8:
            if self._frame is (self._run if self._wanted else self._stop) and answer[5] == self._frame[5]:
                self._confirmed = self._wanted
        else:
            self.is_running = 1 if (answer[3] << 8 | answer[4]) & self._mask == self._running else 0

    def _miss(self, now_us):
        self._misses += 1
        if self._misses > RETRIES:
            self.is_failed = 1
            self.is_running = 0
            self._misses = 0
        self._rest(now_us)

    def _rest(self, now_us):
        self._state = _IDLE
        self._due = (now_us + _POLL_US) & _MASK
