"""What `make lint` says of names that firmware and ports both have: a board would take one for the other."""

from pathlib import Path

from lint.port_names import missing, needless

FIRMWARE = """
from machine import Pin
class Part:
    def feed(self): self.holding = self.append = self._state = Pin(4)
"""
STUBS = """
class Pin:
    def holding(self) -> int: ...
    def feed(self) -> int: ...
    def append(self) -> None: ...
    _state: int
class Other: ...
"""


def written(folder: Path, stubs: str) -> tuple[Path, Path]:
    firmware, ports = folder / "firmware", folder / "stubs"
    (ports / "rp2").mkdir(parents=True)
    firmware.mkdir()
    (firmware / "part.py").write_text(FIRMWARE)
    (ports / "rp2" / "machine.pyi").write_text(stubs)
    (ports / "rp2" / "elsewhere.pyi").write_text("def holding() -> None: ...")
    return firmware, ports


def test_a_name_that_a_port_has_and_nobody_keeps_is_told_with_its_place(tmp_path: Path):
    assert missing("rp2", *written(tmp_path, STUBS)) == [
        "rp2: machine.Pin has holding, and so has the firmware: add it to PORT_NAMES"
    ]


def test_what_the_firmware_does_not_import_takes_no_names(tmp_path: Path):
    assert missing("rp2", *written(tmp_path, "class Other: ...")) == []


def test_a_name_that_is_kept_and_no_port_has_is_told(tmp_path: Path):
    firmware, ports = written(tmp_path, STUBS.replace("holding", "value"))
    (ports / "esp32").mkdir()
    (ports / "esp32" / "machine.pyi").write_text("class Pin:\n    def irq(self) -> None: ...")
    told = needless(["rp2", "esp32"], firmware, ports)
    assert "PORT_NAMES: rp2, esp32 have no writeto: drop it" in told
    assert not [line for line in told if "no value:" in line or "no irq:" in line]
