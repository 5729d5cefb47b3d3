"""Markup that cannot be forgotten to be escaped: a plain string is text, only `tag` makes markup.

tag("p", "a < b", class_="note")         # Markup('<p class="note">a &lt; b</p>')
"""

import re
from html import escape

NOTHING = "\N{EN DASH}"
"""Stands where there was nothing to count."""

_VOID = frozenset({"meta", "br", "hr", "input", "col"})
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\u202a-\u202e\u2066-\u2069]"
)


class Markup(str):
    """A string that is already HTML or SVG."""

    __slots__ = ()


def visible(text: str) -> str:
    """`text` with what a browser refuses, hides or turns around (control and direction characters) spelled out."""
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def markup(content: object) -> Markup:
    """`content` escaped, unless it is markup already."""
    return content if isinstance(content, Markup) else Markup(escape(visible(str(content)), quote=True))


def join(*parts: object) -> Markup:
    """All parts one after another, each escaped unless it is markup."""
    return Markup("".join(markup(part) for part in parts))


def tag(name: str, /, *children: object, **attributes: object) -> Markup:
    """One element. `class_` and `for_` lose their underscore, `view_box` and other inner ones become hyphens.

    An attribute with value None or False is left out; True gives an attribute without a value.
    """
    written = "".join(
        _attribute(key, value) for key, value in attributes.items() if value not in (None, False)
    )
    if name in _VOID:
        return Markup(f"<{name}{written}>")
    return Markup(f"<{name}{written}>{join(*children)}</{name}>")


def _attribute(key: str, value: object) -> str:
    name = _CAMEL.get(key) or key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{markup(value)}"'


_CAMEL = {
    "view_box": "viewBox",
    "preserve_aspect_ratio": "preserveAspectRatio",
    "pattern_units": "patternUnits",
}
_CAMEL |= {"marker_width": "markerWidth", "marker_height": "markerHeight", "ref_x": "refX", "ref_y": "refY"}
_CAMEL |= {"pattern_transform": "patternTransform"}


def number(value: float, digits: int = 0) -> str:
    """With thousands separated: 12,345.6."""
    return f"{value:,.{digits}f}"


def slug(text: str) -> str:
    """`text` as an identifier: letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
