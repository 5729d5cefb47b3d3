"""Where a program on MicroPython may stop: the code has the number of the site, the host all that is to be told."""

from typing import NamedTuple

from sortyard.plc.faults import FaultKind
from sortyard.plc.source import Span


class Site(NamedTuple):
    """A fault at a place in the source. `detail` says what is known of it without running, "" for what its kind says.

    What is found while running (an index, a value) is not kept: at each access it would take bytes of the board's code.
    """

    kind: FaultKind
    span: Span
    detail: str = ""
