"""Check the types of firmware/ against the stubs of each MicroPython port, and against nothing else.

    python tests/lint/port_stubs.py rp2 esp32

The stubs are expected in build/stubs/<port> (`make lint` puts them there). They replace the standard library
too, so a module that a board lacks does not resolve even though this Python has it.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FIRMWARE = ROOT / "firmware"


def project(port: str, sources: Path) -> dict[str, object]:
    """pyright's configuration for the code in `sources` as it runs on `port`."""
    stubs = ROOT / "build" / "stubs" / port
    return {
        "include": [str(sources)],
        "extraPaths": [str(sources)],
        "stubPath": str(stubs),
        "typeshedPath": str(stubs),
        "pythonPlatform": "Linux",
        "typeCheckingMode": "standard",
        "reportMissingModuleSource": False,
    }


def check(port: str, sources: Path) -> subprocess.CompletedProcess[str]:
    """Run pyright for `port` over `sources`; returns its exit code and text."""
    folder = ROOT / "build" / "pyright" / port
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "pyrightconfig.json"
    config.write_text(json.dumps(project(port, sources)), "utf-8")
    # an interpreter that does not exist: no site-packages, nothing of CPython resolves
    command = [sys.executable, "-m", "pyright", "-p", str(config), "--pythonpath", str(folder / "no-python")]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def main(ports: list[str]) -> int:
    failed = 0
    for port in ports:
        done = check(port, FIRMWARE)
        print(f"{port}: {done.stdout}{done.stderr}", end="")
        failed |= done.returncode
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
