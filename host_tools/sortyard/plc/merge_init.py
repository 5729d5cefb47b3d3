"""Initial values on top of those of a type: what the upper one leaves out of a structure stays as the type has it."""

from sortyard.plc import tree as t


def on_top(given: t.Expr | None, own: t.Expr | None) -> t.Expr | None:
    """What a declaration gives, over what its type says of itself: `TYPE S2 : S := (a := 5)`, `x : S2 := (b := 9)`."""
    if given is None or own is None:
        return given or own
    if isinstance(given, t.StructInit) and isinstance(own, t.StructInit):
        return _structure(given, own)
    if isinstance(given, t.ArrayInit) and isinstance(own, t.ArrayInit) and own.is_of_elements:
        return _array(given, own)
    return given


def _structure(given: t.StructInit, own: t.StructInit) -> t.StructInit:
    below = {name.key: value for name, value in own.fields}
    rows = [(name, on_top(value, below.pop(name.key, None)) or value) for name, value in given.fields]
    left = [(name, value) for name, value in own.fields if name.key in below]
    return t.StructInit(given.span, max(given.depth, own.depth), left + rows)


def _array(given: t.ArrayInit, own: t.ArrayInit) -> t.ArrayInit:
    """Each element over the elements' own value, and that for those behind them."""
    ((count, (element,)),) = own.items
    items = [
        (n, [on_top(value, element) or value for value in values] or [element]) for n, values in given.items
    ]
    rest = count - sum(n * len(values) for n, values in items)
    items += [(rest, [element])] if rest > 0 else []
    return t.ArrayInit(given.span, max(given.depth, own.depth), items)
