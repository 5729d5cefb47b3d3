"""Compile a sort plan into the table that a board decides by (firmware/sorter_core/sort_plan.py).

For each length of code only the rules that can match codes of that length are left, in their order. Rules
next to each other that need the same formats test them once; lists of codes, prefixes or ranges next to each
other become one sorted list. Equal programs and lists are stored once.
"""

from array import array
from dataclasses import dataclass, field
from typing import NamedTuple

from sorter_core import sort_plan as board
from sortyard.config.carriers import Check, Format
from sortyard.config.patterns import DIGITS, LETTERS, Form
from sortyard.config.plan_file import Plan, Rule, check_chutes
from sortyard.config.plan_lists import KeyList, RuleKeys, Step, joined, key_lists
from sortyard.errors import Finding, InputError

MAX_SETS = 255 - board.FIRST_SET + 1
MAX_KEYS = 1_000_000

_KINDS = {DIGITS: 128, LETTERS: 129, DIGITS + LETTERS: 130}
_CHECK_KINDS = {"luhn": board.CHECK_DIGIT_SUM, "mod11_10": board.CHECK_HYBRID, "mod37_36": board.CHECK_HYBRID}


class HostOnlyRule(NamedTuple):
    """A rule that a board cannot decide by itself: where it stands and what it asks for."""

    file: str
    line: int
    key: str
    text: str


@dataclass(frozen=True, slots=True)
class BoardPlan:
    """A compiled plan: the board's table and blob, and what its answers mean.

    `groups` holds for each group number the places of its chutes in the line's list, in overflow order.
    """

    table: array
    blob: bytes
    groups: list[tuple[int, ...]]
    host_only_rules: list[HostOnlyRule]


def compile_plan(plan: Plan, chute_names: list[str]) -> BoardPlan:
    """The plan for a line with these chutes. Raises InputError for chutes that the line does not have."""
    findings = check_chutes(plan, chute_names)
    if findings:
        raise InputError(findings)
    table, blob = _Compiler(plan).compile()
    return BoardPlan(
        table,
        blob,
        [tuple(chute_names.index(chute) for chute in chutes) for chutes in plan.groups],
        [HostOnlyRule(r.file, r.line, r.key, r.text) for r in plan.rules if r.regex is not None],
    )


class FormGroup(NamedTuple):
    """Steps that are tried only for codes of one of these forms."""

    forms: tuple[int, ...]
    steps: tuple[Step, ...]


def _answer(rule: Rule, group: int) -> int:
    low = board.HOST_ONLY if rule.regex is not None else group + 1
    return low + 256 * rule.priority


@dataclass(slots=True)
class _Compiler:
    plan: Plan
    blob: bytearray = field(default_factory=bytearray)
    pieces: dict[bytes, int] = field(default_factory=dict)
    sets: dict[str, int] = field(default_factory=dict)
    forms: dict[tuple[str, int], int] = field(default_factory=dict)
    form_rows: list[list[int]] = field(default_factory=list)
    lists: dict[KeyList, int] = field(default_factory=dict)
    list_rows: list[list[int]] = field(default_factory=list)
    checks: dict[tuple[int, ...], int] = field(default_factory=dict)
    instructions: list[list[int]] = field(default_factory=list)

    def compile(self) -> tuple[array, bytes]:
        self._store_sets()
        groups = {chutes: number for number, chutes in enumerate(self.plan.groups)}
        default = groups[self.plan.default] + 1 if self.plan.default else board.NO_RULE
        rules = [(rule, RuleKeys(rule), _answer(rule, groups[rule.chutes])) for rule in self.plan.rules]
        starts: dict[tuple[FormGroup, ...], int] = {}
        entries = []
        for length in range(board.ENTRIES):
            program = self._program(length, rules)
            if program not in starts:
                starts[program] = len(self.instructions)
                self._emit(program, default)
            entries.append(starts[program])
        return self._sealed(len(groups), entries)

    def _sealed(self, group_count: int, entries: list[int]) -> tuple[array, bytes]:
        parts = [self.instructions, self.form_rows, self.list_rows, list(self.checks)]
        body = entries + [number for part in parts for row in part for number in row]
        head = [board.MAGIC, board.VERSION, board.HEADER_SIZE + len(body), len(self.blob), 0, 0, group_count]
        head += [*map(len, parts), len(self.sets)]
        head += [0] * (board.HEADER_SIZE - len(head))
        table, blob = array("i", head + body), bytes(self.blob)
        crc = board.crc24(table, board.H_GROUPS, blob)
        table[board.H_CRC], table[board.H_CRC + 1] = crc & 0xFFF, crc >> 12
        return table, blob

    def _store_sets(self) -> None:
        """Character sets stand at the beginning of the blob, where a run finds them by number."""
        formats = {fmt.id: fmt for rule in self.plan.rules for fmt in rule.formats or ()}
        places = {place for fmt in formats.values() for form in fmt.forms for place in form.places}
        for place in sorted(places - _KINDS.keys()):
            if len(place) > 1:
                self.sets[place] = len(self.sets)
                self.blob += sum(1 << ord(char) for char in place).to_bytes(board.SET_SIZE, "little")
        if len(self.sets) > MAX_SETS:
            reason = f"the formats use {len(self.sets)} different sets of characters; allowed: {MAX_SETS}"
            raise InputError([Finding(self.plan.file, 1, "format", reason, "use fewer formats in the rules")])

    def _program(self, length: int, rules: list[tuple[Rule, RuleKeys, int]]) -> tuple[FormGroup, ...]:
        """The rules that can match codes of this length; neighbours with the same formats in one group."""
        groups: list[tuple[tuple[int, ...], list[Step]]] = []
        for rule, keys, answer in rules:
            forms = self._forms_of(rule, length)
            conditions = keys.conditions(length)
            if forms is None or conditions is None:
                continue
            if not groups or groups[-1][0] != forms:
                groups.append((forms, []))
            groups[-1][1].append(Step(conditions, answer))
            if not forms and not conditions:
                break
        return tuple(FormGroup(forms, joined(steps)) for forms, steps in groups)

    def _forms_of(self, rule: Rule, length: int) -> tuple[int, ...] | None:
        """The forms of this length of the rule's formats; () if it asks for none, None if there are none."""
        if rule.formats is None:
            return ()
        forms = [
            self._form(fmt, place)
            for fmt in rule.formats
            for place, form in enumerate(fmt.forms)
            if len(form.places) == length
        ]
        return tuple(forms) or None

    def _form(self, fmt: Format, place: int) -> int:
        if (fmt.id, place) not in self.forms:
            row = self._form_row(fmt, fmt.forms[place])
            self.forms[fmt.id, place] = len(self.form_rows)
            self.form_rows.append(row)
        return self.forms[fmt.id, place]

    def _form_row(self, fmt: Format, form: Form) -> list[int]:
        texts, texts_at, skipped = -1, 0, range(0)
        if form.texts:
            (keys,) = key_lists(text.encode() for text in fmt.texts[form.texts]).values()
            texts, texts_at = self._list(keys), form.texts_at
            skipped = range(texts_at, texts_at + keys.width)
        runs = self._runs(form, skipped)
        check, weights = (-1, 0) if fmt.check is None else self._check(fmt.check, form.data[1])
        where = [*form.data, max(form.check_at, 0), weights, texts, texts_at]
        return [len(form.places), self._piece(runs), len(runs) // board.RUN_SIZE, check, *where]

    def _runs(self, form: Form, skipped: range) -> bytes:
        runs: list[list[int]] = []
        for at, place in enumerate(form.places):
            if at in skipped:
                continue
            kind = ord(place) if len(place) == 1 else _KINDS.get(place, -1)
            kind = kind if kind >= 0 else board.FIRST_SET + self.sets[place]
            is_class = kind >= board.DIGITS
            if is_class and runs and runs[-1][0] == kind and runs[-1][1] + runs[-1][2] == at:
                runs[-1][2] += 1
            else:
                runs.append([kind, at, 1])
        return bytes(number for run in runs for number in run)

    def _check(self, check: Check, count: int) -> tuple[int, int]:
        """The number of the check, and where the weights for its characters stand."""
        seed = characters = weights = 0
        if not check.is_hybrid:
            all_weights = check.weights_for(len(check.prepend) + count)
            ahead, own = all_weights[:-count], all_weights[-count:]
            seed = sum(int(char) * weight for char, weight in zip(check.prepend, ahead, strict=True))
            weights = self._piece(bytes(own))
            characters = self._piece(check.characters.encode())
        kind = _CHECK_KINDS.get(check.kind, board.CHECK_WEIGHTED)
        row = (kind, check.modulus, seed, characters, int(check.letters == "a2"))
        return self.checks.setdefault(row, len(self.checks)), weights

    def _list(self, keys: KeyList) -> int:
        if keys not in self.lists:
            if len(keys.keys) > MAX_KEYS:
                reason = f"{len(keys.keys)} codes of {keys.width} characters; allowed: {MAX_KEYS} in a list"
                raise InputError(
                    [Finding(self.plan.file, 1, "rule", reason, "use prefixes or ranges instead")]
                )
            answers = b"".join(answer.to_bytes(2, "little") for answer in keys.answers)
            row = [self._piece(b"".join(keys.keys)), keys.width, len(keys.keys), int(keys.is_range)]
            self.lists[keys] = len(self.list_rows)
            self.list_rows.append([*row, self._piece(answers) if answers else -1])
        return self.lists[keys]

    def _piece(self, piece: bytes) -> int:
        """Where the bytes stand in the blob; equal ones are stored once."""
        if piece not in self.pieces:
            self.pieces[piece] = len(self.blob)
            self.blob += piece
        return self.pieces[piece]

    def _emit(self, program: tuple[FormGroup, ...], default: int) -> None:
        for group in program:
            misses = self._emit_any(board.FORM, group.forms) if group.forms else None
            for step in group.steps:
                self._emit_step(step)
            self._point_no(misses)
        self._answer(default)

    def _emit_step(self, step: Step) -> None:
        if step.lookup is not None:
            self._add(board.LOOKUP, self._list(step.lookup))
            return
        misses = [
            self._emit_any(board.KEYS, tuple(self._list(keys) for keys in lists)) for lists in step.conditions
        ]
        self._answer(step.answer)
        for miss in misses:
            self._point_no(miss)

    def _emit_any(self, operation: int, arguments: tuple[int, ...]) -> int:
        """Tests of which one has to hold; gives the last one, whose "no" is still open."""
        behind = len(self.instructions) + len(arguments)
        for argument in arguments:
            self._add(operation, argument)
            self.instructions[-1][2] = behind
        return behind - 1

    def _answer(self, answer: int) -> None:
        """Signed, so that a board keeps the table in 16 bits a number."""
        self._add(board.ANSWER, answer - 0x10000 if answer >= 0x8000 else answer)

    def _add(self, operation: int, argument: int) -> None:
        following = len(self.instructions) + 1
        self.instructions.append([operation, argument, following, following])

    def _point_no(self, instruction: int | None) -> None:
        if instruction is not None:
            self.instructions[instruction][3] = len(self.instructions)
