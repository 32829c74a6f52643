"""Orphans: events for a name that nobody had when they came: revokes, and grants from a queue that came before their
create.

    lives/<name>/orphan-<inverted time>-<rank>-<inverted identity hash>-<policy>.json

They are stored beside the lives of that name, so that a create sees both in one listing. A request records its orphan
first, and then looks for a life. A create records its life first, and then looks for orphans. So at least one sees the
other.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

from shared import event_order
from shared.people.life import VERSION, folder, unreadable
from shared.policies.ledger import RANKS, Effect, LedgerEntry
from shared.policies.policy_names import decode, encode
from shared.ports import Store

_KEY = r"lives/[^/]+/orphan-" + event_order.PATTERN + r"-([^/]+)\.json"


class Orphans:
    """The records in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def record(self, name: str, effect: Effect, policies: Sequence[str], time: int, request: str) -> None:
        """Record an event, once for each policy. Raises ValueError for a time outside 2020 to 2200, Unavailable."""
        order = event_order.text(time, RANKS.index(effect), request)
        body = json.dumps({"v": VERSION, "user": name, "effect": effect, "time": time, "request": request}).encode()
        for policy in policies:
            self._store.create(f"{folder(name)}orphan-{order}-{encode(policy)}.json", body)


def newest(keys: Iterable[str], uin: int, floor: int) -> list[LedgerEntry]:
    """The newest event of each policy that is not older than `floor`, as an entry for the new user.

    `keys`: all keys of the name except lives. Raises ImAccessError `record_unreadable`.
    """
    found: dict[str, LedgerEntry] = {}
    for entry in (parsed(key, uin) for key in keys):
        if entry.time >= floor and (entry.policy not in found or entry.order < found[entry.policy].order):
            found[entry.policy] = entry
    return list(found.values())


def parsed(key: str, uin: int) -> LedgerEntry:
    """The event of an object key, as an entry for a user. Raises ImAccessError `record_unreadable`."""
    match = re.fullmatch(_KEY, key)
    try:
        if match is None:
            raise ValueError("another form")
        time, rank, request = event_order.parsed(*match.groups()[:3])
        return LedgerEntry(uin, decode(match[4]), RANKS[rank], time, request)
    except (ValueError, IndexError):
        raise unreadable("event for a name") from None
