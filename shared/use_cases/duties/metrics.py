"""What a run of the sweep measures for alarms and dashboards: how much waits, since when, and how its calls went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shared.deadline import Tally
from shared.errors import ImAccessError
from shared.idempotency.stored import OPEN
from shared.notifications.outbox import PREFIX as OUTBOX
from shared.notifications.outbox import Outbox
from shared.people.inbox import PREFIX as INBOX
from shared.people.offboarding import PREFIX as DELETIONS
from shared.ports import Clock, Listed, Store
from shared.scim.due import PREFIX as SCIM

MOST = 1000
"""Objects below a prefix that are counted: as many may be more."""
NEW = 300.0
"""Seconds for which a letter is new: the period of the timer."""
_READ = 10
"""Entries of the outbox that are read for the moment at which they were first tried."""

Counts = Mapping[str, Mapping[str, int]]
"""What each duty did: `done`, `failed`, `left`."""


class Metrics:
    """The measures of one run. What the store does not tell is left out. `letters`: the prefix of dead letters."""

    def __init__(self, store: Store, clock: Clock, outbox: Outbox, letters: str, tally: Tally) -> None:
        self._store = store
        self._clock = clock
        self._outbox = outbox
        self._letters = letters
        self._tally = tally
        self._values: dict[str, int] = {}

    def values(self, counts: Counts) -> dict[str, Any]:
        """Everything by its name; counts, and whole seconds."""
        for word in ("done", "failed", "left"):
            self._values[word] = sum(one[word] for one in counts.values())
        unclaimed = counts.get("unclaimed", {})
        self._values["unclaimed"] = unclaimed.get("done", 0) + unclaimed.get("left", 0)
        self._waiting()
        return self._values | {"calls": self._tally.calls, "throttled": self._tally.throttled}

    def _waiting(self) -> None:
        letters = self._count("letters_waiting", self._letters)
        if letters is not None:
            self._values["letters_new"] = sum(age <= NEW for age in _ages(letters))
        self._count_and_age("requests", OPEN)
        self._count_and_age("inbox", INBOX)
        self._count_and_age("scim", SCIM)
        self._count("offboards_waiting", DELETIONS)
        outbox = self._count("outbox_waiting", OUTBOX)
        if outbox is not None:
            self._values["outbox_oldest_seconds"] = self._oldest([row.key for row in outbox])

    def _count_and_age(self, name: str, prefix: str) -> None:
        rows = self._count(f"{name}_waiting", prefix)
        if rows is not None:
            self._values[f"{name}_oldest_seconds"] = round(max(_ages(rows), default=0.0))

    def _count(self, name: str, prefix: str) -> Sequence[Listed] | None:
        try:
            rows = self._store.below(prefix, limit=MOST)
        except ImAccessError:
            return None
        self._values[name] = len(rows)
        return rows

    def _oldest(self, keys: list[str]) -> int:
        """How long the oldest entry has been waiting, or nearly: pauses grow, so what is due last was tried longest."""
        tried = []
        for key in keys[-_READ:]:
            try:
                entry = self._outbox.read(key)
            except ImAccessError:
                continue
            if entry is not None:
                tried.append(entry.first_at)
        return round(max(0.0, self._clock.now() - min(tried))) if tried else 0


def _ages(rows: Sequence[Listed]) -> list[float]:
    return [row.age for row in rows if row.age is not None]
