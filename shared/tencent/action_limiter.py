"""The queue of calls of one action: when each may be sent."""

from __future__ import annotations

from random import Random

from shared.tencent.quota_share import PERIOD, Place, QuotaShare

_REST = 30.0
"""Seconds without a call after which what was learned of the quota is old."""


class Ticket:
    """A position in the queue, and once its turn has come, the place of the share that the call uses."""

    def __init__(self) -> None:
        self.place: Place | None = None


class ActionLimiter:
    """The calls of an action that wait for a place of the instance's share. Times are any clock's seconds.

    A change of the share takes effect for those who wait already. Not safe for threads: RateLimiter locks.
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
        """Queue up behind the calls that wait already."""
        self._admit(now)
        ticket = Ticket()
        self._waiting.append(ticket)
        return ticket

    def give_back(self, ticket: Ticket) -> None:
        """Leave without a call: the queue moves up, and a place that was taken is there for the next."""
        if ticket in self._waiting:
            self._waiting.remove(ticket)
        elif ticket.place:
            self.share.give_back(ticket.place)

    def left(self, ticket: Ticket, now: float) -> float:
        """Seconds until the call may be sent, at the present share. 0 admits it."""
        self._admit(now)
        return 0.0 if ticket.place else self.share.turn(self._waiting.index(ticket), now) - now

    def throttled(self, ticket: Ticket, now: float) -> None:
        """Note that a call was refused for its rate."""
        self._admit(now)
        if ticket.place:
            self.share.refused(ticket.place, now)

    def succeeded(self, ticket: Ticket, now: float) -> None:
        """Note that a call was answered."""
        self._admit(now)
        if ticket.place:
            self.share.succeeded(ticket.place, now)

    def _admit(self, now: float) -> None:
        """Admit the calls that may be sent now. A clock that was set back delays each by at most one turn."""
        passed, self._at = now - self._at, now
        if passed < 0:
            self.share.clock_moved(passed)
        elif passed > _REST and not self._waiting:
            self.share.rested()
        while self._waiting and self.share.admits(now):
            self._waiting.pop(0).place = self.share.use(now)
