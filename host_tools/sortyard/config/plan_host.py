"""How the host decides: straight from the rules of the plan, regular expressions included."""

from sortyard.config.patterns import MAX_LENGTH
from sortyard.config.plan_file import Plan, Rule


class HostPlan:
    """The plan as the host applies it; it agrees with a board wherever a board decides by itself."""

    def __init__(self, plan: Plan) -> None:
        groups = {chutes: number for number, chutes in enumerate(plan.groups)}
        self._rules = [(rule, (groups[rule.chutes], rule.priority)) for rule in plan.rules]
        self._default = (groups[plan.default], 0) if plan.default else None
        self._by_length: dict[int, list[tuple[Rule, tuple[int, int]]]] = {}

    def decide(self, code: str | bytes) -> tuple[int, int] | None:
        """(group number, priority) for a code, None if no rule knows it and the plan has no default.

        Text is taken as UTF-8. Formats and expressions see each byte as one character.
        """
        raw = code.encode() if isinstance(code, str) else bytes(code)
        candidates = self._by_length.get(len(raw))
        if candidates is None:
            candidates = [entry for entry in self._rules if _can_match(entry[0], len(raw))]
            if len(raw) <= MAX_LENGTH:
                self._by_length[len(raw)] = candidates
        for rule, answer in candidates:
            if _matches(rule, raw):
                return answer
        return self._default


def _can_match(rule: Rule, length: int) -> bool:
    """False where the length alone says that the rule does not match."""
    if rule.formats is not None:
        return any(len(form.places) == length for fmt in rule.formats for form in fmt.forms)
    return rule.codes is None or any(len(code) == length for code in rule.codes)


def _matches(rule: Rule, code: bytes) -> bool:
    if rule.prefixes is not None and not code.startswith(rule.prefixes):
        return False
    if rule.span is not None and not _is_in(code, rule.span):
        return False
    if rule.codes is not None and code not in rule.codes:
        return False
    if rule.formats is None and rule.regex is None:
        return True
    text = code.decode("latin-1")
    if rule.formats is not None and not any(fmt.matches(text) for fmt in rule.formats):
        return False
    return rule.regex is None or rule.regex.fullmatch(text) is not None


def _is_in(code: bytes, span: tuple[bytes, bytes]) -> bool:
    width = len(span[0])
    return len(code) >= width and span[0] <= code[:width] <= span[1]
