"""Codes for generated parcels: valid numbers that the rules of a sort plan send somewhere."""

from collections.abc import Callable
from random import Random

from sortyard.config.carriers import Format
from sortyard.config.plan_file import Plan, Rule
from sortyard.config.plan_host import HostPlan
from sortyard.errors import Finding, InputError

TRIES = 40
"""Numbers drawn for a rule before another rule has its turn."""
Decide = Callable[[str], tuple[int, int] | None]
_DIGITS = "0123456789"
_FREE_LENGTH = 12
"""Length of a code of a rule that asks for no format."""


def routable_codes(plan: Plan, count: int, seed: int) -> list[str]:
    """`count` different codes that the plan knows, every chute group as often as any other one, in any order.

    Raises InputError if no rule of the plan gives any: then only a manifest can say what arrives.
    """
    rng = Random(seed)
    decide = HostPlan(plan).decide
    by_group: dict[tuple[str, ...], list[Rule]] = {}
    for rule in plan.rules:
        by_group.setdefault(rule.chutes, []).append(rule)
    codes: dict[str, None] = {}
    groups = list(by_group.values())
    failures = 0
    while len(codes) < count and failures < 4 * len(groups) + 4:
        drawn = [code for rules in groups if (code := _routed(rng.choice(rules), rng, decide)) is not None]
        fresh = [code for code in drawn if code not in codes]
        codes.update(dict.fromkeys(fresh))
        failures = 0 if fresh else failures + 1
    if not codes:
        reason = "no parcels can be generated: no rule describes codes that can be drawn"
        raise InputError([Finding(plan.file, None, "rule", reason, "give the parcels with --manifest")])
    found = list(codes)[:count]
    rng.shuffle(found)
    return found


def _routed(rule: Rule, rng: Random, decide: Decide) -> str | None:
    """A code for which the rule decides, None where some tries found none."""
    for _ in range(TRIES):
        code = _draw(rule, rng)
        answer = decide(code) if code else None
        if answer is not None:
            return code
    return None


def _draw(rule: Rule, rng: Random) -> str | None:
    """A code that may match a rule, None where its form is not known (a regular expression alone)."""
    if rule.codes:
        return rng.choice(sorted(rule.codes)).decode("latin-1")
    stem = _stem(rule, rng)
    if rule.formats:
        return _of_format(rng.choice(rule.formats), stem, rng)
    if not stem:
        return None
    return stem + "".join(rng.choice(_DIGITS) for _ in range(_FREE_LENGTH - len(stem)))


def _stem(rule: Rule, rng: Random) -> str:
    """What the code has to begin with."""
    if rule.prefixes:
        return rng.choice(rule.prefixes).decode("latin-1")
    if rule.span is None:
        return ""
    low, high = (end.decode("latin-1") for end in rule.span)
    if low.isdigit() and high.isdigit():
        return str(rng.randint(int(low), int(high))).zfill(len(low))
    return rng.choice([low, high])


def _of_format(carrier: Format, stem: str, rng: Random) -> str | None:
    """A number of a format that begins with `stem`, None if its forms do not allow that."""
    form = rng.choice(carrier.forms)
    if len(stem) > len(form.places):
        return None
    chars = [rng.choice(place) for place in form.places]
    if form.texts:
        text = rng.choice(carrier.texts[form.texts])
        chars[form.texts_at : form.texts_at + len(text)] = text
    chars[: len(stem)] = stem
    if carrier.check is not None:
        start, count = form.data
        chars[form.check_at] = carrier.check.character_for("".join(chars[start : start + count]))
    code = "".join(chars)
    return code if carrier.matches(code) else None
