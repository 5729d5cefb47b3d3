"""What a Pico's flash does when its faults are saved: the real littlefs, as the port sets it up, on counted cells."""

from contextlib import suppress

from littlefs import LittleFS, UserContext
from littlefs.errors import LittleFSError

SECTOR = 4096
SECTORS = 352  # of a Pico's flash, 2 MB, what the port gives to its files
SIZE = 13
ERASE_MS = 45
IO_ERROR = -5
NAME = "/faults.bin"
FILES = {"/main.py": 24, "/boot.py": 48, "/ecu.img": 2200, "/sortyard.mpy": 41000}


class Chip(UserContext):
    """A flash of NOR cells, and a power supply that fails after so many erases and programs."""

    def __init__(self, cells: bytes = b"\xff" * (SECTOR * SECTORS), left: int = 1 << 30) -> None:
        super().__init__(buffer=bytearray(cells))
        self.left = left
        self.erases = [0] * SECTORS
        self.changes = 0

    def _change(self, at: int, data: bytes) -> int:
        """Half of what is written when the power fails is there, and of what comes then nothing."""
        self.left -= 1
        if self.left == -1:
            data = data[: len(data) // 2]
        if self.left >= -1:
            self.buffer[at : at + len(data)] = data
        self.changes += 1
        return 0 if self.left >= 0 else IO_ERROR

    def prog(self, cfg, block: int, off: int, data: bytes) -> int:
        at = block * SECTOR + off
        assert not self.buffer[at : at + len(data)].strip(b"\xff"), "programmed twice"
        return self._change(at, data)

    def erase(self, cfg, block: int) -> int:
        self.erases[block] += 1
        return self._change(block * SECTOR, b"\xff" * SECTOR)


def mounted(chip: Chip, is_formatted: bool = True) -> LittleFS:
    """As rp2's start mounts it (ports/rp2/modules/_boot.py, extmod/vfs_lfsx.c)."""
    files = LittleFS(
        context=chip,
        mount=is_formatted,
        block_size=SECTOR,
        block_count=SECTORS,
        read_size=32,
        prog_size=256,
        cache_size=1024,
        lookahead_size=32,
        block_cycles=100,
    )
    if not is_formatted:
        files.format()
        files.mount()
    return files


def board() -> Chip:
    """A board with its firmware, which has once been started."""
    chip = Chip()
    files = mounted(chip, is_formatted=False)
    for name, size in FILES.items():
        with files.open(name, "wb") as one:
            one.write(bytes(size))
    with files.open(NAME, "w+b") as one:
        one.write(content(0))
    return chip


def content(number: int) -> bytes:
    return number.to_bytes(SIZE, "little")


def save(file, number: int) -> None:
    """As `sorter_io.chips.rp2.save` does."""
    file.seek(0)
    file.write(content(number))
    file.flush()


def kept(chip: Chip) -> bytes:
    """After the next boot."""
    files = mounted(chip)
    with files.open(NAME, "rb") as one:
        return one.read()


def saved(chip: Chip, number: int) -> int:
    """Erases and programs of one more save after a boot."""
    files = mounted(chip)
    file = files.open(NAME, "r+b", buffering=0)
    begun = chip.changes
    save(file, number)
    return chip.changes - begun


def test_a_power_cut_at_any_write_of_a_save_leaves_the_old_faults_or_the_new_ones():
    chip = board()
    seen = set()
    for number in range(1, 250):
        before = bytes(chip.buffer)
        for left in range(saved(chip, number)):
            cut = Chip(before, left)
            with suppress(LittleFSError):
                saved(cut, number)
            assert cut.left < 0
            found = kept(Chip(bytes(cut.buffer)))
            assert found in (content(number - 1), content(number))
            seen.add(found == content(number))
        assert kept(chip) == content(number)
    assert False in seen


def test_saves_of_ten_years_wear_no_sector_out_and_hold_the_board_up_for_less_than_its_watchdog_waits():
    chip = board()
    files = mounted(chip)
    file = files.open(NAME, "r+b", buffering=0)
    erased, worst, saves = sum(chip.erases), 0, 50_000  # 14 a day
    for number in range(saves):
        before = sum(chip.erases)
        save(file, number)
        worst = max(worst, sum(chip.erases) - before)
    erases = sum(chip.erases) - erased
    print(f"{erases / saves:.3f} erases a save, {worst} at worst, {max(chip.erases)} of one sector")
    assert 0 < worst * ERASE_MS <= 100
    assert max(chip.erases) <= 1_000  # of 100,000
