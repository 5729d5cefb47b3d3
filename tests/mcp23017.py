"""An MCP23017 on an I2C bus, by its registers (Microchip DS20001952, section 3.5, IOCON.BANK = 0)."""

IODIR, GPPU, GPIO, OLAT = 0x00, 0x0C, 0x12, 0x14


class Mcp23017:
    """`outside` is what the world drives its inputs to; `history` has (time, levels that it drives, outputs)."""

    def __init__(self) -> None:
        self.registers = bytearray(0x16)
        self.outside = 0
        self.history: list[tuple[int, int, int]] = []
        self.power_up()

    def power_up(self) -> None:
        self.registers[:] = bytes(0x16)
        self.registers[IODIR : IODIR + 2] = b"\xff\xff"

    def word(self, register: int) -> int:
        return int.from_bytes(self.registers[register : register + 2], "little")

    def write(self, register: int, data: bytes, now_us: int) -> None:
        self.registers[register : register + len(data)] = data
        outputs = ~self.word(IODIR) & 0xFFFF
        self.history.append((now_us, self.word(OLAT) & outputs, outputs))

    def read(self, register: int, size: int, now_us: int) -> bytes:
        outputs = ~self.word(IODIR) & 0xFFFF
        levels = (self.word(OLAT) & outputs) | (self.outside & ~outputs)
        self.registers[GPIO : GPIO + 2] = levels.to_bytes(2, "little")
        return bytes(self.registers[register : register + size])
