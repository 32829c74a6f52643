"""What both of Tencent's protocols share: time-outs, and whether a failed call can have reached its service."""

from __future__ import annotations

from shared.cloud.budget import MARGIN, Budget
from shared.errors import Unavailable

CONNECT_TIMEOUT = 3.0
"""Seconds."""
ANSWER_TIMEOUT = 10.0
"""Seconds between two pieces of an answer, at most."""
TRIES = 4
"""Of a call that can be repeated, before the request is left to its next delivery."""


class NotSent(Unavailable):
    """The service was not reached: certainly without effect."""


class Throttled(Unavailable):
    """The service refused for its rate limit: certainly without effect."""


def read_timeout(budget: Budget) -> float:
    """Seconds to wait for an answer, within the time that is left: a call may use up the margin, no more."""
    return min(ANSWER_TIMEOUT, max(MARGIN, budget.remaining()))


def never_connected(error: BaseException | None) -> bool:
    """Whether a failure of `requests` came before any byte was sent."""
    import requests
    from urllib3.exceptions import NewConnectionError

    if isinstance(error, requests.ConnectTimeout):
        return True
    if not isinstance(error, requests.ConnectionError) or not error.args:
        return False
    return isinstance(getattr(error.args[0], "reason", None), NewConnectionError)
