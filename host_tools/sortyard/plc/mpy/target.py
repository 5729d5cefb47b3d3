"""What differs between bytecode and viper: how memory is seen."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Target:
    """`is_viper`: machine code on plain integers and pointers. Its integers are as wide as the machine's words, so
    signs are folded by hand: nothing here depends on that width."""

    is_viper: bool

    def signed(self, index: str) -> str:
        """The 16-bit word at an index, with its sign."""
        return f"((H[{index}] ^ 32768) - 32768)" if self.is_viper else f"h[{index}]"

    def signed8(self, index: str) -> str:
        """The byte at an index, with its sign."""
        return f"((B[{index}] ^ 128) - 128)" if self.is_viper else f"b[{index}]"

    def small32(self, low: str, high: str) -> str:
        """A signed 32-bit number that is known to be small."""
        return f"({self.signed(high)} << 16 | H[{low}])"

    def head(self, name: str, has_instance: bool) -> list[str]:
        """The first lines of a function."""
        if self.is_viper:
            return ["@micropython.viper", f"def {name}({'s: int' if has_instance else ''}) -> int:"]
        return [f"def {name}({'s' if has_instance else ''}):"]

    def argument(self, name: str) -> str:
        """A view of memory as an argument: functions take objects, never viper's pointers."""
        return f"_{name}" if self.is_viper else name

    def number(self, text: str) -> str:
        """What a call yields, as a whole number."""
        return f"int({text})" if self.is_viper else text

    def view(self, name: str) -> str:
        """The line that makes a view of memory local."""
        pointer = {"B": "ptr8", "H": "ptr16", "K": "ptr32"}.get(name) if self.is_viper else None
        return f"{name} = {pointer}(_{name})" if pointer else f"{name} = _{name}"


BYTECODE = Target(False)
VIPER = Target(True)
