"""The functions of sorter_core.plc that generated code calls: where each is, what it works on, what it takes."""

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from sortyard.plc.mpy.fn import Fn


class Support(NamedTuple):
    """`views` of memory come before the other arguments. `fuel`: the most that it takes, as measured."""

    source: str
    views: str
    fuel: int


def _table() -> dict[str, Support]:
    rows = """
        words H: add64 12000, sub64 12000, neg64 9000, not64 10000, and64 13000, or64 13000, xor64 13000,
            cmp64 8500, ucmp64 8000, mul32 30000, mul64 76000, mul64_by_small 13000
        division BH: div32 85000, div64 195000, trips 120000
        division H: div64_by_small 34000
        shifts H: shift 42000
        reals H: real_to_whole 40000, whole_to_real 45000
        reals Hf: root 40000
        blocks BV: copy 12000
        texts BV: length 9000, assign 30000, append 30000, part 30000, splice 60000, replace 70000, find 30000,
            compare 30000, recode 60000"""
    found = {}
    for part in rows.replace("\n            ", " ").strip().splitlines():
        head, _, names = part.strip().partition(": ")
        source, views = head.split()
        for entry in names.split(","):
            name, fuel = entry.split()
            found[name] = Support(source, views, int(fuel))
    return found


SUPPORT = _table()
"""By name; the fuel is what they took in the virtual machine."""


def text(fn: "Fn", name: str, *arguments: object) -> str:
    """The call of a support function."""
    fn.module.used.add(name)
    views = [fn.target.argument(view) for view in SUPPORT[name].views]
    return f"{name}({', '.join([*views, *(str(one) for one in arguments)])})"


def do(fn: "Fn", name: str, *arguments: object) -> None:
    """Call a support function for what it stores."""
    fn.emit(text(fn, name, *arguments), SUPPORT[name].fuel)


def ask(fn: "Fn", name: str, *arguments: object) -> str:
    """Call a support function; the local that gets its answer, a whole number."""
    local = fn.temp()
    fn.emit(f"{local} = {fn.target.number(text(fn, name, *arguments))}", SUPPORT[name].fuel)
    return local
