"""The queue of calls of one action: when each may be sent, urgent ones first."""

from __future__ import annotations

from random import Random

from shared.tencent.quota_share import PERIOD, QuotaShare

_NEARLY = 1e-4
"""Of a token, or seconds: what counts as nothing, as clocks that count from 1970 are not exact."""
_REST = 30.0
"""Seconds without a call after which what was learned of the quota is old."""


class Ticket:
    """A place in the queue."""

    def __init__(self, *, urgent: bool) -> None:
        self.urgent = urgent
        self.admitted = False


class ActionLimiter:
    """A token bucket that holds one token, filled at the rate of the instance's share. Times are any clock's seconds.

    A change of the rate takes effect for those who wait already. Not safe for threads: RateLimiter locks.
    """

    def __init__(self, quota: int, dice: Random | None = None) -> None:
        self.share = QuotaShare(quota, dice or Random())  # noqa: S311 - spreads trials, guards nothing
        self.top = quota / PERIOD
        self._waiting: list[Ticket] = []
        self._tokens = 0.0
        self._at = 0.0

    @property
    def rate(self) -> float:
        """Calls a second, at present."""
        return self.share.rate

    def take(self, now: float, *, urgent: bool = False) -> Ticket:
        """Queue up: an urgent call before all that are not, and behind the urgent ones that came earlier."""
        self._refill(now)
        ticket = Ticket(urgent=urgent)
        place = sum(other.urgent for other in self._waiting) if urgent else len(self._waiting)
        self._waiting.insert(place, ticket)
        return ticket

    def give_back(self, ticket: Ticket) -> None:
        """Leave without a call: the queue moves up, and a token that was taken is there for the next."""
        if ticket in self._waiting:
            self._waiting.remove(ticket)
        elif ticket.admitted:
            self._tokens = min(1.0, self._tokens + 1)

    def left(self, ticket: Ticket, now: float) -> float:
        """Seconds until the call may be sent, at the present rate and if nobody urgent comes. 0 admits it."""
        self._refill(now)
        if ticket.admitted:
            return 0.0
        ahead = self._waiting.index(ticket)
        if not self.share.calls:
            return max(0.0, self.share.trial_at - now) + ahead * PERIOD
        return max(0.0, (ahead + 1 - self._tokens) / self.rate)

    def throttled(self, sent: float, now: float) -> None:
        """A call that was sent at that moment was refused for its rate."""
        self._refill(now)
        self.share.refused(sent, now)

    def succeeded(self, sent: float, now: float) -> None:
        """A call that was sent at that moment got through."""
        self._refill(now)
        self.share.succeeded(sent, now)

    def _refill(self, now: float) -> None:
        """Admit those whose turn has come. A clock that was set back costs nobody more than one turn."""
        passed, self._at = now - self._at, now
        if passed < 0:
            self.share.clock_moved(passed)
            passed = 0.0
        elif passed > _REST and not self._waiting:
            self.share.rested()
        if self.share.calls:
            self._tokens += passed * self.rate
            while self._waiting and self._tokens > 1 - _NEARLY:
                self._admit()
                self._tokens -= 1
            self._tokens = min(1.0, self._tokens)
            return
        self._tokens = 0.0
        if self._waiting and now >= self.share.trial_at - _NEARLY:
            self._admit()
            self.share.let_through(now)

    def _admit(self) -> None:
        self._waiting.pop(0).admitted = True
