"""The parser that lark makes of grammar.lark: 1.2 s for a new grammar, 0.1 s for one that the user's cache has."""

import hashlib
import pickle
import sys
from io import BytesIO
from pathlib import Path

import lark
from lark import Lark, Transformer

from sortyard.plc.lexer import TokenFeed
from sortyard.user_cache import drop_oldest, keep, kept

_MOST = 4
"""Grammars whose tables are kept: of several versions, Pythons and larks in turn; 430 KB each."""


def lark_of(builder: Transformer) -> Lark:
    """The parser whose rules call `builder`."""
    grammar = Path(__file__).with_name("grammar.lark").read_text("utf-8")
    name = f"grammar-{_key(grammar)}.lark"
    there = kept(name)
    if there is not None:
        # as the parsers do that lark writes out as modules
        return Lark._load_from_dict(**pickle.loads(there), transformer=builder)
    made = Lark(grammar, parser="lalr", lexer=TokenFeed, transformer=builder, keep_all_tokens=True)
    saved = BytesIO()
    made.save(saved, exclude_options=("transformer",))
    keep(name, saved.getvalue())
    drop_oldest("grammar-", _MOST)
    return made


def _key(grammar: str) -> str:
    """Says all that the tables depend on."""
    parts = (grammar, lark.__version__, sys.version, TokenFeed.__module__, TokenFeed.__qualname__)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
