"""Collects the measures of the sweep for alarms and dashboards: what is waiting, since when, and how calls went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shared.deadline import Tally
from shared.errors import ImAccessError
from shared.idempotency.stored_attempts import OPEN
from shared.notifications.outbox import PREFIX as OUTBOX
from shared.notifications.outbox import first_tried
from shared.people.inbox import PREFIX as INBOX
from shared.people.offboarding import PREFIX as DELETIONS
from shared.ports import Clock, Listed, Store
from shared.scim.due_changes import PREFIX as SCIM

MOST = 1000
"""The most objects with a prefix that are counted; this number may mean more."""
NEW = 300.0
"""Seconds for which a dead letter counts as new: the period of the timer."""

Counts = Mapping[str, Mapping[str, int]]
"""What each duty did: `done`, `failed`, `left`."""


class Metrics:
    """The measures of one run, line by line. What the store does not show is left out. `letters`: the prefix of dead
    letters.

    A line has what is waiting at its time; for duties and calls, it has what happened since the line before. So the sum
    over lines counts nothing twice.
    """

    def __init__(self, store: Store, clock: Clock, letters: str, tally: Tally) -> None:
        self._store = store
        self._clock = clock
        self._letters = letters
        self._tally = tally
        self._logged: dict[str, int] = {}
        self._values: dict[str, int] = {}

    def values(self, counts: Counts, *, ended: bool) -> dict[str, Any]:
        """All measures by their names, as whole numbers. `ended`: for the run's last line."""
        unclaimed = counts.get("unclaimed", {})
        self._values = {"ended": int(ended), "left": sum(one["left"] for one in counts.values())}
        self._waiting()
        news = {word: sum(one[word] for one in counts.values()) for word in ("done", "failed")}
        news["unclaimed"] = unclaimed.get("done", 0) + (unclaimed.get("left", 0) if ended else 0)
        news |= {"calls": self._tally.calls, "throttled": self._tally.throttled}
        self._values |= {name: value - self._logged.get(name, 0) for name, value in news.items()}
        self._logged = news
        percent = round(100 * self._values["throttled"] / max(1, self._values["calls"]))
        return self._values | {"throttled_percent": percent}

    def _waiting(self) -> None:
        letters = self._count_and_age("letters", self._letters)
        if letters is not None:
            self._values["letters_new"] = sum(age <= NEW for age in _ages(letters))
        self._count_and_age("requests", OPEN)
        self._count_and_age("inbox", INBOX)
        self._count_and_age("scim", SCIM)
        self._count("offboards_waiting", DELETIONS)
        outbox = self._count_and_age("outbox", OUTBOX)
        if outbox is not None:
            # An entry that was tried again is a new object. Its key says since when it has been waiting.
            tried = [at for row in outbox if (at := first_tried(row.key)) is not None]
            self._values["outbox_oldest_seconds"] = round(max(0.0, self._clock.now() - min(tried))) if tried else 0

    def _count_and_age(self, name: str, prefix: str) -> Sequence[Listed] | None:
        rows = self._count(f"{name}_waiting", prefix)
        if rows is not None:
            self._values[f"{name}_oldest_seconds"] = round(max(_ages(rows), default=0.0))
        return rows

    def _count(self, name: str, prefix: str) -> Sequence[Listed] | None:
        try:
            rows = self._store.below(prefix, limit=MOST)
        except ImAccessError:
            return None
        self._values[name] = len(rows)
        return rows


def _ages(rows: Sequence[Listed]) -> list[float]:
    return [row.age for row in rows if row.age is not None]
