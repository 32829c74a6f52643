"""The versions of the rules; each is kept for good.

    rules/<inverted n>.json    {"v": 1, "number", "pushed_at", "approved", "document"}

A version is created once and never changed. A listing shows the newest first, however many there are.
"""

from __future__ import annotations

import json
import re
from typing import NamedTuple

from shared.errors import ImAccessError, Unavailable
from shared.people.life import VERSION, read, unreadable
from shared.people.rules import Rules
from shared.people.rules_check import check
from shared.ports import Store

PREFIX = "rules/"
_MOST = 10**8 - 1
_KEY = re.compile(r"rules/(\d{8})\.json")
_STEPS = 16
_WHAT = "version of the rules"


class RulesVersion(NamedTuple):
    """One version. `pushed_at`: seconds since the epoch, in whole microseconds; `approved`: a person has approved that
    it takes access from more people than the brake allows.
    """

    number: int
    pushed_at: float
    approved: bool
    rules: Rules


class RuleVersions:
    """The records in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def newest(self) -> RulesVersion | None:
        """The newest version, or None. Raises Unavailable, CloudError, ImAccessError `record_unreadable`."""
        rows = self._store.below(PREFIX, limit=1)
        return self.version(_number(rows[0].key)) if rows else None

    def current(self) -> RulesVersion:
        """The newest version. Raises ImAccessError `no_rules` where none was pushed yet, and as `newest`."""
        found = self.newest()
        if found is None:
            raise ImAccessError("no_rules")
        return found

    def version(self, number: int) -> RulesVersion:
        """One version. Raises Unavailable, ImAccessError `record_unreadable`."""
        found = self._store.get(_key(number))
        if found is None:
            raise Unavailable("The store does not show a version of the rules that exists")
        record = read(found.body, _WHAT)
        rules, _ = check(json.dumps(record.get("document")).encode())
        if rules is None or record.get("number") != number or not isinstance(record.get("pushed_at"), float):
            raise unreadable(_WHAT)
        return RulesVersion(number, record["pushed_at"], record.get("approved") is True, rules)

    def push(self, rules: Rules, now: float, *, approved: bool) -> RulesVersion:
        """Make these rules the newest version. Raises Unavailable, CloudError."""
        rows = self._store.below(PREFIX, limit=1)
        first = _number(rows[0].key) + 1 if rows else 1
        record = {"v": VERSION, "pushed_at": float(now), "approved": approved, "document": rules.document()}
        for number in range(first, first + _STEPS):
            if self._store.create(_key(number), json.dumps({**record, "number": number}).encode()):
                return RulesVersion(number, float(now), approved, rules)
        raise Unavailable("The store does not show the newest version of the rules")


def _key(number: int) -> str:
    return f"{PREFIX}{_MOST - number:08}.json"


def _number(key: str) -> int:
    match = _KEY.fullmatch(key)
    if match is None:
        raise unreadable(_WHAT)
    return _MOST - int(match[1])
