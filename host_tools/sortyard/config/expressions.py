"""Regular expressions of sort plans, matched by RE2: in a time that grows with the code's length and no faster.

Python's own module can take years for one code, with an expression such as `(a+)+b`.
"""

from typing import Protocol

import re2


class Expression(Protocol):
    """What `compile_expression` returns."""

    def fullmatch(self, text: str, /) -> object | None:
        """A match of the whole text, or None."""
        ...


def compile_expression(pattern: str) -> Expression:
    """The expression, ready for use. ValueError (reason, remedy) if it is none that RE2 knows."""
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        told = error.args[0]
        reason = told.decode("utf-8", "replace") if isinstance(told, bytes) else str(told)
        raise ValueError(
            f"not a regular expression of RE2: {reason}",
            "write it in the syntax of RE2; that has no look-around and no references back to a group",
        ) from None
