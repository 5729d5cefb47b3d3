"""The notation of carrier formats: one character a place, as simple as a board can test it.

    #  a digit        @  a capital letter        *  a digit or a capital letter
    [0-8K]  one of these characters              {texts}  one text of the list `texts` of the same file
    #{8}  eight times, #{9,10}  nine or ten times
    ( )  the characters that the check covers    < >  the check character
    every other printable character stands for itself; [#] is the character # itself

S10 is `@@(#{8})<#>{country}`; a UPS 1Z number is `1Z(*{15})<#>`.
"""

import re
from dataclasses import dataclass, replace

DIGITS = "0123456789"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
MAX_LENGTH = 64
"""The longest code that a board decides, in characters."""

_CLASSES = {"#": DIGITS, "@": LETTERS, "*": DIGITS + LETTERS}
_TOKEN = re.compile(
    r"(?P<open>[(<])|(?P<close>[)>])|\{(?P<texts>[a-z][a-z0-9_]*)\}"
    r"|(?P<place>\[\]?[^\]]*\]|[^\[(){}<>\]])(?:\{(?P<least>\d+)(?:,(?P<most>\d+))?\})?"
)


@dataclass(frozen=True, slots=True)
class Form:
    """A pattern with all lengths fixed: what may stand at each place.

    `places` holds the allowed characters of every place; at those of a text list all that its texts have.
    `data` is (start, count) of the characters that the check covers, `check_at` the place of the check
    character (-1 without check), `texts` the name of the list of allowed texts that stand at `texts_at`.
    """

    places: tuple[str, ...] = ()
    data: tuple[int, int] = (0, 0)
    check_at: int = -1
    texts: str = ""
    texts_at: int = -1


def parse_pattern(pattern: str, texts: dict[str, list[str]]) -> list[Form]:
    """Every form that a pattern allows. Raises ValueError(reason, remedy)."""
    forms = [Form()]
    opened: list[str] = []
    at = 0
    while at < len(pattern):
        match = _TOKEN.match(pattern, at)
        if match is None:
            raise _wrong(pattern, at, f'"{pattern[at]}" does not fit here')
        at = match.end()
        if match["open"] or match["close"]:
            forms = [_bracket(pattern, match.start(), form, match.group(), opened) for form in forms]
            (opened.append if match["open"] else opened.remove)(
                {")": "(", ">": "<"}.get(match.group(), match.group())
            )
        elif match["texts"]:
            forms = [_with_texts(pattern, match.start(), form, match["texts"], texts) for form in forms]
        else:
            allowed = _allowed(pattern, match)
            counts = _counts(pattern, match)
            forms = [replace(form, places=form.places + (allowed,) * n) for form in forms for n in counts]
    return [_finished(pattern, form, opened) for form in forms]


def _wrong(pattern: str, at: int, reason: str) -> ValueError:
    return ValueError(
        f'the pattern "{pattern}" is wrong at character {at + 1}: {reason}',
        "places are # @ * [set] {list} or a character itself, repeated by {n}; ( ) the checked part, < > the check",
    )


def _allowed(pattern: str, match: re.Match[str]) -> str:
    place = match["place"]
    if len(place) == 1:
        if not " " <= place <= "~":
            raise _wrong(pattern, match.start(), "only printable ASCII can be in a code")
        return _CLASSES.get(place, place)
    inside = place[1:-1]
    chars: set[str] = set()
    at = 0
    while at < len(inside):
        if inside[at + 1 : at + 2] == "-" and at + 2 < len(inside):
            chars.update(chr(c) for c in range(ord(inside[at]), ord(inside[at + 2]) + 1))
            at += 3
        else:
            chars.add(inside[at])
            at += 1
    if not chars or not all(" " <= char <= "~" for char in chars):
        raise _wrong(pattern, match.start(), "a set needs at least one printable ASCII character")
    return "".join(sorted(chars))


def _counts(pattern: str, match: re.Match[str]) -> range:
    least = int(match["least"] or 1)
    most = int(match["most"] or least)
    if not 1 <= least <= most <= MAX_LENGTH:
        raise _wrong(pattern, match.start(), f"a place can be repeated 1 to {MAX_LENGTH} times")
    return range(least, most + 1)


def _bracket(pattern: str, at: int, form: Form, mark: str, opened: list[str]) -> Form:
    here = len(form.places)
    if mark in "(<":
        if opened or (mark == "(" and form.data[1]) or (mark == "<" and form.check_at >= 0):
            raise _wrong(pattern, at, f"only one part can stand in {mark}{')' if mark == '(' else '>'}")
        return replace(form, data=(here, 0)) if mark == "(" else replace(form, check_at=here)
    if opened != ["(" if mark == ")" else "<"]:
        raise _wrong(pattern, at, f'"{mark}" closes nothing')
    if mark == ")":
        return replace(form, data=(form.data[0], here - form.data[0]))
    if here != form.check_at + 1:
        raise _wrong(pattern, at, "the check is one character")
    return form


def _with_texts(pattern: str, at: int, form: Form, name: str, texts: dict[str, list[str]]) -> Form:
    if name not in texts:
        known = ", ".join(sorted(texts)) or "none"
        raise _wrong(pattern, at, f'there is no list "{name}" in [texts] (there: {known})')
    if form.texts:
        raise _wrong(pattern, at, "one list of texts is the most")
    columns = tuple("".join(sorted(set(column))) for column in zip(*texts[name], strict=True))
    return replace(form, places=form.places + columns, texts=name, texts_at=len(form.places))


def _finished(pattern: str, form: Form, opened: list[str]) -> Form:
    if opened:
        raise _wrong(pattern, len(pattern) - 1, f'"{opened[0]}" is not closed')
    if not 1 <= len(form.places) <= MAX_LENGTH:
        raise _wrong(pattern, 0, f"it has {len(form.places)} places; allowed: 1 to {MAX_LENGTH}")
    if (form.check_at >= 0) != (form.data[1] > 0):
        raise _wrong(pattern, 0, "( ) and < > belong together: the checked part and its check character")
    return form
