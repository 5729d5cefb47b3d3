"""The host's end of the link to a board: conversation, connections, clock, and what a board tells as typed events."""
