"""The manifests and code lists of the shipped examples, made from a seed.

Sizes come from the line's own quantiles, so that no real shipment is needed; numbers from the carrier formats
of the site's sort plan; gaps between parcels vary as a hand-fed or gravity-fed infeed varies them.

    text = manifest_text(load_site(line_file_of("hub16")), EXAMPLES["hub16"])
"""

import random
from bisect import bisect_right
from dataclasses import dataclass
from math import erf, sqrt

from sortyard.config.carriers import Format, builtin_formats, make_code
from sortyard.config.check_figures import mean_of
from sortyard.config.line import QUANTILE_PERCENT, Line
from sortyard.config.site import Site

HEADER = "barcode,length_mm,width_mm,height_mm,weight_g,arrival_s"
LIST_CODES = 40
_SIZE_CORRELATION = 0.6
_GAP_SHAPE = 2.0


@dataclass(frozen=True, slots=True)
class Share:
    """How much of the traffic carries codes of one kind: weight, and what the codes start with.

    `source` is the id of a carrier format, `list` (codes of the plan's CSV list), `returns`, `none` (no
    label) or `invalid` (a right number with one wrong digit).
    """

    source: str
    weight: int
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Mix:
    """What arrives at an example: how many parcels, at which mean rate, with which codes."""

    parcels: int
    rate_per_h: int
    seed: int
    shares: tuple[Share, ...]
    list_file: str = ""


EXAMPLES = {
    "starter": Mix(
        60,
        1100,
        3,
        (
            Share("s10", 20, "R"),
            Share("s10", 8, "L"),
            Share("sscc", 20),
            Share("ups_1z", 10),
            Share("none", 1),
            Share("invalid", 1),
        ),
    ),
    "tandem": Mix(
        60,
        1100,
        5,
        (
            Share("s10", 10, "R"),
            Share("s10", 10, "L"),
            Share("s10", 10, "C"),
            Share("sscc", 16),
            Share("ups_1z", 12),
            Share("none", 1),
            Share("invalid", 1),
        ),
    ),
    "hub16": Mix(
        2000,
        8000,
        16,
        (
            *(Share(f"s10_{country}", 124) for country in ("ae", "cn", "gb", "my", "pk", "tr")),
            *(Share("s10", 16, service) for service in ("RR", "LX", "CP", "EE", "UA")),
            *(Share("sscc", 50, f"000{digit}") for digit in range(10)),
            Share("ups_1z", 100),
            Share("ups_waybill", 34),
            Share("usps_impb", 122),
            Share("usps_legacy_91", 20),
            Share("fedex_express_12", 80),
            Share("fedex_express_34", 50),
            Share("fedex_ground_15", 80),
            Share("fedex_ground_96", 50),
            Share("amazon_tba", 60),
            Share("list", 40),
            Share("returns", 20),
            Share("none", 10),
            Share("invalid", 10),
        ),
        list_file="collect.csv",
    ),
    "cascade": Mix(
        120,
        4000,
        4,
        (
            Share("s10", 15, "R"),
            Share("s10", 15, "L"),
            Share("sscc", 30),
            Share("ups_1z", 30),
            Share("fedex_ground_15", 28),
            Share("none", 1),
            Share("invalid", 1),
        ),
    ),
    "express64": Mix(
        600,
        9000,
        64,
        (
            *(Share("usps_impb", 10, f"420{zone:02d}") for zone in range(100)),
            *(Share("sscc", 18, f"00{digit}") for digit in range(10)),
            Share("s10", 20, "R"),
            Share("s10", 20, "C"),
            Share("ups_1z", 20),
            Share("fedex_ground_15", 20),
            Share("none", 6),
            Share("invalid", 6),
        ),
    ),
}


def list_codes(seed: int) -> list[str]:
    """The codes of an example's CSV list."""
    rng = random.Random(f"list {seed}")
    formats = [builtin_formats()[name] for name in ("ups_1z", "sscc", "fedex_express_12")]
    return sorted(make_code(rng.choice(formats), rng) for _ in range(LIST_CODES))


def list_text(mix: Mix) -> str:
    """The CSV list of an example."""
    return "\n".join(["code", *list_codes(mix.seed)]) + "\n"


def manifest_text(site: Site, mix: Mix) -> str:
    """The manifest of an example as CSV, parcels in order of arrival."""
    rng = random.Random(f"manifest {mix.seed}")
    kinds = [share for share in mix.shares for _ in range(share.weight)]
    codes = _Codes(site, mix, rng)
    rows = [HEADER]
    nose_mm = 0.0
    for share in _spread(kinds, mix.parcels, rng):
        length, width, height, weight = _sizes(site.line, rng)
        arrival_s = nose_mm / site.line.belt.speed_mm_s
        rows.append(f"{codes.draw(share)},{length},{width},{height},{weight},{arrival_s:.3f}")
        nose_mm += length + _gap_mm(site.line, mix, rng)
    return "\n".join(rows) + "\n"


def _spread(kinds: list[Share], count: int, rng: random.Random) -> list[Share]:
    """`count` shares in proportion to their weights, in random order."""
    drawn = [kinds[place * len(kinds) // count] for place in range(count)]
    rng.shuffle(drawn)
    return drawn


class _Codes:
    """Draws codes that the plan decides as meant, none of them twice."""

    def __init__(self, site: Site, mix: Mix, rng: random.Random) -> None:
        own = {one.id: one for rule in site.plan.rules for one in rule.formats or ()}
        self._formats: dict[str, Format] = {**builtin_formats(), **own}
        self._site, self._rng = site, rng
        self._listed = list_codes(mix.seed)
        self._used: set[str] = set(self._listed)

    def draw(self, share: Share) -> str:
        if share.source == "none":
            return ""
        if share.source == "list":
            return self._listed.pop()
        if share.source == "invalid":
            return self._invalid()
        return self._fresh(share)

    def _fresh(self, share: Share) -> str:
        while True:
            code = self._candidate(share)
            if code.startswith(share.prefix) and code not in self._used:
                self._used.add(code)
                return code

    def _candidate(self, share: Share) -> str:
        if share.source == "returns":
            shop = self._rng.choice(["KLM", "ARN", "OSL"])
            return f"RET-20{self._rng.randint(24, 26)}-{shop}{self._rng.randint(1000, 9999)}"
        code = make_code(self._formats[share.source], self._rng)
        if share.prefix and not code.startswith(share.prefix):
            code = _with_prefix(self._formats[share.source], code, share.prefix)
        return code

    def _invalid(self) -> str:
        """A number with one wrong digit that no rule of the plan takes for another carrier's."""
        while True:
            code = make_code(self._formats["ups_1z"], self._rng)
            wrong = code[:-1] + str((int(code[-1]) + self._rng.randint(1, 9)) % 10)
            if not self._is_valid(wrong) and wrong not in self._used:
                self._used.add(wrong)
                return wrong

    def _is_valid(self, code: str) -> bool:
        return any(one.matches(code) for one in self._formats.values())


def _with_prefix(form: Format, code: str, prefix: str) -> str:
    """The code with its first characters exchanged and a check digit that is right again, or the code itself."""
    head = prefix + code[len(prefix) :]
    places = {one.check_at for one in form.forms if len(one.places) == len(head) and one.check_at >= 0}
    made = (head[:place] + digit + head[place + 1 :] for place in places for digit in "0123456789")
    return next((one for one in made if form.matches(one)), code)


def _sizes(line: Line, rng: random.Random) -> tuple[int, int, int, int]:
    """Length, width, height (mm) and weight (g): each as its quantiles say, long parcels wide and heavy."""
    parcels = line.parcels
    common = rng.gauss(0, 1)
    drawn = []
    for quantiles in (
        parcels.length_mm_quantiles,
        parcels.width_mm_quantiles,
        parcels.height_mm_quantiles,
        parcels.weight_g_quantiles,
    ):
        mixed = sqrt(_SIZE_CORRELATION) * common + sqrt(1 - _SIZE_CORRELATION) * rng.gauss(0, 1)
        drawn.append(_quantile(quantiles, 50 * (1 + erf(mixed / sqrt(2)))))
    length, width, height, weight = drawn
    return length, width, height, weight


def _quantile(quantiles: list[int], percent: float) -> int:
    """The value at a percentage, quantiles joined by straight lines."""
    low = min(bisect_right(QUANTILE_PERCENT, percent), len(quantiles) - 1) - 1
    span = QUANTILE_PERCENT[low + 1] - QUANTILE_PERCENT[low]
    part = (percent - QUANTILE_PERCENT[low]) / span
    return round(quantiles[low] + part * (quantiles[low + 1] - quantiles[low]))


def _gap_mm(line: Line, mix: Mix, rng: random.Random) -> float:
    """A gap of at least what the feeder leaves, gamma distributed above, so that the mean rate comes out."""
    pitch = line.belt.speed_mm_s * 3600 / mix.rate_per_h
    above = pitch - mean_of(line.parcels.length_mm_quantiles) - line.parcels.min_gap_mm
    return line.parcels.min_gap_mm + rng.gammavariate(_GAP_SHAPE, above / _GAP_SHAPE)
