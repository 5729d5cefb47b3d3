"""The distance-time diagram: time to the right, position upwards, a parcel as a rising band as thick as it is long.

A band is cut off where its parcel left the belt. Gates are bars in their sweep zone: the thin line runs from the
extend to the retract command, the solid is the machine itself by the times of the line file. An eye is a
faint line, and a dash on it while it was blocked: what the sensor said, drawn over what was there.
"""

from bisect import bisect_right
from itertools import pairwise

from sortyard.config.line import Line
from sortyard.config.numbering import Numbering, number

from .glyphs import glyph, legend_item
from .markup import Markup, join, tag
from .model import OUTCOMES, Diagram, ParcelPath
from .svg import Scale, circle, line, picture, points, px, rect, text, thinned

AXIS_PX = 104
PLOT_PX = 992
RIGHT_PX = 76
TOP_PX, BOTTOM_PX = 12, 30
LAYERS = (("eyes", "eyes"), ("gates", "gates"), ("reads", "reads"), ("names", "track numbers"))
_NAME_GAP_PX = 25


class Frame:
    """Scales of one diagram, and the parts of the line that stand in its window."""

    def __init__(self, diagram: Diagram, sorter: Line) -> None:
        self.diagram = diagram
        self.parts: Numbering = number(sorter)
        self.height_px = _height_px(diagram, self.parts)
        self.bottom = TOP_PX + self.height_px
        self.x = Scale(diagram.t0_us, diagram.t1_us, 0, PLOT_PX)
        self.y = Scale(diagram.x0_um, diagram.x1_um, self.bottom, TOP_PX)

    def in_view(self, x_um: float) -> bool:
        return self.diagram.x0_um <= x_um <= self.diagram.x1_um

    def eye_um(self, index: int) -> int | None:
        """Where an eye is drawn: a confirm eye just behind its gate's sweep zone, a merge eye nowhere."""
        eye = self.parts.eyes[index]
        if eye.role == "confirm":
            chute = next((c for c in self.parts.chutes if c.name == eye.chute), None)
            gate = self.parts.gate_of(chute) if chute else -1
            if gate < 0:
                return None
            machine = self.parts.gates[gate]
            return (machine.position_mm + machine.zone_mm) * 1000
        return None if eye.position_mm is None else eye.position_mm * 1000


def _height_px(diagram: Diagram, parts: Numbering) -> float:
    """High enough for a name at every gate in view, within what a screen shows."""
    seen = sum(diagram.x0_um <= gate.position_mm * 1000 <= diagram.x1_um for gate in parts.gates)
    return min(max(280, 30 * seen + 60), 940)


def _counted(n: int, thing: str) -> str:
    return f"{n} {thing}" if n == 1 else f"{n} {thing}s"


def distance_time(diagram: Diagram, sorter: Line, ident: str) -> Markup:
    """One figure. `ident` makes its identifiers unique in the page."""
    frame = Frame(diagram, sorter)
    total_px = frame.bottom + BOTTOM_PX
    span_s = (diagram.t1_us - diagram.t0_us) / 1e6
    told = (
        f"{_counted(len(diagram.paths), 'parcel')} over {span_s:.1f} s between {diagram.x0_um / 1e6:.1f} m "
        f"and {diagram.x1_um / 1e6:.1f} m, {_counted(len(diagram.gates), 'gate stroke')}"
    )
    title = f"Distance-time diagram: {diagram.title}"
    axis = picture(AXIS_PX, total_px, "Positions and gates", "axis of the diagram", _axis(frame), class_="axis",
                   style=f"--grow:{AXIS_PX}")  # fmt: skip
    width = PLOT_PX + RIGHT_PX
    readout = {"data_t": f"{diagram.t0_us} {diagram.t1_us} 0 {PLOT_PX}"}
    readout["data_x"] = f"{diagram.x0_um} {diagram.x1_um} {px(frame.bottom)} {TOP_PX}"
    plot = picture(width, total_px, title, told, _plot(frame, ident), class_="plot",
                   style=f"--grow:{width}", **readout)  # fmt: skip
    chart = tag("div", axis, plot, class_="chart", tabindex="0", role="region", aria_label=title)
    return tag("figure", tag("figcaption", tag("b", diagram.title), f" ({told})"), _switches(ident), chart)


def _switches(ident: str) -> Markup:
    """Check boxes that hide a layer, by style alone."""
    boxes = []
    for key, words in LAYERS:
        box = f"{ident}-{key}"
        boxes.append(tag("input", type="checkbox", checked=True, id=box, class_=f"layer layer-{key}"))
        boxes.append(tag("label", words, for_=box, class_="layers"))
    return join(*boxes)


def legend() -> Markup:
    """What the shapes mean, once for all diagrams of a page."""
    gate = rect(1, 4, 14, 8, class_="gate")
    eye = line(0, 8, 16, 8, class_="blocked")
    seen = line(0, 8, 16, 8, class_="confirmed")
    read = circle(8, 8, 3, class_="read")
    signs = (
        (gate, "gate extended"),
        (eye, "eye blocked"),
        (seen, "confirm eye blocked"),
        (read, "code read"),
    )
    others = [
        tag("span", tag("svg", sign, width=16, height=16, aria_hidden="true"), word) for sign, word in signs
    ]
    return tag(
        "p", *(legend_item(outcome, outcome.lower()) for outcome in OUTCOMES), *others, class_="legend"
    )


def _axis(frame: Frame) -> Markup:
    """Metres to the left, gates by name to the right; both without labels that touch."""
    parts = []
    digits = 0 if frame.diagram.x1_um - frame.diagram.x0_um > 8e6 else 1
    for x_um in frame.y.ticks(34):
        parts.append(text(43, frame.y(x_um) + 3.5, f"{x_um / 1e6:.{digits}f} m", class_="soft end"))
        parts.append(line(46, frame.y(x_um), AXIS_PX, frame.y(x_um), class_="grid"))
    middles = [(gate.position_mm * 1000 + gate.zone_mm * 500, gate.name) for gate in frame.parts.gates]
    labels = [(frame.y(middle), name) for middle, name in middles if frame.in_view(middle)]
    for y, name in thinned(labels, 10):
        parts.append(text(AXIS_PX - 4, y + 3.5, name[:8], class_="end"))
    parts.append(line(AXIS_PX - 0.5, TOP_PX, AXIS_PX - 0.5, frame.bottom, class_="edge"))
    return join(*parts)


def _plot(frame: Frame, ident: str) -> Markup:
    clip = f"{ident}-clip"
    window = tag("clipPath", rect(0, TOP_PX, PLOT_PX, frame.height_px), id=clip)
    inside = tag(
        "g",
        tag("g", _zones(frame), _eye_lines(frame)),
        tag("g", *(_body(frame, path) for path in frame.diagram.paths)),
        tag("g", *_gates(frame), class_="gates"),
        tag("g", *_eye_spans(frame), class_="eyes"),
        tag("g", *_reads(frame), class_="reads"),
        tag("g", *(_ending(frame, path) for path in frame.diagram.paths)),
        clip_path=f"url(#{clip})",
    )
    border = rect(0, TOP_PX, PLOT_PX, frame.height_px, class_="edge")
    names = tag("g", *_names(frame), class_="names")
    return join(
        tag("defs", window), _time_axis(frame), inside, names, *_marks(frame), border, _eye_names(frame)
    )


def _time_axis(frame: Frame) -> Markup:
    parts = []
    digits = 0 if frame.diagram.t1_us - frame.diagram.t0_us > 15e6 else 1
    for t_us in frame.x.ticks(70):
        x = frame.x(t_us)
        parts.append(line(x, TOP_PX, x, frame.bottom + 4, class_="grid"))
        side = "soft" if x < 12 else "soft mid"
        parts.append(text(x, frame.bottom + 16, f"{t_us / 1e6:.{digits}f} s", class_=side))
    for x_um in frame.y.ticks(34):
        parts.append(line(0, frame.y(x_um), PLOT_PX, frame.y(x_um), class_="grid"))
    return join(*parts)


def _zones(frame: Frame) -> Markup:
    """Sweep zones as faint bands over the whole time."""
    bands = []
    for gate in frame.parts.gates:
        start, end = gate.position_mm * 1000, (gate.position_mm + gate.zone_mm) * 1000
        if end >= frame.diagram.x0_um and start <= frame.diagram.x1_um:
            said = tag(
                "title", f"{gate.name}: sweep zone {gate.position_mm}-{gate.position_mm + gate.zone_mm} mm"
            )
            bands.append(rect(0, frame.y(end), PLOT_PX, frame.y(start) - frame.y(end), said, class_="zone"))
    return join(*bands)


def _eye_places(frame: Frame) -> list[tuple[float, str]]:
    """(y in pixels, name) of each eye that stands on the belt in the window."""
    places = []
    for index, eye in enumerate(frame.parts.eyes):
        x_um = frame.eye_um(index)
        if eye.role != "confirm" and x_um is not None and frame.in_view(x_um):
            places.append((frame.y(x_um), eye.name))
    return places


def _eye_lines(frame: Frame) -> Markup:
    lines = [line(0, y, PLOT_PX, y, tag("title", name), class_="eye-line") for y, name in _eye_places(frame)]
    return join(*lines)


def _eye_names(frame: Frame) -> Markup:
    names = thinned(_eye_places(frame), 10)
    return join(*(text(PLOT_PX + 5, y + 3, name[:11], class_="soft small") for y, name in names))


def upper_edge(path: ParcelPath) -> list[tuple[float, float]]:
    """The leading edge, held at the place where the parcel left the belt until its trailing edge is there."""
    if path.left_um is None:
        return list(path.points)
    edge: list[tuple[float, float]] = []
    for (t0, x0), (t1, x1) in pairwise(path.points):
        edge.append((t0, min(x0, path.left_um)))
        if x0 < path.left_um < x1:
            edge.append((t0 + (t1 - t0) * (path.left_um - x0) / (x1 - x0), path.left_um))
    return [*edge, *((t, min(x, path.left_um)) for t, x in path.points[-1:])]


def place_at(path: ParcelPath, t_us: float) -> float:
    """Position of the leading edge at a time within the path, micrometres."""
    times = [t for t, _ in path.points]
    after = min(max(bisect_right(times, t_us), 1), len(times) - 1)
    (t0, x0), (t1, x1) = path.points[after - 1], path.points[after]
    return x0 if t1 == t0 else x0 + (x1 - x0) * (t_us - t0) / (t1 - t0)


def _body(frame: Frame, path: ParcelPath) -> Markup:
    if len(path.points) < 2:
        return join()
    lower = [(t, x - path.length_um) for t, x in path.points]
    outline = [(frame.x(t), frame.y(x)) for t, x in [*upper_edge(path), *reversed(lower)]]
    words = f"{path.label}: {path.length_um / 1000:.0f} mm, {path.outcome}"
    said = tag("title", f"{words} ({path.ending})" if path.ending else words)
    told = " told" if path.is_told else ""
    return tag("polygon", said, points=points(outline), class_=f"body {path.outcome}{told}")


def _ending(frame: Frame, path: ParcelPath) -> Markup:
    """The shape of the outcome where the leading edge left the belt or was last known."""
    if path.outcome == "OPEN" or len(path.points) < 2:
        return join()
    edge = upper_edge(path)
    t, x = next(((t, x) for t, x in edge if x == path.left_um), edge[-1])
    if not (frame.diagram.t0_us <= t <= frame.diagram.t1_us and frame.in_view(x)):
        return join()
    return glyph(path.outcome, frame.x(t), frame.y(x))


def _names(frame: Frame) -> list[Markup]:
    """Each parcel's number where it enters the window, as far as they do not touch; those told come first."""
    names: list[Markup] = []
    taken: list[tuple[float, float]] = []
    for path in sorted(frame.diagram.paths, key=lambda path: (not path.is_told, path.points[:1])):
        spot = _entry(frame, path)
        if spot is None or any(abs(spot[0] - x) < _NAME_GAP_PX and abs(spot[1] - y) < 10 for x, y in taken):
            continue
        taken.append(spot)
        told = " told" if path.is_told else ""
        names.append(text(spot[0] + 2, spot[1] - 3, path.label, class_=f"name{told}"))
    return names


def _entry(frame: Frame, path: ParcelPath) -> tuple[float, float] | None:
    """Pixel at which the leading edge comes into the window."""
    diagram = frame.diagram
    for (t0, x0), (t1, x1) in pairwise(path.points):
        t = max(t0, diagram.t0_us)
        if x1 > diagram.x0_um > x0:
            t = max(t, t0 + (t1 - t0) * (diagram.x0_um - x0) / (x1 - x0))
        if t > min(t1, diagram.t1_us):
            continue
        x = place_at(path, t)
        if frame.in_view(x):
            return frame.x(t), frame.y(x)
    return None


def _gates(frame: Frame) -> list[Markup]:
    drawn = []
    for span in frame.diagram.gates:
        gate = frame.parts.gates[span.gate]
        start, end = frame.y(gate.position_mm * 1000), frame.y((gate.position_mm + gate.zone_mm) * 1000)
        moves = [span.t0_us + gate.delay_ms * 1000, span.t0_us + (gate.delay_ms + gate.extend_ms) * 1000]
        moves += [max(moves[1], span.t1_us + gate.delay_ms * 1000)]
        moves += [moves[2] + gate.retract_ms * 1000]
        a, b, c, d = (frame.x(t) for t in moves)
        shape = points([(a, start), (b, end), (c, end), (d, start)])
        whom = f"for track {span.track}" if span.track >= 0 else "without a track"
        said = tag(
            "title", f"{gate.name} extended {whom}, command {span.t0_us / 1e6:.3f}-{span.t1_us / 1e6:.3f} s"
        )
        drawn.append(tag("polygon", said, points=shape, class_="gate"))
        drawn.append(line(frame.x(span.t0_us), start, frame.x(span.t1_us), start, class_="command"))
    return drawn


def _eye_spans(frame: Frame) -> list[Markup]:
    """All dashes of an eye in one path: there are many."""
    dashes: dict[int, list[str]] = {}
    for span in frame.diagram.eyes:
        x_um = frame.eye_um(span.eye)
        if x_um is None or not frame.in_view(x_um):
            continue
        x0, x1 = frame.x(span.t0_us), frame.x(span.t1_us)
        dashes.setdefault(span.eye, []).append(f"M{px(x0)} {px(frame.y(x_um))}h{px(max(x1 - x0, 1))}")
    paths = []
    for index, strokes in sorted(dashes.items()):
        eye = frame.parts.eyes[index]
        kind = "confirmed" if eye.role == "confirm" else "blocked"
        paths.append(tag("path", tag("title", f"{eye.name} blocked"), d="".join(strokes), class_=kind))
    return paths


def _reads(frame: Frame) -> list[Markup]:
    spots = [spot for spot in frame.diagram.reads if frame.in_view(spot.x_um)]
    return [circle(frame.x(s.t_us), frame.y(s.x_um), 2.6, tag("title", s.text), class_="read") for s in spots]


def _marks(frame: Frame) -> list[Markup]:
    """Moments: a dashed line where the whole line is meant, a ring where it happened at one place."""
    drawn = []
    taken: list[tuple[float, float]] = []
    for mark in frame.diagram.marks:
        if not frame.diagram.t0_us <= mark.t_us <= frame.diagram.t1_us:
            continue
        x = frame.x(mark.t_us)
        if mark.x_um is None:
            y = TOP_PX + 12.0
            drawn.append(line(x, TOP_PX, x, frame.bottom, tag("title", mark.text), class_="mark-line"))
        elif frame.in_view(mark.x_um):
            y = frame.y(mark.x_um)
            drawn.append(circle(x, y, 8, tag("title", mark.text), class_="mark"))
        else:
            continue
        while any(abs(x - other_x) < 90 and abs(y - other_y) < 12 for other_x, other_y in taken):
            y += 12
        taken.append((x, y))
        is_late = x > PLOT_PX * 0.85
        side = {"class_": "mark-text end"} if is_late else {"class_": "mark-text"}
        drawn.append(text(x - 11 if is_late else x + 11, y + 4, mark.text, **side))
    return drawn
