"""The duty that applies scheduled ends: it revokes policies and offboards users, unless something newer has come."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from shared.idempotency.stored_attempts import newest_lease
from shared.people.life import newest_of
from shared.people.scheduled_ends import ScheduledEnd, ScheduledEnds, closes
from shared.policies.ledger import Ledger
from shared.ports import Clock, Directory
from shared.use_cases.duties.duty import Done, Held, Late

End = Callable[[ScheduledEnd, int], None]
"""Applies an end: revokes these policies, or offboards the user with this UIN, whoever has the name now.

Raises ImAccessError where it has to be tried again.
"""


class ApplyScheduledEnds:
    """The duty. The ends were ordered, so no setting stops it. `limit`: the most users that are offboarded in one run;
    the others follow in the next runs.
    """

    name = "until"

    def __init__(
        self, cam: Directory, untils: ScheduledEnds, ledger: Ledger, end: End, clock: Clock, limit: int
    ) -> None:
        self._cam = cam
        self._untils = untils
        self._ledger = ledger
        self._end = end
        self._clock = clock
        self._limit = limit
        self._closer = 0

    def due(self, late: Late) -> Sequence[str]:  # noqa: ARG002 - a listing finds it all
        """The object keys of the ends that are due."""
        return self._untils.due(self._clock)

    def do(self, item: str) -> Done:
        """Apply one. Raises ImAccessError where it is still due, Held beyond the limit."""
        self._closer += closes(item)
        if closes(item) and self._closer > self._limit:
            raise Held
        until = self._untils.read(item)
        found = self._left(until) if until else None
        if found is not None:
            self._end(*found)
        self._untils.forget(item)
        if found is None:
            return {"overtaken": 1}
        return {"offboarded": 1} if found[0].kind == "life" else {"revoked": 1}

    def ended(self, left: Sequence[str]) -> None:
        """Does nothing: the object keys say what is due."""

    def _left(self, until: ScheduledEnd) -> tuple[ScheduledEnd, int] | None:
        """The part of an end that nothing newer has replaced, and the UIN; None for nothing. An event that comes later
        is safe in any case.

        If an earlier run recorded the end and died, that record is not newer than the end: what that run began is
        finished.
        """
        rows = self._ledger.lives.rows(until.user)
        if until.kind == "life":
            begun = next((row.life for row in rows if row.life.request == until.request), None)
            newest = newest_of(rows, begun.uin) if begun else None
            counts = newest and newest.life.request in (until.request, until.end)
            return (until, newest.life.uin) if newest and counts else None
        user = self._cam.user(until.user)
        if user is None:
            return None
        newest_by = {name: self._newest(user.uin, name) for name in until.policies}
        if until.end in newest_by.values():
            begun_with = newest_lease(self._ledger.store, until.end).command["policies"]
            return until._replace(policies=begun_with), user.uin
        held = [name for name, request in newest_by.items() if request == until.request]
        return (until._replace(policies=held), user.uin) if held else None

    def _newest(self, uin: int, policy: str) -> str:
        rows = self._ledger.rows(uin, policy)
        return rows[0].entry.request if rows else ""
