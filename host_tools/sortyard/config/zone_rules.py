"""What must hold where several boards run the gate logic of one line: whose stretch is whose, and what is at a border.

Judged by the wires alone: a board's zone is the stretch of the belt whose eyes and diverters are wired to it. What
needs arithmetic with speeds and times is in `check_borders`.
"""

from itertools import pairwise
from typing import Any, NamedTuple

from sortyard.config.line_view import LineView
from sortyard.config.toml_lines import KeyPath
from sortyard.config.zones import BELT_ROLES


class _Part(NamedTuple):
    """An eye or a diverter along the belt."""

    place_mm: int
    path: KeyPath
    kind: str
    part: Any


def judge_zones(view: LineView) -> None:
    """Add every finding about zones to the view; there is none where one board runs the gate logic."""
    boards = {ecu.name: path for path, ecu in view.parts("ecu")}
    if len(boards) < 2:
        _lone_encoder(view)
        return
    parts = _along_the_belt(view)
    _owners(view, boards, parts)
    _stretches(view, [one for one in parts if one.part.ecu in boards])
    _infeed(view)
    _confirm_eyes(view)
    _encoders(view, boards)
    _emergency_stop(view, boards)
    _host_lost(view)


def _host_lost(view: LineView) -> None:
    """Nobody can hand over without the host, so no policy but to stop at once can hold."""
    policy = view.line.policy
    why = "its boards hand parcels over through the host, and stop as soon as they miss it"
    if policy.host_lost == "sort":
        view.tell(
            ("policy", "host_lost"),
            f'a line of several boards cannot sort on without its host (host_lost = "sort"): {why}',
            'take it out or set it to "stop", or give the whole line to one board',
        )
    elif policy.host_lost_s:
        view.tell(
            ("policy", "host_lost_s"),
            f"a line of several boards cannot run for {policy.host_lost_s} s more without its host: {why}",
            "take it out, or give the whole line to one board",
        )


def _along_the_belt(view: LineView) -> list[_Part]:
    parts = [
        _Part(eye.position_mm, path, "eye", eye)
        for path, eye in view.parts("eye")
        if eye.role in BELT_ROLES and eye.position_mm is not None
    ]
    parts += [_Part(gate.position_mm, path, "diverter", gate) for path, gate in view.parts("diverter")]
    return sorted(parts, key=lambda one: one.place_mm)


def _lone_encoder(view: LineView) -> None:
    for path, ecu in view.parts("ecu"):
        if ecu.encoder:
            view.tell(
                (*path, "encoder"),
                f"{ecu.name} has wires of the encoder, but no second board runs the gate logic",
                "wire it in [encoder] alone",
            )


def _owners(view: LineView, boards: dict[str, KeyPath], parts: list[_Part]) -> None:
    for name, path in boards.items():
        for kind, what in (("eye", "an eye along the belt"), ("diverter", "a diverter")):
            if kind not in view.has_set_aside and not any(
                one.part.ecu == name and one.kind == kind for one in parts
            ):
                view.tell(
                    path,
                    f"{name} runs the gate logic of a zone without {what}",
                    "wire one to it, or take the board out",
                )


def _stretches(view: LineView, parts: list[_Part]) -> None:
    """Zones do not overlap, and each begins and, but for the last one, ends with an eye."""
    seen: list[str] = []
    for before, one in pairwise([None, *parts]):
        assert one is not None
        owner = one.part.ecu
        if before is not None and owner == before.part.ecu:
            continue
        if owner in seen:
            assert before is not None
            view.tell(
                (*one.path, "ecu"),
                f"{one.kind} {one.part.name} at {one.place_mm} mm is wired to {owner}, but the zone of "
                f"{before.part.ecu} begins upstream of it",
                f"wire it to {before.part.ecu}: a board's zone is one stretch of the belt",
            )
            continue
        seen.append(owner)
        if before is not None:
            _border(view, before, one)


def _border(view: LineView, before: _Part, one: _Part) -> None:
    if before.kind != "eye":
        view.tell(
            before.path,
            f"the zone of {before.part.ecu} ends with {before.part.name} at {before.place_mm} mm: nobody sees "
            f"who goes on to {one.part.ecu}",
            f"add a verify eye downstream of {before.part.name} and wire it to {before.part.ecu}",
        )
    if one.kind != "eye":
        view.tell(
            one.path,
            f"the zone of {one.part.ecu} begins with {one.part.name} at {one.place_mm} mm: nobody has seen there "
            "who comes",
            f"add a verify eye upstream of {one.part.name} and wire it to {one.part.ecu}",
        )


def _infeed(view: LineView) -> None:
    """The board that sees parcels come has all that belongs to it."""
    home = next((eye.ecu for _, eye in view.parts("eye") if eye.role == "infeed"), None)
    if home is None:
        return
    others = [(path, f"scanner {one.name}", one) for path, one in view.parts("scanner")]
    others += [
        (path, f"eye {one.name}", one) for path, one in view.parts("eye") if one.role in ("meter", "merge")
    ]
    others += [(path, f"motor {one.name}", one) for path, one in view.parts("motor")]
    for path, what, one in others:
        if one.ecu != home:
            view.tell(
                (*path, "ecu"),
                f"{what} is wired to {one.ecu}; the infeed eye, and with it what feeds, reads and drives, to {home}",
                f'set ecu = "{home}"',
            )


def _confirm_eyes(view: LineView) -> None:
    gates = {gate.name: gate for _, gate in view.parts("diverter")}
    chutes = {chute.name: gates.get(chute.diverter) for _, chute in view.parts("chute")}
    for path, eye in view.parts("eye"):
        gate = chutes.get(eye.chute) if eye.role == "confirm" else None
        if gate is not None and gate.ecu != eye.ecu:
            view.tell(
                (*path, "ecu"),
                f"confirm eye {eye.name} is wired to {eye.ecu}, the diverter of its chute, {gate.name}, to {gate.ecu}",
                f'set ecu = "{gate.ecu}"',
            )


def _encoders(view: LineView, boards: dict[str, KeyPath]) -> None:
    """All zones count the same belt."""
    if "encoder" in view.has_set_aside or not view.line.encoder.pins:
        return
    for path, ecu in view.parts("ecu"):
        is_home = ecu.name == view.line.encoder.ecu
        if ecu.name in boards and not is_home and not ecu.encoder:
            view.tell(
                path,
                f"{ecu.name} does not see the belt: the encoder is wired to {view.line.encoder.ecu} alone",
                'give it the wires, too: encoder = { a = "...", b = "..." }',
            )
        elif ecu.encoder and (is_home or ecu.name not in boards):
            view.tell(
                (*path, "encoder"),
                f"{ecu.name} {'has the encoder in [encoder] already' if is_home else 'has no zone'}",
                "take the key out",
            )


def _emergency_stop(view: LineView, boards: dict[str, KeyPath]) -> None:
    """Each board makes its own outputs safe."""
    has_it = {ecu.name: "estop" in ecu.pins for _, ecu in view.parts("ecu") if ecu.name in boards}
    for name, has in has_it.items():
        if not has and any(has_it.values()):
            view.tell(
                (*boards[name], "pins"),
                f"{name} does not see the emergency stop, and has outputs to make safe",
                "wire a contact of the relay to it: pins = { estop = ... }",
            )
