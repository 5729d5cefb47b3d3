"""What can go wrong between a host and its board, in words for who stands beside the cabinet."""

from sortyard.errors import SortyardError


class LinkError(SortyardError):
    """The board cannot be spoken to."""


class NoWireError(LinkError):
    """There is nothing at the address, or somebody else has it."""


class SilentError(LinkError):
    """Somebody is there, and no frame of the link comes."""


class ProtocolError(LinkError):
    """The board speaks another version of the link."""


class ConfigError(LinkError):
    """The board runs another configuration than the line file's."""


class RefusedError(LinkError):
    """The board does not do what it was asked for."""


class NotConfirmedError(LinkError):
    """A command was on its way when the link was cut: nobody knows whether the board has got it."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what}: the link was cut before the board had confirmed it",
            "look at the line's state once the board is back, and say it again if need be",
        )
