"""The one loop that repeats calls of CAM, STS and COS, with full-jitter pauses."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TypeVar

from shared.deadline import Deadline
from shared.errors import OutcomeUnknown, Unavailable
from shared.tencent.http import NotSent

T = TypeVar("T")

TRIES = 4
"""Tries of a call that can be repeated, before the request is left to its next delivery."""


UNANSWERED = (NotSent, OutcomeUnknown)
"""Errors after which a call is repeated, if doing it twice is harmless."""


class Throttled(Unavailable):
    """The service refused the call because of its rate limit, certainly without effect."""


class Backoff:
    """Full jitter: each pause is random between zero and a bound that doubles.

    https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    """

    def __init__(self, deadline: Deadline, *, base: float = 0.2, cap: float = 4.0) -> None:
        self._deadline = deadline
        self._bound = base
        self._cap = cap

    def pause(self) -> None:
        """Wait before the next try. Raises Unavailable where the time limit comes first."""
        self._deadline.wait(random.uniform(0, self._bound))  # noqa: S311 - jitter, not a secret
        self._bound = min(self._cap, self._bound * 2)


def retried(
    attempt: Callable[[], T], deadline: Deadline, *, again: type[Unavailable] | tuple[type[Unavailable], ...]
) -> T:
    """Repeat an attempt and return its result: after throttling until the time limit, after `again` a few times.

    Raises the last `again`, Unavailable where no time is left for a pause, and any other error at once.
    """
    backoff, tries = Backoff(deadline), 0
    while True:
        try:
            return attempt()
        except Throttled:
            deadline.note_throttled()
            backoff.pause()
        except again:
            tries += 1
            if tries >= TRIES:
                raise
            backoff.pause()


def persisted(action: str, attempt: Callable[[], T], deadline: Deadline) -> T:
    """Repeat a call that has no effect, or whose effect may happen twice. Raises Unavailable, CloudError."""
    try:
        return retried(attempt, deadline, again=UNANSWERED)
    except UNANSWERED:
        raise Unavailable(f"{action} got no answer") from None
