"""Reference documentation of the firmware's drivers, made from the tables in their own files."""

from sortyard.config.driver_tables import FOLDERS, Driver, Option, all_drivers, drivers_of
from sortyard.config.pin_words import SAID

_HEAD = """\
# Drivers

Made by `sortyard docs drivers` from the drivers' own files; do not write here. A part of the line file names its
driver (`driver`, or `kind` of diverters and expanders), its wires (`pins`) and what is not as the tables below say
(`options`). What a wire's pin must be able to do is what `boards/*/board.toml` says of pins, and why some cannot."""
_PLACES = {"in": "inputs", "out": "outputs", "either": "inputs or outputs"}


def driver_docs() -> str:
    """The whole reference, as Markdown."""
    parts = [_HEAD, _table(("a pin that is", "must"), [(f"`{need}`", words) for need, words in SAID.items()])]
    for kind in FOLDERS:
        parts.append(f"## {kind.capitalize()}s")
        parts += map(_driver, drivers_of(kind).values())
    parts.append("## Others")
    parts += [_driver(driver) for path, driver in all_drivers().items() if "." not in path]
    return "\n\n".join(parts) + "\n"


def _driver(driver: Driver) -> str:
    blocks = [f"### {driver.name}", driver.text.split("\n\n")[0].replace("\n", " ")]
    facts = _facts(driver)
    if facts:
        blocks.append("\n".join(f"- {fact}" for fact in facts))
    if driver.pins:
        blocks.append(_table(("wire", "its pin must", ""), [_wire(driver, wire) for wire in driver.pins]))
    if driver.options:
        rows = [_option(option) for option in driver.options]
        blocks.append(_table(("option", "default", "allowed", "what"), rows))
    return "\n\n".join(blocks)


def _facts(driver: Driver) -> list[str]:
    facts = []
    if driver.port:
        facts.append(f"only on boards with the {driver.port} port of MicroPython")
    if driver.takes:
        facts.append(f"takes one {driver.takes.upper()} of the chip")
    if driver.places[0]:
        facts.append(f"{driver.places[0]} {_PLACES[driver.places[1]]} a chip")
    if driver.any_of:
        facts.append(f"needs {' or '.join(driver.any_of)}")
    facts += [f"{' and '.join(wires)} are wired both or none" for wires in driver.together]
    if driver.accumulates:
        facts.append(
            "feeds a line that has neither infeed meter nor loop; in simulations it stops when it is told to"
        )
    if driver.speed_by:
        facts.append(f"its speed can be set while it runs, where {driver.speed_by} is not 0")
    if driver.moves:
        facts.append(f"moves like a {driver.moves}")
    return facts


def _wire(driver: Driver, wire: str) -> tuple[str, str, str]:
    notes = [
        note
        for note, names in (
            ("may be left out", driver.optional),
            ("may be shared with others (a bus)", driver.shared),
            ("may end at an expander", driver.on_expander),
        )
        if wire in names
    ]
    return f"`{wire}`", f"`{driver.pins[wire]}`", "; ".join(notes)


def _option(option: Option) -> tuple[str, str, str, str]:
    default = f'`"{option.default}"`' if isinstance(option.default, str) else f"`{option.default}`"
    return f"`{option.name}`", default, option.allowed(), option.text


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
