"""The duty that resumes requests whose sender did not come back: they are finished, announced, or closed.

`open/` has a note of each request that is unfinished, or whose notification is still to be sent. A request that died
before its note is found by its records. The sweep makes the next attempt fifteen minutes after the last attempt has
certainly ended. After that the pauses grow with the age of the request, from fifteen minutes to an hour, for seven
days.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from shared.errors import Unavailable
from shared.idempotency.stored_attempts import OPEN, REQUESTS, LeaseRecord, load, number_in, outcome_key
from shared.ports import Clock, Listed, Store
from shared.use_cases.duties.cursor import Cursor, Round
from shared.use_cases.duties.duty import Done, Late
from shared.use_cases.duties.find_unnoted_requests import UnnotedRequests

SHORTEST_PAUSE, LONGEST_PAUSE = 900.0, 3600.0
KEPT = 7 * 24 * 3600.0
"""Seconds for which a request is tried; then it is given up."""
MOST = 1000
"""The most notes that are read in a run."""
Resume = Callable[[LeaseRecord, bool], str]
"""Resumes a request from its newest lease, for the last time or not; returns the outcome, "" for nothing.

Raises ImAccessError where the request is still open.
"""


class _Attempt(NamedTuple):
    lease: LeaseRecord
    over_since: float


class FinishAbandonedRequests:
    """The duty."""

    name = "requests"

    def __init__(self, store: Store, clock: Clock, notes: Round, records: Cursor, resume: Resume) -> None:
        self._store = store
        self._clock = clock
        self._round = notes
        self._unnoted = UnnotedRequests(store, records, SHORTEST_PAUSE, KEPT)
        self._resume = resume
        self._ages: dict[str, float | None] = {}

    def due(self, late: Late) -> Sequence[str]:
        """The keys of requests that have been open for so long that they may be abandoned."""
        notes = self._round.rows()
        rows = [row for row in notes if row.age is None or row.age >= SHORTEST_PAUSE]
        self._ages = {_request(row): row.age for row in rows}
        return [*self._ages, *self._unnoted.found({_request(row) for row in notes}, late)]

    def do(self, item: str) -> Done:
        """Resume one, if its next try is due. Raises ImAccessError where it is still open."""
        attempt = self._newest(item)
        if attempt is None:
            return self._without_lease(item) if item in self._ages else {}
        now, first_at = self._clock.now(), attempt.lease.first_at
        pause = min(LONGEST_PAUSE, max(SHORTEST_PAUSE, attempt.over_since - first_at))
        if now < attempt.over_since + pause:
            return {}
        outcome = self._resume(attempt.lease, now - first_at > KEPT)
        return {outcome: 1} if outcome else {}

    def ended(self, left: Sequence[str]) -> None:
        """The next run goes on with the items in `left`."""
        noted = [item for item in left if item in self._ages]
        self._round.ended(f"{OPEN}{noted[0]}.json" if noted else None)
        self._unnoted.ended([item for item in left if item not in self._ages])

    def _newest(self, item: str) -> _Attempt | None:
        rows = self._store.below(f"{REQUESTS}{item}/", limit=2)
        found = self._store.get(rows[0].key) if rows else None
        if found is None:
            return None
        lease = LeaseRecord.load(found)
        return _Attempt(lease, self._over_since(rows, lease, item))

    def _over_since(self, rows: Sequence[Listed], lease: LeaseRecord, item: str) -> float:
        """When the attempt certainly ended: it released its lease, or the lease ended."""
        own = outcome_key(item, number_in(rows[0].key))
        ages = [row.age for row in rows if row.key == own]
        if ages and ages[0] is not None:
            return self._clock.now() - ages[0]
        return lease.at + lease.lease

    def _without_lease(self, item: str) -> Done:
        """Handle a note without a lease. A lease is written before its note, so the store may be slow to show it; but
        not for days. Raises Unavailable until then. An unreadable note is left as it is.
        """
        age = self._ages[item]
        if age is None or age < KEPT:
            raise Unavailable("The store does not show the lease of an open request")
        note = f"{OPEN}{item}.json"
        found = self._store.get(note)
        if found is None:
            return {}
        load(found.body)
        self._store.delete(note)
        return {"closed": 1}


def _request(row: Listed) -> str:
    return row.key.removeprefix(OPEN).removesuffix(".json")
