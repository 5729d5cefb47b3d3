"""How often the board has started: a number that no boot shares with the ones before it, over power cuts as well.

    boot = count()      # once, at the start: 1 to 65,535, and again from 1 on

It is in a file, so the flash is written once at every start, when nothing moves yet. littlefs, the file system of both
ports, has either the old content or the new one after a power cut.
"""

_FILE = "/boots"


def count():
    """The number of this boot, which is kept; where nothing can be written the next one gets it, too."""
    before = 0
    try:
        with open(_FILE, "rb") as file:
            before = int.from_bytes(file.read(2), "little")
    except OSError:
        pass  # it is the first one
    boot = before % 65535 + 1
    try:
        with open(_FILE, "wb") as file:
            file.write(boot.to_bytes(2, "little"))
    except OSError:
        pass
    return boot
