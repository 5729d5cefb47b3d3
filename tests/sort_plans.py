"""Sort plans for tests: random ones, the codes that they are about, and what a board may answer."""

import random
from array import array

import sorter_core.sort_plan as pure
from sortyard.config.carriers import builtin_formats, make_code
from sortyard.config.expressions import compile_expression
from sortyard.config.plan import HostPlan, Plan
from sortyard.config.plan_file import Rule

FORMATS = builtin_formats()
CHUTES = ["A1", "A2", "A3", "A4"]
_EXPRESSIONS = [compile_expression(text) for text in (".*1", "R.*", "[0-9]{2,4}", "")]


def rule_for(chute: str, **conditions: object) -> Rule:
    return Rule("p", 1, "rule", "", 1, "", (chute,), 100, **conditions)  # pyright: ignore[reportArgumentType]


def seal(table: array, blob: bytes) -> None:
    """Make a changed table look genuine, so that only its structure can give it away."""
    table[pure.H_TABLE_SIZE], table[pure.H_BLOB_SIZE] = len(table), len(blob)
    crc = pure.crc24(table, pure.H_GROUPS, blob)
    table[pure.H_CRC], table[pure.H_CRC + 1] = crc & 0xFFF, crc >> 12


def random_plan(rng: random.Random) -> Plan:
    """Up to twelve rules of all kinds of conditions, every fourth with an expression, and a default or none."""
    rules = tuple(_random_rule(rng) for _ in range(rng.randint(0, 12)))
    return Plan("p", rules, rng.choice([(), ("A1",), ("A4", "A1")]), 1)


def _random_rule(rng: random.Random) -> Rule:
    def text(width: int) -> bytes:
        return "".join(rng.choices("019AR", k=width)).encode()

    width = rng.randint(1, 4)
    first, last = sorted((text(width), text(width)))
    conditions = {
        "formats": tuple(FORMATS[name] for name in rng.sample(sorted(FORMATS), rng.randint(1, 3))),
        "prefixes": tuple(text(rng.randint(1, 4)) for _ in range(rng.randint(1, 3))),
        "span": (first, last),
        "codes": frozenset(text(rng.randint(1, 4)) for _ in range(rng.randint(1, 6))),
    }
    kept = rng.sample(sorted(conditions), rng.choice([1, 1, 1, 2, 3]))
    regex = rng.choice(_EXPRESSIONS) if rng.random() < 0.25 else None
    chutes = tuple(rng.sample(CHUTES, rng.randint(1, 2)))
    given = {key: conditions[key] for key in kept}
    return Rule("p", 1, "rule", "", 1, "", chutes, rng.randint(0, 255), regex=regex, **given)


def interesting_codes(plan: Plan, seed: int) -> list[bytes]:
    """Codes that the rules are about, and near misses of them."""
    rng = random.Random(seed)
    codes = [b"", b"0", b"1" * 64, b"1" * 65, b"\xff\x00", b"RR123456785GB"]
    for rule in plan.rules:
        for fmt in rule.formats or ():
            codes += [make_code(fmt, rng).encode() for _ in range(2)]
        texts = [*(rule.prefixes or ()), *(rule.codes or ()), *(rule.span or ())]
        codes += (
            texts + [text + rng.choice([b"0", b"19", b"R"]) for text in texts] + [text[:-1] for text in texts]
        )
    changed = []
    for code in codes:
        if code:
            at = rng.randrange(len(code))
            changed.append(code[:at] + bytes([rng.choice(b"019AR-")]) + code[at + 1 :])
    return codes + changed


def expected_answers(plan: Plan, code: bytes, answer: tuple[int, int] | None) -> set[int]:
    """What the board may say where the host says `answer`: that, or that it asks the host.

    It asks exactly where a rule with an expression stands before the one that decides and all its other
    conditions hold.
    """
    low = 0 if answer is None else answer[0] + 1 + 256 * answer[1]
    for rule in plan.rules:
        without = Rule(
            "p",
            1,
            "",
            "",
            1,
            "",
            rule.chutes,
            rule.priority,
            rule.formats,
            rule.prefixes,
            rule.span,
            rule.codes,
        )
        alone = HostPlan(Plan("p", (without,), (), 1)).decide(code)
        if alone is not None:
            return {255 + 256 * rule.priority} if rule.regex is not None else {low}
    return {low}
