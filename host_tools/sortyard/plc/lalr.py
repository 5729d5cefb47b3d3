"""Runs lark's parse tables, one token at a time.

lark makes the tables from grammar.lark; its own loop looks each rule's callback up by comparing rules, and runs one
for every step of `expr: operand: primary: name`. Here each reduction is resolved once, when the tables are made:
a 30,000-line source parses three times as fast, and recovery.py can look ahead without calling anything.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from lark import Lark

from sortyard.plc.lexer import Token


class Reduce(NamedTuple):
    """Replace the last `size` values by one of the rule `origin`; `build` is None where the value stays as it is."""

    size: int
    origin: str
    build: Callable[[list[Any]], Any] | None


class ParseTables:
    """`actions[state][terminal]` is the next state (shift) or a `Reduce`; `goto[state][rule]` the state after it."""

    def __init__(self, lark: Lark) -> None:
        conf = lark.parse_interactive().parser_state.parse_conf
        self.start, self.end = conf.start_state, conf.end_state
        self.actions: list[dict[str, int | Reduce]] = [{} for _ in conf.states]
        self.goto: list[dict[str, int]] = [{} for _ in conf.states]
        reductions: dict[int, Reduce] = {}
        for state, row in conf.states.items():
            for symbol, (action, argument) in row.items():
                if action.name != "Shift":
                    rule = argument
                    if id(rule) not in reductions:
                        reductions[id(rule)] = self._reduce(rule, conf.callbacks)
                    self.actions[state][str(symbol)] = reductions[id(rule)]
                elif symbol.isupper() or symbol == "$END":
                    self.actions[state][str(symbol)] = argument
                else:
                    self.goto[state][str(symbol)] = argument

    @staticmethod
    def _reduce(rule: Any, callbacks: Any) -> Reduce:
        is_passed_on = len(rule.expansion) == 1 and rule.options.expand1 and not rule.alias
        return Reduce(len(rule.expansion), str(rule.origin.name), None if is_passed_on else callbacks[rule])


class ParseState:
    """The stacks of one parse: `states` has one entry more than `values`."""

    def __init__(self, tables: ParseTables) -> None:
        self.tables = tables
        self.states = [tables.start]
        self.values: list[Any] = []
        self.result: Any = None

    def feed(self, token: Token) -> bool:
        """Take one token. False, and nothing changed, if it does not fit. The end of the file sets `result`."""
        states, values = self.states, self.values
        actions, goto = self.tables.actions, self.tables.goto
        kind = token.type
        action = actions[states[-1]].get(kind)
        # a reduction may still end in an error, and what is reduced then would be lost to recovery
        if action.__class__ is not int and self.after(kind) is None:
            return False
        while True:
            action = actions[states[-1]][kind]
            if isinstance(action, int):
                states.append(action)
                values.append(token)
                return True
            size, origin, build = action
            if build is None:
                states[-1] = goto[states[-2]][origin]
                continue
            if size:
                children = values[-size:]
                del states[-size:], values[-size:]
            else:
                children = []
            values.append(build(children))
            states.append(goto[states[-1]][origin])
            if states[-1] == self.tables.end:
                self.result = values[-1]
                return True

    def after(self, kind: str, states: list[int] | None = None) -> list[int] | None:
        """The states after a token of that kind was shifted, or None if it does not fit. Changes nothing."""
        states = list(self.states if states is None else states)
        actions, goto = self.tables.actions, self.tables.goto
        while True:
            action = actions[states[-1]].get(kind)
            if action is None:
                return None
            if isinstance(action, int):
                return [*states, action]
            if action.size:
                del states[-action.size :]
            states.append(goto[states[-1]][action.origin])
            if states[-1] == self.tables.end:
                return states
