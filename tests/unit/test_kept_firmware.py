"""A simulation takes a firmware that has been built before from the cache, and only where it is the very same."""

from pathlib import Path

import pytest
from sim_runs import example

from sortyard.bundle import kept
from sortyard.bundle.build import firmware_files, firmware_of
from sortyard.bundle.kept import KeptFirmware, kept_firmware
from sortyard.config.ecu_image import ecu_image


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A cache folder of this test's own, and nothing in this process's memory."""
    monkeypatch.setenv("SORTYARD_CACHE_DIR", str(tmp_path))
    kept._firmware.cache_clear()
    yield tmp_path
    kept._firmware.cache_clear()


@pytest.fixture
def orders(monkeypatch) -> list[kept.Order]:
    """What the builder is asked for."""
    asked, build = [], kept.built
    monkeypatch.setattr(kept, "built", lambda order: asked.append(order) or build(order))
    return asked


def starters(name: str = "starter", port: str = "rp2", more: bytes = b"") -> KeptFirmware:
    """As a new process gets it."""
    site, files = example(name), firmware_files()
    files["/sorter_ecu/start.py"] += more
    kept._firmware.cache_clear()
    return kept_firmware(files, ecu_image(site, site.line.ecu[0].name), port)


def test_it_is_built_once_and_is_what_the_builder_makes(folder, orders):
    first, second = starters(), starters()
    site = example("starter")
    built = firmware_of(firmware_files(), ecu_image(site, site.line.ecu[0].name), "rp2")
    assert len(orders) == 1
    assert first == second == KeptFirmware(built.files, built.names.meanings())


@pytest.mark.parametrize("other", [{"name": "cascade"}, {"port": "esp32"}, {"more": b"\nNEW = 1\n"}])
def test_another_order_is_another_firmware(folder, orders, other):
    starters()
    starters(**other)
    assert len(orders) == 2
    assert len(list(folder.iterdir())) == 2


def test_another_builder_builds_anew(folder, orders, monkeypatch):
    starters()
    monkeypatch.setattr(kept, "_builder", lambda: "another one")
    starters()
    assert len(orders) == 2


def test_the_builder_is_known_by_its_source_its_python_and_its_compiler(monkeypatch):
    known = kept._builder()
    assert all(
        str(Path(kept.__file__).with_name(one).read_text())[:40] in known for one in ("names.py", "nodes.py")
    )
    monkeypatch.setattr(kept, "_version_of", lambda _package: "0")
    assert kept._builder.__wrapped__() != known


def test_a_damaged_one_is_built_anew(folder, orders):
    first = starters()
    (there,) = folder.iterdir()
    there.write_bytes(there.read_bytes()[:-1])
    assert starters() == first
    assert len(orders) == 2
