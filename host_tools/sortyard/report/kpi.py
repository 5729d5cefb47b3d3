"""Tiles: each figure with its unit, and beside it what was counted over what."""

from .markup import NOTHING, Markup, join, number, tag
from .model import Kpi, Never


def kpi_tiles(kpis: tuple[Kpi, ...]) -> Markup:
    """All figures, under the title of their group, in the order given."""
    groups: dict[str, list[Kpi]] = {}
    for kpi in kpis:
        groups.setdefault(kpi.group, []).append(kpi)
    return join(
        *(
            join(tag("h3", group), tag("div", *(_tile(kpi) for kpi in members), class_="tiles"))
            for group, members in groups.items()
        )
    )


def _tile(kpi: Kpi) -> Markup:
    value = NOTHING if kpi.value is None else number(kpi.value, kpi.digits if abs(kpi.value) < 1000 else 0)
    unit = tag("small", kpi.unit) if kpi.unit and kpi.value is not None else ""
    return tag(
        "div",
        tag("h4", kpi.title),
        tag("div", value, unit, class_="value"),
        _over(kpi),
        class_="tile",
        role="group",
    )


def _over(kpi: Kpi) -> Markup:
    """Numerator above denominator, as a fraction is written."""
    if not kpi.denominator_name:
        return tag("div", kpi.numerator_name, class_="over")
    above = join(tag("b", amount(kpi.numerator)), " ", kpi.numerator_name)
    below = join(tag("b", amount(kpi.denominator)), " ", kpi.denominator_name)
    return tag("div", above, tag("hr", aria_label="divided by"), below, class_="over")


def amount(value: float) -> str:
    """A count as a count, anything else with three or more significant digits."""
    if value == int(value):
        return number(value)
    return number(value, 1 if abs(value) >= 100 else 2 if abs(value) >= 10 else 3)


def never_list(counts: tuple[Never, ...]) -> Markup:
    """What must be zero, with a word beside the colour; then what is told apart from it."""
    return tag("ul", *(_never(count) for count in counts), class_="never")


def _never(count: Never) -> Markup:
    state, word = ("bad", "✗ must be 0") if count.count else ("good", "✓")
    if not count.is_alarm:
        state, word = "apart", ""
    verdict = tag("span", word, class_=f"{state}-word") if word else ""
    head = join(tag("b", number(count.count)), count.title, " ", verdict)
    return tag("li", head, tag("small", count.meaning), class_=state)
