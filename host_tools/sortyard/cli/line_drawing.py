"""A line from above in characters, to scale: chutes to the left above the belt, to the right below it."""

from collections.abc import Callable

from sortyard.config.line import Line

LEGEND = "M meter  I infeed  S scanner  v verify eye  # sweep zone  E end eye  > reject chute"
_MARKS = {"meter": "M", "infeed": "I", "verify": "v", "end": "E"}
_RULER_MM = (500, 1000, 2000, 5000, 10_000, 20_000, 50_000)


def draw_line(line: Line, width: int) -> list[str]:
    """Rows of at most `width` characters (40 or more), the belt running to the right."""
    positions = [eye.position_mm for eye in line.eye if eye.position_mm is not None]
    start = min([0, *positions])
    columns = width - 2
    per_column = (line.belt.length_mm - start) / (columns - 1)

    def column(position_mm: float) -> int:
        return round((position_mm - start) / per_column)

    belt = ["="] * columns
    for diverter in line.diverter:
        end = column(diverter.position_mm + diverter.zone_mm)
        for at in range(column(diverter.position_mm), max(end, column(diverter.position_mm) + 1)):
            belt[at] = "#"
    for eye in line.eye:
        if eye.role in _MARKS and eye.position_mm is not None and belt[column(eye.position_mm)] != "#":
            belt[column(eye.position_mm)] = _MARKS[eye.role]
    for scanner in line.scanner:
        belt[column(scanner.position_mm)] = "S"
    rows = [
        _labels(line, "left", column, columns),
        "".join(belt) + ">",
        _labels(line, "right", column, columns),
    ]
    return [row.rstrip() for row in [*rows, _ruler(line, column, columns)] if row.strip()]


def _labels(line: Line, side: str, column: Callable[[float], int], columns: int) -> str:
    """Names of the chutes of one side where there is room; a dot stands for one without."""
    by_diverter = {chute.diverter: chute.name for chute in line.chute}
    row = [" "] * columns
    for diverter in sorted(line.diverter, key=lambda one: one.position_mm):
        if diverter.side != side:
            continue
        name = by_diverter.get(diverter.name, "?")
        at = column(diverter.position_mm)
        has_room = (at == 0 or row[at - 1] == " ") and at + len(name) <= columns
        if row[at] == " ":
            text = name if has_room else "."
            row[at : at + len(text)] = text
    return "".join(row)


def _ruler(line: Line, column: Callable[[float], int], columns: int) -> str:
    step = next((one for one in _RULER_MM if column(one) - column(0) >= 9), _RULER_MM[-1])
    row = [" "] * (columns + 8)
    for position in range(0, line.belt.length_mm + 1, step):
        text = f"|{position / 1000:g} m"
        at = column(position)
        row[at : at + len(text)] = text
    return "".join(row[: columns + 2])
