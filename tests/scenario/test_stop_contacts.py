"""The emergency stop of a line whose board sees both of the relay's channels, one, or none."""

from pathlib import Path

import pytest
from sim_runs import Run, at_parcels
from sites import site

from sortyard.config.site import load_site
from sortyard.sim.arrivals import GeneratedParcels
from sortyard.sim.events import Record
from sortyard.sim.run import Settings, simulate

CONTACTS = 'pins = { estop = "GP22", start = "GP26", reset = "GP27" }'
WIRED = {
    "both channels": CONTACTS.replace("start", 'estop2 = "GP28", start'),
    "one channel": CONTACTS,
    "none": CONTACTS.replace('estop = "GP22", ', ""),
}


def stopped(folder: Path, contacts: str) -> Run:
    """A run in which somebody presses the emergency stop while the first parcels are on the belt."""
    line = load_site(site(folder, "starter", (CONTACTS, contacts)))
    records: list[Record] = []
    settings = Settings(
        runtime="firmware", seed=3, faults={"estop": at_parcels(1, 2, 3)}, on_records=records.extend
    )
    return Run(simulate(line, GeneratedParcels(line, 8, 3), settings), records)


@pytest.mark.parametrize("wires", WIRED)
def test_a_stop_is_seen_where_it_is_wired_and_the_line_is_started_again(wires: str, tmp_path: Path):
    run = stopped(tmp_path, WIRED[wires])
    pressed = run.result.faults["estop"]["injected"]
    assert (pressed >= 1) == (wires != "none")  # it does not befall a board that would not be told
    assert run.result.parcels == 8
    assert run.result.sorted >= 4
    assert not any(run.result.never.values())
    presses = len([one for one in run.inputs("ESTOP") if one.r])
    assert presses == pressed
