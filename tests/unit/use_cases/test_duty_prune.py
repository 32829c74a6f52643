"""What is deleted at which age, and what stays for good."""

from __future__ import annotations

from typing import Any

import pytest

from shared.idempotency.stored_attempts import LeaseRecord, lease_key, outcome_key
from shared.use_cases.duties.cursor import Cursor, Positions
from shared.use_cases.duties.prune_records import PruneRecords
from tests.processes import WorldClock
from tests.unit.policies.stores import MemoryStore

DAY = 86_400.0
KEEP = 400
HASH = "0" * 64


def lease(*, timed: bool) -> bytes:
    """The first lease of a request whose event has a time of its own, or has none."""
    about: Any = ("nonce", "print", "req_0", "create_user", ["cloudevents", "s", "1"], "http", "", {}, "attempt", timed)
    return LeaseRecord(1, 35.0, 0.0, 0.0, 0, *about).dump()


def kept(objects: dict[str, bytes], age: float) -> set[str]:
    """Which of these objects, all of that age, are there after a whole round of runs."""
    clock, store = WorldClock(1.8e9), MemoryStore()
    for key, body in objects.items():
        store.create(key, body)
    clock.advance(age)
    store.clock = age
    for _ in range(12):
        clock.advance(300)
        duty = PruneRecords(store, clock, Cursor(Positions(store, clock), PruneRecords.name), KEEP)
        for item in duty.due(lambda: False):
            duty.do(item)
        duty.ended([])
    return set(store.objects) & set(objects)


V1 = b'{"v":1}'


@pytest.mark.parametrize(
    ("key", "days"),
    [
        ("attempts/create_user/x.json", 30),
        ("batches/create_user/y/1.json", 30),
        ("people/seconds/hr-1.json", 30),
        ("unclaimed/x-warned.json", KEEP + 35),
        ("unclaimed/x-closed.json", KEEP + 35),
        ("unclaimed/stopped-2026-01-02.json", KEEP + 35),
        ("turns/alice/99999998-taken.json", 1),
        ("scim/users/1/99999998.json", 1),
        ("scim/groups/1/99999998.json", 1),
        ("scim/names/user/1/99999998.json", 1),
    ],
)
def test_what_goes_goes_at_its_age(key: str, days: int) -> None:
    """A day before it is there, a day after it is not; what a newer one has followed goes, and that one stays."""
    newest = {"turns/alice/99999997-taken.json": V1} | {
        f"scim/{kind}/1/99999997.json": V1 for kind in ("users", "groups", "names/user")
    }
    objects = {key: V1} | newest
    assert kept(objects, (days - 0.1) * DAY) == set(objects)
    assert kept(objects, (days + 0.1) * DAY) == set(newest)


def test_a_request_goes_as_a_whole_where_its_event_has_a_time() -> None:
    """Only then is a repetition refused at the door for its age, 35 days before its records go."""
    for timed in (True, False):
        objects = {lease_key(HASH, 1): lease(timed=timed), outcome_key(HASH, 1): V1, lease_key(HASH, 2): V1}
        assert kept(objects, (KEEP + 34.9) * DAY) == set(objects)
        assert kept(objects, (KEEP + 35.1) * DAY) == (set() if timed else set(objects))


def test_a_request_that_a_page_cuts_off_is_judged_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sender who came back lately keeps it, though only old records of it were on the page."""
    monkeypatch.setattr("shared.use_cases.duties.prune_records.PAGE", 3)
    clock, store = WorldClock(1.8e9), MemoryStore()
    gone, young = [f"{n}" * 64 for n in (1, 2)]
    for name in (gone, young):
        store.create(lease_key(name, 1), lease(timed=True))
        store.create(outcome_key(name, 1), V1)
    store.clock = (KEEP + 36) * DAY
    store.create(lease_key(young, 2), V1)
    page = [key for key in sorted(store.objects) if key.startswith("requests/")][:3]
    store.at[page[2]], store.at[lease_key(young, 1)] = 0.0, store.clock
    for _ in range(20):
        duty = PruneRecords(store, clock, Cursor(Positions(store, clock), PruneRecords.name), KEEP)
        for item in duty.due(lambda: False):
            duty.do(item)
        duty.ended([])
        clock.advance(300)
    assert {key.split("/")[1] for key in store.objects if key.startswith("requests/")} == {young}


def test_what_decides_and_what_is_work_is_never_pruned() -> None:
    """However old: the ledger, lives, who opened what, whose a name is, and whatever is still to be done."""
    kinds = (
        *("ledger/1/p/1.json", "lives/alice/life-1.json", "opened/1.json", "disputes/1-disputed.json", "rules/1.json"),
        *("open/1.json", "outbox/1.json", "untils/1.json", "overlaps/1.json", "deletions/1.json", "inbox/1.json"),
        *("dead-letters/f/1.json", "people/names/1.json", "people/received/hr-1.json", "offboarded/1-alice.json"),
        *("drift/1-x.json", "deliveries/1/x.json", "claims/1.json", "scim/now/due/1.json", "scim/pointers/1/1"),
    )
    objects = dict.fromkeys(kinds, V1)
    assert kept(objects, 5000 * DAY) == set(objects)


def test_after_a_round_there_is_a_rest_of_a_day() -> None:
    """Until then nothing is listed but where to go on."""
    clock, store = WorldClock(1.8e9), MemoryStore()

    def listings() -> int:
        before = store.calls["below"]
        duty = PruneRecords(store, clock, Cursor(Positions(store, clock), PruneRecords.name), KEEP)
        assert not duty.due(lambda: False)
        duty.ended([])
        return store.calls["below"] - before

    for _ in range(10):
        clock.advance(300)
        listings()
    clock.advance(0.9 * DAY)
    assert listings() == 1
    clock.advance(0.2 * DAY)
    assert listings() == 2
