"""The one loop that repeats calls of CAM, STS and COS, with pauses of full jitter."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TypeVar

from shared.deadline import Deadline
from shared.errors import OutcomeUnknown, Unavailable
from shared.tencent.http import NotSent

T = TypeVar("T")

TRIES = 4
"""Of a call that can be repeated, before the request is left to its next delivery."""


UNANSWERED = (NotSent, OutcomeUnknown)
"""After what a call is made again that does no harm twice."""


class Throttled(Unavailable):
    """The service refused for its rate limit: certainly without effect."""


class Backoff:
    """Full jitter: each pause is uniform between nothing and a bound that doubles.

    https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    """

    def __init__(self, deadline: Deadline, *, base: float = 0.2, cap: float = 4.0) -> None:
        self._deadline = deadline
        self._bound = base
        self._cap = cap

    def pause(self) -> None:
        """Wait before the next try. Raises Unavailable when the time does not suffice."""
        self._deadline.wait(random.uniform(0, self._bound))  # noqa: S311 - jitter, not a secret
        self._bound = min(self._cap, self._bound * 2)


def retried(
    attempt: Callable[[], T], deadline: Deadline, *, again: type[Unavailable] | tuple[type[Unavailable], ...]
) -> T:
    """What an attempt returns: throttled ones are repeated until the time limit, those that raise `again` a few times.

    Raises the last attempt's `again`, Unavailable when the time does not suffice for a pause, and whatever else an
    attempt raises, at once.
    """
    backoff, tries = Backoff(deadline), 0
    while True:
        try:
            return attempt()
        except Throttled:
            deadline.refused()
            backoff.pause()
        except again:
            tries += 1
            if tries >= TRIES:
                raise
            backoff.pause()


def persisted(action: str, attempt: Callable[[], T], deadline: Deadline) -> T:
    """The answer to a call without effect, or whose effect may be had twice. Raises Unavailable, CloudError."""
    try:
        return retried(attempt, deadline, again=UNANSWERED)
    except UNANSWERED:
        raise Unavailable(f"{action} got no answer") from None
