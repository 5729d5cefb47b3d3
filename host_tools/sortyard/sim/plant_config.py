"""A line as the flat tables from which `sortyard_c.plant.Plant` is built.

Micrometres, microseconds, numbers as in `config.numbering`. The layout is that of sortyard_c.plant_setup: a header,
then eyes, gates, chutes, scanners and plan groups, row after row.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Mapping, Sequence

from sortyard.config.board_file import load_board
from sortyard.config.check_figures import gate_gaps_mm
from sortyard.config.compile import LENGTH_TOLERANCE_MM
from sortyard.config.feeding import feeder_brake_mm_s2, feeder_end_mm
from sortyard.config.line import Line
from sortyard.config.numbering import Numbering, number
from sortyard.config.site import Site
from sortyard.config.timing import STEP_MS, stroke_ms
from sortyard.config.zones import host_lost_s
from sortyard.sim.faults import FAULTS, FaultSetting
from sortyard_c.plant import Plant

ENTRY_MM = 500
"""Parcels come onto the feeder this far upstream of its last eye or end, and of the merge."""

HOST_MISSED_S = 1
"""A board takes its host for gone when it has not heard it for so long (sorter_ecu.link)."""

_ROLES = {"infeed": 0, "verify": 1, "end": 2, "confirm": 3, "meter": 4, "merge": 5}
_MOVES = {"pusher": 0, "swing_arm": 1, "popup_wheel": 2}
_CHUTES = {"sort": 0, "reject": 1, "recirculate": 2}
_SAFE_STATES = {"retract": 0, "hold": 1, "off": 2}
_MASK_BITS = 64


def make_plant(
    site: Site,
    faults: Mapping[str, FaultSetting],
    seed: int,
    first_count: int = 0,
    sensed: Line | None = None,
) -> Plant:
    """The plant of a site with these faults switched on; `first_count`: the encoder at time 0.

    `sensed`: the line as its sensors by themselves tell it, where somebody else filters what they tell.
    """
    line = sensed or site.line
    sampled = frozenset() if sensed else sampled_eyes(line)
    table = line_table(line, site.board_plan.groups, first_count, sampled)
    return Plant(table, fault_table(faults), pair_gap_um(site.line), seed)


def sampled_eyes(line: Line) -> frozenset[str]:
    """Names of the eyes that a board looks at once a turn of its loop: on an expander, or on a chip that cannot latch.

    The plain simulation tells their edges as the board would.
    """
    late = {ecu.name for ecu in line.ecu if not load_board(ecu.board).latches}
    return frozenset(
        eye.name
        for eye in line.eye
        if "signal" in eye.pins and (eye.ecu in late or "." in eye.pins["signal"])
    )


def line_table(
    line: Line,
    groups: Sequence[Sequence[int]],
    first_count: int = 0,
    sampled: Collection[str] = (),
) -> array[int]:
    """`groups`: chute numbers of every plan group in order of preference; `first_count`: the encoder at time 0;
    `sampled`: eyes that are looked at once a millisecond."""
    numbering = number(line)
    rows: list[int] = []
    for row in (
        *_eyes(numbering, sampled),
        *_gates(numbering),
        *_chutes(numbering),
        *_scanners(line),
        *map(_group, groups),
    ):
        rows += row
    return array("q", _header(line, numbering, len(groups), first_count) + rows)


def _header(line: Line, numbering: Numbering, n_groups: int, first_count: int) -> list[int]:
    belt, recirculation = line.belt, line.recirculation
    transfer_mm = feeder_end_mm(line)
    upstream = [
        eye.position_mm for eye in numbering.eyes if eye.role == "meter" and eye.position_mm is not None
    ]
    upstream += [transfer_mm] + ([recirculation.merge_position_mm] if recirculation else [])
    return [
        belt.speed_mm_s * 1000,
        belt.length_mm * 1000,
        belt.width_mm * 1000,
        belt.acceleration_mm_s2 * 1000,
        line.encoder.um_per_count,
        (min(upstream) - ENTRY_MM) * 1000,
        transfer_mm * 1000,
        feeder_brake_mm_s2(line) * 1000,
        (recirculation.merge_position_mm if recirculation else 0) * 1000,
        (recirculation.loop_mm if recirculation else 0) * 1000,
        LENGTH_TOLERANCE_MM * 1000 + 2 * line.encoder.um_per_count,
        max((eye.window_mm for eye in numbering.eyes if eye.role in ("verify", "end")), default=0) * 1000,
        line.parcels.min_length_mm * 1000,
        line.parcels.max_length_mm * 1000,
        first_count,
        len(numbering.eyes),
        len(numbering.gates),
        len(numbering.chutes),
        len(line.scanner),
        n_groups,
        host_lost_us(line),
    ]


def host_lost_us(line: Line) -> int:
    """From the host's last word until the line is stopped for it; -1: it never is."""
    most_s = host_lost_s(line)
    return 1_000_000 * (HOST_MISSED_S + most_s) if most_s >= 0 else -1


def _eyes(numbering: Numbering, sampled: Collection[str]) -> list[list[int]]:
    """A merge eye has no place of its own: it stands at the end of the loop lane."""
    names = [chute.name for chute in numbering.chutes]
    return [
        [
            (eye.position_mm or 0) * 1000,
            eye.height_mm * 1000,
            eye.debounce_mm * 1000,
            _ROLES[eye.role],
            names.index(eye.chute) if eye.chute in names else -1,
            int(eye.name in sampled),
        ]
        for eye in numbering.eyes
    ]


def _gates(numbering: Numbering) -> list[list[int]]:
    chute_of = {chute.diverter: i for i, chute in enumerate(numbering.chutes) if chute.diverter}
    return [
        [
            gate.position_mm * 1000,
            (gate.position_mm + gate.zone_mm) * 1000,
            gate.delay_ms * 1000,
            gate.extend_ms * 1000,
            gate.retract_ms * 1000,
            gate.spread_ms * 1000,
            gate.rated_kcycles,
            gate.margin_mm * 1000,
            1000 * (stroke_ms(gate) + STEP_MS) if gate.moves == "pusher" else -1,
            _MOVES[gate.moves],
            int(gate.side == "right"),
            _SAFE_STATES[gate.safe_state],
            int(gate.feedback),
            chute_of.get(gate.name, -1),
        ]
        for gate in numbering.gates
    ]


def _chutes(numbering: Numbering) -> list[list[int]]:
    eye_of = {eye.chute: i for i, eye in enumerate(numbering.eyes) if eye.role == "confirm"}
    rows = []
    for chute in numbering.chutes:
        eye = eye_of.get(chute.name, -1)
        least, most = (numbering.eyes[eye].travel_mm or (0, 0)) if eye >= 0 else (0, 0)
        rows.append(
            [
                numbering.gate_of(chute),
                _CHUTES[chute.kind],
                eye,
                chute.capacity,
                chute.empty_s * 1_000_000,
                least * 1000,
                most * 1000,
            ]
        )
    return rows


def _scanners(line: Line) -> list[list[int]]:
    """In the line file's order: READ names them by it."""
    return [
        [s.position_mm * 1000, s.latency_ms * 1000, s.jitter_ms * 1000, s.window_mm * 1000]
        for s in line.scanner
    ]


def _group(chutes: Sequence[int]) -> list[int]:
    """The first choice, and all chutes as two masks of 64 bits (signed, as the table holds them)."""
    masks = [0, 0]
    for chute in chutes:
        masks[chute // _MASK_BITS] |= 1 << (chute % _MASK_BITS)
    signed = [mask - (1 << _MASK_BITS) if mask >> (_MASK_BITS - 1) else mask for mask in masks]
    return [chutes[0] if chutes else -1, *signed]


def fault_table(faults: Mapping[str, FaultSetting]) -> array[int]:
    """Rate, low and high of every fault, then pairs of fault number and parcel that it meets in any case.

    KeyError for a name that is not in the catalogue.
    """
    unknown = set(faults) - set(FAULTS)
    if unknown:
        raise KeyError(f"no such fault: {', '.join(sorted(unknown))}")
    rates: list[int] = []
    named: list[int] = []
    for place, fault in enumerate(FAULTS.values()):
        setting = faults.get(fault.name, FaultSetting(0))
        rates += [setting.per_million, fault.low, fault.high]
        for parcel in setting.at_parcel:
            named += [place, parcel]
    return array("q", rates + named)


def pair_gap_um(line: Line) -> array[int]:
    """The least gap that `check` publishes for every pair of parcels by their gates, -1 (the belt's end) first."""
    return array("q", [gap * 1000 for row in gate_gaps_mm(line) for gap in row])
