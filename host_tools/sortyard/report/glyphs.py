"""The shape of each outcome: with it a diagram can be read without colours."""

from .markup import Markup, tag
from .svg import circle, points, rect

RADIUS_PX = 4.0


def glyph(outcome: str, x: float, y: float) -> Markup:
    """Sorted: disc. Recirculated: ring. Rejected: square. Lost: cross. Stray: triangle. Open: hollow square."""
    r = RADIUS_PX
    if outcome == "SORTED":
        return circle(x, y, r, class_=f"glyph {outcome}")
    if outcome == "RECIRCULATED":
        return circle(x, y, r, class_=f"glyph hollow {outcome}")
    if outcome == "LOST":
        strokes = f"M{x - r:.1f} {y - r:.1f}l{2 * r} {2 * r}m0 {-2 * r}l{-2 * r} {2 * r}"
        return tag("path", d=strokes, class_=f"glyph cross {outcome}")
    if outcome == "STRAY":
        corners = [(x - r, y + r), (x + r, y + r), (x, y - r)]
        return tag("polygon", points=points(corners), class_=f"glyph {outcome}")
    hollow = "" if outcome == "REJECTED" else "hollow "
    return rect(x - r + 0.5, y - r + 0.5, 2 * r - 1, 2 * r - 1, class_=f"glyph {hollow}{outcome}")


def legend_item(outcome: str, *words: object) -> Markup:
    """The shape of `outcome` with its name behind it."""
    sign = tag("svg", glyph(outcome, 8, 8), width=16, height=16, aria_hidden="true")
    return tag("span", sign, *words)
