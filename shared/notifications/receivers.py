"""What a warm instance remembers about receivers that did not answer."""


class Receivers:
    """Until when nothing is sent to the mail server and to the receiver of notifications (seconds since the epoch)."""

    def __init__(self) -> None:
        self.silent_until = {True: 0.0, False: 0.0}
        """True: the mail server; False: the receiver of notifications."""
