"""The line from above, to scale in both directions: flow to the right, so the left side of the belt is up."""

from itertools import pairwise

from sortyard.config.line import Diverter, Line
from sortyard.config.numbering import Numbering
from sortyard.config.numbering import number as numbered

from .markup import Markup, join, number, tag
from .model import Column, Table
from .svg import Scale, circle, line, picture, points, px, rect, text, thinned
from .tables import table

LEAST_PX, MOST_PX = 1150, 4200
GATE_PITCH_PX = 26
CHUTE_MM = 750
"""Length of a chute in the drawing; the line file does not give it."""
_LETTER_PX = 6.4
_MARGIN_PX = 26


class Sheet:
    """Scale and heights of the drawing; `scale` turns mm along the belt into pixels."""

    def __init__(self, sorter: Line) -> None:
        self.line = sorter
        self.parts: Numbering = numbered(sorter)
        low_mm, high_mm = _extent_mm(sorter)
        per_mm = _px_per_mm(sorter, high_mm - low_mm)
        self.px_per_mm = per_mm
        self.width = (high_mm - low_mm) * per_mm + 2 * _MARGIN_PX
        self.scale = Scale(low_mm, high_mm, _MARGIN_PX, self.width - _MARGIN_PX)
        self.low_mm, self.high_mm = low_mm, high_mm
        self.chute_px = CHUTE_MM * per_mm
        names = {side: self._names(side) for side in ("left", "right")}
        self.is_upright = {side: _is_crowded(names[side]) for side in names}
        room = {side: self._room(side, names[side]) for side in names}
        self.belt_top = 16 + room["left"] + self.chute_px
        self.belt_bottom = self.belt_top + sorter.belt.width_mm * per_mm
        self.names_y = self.belt_bottom + self.chute_px + room["right"] + 4
        self.eye_names = [(self.scale(place), name) for place, name in _belt_eyes(self.parts)]
        self.eye_names += [(self.scale(scanner.position_mm), scanner.name) for scanner in sorter.scanner]
        longest = max((len(name) for _, name in self.eye_names), default=0)
        self.ruler_y = self.names_y + min(longest, 14) * _LETTER_PX + 16
        self.height = self.ruler_y + 30

    def _names(self, side: str) -> list[tuple[float, str]]:
        found = []
        for chute in self.parts.chutes:
            gate = self.parts.gate_of(chute)
            if gate >= 0 and self.parts.gates[gate].side == side:
                found.append((self.scale(self.parts.gates[gate].position_mm), chute.name))
        return sorted(found)

    def _room(self, side: str, names: list[tuple[float, str]]) -> float:
        """Height of the chute names, and of a loop lane beyond them."""
        letters = max((len(name) for _, name in names), default=0)
        name_px = letters * _LETTER_PX + 6 if self.is_upright[side] else 18
        return (name_px if names else 4) + (26 if self._loop_side() == side else 0)

    def _loop_side(self) -> str | None:
        gate = loop_gate(self.line, self.parts)
        return gate.side if gate and self.line.recirculation else None

    def edge(self, side: str) -> float:
        return self.belt_top if side == "left" else self.belt_bottom

    def beyond(self, side: str, distance_px: float) -> float:
        """The height `distance_px` outside the belt's edge on a side."""
        return self.edge(side) + (-distance_px if side == "left" else distance_px)


def loop_gate(sorter: Line, parts: Numbering) -> Diverter | None:
    """The diverter onto the recirculation loop."""
    loop = next((chute for chute in sorter.chute if chute.kind == "recirculate"), None)
    index = parts.gate_of(loop) if loop else -1
    return parts.gates[index] if index >= 0 else None


def _belt_eyes(parts: Numbering) -> list[tuple[int, str]]:
    """(position in mm, name) of the eyes that look across the belt."""
    return [(e.position_mm, e.name) for e in parts.eyes if e.position_mm is not None and e.role != "confirm"]


def _extent_mm(sorter: Line) -> tuple[int, int]:
    upstream = [eye.position_mm for eye in sorter.eye if eye.position_mm is not None]
    upstream += [sorter.infeed_meter.transfer_mm] if sorter.infeed_meter else []
    upstream += [sorter.recirculation.merge_position_mm] if sorter.recirculation else []
    return min(upstream) - 1000, sorter.belt.length_mm + CHUTE_MM + 250


def _px_per_mm(sorter: Line, extent_mm: int) -> float:
    places = sorted(gate.position_mm for gate in sorter.diverter)
    pitches = [b - a for a, b in pairwise(places) if b > a]
    wanted = GATE_PITCH_PX * extent_mm / min(pitches) if pitches else LEAST_PX
    return (min(max(wanted, LEAST_PX), MOST_PX) - 2 * _MARGIN_PX) / extent_mm


def _is_crowded(names: list[tuple[float, str]], least_px: float = 4) -> bool:
    """True if level names would come closer than `least_px`."""
    widths = [max(len(a[1]), len(b[1])) * _LETTER_PX + least_px for a, b in pairwise(names)]
    gaps = [b[0] - a[0] for a, b in pairwise(names)]
    return any(gap < width for gap, width in zip(gaps, widths, strict=True))


def line_drawing(sorter: Line) -> Markup:
    """The drawing with its caption and the list of parts behind it."""
    sheet = Sheet(sorter)
    kinds = ", ".join(sorted({gate.kind for gate in sorter.diverter}))
    description = (
        f"Belt of {number(sorter.belt.length_mm)} mm at {number(sorter.belt.speed_mm_s)} mm/s; "
        f"diverters: {len(sorter.diverter)} ({kinds}); photo-eyes: {len(sorter.eye)}; "
        f"scanners: {len(sorter.scanner)}; chutes: {len(sorter.chute)}."
    )
    layers = (
        _belt(sheet),
        _loop(sheet),
        _chutes(sheet),
        _gates(sheet),
        _scanners(sheet),
        _eyes(sheet),
        _ruler(sheet),
    )
    grow = {"style": f"--grow:{px(sheet.width)}"}
    drawing = picture(
        sheet.width, sheet.height, f"Line {sorter.name} from above", description, *layers, **grow
    )
    frame = tag("div", drawing, class_="chart", tabindex="0", role="region", aria_label="Line drawing")
    note = " Chutes are drawn 750 mm long."
    if sorter.recirculation:
        note += (
            f" The loop ({sorter.recirculation.loop_mm / 1000:g} m) is drawn beside the belt, not to scale."
        )
    caption = tag("figcaption", description, " Flow to the right, to scale along and across the belt.", note)
    parts = tag("details", tag("summary", "Every part with its position"), table(_part_list(sorter)))
    return join(tag("figure", caption, frame), parts)


def _belt(sheet: Sheet) -> Markup:
    sorter, width = sheet.line, sheet.belt_bottom - sheet.belt_top
    meter = sorter.infeed_meter
    start_mm = meter.transfer_mm if meter else sheet.low_mm
    start, end = sheet.scale(start_mm), sheet.scale(sorter.belt.length_mm)
    said = tag("title", f"belt, {sorter.belt.width_mm} mm wide, {sorter.belt.speed_mm_s} mm/s")
    drawn = [rect(start, sheet.belt_top, end - start, width, said, class_="belt")]
    if meter:
        x = sheet.scale(sheet.low_mm)
        said = tag("title", f"metering belt, opens gaps to {meter.gap_mm} mm")
        drawn.append(rect(x, sheet.belt_top, start - x, width, said, class_="metering"))
    middle = (sheet.belt_top + sheet.belt_bottom) / 2
    arrow = min(width / 4, 8)
    for mm in range(sheet.low_mm + 500, sorter.belt.length_mm, 3000):
        x = sheet.scale(mm)
        drawn.append(tag("path", d=f"M{px(x)} {px(middle - arrow)}l{px(arrow)} {px(arrow)}l{px(-arrow)} {px(arrow)}",
                         class_="arrow"))  # fmt: skip
    return join(*drawn)


def _chutes(sheet: Sheet) -> Markup:
    drawn = []
    for chute in sheet.parts.chutes:
        index = sheet.parts.gate_of(chute)
        if index < 0:
            drawn.append(_end_chute(sheet, chute.name))
        elif chute.kind != "recirculate" or not sheet.line.recirculation:
            drawn.append(_side_chute(sheet, sheet.parts.gates[index], chute.name))
    return join(*drawn)


def _side_chute(sheet: Sheet, gate: Diverter, name: str) -> Markup:
    """Slanted with the flow, except behind a pusher, which pushes square."""
    near, far = sheet.edge(gate.side), sheet.beyond(gate.side, sheet.chute_px)
    slant = 0 if gate.moves == "pusher" else sheet.chute_px * 0.45
    a, b = sheet.scale(gate.position_mm), sheet.scale(gate.position_mm + gate.zone_mm)
    said = tag("title", f"chute {name} behind {gate.name}, {gate.side} side, at {gate.position_mm} mm")
    outline = tag("polygon", said, points=points([(a, near), (b, near), (b + slant, far), (a + slant, far)]),
                  class_="chute")  # fmt: skip
    return join(outline, _chute_name(sheet, gate.side, (a + b) / 2 + slant, name))


def _chute_name(sheet: Sheet, side: str, x: float, name: str) -> Markup:
    if not sheet.is_upright[side]:
        y = sheet.beyond(side, sheet.chute_px + (5 if side == "left" else 13))
        return text(x, y, name, class_="mid")
    y = sheet.beyond(side, sheet.chute_px + 4)
    anchor = "" if side == "left" else "end"
    return text(x + 4, y, name, class_=anchor or None, transform=f"rotate(-90 {px(x + 4)} {px(y)})")


def _end_chute(sheet: Sheet, name: str) -> Markup:
    x, far = sheet.scale(sheet.line.belt.length_mm), sheet.scale(sheet.line.belt.length_mm + CHUTE_MM)
    inset = (sheet.belt_bottom - sheet.belt_top) * 0.12
    corners = [(x, sheet.belt_top), (far, sheet.belt_top + inset), (far, sheet.belt_bottom - inset)]
    corners.append((x, sheet.belt_bottom))
    said = tag("title", f"chute {name} at the end of the belt")
    label = text(far, sheet.belt_bottom + 14, name, class_="end")
    return join(tag("polygon", said, points=points(corners), class_="chute"), label)


def _gates(sheet: Sheet) -> Markup:
    drawn = []
    for gate in sheet.parts.gates:
        a, b = sheet.scale(gate.position_mm), sheet.scale(gate.position_mm + gate.zone_mm)
        said = tag("title", f"{gate.name}: {gate.kind}, sweep zone {gate.position_mm}-"
                            f"{gate.position_mm + gate.zone_mm} mm, to the {gate.side}")  # fmt: skip
        width = sheet.belt_bottom - sheet.belt_top
        zone = rect(a, sheet.belt_top, b - a, width, said, class_="sweep", data_gate=gate.name)
        drawn.append(join(zone, _machine(sheet, gate, a, b)))
    return join(*drawn, *_gate_names(sheet))


def _gate_names(sheet: Sheet) -> list[Markup]:
    """Names of the diverters on the far side of the belt, where there is room for them."""
    places = [(sheet.scale(gate.position_mm + gate.zone_mm / 2), gate.name) for gate in sheet.parts.gates]
    if _is_crowded(places, 22):
        return []
    names = []
    for (x, name), gate in zip(places, sheet.parts.gates, strict=True):
        y = sheet.belt_bottom + 13 if gate.side == "left" else sheet.belt_top - 6
        names.append(text(x, y, name, class_="mid gate-name"))
    return names


def _machine(sheet: Sheet, gate: Diverter, a: float, b: float) -> Markup:
    """Blade of a swing arm, plate of a pusher with its stroke, or a column of wheels."""
    away = sheet.edge("right" if gate.side == "left" else "left")
    near = sheet.edge(gate.side)
    if gate.moves == "swing_arm":
        return line(a, away, b, near, class_="blade")
    middle = (a + b) / 2
    if gate.moves == "pusher":
        tip = near + (away - near) * 0.35
        back = 4 if away > near else -4
        return join(
            line(a, away, b, away, class_="blade"),
            line(middle, away, middle, tip, class_="blade"),
            tag("polyline", points=points([(middle - 4, tip + back), (middle, tip), (middle + 4, tip + back)]),
                class_="blade"),
        )  # fmt: skip
    radius = min((b - a) / 3, abs(away - near) / 8)
    return join(
        *(circle(middle, near + (away - near) * part, radius, class_="wheel") for part in (0.25, 0.5, 0.75))
    )


def _loop(sheet: Sheet) -> Markup:
    """From its diverter back along the belt to where it joins it."""
    gate, loop = loop_gate(sheet.line, sheet.parts), sheet.line.recirculation
    if not gate or not loop:
        return join()
    side, lane = gate.side, 14.0 if gate.side == "left" else sheet.names_y - 16
    near = sheet.edge(side)
    leave = sheet.scale(gate.position_mm + gate.zone_mm / 2)
    merge = sheet.scale(loop.merge_position_mm)
    slant = abs(near - lane) * 0.45
    track = (
        f"M{px(leave)} {px(near)}L{px(leave + slant)} {px(lane)}"
        f"H{px(max(merge - slant, 8))}L{px(merge)} {px(near)}"
    )
    said = tag("title", f"recirculation loop, {loop.loop_mm} mm, joins at {loop.merge_position_mm} mm")
    middle = (leave + merge) / 2
    name = next(chute.name for chute in sheet.line.chute if chute.kind == "recirculate")
    words = f"{name}: back to the infeed, {loop.loop_mm / 1000:g} m, at most {loop.lap_limit} laps"
    return join(
        tag("path", said, d=track, class_="lane-edge"),
        tag("path", d=track, class_="lane"),
        text(middle, lane + 3.5, words, class_="mid small"),
        tag("path", d=f"M{px(middle - 160)} {px(lane - 3)}l-6 3l6 3", class_="arrow"),
    )


def _scanners(sheet: Sheet) -> Markup:
    drawn = []
    for scanner in sheet.line.scanner:
        a = sheet.scale(scanner.position_mm - scanner.window_mm)
        b = sheet.scale(scanner.position_mm + scanner.window_mm)
        top, height = sheet.belt_top - 5, sheet.belt_bottom - sheet.belt_top + 10
        said = tag("title", f"{scanner.name} at {scanner.position_mm} mm, read window {scanner.window_mm} mm "
                            "to either side")  # fmt: skip
        x = sheet.scale(scanner.position_mm)
        drawn.append(rect(a, top, b - a, height, said, class_="window"))
        drawn.append(rect(x - 3, top, 6, height, class_="tunnel", data_scanner=scanner.name))
    return join(*drawn)


def _eyes(sheet: Sheet) -> Markup:
    """Beams across the belt, confirm eyes across their chute; names in a row below with leaders."""
    drawn = []
    for eye in sheet.parts.eyes:
        if eye.role == "confirm":
            drawn.append(_confirm_eye(sheet, eye.name, eye.chute))
        elif eye.position_mm is not None:
            x = sheet.scale(eye.position_mm)
            said = tag("title", f"{eye.name} ({eye.role}) at {eye.position_mm} mm")
            drawn.append(line(x, sheet.belt_top - 4, x, sheet.belt_bottom + 4, said, class_="beam"))
            drawn.append(circle(x, sheet.belt_top - 4, 2.2, class_="lamp", data_eye=eye.name))
    for x, name in thinned(sheet.eye_names, 11):
        drawn.append(line(x, sheet.belt_bottom + 6, x, sheet.names_y - 2, class_="eye-line"))
        turn = f"rotate(-90 {px(x + 3)} {px(sheet.names_y)})"
        drawn.append(text(x + 3, sheet.names_y, name[:14], class_="end small soft", transform=turn))
    return join(*drawn)


def _confirm_eye(sheet: Sheet, name: str, chute_name: str | None) -> Markup:
    chute = next((chute for chute in sheet.parts.chutes if chute.name == chute_name), None)
    index = sheet.parts.gate_of(chute) if chute else -1
    if index < 0:
        return join()
    gate = sheet.parts.gates[index]
    depth = sheet.chute_px * 0.5
    slant = 0 if gate.moves == "pusher" else depth * 0.45
    y = sheet.beyond(gate.side, depth)
    a, b = sheet.scale(gate.position_mm) + slant, sheet.scale(gate.position_mm + gate.zone_mm) + slant
    return line(a - 2, y, b + 2, y, tag("title", f"{name} (confirm) in {chute_name}"), class_="beam")


def _ruler(sheet: Sheet) -> Markup:
    y = sheet.ruler_y
    drawn = [line(sheet.scale(sheet.low_mm), y, sheet.scale(sheet.high_mm), y, class_="edge")]
    for mm in sheet.scale.ticks(44):
        x = sheet.scale(mm)
        drawn.append(line(x, y, x, y + 5, class_="edge"))
        drawn.append(text(x, y + 17, f"{mm / 1000:g} m", class_="soft mid"))
    return join(*drawn)


def _part_list(sorter: Line) -> Table:
    parts = numbered(sorter)
    rows: list[tuple[int, tuple]] = []
    for eye in parts.eyes:
        if eye.position_mm is not None:
            rows.append(
                (eye.position_mm, (eye.name, f"{eye.role} eye", eye.position_mm, eye.window_mm, None, None))
            )
    for scan in sorter.scanner:
        rows.append((scan.position_mm, (scan.name, "scanner", scan.position_mm, scan.window_mm, None, None)))
    for gate in parts.gates:
        kind = f"{gate.kind}, {gate.side}"
        rows.append((gate.position_mm, (gate.name, kind, gate.position_mm, gate.zone_mm,
                                        gate.delay_ms + gate.extend_ms, gate.delay_ms + gate.retract_ms)))  # fmt: skip
    columns = (
        Column("part", "text"), Column("kind", "text"), Column("position", unit="mm"),
        Column("window or zone", unit="mm"), Column("in place after", unit="ms"), Column("home after", unit="ms"),
    )  # fmt: skip
    return Table("", "", columns, tuple(row for _, row in sorted(rows)))
