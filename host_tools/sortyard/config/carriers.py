"""Carrier formats: what the numbers of each carrier look like and which check character they carry.

The formats are data: those in `carriers.toml`, and those that a user adds to a sort plan in the same form
(`[[format]]`, `[texts]`). `Format.matches` is the host's own reading of them, in plain Python; a board has
them compiled into its sort plan.
"""

import random
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import Field, field_validator, model_validator

from sortyard.config.patterns import DIGITS, LETTERS, Form, parse_pattern
from sortyard.config.toml_file import Table, load_model
from sortyard.config.toml_lines import KeyPath

FormatId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
CheckKind = Literal["mod7", "mod10", "mod11", "luhn", "mod11_10", "mod37_36"]

_VALUES = DIGITS + LETTERS
_MODULUS = {"mod7": 7, "mod10": 10, "mod11": 11, "luhn": 10, "mod11_10": 10, "mod37_36": 36}
_WEIGHTS = {"mod7": [5, 4, 6, 2, 3, 1], "luhn": [1, 2]}
_CHECK_CHARACTERS = {"mod7": "0123456", "mod10": "0987654321", "mod11": "0X987654321", "luhn": "0987654321"}


class Check(Table):
    """How the check character follows from the part in ( ).

    mod7, mod10, mod11: the sum of value x weight, modulo that; luhn: mod10 with weights 1, 2, of which each
    product adds its decimal digits; mod11_10, mod37_36: the hybrid systems of ISO 7064. mod7 without
    weights is the whole number modulo 7.
    """

    kind: CheckKind
    weights: list[Annotated[int, Field(ge=0, le=99)]] | None = Field(
        default=None,
        min_length=1,
        max_length=64,
        description="repeated leftwards; the last one stands on the last character of the part in ( )",
    )
    digits: str | None = Field(
        default=None, description="the check character for a remainder of 0, 1, 2 .., as many as the modulus"
    )
    letters: Literal["a10", "a2"] = Field(
        default="a10",
        description="value of letters: A = 10, B = 11 ..; or A = 2 .. H = 9, I = 0, J = 1 .. (UPS)",
    )
    prepend: str = Field(
        default="",
        max_length=16,
        pattern="^[0-9]*$",
        description="digits that count as standing before the part in ( )",
    )

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        is_weighted = self.kind in ("mod7", "mod10", "mod11")
        if self.kind in ("mod10", "mod11") and self.weights is None:
            raise ValueError(f"{self.kind} needs weights", "add weights = [..], for GS1 [1, 3]")
        if not is_weighted:
            given = [k for k in ("weights", "digits", "prepend") if k in self.model_fields_set]
            if given:
                raise ValueError(f"{self.kind} takes no {given[0]}", f"take {given[0]} out")
        if self.digits is not None and len(self.digits) != self.modulus:
            raise ValueError(
                f"digits has {len(self.digits)} characters; allowed: {self.modulus}, one for each remainder",
                "write the check character for a remainder of 0, 1, 2 ..",
            )
        if self.digits is not None and not self.digits.isascii():
            raise ValueError("digits has a character that no code has", "use digits and capital letters")
        return self

    @property
    def modulus(self) -> int:
        return _MODULUS[self.kind]

    @property
    def is_hybrid(self) -> bool:
        """ISO 7064: the check character's value is compared, not looked up by remainder."""
        return self.kind in ("mod11_10", "mod37_36")

    @property
    def characters(self) -> str:
        """The check character for each remainder or, in hybrid systems, each check value."""
        return self.digits or _CHECK_CHARACTERS.get(self.kind, _VALUES[: self.modulus])

    def weights_for(self, count: int) -> list[int]:
        """The weights of the last `count` characters of the checked part."""
        weights = self.weights or _WEIGHTS[self.kind]
        return [weights[(place - count) % len(weights)] for place in range(count)]

    def value(self, char: str) -> int:
        """Value of a character in the sum: 0..9 or, for letters, 0..35."""
        if self.letters == "a2" and char in LETTERS:
            return (LETTERS.index(char) + 2) % 10
        return _VALUES.index(char)

    def character_for(self, data: str) -> str:
        """The right check character of `data` (digits and capital letters)."""
        if self.is_hybrid:
            return self.characters[_iso7064_hybrid([self.value(char) for char in data], self.modulus)]
        whole = self.prepend + data
        products = [self.value(char) * w for char, w in zip(whole, self.weights_for(len(whole)), strict=True)]
        if self.kind == "luhn":
            products = [sum(map(int, str(product))) for product in products]
        return self.characters[sum(products) % self.modulus]


def _iso7064_hybrid(values: list[int], modulus: int) -> int:
    """ISO 7064, hybrid systems MOD M+1,M, the recursive method."""
    product = modulus
    for value in values:
        product = (product + value) % modulus or modulus
        product = product * 2 % (modulus + 1)
    return (modulus + 1 - product) % modulus


class FormatTable(Table):
    """One `[[format]]` of a file."""

    id: FormatId
    name: str = Field(min_length=1, max_length=80)
    patterns: list[str] = Field(min_length=1, max_length=64)
    check: Check | None = None


class FormatFile(Table):
    """A file of formats, and the part of a sort plan that adds formats."""

    texts: dict[FormatId, list[str]] = Field(
        {}, description="lists of texts of one width, for {list} in a pattern"
    )
    format: list[FormatTable] = Field(default_factory=list)

    @field_validator("texts")
    @classmethod
    def _texts_of_one_width(cls, texts: dict[str, list[str]]) -> dict[str, list[str]]:
        for name, entries in texts.items():
            if len({len(entry) for entry in entries}) != 1 or "" in entries:
                raise ValueError(
                    f'the texts of "{name}" have several widths or none', "give all the same width"
                )
            if not all(entry.isascii() and entry.isprintable() for entry in entries):
                raise ValueError(f'a text of "{name}" is not printable ASCII', "use what a barcode can hold")
        return texts


class Problem(NamedTuple):
    """What is wrong at a key of a file of formats."""

    path: KeyPath
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Format:
    """A carrier format ready for use; build it with `build_formats`."""

    id: str
    name: str
    check: Check | None
    forms: tuple[Form, ...]
    texts: dict[str, tuple[str, ...]]
    _expressions: tuple[re.Pattern[str], ...]

    def matches(self, code: str) -> bool:
        """Whether the code has one of the forms and the right check character."""
        return any(
            len(form.places) == len(code)
            and expression.fullmatch(code) is not None
            and self._is_checked(code, form)
            for form, expression in zip(self.forms, self._expressions, strict=True)
        )

    def _is_checked(self, code: str, form: Form) -> bool:
        if self.check is None:
            return True
        start, count = form.data
        return code[form.check_at] == self.check.character_for(code[start : start + count])


def build_formats(
    tables: list[FormatTable], texts: dict[str, list[str]]
) -> tuple[dict[str, Format], list[Problem]]:
    """The formats by id, and what is wrong with the others."""
    formats: dict[str, Format] = {}
    problems: list[Problem] = []
    for place, table in enumerate(tables):
        try:
            formats[table.id] = _build(table, texts)
        except ValueError as error:
            problems.append(Problem(("format", place, "patterns"), *error.args))
    return formats, problems


def _build(table: FormatTable, texts: dict[str, list[str]]) -> Format:
    forms = tuple(form for pattern in table.patterns for form in parse_pattern(pattern, texts))
    for form in forms:
        _refuse_unchecked(table, form)
    lists = {form.texts: tuple(sorted(texts[form.texts])) for form in forms if form.texts}
    expressions = tuple(re.compile(_expression(form, lists)) for form in forms)
    return Format(table.id, table.name, table.check, forms, lists, expressions)


def _refuse_unchecked(table: FormatTable, form: Form) -> None:
    if (table.check is None) != (form.check_at < 0):
        raise ValueError(
            f'the format "{table.id}" has {"no check" if table.check is None else "a check"}, but its pattern '
            f"has {'one' if table.check is None else 'none'}",
            "give both check = { .. } and ( ) with < > in every pattern, or neither",
        )
    start, count = form.data
    if table.check and not set(form.places[form.check_at]) & set(table.check.characters):
        raise ValueError(
            f'no check character of "{table.id}" is allowed between < and >',
            f"let < > allow some of {table.check.characters}",
        )
    covered = {char for place in form.places[start : start + count] for char in place}
    allowed = DIGITS + ("" if table.check and table.check.kind in ("luhn", "mod11_10") else LETTERS)
    if not covered <= set(allowed):
        raise ValueError(
            f'the check of "{table.id}" covers the character "{min(covered - set(allowed))}", which has no value',
            "let ( ) cover digits, and letters where the check allows them",
        )


def _expression(form: Form, lists: dict[str, tuple[str, ...]]) -> str:
    parts = [f"[{re.escape(place)}]" for place in form.places]
    if form.texts:
        width = len(lists[form.texts][0])
        parts[form.texts_at : form.texts_at + width] = [f"(?:{'|'.join(map(re.escape, lists[form.texts]))})"]
    return "".join(parts)


@cache
def builtin_file() -> FormatFile:
    """The formats that sortyard brings, as written in carriers.toml."""
    return load_model(Path(__file__).with_name("carriers.toml"), FormatFile)


@cache
def builtin_formats() -> dict[str, Format]:
    """The formats that sortyard brings, by id."""
    formats, problems = build_formats(builtin_file().format, builtin_file().texts)
    if problems:
        raise ValueError(f"carriers.toml: {problems}")
    return formats


def make_code(carrier_format: Format, rng: random.Random) -> str:
    """A random valid number of a format.

    A remainder whose check character the form does not allow (mod 11 with X) is drawn again. Raises
    ValueError for a format of which no number is valid.
    """
    for _ in range(1000):
        form = rng.choice(carrier_format.forms)
        chars = [rng.choice(place) for place in form.places]
        if form.texts:
            text = rng.choice(carrier_format.texts[form.texts])
            chars[form.texts_at : form.texts_at + len(text)] = text
        if carrier_format.check is not None:
            start, count = form.data
            chars[form.check_at] = carrier_format.check.character_for("".join(chars[start : start + count]))
        code = "".join(chars)
        if carrier_format.matches(code):
            return code
    raise ValueError(f'of 1000 random numbers of the format "{carrier_format.id}" none was valid')
