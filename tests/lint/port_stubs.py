"""Check the types of firmware/ against the stubs of each MicroPython port, and against nothing else.

    python tests/lint/port_stubs.py rp2 esp32

A driver of one port alone says so by a line `PORT = "rp2"`; the others do not check it.

The stubs are expected in build/stubs/<port> (`make lint` puts them there). They replace the standard library
too, so a module that a board lacks does not resolve even though this Python has it.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FIRMWARE = ROOT / "firmware"
_PORT = re.compile(r'^PORT = "(\w+)"$', re.MULTILINE)


def foreign(port: str, sources: Path) -> list[Path]:
    """Files that are for another port."""
    ports = {path: _PORT.search(path.read_text("utf-8")) for path in sources.rglob("*.py")}
    return [path for path, said in ports.items() if said and said.group(1) != port]


def check(port: str, sources: Path) -> list[str]:
    """What is wrong with the types of `sources` on `port`, one line each."""
    folder = ROOT / "build" / "pyright" / port
    folder.mkdir(parents=True, exist_ok=True)
    # pyright wants paths relative to its configuration, and ignores an absolute one
    code, stubs = (os.path.relpath(path, folder) for path in (sources, ROOT / "build" / "stubs" / port))
    config = {
        "include": [code],
        "exclude": [os.path.relpath(path, folder) for path in foreign(port, sources)],
        "extraPaths": [code],
        "stubPath": stubs,
        "typeshedPath": stubs,
        "typeCheckingMode": "standard",
        # the fallback of `from micropython import const` cannot repeat the stub's positional-only signature
        "reportAssignmentType": False,
        "reportMissingModuleSource": False,
    }
    (folder / "pyrightconfig.json").write_text(json.dumps(config), "utf-8")
    # an interpreter that does not exist: no site-packages, nothing of CPython resolves
    command = [sys.executable, "-m", "pyright", "--outputjson"]
    command += ["-p", str(folder), "--pythonpath", str(folder / "no-python")]
    answer = json.loads(subprocess.run(command, capture_output=True, text=True, check=False).stdout)
    wrong = [
        f"{port}: {said['file']}:{said['range']['start']['line'] + 1}: {said['message']}"
        for said in answer["generalDiagnostics"]
    ]
    expected = len(list(sources.rglob("*.py"))) - len(foreign(port, sources))
    checked = answer["summary"]["filesAnalyzed"]
    if checked != expected:
        wrong.append(f"{port}: {checked} of {expected} files were checked")
    return wrong


def main(ports: list[str]) -> int:
    wrong = [line for port in ports for line in check(port, FIRMWARE)]
    print("\n".join([*wrong, f"stubs of {', '.join(ports)}: {len(wrong)} findings"]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
