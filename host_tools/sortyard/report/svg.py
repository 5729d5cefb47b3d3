"""Drawing: scales, coordinates, and the frame of a picture with its title and description."""

from collections.abc import Iterable
from dataclasses import dataclass

from .markup import Markup, join, tag


@dataclass(frozen=True)
class Scale:
    """A linear scale: `low`..`high` of the data to `at_low`..`at_high` of the picture, in pixels."""

    low: float
    high: float
    at_low: float
    at_high: float

    def __call__(self, value: float) -> float:
        return self.at_low + (value - self.low) * (self.at_high - self.at_low) / (self.high - self.low)

    def ticks(self, least_px: float) -> list[float]:
        """Round values (1, 2 or 5 times a power of ten apart) at least `least_px` from one another."""
        per_px = (self.high - self.low) / abs(self.at_high - self.at_low)
        step = round_step(per_px * least_px)
        first = -(-self.low // step)
        count = int((self.high - first * step) // step) + 1
        return [(first + i) * step for i in range(count)]


def round_step(least: float) -> float:
    """Smallest of 1, 2, 5, 10, 20 ... (and their tenths) that is not below `least` (> 0)."""
    power = 1.0
    while power > least:
        power /= 10
    while power * 10 <= least:
        power *= 10
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= least * (1 - 1e-9))


def px(value: float) -> str:
    """A coordinate: a tenth of a pixel is enough, and keeps files small and equal on every machine."""
    text = f"{value:.1f}"
    return text.removesuffix(".0") if text != "-0.0" else "0"


def points(pairs: Iterable[tuple[float, float]]) -> str:
    """The `points` attribute of a polyline or polygon."""
    return " ".join(f"{px(x)},{px(y)}" for x, y in pairs)


def rect(x: float, y: float, width: float, height: float, *children: object, **attributes: object) -> Markup:
    """A rectangle; a negative size is an error of the caller and shows as nothing."""
    size = {"x": px(x), "y": px(y), "width": px(max(width, 0)), "height": px(max(height, 0))}
    return tag("rect", *children, **size, **attributes)


def line(x1: float, y1: float, x2: float, y2: float, *children: object, **attributes: object) -> Markup:
    ends = {"x1": px(x1), "y1": px(y1), "x2": px(x2), "y2": px(y2)}
    return tag("line", *children, **ends, **attributes)


def text(x: float, y: float, content: object, **attributes: object) -> Markup:
    return tag("text", content, x=px(x), y=px(y), **attributes)


def circle(x: float, y: float, radius: float, *children: object, **attributes: object) -> Markup:
    return tag("circle", *children, cx=px(x), cy=px(y), r=px(radius), **attributes)


def picture(
    width: float, height: float, title: str, description: str, *content: object, **attributes: object
) -> Markup:
    """An inline SVG of fixed size; screen readers get `title` and `description`."""
    return tag(
        "svg",
        tag("title", title),
        tag("desc", description),
        join(*content),
        width=px(width),
        height=px(height),
        view_box=f"0 0 {px(width)} {px(height)}",
        role="img",
        aria_label=title,
        **attributes,
    )


def thinned(labels: Iterable[tuple[float, str]], least_px: float) -> list[tuple[float, str]]:
    """Labels along one axis without those that would touch the one before; ascending."""
    kept: list[tuple[float, str]] = []
    for place, label in sorted(labels):
        if not kept or place - kept[-1][0] >= least_px:
            kept.append((place, label))
    return kept
