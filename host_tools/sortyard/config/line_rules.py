"""What needs two keys of a line file to be judged: names, references, and the order of things along the belt.

What needs arithmetic with speeds and times is `check`'s; what concerns pins is in `line_pins`.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from sortyard.config.board_file import board_names
from sortyard.config.line import QUANTILE_PERCENT, Diverter
from sortyard.config.line_view import PART_LISTS, LineView
from sortyard.config.toml_findings import did_you_mean
from sortyard.config.toml_lines import KeyPath
from sortyard.config.zone_rules import judge_zones

_QUANTILE_KEYS = ("length_mm_quantiles", "width_mm_quantiles", "height_mm_quantiles", "weight_g_quantiles")


def judge_line(view: LineView) -> None:
    """Add every finding about names, references and geometry to the view."""
    for rule in _RULES:
        rule(view)


def _names(view: LineView) -> None:
    """Reports name a part by its name alone, so a name stands for one part of the whole line."""
    taken: dict[str, KeyPath] = {}
    for kind in PART_LISTS:
        for path, part in view.parts(kind):
            first = taken.setdefault(part.name.lower(), path)
            if first is path:
                continue
            is_same_kind = first[0] == path[0]
            whose = f"another {kind}" if is_same_kind else f"the {first[0]}"
            view.tell(
                (*path, "name"),
                f'the name "{part.name}" is taken by {whose} in line {view.line_of((*first, "name"))}',
                f"give each part of the line a name of its own (capitals do not count), for example {part.name}-2"
                if is_same_kind
                else f"give each part of the line a name of its own, for example {kind[0].upper()}-{part.name}",
            )


def _references(view: LineView) -> None:
    for kind, key, target in (("chute", "diverter", "diverter"), ("eye", "chute", "chute")):
        for path, part in view.parts(kind):
            _known(view, (*path, key), target, getattr(part, key))
    for kind in ("expander", "motor", "eye", "scanner", "diverter", "light"):
        for path, part in view.parts(kind):
            _known(view, (*path, "ecu"), "ecu", part.ecu)
    if "encoder" not in view.has_set_aside:
        _known(view, ("encoder", "ecu"), "ecu", view.line.encoder.ecu)


def _known(view: LineView, path: KeyPath, kind: str, name: str | None) -> None:
    if name is not None and not view.is_known(kind, name):
        view.tell(path, f'there is no {kind} "{name}"', view.suggestion(kind, name))


def _ecus(view: LineView) -> None:
    known = board_names()
    for path, ecu in view.parts("ecu"):
        if ecu.board not in known:
            remedy = f"{did_you_mean(ecu.board, known)}boards: {', '.join(known)}"
            view.tell((*path, "board"), f'there is no board "{ecu.board}"', remedy)


def _scanners(view: LineView) -> None:
    for path, scanner in view.parts("scanner"):
        _on_belt(view, (*path, "position_mm"), f"scanner {scanner.name}", scanner.position_mm)


def _on_belt(view: LineView, path: KeyPath, what: str, end_mm: int) -> None:
    length = view.line.belt.length_mm
    if end_mm > length:
        view.tell(
            path,
            f"{what} reaches to {end_mm} mm, and the belt ends at {length} mm",
            f"set belt.length_mm to {end_mm} or more, or move it upstream",
        )


def _diverters(view: LineView) -> None:
    gates: list[tuple[KeyPath, Diverter]] = sorted(view.parts("diverter"), key=lambda one: one[1].position_mm)
    last_scan = max((scanner.position_mm for _, scanner in view.parts("scanner")), default=0)
    for path, gate in gates:
        _on_belt(view, (*path, "position_mm"), f"diverter {gate.name}", gate.position_mm + gate.zone_mm)
        if gate.position_mm <= last_scan:
            view.tell(
                (*path, "position_mm"),
                f"diverter {gate.name} at {gate.position_mm} mm is upstream of the scanner at {last_scan} mm: "
                "its parcels have no barcode yet",
                f"move it downstream of {last_scan} mm",
            )
    for (_, first), (path, second) in pairwise(gates):
        end = first.position_mm + first.zone_mm
        if second.position_mm < end:
            view.tell(
                (*path, "position_mm"),
                f"the sweep zone of {second.name} starts at {second.position_mm} mm, inside that of {first.name}, "
                f"which ends at {end} mm",
                f"put it at {end} mm or later, or shorten the zone of {first.name}",
            )


def _eye_keys(view: LineView) -> None:
    """Which of position_mm, chute and travel_mm an eye has follows from its role."""
    for path, eye in view.parts("eye"):
        for key in ("chute", "travel_mm"):
            is_given = getattr(eye, key) is not None
            if eye.role == "confirm" and not is_given:
                view.tell(path, f"confirm eye {eye.name} has no {key}", _CONFIRM_REMEDY[key])
            elif eye.role != "confirm" and is_given:
                view.tell(
                    (*path, key),
                    f"{key} is for confirm eyes, and {eye.name} is a {eye.role} eye",
                    f"remove {key}",
                )
        if eye.role == "confirm" and eye.position_mm is not None:
            view.tell(
                (*path, "position_mm"),
                f"confirm eye {eye.name} stands in a chute, not at a position of the belt",
                "remove position_mm; travel_mm says how far the belt runs until it is blocked",
            )
        elif eye.role not in ("confirm", "merge") and eye.position_mm is None:
            view.tell(
                path, f"{eye.role} eye {eye.name} has no position_mm", "add position_mm, from the infeed eye"
            )
        if eye.travel_mm is not None and eye.travel_mm[0] >= eye.travel_mm[1]:
            view.tell(
                (*path, "travel_mm"),
                f"travel_mm is {list(eye.travel_mm)}; allowed: the least, then the most",
                "measure from the parcel's leading edge at the sweep zone's start until the eye is blocked",
            )


_CONFIRM_REMEDY = {
    "chute": 'add chute = "..." with the chute that it stands in',
    "travel_mm": "add travel_mm = [least, most], the belt travel from the sweep zone's start to this eye",
}


def _eye_roles(view: LineView) -> None:
    by_role: dict[str, list[tuple[KeyPath, Any]]] = {}
    for path, eye in view.parts("eye"):
        by_role.setdefault(eye.role, []).append((path, eye))
    is_complete = "eye" not in view.has_set_aside
    if "infeed" not in by_role and is_complete:
        view.tell(("eye",), "there is no infeed eye", 'add an eye with role = "infeed" and position_mm = 0')
    for path, eye in by_role.get("infeed", []):
        if eye.position_mm not in (None, 0):
            view.tell(
                (*path, "position_mm"),
                f"the infeed eye is at {eye.position_mm} mm; allowed: 0, it is the origin of all positions",
                "set position_mm = 0 and measure everything else from this eye",
            )
    for role in ("infeed", "meter", "merge", "end"):
        for path, eye in by_role.get(role, [])[1:]:
            first = by_role[role][0][1].name
            view.tell(
                (*path, "role"),
                f"{eye.name} is a second {role} eye beside {first}",
                "a line has one: remove it",
            )
    seen: dict[str | None, str] = {}
    for path, eye in by_role.get("confirm", []):
        first = seen.setdefault(eye.chute, eye.name) if eye.chute else eye.name
        if first != eye.name:
            view.tell(
                (*path, "chute"),
                f"{eye.name} is a second confirm eye of {eye.chute} beside {first}",
                "a chute has one: remove it, or name the chute that it stands in",
            )
    for role, key in (("meter", "infeed_meter"), ("merge", "recirculation")):
        has_table = getattr(view.line, key) is not None or key in view.has_set_aside
        if has_table and role not in by_role and is_complete:
            view.tell(
                (key,), f'[{key}] needs an eye with role = "{role}"', f"add the {role} eye, or remove [{key}]"
            )
        elif not has_table and role in by_role:
            view.tell(
                (*by_role[role][0][0], "role"), f"a {role} eye is of no use without [{key}]", f"add [{key}]"
            )


def _eye_places(view: LineView) -> None:
    gates = [gate for _, gate in view.parts("diverter")]
    last_zone = max((gate.position_mm + gate.zone_mm for gate in gates), default=0)
    at: dict[int, str] = {}
    for path, eye in view.parts("eye"):
        place = eye.position_mm
        if place is None or eye.role not in ("verify", "end"):
            continue
        place_path = (*path, "position_mm")
        _on_belt(view, place_path, f"eye {eye.name}", place)
        if place <= 0:
            view.tell(
                place_path, f"{eye.role} eye {eye.name} is at {place} mm; allowed: downstream of 0", "move it"
            )
        first = at.setdefault(place, eye.name)
        if first != eye.name:
            view.tell(
                place_path,
                f"{eye.name} and {first} stand at the same place, {place} mm",
                "remove one of them",
            )
        if eye.role == "end" and place < last_zone:
            view.tell(
                place_path,
                f"the end eye is at {place} mm, before the last sweep zone ends at {last_zone} mm",
                f"put it between {last_zone} mm and the end of the belt",
            )
        for gate in gates:
            end = gate.position_mm + gate.zone_mm
            if eye.role == "verify" and gate.position_mm <= place < end:
                view.tell(
                    place_path,
                    f"verify eye {eye.name} at {place} mm is inside the sweep zone of {gate.name}, "
                    f"{gate.position_mm} to {end} mm",
                    "put it before the zone, where every parcel still passes it",
                )


def _chutes(view: LineView) -> None:
    ends = [(path, chute) for path, chute in view.parts("chute") if chute.end]
    if not ends and "chute" not in view.has_set_aside:
        view.tell(
            ("chute",),
            "no chute has end = true: parcels that nobody steers would fall off the belt",
            'add a chute with kind = "reject" and end = true',
        )
    for path, chute in ends[1:]:
        view.tell(
            (*path, "end"),
            f"{chute.name} is a second chute at the end of the belt",
            "the belt has one end: remove it",
        )
    used: dict[str, str] = {}
    for path, chute in view.parts("chute"):
        _chute_keys(view, path, chute)
        first = used.setdefault(chute.diverter, chute.name) if chute.diverter else chute.name
        if first != chute.name:
            view.tell(
                (*path, "diverter"),
                f"{chute.diverter} fills {first} already; one diverter fills one chute",
                f"give {chute.name} a diverter of its own",
            )


def _chute_keys(view: LineView, path: KeyPath, chute: Any) -> None:
    if chute.end != (chute.kind == "reject"):
        view.tell(
            (*path, "kind"),
            f'{chute.name} has kind "{chute.kind}" and end = {str(chute.end).lower()}: '
            "the chute at the end of the belt, and no other one, is the reject chute",
            'set kind = "reject" and end = true together',
        )
    if chute.end and chute.diverter:
        view.tell(
            (*path, "diverter"),
            f"{chute.name} is at the end of the belt and has a diverter",
            "remove one of them",
        )
    if not chute.end and not chute.diverter and chute.kind != "reject":
        view.tell(path, f"nothing fills chute {chute.name}", 'add diverter = "..."')


def _loop(view: LineView) -> None:
    loops = [(path, chute) for path, chute in view.parts("chute") if chute.kind == "recirculate"]
    loop, meter = view.line.recirculation, view.line.infeed_meter
    has_table = loop is not None or "recirculation" in view.has_set_aside
    if loops and not has_table:
        view.tell(
            (*loops[0][0], "kind"),
            f"{loops[0][1].name} recirculates, but there is no [recirculation]",
            _LOOP_REMEDY,
        )
    if has_table and not loops and "chute" not in view.has_set_aside:
        view.tell(("recirculation",), "no chute leads to the loop", 'add a chute with kind = "recirculate"')
    for path, chute in loops[1:]:
        view.tell(
            (*path, "kind"), f"{chute.name} is a second way to the loop", "a line has one recirculation chute"
        )
    if loop is None:
        return
    if meter is not None and loop.merge_position_mm <= meter.transfer_mm:
        view.tell(
            ("recirculation", "merge_position_mm"),
            f"the loop joins at {loop.merge_position_mm} mm, on the metering belt that ends at {meter.transfer_mm} mm",
            f"let it join between {meter.transfer_mm} mm and the infeed eye: that stretch is cleared for it",
        )
    for path, eye in view.parts("eye"):
        if eye.role == "merge" and eye.position_mm not in (None, loop.merge_position_mm):
            view.tell(
                (*path, "position_mm"),
                f"the merge eye is at {eye.position_mm} mm; the loop ends at {loop.merge_position_mm} mm",
                "remove position_mm: it follows from merge_position_mm",
            )


_LOOP_REMEDY = "add [recirculation] with loop_mm and merge_position_mm"


def _meter(view: LineView) -> None:
    meter = view.line.infeed_meter
    if meter is None:
        return
    if "feeder_end_mm" in view.line.belt.model_fields_set:
        view.tell(
            ("belt", "feeder_end_mm"),
            f"the line is fed by a metering belt, which ends at {meter.transfer_mm} mm",
            "leave feeder_end_mm out: transfer_mm of [infeed_meter] says it",
        )
    for path, eye in view.parts("eye"):
        if eye.role == "meter" and eye.position_mm is not None and eye.position_mm >= meter.transfer_mm:
            view.tell(
                (*path, "position_mm"),
                f"the meter eye is at {eye.position_mm} mm, behind the metering belt's end at {meter.transfer_mm} mm",
                f"put it upstream of {meter.transfer_mm} mm",
            )


def _motors(view: LineView) -> None:
    """A board has one output for the belt, one for what feeds it, and one for the loop's lane."""
    first: dict[str, str] = {}
    for path, motor in view.parts("motor"):
        name = first.setdefault(motor.drives, motor.name)
        if name != motor.name:
            view.tell(
                (*path, "drives"),
                f"{motor.name} is a second motor of the {motor.drives} beside {name}, and the board runs one",
                f"run both by what is wired to {name}, and remove {motor.name}, or say what else it drives",
            )


def _lights(view: LineView) -> None:
    wired: dict[str, str] = {}
    for path, light in view.parts("light"):
        if light.pins and light.ecu is None:
            view.tell((*path, "pins"), f"{light.name} has wires but no board", 'say which one: ecu = "..."')
        elif light.ecu is not None and light.ecu in wired:
            first = wired[light.ecu]
            view.tell(
                (*path, "ecu"), f"{light.ecu} has the light {first} already", "wire it to another board"
            )
        elif light.ecu is not None:
            wired[light.ecu] = light.name
    if view.line.program is not None or "program" in view.has_set_aside:
        return
    for path, light in view.parts("light"):
        if light.ecu is not None:
            continue  # its board does
        view.tell(
            path,
            f"nothing lights {light.name}: the line has no program",
            'add [program] with file = "....st", wire it to a board with ecu and pins, or remove it',
            "warning",
        )


def _parcels(view: LineView) -> None:
    parcels, belt = view.line.parcels, view.line.belt
    if parcels.min_length_mm >= parcels.max_length_mm:
        view.tell(
            ("parcels", "min_length_mm"),
            f"min_length_mm is {parcels.min_length_mm} and max_length_mm {parcels.max_length_mm}",
            "the first must be the smaller one",
        )
    if parcels.max_width_mm > belt.width_mm:
        view.tell(
            ("parcels", "max_width_mm"),
            f"parcels up to {parcels.max_width_mm} mm wide do not fit the belt of {belt.width_mm} mm",
            f"set max_width_mm to {belt.width_mm} or less",
        )
    for key in _QUANTILE_KEYS:
        _ascending(view, key, getattr(parcels, key))


def _ascending(view: LineView, key: str, values: list[int]) -> None:
    for place in _falls(values):
        view.tell(
            ("parcels", key, place),
            f"the {QUANTILE_PERCENT[place]} % quantile, {values[place]}, is less than the "
            f"{QUANTILE_PERCENT[place - 1]} % quantile, {values[place - 1]}",
            f"give seven values that rise: {', '.join(f'{percent} %' for percent in QUANTILE_PERCENT)}",
        )


def _falls(values: list[int]) -> Iterator[int]:
    return (place for place in range(1, len(values)) if values[place] < values[place - 1])


_RULES = (
    _names,
    _references,
    _ecus,
    judge_zones,
    _scanners,
    _diverters,
    _eye_keys,
    _eye_roles,
    _eye_places,
    _chutes,
    _loop,
    _meter,
    _motors,
    _lights,
    _parcels,
)
