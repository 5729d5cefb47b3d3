"""A line of three gates, small enough to work out by hand, as the pure gate logic sees it.

One count is 1 mm and the belt runs 1 mm a millisecond, so positions, times and counts are the same numbers:

    meter  infeed  scan   V1     PUSH       V2     ARM        V3     WHEEL      end eye   end of the belt
    -400   0       400    1500   2500-2800  3500   4500-4900  5500   6500-6800  7800      8000

PUSH is a pusher for chute A, ARM a swing arm for B, WHEEL a barrier that sends parcels round again.
"""

from collections.abc import Sequence
from typing import Any

from sorter_core.gate_logic import GateLogic
from sortyard.config.compile import gate_config
from sortyard.config.line import Line

INFEED, V1, V2, V3, END = range(5)
CONFIRM_A, CONFIRM_B, CONFIRM_LOOP, METER, MERGE = range(5, 10)
PUSH, ARM, WHEEL = range(3)
A, B, LOOP, REJECT = range(4)
GROUPS: tuple[tuple[int, ...], ...] = ((A,), (B,), (A, B), (B, A), (REJECT,), (LOOP,))
TO_A, TO_B, A_THEN_B, B_THEN_A, TO_END, TO_LOOP = range(1, 7)
HOST_ONLY, NO_RULE = 255, 0
MAX_LENGTH, MIN_LENGTH = 600, 100


def _eye(name: str, role: str, **keys: Any) -> dict[str, Any]:
    return {"name": name, "role": role, "ecu": "line", **keys}


def _gate(name: str, kind: str, position: int, zone: int, /, **keys: Any) -> dict[str, Any]:
    times = {"delay_ms": 10, "extend_ms": 100, "retract_ms": 100, "spread_ms": 5, "margin_mm": 30}
    return {
        "name": name, "kind": kind, "position_mm": position, "zone_mm": zone, "ecu": "line", **times, **keys,
    }  # fmt: skip


def small_line(
    *,
    has_end_eye: bool = True,
    has_confirm: bool = True,
    gate: dict[str, Any] | None = None,
    parcels: dict[str, Any] | None = None,
    **policy: Any,
) -> Line:
    """`gate`: keys changed in every diverter; `policy`: keys of [policy], by default no host, `resume`."""
    changed = gate or {}
    confirms = [
        _eye("C-A", "confirm", chute="A", travel_mm=[300, 700]),
        _eye("C-B", "confirm", chute="B", travel_mm=[450, 800]),
        _eye("C-LOOP", "confirm", chute="LOOP", travel_mm=[300, 700]),
    ]
    return Line.model_validate(
        {
            "format": 1,
            "name": "small",
            "plan": "small.plan.toml",
            "belt": {"speed_mm_s": 1000, "length_mm": 8000, "width_mm": 600, "acceleration_mm_s2": 2000},
            "encoder": {"um_per_count": 1000, "ecu": "line"},
            "parcels": {"min_length_mm": MIN_LENGTH, "max_length_mm": MAX_LENGTH, **(parcels or {})},
            "ecu": [{"name": "line", "board": "pico"}],
            "eye": [
                _eye("INFEED", "infeed", position_mm=0),
                _eye("V1", "verify", position_mm=1500),
                _eye("V2", "verify", position_mm=3500),
                _eye("V3", "verify", position_mm=5500),
                *([_eye("END", "end", position_mm=7800)] if has_end_eye else []),
                *(confirms if has_confirm else []),
                _eye("METER", "meter", position_mm=-400),
                _eye("MERGE", "merge"),
            ],
            "scanner": [{"name": "SCAN", "position_mm": 400, "ecu": "line"}],
            "diverter": [
                _gate("PUSH", "pusher", 2500, 300, **changed),
                _gate("ARM", "swing_arm", 4500, 400, **changed),
                _gate("WHEEL", "popup_wheel", 6500, 300, **changed),
            ],
            "chute": [
                {"name": "A", "diverter": "PUSH"},
                {"name": "B", "diverter": "ARM"},
                {"name": "LOOP", "kind": "recirculate", "diverter": "WHEEL"},
                {"name": "REJECT", "kind": "reject", "end": True},
            ],
            "recirculation": {"loop_mm": 9000, "merge_position_mm": -200, "lap_limit": 2, "warn_load": 2},
            "infeed_meter": {"gap_mm": 500, "transfer_mm": -300},
            "policy": {"host": False, "restart": "resume", **policy},
        }
    )


def small_config(line: Line | None = None, groups: Sequence[Sequence[int]] = GROUPS) -> list[int]:
    """The flat integers of a line, `small_line()` by default."""
    return list(gate_config(line or small_line(), groups))


def small_logic(line: Line | None = None) -> GateLogic:
    """The pure gate logic of a line, `small_line()` by default."""
    return GateLogic(small_config(line))


def late_confirms(chute: str, last_mm: int, **keys: Any) -> Line:
    """The chute's confirm eye may see its parcels when they would have passed the next verify eye. `keys`: as above."""
    line = small_line(**keys)
    eyes = tuple(
        eye.model_copy(update={"travel_mm": (eye.travel_mm[0], last_mm)})
        if eye.chute == chute and eye.travel_mm
        else eye
        for eye in line.eye
    )
    return line.model_copy(update={"eye": eyes})
