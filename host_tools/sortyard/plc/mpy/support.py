"""The functions of sorter_core.plc that generated code calls: where each is, what it works on, what it takes."""

from typing import TYPE_CHECKING, NamedTuple

from sortyard.plc.mpy.nodes import If, Line, Loop, Pause

if TYPE_CHECKING:
    from sortyard.plc.mpy.fn import Fn


class Support(NamedTuple):
    """`views` of memory come before the other arguments. `fuel`: the most that it takes, as measured."""

    source: str
    views: str
    fuel: int


def _table() -> dict[str, Support]:
    rows = """
        words H: add64 8000, sub64 8000, neg64 5500, not64 7000, and64 9000, or64 9000, xor64 9000,
            cmp64 5500, ucmp64 5500, mul32 9500, mul64 25500, mul64_by_small 13500
        division H: div32 35500, div64_begin 27500, div64_by_small 25000, trips_begin 30000, trips_end 3000
        division BH: div64_step 34000
        shifts H: shift 28500
        reals H: real_to_whole 34000, whole_to_real 36500
        reals Hf: root 38000
        lreals D: lreal_root 17000
        lreals H: lreal_to_whole 26000
        spans H: span_begin 1500, span_step 72500
        bcd H: bcd_begin 2500, from_bcd_step 21500, to_bcd_step 21000
        blocks BHV: copy 31500
        texts B: measure 25000
        texts BV: length 22000, assign 16500, part 33500, splice 49000, replace 52500
        texts HV: append 10000, end 22000, find_step 34000, compare_step 35500
        texts HB: recode_step 31500"""
    found = {}
    for part in rows.replace("\n            ", " ").strip().splitlines():
        head, _, names = part.strip().partition(": ")
        source, views = head.split()
        for entry in names.split(","):
            name, fuel = entry.split()
            found[name] = Support(source, views, int(fuel))
    return found


SUPPORT = _table()
"""By name. The fuel is what they took in the virtual machine and a tenth more; strings had 254 characters."""


def in_steps(fn: "Fn", name: str, *arguments: object) -> None:
    """Call a support function until it answers 0. The slice may end before each call: arguments must outlive that."""
    with fn.into([]) as body:
        fn.put(Pause())
        more = ask(fn, name, *arguments)
        fn.put(If(f"{more} == 0", [Line("break")]))
    fn.put(Loop(body))
    fn.rest()


def text(fn: "Fn", name: str, *arguments: object) -> str:
    """The call of a support function."""
    fn.module.used.add(name)
    views = [fn.target.argument(view) for view in SUPPORT[name].views]
    return f"{name}({', '.join([*views, *(str(one) for one in arguments)])})"


def do(fn: "Fn", name: str, *arguments: object, fuel: int = 0, extra: int = 0) -> None:
    """Call a support function for what it stores; `fuel`: if not what the table says, `extra`: beyond that."""
    fn.emit(text(fn, name, *arguments), (fuel or SUPPORT[name].fuel) + extra)


def ask(fn: "Fn", name: str, *arguments: object, fuel: int = 0) -> str:
    """Call a support function; the local that gets its answer, a whole number. `fuel`: if not what the table says."""
    local = fn.temp()
    fn.emit(f"{local} = {fn.target.number(text(fn, name, *arguments))}", fuel or SUPPORT[name].fuel)
    return local
