"""`sortyard build`: the files of each board of a line."""

from pathlib import Path
from typing import Annotated

import typer


def build(
    line: Annotated[Path, typer.Argument(metavar="LINE", help="Line file (*.line.toml).")],
    folder: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Folder that gets a folder for each board.")
    ] = Path("boards"),
) -> None:
    """Make the files that lie on each board of a line: firmware and configuration.

    Examples:

      sortyard build hub16.line.toml

      mpremote connect /dev/ttyACM0 fs cp -r boards/line/. :

    A board gets the modules and drivers that its part of the line uses, as one file of bytecode with short names, so
    that it has memory for the parcels: `sim --firmware` runs the same files. They are boot.py, main.py, sorter.mpy and
    ecu.img. Beside a board's folder its names.json tells what the short names stand for. Files of earlier builds are
    replaced.

    Exit codes: 0 done, 2 a file cannot be used.
    """
    from sortyard.bundle.build import firmware_files, firmware_of
    from sortyard.config.board_file import load_board
    from sortyard.config.ecu_image import IMAGE_FILE, ecu_image
    from sortyard.config.output_file import writing
    from sortyard.config.site import load_site

    site = load_site(line)
    images = {ecu.name: ecu_image(site, ecu.name) for ecu in site.line.ecu}
    for ecu in site.line.ecu:
        built = firmware_of(firmware_files(), images[ecu.name], load_board(ecu.board).port)
        there = folder / ecu.name
        files = {there / path[1:]: content for path, content in built.files.items()}
        files[there / IMAGE_FILE] = images[ecu.name]
        files[folder / f"{ecu.name}.names.json"] = built.names.meanings().as_json()
        with writing(there):
            there.mkdir(parents=True, exist_ok=True)
        for path, content in files.items():
            with writing(path):
                path.write_bytes(content)
        sizes = ", ".join(f"{path[1:]} {len(content):,}" for path, content in built.files.items())
        typer.echo(f"{there}: {sizes}, {IMAGE_FILE} {len(images[ecu.name]):,} bytes, for {ecu.board}")
