"""The line's parts as objects, from the image: each driver is found by its name, in the file of that name."""

from sorter_io.photo_eye import EdgeRing


def _driver(path):
    """The class of the driver in sorter_io that `path` names, "motors.vfd_modbus" for example."""
    module = __import__("sorter_io." + path, None, None, ("DRIVER",))
    return getattr(module, module.DRIVER)


def _make(row, *more):
    """One part from its row: driver, pins, options, and what its class takes besides."""
    return _driver(row[0])(row[1], row[2], *more)


class Parts:
    """Everything that is wired to this ECU. Outputs are made first and are in their safe state from then on."""

    def __init__(self, rows):
        self.period_us = rows["period_us"]
        self.gates = [_make(row) for row in rows["gates"]]
        self.safe_states = bytearray([row[3] for row in rows["gates"]])
        self.belt = _make(rows["belt"]) if rows["belt"] else None
        self.encoder = _make(rows["encoder"])
        self.ring = EdgeRing(self.encoder)
        self.eyes = []
        for row in rows["eyes"]:
            self.eyes.append(_make(row, len(self.eyes), self.ring))
        self.scanners = [_make(row) for row in rows["scanners"]]
        self.contacts = _make(rows["contacts"])

    def safe(self):
        """Every output to its safe state, now."""
        retract, hold = 0, 1
        i = 0
        for gate in self.gates:
            state = self.safe_states[i]
            if state == retract:
                gate.retract()
            elif state != hold:
                gate.off()
            i += 1
        if self.belt is not None:
            self.belt.run(0)
