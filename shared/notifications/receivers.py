"""What an instance remembers of those who are told."""


class Receivers:
    """Until when they are left alone, in seconds since the epoch."""

    def __init__(self) -> None:
        self.silent_until = {True: 0.0, False: 0.0}
        """By whether it is the mail server."""
