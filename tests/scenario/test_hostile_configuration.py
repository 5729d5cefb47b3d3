"""A configuration that is whole and of the right version, and yet wrong inside: a board says so and drives nothing."""

from random import Random
from typing import Any

import pytest
from board_bench import Bench
from safe_mode_bench import MAIN, SAFE_MODE, altered, safe_mode
from sim_runs import example

from sorter_core import messages
from sortyard.config.ecu_image import ecu_image
from sortyard.device.session import Session

VALUES = (0, -1, 1 << 40, 255, 70_000, "x", None, [], {}, True, 1.5)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("line",), 7, "TypeError: "),
        (("motors", 0, 1, "de"), 1 << 40, "OverflowError: "),
        (("gates", 0, 2), 5, "TypeError: "),
        (("period_us",), 0, "a turn of 0 us"),
        (("period_us",), "x", "TypeError: "),
        (("parcels",), "many", "TypeError: "),
        (("link", 2), {}, "KeyError: console_baud"),
    ],
)
def test_what_cannot_be_made_of_it_is_told_with_its_kind(path: tuple[Any, ...], value: object, said: str):
    image = altered(ecu_image(example("starter"), "line"), lambda parts: put(parts, path, value))
    assert safe_mode(image).startswith(f"safe mode: {said}")


def put(parts: Any, path: tuple[Any, ...], value: object) -> None:
    *there, last = path
    for key in there:
        parts = parts[key]
    parts[last] = value


def places(parts: Any, before: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of everything in it."""
    if isinstance(parts, dict):
        inside = list(parts.items())
    else:
        inside = list(enumerate(parts)) if isinstance(parts, list) else []
    found = [(*before, key) for key, _ in inside]
    return found + [one for key, value in inside for one in places(value, (*before, key))]


def test_whatever_stands_in_it_the_board_runs_or_says_that_it_does_not():
    """Twenty-five boots, each with one value changed somewhere."""
    rng, image = Random(3), ecu_image(example("starter"), "line")
    ran = refused = 0

    def change(parts: dict[str, Any]) -> None:
        path = rng.choice(places(parts))
        put(parts, path, rng.choice(VALUES))

    for _ in range(25):
        bench = Bench(MAIN, until_us=300_000, host=Session()).run(ecu__img=altered(image, change))
        assert bench.told[0].kind == messages.HELLO
        if bench.told[0].fields[2] == SAFE_MODE:
            assert bench.logged[0].startswith("safe mode: ")
            assert bench.levels == []
            refused += 1
        else:
            ran += 1
    assert ran >= 3
    assert refused >= 10
