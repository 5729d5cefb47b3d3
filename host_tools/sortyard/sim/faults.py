"""The faults of the plant, and of a board's wires and link: name, what happens, how often by default, and how strongly.

The order is that of the F_* numbers in sortyard_c.plant_world. Rates are parcels in a million that a fault befalls
(on a line of 6,000 parcels an hour, 1,000 per million is six times an hour); sizes are drawn evenly from `low`
to `high`. Every fault has random numbers of its own: switching one on leaves all others where they were.
"""

from typing import NamedTuple


class Fault(NamedTuple):
    """One fault of the catalogue. `unit` is that of `low` and `high`."""

    name: str
    text: str
    per_million: int
    low: int
    high: int
    unit: str


class FaultSetting(NamedTuple):
    """How often a fault befalls parcels in a run, and which parcels by their number besides. Where on the line it
    strikes is drawn: a parcel that has left the belt by then escapes it.
    """

    per_million: int
    at_parcel: tuple[int, ...] = ()


_CATALOGUE = (
    Fault(
        "belt_ripple",
        "the belt's speed wavers every 50 ms, for all parcels at once",
        1_000_000,
        0,
        5000,
        "ppm",
    ),
    Fault("encoder_missed", "the encoder loses counts", 1000, 1, 2, "counts"),
    Fault("encoder_extra", "the encoder tells counts too many", 1000, 1, 2, "counts"),
    Fault("parcel_slip", "a parcel slips back on the belt", 5000, 5000, 30_000, "um"),
    Fault("parcel_drift", "a parcel creeps back all the way", 20_000, 200, 2000, "ppm"),
    Fault("closing_up", "a parcel slips so far that the next one may close up", 1000, 100_000, 400_000, "um"),
    Fault("parcel_turn", "a parcel turns on the belt, its effective length changes", 2000, 50, 400, "mrad"),
    Fault("eye_dirt", "dirt blocks an eye, or hides what passes it", 300, 50, 600, "ms"),
    Fault("eye_bounce", "an eye flickers just behind a leading edge", 5000, 500, 3000, "um"),
    Fault("eye_blind", "one eye does not see a parcel at all (low, glossy, transparent)", 500, 0, 0, ""),
    Fault("scan_miss", "a code is not read", 5000, 0, 0, ""),
    Fault("scan_wrong", "a scanner tells another valid code", 300, 0, 0, ""),
    Fault("scan_duplicate", "a scanner tells a code twice", 10_000, 2000, 30_000, "us"),
    Fault("scan_extra", "a scanner tells a neighbour's code as well", 300, 0, 0, ""),
    Fault("scan_late", "a read arrives late", 1000, 50_000, 400_000, "us"),
    Fault("host_slow", "the host answers late, for a burst of 2 s", 1000, 200_000, 2_000_000, "us"),
    Fault("host_loss", "a request or its answer is lost", 2000, 0, 0, ""),
    Fault("host_outage", "the host is silent", 100, 10, 60, "s"),
    Fault("gate_slow", "a diverter needs twice its time until it is repaired", 80, 20, 60, "s"),
    Fault("gate_stuck_home", "a diverter does not extend until it is repaired", 60, 30, 120, "s"),
    Fault("gate_stuck_out", "a diverter does not go home until it is repaired", 40, 30, 120, "s"),
    Fault("chute_fills", "chutes fill up at their capacity, and sometimes before", 150, 0, 0, ""),
    Fault("parcel_lifted", "somebody takes a parcel off the belt", 1000, 0, 0, ""),
    Fault("parcel_thrown", "somebody lays a parcel onto the belt", 1000, 150_000, 400_000, "um"),
    Fault("jam", "a parcel sticks on the moving belt until somebody clears it", 100, 0, 0, ""),
    Fault("power_cut", "the controller loses power and boots anew", 120, 3, 10, "s"),
    Fault("estop", "somebody presses the emergency stop; reset and start follow", 150, 10, 40, "s"),
    Fault("belt_stop", "the operator stops the line and starts it again", 150, 5, 30, "s"),
)
FAULTS: dict[str, Fault] = {fault.name: fault for fault in _CATALOGUE}
"""By name, in the order of the plant's numbers."""

_OF_WIRES = (
    Fault("cut_wire", "an eye's wire is interrupted: it tells nothing", 300, 2000, 20_000, "ms"),
    Fault("contact_bounce", "an eye's contact bounces at every edge", 500, 2000, 30_000, "ms"),
    Fault("encoder_reversed", "the encoder's channels change places", 100, 50, 500, "ms"),
    Fault("uart_noise", "noise on the serial lines of scanners and drives", 500, 500, 5000, "ms"),
    Fault("frames_lost", "the link loses one in three of its frames", 500, 1000, 10_000, "ms"),
    Fault("frames_corrupted", "the link damages one in three of its frames", 500, 1000, 10_000, "ms"),
    Fault("link_cut", "the host is not connected", 200, 2000, 60_000, "ms"),
    Fault("ecu_reset", "somebody resets the board, or its supply dips", 100, 0, 0, ""),
    Fault("watchdog_bite", "the board's program hangs until its watchdog bites", 100, 0, 0, ""),
)
WIRE_FAULTS: dict[str, Fault] = {fault.name: fault for fault in _OF_WIRES}
"""What else may befall a line that its firmware runs; see sim.wire_faults. Rates are of parcels, as above."""
