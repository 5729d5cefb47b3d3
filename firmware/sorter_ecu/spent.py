"""What a board has needed for its start alone, and has no more use for."""


def forget():
    """Take it out of memory: it is known where a firmware is built for a line, and then stands here."""
