"""What can go wrong inside the MicroPython runtime; `sortyard.errors.MissingExtraError` when it is not installed."""

from sortyard.errors import MissingExtraError, SortyardError


class VmError(SortyardError):
    """Base of the errors of a running virtual machine."""


class GuestError(VmError):
    """The guest program ended with an uncaught exception or a non-zero exit code.

    `guest_text` is what the guest wrote to its standard error, traceback included; `summary` its last
    line, for example ``ValueError: bad gate``.
    """

    def __init__(self, exit_code: int, guest_text: str) -> None:
        self.guest_exit_code = exit_code
        self.guest_text = guest_text.strip()
        lines = self.guest_text.splitlines()
        self.summary = lines[-1] if lines else f"exit code {exit_code}, no message"
        super().__init__(
            f"the program in the MicroPython virtual machine failed: {self.summary}",
            f"its own words:\n{self.guest_text}" if lines else "run it with messages on its standard error",
        )

    def __str__(self) -> str:
        return f"{self.message}\n{self.guest_text}"


class GuestTrap(VmError):
    """The virtual machine itself stopped, for example at a bad memory access."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"the MicroPython virtual machine stopped: {reason}",
            "give it a larger heap if the program is large, else report this with the program",
        )


class GuestOutOfFuel(VmError):
    """The guest used more instructions than its limit between two calls to the host."""

    def __init__(self, fuel_limit: int) -> None:
        self.fuel_limit = fuel_limit
        super().__init__(
            f"the program in the MicroPython virtual machine used {fuel_limit:,} units of fuel "
            "without calling the host",
            "look for an endless loop, or raise the limit if the work is really that long",
        )


def not_installed() -> MissingExtraError:
    """Return the error for an installation without the packages of the MicroPython runtime."""
    return MissingExtraError("the MicroPython runtime", "micropython")
