"""The line's parts as objects, from the image: each driver is found by its name, in the file of that name."""

from micropython import const
from sorter_io.chip import LATCHES
from sorter_io.photo_eye import EdgeRing
from sorter_io.port_eyes import PortEyes

from sorter_ecu.drivers import driver
from sorter_ecu.triggers import Triggers

_RETRACT = const(0)
_OFF = const(2)
_OUT = b"\x01"


def make(row):
    """A part that is wired to pins of the board alone, from its row: driver, pins, options."""
    return driver(row[0])(row[1], row[2])


class Parts:
    """Everything that is wired to this ECU. Outputs are made first and are in their safe state from then on."""

    def __init__(self, rows):
        self.period_us = rows["period_us"]
        self.inputs = []
        self.outputs = []
        self.expanders = []
        self._port_eyes = None
        for row in rows["expanders"]:
            chain = self._make(row)
            self.expanders.append(chain)
            if hasattr(chain, "flush"):
                self.outputs.append(chain)
            if hasattr(chain, "poll"):
                self.inputs.append(chain)
        self.gates = [self._make(row) for row in rows["gates"]]
        self.safe_states = bytearray([row[3] for row in rows["gates"]])
        self._is_out = bytearray(len(self.gates))
        self.motors = [self._make(row) for row in rows["motors"]]
        self.belt = self._motor(rows, "belt")
        self.meter = self._motor(rows, "meter")
        self.loop = self._motor(rows, "loop")
        self.polled = [one for one in self.motors if one.needs_poll and one is not self.belt]
        self.seeing = [one for one in self.motors if hasattr(one, "see")]
        self._resettable = [one for one in self.motors if hasattr(one, "reset")]
        self.encoder = self._make(rows["encoder"])
        if self.belt is not None and hasattr(self.belt, "follow"):
            self.belt.follow(self.encoder)
        n_eyes = len(rows["eyes"])
        self.ring = EdgeRing(self.encoder, n_eyes)
        self.eyes = []  # that latch their edges themselves; the ring knows what there is to know of the others
        for i in range(n_eyes):
            # An eye of another board has a place among those of this zone, and no row.
            eye = self._eye(rows["eyes"][i], i) if rows["eyes"][i] else None
            if eye is not None and eye.pin is not None:
                self.eyes.append(eye)
        self.scanners = [self._make(row) for row in rows["scanners"]]
        told = rows["triggers"]
        self.triggers = Triggers(told, self.scanners, n_eyes) if told else None
        self.contacts = self._make(rows["contacts"])
        self.light = self._make(rows["light"])
        self.flush()

    def _make(self, row, *more):
        """One part from its row: driver, pins, options, and what its class takes besides."""
        pins = {wire: self._wire(pin) for wire, pin in row[1].items()}
        return driver(row[0])(pins, row[2], *more)

    def _eye(self, row, index):
        """An eye at a pin latches its edges itself where the chip can; else all of them are sampled together."""
        signal = row[1]["signal"]
        if LATCHES or not isinstance(signal, int):
            return self._make(row, index, self.ring)
        if self._port_eyes is None:
            self._port_eyes = PortEyes()
            self.inputs.append(self._port_eyes)
        return driver(row[0])({"signal": self._port_eyes.place(signal)}, row[2], index, self.ring)

    def _wire(self, pin):
        """A pin's number as it is; [expander, number] becomes a place on that expander."""
        if isinstance(pin, int):
            return pin
        if not 0 <= pin[0] < len(self.expanders):
            raise ValueError("a part is wired to expander %d of %d" % (pin[0], len(self.expanders)))
        return self.expanders[pin[0]].place(pin[1])

    def _motor(self, rows, drives):
        for i in range(len(self.motors)):
            if rows["motors"][i][3] == drives:
                return self.motors[i]
        return None

    def flush(self):
        """Write outputs that have changed and are not pins of the board."""
        for chain in self.outputs:
            if chain.is_dirty:
                chain.flush()

    def extend(self, gate):
        """Extend a gate, and know that it is not in its safe state."""
        self._is_out[gate] = 1
        self.gates[gate].extend()

    def retract(self, gate):
        """Retract a gate; with that it is safe, unless it has to be without current for that."""
        self.gates[gate].retract()
        self._is_out[gate] = self.safe_states[gate] == _OFF

    def reset(self):
        """Motors that have tripped by themselves may work again; none starts."""
        for motor in self._resettable:
            motor.reset()

    def safe_gate(self):
        """A gate that has been moved to its safe state, 1 if there was one: all of them are what an emergency stop
        asks. It stops motors by name."""
        gate = self._is_out.find(_OUT)
        if gate < 0:
            return 0
        self._gate_safe(gate)
        return 1

    def safe(self):
        """Every output to its safe state, now, whatever has been moved."""
        for gate in range(len(self.gates)):
            self._gate_safe(gate)
        for motor in self.motors:
            motor.off()
        self.flush()

    def _gate_safe(self, gate):
        state = self.safe_states[gate]
        if state == _RETRACT:
            self.gates[gate].retract()
        elif state == _OFF:
            self.gates[gate].off()
        self._is_out[gate] = 0
