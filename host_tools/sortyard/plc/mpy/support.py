"""The functions of sorter_core.plc that generated code calls: where each is, what it works on, what it takes."""

from typing import TYPE_CHECKING, NamedTuple

from sortyard.plc.mpy.nodes import If, Line, Loop, Pause

if TYPE_CHECKING:
    from sortyard.plc.mpy.fn import Fn


class Support(NamedTuple):
    """`views` of memory, and U and L where it takes heap, come before the other arguments. `fuel`: the most that it
    takes, as measured, with the heap locked at the call."""

    source: str
    views: str
    fuel: int


def _table() -> dict[str, Support]:
    rows = """
        words H: add64 8000, sub64 8000, neg64 5000, not64 6500, and64 9000, or64 9000, xor64 9000,
            cmp64 5000, ucmp64 4500, mul32 8000, mul64 24000, mul64_by_small 10500
        division H: div32 29500, div64_begin 28500, div64_by_small 24500, trips_begin 29000, trips_end 3000
        division BH: div64_step 30000
        shifts H: shift 26000
        reals H: real_to_whole 26500, whole_to_real 28000
        reals HfUL: root 27500
        lreals DUL: lreal_root 18000
        lreals H: whole_begin 500, whole_step 22000
        spans H: span_begin 2000, span_step 27000
        bcd H: bcd_begin 2500, from_bcd_step 21500, to_bcd_step 21000
        blocks BHVUL: copy 33000
        blocks HVUL: copy_step 17500
        texts BH: measure 22500
        texts HBVUL: length_step 25500
        texts H: take 2500, insert 2500, replace 5000
        texts VULH: end_step 14500
        texts HVUL: assign_step 24000, append_step 13500, find_step 26000, compare_step 26000
        texts HB: recode_step 30000"""
    found = {}
    for part in rows.replace("\n            ", " ").strip().splitlines():
        head, _, names = part.strip().partition(": ")
        source, views = head.split()
        for entry in names.split(","):
            name, fuel = entry.split()
            found[name] = Support(source, views, int(fuel))
    return found


SUPPORT = _table()
"""By name. The fuel is what they took in the virtual machine and a twentieth more."""


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
