"""C made from Structured Text against C by hand: at most 1.3 times as long, with every check and the budget on."""

import pytest

from bench.plc.kernels import RESULTS, Duel

MOST = 1.3
SCANS = (1, 2, 50, 5_000)


@pytest.mark.parametrize("optimise", ["-O2", "-Os"])
@pytest.mark.parametrize("name", RESULTS)
def test_a_kernel_against_its_twin(name, optimise, capsys):
    duel = Duel(name, optimise)
    for scans in SCANS:
        duel.scan(scans)
        for mine, theirs in duel.results():
            assert mine == theirs
    timing = duel.time()
    with capsys.disabled():
        print(f"\n{name:13} {optimise}: {timing.program_ns:8.1f} ns, twin {timing.twin_ns:8.1f} ns, ", end="")
        print(f"ratio {timing.ratio:.2f}", end=" ")
    assert timing.ratio <= MOST
