"""The cases in full: what happened, when and where, record by record."""

from sortyard.config.line import Line

from .distance_time import distance_time
from .markup import Markup, join, number, slug, tag
from .model import Case, CaseEvent, ReportData


def stories(data: ReportData) -> Markup:
    """Every case, grouped by kind; the first of each kind stands open. The cap is printed."""
    if not data.cases and not data.cases_left_out:
        return tag("p", "No missort, strike, undetectable case, lost or uncertain parcel: nothing to tell.")
    kinds: dict[str, list[Case]] = {case.kind: [] for case in data.cases}
    kinds |= {kind: [] for kind, n in sorted(data.cases_left_out.items()) if n and kind not in kinds}
    for case in data.cases:
        kinds[case.kind].append(case)
    groups = [_group(data, kind, cases) for kind, cases in kinds.items()]
    button = tag("button", "Open all", id="open-all", type="button", hidden=True)
    return join(_cap_words(data), tag("p", button), *groups)


def _cap_words(data: ReportData) -> Markup:
    told, left = len(data.cases), sum(data.cases_left_out.values())
    words = (
        f"At most {data.case_cap} cases of a kind are told: {number(told)} told, {number(left)} counted only"
    )
    detail = ", ".join(f"{number(n)} {human(kind)}" for kind, n in sorted(data.cases_left_out.items()) if n)
    return tag("p", words, f" ({detail})" if detail else "", ".", class_="soft", id="case-cap")


def human(kind: str) -> str:
    """`silent_missort` as people write it."""
    return kind.replace("_", " ")


def _group(data: ReportData, kind: str, cases: list[Case]) -> Markup:
    total = len(cases) + data.cases_left_out.get(kind, 0)
    told = [_case(case, data.line, f"{slug(kind)}-{place}", place == 0) for place, case in enumerate(cases)]
    title = tag("h3", f"{human(kind).capitalize()} ({number(total)})", id=f"cases-{slug(kind)}")
    meaning = data.case_meanings.get(kind)
    return join(title, tag("p", meaning, class_="soft") if meaning else "", *told)


def _case(case: Case, sorter: Line, ident: str, is_open: bool) -> Markup:
    where = "" if case.position_mm is None else f" at {number(case.position_mm)} mm"
    cause = f": {case.cause}" if case.cause else ""
    moment = f", {case.t_ms / 1000:.3f} s{where}{cause}"
    head = join(tag("span", human(case.kind), class_="kind"), tag("b", _whom(case)), moment)
    diagram = distance_time(case.diagram, sorter, f"case-{ident}") if case.diagram else ""
    return tag("details", tag("summary", head), diagram, _events(case), class_="case", id=ident, open=is_open)


def _whom(case: Case) -> str:
    names = []
    if case.parcel is not None:
        names.append(f"parcel {case.parcel}" if case.parcel >= 0 else f"thrown-on parcel {-case.parcel}")
    if case.track is not None:
        names.append(f"track {case.track}")
    return ", ".join(names) or "no parcel known"


def _events(case: Case) -> Markup:
    """Time, time to the case, place, and the record; outputs of the controller are coloured and have an arrow."""
    if not case.events:
        return tag("p", "The run kept no record of it.", class_="soft")
    heads = ("time (s)", "to the case (ms)", "parcel at (mm)", "record")
    kinds = (None, None, None, "text")
    head = tag(
        "tr", *(tag("th", title, scope="col", class_=kind) for title, kind in zip(heads, kinds, strict=True))
    )
    nearest = min(range(len(case.events)), key=lambda place: abs(case.events[place].t_ms - case.t_ms))
    rows = [_event(event, case, place == nearest) for place, event in enumerate(case.events)]
    body = tag("table", tag("thead", head), tag("tbody", *rows), class_="events")
    return tag("div", body, class_="scroll", tabindex="0", role="region", aria_label="records of the case")


def _event(event: CaseEvent, case: Case, is_now: bool) -> Markup:
    marks = (["out"] if event.text.startswith("<-") else []) + (["now"] if is_now else [])
    place = "" if event.position_mm is None else number(event.position_mm)
    return tag(
        "tr",
        tag("td", f"{event.t_ms / 1000:.3f}"),
        tag("td", f"{event.t_ms - case.t_ms:+,.1f}"),
        tag("td", place),
        tag("td", event.text.replace("<-", "◀", 1).replace("->", "▶", 1), class_="text"),
        class_=" ".join(marks) or None,
    )
