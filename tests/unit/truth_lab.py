"""The short line with parcels whose tracks are told and whose gate is worked by hand, and what the truth counts."""

from unit.plant_lab import EXTEND, MS, RETRACT, Faults, Lab, S

SORTED, RECIRCULATED, REJECTED, LOST, STRAY = 1, 2, 3, 4, 5
ARRIVES = 3 * S
AT_INFEED = ARRIVES + 800 * MS
AT_GATE = ARRIVES + 2300 * MS  # nose at the sweep zone
AT_END = ARRIVES + 4700 * MS


def one_parcel(line=None, code: int = 0, faults: Faults | None = None) -> Lab:
    """A parcel that has passed the infeed eye and is known as track 1."""
    lab = Lab(line, faults=faults)
    lab.add(ARRIVES, code=code)
    lab.until(AT_INFEED + 400 * MS)
    lab.induct(1)
    return lab


def divert(lab: Lab, track: int = 1, begin: int = AT_GATE) -> None:
    """In place before the nose is there, home after the tail has passed."""
    lab.until(begin - 250 * MS)
    lab.command(EXTEND, 0, track)
    lab.until(begin + 800 * MS)
    lab.command(RETRACT, 0, track)


def finish(lab: Lab) -> dict:
    lab.plant.end_of_parcels()
    lab.until(60 * S)
    lab.plant.close()
    return lab.results()


def never(results: dict) -> dict[str, int]:
    """The counters that should be zero, those that are not."""
    names = (
        "silent_missorts",
        "gate_strikes",
        "undisposed",
        "doubly_disposed",
        "unannounced",
        "estop_violations",
    )
    return {name: results[name] for name in names if results[name]}
