"""Source text to syntax tree. `parse(source, sink)` always returns a tree; what is wrong is told to the sink."""

from functools import lru_cache

from lark import Transformer

from sortyard.plc.build_statements import TreeBuilder
from sortyard.plc.diagnostics import Sink
from sortyard.plc.foreign_blocks import ForeignBlocks
from sortyard.plc.grammar import lark_of
from sortyard.plc.keywords import CONTEXTUAL, MODIFIERS, VENDOR_WORDS
from sortyard.plc.lalr import ParseState, ParseTables
from sortyard.plc.lexer import Token, tokenize
from sortyard.plc.modifiers import in_order
from sortyard.plc.recovery import Recovery
from sortyard.plc.source import Source, Span
from sortyard.plc.tree import File

MAX_SOURCE_LENGTH = 20_000_000
"""Longest source in characters."""
MAX_STACK = 1_500
"""Depth of the parser's stack: some 300 blocks inside each other."""

_SOFT = CONTEXTUAL | VENDOR_WORDS | {"FOREIGN_WORD"}
_FOLLOWED_BY = {"TEST": "STRING", "ACTION": "NAME", "POINTER": "TO", "REFERENCE": "TO"}
_BEHIND_NAMES = frozenset({"ASSIGN", "OUT", "LPAR", "LBRACK", "DOT", "CARET", "COMMA", "COLON"})
"""None of these starts what a getter or setter has."""


class _Tree(TreeBuilder, Transformer):
    """The builder as lark wants it."""


@lru_cache(maxsize=1)
def _machine() -> tuple[ParseTables, _Tree]:
    """The parse tables, made once in a process, and the builder that they call."""
    builder = _Tree()
    return ParseTables(lark_of(builder)), builder


def parse(source: Source, sink: Sink, is_strict: bool = True) -> File:
    """The tree of one source. What could not be read is missing in it, and `is_partial` and `has_gaps` say so.

    Not `is_strict`: what vendors' editors let pass is a hint.
    """
    own = Sink()
    whole = Span(source, 0, len(source.text))
    if len(source.text) > MAX_SOURCE_LENGTH:
        start = Span(source, 0, 1)
        sink.tell(
            "SY1602", start, f"the source has {len(source.text)} characters", f"at most {MAX_SOURCE_LENGTH}"
        )
        return File(whole, source, [], is_partial=True)
    scan = tokenize(source, own)
    end = len(source.text)
    tables, builder = _machine()
    builder.begin(source, own)
    tokens = ForeignBlocks(scan.tokens, scan.pragmas, source, own).without()
    tokens = in_order(tokens, source, own)
    recovery = Recovery(ParseState(tables), [*tokens, Token("$END", "", end, end)], source, own)
    recovery.mends.is_strict = is_strict
    units = _drive(recovery)
    file = Source(source.file, source.raw)
    for problem in source.problems:
        own.tell(problem.code, Span(file, problem.start, problem.end), problem.message, problem.suggestion)
    for item in own.items:
        sink.tell(item.code, item.span, item.message, item.suggestion)
    is_partial = units is None or recovery.has_lost_names or bool(source.problems)
    gaps = recovery.has_lost_statements
    return File(whole, source, units or [], scan.pragmas, scan.comments, is_partial, gaps, builder.addresses)


def _drive(recovery: Recovery) -> list | None:
    """Feed every token; repair where one does not fit. Returns the units, None if they are nested too deep."""
    state, tokens = recovery.state, recovery.tokens
    feed, stack, actions = state.feed, state.states, state.tables.actions
    at, last = 0, len(tokens) - 1
    while at < last:
        token = tokens[at]
        if token.type in _SOFT and (token.type not in actions[stack[-1]] or _is_name(tokens, at)):
            token = tokens[at] = recovery.mends.word(at)
        if feed(token):
            at += 1
        else:
            at = recovery.repair(at)
        if len(stack) > MAX_STACK:
            span = Span(recovery.source, token.start, token.end)
            message = "blocks are nested too deep here"
            recovery.sink.tell("SY1603", span, message, "move inner blocks into functions")
            return None
    while not feed(tokens[last]):
        recovery.repair(last)
    return state.result


def _is_name(tokens: list[Token], at: int) -> bool:
    """`FUNCTION OVERRIDE : INT`: a modifier that no name follows is the name itself."""
    if tokens[at].type in _FOLLOWED_BY:
        return tokens[at + 1].type != _FOLLOWED_BY[tokens[at].type]
    if tokens[at].type in ("GET", "SET", "ACTIONS"):
        return tokens[at + 1].type in _BEHIND_NAMES
    if tokens[at].type in MODIFIERS and at and tokens[at - 1].type in ("GET", "SET"):
        return tokens[at + 1].type in _BEHIND_NAMES
    return tokens[at].type in MODIFIERS and tokens[at + 1].type != "NAME" and tokens[at + 1].type not in _SOFT
