"""The drivers of the firmware as `check` and the board's configuration see them: their option tables, read from
their files (firmware/sorter_io) without running them. The file's name is the driver's name.
"""

import ast
from functools import cache
from typing import Any, NamedTuple

from sortyard.config.check_context import Context
from sortyard.config.toml_findings import did_you_mean
from sortyard.shipped import shipped

FROM_ELSEWHERE = {
    "unit": "it follows from the pins",
    "address": "it is the motor's key address",
    "count": "it is the expander's key count",
    "debounce_counts": "it follows from the eye's key debounce_mm",
}
"""Options that other keys of the line file give, and which."""
_FOLDERS = {"scanner": "scanners", "motor": "motors", "diverter": "diverters", "expander": "expanders"}


class Option(NamedTuple):
    """A row of a driver's table. `least` and `most` limit a number, or the length of a text."""

    name: str
    default: int | str
    least: int
    most: int
    unit: str
    text: str

    def allowed(self) -> str:
        """What may be given, in words."""
        unit = f" {self.unit}" if self.unit and self.unit != "text" else ""
        if isinstance(self.default, str):
            return f"a text of {self.least} to {self.most} characters"
        return f"{self.least} to {self.most}{unit}"

    def takes(self, value: int | str) -> bool:
        """Whether a value has the option's type and is within its limits."""
        if isinstance(value, str) != isinstance(self.default, str):
            return False
        return self.least <= (len(value) if isinstance(value, str) else value) <= self.most


def driver_path(kind: str, part: Any) -> str:
    """Where the driver of a line's part is: "motors.vfd_modbus"; eyes and the encoder have one of their own."""
    if kind not in _FOLDERS:
        return {"eye": "photo_eye", "encoder": "encoders.quadrature_pio"}[kind]
    return f"{_FOLDERS[kind]}.{part.driver if kind in ('scanner', 'motor') else part.kind}"


@cache
def option_table(path: str) -> tuple[Option, ...] | None:
    """The options of a driver; None if the firmware has no such driver."""
    source = shipped("firmware") / "sorter_io" / (path.replace(".", "/") + ".py")
    if not source.is_file():
        return None
    for node in ast.parse(source.read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "OPTIONS":
            return tuple(Option(*row) for row in ast.literal_eval(node.value))
    return ()


def driver_options(path: str) -> dict[str, Any]:
    """The defaults of a driver's options."""
    return {option.name: option.default for option in option_table(path) or ()}


def judge_options(context: Context) -> None:
    """Add every finding about options that are given to drivers."""
    line = context.line
    parts: list[tuple[tuple[str | int, ...], str, Any]] = [(("encoder",), "encoder", line.encoder)]
    for kind in ("eye", *_FOLDERS):
        parts += [((kind, place), kind, part) for place, part in enumerate(getattr(line, kind))]
    for path, kind, part in parts:
        if part.options:
            _judge(context, path, driver_path(kind, part), part.options)


def _judge(context: Context, path: tuple[str | int, ...], driver: str, given: dict[str, int | str]) -> None:
    table = {option.name: option for option in option_table(driver) or ()}
    free = [name for name in table if name not in FROM_ELSEWHERE]
    for name, value in given.items():
        where = (*path, "options", name)
        option = table.get(name)
        if option is None:
            there_are = f"options: {', '.join(free)}" if free else "it has none"
            context.error(where, f'{driver} has no option "{name}"', did_you_mean(name, free) + there_are)
        elif name in FROM_ELSEWHERE:
            context.error(where, f"{name} is not given here: {FROM_ELSEWHERE[name]}", "take it out")
        elif not option.takes(value):
            context.error(
                where, f"{name} is {value!r}; allowed: {option.allowed()}", f"{name}: {option.text}"
            )
