"""How often the board has started: a number that no boot shares with the ones before it, over power cuts as well.

    boot = count()      # once, at the start: 1 to 65,535, and again from 1 on

The flash is written for it once at every start, when nothing moves yet.
"""

from sorter_io.kept_file import KeptFile

_FILE = "/boots"


def count():
    """The number of this boot, which is kept; where nothing can be written the next one gets it, too."""
    file = KeptFile(_FILE, 2)
    boot = int.from_bytes(file.content, "little") % 65535 + 1
    file.content[:] = boot.to_bytes(2, "little")
    try:
        file.save()
    except OSError:
        pass
    return boot
