"""A few bytes in a file of the board's flash, which has what was saved last after a power cut, too.

    file = KeptFile("/boots", 2)          # reads it; makes it where it is not there
    if file.is_whole: use(file.content)
    file.content[0] = 7
    file.save()                           # allocates nothing; OSError when the flash does not take it

littlefs, the file system of both ports, writes anew and never over: cut off in the middle, the file has what it had
before (littlefs, DESIGN.md; tests/unit/test_littlefs.py cuts it off at each of its writes). It spreads its writes over
the flash: one save in 16 erases a sector, none more than two. The file stays open, because opening one allocates.
"""


def _opened(name):
    """The file; None where the flash has no room for it."""
    try:
        return open(name, "r+b")
    except OSError:
        pass  # the first boot of all
    try:
        return open(name, "w+b")
    except OSError:
        return None


class KeptFile:
    """`content` is what it had when it was opened; `is_whole`, whether that were as many bytes as it should have."""

    def __init__(self, name, size):
        self.content = bytearray(size)
        file = self._file = _opened(name)
        self.is_there = file is not None
        self.is_whole = file is not None and file.readinto(self.content) == size

    def save(self):
        """Write the content: 100 ms at worst, in which nothing else is done."""
        if self._file is not None:
            self._file.seek(0)
            self._file.write(self.content)
            self._file.flush()
