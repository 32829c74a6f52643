"""The queue of waiting calls of one CAM action: decides when each may be sent."""

from __future__ import annotations

from random import Random

from shared.tencent.quota_share import PERIOD, Place, QuotaShare

_REST = 30.0
"""Seconds without a call after which the learned share of the quota counts as outdated."""


class Ticket:
    """A position in the queue. Once the call may be sent, it holds the place of the quota share that the call uses."""

    def __init__(self) -> None:
        self.place: Place | None = None


class ActionLimiter:
    """The calls of an action that wait for a place of the instance's quota share. Times are seconds of any clock.

    A change of the share takes effect for waiting calls, too. Not thread-safe: RateLimiter holds a lock.
    """

    def __init__(self, quota: int, dice: Random | None = None) -> None:
        self.share = QuotaShare(quota, dice or Random())  # noqa: S311 - spreads trials, guards nothing
        self.top = quota / PERIOD
        self._waiting: list[Ticket] = []
        self._at = 0.0

    @property
    def rate(self) -> float:
        """The present rate, in calls a second."""
        return self.share.rate

    def take(self, now: float) -> Ticket:
        """Join the end of the queue."""
        self._admit(now)
        ticket = Ticket()
        self._waiting.append(ticket)
        return ticket

    def give_back(self, ticket: Ticket) -> None:
        """Leave the queue without a call. A place that was taken becomes free for the next call."""
        if ticket in self._waiting:
            self._waiting.remove(ticket)
        elif ticket.place:
            self.share.give_back(ticket.place)

    def left(self, ticket: Ticket, now: float) -> float:
        """Seconds until the call may be sent, at the present share. 0: send it now."""
        self._admit(now)
        return 0.0 if ticket.place else self.share.turn(self._waiting.index(ticket), now) - now

    def throttled(self, ticket: Ticket, now: float) -> None:
        """Note that the call was throttled."""
        self._admit(now)
        if ticket.place:
            self.share.refused(ticket.place, now)

    def succeeded(self, ticket: Ticket, now: float) -> None:
        """Note that the call was answered."""
        self._admit(now)
        if ticket.place:
            self.share.succeeded(ticket.place, now)

    def _admit(self, now: float) -> None:
        """Give places to the calls that may be sent now. A clock that was set back delays each by at most one turn."""
        passed, self._at = now - self._at, now
        if passed < 0:
            self.share.clock_moved(passed)
        elif passed > _REST and not self._waiting:
            self.share.rested()
        while self._waiting and self.share.admits(now):
            self._waiting.pop(0).place = self.share.use(now)
