"""The duty that compares the records of every user with CAM once a day, and reports new differences. It changes
nothing.

A round covers all users, some in each run. Its findings are stored, and checked again by a run at least four minutes
later. Only what was found both times is reported.

    sweep/drift-found/<uin>.json                      a user with findings in this round
    sweep/drift-told/<inverted milliseconds>.json     {"v": 1, "digest", "count"} of what the last round reported
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from shared.errors import ImAccessError
from shared.people.life import NOBODY
from shared.policies.drift_findings import GRADES, UNREADABLE, Expected, Finding, Shown, compare, unreadable
from shared.policies.recorded_users import RecordedUser, RecordedUsers
from shared.ports import Clock, Listed, Store
from shared.use_cases.duties.cursor import Cursor, Position
from shared.use_cases.duties.duty import Done, Late

DAY = 86_400.0
MOST = 60
"""The most users that are compared in a run, with three calls of CAM each, and one more for a user in a group."""
AGAIN = 240.0
"""Seconds after which findings are checked again: less than the period of the timer."""
PATIENCE = 3600.0
"""Seconds for which a second look that fails is tried again."""
MOST_LISTED = 100
"""The most findings that a notification lists; it also has their number."""
_END = "end of the round"
_FOUND, _REPORTED = "sweep/drift-found/", "sweep/drift-told/"
_KEY = re.compile(rf"{_FOUND}\d{{1,20}}\.json")
_MOST_KEYS = 10**14 - 1


class _LastReport(NamedTuple):
    """What the last round reported: the digest of its findings, and how many differences there were."""

    digest: str
    differences: int


def last_count(store: Store) -> int | None:
    """The number of differences in the last round; None where it cannot be read. Raises Unavailable, CloudError."""
    rows = store.below(_REPORTED, limit=1)
    record = _last_report(store, rows[0].key) if rows else _LastReport("", 0)
    return record.differences if record else None


def _last_report(store: Store, key: str) -> _LastReport | None:
    """The report of this key; None for one of another version, or one that is deleted."""
    found = store.get(key)
    try:
        record = json.loads(found.body) if found else {}
        return _LastReport(record["digest"], int(record["count"])) if record["v"] == 1 else None
    except (ValueError, TypeError, KeyError):
        return None


class ListedUser(NamedTuple):
    """A user in the listing of CAM."""

    name: str
    console_login: bool


class CamAccess(NamedTuple):
    """What a user has in CAM: working API keys, attached policies, and for each policy from groups the names of these
    groups.
    """

    active_keys: Sequence[str]
    policies: frozenset[str]
    groups: Mapping[str, Sequence[str]]


class DriftSources(NamedTuple):
    """What is compared. `listed` and `recorded` are called once in a run; `has`: what CAM shows of a user; `expected`:
    what the records say about one.
    """

    listed: Callable[[], Mapping[int, ListedUser]]
    recorded: Callable[[], RecordedUsers]
    has: Callable[[int], CamAccess]
    expected: Callable[[RecordedUser | None], Expected | None]


class FindDrift:
    """The duty; if it is not `enabled`, nothing is due.

    `notify` reports the findings and their number. Its text is the same each time the same findings are reported after
    a crash, and a different one when they are new again.
    """

    name = "drift"

    def __init__(
        self,
        store: Store,
        clock: Clock,
        cursor: Cursor,
        sides: DriftSources,
        allowed: Sequence[str],
        notify: Callable[[list[Finding], int, str], None],
        *,
        enabled: bool = True,
    ) -> None:
        self._enabled = enabled
        self._store = store
        self._clock = clock
        self._cursor = cursor
        self._sides = sides
        self._allowed = allowed
        self._notify = notify
        self._position = Position()
        self._listed: Mapping[int, ListedUser] = {}
        self._recorded: Mapping[int, RecordedUser] = {}
        self._strays: Sequence[str] = ()
        self._items: list[str] = []
        self._compared = False

    def due(self, late: Late) -> Sequence[str]:  # noqa: ARG002 - three listings find it all
        """The UINs of the users of this run, or the mark for the end of the round."""
        self._items = []
        if not self._enabled:
            return []
        self._position = self._cursor.read()
        if self._clock.now() < self._position.rest_until:
            return []
        self._listed, (self._recorded, self._strays) = self._sides.listed(), self._sides.recorded()
        # What cannot be read and is nobody's is looked at once in a round, as if it was a user.
        nobody = {NOBODY} if self._strays else set()
        uins = sorted(f"{uin:020}" for uin in self._listed.keys() | self._recorded.keys() | nobody)
        self._items = [uin for uin in uins if uin > self._position.after][:MOST]
        if not self._items and all(row.age is None or row.age >= AGAIN for row in self._store.below(_FOUND)):
            self._items = [_END]
        return self._items

    def do(self, item: str) -> Done:
        """Compare one user, or report the round. Raises ImAccessError."""
        if item == _END:
            return self._finish()
        found = self._look(int(item))
        if found:
            self._store.create(f"{_FOUND}{item}.json", json.dumps({"v": 1, "findings": len(found)}).encode())
        return {"found": len(found)} if found else {"alike": 1}

    def ended(self, left: Sequence[str]) -> None:
        """The next run goes on with the items in `left`; after the end of a round, the duty rests for a day."""
        done = [item for item in self._items if item not in left]
        if self._compared:
            self._cursor.move(Position(rest_until=self._clock.now() + DAY))
        elif done and _END not in done:
            self._cursor.move(Position(after=done[-1]))

    def _look(self, uin: int) -> list[Finding]:
        if uin == NOBODY:
            return unreadable("", NOBODY, self._strays)
        listed, standing = self._listed.get(uin), self._recorded.get(uin)
        name = (listed.name if listed else standing.name if standing else "") or str(uin)
        if standing is not None and standing.unreadable:
            return unreadable(name, uin, standing.unreadable)
        try:
            expected = self._expected(standing)
        except ImAccessError as error:
            if error.code != "record_unreadable":
                raise
            return unreadable(name, uin, [""])
        shown = Shown(listed.console_login, *self._sides.has(uin)) if listed is not None else None
        found = compare(name, uin, expected, shown, self._allowed, self._clock.now())
        return [one for one in found if one.is_difference]

    def _expected(self, standing: RecordedUser | None) -> Expected | None:
        """What the records say of a user. An answer may have been garbled on its way, so it is asked for twice."""
        try:
            return self._sides.expected(standing)
        except ImAccessError as error:
            if error.code != "record_unreadable":
                raise
            return self._sides.expected(standing)

    def _again(self, row: Listed) -> list[Finding]:
        """Look at somebody a second time. One whom CAM or the store has refused to tell of for hours is not confirmed,
        and the differences of other users are still reported.
        """
        try:
            return self._look(int(row.key.removeprefix(_FOUND).removesuffix(".json")))
        except ImAccessError:
            if row.age is not None and row.age < PATIENCE:
                raise
            return []

    def _finish(self) -> Done:
        rows = [row for row in self._store.below(_FOUND) if _KEY.fullmatch(row.key)]
        keys, found = [row.key for row in rows], [one for row in rows for one in self._again(row)]
        digest = hashlib.sha256(json.dumps(sorted(one[1:] for one in found)).encode()).hexdigest()
        before = [(row.key, _last_report(self._store, row.key)) for row in self._store.below(_REPORTED)]
        newest = before[0][1] if before else None
        is_news = newest is None or newest.digest != digest
        if is_news:
            if found:
                # The text depends on the last report: if a run dies before it records this one, the next run sends the
                # same text.
                # The gravest first, and a crowd of records that cannot be read hides nothing else.
                found.sort(key=lambda one: (GRADES.index(one.grade), one.kind == UNREADABLE))
                self._notify(found[:MOST_LISTED], len(found), f"{digest} {before[0] if before else ''}")
            body = json.dumps({"v": 1, "digest": digest, "count": len(found)}).encode()
            self._store.create(f"{_REPORTED}{_MOST_KEYS - round(self._clock.now() * 1000):014}.json", body)
        # An unreadable report is left as it is.
        for key in ([key for key, record in before if record] if is_news else []) + keys:
            self._store.delete(key)
        self._compared = True
        return {"told": len(found)} if is_news and found else {"compared": 1}
