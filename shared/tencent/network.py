"""What both of Tencent's protocols share: time-outs, and whether a failed call can have reached its service."""

from __future__ import annotations

from shared.deadline import MARGIN, Deadline
from shared.errors import Unavailable

CONNECT_TIMEOUT = 3.0
"""Seconds, at most."""
ANSWER_TIMEOUT = 10.0
"""Seconds between two pieces of an answer, at most."""
TRIES = 4
"""Of a call that can be repeated, before the request is left to its next delivery."""


class NotSent(Unavailable):
    """The service was not reached: certainly without effect."""


class Throttled(Unavailable):
    """The service refused for its rate limit: certainly without effect."""


def timeouts(deadline: Deadline) -> tuple[float, float]:
    """Seconds to wait for a connection and for an answer; together no more than the time limit leaves, margin and all.

    Connecting gets a quarter at most: in a region it takes milliseconds.
    """
    left = MARGIN + max(0.0, deadline.remaining())
    connect = min(CONNECT_TIMEOUT, left / 4)
    return connect, min(ANSWER_TIMEOUT, left - connect)


def never_connected(error: BaseException | None) -> bool:
    """Whether a failure of `requests` came before any byte was sent."""
    import requests
    from urllib3.exceptions import NewConnectionError

    if isinstance(error, requests.ConnectTimeout):
        return True
    if not isinstance(error, requests.ConnectionError) or not error.args:
        return False
    return isinstance(getattr(error.args[0], "reason", None), NewConnectionError)
