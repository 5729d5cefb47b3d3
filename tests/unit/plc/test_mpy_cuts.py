"""Cuts within a statement: where they are, and which locals are put by until the next slice."""

from sortyard.plc.mpy.cuts import LONG_FUEL, cut
from sortyard.plc.mpy.nodes import PAUSE, If, Line, Loop, Node, Pause, Turns, fuel


def lines(*texts: str, extra: int = 20_000) -> list[Node]:
    return [Line(text, extra) for text in texts]


def cuts(nodes: list[Node]) -> list[Pause]:
    """The pauses that are added, with a place of its own for each local."""
    places = iter(range(100))
    before = {id(node) for node in nodes}
    cut(nodes, lambda _: next(places))
    return [node for node in nodes if isinstance(node, Pause) and id(node) not in before]


def test_a_short_stretch_is_left_alone():
    assert cuts(lines("v1 = H[0]", "H[1] = v1", extra=10_000)) == []


def test_what_is_read_behind_a_cut_is_put_by_and_nothing_else():
    nodes = lines("v1 = H[0]; v2 = H[1]; v3 = v1", "r4 = f[3]", "H[2] = v1; v3 = 7; f[4] = r4", "H[3] = v3")
    assert [pause.kept for pause in cuts(nodes)] == [
        (("v1", 0),), (("r4", 1), ("v1", 2)), (("v3", 3),)
    ]  # fmt: skip


def test_a_local_that_a_branch_or_a_loop_reads_is_put_by():
    turns = Turns("for v5 in range(v6):", lines("H[v5] = v7", extra=0), 3, lines("H[4] = v8", extra=0))
    branch = If(
        "v1 > 0", lines("H[0] = v2", extra=0), lines("v3 = 1", "H[0] = v3 + v4", extra=0), extra=20_000
    )
    nodes = [*lines("v1 = v2 = v3 = v4 = v6 = v7 = v8 = H[9]"), branch, *lines("H[1] = 1"), turns]
    found = cuts(nodes)
    assert {name for name, _ in found[0].kept} == {"v1", "v2", "v4", "v6", "v7", "v8"}
    assert {name for name, _ in found[1].kept} == {"v6", "v7", "v8"}


def test_a_long_branch_is_cut_inside():
    inner = lines("v1 = H[0]", "v2 = H[1]", "H[2] = v1 + v2")
    nodes: list[Node] = [If("B[0]", inner), *lines("H[3] = 0")]
    cuts(nodes)
    assert [pause.kept for pause in inner if isinstance(pause, Pause)] == [
        (("v1", 0),),
        (("v1", 1), ("v2", 2)),
    ]


def test_no_stretch_is_longer_than_one_line_and_what_a_cut_takes():
    body = [Pause(), *lines("v1 = H[0]", "v2 = v1", "H[1] = v2"), If("H[0]", [Line("break")])]
    nodes: list[Node] = [Loop(body), *lines("v3 = H[0]", "H[2] = v3")]

    def longest() -> int:
        fuel(nodes, PAUSE, 0, PAUSE)
        return max(one.cost for one in [*body, *nodes] if isinstance(one, Pause))

    assert longest() > 3 * LONG_FUEL
    cuts(nodes)
    assert longest() <= LONG_FUEL
